"""Train the learned late interaction of rag/reading/late.py on ranked questions.

    python -m venv torch-venv && torch-venv/bin/pip install torch==2.13.0
    PYTHONPATH=.:.venv/lib/python3.11/site-packages torch-venv/bin/python scripts/reader_late.py \\
        --data-dir DIR --cache CACHE --out FOLDER

Two heads, one for papers and one for sentences. Each has a matrix (384 → 128, from the projection
of the index on) and weights of word pieces; the vectors of papers stay as they are indexed. Losses
are listwise: over the papers of a question's ranking (those of other groups, which nobody has
labelled, count a third), over all sentences of the labelled papers, and over those of each paper
that answers. FOLDER gets `all.npz`, and `fold0.npz`, which has not seen half of the training
groups: scripts/train_reader.py trains on that half (`--folds 2`: on both). Minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rag.reading.cues import CUES, read_cues  # noqa: E402
from rag.reading.features import spans_of  # noqa: E402
from rag.reading.late import KIND_SCALE, PARTS, kinds, traits  # noqa: E402
from rag.storage.catalog import Catalog  # noqa: E402
from rag.storage.index_manager import open_or_rebuild  # noqa: E402
from rag.storage.token_vectors import TokenStore, _projection  # noqa: E402
from scripts.reader_data import split_of  # noqa: E402

FOLDS = 2
MOST_YES, MOST_NO, MOST_UNLABELLED = 5, 8, 4
"""Papers of a question that is trained on, the best ranked of each sort."""
RANK = 16
UNLABELLED = 0.33
"""What a paper of another group counts among those that do not belong."""


class Head(nn.Module):
    def __init__(self, stop_words: float) -> None:
        super().__init__()
        mean, matrix = _projection()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("start", torch.tensor(matrix))
        self.matrix = nn.Parameter(torch.tensor(matrix))
        self.v = nn.Parameter(torch.zeros(len(mean)))
        self.traits = nn.Parameter(torch.tensor([stop_words, 4.0, 1.0 - stop_words, -1.0]))
        self.scale = nn.Parameter(torch.tensor(20.0))

    def forward(self, states: torch.Tensor, told: torch.Tensor) -> tuple[torch.Tensor, ...]:
        vectors = nn.functional.normalize((states - self.mean) @ self.matrix, dim=1)
        weights = nn.functional.softplus(states @ self.v + told @ self.traits)
        return vectors, weights / weights.sum()

    def strayed(self) -> torch.Tensor:
        return ((self.matrix - self.start) ** 2).sum() + (self.v**2).sum() * 0.1


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.paper, self.sentence = Head(-4.0), Head(-2.5)
        self.parts = nn.Parameter(torch.tensor([10.0, 5.0]))
        self.question = nn.Parameter(torch.randn(384, RANK) * 0.02)
        self.kind = nn.Parameter(torch.randn(128 + len(CUES) + 4, RANK) * 0.02)

    def forward(self, item: dict[str, Any], store: TokenStore) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores of papers (P,) and of segments (S,): each paper's title, then its sentences."""
        tokens = torch.from_numpy(store.of(item["rows"]).vectors)
        both = [head(item["states"], item["traits"]) for head in (self.paper, self.sentence)]
        cosines = tokens @ torch.cat([vectors for vectors, _ in both]).T
        shape = (item["segments"], cosines.shape[1])
        where = item["segment"][:, None].expand(-1, shape[1])
        best = torch.zeros(shape).scatter_reduce(0, where, cosines, "amax", include_self=False)
        t = len(item["states"])
        owner = item["owner"][:, None].expand(-1, t)
        whole = torch.zeros(len(item["rows"]), t).scatter_reduce(
            0, owner, best[:, :t], "amax", include_self=False
        )
        papers = self.paper.scale * (whole @ both[0][1]) + item["parts"] @ self.parts
        fits = item["kinds"] @ (self.kind @ (item["vector"] @ self.question))
        return papers, self.sentence.scale * (best[:, t:] @ both[1][1]) + fits


