"""Public collections in BEIR's layout, through the product's own retrieval.

    DIR/corpus.jsonl       {"_id", "title", "text"} a line
    DIR/queries.jsonl      {"_id", "text"} a line
    DIR/qrels/SPLIT.tsv    query-id, corpus-id, score; a header line

A `meta.json` may name the grade from which a document counts as relevant (`rel_threshold`) and a
file of query-document pairs to leave out (`exclude`). Documents become papers under their own ids,
without merging equal titles, in a catalog of their own.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import jsonl
from eval.measures.retrieval import ir_scores
from rag.config import Config
from rag.errors import BadInput, UsageError
from rag.records import Paper

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.retrieval.first_stage import Weights

DEPTH = 100
"""Documents of a ranking that are kept: what the deepest measure looks at."""

Rankings = dict[str, list[tuple[str, float]]]
"""By query id: document ids and scores, best first."""
Rank = Callable[[str], list[tuple[str, float]]]
"""A query to document ids and scores, best first."""


@dataclass(frozen=True, kw_only=True)
class Collection:
    """`grades` has every query of the split. `threshold`: the least grade that is relevant."""

    name: str
    papers: tuple[Paper, ...]
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]
    threshold: int = 1
    excluded: frozenset[tuple[str, str]] = frozenset()


def read(folder: Path, split: str = "test") -> Collection:
    """Raises BadInput with file and line."""
    about = _meta(folder / "meta.json")
    corpus, asked = folder / "corpus.jsonl", folder / "queries.jsonl"
    papers: dict[str, Paper] = {}
    for entry in _entries(corpus):
        title, text = str(entry.get("title") or "").strip(), entry["text"].strip()
        if not title and not text:
            continue  # nothing that any query could find
        # A title or a text may be missing; a paper has both.
        papers[entry["_id"]] = Paper(
            paper_id=entry["_id"],
            title=title or " ".join(text.split()[:12]),
            abstract=text or title,
            citekey=entry["_id"],
        )
    if not papers:
        raise BadInput("has no documents", path=corpus)
    texts = {entry["_id"]: entry["text"] for entry in _entries(asked)}
    qrels = folder / "qrels" / f"{split}.tsv"
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line, query, document, grade in _grades(qrels):
        if query not in texts:
            raise BadInput(f"no query has the id {query!r}", path=qrels, line=line)
        if not texts[query].strip():
            raise BadInput(f"query {query!r} has no words", path=qrels, line=line)
        if grades[query].setdefault(document, grade) != grade:
            said = f"query {query!r} and document {document!r} have another grade above"
            raise BadInput(said, path=qrels, line=line)
    if not grades:
        raise BadInput("judges no query", path=qrels)
    excluded = folder / about["exclude"] if about.get("exclude") else None
    return Collection(
        name=about.get("name") or folder.resolve().name,
        papers=tuple(papers.values()),
        queries={query: texts[query] for query in grades},
        grades=grades,
        threshold=about.get("rel_threshold", 1),
        excluded=frozenset(_pairs(excluded)) if excluded else frozenset(),
    )


def rank_all(
    collection: Collection, rank: Rank, progress: Callable[[int, int], None] = lambda d, t: None
) -> Rankings:
    """The `DEPTH` best documents of every query, without the pairs to leave out."""
    rankings: Rankings = {}
    for number, (query, text) in enumerate(collection.queries.items(), 1):
        found = [hit for hit in rank(text) if (query, hit[0]) not in collection.excluded]
        rankings[query] = found[:DEPTH]
        progress(number, len(collection.queries))
    return rankings


def measures(collection: Collection, rankings: Rankings) -> dict[str, float]:
    """nDCG@10 (graded, linear gain, over all queries), recall@10/100 and MRR@10 (over queries
    with a relevant document; relevant from the threshold up). Queries without a ranking: zero."""
    documents = {query: [d for d, _ in ranking] for query, ranking in rankings.items()}
    grades = {q: {d: g for d, g in of.items() if g > 0} for q, of in collection.grades.items()}
    relevant = {
        q: {d: 1 for d, g in of.items() if g >= collection.threshold} for q, of in grades.items()
    }
    gain = ir_scores("nDCG@10", grades, documents)
    values = {"ndcg@10": sum(gain.values()) / len(grades)}
    for name, ir_name in (("recall@10", "R@10"), ("recall@100", "R@100"), ("mrr@10", "RR@10")):
        found = ir_scores(ir_name, relevant, documents)
        values[name] = sum(found.values()) / len(found) if found else 0.0
    return values


def write_run(path: Path, rankings: Rankings) -> None:
    """Best first; scores never rise down a ranking. A `.tsv` has query-id, corpus-id and score,
    tab-separated; any other name gets trec_eval's six columns."""
    columns = "{query}\t{document}\t{score!r}\n"
    if path.suffix != ".tsv":
        columns = "{query} Q0 {document} {rank} {score!r} citewell\n"
    lines = [
        columns.format(query=query, document=document, rank=rank, score=float(score))
        for query, ranking in rankings.items()
        for rank, (document, score) in enumerate(ranking, 1)
    ]
    jsonl.save(path, "".join(lines))


