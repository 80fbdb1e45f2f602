"""Fit rag/question/intent.json and dialogue.json, and say what they reach on rows not fitted to.

    .venv/bin/python scripts/train_question_reader.py [--report] [--ablations] [--data-dir DIR]

The rows are eval/training/intent.jsonl and dialogue.jsonl, written by people who had not read the
code; those marked `"by"` are fitted to and never tested on. Five folds; rows of one conversation
share a fold. Each head is a multinomial logistic regression (scikit-learn), and its temperature is
set on the predictions for the folds left out. Takes some minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rag.adapters.minilm import MiniLM  # noqa: E402
from rag.ports import Vectors  # noqa: E402
from rag.question import classifier, dialogue, intent  # noqa: E402

ROWS = ROOT / "eval" / "training"
PENALTY = 10.0
"""scikit-learn's C."""
CONSTRAINTS = (
    " from 2023", " since last spring", " published after June 2024", " before 2022",
    " of the past two years", " dated 12 May 2025", " by Maria Chen", " written by Okafor et al.",
    " with at least 50 upvotes", " with few likes", ", most upvoted first", ", oldest first",
    " by a single author", " that appeared this month", " (2024 only)", " from the last 90 days",
    " in the first half of 2025", " released in autumn 2024", " with more than three authors",
    " from yesterday",
)  # fmt: skip
"""Added to copies of rows, so that a constraint left in the question does not change its intent."""
COPIES = 4
"""One row in so many gets a copy."""
Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One classifier to fit. `groups`: rows of one group share a fold. `plain`: further features
    with (True) and without (False) the vectors."""

    name: str
    labels: Sequence[str]
    texts: list[str]
    vectors: Vectors
    plain: dict[bool, Array]
    wanted: NDArray[np.str_]
    groups: list[str]
    tested: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="where the embedder keeps its note")
    parser.add_argument("--report", action="store_true", help="accuracy by class")
    parser.add_argument("--ablations", action="store_true", help="fewer features, other penalties")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = MiniLM(cache_dir=options.data_dir or Path(folder))
        for path, tasks in ((intent.WEIGHTS, intent_tasks), (dialogue.WEIGHTS, dialogue_tasks)):
            rows, digest = read(ROWS / f"{path.stem}.jsonl")
            fitted = {}
            for task in tasks(rows, model):
                if options.ablations:
                    ablate(task)
                    continue
                fitted[task.name] = fit(task, options.report)
            if fitted:
                write(path, digest, fitted)


def read(path: Path) -> tuple[list[dict[str, Any]], str]:
    lines = path.read_text("utf-8").splitlines()
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return [json.loads(line) for line in lines], digest


def write(path: Path, digest: str, fitted: dict[str, Any]) -> None:
    stored = {
        "made_by": "scripts/train_question_reader.py",
        "rows_sha256": digest,
        "features": classifier.features_digest(),
        "classifiers": fitted,
    }
    path.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} KB")


def intent_tasks(rows: list[dict[str, Any]], model: MiniLM) -> list[Task]:
    rows = rows + [constrained(row, i) for i, row in enumerate(rows) if may_be_constrained(row, i)]
    texts = [row["question"] for row in rows]
    vectors = model.embed_documents(texts)
    none = np.zeros((len(rows), 0))
    return [
        Task(
            name=name,
            labels=labels,
            texts=texts,
            vectors=vectors,
            plain={True: none, False: none},
            wanted=np.array([row[name] for row in rows]),
            groups=[row.get("copy_of", row["question"]) for row in rows],
            tested=np.array(["by" not in row for row in rows]),
        )
        for name, labels in (("intent", intent.INTENTS), ("answer_type", intent.ANSWER_TYPES))
    ]


def may_be_constrained(row: dict[str, Any], place: int) -> bool:
    return place % COPIES == 0 and row["intent"] not in ("record", "nothing")


def constrained(row: dict[str, Any], place: int) -> dict[str, Any]:
    """A copy of the row with a constraint before its last punctuation mark."""
    question = row["question"].rstrip()
    end = question[-1] if question[-1] in "?.!" else ""
    added = CONSTRAINTS[place // COPIES % len(CONSTRAINTS)]
    text = question.removesuffix(end) + added + end
    return {**row, "question": text, "copy_of": row["question"], "by": "script"}


def dialogue_tasks(rows: list[dict[str, Any]], model: MiniLM) -> list[Task]:
    turns = [row["turn"] for row in rows]
    asked = sorted({turn["user"] for row in rows for turn in row["history"]})
    vectors = model.embed_documents(turns)
    of = dict(zip(asked, model.embed_documents(asked), strict=True))

    def plain(embedded: bool) -> Array:
        found = []
        for row, vector in zip(rows, vectors, strict=True):
            before = [
                dialogue.TurnBefore(
                    text=turn["user"],
                    vector=of[turn["user"]] if embedded else None,
                    papers=turn["papers"],
                    names=tuple(turn["names"]),
                )
                for turn in row["history"]
            ]
            found.append(dialogue.plain_features(row["turn"], vector if embedded else None, before))
        return np.array(found)

    return [
        Task(
            name="act",
            labels=dialogue.ACTS,
            texts=turns,
            vectors=vectors,
            plain={True: plain(True), False: plain(False)},
            wanted=np.array([row["act"] for row in rows]),
            groups=[json.dumps(row["history"]) for row in rows],
            tested=np.array(["by" not in row for row in rows]),
        )
    ]


def features(task: Task, *, embedded: bool) -> sparse.csr_matrix:
    """(rows, BUCKETS + dense features), as `Classifier.probabilities` weighs them."""
    grams = [classifier.ngram_features(text) for text in task.texts]
    rows = np.repeat(np.arange(len(grams)), [len(places) for places, _ in grams])
    places = np.concatenate([places for places, _ in grams])
    values = np.concatenate([values for _, values in grams])
    shape = (len(grams), classifier.BUCKETS)
    hashed = sparse.csr_matrix((values, (rows, places)), shape=shape)  # sums where one comes twice
    dense = np.array([
        classifier.dense_features(vector if embedded else None, plain)
        for vector, plain in zip(task.vectors, task.plain[embedded], strict=True)
    ])  # fmt: skip
    return sparse.hstack([hashed, sparse.csr_matrix(dense)]).tocsr()


def regression(x: Any, wanted: NDArray[np.str_], penalty: float = PENALTY) -> LogisticRegression:
    return LogisticRegression(C=penalty, max_iter=1000, tol=1e-4).fit(x, wanted)


def left_out(task: Task, x: Any, penalty: float = PENALTY) -> Array:
    """(rows, labels): logits by models that did not see the row's fold."""
    logits = np.zeros((len(task.texts), len(task.labels)))
    (tested,) = np.nonzero(task.tested)
    groups = np.array(task.groups)
    folds = GroupKFold(5, shuffle=True, random_state=0)
    for _, fold in folds.split(tested, groups=groups[tested]):
        unseen = tested[fold]
        (seen,) = np.nonzero(~np.isin(groups, groups[unseen]))
        model = regression(x[seen], task.wanted[seen], penalty)
        columns = [list(task.labels).index(label) for label in model.classes_]
        logits[np.ix_(unseen, columns)] = model.decision_function(x[unseen])
    return logits


