"""What services say of papers beside what the papers' records say: which entries are about the same
paper, and which values a record lacks. Nothing that a record states is given up.

A paper is looked up by its arXiv id, else by its DOI, else by its title. By title alone it has to
be the same title, accents, case, TeX and punctuation aside, and nothing may speak against it.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from ingest.cleaning import cleaned
from ingest.dedupe import names, normalise_doi
from ingest.fetch.asked import Query
from ingest.fetch.jobs import Job
from ingest.fetch.lookups import (
    ARXIV_IDS,
    CROSSREF_DOIS,
    CROSSREF_TITLES,
    OPENALEX_DOIS,
    OPENALEX_TITLES,
    can_be_listed,
)
from ingest.readers import read_bytes
from rag.corpus.people import families
from rag.records import Paper
from rag.text.arxiv import normalise_arxiv
from rag.text.latex import readable

Value = str | int | tuple[str, ...]
THROUGH = {
    "openalex": (OPENALEX_DOIS, OPENALEX_TITLES),
    "crossref": (CROSSREF_DOIS, CROSSREF_TITLES),
}
"""Services that know DOIs and titles; arXiv ids are looked up at arXiv."""
_ALIKE = 0.6
"""Of two titles under one identifier, which change between versions; less, and the identifier is
taken for a wrong one."""
_FEWEST_WORDS = 3
"""Of a title that is enough by itself: many papers are called "Introduction"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A value that a record lacks: `source` says so, on the line of the kept reply `page`."""

    paper_id: str
    field: str
    old: Value | None
    new: Value
    source: str
    page: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a service says of a paper."""

    paper: Paper
    source: str

    @property
    def page(self) -> str:
        place = self.paper.sources[0]
        return f"{place.name}:{place.line}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """`twins`: pairs of papers that seem to be one, by an identifier that the second one has.
    `doubts`: papers whose identifier stands for another title, and that title."""

    changes: tuple[Change, ...]
    twins: tuple[tuple[str, str], ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()


def lacks(paper: Paper) -> list[str]:
    """The fields that are worth looking up."""
    empty = {
        "authors": not paper.authors,
        "published": paper.date_precision != "day",
        "doi": paper.doi is None,
        "arxiv_id": paper.arxiv_id is None,
        "url": paper.address is None,
    }
    return [name for name, is_empty in empty.items() if is_empty]


def jobs(papers: Iterable[Paper], through: str) -> list[Job]:
    """The look-ups for papers, each by the best that is known of it."""
    by_doi, by_title = THROUGH[through]
    asked: dict[str, list[str]] = defaultdict(list)
    for paper in papers:
        arxiv_id, doi = _identifiers(paper)
        if arxiv_id:
            asked[ARXIV_IDS.name].append(arxiv_id)
        elif doi and can_be_listed(doi):
            asked[by_doi.name].append(doi)
        else:
            asked[by_title.name].append(" ".join(cleaned(readable(paper.title)).split()))
    return [
        Job(source=source, query=Query(ids=tuple(dict.fromkeys(asked[source.name]))))
        for source in (ARXIV_IDS, by_doi, by_title)
        if asked[source.name]
    ]


def entries(files: Iterable[Path], source: str) -> Iterator[Entry]:
    """What kept replies say, read as any file is."""
    for file in files:
        form = "facts" if file.suffix == ".json" else None
        reading = read_bytes(file.read_bytes(), file.name, format=form)
        for paper in (*reading.records, *reading.facts):
            yield Entry(paper=paper, source=source)


def propose(
    papers: Iterable[Paper], told: Sequence[Entry], everybody: Collection[Paper]
) -> Proposed:
    """What `told` adds to `papers`. An identifier that another of `everybody` has is not given
    again: the two may be one paper."""
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in told:
        *identifiers, _ = names(entry.paper)
        for name in (*identifiers, f"title {squeezed(entry.paper.title)}"):
            by_name[name].append(entry)
    owners = {name: one.paper_id for one in everybody for name in names(one)[:-1]}
    changes: list[Change] = []
    twins: list[tuple[str, str]] = []
    doubts: list[tuple[str, str]] = []
    for paper in papers:
        about = _about(paper, by_name)
        fitting = [entry for entry in about if not _is_doubtful(paper, entry)]
        if about and not fitting:
            doubts.append((paper.paper_id, about[0].paper.title))
        for field, value, entry in _lacking(paper, fitting):
            kind = {"doi": "doi", "arxiv_id": "arxiv"}.get(field)
            owner = owners.get(f"{kind} {value}") if kind else None
            if owner is not None:
                twins.append((paper.paper_id, owner))
                continue
            if kind:
                owners[f"{kind} {value}"] = paper.paper_id
            old = getattr(paper, field) or None
            changes.append(
                Change(
                    paper_id=paper.paper_id,
                    field=field,
                    old=old,
                    new=value,
                    source=entry.source,
                    page=entry.page,
                )
            )
    return Proposed(changes=tuple(changes), twins=tuple(dict.fromkeys(twins)), doubts=tuple(doubts))


def squeezed(title: str) -> str:
    """Letters and digits alone, small and without accents."""
    plain = unicodedata.normalize("NFKD", cleaned(readable(title)).casefold())
    return "".join(c for c in plain if c.isalnum())


def _about(paper: Paper, by_name: Mapping[str, list[Entry]]) -> list[Entry]:
    """The entries that have a paper's identifier, or its title where it has none."""
    *identifiers, _ = names(paper)
    if identifiers:
        return next((by_name[name] for name in identifiers if name in by_name), [])
    found = by_name.get(f"title {squeezed(paper.title)}", [])
    return [entry for entry in found if not _contradict(paper, entry.paper)]


