"""How many of the papers that lists put forward are relevant, by the probability they were given.

    python scripts/score_lists.py --data-dir DIR eval/data/dev.jsonl ...

DIR holds the papers of the sets. `SURE` in rag/reading/decide.py is chosen by this table.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eval.questions import load  # noqa: E402
from rag.adapters.minilm import MiniLM  # noqa: E402
from rag.question.parse import QuestionParser  # noqa: E402
from rag.reading import read  # noqa: E402
from rag.reading.decide import SURE, select  # noqa: E402
from rag.retrieval.first_stage import Retriever  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.storage.index_manager import open_or_rebuild  # noqa: E402

LISTS = ("topic", "filter")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data-dir", type=Path, required=True)
    options.add_argument("sets", type=Path, nargs="+")
    asked = options.parse_args()
    catalog = Catalog(asked.data_dir)
    indexes = open_or_rebuild(catalog)
    embedder = MiniLM(cache_dir=asked.data_dir / "models")
    retriever = Retriever(catalog, indexes, embedder)
    parser = QuestionParser(
        lexicon=indexes.lexicon,
        today=date(2026, 11, 21),
        lookup=catalog.papers,
        encode=embedder.embed_query,
    )
    listed: Counter[str] = Counter()
    relevant: Counter[str] = Counter()
    partial: Counter[str] = Counter()
    for path in asked.sets:
        for question in load(path, catalog.papers()):
            parsed = parser.parse(question.question, history=question.history)
            if question.type not in LISTS or not question.answerable or parsed.kind != "list":
                continue
            ranking = retriever.rank(parsed)
            reading = read(parsed, ranking)
            given = {one.paper.paper_id: one.belongs for one in reading.papers}
            for paper in select(parsed, ranking, reading).papers:
                if paper.paper_id not in given:
                    continue
                probability = given[paper.paper_id]
                for row in (f"{int(probability * 10) / 10:.1f}", _side(probability)):
                    listed[row] += 1
                    relevant[row] += paper.paper_id in question.relevant
                    partial[row] += paper.paper_id in question.partial
    print("probability  listed  relevant  or partly")
    for row in sorted(listed):
        some, all_ = relevant[row] / listed[row], (relevant[row] + partial[row]) / listed[row]
        print(f"{row:<12} {listed[row]:>6} {some:>9.2f} {all_:>10.2f}")


def _side(probability: float) -> str:
    return f"from {SURE}" if probability >= SURE else f"below {SURE}"


if __name__ == "__main__":
    main()
