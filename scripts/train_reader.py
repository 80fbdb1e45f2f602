"""Train the reader of rag/reading and say what it reaches on groups it has not seen.

    python scripts/reader_data.py LABELS                     # questions, labels → eval/training
    citewell ingest PAPERS --data-dir DIR                    # the papers of all groups
    python scripts/reader_rank.py --data-dir DIR --out CACHE
    python scripts/reader_late.py --data-dir DIR --cache CACHE --out LATE   (torch, see there)
    python scripts/train_reader.py --data-dir DIR --cache CACHE --late LATE [--write] [--test]

Sentences are judged by boosted trees, papers by boosted trees that also see what was found of their
sentences; what feeds them was predicted by models that had not seen the question's group (two
folds). Papers of other groups, which nobody labelled, are left out. Rankings are thinned for
training; what is reached is told for thinned and for whole ones. `--ablate` leaves out kinds,
features and questions; `--test` looks at the groups that were kept aside.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import pickle
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rag.adapters.minilm import MiniLM  # noqa: E402
from rag.reading import reader  # noqa: E402
from rag.reading.features import PAPER, SENTENCE, Views, look  # noqa: E402
from rag.reading.late import LateInteraction  # noqa: E402
from rag.retrieval.first_stage import Retriever  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.storage.index_manager import open_or_rebuild  # noqa: E402
from scripts.reader_data import split_of  # noqa: E402
from scripts.reader_rank import Ranked  # noqa: E402
from scripts.reader_thresholds import list_f1, thresholds  # noqa: E402

FOLDS = 2
SAMPLED, UNANSWERABLE, ROBBED = 0.4, 2.0, 0.125
FIRST_STAGE = ("score", "late", "dense", "lexical", "neighbours", "at")
"""Features that hold a score of the first stage."""
LEARNED = (
    "late", "late_in_paper", "late_overall", "late_rank", "paper_late",
    "fits", "fits_in_paper", "both", "both_in_paper", "both_rank",
)  # fmt: skip
LEARNED_PAPER = ("learned", "learned_best", "learned_next", "learned_z", "sentence_best")


@dataclass
class Case:
    """A question with its features and labels. right: (S,); belongs, known: (P,); first: for each
    paper that answers the sentence that does so best."""

    kind: str
    group: str
    views: Views
    right: np.ndarray
    belongs: np.ndarray
    known: np.ndarray
    answerable: bool
    answers: np.ndarray | None = None
    probabilities: np.ndarray | None = None

    @property
    def split(self) -> str:
        return split_of(self.group)


def thinned(one: Ranked, retriever: Retriever) -> Ranked:
    """The question asked of a smaller corpus: the same, or a half, a quarter, an eighth of it. Gaps
    between papers are wider there, and the reader has to serve any. One of the papers that answer
    stays; but of every eighth question all of them go, so that nothing answers it."""
    random = np.random.default_rng(zlib.crc32(one.row["q"].encode()))
    ids = np.array(retriever.indexes.paper_ids)[one.arrays["rows"]]
    yes, partly = np.isin(ids, [*one.yes]), np.isin(ids, [*one.partly])
    kept = random.random(len(ids)) < random.choice([1, 0.5, 0.25, 0.125])
    if yes.any():
        kept[random.choice(np.flatnonzero(yes))] = True
        if random.random() < ROBBED:
            kept &= ~yes
    arrays = {
        "rows": one.arrays["rows"][kept],
        "scores": one.arrays["scores"][kept],
        "parts": {name: part[kept] for name, part in one.arrays["parts"].items()},
        "question": one.arrays["question"],
    }
    beyond = np.flatnonzero((yes | partly)[kept])
    best = np.arange(min(reader.CONSIDERED, int(kept.sum())))
    places = np.concatenate([best, beyond[beyond >= len(best)]])
    left = {paper: at for paper, at in one.yes.items() if paper in set(ids[kept])}
    return replace(one, arrays=arrays, places=places, yes=left)


def case_of(one: Any, retriever: Retriever, late: LateInteraction) -> Case | None:
    ranking = one.ranking(retriever)
    views = look(one.parsed, ranking, one.places, late) if len(ranking) else None
    if views is None:
        return None
    ids = [paper.paper_id for paper in views.papers]
    first = np.searchsorted(views.owner, np.arange(len(ids)))
    right = np.zeros(len(views.owner), bool)
    for at, paper in enumerate(ids):
        for n in one.yes.get(paper, ()):
            if first[at] + n < len(right) and views.owner[first[at] + n] == at:
                right[first[at] + n] = True
    return Case(
        kind=one.row["kind"],
        group=one.row["group"],
        views=views,
        right=right,
        belongs=np.array([i in one.yes for i in ids]),
        known=np.array([i in one.group and i not in one.partly for i in ids]),
        answerable=bool(one.yes),
    )


def cases(given: argparse.Namespace, splits: Sequence[str], *, whole: bool = False) -> list[Case]:
    """With the features of the fold that has not seen the group. whole: nothing is thinned."""
    catalog = Catalog(given.data_dir)
    retriever = Retriever(
        catalog, open_or_rebuild(catalog), MiniLM(cache_dir=given.data_dir / "models")
    )
    folds = json.loads((given.late / "folds.json").read_text())
    found = []
    for path in sorted(given.cache.glob("g*.pickle")):
        split = split_of(path.stem)
        if split not in splits or (split == "train" and path.stem not in folds):
            continue
        weights = given.late / f"{folds[path.stem] if split == 'train' else 'all'}.npz"
        late = LateInteraction(arrays=dict(np.load(weights)))
        kept = given.late / ("whole" if whole else "thinned") / f"{path.stem}.pickle"
        stamp = (path.stat().st_mtime, weights.stat().st_mtime)
        if kept.exists() and (known := pickle.loads(kept.read_bytes()))[0] == stamp:
            found += known[1]
            continue
        asked = pickle.loads(path.read_bytes())
        if not whole:
            asked = [thinned(one, retriever) for one in asked]
        own = [case for one in asked if (case := case_of(one, retriever, late))]
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(pickle.dumps((stamp, own)))
        print(path.stem, len(own), flush=True)
        found += own
    return found


# --- models --------------------------------------------------------------------------------------


def boosted(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, **more: Any) -> Any:
    settings = {
        "max_iter": 90, "learning_rate": 0.1, "max_leaf_nodes": 16, "max_depth": 5,
        "min_samples_leaf": 60, "l2_regularization": 5.0, "early_stopping": False,
        "random_state": 0,
    }  # fmt: skip
    model = HistGradientBoostingClassifier(**{**settings, **more})
    return model.fit(rows, labels, sample_weight=weights)


def logistic(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, **_: Any) -> Any:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=1000))
    return model.fit(rows, labels, logisticregression__sample_weight=weights)


def sentences_of(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, labels, weights. Of papers that do not belong a part of the sentences is enough."""
    known = case.known[case.views.owner]
    random = np.random.default_rng(len(known))
    kept = known & (case.belongs[case.views.owner] | (random.random(len(known)) < SAMPLED))
    weights = np.where(case.belongs[case.views.owner], 1, 1 / SAMPLED) * weight(case)
    return case.views.sentence[kept], case.right[kept], weights[kept]


