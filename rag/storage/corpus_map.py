"""A map of the corpus: each paper's place on a plane, and clusters named by their own words.

Drawn once for each generation of the indexes and kept in the data folder. Places and clusters come
from the vectors of whole papers; the words know nothing of them. It is a picture for people:
nothing that ranks or answers looks at it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors
from rag.records import Paper
from rag.storage.generations import Indexes
from rag.text.latex import readable
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

_FILE = "map.npz"
_FORMAT = 1
_FEWEST, _MOST = 2, 20
_TERMS = 3
_WORD = lazy(r"[^\W\d_][\w-]*[^\W_]")
_BREAK = lazy(r"[.,;:!?()\[\]{}\"“”]|\s[-–—]\s")
_EMPTY = frozenset(
    """
    method methods approach approaches model models framework frameworks task tasks result
    results performance propose proposes proposed introduce introduces introduced novel new
    based across significantly significant effectively effective achieve achieves achieving
    demonstrate demonstrates extensive experiments experiment experimental state-of-the-art sota
    challenge challenges challenging key recent advances advance enables enable enabling improve
    improves improving improved improvement improvements high low large outperforms
    outperforming previous first two three while address addresses code available specifically
    additionally furthermore moreover remains remain limited leverage leverages leveraging
    provide provides present presents presented various different multiple well better best
    often several recently crucial comprehensive evaluation evaluate evaluations problem
    problems system systems support future capability capabilities need needs data training
    ability abilities potential develop large language base trained iterative understanding
    process complex general specific large-scale real-world information learning
    """.split()
)
"""Words that abstracts of every field are made of: they say something beside another word alone."""


@dataclass(frozen=True, kw_only=True)
class CorpusMap:
    """`places` (papers, 2) within [0, 1], the longer side filling it; `clusters` (papers,) indices
    into `labels`, largest cluster first. Rows are those of `paper_ids`."""

    generation: str
    paper_ids: tuple[str, ...]
    places: Vectors
    clusters: NDArray[np.int32]
    labels: tuple[str, ...]


def draw(indexes: Indexes, papers: Iterable[Paper]) -> CorpusMap:
    """The map of one generation. Seconds for hundreds of papers, minutes for ten thousands."""
    from rag.adapters.sklearn_map import cluster, project

    vectors = np.asarray(indexes.paper_vectors)
    wanted = min(max(round(math.sqrt(len(vectors) / 4)), _FEWEST), _MOST)
    clusters = cluster(vectors, wanted)
    texts = {paper.paper_id: (paper.title, paper.abstract) for paper in papers}
    read = [texts.get(paper_id, ("", "")) for paper_id in indexes.paper_ids]
    return CorpusMap(
        generation=indexes.generation,
        paper_ids=indexes.paper_ids,
        places=_fitted(project(vectors)),
        clusters=clusters,
        labels=tuple(labels(read, clusters.tolist())),
    )


def labels(texts: Sequence[tuple[str, str]], clusters: Sequence[int]) -> list[str]:
    """For each cluster the words that set it apart, no term in two labels. `texts`: title and
    abstract of each paper.

    Terms are words and pairs of them. An abstract counts once, a title twice. A term's weight in
    a cluster is p · log(p / q), p and q being its counts by the texts of the cluster and of the
    corpus: what it would add to the Kullback-Leibler divergence of the two. Unlike class-based
    tf-idf (Grootendorst 2022) this gives nothing to words that are frequent everywhere. A pair
    says more than a word, so it counts double.
    """
    count = max(clusters, default=-1) + 1
    surfaces: dict[str, Counter[str]] = {}
    within = [Counter[str]() for _ in range(count)]
    holders = [Counter[str]() for _ in range(count)]
    sizes = Counter(clusters)
    for text, at in zip(texts, clusters, strict=True):
        title, abstract = map(_terms, text)
        for found, share in ((title, 2), (abstract, 1)):
            for key, surface in found.items():
                within[at][key] += share
                surfaces.setdefault(key, Counter())[surface] += 1
        holders[at].update(title.keys() | abstract.keys())
    overall = Counter[str]()
    for counted in within:
        overall.update(counted)

    def weight(key: str, at: int) -> float:
        inside = within[at][key] / sizes[at]
        lift = math.log(inside * len(texts) / overall[key]) if count > 1 else 1.0
        return (2.0 if " " in key else 1.0) * inside * lift

    # A single paper's words name no group.
    least = {at: max(2, math.ceil(0.06 * sizes[at])) for at in range(count)}
    ranked = sorted(
        (
            (weight(key, at), key, at)
            for at in range(count)
            for key, seen in holders[at].items()
            if seen >= least[at]
        ),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    taken: set[str] = set()
    chosen: list[list[str]] = [[] for _ in range(count)]
    for _, key, at in ranked:
        words = set(key.split(" "))
        mine = {word for term in chosen[at] for word in term.split(" ")}
        if key in taken or len(chosen[at]) >= _TERMS or words & mine:
            continue
        taken.add(key)
        chosen[at].append(key)
    return [
        ", ".join(surfaces[key].most_common(1)[0][0] for key in terms) or f"group {at + 1}"
        for at, terms in enumerate(chosen)
    ]


def load(folder: Path, generation: str) -> CorpusMap | None:
    """The map kept in `folder`, or None where there is none of this generation."""
    try:
        with (folder / _FILE).open("rb") as file, np.load(file, allow_pickle=False) as held:
            about = json.loads(str(held["about"]))
            if about["format"] != _FORMAT or about["generation"] != generation:
                return None
            return CorpusMap(
                generation=generation,
                paper_ids=tuple(held["paper_ids"].tolist()),
                places=held["places"],
                clusters=held["clusters"],
                labels=tuple(about["labels"]),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        return None  # it is drawn anew: nothing else rests on it


def keep(folder: Path, drawn: CorpusMap) -> None:
    """Keep the map in `folder`, in place of the one before. Raises OSError."""
    about = {
        "format": _FORMAT,
        "generation": drawn.generation,
        "labels": drawn.labels,
    }
    beside = folder / f"new-{_FILE}"
    np.savez(
        beside,
        about=np.array(json.dumps(about)),
        paper_ids=np.array(drawn.paper_ids, dtype=np.str_),
        places=drawn.places,
        clusters=drawn.clusters,
    )
    beside.replace(folder / _FILE)


def _fitted(places: Vectors) -> Vectors:
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / max(float((high - low).max()), 1e-9), np.float32)


def _terms(text: str) -> dict[str, str]:
    """Words and pairs of neighbouring words of a text: as compared → as written in lower case."""
    found: dict[str, str] = {}
    for piece in _BREAK.split(readable(text)):
        before: tuple[str, str] | None = None
        for word in _WORD.findall(piece):
            if word.lower() in STOPWORDS or len(word) < 3:
                before = None
                continue
            surface = word.lower() if not any(map(str.isupper, word[1:])) else word
            key = _singular(word.lower())
            weak = word.lower() in _EMPTY
            if not weak:
                found.setdefault(key, surface)
            if before and before[0] != key and not (weak and before[1].lower() in _EMPTY):
                found.setdefault(f"{before[0]} {key}", f"{before[1]} {surface}")
            before = key, surface
    return found


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "siu" else word