def chosen(one: Any, indexes: Any) -> np.ndarray:
    ids = [indexes.paper_ids[row] for row in one.arrays["rows"][one.places]]
    sorts = [0 if i in one.yes else 1 if i in one.group else 2 for i in ids]
    kept = []
    for sort, most in enumerate((MOST_YES, MOST_NO, MOST_UNLABELLED)):
        kept += [at for at, own in enumerate(sorts) if own == sort][:most]
    return one.places[sorted(kept)]


def prepared(one: Any, catalog: Any, indexes: Any, *, sampled: bool) -> dict[str, Any] | None:
    question = one.arrays["question"]
    if question is None or question.encoded is None or not len(question.weights) or not one.yes:
        return None
    places = chosen(one, indexes) if sampled else one.places
    rows = one.arrays["rows"][places]
    ids = [indexes.paper_ids[row] for row in rows]
    held = indexes.tokens
    segment, owner, positives, first = [], [], {}, 0
    told, vectors = [], held.of(rows).vectors
    for at, paper in enumerate(catalog.papers(ids)):
        spans = spans_of(paper)
        begins = held.spans[held.first[rows[at]] : held.first[rows[at] + 1], 0]
        inside = np.searchsorted([span.start for span in spans], begins, side="right")
        segment.append(first + inside)
        cues = [read_cues(paper.abstract[span.start : span.end]) for span in spans]
        told += [[0.0] * (3 + len(CUES))]
        told += [[n / max(len(spans) - 1, 1), *one] for n, one in enumerate(cues)]
        owner += [at] * (len(spans) + 1)
        if paper.paper_id in one.yes:
            positives[at] = [first + 1 + n for n in one.yes[paper.paper_id] if n < len(spans)]
        first += len(spans) + 1
    parts = one.arrays["parts"]
    segments = np.concatenate(segment)
    means = np.zeros((first, vectors.shape[1]), np.float32)
    np.add.at(means, segments, vectors)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return {
        "vector": torch.from_numpy(question.vector.copy()),
        "kinds": torch.from_numpy(kinds(means, np.array(told, np.float32))),
        "rows": rows,
        "states": torch.from_numpy(question.encoded.tokens.copy()),
        "traits": torch.from_numpy(traits(question, question.encoded, 0)),
        "segment": torch.from_numpy(segments.astype(np.int64)),
        "segments": first,
        "owner": torch.tensor(owner),
        "parts": torch.from_numpy(np.stack([parts["dense"], parts["lexical"]], 1)[places]),
        "yes": torch.tensor([one_id in one.yes for one_id in ids]),
        "labelled": torch.tensor([i in one.group and i not in one.partly for i in ids]),
        "partly": torch.tensor([one_id in one.partly for one_id in ids]),
        "positives": positives,
        "group": one.row["group"],
    }


def loss_of(item: dict[str, Any], papers: torch.Tensor, sentences: torch.Tensor) -> torch.Tensor:
    weight = torch.where(item["labelled"], 1.0, UNLABELLED) * (~item["partly"])
    loss = torch.zeros(())
    if item["yes"].any():
        others = torch.logsumexp(papers + torch.log(weight * ~item["yes"] + 1e-9), 0)
        own = papers[item["yes"]]
        loss = loss + (torch.logaddexp(own, others) - own).mean()
    told = item["labelled"][item["owner"]]
    title = torch.ones(len(told), dtype=torch.bool)
    title[1:] = item["owner"][1:] != item["owner"][:-1]
    usable = told & ~title
    places = [n for held in item["positives"].values() for n in held]
    if places:
        negative = usable.clone()
        negative[places] = False
        others = torch.logsumexp(sentences.masked_fill(~negative, -1e9), 0)
        own = sentences[places]
        loss = loss + 0.5 * (torch.logaddexp(own, others) - own).mean()
    for at, held in item["positives"].items():
        if held:
            own = sentences.masked_fill((item["owner"] != at) | title, -1e9)
            first = torch.log_softmax(own, 0)[held]
            share = torch.tensor([1.0] + [0.5] * (len(held) - 1))
            loss = loss - (first * share).sum() / share.sum() / len(item["positives"])
    return loss


