"""The line that an extractive answer opens with: what was found, or why there is no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.constraints import being, constraint_in_words
from rag.answer.counts import none_answers, of_the_chosen, of_the_corpus
from rag.answer.templates import (
    NEAREST,
    left_out,
    none_chosen,
    none_does_without,
    says_without,
    unplaced,
    without_record,
    without_what,
)
from rag.fields import placed
from rag.filters import Filters
from rag.question.schema import NothingAsked, ParsedQuestion
from rag.records import Selection
from rag.text.latex import readable
from rag.text.words import count, nth

_HAS = {"date": "a date", "upvotes": "upvotes", "authors": "a number of authors"}


def found(parsed: ParsedQuestion, selection: Selection) -> str:
    """How many papers match, out of which, and how those shown were chosen, ending in a colon."""
    shown = len(selection.papers)
    total = max(selection.total, shown)
    behind = unplaced(selection, parsed.filters)
    if behind.startswith("none"):  # the order asked for cannot be had
        parsed = replace(parsed, filters=replace(parsed.filters, sort=None, order=None))
    among = len(parsed.filters.paper_ids or ())
    constraint = constraint_in_words(replace(parsed.filters, paper_ids=None))
    if not parsed.topic and among and parsed.filters == Filters(paper_ids=parsed.filters.paper_ids):
        says = "this paper puts" if shown == 1 else f"these {count(shown).lower()} papers put"
        return f"What {says} forward:"
    if parsed.kind == "explain" and not constraint and not parsed.agreement:
        says = "paper says" if shown == 1 else "papers say"
        return f"What {count(shown).lower()} {says}:"
    whole = of_the_chosen(total, among) if among else of_the_corpus(total, selection.searched)
    if not parsed.topic and (parsed.filters.sort or _is_alike(parsed)):
        lost = without_record(selection, parsed.filters) if parsed.filters.sort else ""
        ordered = _sorted if parsed.filters.sort else _alike
        return ordered(parsed, total, shown) + (f" ({lost}):" if lost else ":")
    if selection.silent or (parsed.among_shown and among):
        return _saying(parsed, selection, constraint)
    if parsed.topic and among > 1 and shown == parsed.filters.limit == 1:
        return f"Of the {count(among).lower()} papers asked about, this one comes nearest:"
    if not parsed.topic:
        told = f"{whole} {being(constraint, one=total == 1)}" if constraint else whole
    else:
        told = _matching(parsed, selection, among) + (f", {constraint}" if constraint else "")
    told += without_what(parsed, alone=not parsed.topic and not constraint, one=total == 1)
    if lost := without_record(selection, parsed.filters):
        told += f" ({lost})"
    told += _shown(parsed, behind, shown, total)
    return f"{told}{_unjudged(shown) if parsed.agreement else ''}:"


def _matching(parsed: ParsedQuestion, selection: Selection, among: int) -> str:
    """How many match, and how many may."""
    total = max(selection.total, len(selection.papers))
    sure = 0 if parsed.agreement else total - selection.unsure

    def counted(papers: int) -> str:
        return of_the_chosen(papers, among) if among else of_the_corpus(papers, selection.searched)

    if not sure:
        return f"{counted(total)} may {_verb(parsed, one=False)}"
    more = f"; {count(selection.unsure).lower()} more may" if selection.unsure else ""
    return f"{counted(sure)} {_verb(parsed, one=sure == 1)}{more}"


def _verb(parsed: ParsedQuestion, *, one: bool) -> str:
    if parsed.whether or parsed.agreement:
        return "speaks to this" if one else "speak to this"
    return "matches" if one else "match"


def _unjudged(shown: int) -> str:
    """That a claim is not decided by quotes: the reader does not know what follows from them."""
    they, its = ("it agrees", "its") if shown == 1 else ("they agree", "their")
    return f". No model has judged whether {they}; in {its} own words"


def _saying(parsed: ParsedQuestion, selection: Selection, constraint: str) -> str:
    """How many papers say it, among those asked about or of all, and how many are silent."""
    among, silent = len(parsed.filters.paper_ids or ()), selection.silent
    shown = len(selection.papers)
    said = shown - silent if silent else max(selection.total, shown)
    told = said or silent
    whole = of_the_chosen(told, among) if among else of_the_corpus(told, selection.searched)
    if not silent:
        return f"{whole} {'says' if said == 1 else 'say'} so:"
    opening = says_without(parsed, whole, said, silent)
    return f"{opening}, {constraint}:" if constraint else f"{opening}:"


def _is_alike(parsed: ParsedQuestion) -> bool:
    return parsed.related is not None


def _alike(parsed: ParsedQuestion, total: int, shown: int) -> str:
    """The opening, but for its end, of a list of what is like a paper."""
    constraint = constraint_in_words(parsed.filters)
    stated = f", {constraint}" if constraint else ""
    who = (
        f"{count(shown).lower()} papers whose abstracts are"
        if shown > 1
        else "paper whose abstract is"
    )
    name = parsed.related.name if parsed.related else ""
    return f"The {who} nearest to that of {name}{stated}"


def _shown(parsed: ParsedQuestion, behind: str, shown: int, total: int) -> str:
    """Which of the papers that match are shown, where not all are or not in the order asked for."""
    many, order = "" if shown == 1 else f"{count(shown).lower()} ", _order(parsed)
    if behind.startswith("none"):
        best = f"the {count(shown).lower()} best" if shown < total else "the best come first"
        return f"; {behind}, so {best}"
    if behind:
        return f"; {f'{count(shown).lower()} of them, ' if shown < total else ''}{behind}"
    if shown == total:
        return ""
    return f"; the first {many}".rstrip() if order == "first" else f"; the {many}{order}"


def _sorted(parsed: ParsedQuestion, total: int, shown: int) -> str:
    """The opening, but for its end, where an order is all that is asked for."""
    rest = replace(parsed.filters, sort=None, order=None, limit=None, skip=None)
    stated = constraint_in_words(rest)
    if parsed.filters.limit or total == shown:
        many = "" if shown == 1 else count(shown).lower()
        papers = "paper" if shown == 1 else "papers"
        order = _order(parsed)
        papers = (
            f"{papers} with the {order}"
            if parsed.filters.sort == "authors"
            else f"{order} {papers}"
        )
        told = f"The {many} {papers} {stated}"
        return " ".join(told.split())
    has = f"have {_HAS[parsed.filters.sort or 'date']}"
    of = f" {stated}{',' * (',' in stated)}" if stated else ""
    return f"{count(total)} papers{of} {has}; the {count(shown).lower()} {_order(parsed)}"


def _order(parsed: ParsedQuestion) -> str:
    """How the papers shown were chosen among those that match."""
    return f"{nth(parsed.filters.skip)} {_placed(parsed)}".strip()


def _placed(parsed: ParsedQuestion) -> str:
    if parsed.filters.sort:
        return placed(parsed.filters)
    if parsed.topic:
        return "best"
    return "latest" if parsed.filters.dated else "first"


def declining(parsed: ParsedQuestion, selection: Selection) -> str:
    """Why there is no answer, in a sentence or two."""
    if selection.status == "not_stated" and selection.unmet:
        things = " or ".join(f"“{readable(part)}”" for part in selection.unmet)
        return (
            f"The corpus has no paper that puts forward {things}, so there is nothing to compare."
        )
    asked = len(parsed.filters.paper_ids or ())
    if selection.status == "not_stated" and parsed.left_out.used and asked > 1:
        return none_does_without(parsed)
    if selection.status == "not_stated":
        silent = {
            1: "The abstract does not clearly state this.",
            2: "Neither abstract clearly states this.",
        }
        return silent.get(asked, "The abstracts do not clearly state this.")
    if parsed.record and selection.unmet:
        return unknown(selection.unmet)
    return _nothing_asked(parsed) or _not_found(parsed, selection)


def unknown(names: Sequence[str]) -> str:
    """That names are nobody's own here."""
    return f"No paper of the corpus is known by the name {' or '.join(names)}."


