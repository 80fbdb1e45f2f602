"""The same paper once: normalised titles, stable ids, merging of records, citekeys.

Pure functions over `rag.records`. They know nothing of files or of the catalog; what is already
frozen there (citekeys) comes in as an argument.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from rag.records import Paper, Source
from rag.text.arxiv import normalise_arxiv
from rag.text.patterns import lazy

_DOI = lazy(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9.]{3,}/\S+)", re.IGNORECASE)
_ARXIV_DOI = "10.48550/arxiv."
_LONGEST_DOI_SLUG = 60
_STOPWORDS = (
    "a an and are as at be by can do does for from how in into is it its of on or the their this"
    " to toward towards using via we what when where which why with"
)
_INSIGNIFICANT = frozenset(_STOPWORDS.split())
_T = TypeVar("_T")


def normalise_title(title: str) -> str:
    """What two spellings of one title share: NFKC, no case, punctuation and white space folded.

    Symbols stay, for "C" and "C++" are two languages. A title of punctuation alone stays too.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold())
    kept = (" " if unicodedata.category(c)[0] in "PZC" else c for c in folded)
    return " ".join("".join(kept).split()) or folded.strip()


def normalise_doi(text: str) -> str | None:
    """`10.1234/abc` in lower case (DOIs have no case), without prefix; None if it is none."""
    match = _DOI.fullmatch(text.strip())
    return match.group(1).lower() if match else None


def paper_id(title: str, doi: str | None = None, arxiv_id: str | None = None) -> str:
    """The stable, URL-safe id: `arxiv-…`, else `doi-…`, else `t-` and 12 hex digits of the title.

    arXiv comes first because a preprint that gains a publisher's DOI stays the same paper. An
    identifier that is not one is passed over.
    """
    arxiv, doi = _identifiers(doi, arxiv_id)
    if arxiv:
        return "arxiv-" + arxiv.replace("/", "-")
    if doi:
        return "doi-" + _doi_slug(doi)
    return "t-" + hashlib.sha256(normalise_title(title).encode()).hexdigest()[:12]


def merge(records: Iterable[Paper]) -> list[Paper]:
    """One Paper for each paper among `records`, in order of first appearance.

    Records are one paper when they share an arXiv id, a DOI, or the normalised title unless their
    identifiers contradict each other. The first record that states a field wins, with three
    exceptions: the more precise date, the most upvotes, and an abstract over one that is merely
    its beginning. Every source is kept. Which records belong together, and the id they get, do
    not depend on their order.
    """
    groups: dict[int, list[Paper]] = {}
    papers = list(records)
    for index, group in enumerate(_group(papers)):
        groups.setdefault(group, []).append(papers[index])
    return [_merge_group(group) for group in groups.values()]


def citekey(paper: Paper) -> str:
    """A readable BibTeX key in lower-case ASCII, not yet unique.

    `family-year-word` where authors are known, else the first three significant words of the
    title and the year; what is unknown is left out. A title without a Latin letter or a digit
    gives the paper's id.
    """
    words = [word for word in _ascii_words(paper.title) if word not in _INSIGNIFICANT]
    year = [paper.published[:4]] if paper.published else []
    family = _ascii_words(_family_name(paper.authors[0])) if paper.authors else []
    if family:
        return "-".join(["".join(family), *year, *words[:1]])
    return "-".join([*words[:3], *year]) if words else paper.paper_id


def assign_citekeys(papers: Iterable[Paper], taken: Mapping[str, str]) -> dict[str, str]:
    """The citekey of each of `papers` by paper id, all different from each other and from `taken`.

    `taken` maps paper ids to frozen citekeys, which are handed back unchanged. Where two papers
    want the same key, the one whose id sorts first keeps it, the next gets `-2`, `-3` …; so the
    result does not depend on the order of `papers`.
    """
    used = set(taken.values())
    keys: dict[str, str] = {}
    for paper in sorted(papers, key=lambda paper: paper.paper_id):
        if paper.paper_id in taken:
            keys[paper.paper_id] = taken[paper.paper_id]
        elif paper.paper_id not in keys:
            wanted = paper.citekey or citekey(paper)
            keys[paper.paper_id] = next(key for key in _numbered(wanted) if key not in used)
            used.add(keys[paper.paper_id])
    return keys


def names(paper: Paper) -> list[str]:
    """What another record may know the paper by: `arxiv …`, `doi …` where it has them, and last
    `title …`."""
    arxiv = normalise_arxiv(paper.arxiv_id) if paper.arxiv_id else None
    doi = normalise_doi(paper.doi) if paper.doi else None
    found = [f"arxiv {arxiv}"] if arxiv else []
    found += [f"doi {doi}"] if doi else []
    return [*found, f"title {normalise_title(paper.title)}"]


