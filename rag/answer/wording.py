"""Counts, dates and constraints in words, as an extractive answer says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.answer.markdown import bold
from rag.filters import Filters, OnRecord, SortKey
from rag.placing import on_record, place_in
from rag.readable import readable
from rag.records import Paper, Query, Selection
from rag.understand.genres import is_genre
from rag.understand.unrecorded import unrecorded
from rag.words import MONTHS, enumerated, when

_SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_PLACES = ("", "", "second", "third", "fourth", "fifth")
_UNRECORDED = {
    "authors": "who wrote these papers",
    "affiliations": "where their authors work",
    "venues": "where these papers appeared",
    "citations": "how often these papers are cited",
}
_ON_RECORD: dict[OnRecord, str] = {
    "date": "a date",
    "upvotes": "upvotes",
    "authors": "names of authors",
    "author_count": "a number of authors",
    "link": "a link",
    "doi": "a DOI",
}
_NONE = {what: words.removeprefix("a ") for what, words in _ON_RECORD.items()}
_PLACED_BY: dict[SortKey, OnRecord] = {
    "date": "date",
    "upvotes": "upvotes",
    "authors": "author_count",
}
_PLACED: dict[tuple[SortKey, bool], str] = {
    ("upvotes", True): "most upvoted",
    ("upvotes", False): "least upvoted",
    ("date", True): "latest",
    ("date", False): "earliest",
    ("authors", True): "most authors",
    ("authors", False): "fewest authors",
}
_LAST_DAYS = {"28", "29", "30", "31"}


class Said(NamedTuple):
    """A piece of an answer: as text, and as the Markdown that shows this text."""

    plain: str
    marked: str


def count(n: int) -> str:
    """`Two`, `27`, `1,204`."""
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"


def number_of(n: int, thing: str) -> str:
    """`1 upvote`, `1,204 upvotes`."""
    return f"{n:,} {thing if n == 1 else f'{thing}s'}"


def of_the_chosen(n: int, chosen: int) -> str:
    """`The paper asked about`, `Both papers asked about`, `Two of the five papers asked about`."""
    if n == chosen:
        many = {1: "The paper", 2: "Both papers"}.get(n, f"All {count(n).lower()} papers")
    else:
        many = f"{count(n)} of the {count(chosen).lower()} papers"
    return f"{many} asked about"


def none_of(n: int, which: str, *, does: str, fails: str) -> str:
    """`The paper … does not answer this`, `Neither of the two papers … answers this`, `None of the
    536 papers … answers this`. which: what stands behind `papers`."""
    if n == 1:
        return f"The paper {which} {fails}"
    none = "Neither" if n == 2 else "None"
    return f"{none} of the {count(n).lower()} papers {which} {does}"


def none_answers(n: int, which: str) -> str:
    """That no paper of `n` answers, as `none_of` says it."""
    return none_of(n, which, does="clearly answers this.", fails="does not clearly answer this.")


def of_the_corpus(n: int, searched: int) -> str:
    """`Two of 536 papers`, `All three papers`; without the corpus's size where it is not known."""
    if n and n == searched:
        many = {1: "The one paper", 2: "Both papers"}
        return many.get(n, f"All {count(n).lower()} papers")
    if searched:
        return f"{count(n)} of {searched:,} papers"
    return f"{count(n)} {'paper' if n == 1 else 'papers'}"


def heading(paper: Paper, filters: Filters | None = None) -> Said:
    """Title and year; the whole date or the upvotes where the question is about these."""
    about = []
    if paper.published:
        dated = filters and (filters.dated or filters.sort == "date")
        about.append(when(paper.published) if dated else paper.published[:4])
    held = (filters.recorded or ()) if filters else ()
    voted = filters and (filters.sort == "upvotes" or filters.voted or "upvotes" in held)
    if voted and paper.upvotes is not None:
        about.append(number_of(paper.upvotes, "upvote"))
    manned = filters and (filters.sort == "authors" or filters.manned)
    if manned and (authors := paper.author_count or len(paper.authors)):
        about.append(number_of(authors, "author"))
    if filters and filters.authors and paper.authors:
        about.append(_people(paper.authors))
    title = readable(paper.title)
    rest = f" ({', '.join(about)})" if about else ""
    return Said(title + rest, bold(title) + rest)


def _people(authors: Sequence[str]) -> str:
    """As a reference has them: all of a few, else the first."""
    return enumerated(authors) if len(authors) < 4 else f"{authors[0]} et al."