def unowned(names: Sequence[str]) -> str:
    """That nobody here puts forward what is compared, and that others speak of it."""
    return f"No paper of the corpus puts forward {' or '.join(names)}. What the abstracts say:"


def before_the_nearest(parsed: ParsedQuestion, selection: Selection) -> str:
    """What stands before the papers that a refusal shows."""
    if parsed.record and selection.unmet:
        return "These mention it:" if len(selection.unmet) == 1 else "These mention them:"
    return NEAREST


def _nothing_asked(parsed: ParsedQuestion) -> str:
    if parsed.nothing_asked and parsed.unknown:
        return f"No paper here is known by {' or '.join(parsed.unknown)}."
    if parsed.language and not parsed.filters:
        return "Ask in English: nothing clearly answers this question as it stands."
    if isinstance(parsed.intent, NothingAsked) and parsed.intent.why == "courtesy":
        return "Glad to help. Ask on about the papers shown, or name a topic, a method or a paper."
    if parsed.nothing_asked or not (parsed.topic or parsed.filters):
        return (
            "There is nothing in this question to look for. Name a topic, a method or a paper, or "
            "say which papers you mean, such as “papers from 2025” or “the most upvoted papers”."
        )
    return ""


def _not_found(parsed: ParsedQuestion, selection: Selection) -> str:
    filters = parsed.filters
    constraint = constraint_in_words(replace(filters, sort=None))  # an order leaves none out
    if filters.date_from and filters.date_to and filters.date_from > filters.date_to:
        return f"No paper can be {constraint}: these dates exclude each other."
    if filters.paper_ids is not None:
        return none_chosen(parsed, selection)
    if parsed.seen and not parsed.related:
        further = f" {constraint}" if constraint else ""
        told = f"No other paper of the corpus{further} clearly answers this."
    elif constraint and not selection.near:
        other = "other " if parsed.related else ""
        told = f"No {other}paper of the corpus {being(constraint, one=True)}."
    elif constraint:
        told = f"None of the papers {constraint} clearly answers this."
    elif selection.searched:
        told = none_answers(selection.searched, "in the corpus")
    else:
        told = "Nothing in the corpus clearly answers this."
    return f"{told} {left_out(selection, filters)}".rstrip()
