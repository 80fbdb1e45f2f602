"""The line that an extractive answer opens with: what was found, or why there is no answer."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.wording import (
    being,
    constraint_in_words,
    count,
    left_out,
    none_answers,
    none_chosen,
    nth,
    of_the_chosen,
    of_the_corpus,
    unplaced,
    without_record,
)
from rag.readable import readable
from rag.records import Filters, Query, Selection


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
    if not query.topic and query.filters.sort:
        return _sorted(query, total, shown)
    verb = "matches" if total == 1 else "match"
    if query.aspect and among:
        return f"{whole} {'says' if total == 1 else 'say'} so:"
    if query.topic and among > 1 and shown == query.filters.limit == 1:
        return f"Of the {count(among).lower()} papers asked about, this one comes nearest:"
    if not query.topic:
        told = f"{whole} {being(constraint, one=total == 1)}" if constraint else whole
    else:
        told = f"{whole} {verb}" + (f", {constraint}" if constraint else "")
    if lost := without_record(selection, query.filters):
        told += f" ({lost})"
    told += _shown(query, behind, shown, total)
    return f"{told}:"


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
    """The opening where an order is all that is asked for: what has no value has no place in it."""
    rest = replace(query.filters, sort=None, order=None, limit=None, skip=None)
    stated = constraint_in_words(rest)
    if query.filters.limit or total == shown:
        many = "" if shown == 1 else count(shown).lower()
        papers = "paper" if shown == 1 else "papers"
        told = f"The {many} {_order(query)} {papers} {stated}"
        return " ".join(told.split()) + ":"
    has = "have upvotes" if query.filters.sort == "upvotes" else "have a date"
    of = f" {stated}," if stated else ""
    return f"{count(total)} papers{of} {has}; the {count(shown).lower()} {_order(query)}:"


def _order(query: Query) -> str:
    """How the papers shown were chosen among those that match."""
    return f"{nth(query.filters.skip)} {_placed(query)}".strip()


def _placed(query: Query) -> str:
    falling = query.filters.order != "asc"
    if query.filters.sort == "upvotes":
        return "most upvoted" if falling else "least upvoted"
    if query.filters.sort == "date":
        return "latest" if falling else "earliest"
    if query.topic:
        return "best"
    return "latest" if query.filters.dated else "first"


def declining(query: Query, selection: Selection) -> str:
    """Why there is no answer, in a sentence or two."""
    if selection.status == "not_stated" and selection.unmet:
        things = " and ".join(f"“{readable(part)}”" for part in selection.unmet)
        return (
            f"The corpus has no paper that puts forward {things}, so there is nothing to compare."
        )
    if selection.status == "not_stated":
        silent = {1: "The abstract does not state this.", 2: "Neither abstract states this."}
        asked = len(query.filters.paper_ids or ())
        return silent.get(asked, "The abstracts do not state this.")
    return _nothing_asked(query) or _not_found(query, selection)


def _nothing_asked(query: Query) -> str:
    if query.nothing_asked and query.identifiers:
        return f"No paper here is known by {' or '.join(query.identifiers)}."
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
    constraint = constraint_in_words(filters)
    if filters.date_from and filters.date_to and filters.date_from > filters.date_to:
        return f"No paper can be {constraint}: these dates exclude each other."
    if filters.paper_ids is not None:
        return none_chosen(query, selection)
    if query.seen:
        constraint = constraint_in_words(replace(filters, sort=None))
        further = f" {constraint}" if constraint else ""
        told = f"No other paper of the corpus{further} clearly answers this."
    elif constraint and not selection.near:
        told = f"No paper of the corpus {being(constraint, one=True)}."
    elif constraint:
        told = f"None of the papers {constraint} clearly answers this."
    elif selection.searched:
        told = none_answers(selection.searched, "in the corpus")
    else:
        told = "Nothing in the corpus clearly answers this."
    return f"{told} {left_out(selection, filters)}".rstrip()
