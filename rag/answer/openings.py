"""The line that an extractive answer opens with: what was found, or why there is no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.constraints import being, constraint_in_words
from rag.answer.counts import none_answers, of_the_chosen, of_the_corpus
from rag.answer.templates import left_out, none_chosen, unplaced, without_record, without_what
from rag.fields import placed
from rag.filters import Filters, Side
from rag.question.kinds import asks_whether
from rag.question.parts import NEAREST
from rag.question.unrecorded import sums_up
from rag.records import Query, Selection
from rag.text.latex import readable
from rag.text.words import count, nth

_HAS = {"date": "a date", "upvotes": "upvotes", "authors": "a number of authors"}


def found(query: Query, selection: Selection) -> str:
    """How many papers match, out of which, and how those shown were chosen, ending in a colon."""
    shown = len(selection.papers)
    total = max(selection.total, shown)
    behind = unplaced(selection, query.filters)
    if behind.startswith("none"):  # the order asked for cannot be had
        query = replace(query, filters=replace(query.filters, sort=None, order=None))
    among = len(query.filters.paper_ids or ())
    constraint = constraint_in_words(replace(query.filters, paper_ids=None))
    if not query.topic and among and query.filters == Filters(paper_ids=query.filters.paper_ids):
        says = "this paper puts" if shown == 1 else f"these {count(shown).lower()} papers put"
        return f"What {says} forward:"
    if query.kind == "explain" and not constraint:
        says = "paper says" if shown == 1 else "papers say"
        return f"What {count(shown).lower()} {says}:"
    whole = of_the_chosen(total, among) if among else of_the_corpus(total, selection.searched)
    if not query.topic and (query.filters.sort or _is_alike(query)):
        lost = without_record(selection, query.filters) if query.filters.sort else ""
        ordered = _sorted if query.filters.sort else _alike
        return ordered(query, total, shown) + (f" ({lost}):" if lost else ":")
    if asks_whether(query.standalone):
        verb = "speaks to this" if total == 1 else "speak to this"
    else:
        verb = "matches" if total == 1 else "match"
    if query.aspect and among:
        return f"{whole} {'says' if total == 1 else 'say'} so:"
    if query.topic and among > 1 and shown == query.filters.limit == 1:
        return f"Of the {count(among).lower()} papers asked about, this one comes nearest:"
    if not query.topic:
        told = f"{whole} {being(constraint, one=total == 1)}" if constraint else whole
    else:
        told = f"{whole} {verb}" + (f", {constraint}" if constraint else "")
    told += without_what(query, alone=not query.topic and not constraint, one=total == 1)
    if lost := without_record(selection, query.filters):
        told += f" ({lost})"
    told += _shown(query, behind, shown, total)
    return f"{told}:"


def _is_alike(query: Query) -> bool:
    return query.relative is not None and query.relative.side == "like"


def _alike(query: Query, total: int, shown: int) -> str:
    """The opening, but for its end, of a list of what is like a paper."""
    constraint = constraint_in_words(query.filters)
    stated = f", {constraint}" if constraint else ""
    who = (
        f"{count(shown).lower()} papers whose abstracts are"
        if shown > 1
        else "paper whose abstract is"
    )
    name = query.relative.name if query.relative else ""
    return f"The {who} nearest to that of {name}{stated}"


def untold(side: Side) -> str:
    """Why papers cannot be found beside one whose record does not say."""
    papers = {
        "after": "newer",
        "before": "older",
        "same_year": "from the same year",
        "same_month": "from the same month",
        "same_day": "from the same day",
        "more_upvotes": "more upvoted",
        "fewer_upvotes": "less upvoted",
        "same_upvotes": "as much upvoted",
        "more_authors": "by more authors",
        "fewer_authors": "by fewer authors",
        "same_authors": "by the same authors",
    }
    return f"Which papers are {papers.get(side, 'like it')} can therefore not be told."


def _shown(query: Query, behind: str, shown: int, total: int) -> str:
    """Which of the papers that match are shown, where not all are or not in the order asked for."""
    many, order = "" if shown == 1 else f"{count(shown).lower()} ", _order(query)
    if behind.startswith("none"):
        best = f"the {count(shown).lower()} best" if shown < total else "the best come first"
        return f"; {behind}, so {best}"
    if behind:
        return f"; {f'{count(shown).lower()} of them, ' if shown < total else ''}{behind}"
    if shown == total:
        return ""
    return f"; the first {many}".rstrip() if order == "first" else f"; the {many}{order}"


def _sorted(query: Query, total: int, shown: int) -> str:
    """The opening, but for its end, where an order is all that is asked for."""
    rest = replace(query.filters, sort=None, order=None, limit=None, skip=None)
    stated = constraint_in_words(rest)
    if query.filters.limit or total == shown:
        many = "" if shown == 1 else count(shown).lower()
        papers = "paper" if shown == 1 else "papers"
        order = _order(query)
        papers = (
            f"{papers} with the {order}" if query.filters.sort == "authors" else f"{order} {papers}"
        )
        told = f"The {many} {papers} {stated}"
        return " ".join(told.split())
    has = f"have {_HAS[query.filters.sort or 'date']}"
    of = f" {stated}{',' * (',' in stated)}" if stated else ""
    return f"{count(total)} papers{of} {has}; the {count(shown).lower()} {_order(query)}"


def _order(query: Query) -> str:
    """How the papers shown were chosen among those that match."""
    return f"{nth(query.filters.skip)} {_placed(query)}".strip()


def _placed(query: Query) -> str:
    if query.filters.sort:
        return placed(query.filters)
    if query.topic:
        return "best"
    return "latest" if query.filters.dated else "first"


def declining(query: Query, selection: Selection) -> str:
    """Why there is no answer, in a sentence or two."""
    if selection.status == "not_stated" and selection.unmet:
        things = " or ".join(f"“{readable(part)}”" for part in selection.unmet)
        return (
            f"The corpus has no paper that puts forward {things}, so there is nothing to compare."
        )
    if selection.status == "not_stated":
        silent = {1: "The abstract does not state this.", 2: "Neither abstract states this."}
        asked = len(query.filters.paper_ids or ())
        return silent.get(asked, "The abstracts do not state this.")
    if query.record and selection.unmet:
        return unknown(selection.unmet)
    return _nothing_asked(query) or _not_found(query, selection)


def unknown(names: Sequence[str]) -> str:
    """That names are nobody's own here."""
    return f"No paper of the corpus is known by the name {' or '.join(names)}."


