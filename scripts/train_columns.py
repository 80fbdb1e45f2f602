"""Train what the usual columns of evidence tables are filled by without a model, and say what it
reaches on papers that it was not trained on.

    python scripts/train_columns.py --data-dir DIR [-o rag/table/columns.npz]

DIR is where `citewell ingest PAPERS --data-dir DIR` put the arXiv records of all labelled papers.
eval/training/cells.jsonl: a cell a line, labelled by readers who saw nothing but abstracts: arXiv
id, column (a usual one or a question of the writer's own), numbers of the sentences that state it,
the best first (none: not stated), and of the best, where it is long, the stretch of characters that
would do. The papers of the split `test` are of other groups and another reader.

Told of each column: cells that are stated; of these, how often the best sentence is right; cells
that are right (a right quote, or rightly "not stated"), stated and not stated ones apart; and of
long sentences the overlap (F1 over characters) of the clause cut out with the one that was marked,
against the whole sentence.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rag.adapters.minilm import MiniLM  # noqa: E402
from rag.records import Span  # noqa: E402
from rag.retrieval.first_stage import Retriever  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.storage.index_manager import open_or_rebuild  # noqa: E402
from rag.table import roles  # noqa: E402
from rag.table.columns import KNOWN  # noqa: E402
from rag.table.quoted import alone, ask  # noqa: E402

Array = NDArray[np.float32]
CELLS = ROOT / "eval" / "training" / "cells.jsonl"
CUT_OUT = ("problem", "method", "data sets", "result")
"""Columns of which a clause is cut out: of the others there are too few to learn from, or it did
not come out better than the whole sentence (docs/log.md)."""
STRENGTH, TOKEN_STRENGTH = 0.003, 0.003
"""Inverse regularisation."""
FOLDS = 5
CUTS = np.arange(0.05, 0.6, 0.05)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A labelled cell. sentences: (S, F) features; tokens: (t, F) of the best sentence where it is
    long, at `spans`; clause: what was marked in it."""

    test: bool
    role: str
    right: tuple[int, ...]
    sentences: Array
    text: str = ""
    tokens: Array | None = None
    spans: Array | None = None
    clause: tuple[int, int] = (0, 0)

    @property
    def labels(self) -> NDArray[np.int64]:
        return np.array([at in self.right for at in range(len(self.sentences))], np.int64)

    def is_right(self, scores: Array, cut: float) -> bool:
        """Whether the cell would be."""
        if scores.max() < cut:
            return not self.right
        return int(scores.argmax()) in self.right


Score = Callable[[tuple[Array, float], float, Example], float]


def examples(folder: Path) -> list[Example]:
    """Every paper is asked alone, as its cell depends on it alone."""
    catalog = Catalog(folder)
    indexes = open_or_rebuild(catalog)
    retriever = Retriever(indexes.papers, indexes, MiniLM(cache_dir=folder / "models"))
    papers = {paper.arxiv_id: paper for paper in catalog.papers()}
    rows = [json.loads(line) for line in CELLS.read_text("utf-8").splitlines()]
    found = []
    for row in rows:
        question = KNOWN.get(row["column"], row["column"])
        paper = papers[row["paper"]]
        asked = ask(alone(question, paper, retriever))
        if asked is None:
            print(f"No word to look for: {question}")
            continue
        role = row["column"] if row["column"] in KNOWN else roles.OWN_QUESTION
        best = row["sentences"][0] if row["sentences"] else None
        long: dict[str, object] = {}
        if best is not None:
            span = asked.views.spans[best]
            text = paper.abstract[span.start : span.end]
            spans = asked.tokens.spans
            inside = (spans[:, 0] >= span.start) & (spans[:, 1] <= span.end)
            if len(text.split()) > roles.LONG and inside.any():
                own = (spans[inside] - span.start).astype(np.int32)
                tokens = roles.token_features(text, asked.tokens.vectors[inside], own)
                clause = tuple(row.get("clause", (0, len(text))))
                long = {"text": text, "tokens": tokens, "spans": own, "clause": clause}
        found.append(
            Example(
                test=row["split"] == "test",
                role=role,
                right=tuple(row["sentences"]),
                sentences=roles.sentence_features(role, asked.views, asked.answers),
                **long,  # type: ignore[arg-type]
            )
        )
    return found


def fitted(rows: Array, labels: NDArray[np.int64], strength: float) -> tuple[Array, float]:
    """Weights and bias over the features as they are: scaling is folded in."""
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=3000))
    pipeline.fit(rows, labels)
    scaler, model = pipeline[0], pipeline[1]
    weights = model.coef_[0] / scaler.scale_
    return weights.astype(np.float32), float(model.intercept_[0] - weights @ scaler.mean_)


