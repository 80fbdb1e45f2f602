"""The first stage for the reader's training: every question ranked over the papers of all groups.

    python scripts/reader_rank.py --data-dir DIR --out CACHE

DIR is where `citewell ingest PAPERS --data-dir DIR` put the arXiv records of all groups.
A question is read and its papers are ranked as in the product; constraints that the
reading finds are dropped, because the writers of the questions stated none. CACHE gets one pickle a
group and is taken up where it ended.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rag.adapters.minilm import MiniLM  # noqa: E402
from rag.filters import Filters  # noqa: E402
from rag.question.parse import QuestionParser  # noqa: E402
from rag.question.schema import LeftOut, ListAsked, ParsedQuestion, Topic  # noqa: E402
from rag.retrieval.first_stage import Retriever  # noqa: E402
from rag.retrieval.ranking import Ranking  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.storage.index_manager import open_or_rebuild  # noqa: E402
from scripts.reader_data import DATA, read  # noqa: E402

LOOKED_AT = 30


@dataclass
class Ranked:
    """A labelled question with its ranking. places: the best 30 and all labelled papers that rank
    lower. yes: paper id → numbers of the sentences that answer."""

    row: dict[str, Any]
    parsed: ParsedQuestion
    arrays: dict[str, Any]
    places: np.ndarray
    yes: dict[str, list[int]]
    partly: set[str]
    group: set[str]

    def ranking(self, retriever: Retriever) -> Ranking:
        return Ranking(retriever.catalog, retriever.indexes, self.parsed, **self.arrays)


def plain(parsed: ParsedQuestion) -> ParsedQuestion:
    """Without constraints, and as a search for its words where it was read as something else."""
    if parsed.filters or parsed.left_out or not parsed.topic:
        topic = Topic(own=parsed.question)
        parsed = replace(
            parsed, topic=topic, search=topic, filters=Filters(), left_out=LeftOut(), seen=()
        )
    if parsed.nothing_asked or parsed.record or parsed.related:
        parsed = replace(parsed, intent=ListAsked())
    return replace(parsed, history=(), parts=())


def ranked(
    row: dict[str, Any],
    parser: QuestionParser,
    retriever: Retriever,
    by_arxiv: dict[str, str],
    group: set[str],
) -> Ranked:
    parsed = plain(parser.parse(row["q"]))
    ranking = retriever.rank(parsed)
    yes = {by_arxiv[paper]: at for paper, at in row["yes"].items() if paper in by_arxiv}
    partly = {by_arxiv[paper] for paper in row["partly"] if paper in by_arxiv}
    ids = ranking.ids()
    labelled = [at for at, one in enumerate(ids) if at >= LOOKED_AT and one in {*yes, *partly}]
    arrays = {
        "rows": ranking.rows,
        "scores": ranking.scores,
        "parts": ranking.parts,
        "question": ranking.question,
    }
    places = np.array([*range(min(LOOKED_AT, len(ids))), *labelled], np.int64)
    return Ranked(row, parsed, arrays, places, yes, partly, group)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data-dir", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(given.data_dir)
    indexes = open_or_rebuild(catalog)
    embedder = MiniLM(cache_dir=given.data_dir / "models")
    retriever = Retriever(catalog, indexes, embedder)
    parser = QuestionParser(
        lexicon=indexes.lexicon,
        today=date(2026, 6, 1),
        lookup=catalog.papers,
        encode=embedder.embed_query,
    )
    by_arxiv = {p.arxiv_id: p.paper_id for p in catalog.papers(indexes.paper_ids) if p.arxiv_id}
    by_group = defaultdict(list)
    for row in read(DATA / "questions.jsonl"):
        by_group[row["group"]].append(row)
    for group in read(DATA / "groups.jsonl"):
        path = given.out / f"{group['group']}.pickle"
        rows = by_group[group["group"]]
        if path.exists() and len(pickle.loads(path.read_bytes())) == len(rows):
            continue
        own = {by_arxiv[paper] for paper in group["papers"] if paper in by_arxiv}
        found = [ranked(row, parser, retriever, by_arxiv, own) for row in rows]
        path.write_bytes(pickle.dumps(found))
        print(group["group"], len(found), flush=True)


if __name__ == "__main__":
    from scripts import reader_rank  # so that pickles name this module

    reader_rank.main()
