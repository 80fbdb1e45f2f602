"""Fit what tells whether the corpus answers, and how many papers a list has, on question sets over
whole corpora; say what it reaches on sets that it was not fitted on.

    python scripts/fit_calibration.py --data-dir DIR

DIR holds the bundled corpus. The weights it prints belong into rag/reading/calibration.py
(`IN_CORPUS`, `STATED`) and rag/reading/reader.py (`BELONGS`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eval.questions import Question, load  # noqa: E402
from rag.adapters.minilm import MiniLM  # noqa: E402
from rag.question.parse import QuestionParser  # noqa: E402
from rag.reading import calibration, reader  # noqa: E402
from rag.reading.decide import best_length  # noqa: E402
from rag.reading.features import PAPER, look  # noqa: E402
from rag.reading.model import load as weights  # noqa: E402
from rag.reading.model import probability  # noqa: E402
from rag.retrieval.first_stage import Retriever  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.storage.index_manager import open_or_rebuild  # noqa: E402

Array = NDArray[np.float64]
Features = dict[str, float]
SETS = (
    "dev", "second", "third", "fourth", "fifth", "facts", "declining-tune", "declining-heldout",
)  # fmt: skip
TWINS = 0.05
"""Weight of a question robbed of its papers, against one that was unanswerable from the start. The
more they weigh, the more descriptions in the asker's own words are declined: from its features, one
whose paper is there can hardly be told from one whose paper was taken away."""
LISTS = ("topic", "filter")


@dataclass
class Item:
    """A question with its features. papers: (P, 3) those of `BELONGS`."""

    question: Question
    of: str
    fact: bool
    narrowed: bool
    corpus: Features
    robbed: Features | None
    stated: Features
    papers: Array
    ids: list[str]

    @property
    def relevant(self) -> Array:
        return np.isin(self.ids, self.question.relevant)


def items(sets: Sequence[str], folder: Path) -> list[Item]:
    catalog = Catalog(folder)
    indexes = open_or_rebuild(catalog)
    embedder = MiniLM(cache_dir=folder / "models")
    retriever = Retriever(catalog, indexes, embedder)
    parser = QuestionParser(
        lexicon=indexes.lexicon,
        today=date(2026, 11, 21),
        lookup=catalog.papers,
        encode=embedder.embed_query,
    )
    found = (
        item(question, name, parser, retriever)
        for name in sets
        for question in load(ROOT / f"eval/data/{name}.jsonl", catalog.papers())
    )
    return [one for one in found if one is not None]


def item(
    question: Question, name: str, parser: QuestionParser, retriever: Retriever
) -> Item | None:
    parsed = parser.parse(question.question, history=question.history)
    ranking = retriever.rank(parsed)
    if not parsed.topic or not len(ranking) or ranking.asks_nothing or parsed.among_shown:
        return None
    model = weights()
    views = look(parsed, ranking, reader.looked_at(ranking), model.late)
    if views is None:
        return None
    answers = probability(model.sentence.logits(views.sentence))
    belongs = probability(model.paper.logits(reader.stacked(views, answers)))
    ids = [paper.paper_id for paper in views.papers]
    left = np.flatnonzero(~np.isin(ids, [*question.relevant, *question.partial]))
    robbed = question.answerable and len(left)
    told = (parsed, ranking, views)
    columns = [np.log(belongs / (1 - belongs))]
    columns += [views.paper[:, PAPER.index(n)] for n in ("score_best", "like_first")]
    return Item(
        question=question,
        of=name,
        fact=parsed.kind == "fact",
        narrowed=bool(parsed.filters.dated or parsed.filters.voted),
        corpus=calibration.corpus_features(*told),
        robbed=calibration.corpus_features(*told, left) if robbed else None,
        stated=calibration.stated_features(*told, answers, belongs, 0.5),
        papers=np.stack(columns, axis=1),
        ids=ids,
    )


Model = dict[str, float]


def fitted(rows: Sequence[Features], labels: Array, weight: Array, c: float = 1.0) -> Model:
    names = list(rows[0])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=2000))
    table = np.array([[row[name] for name in names] for row in rows])
    model.fit(table, labels, logisticregression__sample_weight=weight)
    scaler, regression = (step for _, step in model.steps)
    raw = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - (raw * scaler.mean_).sum())
    return {**dict(zip(names, raw.tolist(), strict=True)), "1": bias}


def z(model: Model, features: Features) -> float:
    return model["1"] + sum(model[name] * value for name, value in features.items())


def balanced(labels: Array, weight: Array) -> Array:
    for value in (False, True):
        weight[labels == value] *= len(labels) / 2 / weight[labels == value].sum()
    return weight


def in_corpus(found: Sequence[Item]) -> Model:
    """Questions, facts apart, that the corpus answers against those it has nothing on, and against
    the same without the papers that answer them."""
    kept = [one for one in found if not one.fact and not one.narrowed]
    twins = [one.robbed for one in kept if one.robbed]
    rows = [*(one.corpus for one in kept), *twins]
    labels = np.array([*(one.question.answerable for one in kept), *(False for _ in twins)])
    weight = np.array([1.0] * len(kept) + [TWINS] * len(twins))
    return fitted(rows, labels, balanced(labels, weight))


def stated(found: Sequence[Item], corpus: Model) -> Model:
    kept = [one for one in found if one.fact and not one.narrowed]
    labels = np.array([one.question.answerable for one in kept])
    rows = [with_corpus(one, corpus) for one in kept]
    return fitted(rows, labels, balanced(labels, np.ones(len(kept))), c=0.3)


def with_corpus(one: Item, corpus: Model) -> Features:
    return {**one.stated, "in_corpus": z(corpus, one.corpus)}


def belongs(found: Sequence[Item]) -> Model:
    names = ("odds", "score_best", "like_first")
    rows, labels = [], []
    for one in lists(found):
        for paper, row, yes in zip(one.ids, one.papers, one.relevant, strict=True):
            if paper not in one.question.partial:
                rows.append(dict(zip(names, row.tolist(), strict=True)))
                labels.append(yes)
    return fitted(rows, np.array(labels), np.ones(len(labels)))


def lists(found: Sequence[Item]) -> list[Item]:
    return [one for one in found if one.question.type in LISTS and one.question.answerable]


def list_f1(model: Model, one: Item, least: float) -> float:
    logits = one.papers @ [model[name] for name in ("odds", "score_best", "like_first")]
    p = probability(logits + model["1"])
    order = np.argsort(-p, kind="stable")
    length = min(best_length(p[order].tolist(), least), 20)
    put = {one.ids[at] for at in order[:length]} - set(one.question.partial)
    yes = set(one.question.relevant)
    return 2 * len(put & yes) / (len(put) + len(yes))


def answered(one: Item, corpus: Model, fact: Model) -> float:
    logit = z(fact, with_corpus(one, corpus)) if one.fact else z(corpus, one.corpus)
    return float(probability(np.array(logit)))


def report(found: Sequence[Item], name: str, of: Callable[[Item], float], cut: float) -> None:
    p = np.array([of(one) for one in found])
    yes = np.array([one.question.answerable for one in found])
    if len(p) and yes.any() and not yes.all():
        auc = (p[yes][:, None] > p[~yes]).mean()
        told, silent = (p[yes] >= cut).mean(), (p[~yes] < cut).mean()
        print(
            f"{name}: {yes.sum()} answerable, {(~yes).sum()} not; area under the curve {auc:.3f};"
            f" at {cut} answered {told:.2f}, declined {silent:.2f}, both {(told + silent) / 2:.3f}"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data-dir", type=Path, required=True)
    found = items(SETS, arguments.parse_args().data_dir)
    judge(found)
    corpus = in_corpus(found)
    for name, model in (
        ("IN_CORPUS", corpus),
        ("STATED", stated(found, corpus)),
        ("BELONGS", belongs(found)),
    ):
        weights = ", ".join(f'"{key}": {value:.2f}' for key, value in model.items())
        print(f"{name} = {{{weights}}}")


def judge(found: Sequence[Item]) -> None:
    """Each set by what was fitted on the others, and all of them by the weights in use."""
    for name in SETS:
        others = [one for one in found if one.of != name]
        own = [one for one in found if one.of == name]
        corpus = in_corpus(others)
        fact, paper = stated(others, corpus), belongs(others)
        for kind, kept, cut in (("facts", True, 0.5), ("others", False, calibration.IN_CORPUS_CUT)):
            some = [one for one in own if one.fact == kept and not one.narrowed]
            report(some, f"{name}, {kind}", lambda one: answered(one, corpus, fact), cut)  # noqa: B023
            old = calibration.IN_CORPUS
            if not kept:
                report(some, "    as in use", lambda one: answered(one, old, fact), cut)  # noqa: B023
        scores = [[list_f1(paper, one, least) for least in (0.1, 0.2, 0.3)] for one in lists(own)]
        if scores:
            print(f"{name}: list F1", np.round(np.mean(scores, axis=0), 3), len(scores))


if __name__ == "__main__":
    main()