def papers_of(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = reader.stacked(case.views, case.answers)
    weights = np.full(int(case.known.sum()), weight(case))
    return rows[case.known], case.belongs[case.known], weights


def weight(case: Case) -> float:
    """A question that nothing answers is one in five, and counts as much as two."""
    return 1.0 if case.answerable else UNANSWERABLE


Rows = Callable[[Case], tuple[np.ndarray, np.ndarray, np.ndarray]]


def fitted(items: Sequence[Case], rows: Rows, fit: Callable[..., Any], drop: Sequence[int]) -> Any:
    found = [rows(case) for case in items]
    matrix, labels, weights = (np.concatenate(part) for part in zip(*found, strict=True))
    matrix[:, list(drop)] = 0
    return fit(matrix, labels, weights)


def predict(model: Any, rows: np.ndarray, drop: Sequence[int]) -> np.ndarray:
    rows = rows.copy()
    rows[:, list(drop)] = 0
    return model.predict_proba(rows)[:, 1]


@dataclass
class Fitted:
    sentence: Any
    paper: Any


def train(
    training: Sequence[Case],
    held: Sequence[Case],
    *,
    fit: Callable[..., Any] = boosted,
    without: Callable[[str, str], bool] = lambda stage, name: False,
) -> Fitted:
    """Models of all of `training`, and predictions for `held`; those for `training` are by models
    that have not seen the group. `without` says which features are blanked."""
    groups = sorted({case.group for case in training})
    drop_s = [i for i, name in enumerate(SENTENCE) if without("sentence", name)]
    drop_p = [i for i, name in enumerate(reader.STACKED) if without("paper", name)]

    def stage(rows: Rows, drop: list[int], put: str, full: Callable[[Case], np.ndarray]) -> Any:
        for fold in range(FOLDS):
            mine = [c for c in training if groups.index(c.group) % FOLDS == fold]
            others = [c for c in training if groups.index(c.group) % FOLDS != fold]
            model = fitted(others, rows, fit, drop)
            for case in mine:
                setattr(case, put, predict(model, full(case), drop))
        model = fitted(training, rows, fit, drop)
        for case in held:
            setattr(case, put, predict(model, full(case), drop))
        print(put, "judged", flush=True)
        return model

    sentence = stage(sentences_of, drop_s, "answers", lambda c: c.views.sentence)
    paper = stage(papers_of, drop_p, "probabilities", lambda c: reader.stacked(c.views, c.answers))
    return Fitted(sentence, paper)


# --- judging -------------------------------------------------------------------------------------


def judged(held: Sequence[Case], least: float = 0.2) -> dict[str, float]:
    """On labelled papers alone. fact1, fact2: whether the best sentence, or one of the best two, of
    the paper put first is among the labelled ones, over questions with one answer. declining: area
    under the curve of the best paper's probability, answerable questions against the others;
    declining_all: with the papers of other groups."""
    found = defaultdict(list)
    best, best_of_all, answerable = [], [], []
    for case in held:
        known = np.flatnonzero(case.known)
        p = case.probabilities[known]
        best.append(p.max(initial=0.0))
        best_of_all.append(case.probabilities.max())
        answerable.append(case.answerable)
        yes = case.belongs[known]
        order = np.argsort(-p, kind="stable")
        if not case.answerable or not yes.any():
            continue
        gains = yes[order][:10] / np.log2(np.arange(2, 2 + min(10, len(order))))
        ideal = sum(1 / np.log2(2 + i) for i in range(min(10, int(case.belongs.sum()))))
        found["ndcg"].append(gains.sum() / ideal)
        found["first"].append(float(yes[order[0]]))
        base = case.views.paper[known][:, PAPER.index("at")]
        gains = yes[np.argsort(base)][:10] / np.log2(np.arange(2, 2 + min(10, len(order))))
        found["ndcg_first_stage"].append(gains.sum() / ideal)
        if case.kind in ("topic", "fragment"):
            found["f1"].append(list_f1(case, least))
        if case.kind in ("fact", "yesno", "whyhow"):
            paper = known[order[0]]
            own = np.flatnonzero(case.views.owner == paper)
            ranked = own[np.argsort(-case.answers[own])]
            found["fact1"].append(float(case.right[ranked[:1]].any()))
            found["fact2"].append(float(case.right[ranked[:2]].any()))
            cover = case.views.sentence[own, SENTENCE.index("cover")]
            found["fact1_cover"].append(float(case.right[own[np.argmax(cover)]]))
        of = case.views.owner
        for paper in np.flatnonzero(case.belongs):
            own = np.flatnonzero(of == paper)
            if case.right[own].any():
                found["sentence1"].append(float(case.right[own[np.argmax(case.answers[own])]]))
    told = {name: float(np.mean(values)) for name, values in found.items()}
    for name, sure in (("declining", best), ("declining_all", best_of_all)):
        told[name] = float(roc_auc_score(answerable, sure))
    return told


def show(name: str, told: dict[str, float]) -> None:
    print(f"{name:28}", " ".join(f"{key} {value:.3f}" for key, value in told.items()), flush=True)


def ablate(training: Sequence[Case], held: Sequence[Case]) -> None:
    def run(name: str, items: Sequence[Case], **more: Any) -> None:
        train(items, held, **more)
        show(name, judged(held))

    run("logistic", training, fit=logistic)
    run(
        "without learned late",
        training,
        without=lambda stage, n: n in (LEARNED if stage == "sentence" else LEARNED_PAPER),
    )
    first = re.compile("|".join(rf"^{n}($|_)" for n in FIRST_STAGE))
    run(
        "without first stage",
        training,
        without=lambda stage, n: (
            bool(first.match(n)) if stage == "paper" else n in ("paper_at", "paper_score")
        ),
    )
    random = np.random.default_rng(0)
    for n in (500, 1000, 2000, 3000):
        if n < len(training):
            chosen = random.permutation(len(training))[:n]
            run(f"{n} questions", [training[i] for i in chosen])
    for kind in sorted({case.kind for case in training} - {"none"}):
        run(f"without {kind}", [case for case in training if case.kind != kind])


# --- the file ------------------------------------------------------------------------------------


def exported(model: Any, name: str) -> dict[str, np.ndarray]:
    parts: dict[str, list[np.ndarray]] = defaultdict(list)
    first, roots, depth = 0, [], 0
    for (tree,) in model._predictors:
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        own = np.arange(len(nodes))
        roots.append(first)
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]).astype(np.int16))
        parts["threshold"].append(np.where(leaf, 0, nodes["num_threshold"]).astype(np.float32))
        parts["left"].append((first + np.where(leaf, own, nodes["left"])).astype(np.int32))
        parts["right"].append((first + np.where(leaf, own, nodes["right"])).astype(np.int32))
        parts["value"].append(nodes["value"].astype(np.float32))
        depth = max(depth, int(nodes["depth"].max()))
        first += len(nodes)
    found = {f"{name}_{part}": np.concatenate(held) for part, held in parts.items()}
    base = np.float32(np.ravel(model._baseline_prediction)[0])
    return {**found, f"{name}_roots": np.array(roots, np.int32),
            f"{name}_depth": np.int32(depth), f"{name}_base": base}  # fmt: skip