def left_out(selection: Selection, filters: Filters) -> str:
    """Which papers the constraints could not even look at; empty where there are none."""
    asked = [_ON_RECORD[what] for what in on_record(filters)]
    searched = _searched(selection, filters)
    if not asked or not searched or selection.recorded >= searched:
        return ""
    having = f"{' and '.join(asked)}; the others were left out."
    if not selection.recorded:
        return f"No paper of the corpus has {having.removesuffix('; the others were left out.')}."
    verb = "has" if selection.recorded == 1 else "have"
    return f"{selection.recorded:,} of its {searched:,} papers {verb} {having}"


def not_recorded(query: Query, papers: Iterable[Paper]) -> str:
    """What the question asks for that is not recorded of these papers, as a sentence; empty where
    there is no such thing."""
    asked = [_UNRECORDED[what] for what in unrecorded(query.question)]
    if query.filters.authors or any(paper.authors for paper in papers):
        asked = [told for told in asked if told != _UNRECORDED["authors"]]
    if not asked:
        return ""
    told = f"{' and '.join(asked)} {'is' if len(asked) == 1 else 'are'} not recorded"
    return f"{told[0].upper()}{told[1:]}; this goes by their abstracts alone."


def provisos(query: Query, selection: Selection) -> Iterator[str]:
    """What an answer goes by where records lack what is asked for, as quoted answers say it in
    their opening: sentences."""
    if missing := not_recorded(query, (*selection.papers, *selection.near)):
        yield missing
    if lost := without_record(selection, query.filters):
        yield f"{lost[0].upper()}{lost[1:]}."


def none_chosen(query: Query, selection: Selection) -> str:
    """That none of the papers asked about answers; where constraints are all that is asked, why:
    what they are about may not be on record."""
    filters = replace(query.filters, paper_ids=None, limit=None)
    papers = len(query.filters.paper_ids or ())
    which = "asked about"
    if query.topic or not filters:
        return none_answers(papers, which)
    voted = filters.sort == "upvotes" or filters.voted
    value = "upvotes" if voted else "date" if papers == 1 else "a date"
    stated = constraint_in_words(replace(filters, sort=None, order=None))
    if not stated or not selection.recorded:
        none = none_of(
            papers, which, does=f"has {value} on record", fails=f"has no {value} on record"
        )
        no_one = "neither" if papers == 2 else "none"
        known = papers > 1 and stated.startswith(("from", "publ"))
        return f"{none}, so {no_one} is known to be {stated}." if known else f"{none}."
    told = stated if not stated.startswith("with ") else f"known to come {stated}"
    none = none_of(papers, which, does=f"is {told}.", fails=f"is not {told}.")
    has = "has" if selection.recorded == 1 else "have"
    them = f" {count(selection.recorded)} of them {has} {value} on record." if papers > 1 else ""
    return none + them


def constraint_in_words(filters: Filters) -> str:
    """`from October 2025, with at least 10 upvotes`; empty where nothing is constrained."""
    parts = []
    if dates := _dates(filters.date_from, filters.date_to):
        parts.append(dates)
    if filters.not_from and filters.not_to:
        parts.append(f"not {_dates(filters.not_from, filters.not_to)}")
    if filters.authors:
        parts.append(f"by {enumerated(filters.authors)}")
    if votes := votes_in_words(filters):
        parts.append(f"with {votes}")
    if authors := authors_in_words(filters):
        parts.append(f"with {authors}")
    parts += [f"with {_ON_RECORD[what]} on record" for what in filters.recorded or ()]
    parts += [f"with no {_NONE[what]} on record" for what in filters.unrecorded or ()]
    if filters.paper_ids is not None:
        # Those of an answer before, or those that the user has chosen: either way, asked about.
        asked = len(filters.paper_ids)
        parts.append(
            "the one asked about" if asked == 1 else f"among the {count(asked).lower()} asked about"
        )
    if not filters.limit and filters.sort:
        parts.append(f"{placed(filters)} first")
    return ", ".join(parts)


def placed(filters: Filters) -> str:
    """What comes first in the order asked for, `most upvoted`; it needs one to be stated."""
    return _PLACED[filters.sort or "date", filters.order != "asc"]


def votes_in_words(filters: Filters) -> str:
    """`at least 5 upvotes`, `2 to 9 upvotes`; empty where they are not bounded."""
    return _bounded(filters.upvotes_min, filters.upvotes_max, "upvote")


