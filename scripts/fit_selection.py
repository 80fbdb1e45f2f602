"""Fit the three regressions of rag/reading/calibration.py and say what they reach unseen.

    .venv/bin/python scripts/fit_selection.py --data-dir DIR

Lists: leave one question out over the topic and filter questions of dev; tuned on that set they
hold elsewhere as well as what is tuned on all sets (`leave one set out`). Declining: tuned on dev,
second, third and on eval/data/declining-tune.jsonl (10 folds; a question and its twin, the same
question with the papers that answer it taken away, share a fold; and leaving out a whole set),
judged on declining-heldout.jsonl, which nothing was tuned on.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eval.questions import Question, load  # noqa: E402
from rag.adapters.minilm import MiniLM  # noqa: E402
from rag.ports import Vectors  # noqa: E402
from rag.question import understand  # noqa: E402
from rag.reading import Cuts, calibration  # noqa: E402
from rag.reading import question_features as questions  # noqa: E402
from rag.reading.calibration import belongs, best_length, probability  # noqa: E402
from rag.reading.question_features import Asked  # noqa: E402
from rag.reading.views import View, Words, look, words_of  # noqa: E402
from rag.retrieval.first_stage import Retriever  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.storage.index_manager import open_or_rebuild  # noqa: E402

Array = NDArray[np.float64]
Features = dict[str, float]
SETS = ("dev", "second", "third")
TUNE, HELD = "declining-tune", "declining-heldout"
TWINS = 0.05
"""Weight of a question robbed of its papers, against one that was unanswerable from the start. The
more they weigh, the more descriptions in the asker's own words are declined: from its features, one
whose paper is there can hardly be told from one whose paper was taken away."""


@dataclass
class Item:
    question: Question
    of: str
    kind: str
    asked: Asked
    words: Words
    views: list[View]
    likeness: Vectors


@dataclass
class Case:
    """What a regression on declining learns from. `weight` is within its class."""

    item: Item
    features: Features
    answerable: bool
    weight: float = 1.0


def read(name: str, catalog: Catalog, retriever: Retriever) -> list[Item]:
    items = []
    for question in load(ROOT / f"eval/data/{name}.jsonl", catalog.papers()):
        query = understand(
            question.question,
            lexicon=retriever.indexes.lexicon,
            today=date(2026, 11, 21),
            history=question.history,
        ).query
        ranking = retriever.rank(query)
        if ranking.question is None or not len(ranking):
            continue
        asked = questions.read(ranking.question.text or query.topic)
        papers = ranking.papers(Cuts().considered)
        words = words_of(ranking, asked)
        views = [look(ranking, at, paper, asked, words) for at, paper in enumerate(papers)]
        likeness = ranking.likeness(len(views))
        items.append(Item(question, name, query.kind, asked, words, views, likeness))
    return items


def fit(rows: Sequence[Features], labels: Array, weight: Array, l2: float = 1.0) -> Features:
    """Logistic regression by Newton's method on standardised features, penalty l2 |b|^2 / 2."""
    names = list(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    mean, deviation = x.mean(0), np.maximum(x.std(0), 1e-9)
    z = np.c_[(x - mean) / deviation, np.ones(len(x))]
    b = np.zeros(z.shape[1])
    penalty = np.diag([l2] * len(names) + [1e-6])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ b))
        step = np.linalg.solve(
            (z * (weight * p * (1 - p))[:, None]).T @ z + penalty,
            z.T @ (weight * (labels - p)) - penalty @ b,
        )
        b += step
        if abs(step).max() < 1e-8:
            break
    raw = b[:-1] / deviation
    return {**dict(zip(names, raw, strict=True)), "1": float(b[-1] - (mean * raw).sum())}


def shown(model: Features) -> str:
    return "{" + ", ".join(f'"{name}": {value:.2f}' for name, value in model.items()) + "}"


def f1(put: Sequence[str], question: Question) -> float:
    kept = set(put) - set(question.partial)
    return 2 * len(kept & set(question.relevant)) / (len(kept) + len(question.relevant))