def named(values: dict[str, float], name: str) -> dict[str, np.ndarray]:
    return {
        f"{name}_names": np.array(list(values)),
        f"{name}_values": np.array(list(values.values())),
    }


def write(models: Fitted, late: Path, thresholds: dict[str, float]) -> None:
    arrays = {
        **exported(models.sentence, "sentence"),
        **exported(models.paper, "paper"),
        **named(thresholds, "thresholds"),
    }
    if late.exists():
        arrays |= {f"late_{name}": held.astype(np.float16) for name, held in np.load(late).items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    data = buffer.getvalue()
    (ROOT / "rag" / "reading" / "reader.npz").write_bytes(data)
    path = ROOT / "rag" / "reading" / "model.py"
    digest = hashlib.sha256(data).hexdigest()
    path.write_text(re.sub(r'SHA256 = "\w*"', f'SHA256 = "{digest}"', path.read_text()))
    print(f"reader.npz: {len(data) / 1e3:.0f} kB, {digest[:12]}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data-dir", type=Path, required=True)
    arguments.add_argument("--cache", type=Path, required=True)
    arguments.add_argument("--late", type=Path, required=True)
    for flag in ("--write", "--test", "--ablate"):
        arguments.add_argument(flag, action="store_true")
    given = arguments.parse_args()
    splits = ("train", "calibration", *(("test",) if given.test else ()))
    items = cases(given, splits)
    training = [case for case in items if case.split == "train"]
    held = [case for case in items if case.split == "calibration"]
    test = [case for case in items if case.split == "test"]
    print(len(training), "training,", len(held), "calibration,", len(test), "test")
    whole = cases(given, splits[1:], whole=True)
    models = train(training, [*held, *test, *whole])
    for split, told in (("calibration", held), ("test", test)):
        if told:
            show(split, judged(told))
            show(f"{split}, not thinned", judged([case for case in whole if case.split == split]))
    if given.ablate:
        ablate(training, [case for case in whole if case.split == "calibration"])
    if given.write:
        cuts = thresholds(held)
        print(cuts)
        write(models, given.late / "all.npz", cuts)


if __name__ == "__main__":
    from scripts import train_reader  # so that pickles name this module

    train_reader.main()
