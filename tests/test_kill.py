"""kill -9 at any instant of an ingest: nothing is lost, nothing half visible, no hit missing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder
from rag.storage import index_manager as indexes
from rag.storage.catalog import Catalog
from tests.corpus import paper, papers

ROOT = Path(__file__).parent.parent

# Ingests ever more papers, and changes old ones, until it is killed.
CHILD = """
import sys
from pathlib import Path
from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder
from rag.storage.catalog import Catalog
from tests.corpus import papers, paper

catalog = Catalog(Path(sys.argv[1]))
print("ready", flush=True)
count = len(catalog)
while True:
    count += 40
    ingest(papers(count), catalog, HashEmbedder())
    ingest([paper(n, text=f"Edition {count} of text {n} on memory.") for n in range(5)], catalog,
           HashEmbedder())
    print(count, flush=True)
"""


def assault(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    held = 0
    for _ in range(kills):
        command = [sys.executable, "-c", CHILD, str(folder)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.3, 2.5))
            child.send_signal(signal.SIGKILL)
            finished = [int(line) for line in child.stdout.read().split()]

        catalog = Catalog(folder)
        assert catalog.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert len(catalog) >= max([held, *finished]), "a finished ingest was lost"
        assert not catalog.unembedded(), "a paper is half visible"
        held = len(catalog)
        if held:
            opened = indexes.open_or_rebuild(catalog)
            assert sorted(opened.paper_ids) == [p.paper_id for p in catalog.papers()]
            everything = opened.nearest.search(HashEmbedder().embed_query("memory"), 10**6)
            assert len(everything) == len(catalog.chunks()[0]), "hits are missing"
            opened.close()
        catalog.close()


def test_killed_again_and_again(tmp_path: Path) -> None:
    assault(tmp_path, kills=4, seed=1)
    # And the folder is still good for work.
    catalog = Catalog(tmp_path)
    ingest([paper(10_000)], catalog, HashEmbedder())
    assert paper(10_000).paper_id in indexes.open_current(catalog).paper_ids


@pytest.mark.slow
def test_killed_thirty_times(tmp_path: Path) -> None:
    assault(tmp_path, kills=30, seed=2)


def test_killed_while_chroma_alone_is_written(tmp_path: Path) -> None:
    """The same from inside: stopped between any two steps of a build."""
    catalog = Catalog(tmp_path)
    ingest(papers(20), catalog, HashEmbedder())
    before = catalog.manifest["generation"]
    for stop_at in ("reading the catalog", "vectors", "tokens", "words", "checking"):

        def stage(name: str, stop_at: str = stop_at) -> None:
            if name == stop_at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            indexes.rebuild(catalog, stage)
        assert catalog.manifest["generation"] == before
        assert len(indexes.open_current(catalog).paper_ids) == 20