_LAYOUT = "A BEIR folder holds corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv."


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, each with an id of its own and a text."""
    seen: dict[str, int] = {}
    for line, entry in jsonl.every(path, remedy=_LAYOUT):
        for field in ("_id", "text"):
            if not isinstance(entry.get(field), str):
                raise BadInput(f"has no text {field!r}", path=path, line=line)
        first = seen.setdefault(entry["_id"], line)
        if first != line or not entry["_id"] or any(c.isspace() for c in entry["_id"]):
            said = f"is that of line {first} already" if first != line else "has white space"
            raise BadInput(f"the id {entry['_id']!r} {said}", path=path, line=line)
        yield entry


def _meta(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        about: dict[str, Any] = {**json.loads(path.read_text("utf-8-sig"))}
    except (ValueError, TypeError) as error:
        raise BadInput(f"is not a JSON object: {error}", path=path) from error
    for name in ("name", "exclude"):
        if not isinstance(about.get(name) or "", str):
            raise BadInput(f"{name!r} is no text", path=path)
    threshold = about.setdefault("rel_threshold", 1)
    if not isinstance(threshold, int) or threshold < 1:
        raise BadInput("'rel_threshold' is no grade from 1 up", path=path)
    return about


def _rows(path: Path, *, remedy: str) -> Iterator[tuple[int, list[str]]]:
    """Numbers of lines and their columns, the header's too."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path, remedy=remedy) from error
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8 text", path=path) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, line.split("\t")


def _grades(path: Path) -> Iterator[tuple[int, str, str, int]]:
    """Line, query, document and grade."""
    splits = sorted(p.stem for p in path.parent.glob("*.tsv"))
    remedy = f"There are: --split {', '.join(splits)}." if splits else _LAYOUT
    for number, parts in _rows(path, remedy=remedy):
        try:
            found = number, parts[0], parts[1], int(parts[2])
        except (IndexError, ValueError) as error:
            if number == 1:
                continue
            raise BadInput("is not query-id, corpus-id, grade", path=path, line=number) from error
        if number == 1:  # taken for a header, it would be lost in silence
            raise BadInput("is a judgement where a header line belongs", path=path, line=number)
        yield found


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for number, parts in _rows(path, remedy="meta.json names it under 'exclude'."):
        if len(parts) < 2:
            raise BadInput("is not query-id, corpus-id", path=path, line=number)
        yield parts[0], parts[1]


@contextlib.contextmanager
def assistant_over(
    papers: Sequence[Paper],
    config: Config,
    *,
    index: Path | None = None,
    weights: Weights | None = None,
    report: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Iterator[Assistant]:
    """An assistant over `papers` and nothing else, in a folder that is gone afterwards; or in
    `index`, where a later call with the same papers finds them embedded.

    Raises UsageError when `index` holds other papers."""
    from ingest.build import reembed
    from rag import wiring
    from rag.storage.catalog import Catalog

    place = (
        contextlib.nullcontext(str(index))
        if index
        else tempfile.TemporaryDirectory(prefix="citewell-beir-")
    )
    with place as name:
        folder = Path(name)
        catalog = Catalog(folder)
        embedder = wiring.make_embedder(config)
        held = {paper.paper_id: (paper.title, paper.abstract) for paper in catalog.papers()}
        if held and held != {p.paper_id: (p.title, p.abstract) for p in papers}:
            raise UsageError(
                f"{folder} holds other papers than the collection.",
                remedy="Name a folder of its own with --index.",
            )
        if not held:
            # Not `ingest`: that would merge documents of one title and give ids of its own.
            with catalog.writing():
                for paper in papers:
                    catalog.put(paper)
        reembed(catalog, embedder, report=report)
        assistant = wiring.assistant(
            replace(config, data_dir=folder, corpus=None),
            catalog=catalog,
            embedder=embedder,
            weights=weights,
        )
        try:
            yield assistant
        finally:
            assistant.index_manager.indexes().close()
            catalog.close()


def ranker(assistant: Assistant) -> Rank:
    """The product's retrieval. Queries of a collection state no constraints on dates or votes,
    whatever their words look like."""
    from rag.filters import Filters
    from rag.pipeline import MAX_QUESTION_CHARS

    return lambda text: assistant.rank(text[:MAX_QUESTION_CHARS], filters=Filters())