def _is_doubtful(paper: Paper, entry: Entry) -> bool:
    """Whether the titles under one identifier have nothing to do with each other."""
    one, other = squeezed(paper.title), squeezed(entry.paper.title)
    return SequenceMatcher(None, one, other, autojunk=False).ratio() < _ALIKE


def _contradict(paper: Paper, other: Paper) -> bool:
    """Whether two records of one title are about different papers, as far as they tell."""
    years = [int(one.date[:4]) for one in (paper, other) if one.date]
    if len(years) == 2 and abs(years[0] - years[1]) > 1:
        return True
    counts = {one.author_count for one in (paper, other)} - {None}
    if len(counts) > 1:
        return True
    if paper.authors and other.authors:
        theirs = {name for author in other.authors for name in families(author)}
        return not all(families(author) & theirs for author in paper.authors[:1])
    return len(paper.title.split()) < _FEWEST_WORDS


def _lacking(paper: Paper, found: Sequence[Entry]) -> Iterator[tuple[str, Value, Entry]]:
    """Fields that the record lacks, with a value that all entries agree on which state one."""
    for field in lacks(paper):
        stated = [(value, entry) for entry in found if (value := _value(paper, entry, field))]
        if stated and len({value for value, _ in stated}) == 1:
            value, entry = stated[0]
            yield field, value, entry
            if field == "authors" and paper.author_count is None:
                yield "author_count", len(value) if isinstance(value, tuple) else 1, entry


def _value(paper: Paper, entry: Entry, field: str) -> Value | None:
    told = entry.paper
    match field:
        case "authors":
            fits = paper.author_count in (None, told.author_count)
            return told.authors if fits else None
        case "published":
            return _day(paper.published or "", told.published or "", entry.source)
        case "doi":
            return _identifiers(told)[1]
        case "arxiv_id":
            return _identifiers(told)[0]
        case _:
            return told.url


def _day(held: str, told: str, source: str) -> str | None:
    """A finer date within the one that the record states. OpenAlex writes a year that is all it
    knows as its first of January."""
    if source == "OpenAlex" and told.endswith("-01-01"):
        told = told[:4]
    return told if len(told) > len(held) and told.startswith(held) else None


def _identifiers(paper: Paper) -> tuple[str | None, str | None]:
    """arXiv id and DOI as they are compared; arXiv's own DOIs are no DOI of a publisher."""
    arxiv_id = normalise_arxiv(paper.arxiv_id or "")
    doi = normalise_doi(paper.doi or "")
    return arxiv_id, None if doi and doi.startswith("10.48550/arxiv.") else doi