def of_sentences(some: Sequence[Example]) -> tuple[Array, float]:
    return fitted(
        np.concatenate([one.sentences for one in some]),
        np.concatenate([one.labels for one in some]),
        STRENGTH,
    )


def of_tokens(some: Sequence[Example]) -> tuple[Array, float]:
    long = [one for one in some if one.tokens is not None]
    inside = [(s >= one.clause[0]) & (e <= one.clause[1]) for one in long for s, e in one.spans]
    rows = np.concatenate([one.tokens for one in long])
    return fitted(rows, np.array(inside, np.int64), TOKEN_STRENGTH)


def probabilities(line: tuple[Array, float], one: Example) -> Array:
    return 1 / (1 + np.exp(-(one.sentences @ line[0] + line[1])))


def overlap(line: tuple[Array, float], cut: float, one: Example) -> float:
    """F1 over characters of the clause that would be cut out with the one that was marked."""
    run = roles.best_run(one.text, one.spans, one.tokens @ line[0] + line[1] - cut)
    return _f1(run, one)


def _f1(run: Span, one: Example) -> float:
    first, last = one.clause
    both = max(0, min(run.end, last) - max(run.start, first))
    return 2 * both / (run.end - run.start + last - first)


def weighed(some: Sequence[Example]) -> dict[bool, float]:
    """Of stated and of not stated cells: both kinds weigh the same, for a table that says "not
    stated" where it cannot tell is often right and of no use; but those of a rare kind weigh no
    more than if they were a quarter, as there are too few of them to go by."""
    stated = sum(bool(one.right) for one in some)
    least = len(some) / 4
    return {True: 1 / max(stated, least), False: 1 / max(len(some) - stated, least)}


def worth(weights: dict[bool, float]) -> Score:
    """A right cell, by how much its kind weighs."""
    return lambda line, cut, one: (
        weights[bool(one.right)] * one.is_right(probabilities(line, one), cut)
    )


def best_cut(
    some: Sequence[Example],
    fit: Callable[[Sequence[Example]], tuple[Array, float]],
    score: Score,
    cuts: Sequence[float],
) -> float:
    """The cut with the best mean score on examples kept aside in turn."""
    total = np.zeros(len(cuts))
    for fold in range(FOLDS):
        line = fit([one for at, one in enumerate(some) if at % FOLDS != fold])
        for one in some[fold::FOLDS]:
            total += [score(line, cut, one) for cut in cuts]
    return float(cuts[int(total.argmax())])


def tell(column: str, some: Sequence[Example], scores: Sequence[Array], cut: float) -> None:
    both = list(zip(some, scores, strict=True))
    stated = [(one, p) for one, p in both if one.right]
    silent = [(one, p) for one, p in both if not one.right]
    first = np.mean([int(p.argmax()) in one.right for one, p in stated])
    filled = sum(p.max() >= cut for _, p in both)
    told = f"stated {len(stated):3}: best sentence right {first:.2f}"
    told += f", cell right {np.mean([one.is_right(p, cut) for one, p in stated]):.2f}"
    if silent:
        told += f"; not stated {len(silent):3}: cell right"
        told += f" {np.mean([one.is_right(p, cut) for one, p in silent]):.2f}"
    right = np.mean([one.is_right(p, cut) for one, p in both])
    print(f"{column:14} {told}; all {len(both)}: {right:.2f}, filled {filled}, cut {cut:.2f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data-dir", type=Path, required=True)
    arguments.add_argument("-o", "--output", type=Path)
    given = arguments.parse_args()
    cells = examples(given.data_dir)
    out: dict[str, Array] = {}
    for role in (*KNOWN, roles.OWN_QUESTION):
        train = [one for one in cells if one.role == role and not one.test]
        test = [one for one in cells if one.role == role and one.test]
        cut = best_cut(train, of_sentences, worth(weighed(train)), CUTS)
        line = of_sentences(train)
        out[f"sentence/{role}"] = np.array([*line[0], line[1], cut], np.float32)
        tell(role, test, [probabilities(line, one) for one in test], cut)
        if role in CUT_OUT:
            long = [one for one in train if one.tokens is not None]
            cut = best_cut(long, of_tokens, overlap, np.arange(-1.5, 1.0, 0.1))
            line = of_tokens(long)
            out[f"clause/{role}"] = np.array([*line[0], line[1], cut], np.float32)
            aside = [one for one in test if one.tokens is not None]
            whole = [_f1(Span(start=0, end=len(one.text)), one) for one in aside]
            cut_out = [overlap(line, cut, one) for one in aside]
            print(f"{'':14} clause F1 {np.mean(cut_out):.2f}, whole sentence {np.mean(whole):.2f}")
    if given.output:
        np.savez_compressed(given.output, **{n: a.astype(np.float16) for n, a in out.items()})


if __name__ == "__main__":
    main()
