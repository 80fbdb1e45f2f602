"""Fit what tells which of several papers on the screen a follow-up asks for; say what it reaches on
sets that it was not fitted on.

    python scripts/fit_among.py --data-dir DIR

DIR holds the bundled corpus. A case is made of two topics of question sets: the papers that the
first one's answer shows, and `which of them are about …?` with the second one's words. Right are
those of the papers shown that the second topic's labels name; in half of the cases none is. The
weights it prints belong into rag/reading/calibration.py (`AMONG`).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eval.questions import Question, load  # noqa: E402
from rag import config as settings  # noqa: E402
from rag import wiring  # noqa: E402
from rag.assistant import Assistant  # noqa: E402
from rag.pipeline import Clock, Finder  # noqa: E402
from rag.reading import calibration, reader  # noqa: E402
from rag.reading.features import look  # noqa: E402
from rag.reading.model import load as weights  # noqa: E402
from rag.reading.model import probability  # noqa: E402
from rag.records import Turn  # noqa: E402
from rag.retrieval.first_stage import Retriever  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from scripts.fit_calibration import Features, Model, fitted, z  # noqa: E402

FITTED, TESTED = ("dev", "second", "third", "fourth"), ("fifth", "bundled-prompts")
EACH = 150
"""Cases with a right paper, and as many without, at most."""
_ASKS = re.compile(
    r"(?:how|why|what|which|who|are|is|do|does|can|any|i|show|list|find|where)\b", re.I
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """papers: features of each, and whether it is right; those labelled as partly right are left
    out."""

    papers: list[tuple[Features, bool]]

    @property
    def empty(self) -> bool:
        return not any(right for _, right in self.papers)


def cases(assistant: Assistant, names: Sequence[str]) -> list[Case]:
    papers = assistant.index_manager.catalog.papers()
    finder = Finder(
        index_manager=assistant.index_manager,
        embedder=assistant.embedder,
        config=assistant.config,
        reranker=None,
        weights=assistant.weights,
        today=date.today,
    )
    topics = [
        one
        for name in names
        for one in load(ROOT / f"eval/data/{name}.jsonl", papers)
        if one.type == "topic" and not one.history and one.relevant
    ]
    shown = {one.id + one.question: assistant.ask(one.question) for one in topics}
    full: list[tuple[Question, Question]] = []
    empty: list[tuple[Question, Question]] = []
    for first in topics:
        put = set(shown[first.id + first.question].papers)
        for second in topics:
            right = put & set(second.relevant)
            if len(put) > 1 and right != put and not _ASKS.match(second.question):
                (full if right else empty).append((first, second))
    chosen = random.Random(5)
    some = [
        *chosen.sample(full, min(EACH, len(full))),
        *chosen.sample(empty, min(EACH, len(empty))),
    ]
    found = []
    for first, second in some:
        answer = shown[first.id + first.question]
        if one := case(finder, answer.turns, second):
            found.append(one)
    return found


def case(finder: Finder, history: Sequence[Turn], topic: Question) -> Case | None:
    """None where the turn is not read as one about the papers shown."""
    about = topic.question[0].lower() + topic.question[1:].rstrip("?. ")
    found = finder.find(f"which of them are about {about}?", history, None, Clock())
    if not found.parsed.among_shown:
        return None
    indexes = found.indexes
    ranking = Retriever(indexes.papers, indexes, finder.embedder).rank(found.parsed)
    model = weights()
    views = look(found.parsed, ranking, np.arange(len(ranking)), model.late)
    if views is None:
        return None
    answers = probability(model.sentence.logits(views.sentence))
    belongs = reader.settled(views, probability(model.paper.logits(reader.stacked(views, answers))))
    rows = calibration.among_features(found.parsed, ranking, views, answers, belongs)
    ids = [paper.paper_id for paper in views.papers]
    return Case(
        papers=[
            (row, one in topic.relevant)
            for one, row in zip(ids, rows, strict=True)
            if one not in topic.partial
        ]
    )


def report(name: str, model: Model, some: Sequence[Case]) -> None:
    """F1 of what is put where a paper is right, and how often nothing is where none is."""
    for cut in (0.2, 0.3, 0.4):
        scores, silent = [], []
        for one in some:
            put = [right for row, right in one.papers if 1 / (1 + np.exp(-z(model, row))) >= cut]
            if one.empty:
                silent.append(not put)
            else:
                right = sum(right for _, right in one.papers)
                scores.append(2 * sum(put) / (len(put) + right))
        print(
            f"{name}, cut {cut}: {len(scores)} with a right paper, F1 {np.mean(scores):.3f};"
            f" {len(silent)} with none, declined {np.mean(silent):.3f}"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data-dir", type=Path, required=True)
    config = settings.load(
        data_dir=arguments.parse_args().data_dir, environ={"CITEWELL_MODE": "extractive"}, held={}
    )
    catalog = Catalog(config.data_dir)
    assistant = wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    fit = cases(assistant, FITTED)
    table = [row for one in fit for row, _ in one.papers]
    labels = np.array([right for one in fit for _, right in one.papers])
    model = fitted(table, labels, np.ones(len(table)), c=0.3)
    report("fitted on", model, fit)
    report("set aside", model, cases(assistant, TESTED))
    weights = ", ".join(f'"{key}": {value:.2f}' for key, value in model.items())
    print(f"AMONG = {{{weights}}}")


if __name__ == "__main__":
    main()