def _identifiers(doi: str | None, arxiv_id: str | None) -> tuple[str | None, str | None]:
    """Normalised (arXiv id, DOI); arXiv's own DOIs count as arXiv ids."""
    arxiv = normalise_arxiv(arxiv_id) if arxiv_id else None
    doi = normalise_doi(doi) if doi else None
    if doi and doi.startswith(_ARXIV_DOI):
        arxiv = arxiv or normalise_arxiv(doi.removeprefix(_ARXIV_DOI))
        doi = None if arxiv else doi
    return arxiv, doi


def _doi_slug(doi: str) -> str:
    """The DOI with URL-safe characters alone; a hash is added where that loses something."""
    slug = re.sub(r"[^a-z0-9.]", "-", doi)
    if re.fullmatch(r"[0-9.]+/[a-z0-9.-]+", doi) and len(slug) <= _LONGEST_DOI_SLUG:
        return slug
    return f"{slug[:_LONGEST_DOI_SLUG]}-{hashlib.sha256(doi.encode()).hexdigest()[:8]}"


def _group(papers: list[Paper]) -> list[int]:
    """For each record the index of the first record of its paper (disjoint sets)."""
    parent = list(range(len(papers)))

    def find(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(indices: Iterable[int]) -> None:
        roots = {find(index) for index in indices}
        for root in roots:
            parent[root] = min(roots)

    by_identifier: dict[str, list[int]] = {}
    by_title: dict[str, list[int]] = {}
    named = [_identifiers(paper.doi, paper.arxiv_id) for paper in papers]
    for index, (paper, identifiers) in enumerate(zip(papers, named, strict=True)):
        by_title.setdefault(normalise_title(paper.title), []).append(index)
        for name in filter(None, identifiers):
            by_identifier.setdefault(name, []).append(index)
    for indices in by_identifier.values():
        join(indices)
    for indices in by_title.values():
        arxiv, dois = ({named[i][kind] for i in indices} - {None} for kind in (0, 1))
        if len(arxiv) <= 1 and len(dois) <= 1:
            join(indices)
        else:
            # Two papers of one title: records without an identifier go with the smallest.
            first = min((i for i in indices if any(named[i])), key=lambda i: _rank(named[i]))
            join([first, *(i for i in indices if not any(named[i]))])
    return [find(index) for index in range(len(papers))]


def _rank(identifiers: tuple[str | None, str | None]) -> tuple[str, str]:
    arxiv, doi = identifiers
    return (arxiv or "~", doi or "~")


def _merge_group(group: list[Paper]) -> Paper:
    first = group[0]
    named = [_identifiers(paper.doi, paper.arxiv_id) for paper in group]
    arxiv, doi = (min(filter(None, ids), default=None) for ids in zip(*named, strict=True))
    # Length of an ISO date is its precision; max keeps the first of equals.
    dated = max(group, key=lambda paper: len(paper.published or ""))
    longer = (p.abstract for p in group if p.abstract.startswith(first.abstract))
    return replace(
        first,
        paper_id=paper_id(first.title, doi, arxiv),
        abstract=max(longer, key=len),
        published=dated.published,
        date_precision=dated.date_precision,
        author_count=_first(group, lambda paper: paper.author_count),
        authors=_first(group, lambda paper: paper.authors or None) or (),
        upvotes=max((p.upvotes for p in group if p.upvotes is not None), default=None),
        sources=tuple(dict.fromkeys(_sources(group))),
        doi=doi or _first(group, lambda paper: paper.doi),
        arxiv_id=arxiv or _first(group, lambda paper: paper.arxiv_id),
        url=_first(group, lambda paper: paper.url),
        citekey=_first(group, lambda paper: paper.citekey or None) or "",
    )


def _sources(group: Iterable[Paper]) -> Iterator[Source]:
    for paper in group:
        yield from paper.sources


def _first(group: Iterable[Paper], field: Callable[[Paper], _T | None]) -> _T | None:
    return next((value for paper in group if (value := field(paper)) is not None), None)


def _ascii_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain.replace("'", ""))


def _family_name(author: str) -> str:
    """`Family, Given` or `Given Family`."""
    before_comma, comma, _ = author.partition(",")
    return before_comma if comma else (author.split() or [""])[-1]


def _numbered(key: str) -> Iterator[str]:
    yield key
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1