def lists(items: Sequence[Item]) -> Features:
    """Where a list ends: tuned on dev."""
    items = [i for i in items if i.question.type in ("topic", "filter")]
    sets = np.array([item.of for item in items])
    tables = []
    for item in items:
        rows = calibration.belonging_features(item.views, item.likeness)
        ids = [view.paper.paper_id for view in item.views]
        tables.append((rows, ids, calibration.lacking(item.views, item.words)))

    def learnt(of: Sequence[str], without: int = -1) -> Features:
        rows, labels = [], []
        for k, (found, ids, _) in enumerate(tables):
            question = items[k].question
            for row, paper in zip(found, ids, strict=True):
                if k != without and items[k].of in of and paper not in question.partial:
                    rows.append(row)
                    labels.append(float(paper in question.relevant))
        return fit(rows, np.array(labels), np.ones(len(labels)))

    def score(model: Features, k: int) -> tuple[float, float, float]:
        rows, ids, lacks = tables[k]
        pairs = sorted(
            (
                (belongs(probability(model, row), lack), paper)
                for row, lack, paper in zip(rows, lacks, ids, strict=True)
            ),
            key=lambda pair: -pair[0],
        )
        ordered = [paper for _, paper in pairs]
        length = best_length([p for p, _ in pairs], Cuts().least)
        best = max(f1(ordered[:n], items[k].question) for n in range(1, len(ids) + 1))
        return f1(ordered[:length], items[k].question), best, float(length)

    full = learnt(SETS[:1])
    tuned = np.array([score(full, k) for k in range(len(items))])
    others = {name: learnt([other for other in SETS if other != name]) for name in SETS}
    apart = np.array([score(others[item.of], k) for k, item in enumerate(items)])
    on_dev = [k for k, item in enumerate(items) if item.of == "dev"]
    unseen = {k: score(learnt(SETS[:1], without=k), k)[0] for k in on_dev}
    for kind in ("topic", "filter"):
        is_kind = np.array([item.question.type == kind for item in items])
        left_out = np.mean([unseen[k] for k in on_dev if is_kind[k]])
        print(f"list F1, {kind}, dev, leave one question out: {left_out:.3f}")
        for name in SETS:
            found, best, length = tuned[is_kind & (sets == name)].mean(0)
            elsewhere = apart[is_kind & (sets == name)].mean(0)[0]
            print(
                f"list F1, {kind}, {name}: tuned on dev {found:.3f}, on the two other sets "
                f"{elsewhere:.3f}, best length of each known {best:.3f}, mean length {length:.1f}"
            )
    return full


def declining(name: str, tune: Sequence[Case], held: Sequence[Case], cut: float) -> Features:
    """When to decline: one of the two regressions."""

    def learnt(without: int | str = "") -> Features:
        cases = [case for case in tune if without not in (fold(case), case.item.of)]
        labels = np.array([float(case.answerable) for case in cases])
        weight = np.array([case.weight for case in cases])
        for value in (0, 1):
            weight[labels == value] *= len(labels) / 2 / weight[labels == value].sum()
        return fit([case.features for case in cases], labels, weight)

    def fold(case: Case) -> int:
        return zlib.crc32(case.item.question.id.encode()) % 10

    full = learnt()
    models = [learnt(without=k) for k in range(10)]
    real = [case for case in tune if case.weight == 1]
    report(f"{name}, cross-validation", real, [models[fold(c)] for c in real], cut)
    apart = {of: learnt(without=of) for of in {case.item.of for case in real}}
    report(f"{name}, leave one set out", real, [apart[c.item.of] for c in real], cut)
    report(f"{name}, held out", held, [full] * len(held), cut)
    return full


def report(name: str, cases: Sequence[Case], models: Sequence[Features], cut: float) -> None:
    p = np.array([probability(m, c.features) for m, c in zip(models, cases, strict=True)])
    answerable = np.array([case.answerable for case in cases])
    yes, no = p[answerable], p[~answerable]
    auc = (yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean()
    curve = "  ".join(
        f"{c:.2f} {(yes >= c).mean():.2f}/{(no < c).mean():.2f}" for c in np.arange(0.2, 0.75, 0.05)
    )
    print(
        f"{name}: {len(yes)} answerable, {len(no)} not; area under the curve {auc:.3f}; balanced "
        f"accuracy {((yes >= cut).mean() + (no < cut).mean()) / 2:.3f} at {cut}\n"
        f"    cut answered/declined: {curve}"
    )


def absent(items: Sequence[Item], *, twins: bool) -> list[Case]:
    """Questions, facts apart, that the corpus answers against those it has nothing on. With
    `twins`, also each answerable one without the papers that answer it."""
    cases = []
    for item in items:
        question = item.question
        if (
            item.kind == "fact"
            or question.type == "filter"
            or (question.partial and not question.relevant)
        ):
            continue
        features = calibration.corpus_features(item.views, item.asked, item.words)
        cases.append(Case(item, features, question.answerable))
        known = {*question.relevant, *question.partial}
        left = [view for view in item.views if view.paper.paper_id not in known]
        if twins and item.of in SETS and question.answerable and left:
            robbed = calibration.corpus_features(left, item.asked, item.words)
            cases.append(Case(item, robbed, False, TWINS))
    return cases


def stated(items: Sequence[Item]) -> list[Case]:
    return [
        Case(item, calibration.stated_features(item.views[0], item.asked), item.question.answerable)
        for item in items
        if item.kind == "fact"
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    folder = parser.parse_args().data_dir
    catalog = Catalog(folder)
    embedder = MiniLM(cache_dir=folder / "models")
    retriever = Retriever(catalog, open_or_rebuild(catalog), embedder)
    asked = [item for name in SETS for item in read(name, catalog, retriever)]
    tune, held = (read(name, catalog, retriever) for name in (TUNE, HELD))
    cuts = Cuts()
    print("BELONGS =", shown(lists(asked)))
    in_corpus = declining(
        "in corpus", absent(asked + tune, twins=True), absent(held, twins=False), cuts.in_corpus
    )
    print("IN_CORPUS =", shown(in_corpus))
    print("STATED =", shown(declining("stated", stated(asked + tune), stated(held), cuts.stated)))


if __name__ == "__main__":
    main()