def authors_in_words(filters: Filters) -> str:
    """`at least 5 authors`; empty where their number is not bounded."""
    return _bounded(filters.authors_min, filters.authors_max, "author")


def _bounded(least: int | None, most: int | None, thing: str) -> str:
    if most is None:
        return "" if least is None else f"at least {number_of(least, thing)}"
    if most in (least, 0):
        return f"no {thing}s" if most == 0 else f"exactly {number_of(most, thing)}"
    if least is not None:
        return f"{least:,} to {number_of(most, thing)}"
    return f"at most {number_of(most, thing)}"


def without_record(selection: Selection, filters: Filters) -> str:
    """`443 without a date are left out`; empty where nothing had to be."""
    asked = " or ".join(_ON_RECORD[what] for what in on_record(filters))
    missing = _searched(selection, filters) - selection.recorded
    if not asked or not selection.recorded or missing <= 0:
        return ""
    return f"{missing:,} without {asked} {'is' if missing == 1 else 'are'} left out"


def without_what(query: Query, *, alone: bool, one: bool) -> str:
    """What was looked for in order to leave papers out, as words behind how many are left: ` make
    no mention of “RL”`. `alone`: nothing else was asked for."""
    left_out = query.filters.not_about or ()
    unused = [term for term in left_out if term in query.unused]
    parts = []
    if unused:
        makes = ("makes" if one else "make") if alone else "with"
        parts.append(f"{makes} no mention of {_either(unused)}")
    kinds = [term for term in left_out if is_genre(term)]
    if others := [term for term in left_out if term not in (*query.unused, *kinds)]:
        are = ("is " if one else "are ") if alone and not parts else ""
        parts.append(f"{are}not about {_either(others)}")
    if not parts:
        return f", {' and '.join(kinds)} left out" if kinds else ""
    return (" " if alone else ", ") + ", ".join(parts)


def _either(terms: Sequence[str]) -> str:
    return " or ".join(f"“{term}”" for term in terms)


def _searched(selection: Selection, filters: Filters) -> int:
    """How many papers the constraints were looked for in."""
    return selection.searched if filters.paper_ids is None else len(filters.paper_ids)


def unplaced(selection: Selection, filters: Filters) -> str:
    """`the last six have no date`: papers shown that the order asked for cannot place."""
    if not filters.sort:
        return ""
    what = _PLACED_BY[filters.sort]
    without = sum(place_in(filters.sort, paper) is None for paper in selection.papers)
    if not without:
        return ""
    if without == len(selection.papers):
        return f"none has {_ON_RECORD[what]}"
    return (
        f"the last {'has' if without == 1 else f'{count(without).lower()} have'} no {_NONE[what]}"
    )


def nth(skip: int | None) -> str:
    """`second` where one is passed over; empty where none is."""
    at = (skip or 0) + 1
    if at < len(_PLACES):
        return _PLACES[at]
    ends = "th" if at % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(at % 10, "th")
    return f"{at}{ends}"


def being(constraint: str, *, one: bool) -> str:
    """`is from 2025`, `are published before 2023`, `have at least 5 upvotes`."""
    if constraint.startswith("with "):
        return f"{'has' if one else 'have'} {constraint.removeprefix('with ')}"
    return f"{'is' if one else 'are'} {constraint}"


def _dates(first: str | None, last: str | None) -> str:
    if first and first == last:
        return f"published on {when(first)}"
    if first and last and first > last:
        return f"both {_dates(first, None)} and {_dates(None, last)}"
    if first and last:
        return f"from {period}" if (period := _period(first, last)) else (
            f"from {when(first)} to {when(last)}"
        )  # fmt: skip
    if first:
        return f"from {first[:4] if first.endswith('-01-01') else when(first)} on"
    if last and last.endswith("-12-31"):
        return f"published before {int(last[:4]) + 1}"
    return f"published by {when(last)}" if last else ""


def _period(first: str, last: str) -> str:
    """A whole year, month or run of months, named as such."""
    (y1, m1, d1), (y2, m2, d2) = first.split("-"), last.split("-")
    if d1 != "01" or d2 not in _LAST_DAYS:
        return ""
    if (m1, m2) == ("01", "12"):
        return y1 if y1 == y2 else f"{y1} to {y2}"
    start, end = MONTHS[int(m1) - 1], f"{MONTHS[int(m2) - 1]} {y2}"
    if (y1, m1) == (y2, m2):
        return end
    return f"{start} to {end}" if y1 == y2 else f"{start} {y1} to {end}"
