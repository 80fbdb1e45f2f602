"""What an answer says around its quotes: headings, what records lack, what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.answer.constraints import constraint_in_words
from rag.answer.counts import none_answers, none_of
from rag.corpus.genres import is_genre
from rag.corpus.people import in_order, is_by
from rag.filters import NONE_ON_RECORD, ON_RECORD, Filters, OnRecord, SortKey
from rag.question.schema import ParsedQuestion
from rag.records import Paper, Selection
from rag.retrieval.sorting import on_record, place_in
from rag.text.latex import readable
from rag.text.markdown import bold
from rag.text.words import count, dated, enumerated, number_of, when_told

_UNRECORDED = {
    "authors": "who wrote these papers",
    "affiliations": "where their authors work",
    "venues": "where these papers appeared",
    "citations": "how often these papers are cited",
}
_PLACED_BY: dict[SortKey, OnRecord] = {
    "date": "date",
    "upvotes": "upvotes",
    "authors": "author_count",
}


NEAREST = "What comes nearest:"
"""With these words a refusal shows papers that are not its answer."""


class MarkedText(NamedTuple):
    """A piece of an answer: as text, and as the Markdown that shows this text."""

    plain: str
    marked: str


def heading(paper: Paper, filters: Filters | None = None) -> MarkedText:
    """Title and year; the whole date or the upvotes where the question is about these."""
    about = []
    if paper.date:
        is_asked = filters and (filters.dated or filters.sort == "date")
        year = dated(paper.published and paper.published[:4], paper.date[:4])
        about.append(when_told(paper.published, paper.arxiv_month) if is_asked else year)
    held = (filters.recorded or ()) if filters else ()
    voted = filters and (filters.sort == "upvotes" or filters.voted or "upvotes" in held)
    if voted and paper.upvotes is not None:
        about.append(number_of(paper.upvotes, "upvote"))
    manned = filters and (filters.sort == "authors" or filters.manned)
    if manned and (authors := paper.author_count or len(paper.authors)):
        about.append(number_of(authors, "author"))
    if filters and filters.authors and paper.authors:
        about.append(_people(paper.authors, filters.authors))
    title = readable(paper.title)
    rest = f" ({', '.join(about)})" if about else ""
    return MarkedText(title + rest, bold(title) + rest)


def _people(authors: Sequence[str], asked: Sequence[str]) -> str:
    """As a reference has them: all of a few, else the first, and those asked for."""
    names = [in_order(name) for name in authors]
    if len(names) < 4:
        return enumerated(names)
    wanted = [one for name in asked for one in name.split(" or ")]
    shown = [name for name in names[1:] if any(is_by(name, one) for one in wanted)]
    return f"{', '.join([names[0], *shown])} et al."


def left_out(selection: Selection, filters: Filters) -> str:
    """Which papers the constraints could not even look at; empty where there are none."""
    asked = [ON_RECORD[what] for what in on_record(filters)]
    searched = _searched(selection, filters)
    if not asked or not searched or selection.recorded >= searched:
        return ""
    having = f"{' and '.join(asked)}; the others were left out."
    if not selection.recorded:
        return f"No paper of the corpus has {having.removesuffix('; the others were left out.')}."
    verb = "has" if selection.recorded == 1 else "have"
    return f"{selection.recorded:,} of the {searched:,} papers {verb} {having}"


def not_recorded(parsed: ParsedQuestion, papers: Iterable[Paper]) -> str:
    """What the question asks for that is not recorded of these papers, as a sentence; empty where
    there is no such thing."""
    named = any(paper.authors for paper in papers)
    missing = (what for what in parsed.unrecorded if not (named and what == "authors"))
    asked = [_UNRECORDED[what] for what in missing]
    if not asked:
        return ""
    told = f"{' and '.join(asked)} {'is' if len(asked) == 1 else 'are'} not recorded"
    return f"{told[0].upper()}{told[1:]}; this goes by their abstracts alone."


def provisos(parsed: ParsedQuestion, selection: Selection) -> Iterator[str]:
    """What an answer goes by where records lack what is asked for, as quoted answers say it in
    their opening: sentences."""
    if missing := not_recorded(parsed, (*selection.papers, *selection.near)):
        yield missing
    if lost := without_record(selection, parsed.filters):
        yield f"{lost[0].upper()}{lost[1:]}."


def none_chosen(parsed: ParsedQuestion, selection: Selection) -> str:
    """That none of the papers asked about answers; where constraints are all that is asked, why:
    what they are about may not be on record."""
    filters = replace(parsed.filters, paper_ids=None, limit=None)
    papers = len(parsed.filters.paper_ids or ())
    which = "asked about"
    if parsed.topic or not filters:
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


def without_record(selection: Selection, filters: Filters) -> str:
    """`443 without a date are left out`; empty where nothing had to be."""
    asked = " or ".join(ON_RECORD[what] for what in on_record(filters))
    missing = _searched(selection, filters) - selection.recorded
    if not asked or not selection.recorded or missing <= 0:
        return ""
    return f"{missing:,} without {asked} {'is' if missing == 1 else 'are'} left out"


def without_what(parsed: ParsedQuestion, *, alone: bool, one: bool) -> str:
    """What was looked for in order to leave papers out, as words behind how many are left: ` make
    no mention of “RL”`. `alone`: nothing else was asked for."""
    left_out = parsed.filters.not_about or ()
    unused = [term for term in left_out if term in parsed.left_out.mentioned]
    parts = []
    if unused:
        makes = ("makes" if one else "make") if alone else "with"
        parts.append(f"{makes} no mention of {_either(unused)}")
    kinds = [term for term in left_out if is_genre(term)]
    if others := [term for term in left_out if term not in (*parsed.left_out.mentioned, *kinds)]:
        are = ("is " if one else "are ") if alone and not parts else ""
        parts.append(f"{are}not about {_either(others)}")
    if not parts:
        return f", {' and '.join(kinds)} left out" if kinds else ""
    return (" " if alone else ", ") + ", ".join(parts)


def says_without(parsed: ParsedQuestion, whole: str, said: int, silent: int) -> str:
    """`One of 536 papers says that it does without “labels”; the six behind it do not say`, or `Six
    of 536 papers come nearest; none says that it does without “labels”`. `whole`: those that say
    so, or else those that come nearest, of how many."""
    without = f"without {_either(parsed.left_out.used)}"
    if not said:
        come = "comes nearest; it does not say" if silent == 1 else "come nearest; none says"
        return f"{whole} {come} that it does {without}"
    says, them = ("says that it does", "it") if said == 1 else ("say that they do", "them")
    does = "does" if silent == 1 else "do"
    rest = "one" if silent == 1 else count(silent).lower()
    return f"{whole} {says} {without}; the {rest} behind {them} {does} not say"


def none_does_without(parsed: ParsedQuestion) -> str:
    """`None of the five papers asked about says that it does without “labels”.`"""
    says = f"says that it does without {_either(parsed.left_out.used)}."
    return none_of(len(parsed.filters.paper_ids or ()), "asked about", does=says, fails=says)


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
        return f"none has {ON_RECORD[what]}"
    have = "has" if without == 1 else f"{count(without).lower()} have"
    return f"the last {have} no {NONE_ON_RECORD[what]}"
