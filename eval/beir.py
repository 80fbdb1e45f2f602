"""Public collections in BEIR's layout, through the product's own retrieval.

    DIR/corpus.jsonl       {"_id", "title", "text"} a line
    DIR/queries.jsonl      {"_id", "text"} a line
    DIR/qrels/SPLIT.tsv    query-id, corpus-id, score; a header line

A `meta.json` may name the grade from which a document counts as relevant (`rel_threshold`) and a
file of query-document pairs to leave out (`exclude`). Documents become papers under their own ids,
without merging equal titles, in a temporary catalog.
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

from eval.measures.retrieval import ir_scores
from rag.config import Config
from rag.errors import BadInput
from rag.records import Paper

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.retrieve import Weights

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
    meta = folder / "meta.json"
    about = json.loads(_text(meta)) if meta.exists() else {}
    papers: dict[str, Paper] = {}
    for line, entry in _json_lines(folder / "corpus.jsonl", "_id", "text"):
        if entry["_id"] in papers:
            raise BadInput(f"id {entry['_id']!r} again", path=folder / "corpus.jsonl", line=line)
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
    texts = {e["_id"]: e["text"] for _, e in _json_lines(folder / "queries.jsonl", "_id", "text")}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    qrels = folder / "qrels" / f"{split}.tsv"
    for line, (query, document, grade) in _triples(qrels):
        if query not in texts:
            raise BadInput(f"no query has the id {query!r}", path=qrels, line=line)
        grades[query][document] = grade
    excluded = folder / about["exclude"] if about.get("exclude") else None
    return Collection(
        name=about.get("name") or folder.resolve().name,
        papers=tuple(papers.values()),
        queries={query: texts[query] for query in grades},
        grades=grades,
        threshold=int(about.get("rel_threshold") or 1),
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
    """query-id, corpus-id, score, tab-separated, best first; scores never rise down a ranking."""
    lines = [
        f"{query}\t{document}\t{float(score)!r}\n"
        for query, ranking in rankings.items()
        for document, score in ranking
    ]
    path.write_text("".join(lines), "utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BadInput(
            f"cannot be read: {error.strerror}",
            path=path,
            remedy="A BEIR folder holds corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv.",
        ) from error


def _json_lines(path: Path, *fields: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(f"is not JSON: {error.msg}", path=path, line=number) from error
        for field in fields:
            if not isinstance(entry, dict) or not isinstance(entry.get(field), str):
                raise BadInput(f"has no text {field!r}", path=path, line=number)
        yield number, entry


def _triples(path: Path) -> Iterator[tuple[int, tuple[str, str, int]]]:
    for number, line in enumerate(_text(path).rstrip("\n").split("\n")[1:], 2):
        parts = line.split("\t")
        try:
            yield number, (parts[0], parts[1], int(parts[2]))
        except (IndexError, ValueError) as error:
            raise BadInput("is not query-id, corpus-id, grade", path=path, line=number) from error


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for line in _text(path).rstrip("\n").split("\n")[1:]:
        query, document, *_ = line.split("\t")
        yield query, document


@contextlib.contextmanager
def temporary_assistant(
    papers: Sequence[Paper],
    config: Config,
    *,
    weights: Weights | None = None,
    report: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Iterator[Assistant]:
    """An assistant over `papers` and nothing else, in a folder that is gone afterwards."""
    from ingest.build import reembed
    from rag import wiring
    from rag.catalog import Catalog

    with tempfile.TemporaryDirectory(prefix="citewell-beir-") as folder:
        catalog = Catalog(Path(folder))
        embedder = wiring.make_embedder(config)
        # Not `ingest`: that would merge documents of one title and give ids of its own.
        with catalog.writing():
            for paper in papers:
                catalog.put(paper)
        reembed(catalog, embedder, report=report)
        chosen: dict[str, Any] = {} if weights is None else {"weights": weights}
        assistant = wiring.assistant(
            replace(config, data_dir=Path(folder)), catalog=catalog, embedder=embedder, **chosen
        )
        try:
            yield assistant
        finally:
            assistant.shelf.indexes().close()
            catalog.close()


def ranker(assistant: Assistant) -> Rank:
    """The product's retrieval. Queries of a collection state no constraints on dates or votes,
    whatever their words look like."""
    from rag.finding import MAX_QUESTION_CHARS
    from rag.records import Filters

    return lambda text: assistant.rank(text[:MAX_QUESTION_CHARS], filters=Filters())