def train(items: list[dict[str, Any]], store: TokenStore, epochs: int, told: str) -> Model:
    torch.manual_seed(0)
    model = Model()
    slow = [model.paper.matrix, model.sentence.matrix]
    fast = [p for p in model.parameters() if all(p is not s for s in slow)]
    optimizer = torch.optim.Adam([{"params": slow, "lr": 1e-3}, {"params": fast, "lr": 1e-2}])
    steps = epochs * len(items) // 16 + 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [1e-3, 1e-2], total_steps=steps)
    random = np.random.default_rng(0)
    for epoch in range(epochs):
        start, total = time.time(), 0.0
        for step, at in enumerate(random.permutation(len(items)), 1):
            loss = loss_of(items[at], *model(items[at], store))
            if loss.requires_grad:  # nothing to learn where no labelled paper was nominated
                total += loss.item()
                (loss / 16).backward()
            if step % 16 == 0:
                stray = 0.02 * (model.paper.strayed() + model.sentence.strayed())
                stray = stray + 0.02 * ((model.question**2).sum() + (model.kind**2).sum())
                stray.backward()
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
        print(
            f"{told} epoch {epoch} {total / len(items):.3f} {time.time() - start:.0f} s", flush=True
        )
    return model


@torch.no_grad()
def judged(model: Model, items: list[dict[str, Any]], store: TokenStore) -> dict[str, float]:
    """Of held-out questions: mean reciprocal rank among labelled papers, and how often the best
    sentence of a paper that answers is one that is labelled."""
    ranks, hits = [], []
    for item in items:
        papers, sentences = model(item, store)
        kept = item["labelled"]
        if (item["yes"] & kept).any():
            order = torch.argsort(-papers[kept])
            ranks.append(1 / (1 + int(item["yes"][kept][order].nonzero()[0])))
        for at, held in item["positives"].items():
            of = (item["owner"] == at).nonzero()[1:, 0]
            if held:
                hits.append(int(of[sentences[of].argmax()]) in held)
    return {"mrr": float(np.mean(ranks)), "sentence": float(np.mean(hits)), "n": len(hits)}


def arrays(model: Model) -> dict[str, np.ndarray]:
    scale = KIND_SCALE / model.sentence.scale.item()
    kind = {"kind_question": model.question * scale, "kind_sentence": model.kind}
    heads = {
        f"{name}_{part}": getattr(head, part)
        for name, head in (("paper", model.paper), ("sentence", model.sentence))
        for part in PARTS
    }
    return {name: a.detach().numpy().astype(np.float32) for name, a in {**heads, **kind}.items()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("--data-dir", "--cache", "--out"):
        arguments.add_argument(name, type=Path, required=True)
    arguments.add_argument("--epochs", type=int, default=3)
    arguments.add_argument("--folds", type=int, default=1)
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(given.data_dir)
    indexes = open_or_rebuild(catalog)
    items = []
    for path in sorted(given.cache.glob("g*.pickle")):
        if split_of(path.stem) != "test":
            sampled = split_of(path.stem) == "train"
            found = (
                prepared(one, catalog, indexes, sampled=sampled)
                for one in pickle.loads(path.read_bytes())
            )
            items += [item for item in found if item]
    training = [item for item in items if split_of(item["group"]) == "train"]
    held = [item for item in items if split_of(item["group"]) == "calibration"]
    store = replace(indexes.tokens, codes=np.array(indexes.tokens.codes))  # read at every step
    print(len(training), "questions; before training:", judged(Model(), held, store), flush=True)
    fold_of = {g: n % FOLDS for n, g in enumerate(sorted({item["group"] for item in training}))}
    told = {group: f"fold{fold}" for group, fold in fold_of.items() if fold < given.folds}
    (given.out / "folds.json").write_text(json.dumps(told))
    for fold in (None, *range(given.folds)):
        kept = [item for item in training if fold is None or fold_of[item["group"]] != fold]
        name = "all" if fold is None else f"fold{fold}"
        model = train(kept, store, given.epochs, name)
        print(name, judged(model, held, store), flush=True)
        np.savez(given.out / f"{name}.npz", **arrays(model))


if __name__ == "__main__":
    main()
