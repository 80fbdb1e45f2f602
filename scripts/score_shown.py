"""Score short follow-ups about one paper on the screen, half of which its abstract does not answer.

    python scripts/score_shown.py --data-dir DIR [--json OUT]

DIR is where `citewell ingest PAPERS --data-dir DIR` put the arXiv records of all groups. The turns
are eval/training/reader/shown.jsonl: on papers of the calibration groups, over which `SHOWN_CUT`
(rag/reading/calibration.py) was chosen, and of the groups kept aside. Told of each half: turns
taken for one about the paper, stated ones answered and with a sentence that states it, others
declined.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rag import config as settings  # noqa: E402
from rag import wiring  # noqa: E402
from rag.assistant import Assistant  # noqa: E402
from rag.records import Answer, Paper, Turn  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.text.sentences import sentence_spans  # noqa: E402
from scripts.reader_data import DATA, read  # noqa: E402


def asked(assistant: Assistant, paper: Paper, turn: str) -> Answer:
    """`turn`, behind an answer that showed `paper` alone."""
    opens = Turn(role="user", content=f"papers on {paper.title.rpartition(':')[2].strip()}")
    shown = Turn(role="assistant", content=paper.title, papers=(paper.paper_id,))
    return assistant.ask(turn, history=[opens, shown])


def judged(answer: Answer, paper: Paper, sentences: list[int]) -> dict[str, bool]:
    """stated; answered; right: a quote is of a sentence that states it; about: asked of the paper
    shown alone."""
    spans = sentence_spans(paper.abstract)
    wanted = {spans[at].start for at in sentences}
    put = answer.status == "answered"
    quoted = {one.start for one in answer.citations if one.paper_id == paper.paper_id}
    return {
        "stated": bool(sentences),
        "answered": put,
        "right": put and bool(quoted & wanted),
        "about": answer.filters.paper_ids == (paper.paper_id,),
    }


def tell(split: str, rows: list[dict[str, bool]]) -> None:
    def share(what: str, of: list[dict[str, bool]]) -> str:
        return f"{np.mean([one[what] for one in of]):.2f}"

    yes = [one for one in rows if one["stated"]]
    no = [one for one in rows if not one["stated"]]
    print(
        f"{split}: {len(rows)} turns, about the paper {share('about', rows)};"
        f" stated: answered {share('answered', yes)}, rightly {share('right', yes)};"
        f" not stated: declined {1 - np.mean([one['answered'] for one in no]):.2f}"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data-dir", type=Path, required=True)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    environ = {"CITEWELL_MODE": "extractive"}
    config = settings.load(data_dir=given.data_dir, environ=environ, held={})
    catalog = Catalog(config.data_dir)
    assistant = wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    papers = {paper.arxiv_id: paper for paper in catalog.papers()}
    found: dict[str, list[dict[str, bool]]] = {}
    for row in read(DATA / "shown.jsonl"):
        paper = papers[row["paper"]]
        answer = asked(assistant, paper, row["q"])
        found.setdefault(row["split"], []).append(judged(answer, paper, row["sentences"]))
    for split, rows in found.items():
        tell(split, rows)
    if given.json:
        given.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