def fit(task: Task, report: bool) -> dict[str, Any]:
    stored: dict[str, Any] = {"labels": list(task.labels)}
    for head, embedded in (("vector", True), ("alone", False)):
        x = features(task, embedded=embedded)
        logits = left_out(task, x)
        temperature = calibrated(task, logits)
        tell(f"{task.name}, {head}", task, logits / temperature, by_class=report)
        model = regression(x, task.wanted)
        order = [list(model.classes_).index(label) for label in task.labels]
        weights = (model.coef_[order].T / temperature).astype(np.float32)
        stored[head] = classifier.packed(
            classifier.Head(
                ngrams=weights[: classifier.BUCKETS],
                dense=weights[classifier.BUCKETS :],
                bias=(model.intercept_[order] / temperature).astype(np.float32),
            )
        )
    return stored


def calibrated(task: Task, logits: Array) -> float:
    """The temperature with the least log loss."""
    kept = task.tested
    found = minimize_scalar(
        lambda t: loss(task.wanted[kept], logits[kept] / t, task.labels),
        bounds=(0.2, 3),
        method="bounded",
    )
    return float(found.x)


def loss(wanted: NDArray[np.str_], logits: Array, labels: Sequence[str]) -> float:
    order = np.argsort(labels)  # as scikit-learn sorts them
    return float(log_loss(wanted, softmax(logits)[:, order], labels=sorted(labels)))


def softmax(logits: Array) -> Array:
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exp / exp.sum(axis=1, keepdims=True))


def tell(name: str, task: Task, logits: Array, *, by_class: bool) -> None:
    wanted, logits = task.wanted[task.tested], logits[task.tested]
    found = np.array(task.labels)[logits.argmax(axis=1)]
    sure = softmax(logits).max(axis=1)
    right = found == wanted
    recall = {c: right[wanted == c].mean() for c in task.labels}
    print(
        f"{name}: accuracy {right.mean():.3f}, mean recall {np.mean(list(recall.values())):.3f}, "
        f"log loss {loss(wanted, logits, task.labels):.3f} ({len(wanted)} rows)",
        flush=True,
    )
    if not by_class:
        return
    for c in task.labels:
        precise = right[found == c].mean() if (found == c).any() else 0.0
        count = (wanted == c).sum()
        print(f"  {c:10} {count:5} rows, recall {recall[c]:.2f}, precision {precise:.2f}")
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        within = (sure >= low) & (sure < high)
        if within.any():
            print(
                f"  probability {low:.1f} to {min(high, 1):.1f}: {within.sum():4} rows, "
                f"mean {sure[within].mean():.2f}, right {right[within].mean():.2f}"
            )


def ablate(task: Task) -> None:
    both = features(task, embedded=True)
    alone = features(task, embedded=False)
    dense = both[:, classifier.BUCKETS :]
    for name, x, penalty in (
        ("vector and plain features", dense, PENALTY),
        ("n-grams and plain features", alone, PENALTY),
        ("all", both, PENALTY),
        ("all, C 3", both, 3.0),
        ("all, C 30", both, 30.0),
    ):
        logits = left_out(task, x, penalty)
        tell(f"{task.name}, {name}", task, logits / calibrated(task, logits), by_class=False)


if __name__ == "__main__":
    main()