def unowned(names: Sequence[str]) -> str:
    """That nobody here puts forward what is compared, and that others speak of it."""
    return f"No paper of the corpus puts forward {' or '.join(names)}. What the abstracts say:"


def before_the_nearest(query: Query, selection: Selection) -> str:
    """What stands before the papers that a refusal shows."""
    if query.record and selection.unmet:
        return "These mention it:" if len(selection.unmet) == 1 else "These mention them:"
    return NEAREST


def _nothing_asked(query: Query) -> str:
    if query.nothing_asked and query.identifiers:
        return f"No paper here is known by {' or '.join(query.identifiers)}."
    if query.nothing_asked and sums_up(query.question):
        return (
            "Records are told, counted and put in order here; averages and sums of them are not"
            " worked out. Ask for “the most upvoted papers”, say, or for “papers with 5+ upvotes”."
        )
    if query.language and not query.filters:
        return "Ask in English: nothing clearly answers this question as it stands."
    if query.nothing_asked or not (query.topic or query.filters):
        return (
            "There is nothing in this question to look for. Name a topic, a method or a paper, or "
            "say which papers you mean, such as “papers from 2025” or “the most upvoted papers”."
        )
    return ""


def _not_found(query: Query, selection: Selection) -> str:
    filters = query.filters
    constraint = constraint_in_words(replace(filters, sort=None))  # an order leaves none out
    if filters.date_from and filters.date_to and filters.date_from > filters.date_to:
        return f"No paper can be {constraint}: these dates exclude each other."
    if filters.paper_ids is not None:
        return none_chosen(query, selection)
    if query.seen and not query.relative:
        further = f" {constraint}" if constraint else ""
        told = f"No other paper of the corpus{further} clearly answers this."
    elif constraint and not selection.near:
        other = "other " if query.relative else ""
        told = f"No {other}paper of the corpus {being(constraint, one=True)}."
    elif constraint:
        told = f"None of the papers {constraint} clearly answers this."
    elif selection.searched:
        told = none_answers(selection.searched, "in the corpus")
    else:
        told = "Nothing in the corpus clearly answers this."
    return f"{told} {left_out(selection, filters)}".rstrip()
