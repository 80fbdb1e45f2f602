"""How many of the relevant papers stand in the prompt of a model: the best papers of all searches.

    .venv/bin/python scripts/prompt_coverage.py SET… [--data-dir DIR] [--papers 30]

Questions are read offline. Prints the mean share over the questions of each set that have relevant
papers, and by type of question.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from eval.questions import load
from rag import wiring
from rag.config import load as settings
from rag.storage.catalog import Catalog


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--papers", type=int, default=30)
    given = parser.parse_args()
    config = settings(data_dir=given.data_dir)
    catalog = Catalog(config.data_dir)
    assistant = wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    for path in given.sets:
        shares: dict[str, list[float]] = defaultdict(list)
        for question in load(path, catalog.papers()):
            if question.relevant:
                ranked = assistant.rank(question.question, history=question.history)
                found = {paper for paper, _ in ranked[: given.papers]}
                shares[question.type].append(
                    len(found.intersection(question.relevant)) / len(question.relevant)
                )
        every = [share for some in shares.values() for share in some]
        told = ", ".join(f"{kind} {sum(s) / len(s):.3f}" for kind, s in sorted(shares.items()))
        print(f"{path.name}: {sum(every) / len(every):.3f} of the relevant papers ({told})")


if __name__ == "__main__":
    main()
