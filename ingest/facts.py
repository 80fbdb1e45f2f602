"""Facts about papers into the records that lack them.

What a record states is never overwritten, and id, text and citekey stay what they are without the
facts. Where facts come from is not known here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ingest.dedupe import names, normalise_title
from rag.records import Paper
from rag.text.latex import readable

_Holders = dict[str, dict[str, None]]
"""Identifier or title, as `names` has it → ids of the papers that have it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion:
    """`papers`: those that were completed, by id. `unmatched`: how many facts are about none."""

    papers: Mapping[str, Paper] = field(default_factory=dict)
    unmatched: int = 0


def complete(facts: Collection[Paper], papers: Mapping[str, Paper]) -> Completion:
    """Each of `facts`, papers without an abstract, completes the one of `papers` (by id) that has
    its arXiv id, its DOI or else its title. An identifier is given to one paper alone."""
    if not facts:
        return Completion()
    held = dict(papers)
    holders: _Holders = defaultdict(dict)
    for paper in papers.values():
        _note(paper, holders)
    completed: dict[str, Paper] = {}
    unmatched = 0
    for fact in facts:
        match = _match(fact, held, holders)
        if match is None:
            unmatched += 1
        elif (after := _completed(match, fact, holders)) != match:
            held[match.paper_id] = completed[match.paper_id] = after
            _note(after, holders)
    return Completion(papers=completed, unmatched=unmatched)


def _note(paper: Paper, holders: _Holders) -> None:
    for name in (*names(paper), _shown_title(paper)):
        holders[name][paper.paper_id] = None


def _shown_title(paper: Paper) -> str:
    """A page may have it in TeX, and the facts as it is shown, or the other way round."""
    return f"title {normalise_title(readable(paper.title))}"


def _match(fact: Paper, held: Mapping[str, Paper], holders: _Holders) -> Paper | None:
    *identifiers, title = names(fact)
    for name in identifiers:
        if found := holders.get(name):
            return held[next(iter(found))]
    titled = holders.get(title) or holders.get(_shown_title(fact)) or ()
    possible = [held[i] for i in titled if not _contradict(held[i], fact)]
    return possible[0] if len(possible) == 1 else None


def _contradict(paper: Paper, fact: Paper) -> bool:
    mine, theirs = (_by_kind(names(each)[:-1]) for each in (paper, fact))
    return any(mine[kind] != theirs[kind] for kind in mine.keys() & theirs.keys())


def _by_kind(identifiers: Iterable[str]) -> dict[str, str]:
    return {kind: value for kind, _, value in (one.partition(" ") for one in identifiers)}


def _completed(paper: Paper, fact: Paper, holders: _Holders) -> Paper:
    """A list of authors that is not as long as the paper says is left out."""
    is_list_fit = paper.author_count in (None, fact.author_count)
    free = [name for name in names(fact)[:-1] if name not in holders]
    after = replace(
        paper,
        published=paper.published or fact.published,
        date_precision=paper.date_precision or fact.date_precision,
        author_count=paper.author_count
        if paper.authors
        else paper.author_count or fact.author_count,
        authors=paper.authors or (fact.authors if is_list_fit else ()),
        upvotes=fact.upvotes if paper.upvotes is None else paper.upvotes,
        doi=paper.doi or (fact.doi if any(n.startswith("doi ") for n in free) else None),
        arxiv_id=paper.arxiv_id
        or (fact.arxiv_id if any(n.startswith("arxiv ") for n in free) else None),
        url=paper.url or fact.url,
    )
    if after == paper:
        return paper
    sources = {source.name: source for source in (*paper.sources, *fact.sources)}
    return replace(after, sources=tuple(sorted(sources.values(), key=lambda s: s.name)))
