"""An answer put together from quoted sentences alone: no model, nothing that is not there.

Each kind has its shape: a fact is the sentence that holds it; a list is a line a paper; a
comparison sets the papers side by side; an explanation is a few sentences in the order in which
the abstract tells them. It opens with one line that says what was found. Quotes are shown as
`readable` has them, otherwise word for word; which ones, `rag.select` has decided. Nothing in a
title or a quote acts as markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answer.markdown import escaped
from rag.answer.recorded import records_told
from rag.answer.wording import (
    Said,
    being,
    constraint_in_words,
    count,
    heading,
    left_out,
    none_chosen,
    not_recorded,
    nth,
    of_the_corpus,
    unplaced,
    without_record,
)
from rag.citations import Numbering, with_markers
from rag.readable import readable
from rag.records import Citation, Draft, Evidence, Filters, Paper, Query, Selection, Sentence

_SMALL_WORD = re.compile(r"[a-z]+(?=[\s,-])")
_MOST_WORDS = 78
"""Of one sentence of an answer: several quotes make one line while they fit."""


def compose(query: Query, selection: Selection, *, notice: str = "") -> Draft:
    """`selection` as text. `notice` is passed on to the answer (a model server that failed)."""
    writer = _Writer()
    known = [*selection.papers, *selection.near]
    recorded = list({e.paper.paper_id: e.paper for e in selection.evidence}.values())
    told = [] if selection.status == "not_in_corpus" else records_told(query, recorded)
    if not told and (missing := not_recorded(query.question, known)):
        writer.say(missing)
        writer.gap()
    if told:
        _records(told, recorded, selection, writer)
    elif selection.status != "answered" or not selection.papers:
        _decline(query, selection, writer)
    elif query.kind == "fact" or _defines(query, selection):
        _fact(query, selection, writer)
    elif query.kind == "compare":
        _side_by_side(query, selection, writer)
    else:
        _list(query, selection, writer)
    return Draft(
        status=selection.status,
        mode="extractive",
        text=writer.text,
        sentences=tuple(writer.sentences),
        citations=writer.citations,
        papers=tuple(p.paper_id for p in selection.papers),
        near=tuple(p.paper_id for p in selection.near),
        notices=(notice,) if notice else (),
    )


class _Writer:
    """Sentences and the Markdown they stand in, kept in step. No quote is said twice."""

    def __init__(self) -> None:
        self.sentences: list[Sentence] = []
        self._lines: list[str] = []
        self._numbering = Numbering()

    def say(self, text: str, *evidence: Evidence, lead: str = "", marked: str = "") -> None:
        """A line (after `lead`, Markdown) of one sentence; `marked` is the sentence as Markdown,
        where it is more than `text` escaped."""
        sentence = Sentence(text=text, citations=self._numbering.numbers(evidence))
        self.sentences.append(sentence)
        shown = marked or escaped(text, opens_line=not lead)
        self._lines.append(lead + with_markers(replace(sentence, text=shown)))

    def quote(self, opening: Said, evidence: Sequence[Evidence], *, lead: str = "") -> None:
        """`opening` and the quotes behind it as one sentence, as far as they fit; what does not
        fit follows on the same line, a sentence a quote."""
        rest = list(evidence)
        taken: list[Evidence] = []
        words = len(opening.plain.split())
        while rest and (not taken or words + len(rest[0].quote.split()) <= _MOST_WORDS):
            words += len(rest[0].quote.split())
            taken.append(rest.pop(0))
        said = " ".join(_shown(e) for e in taken)
        self.say(
            f"{opening.plain}: {said}",
            *taken,
            lead=lead,
            marked=f"{opening.marked}: {escaped(said)}",
        )
        for item in rest:
            self.say(_shown(item), item)
            last = self._lines.pop()
            self._lines[-1] += " " + last

    def gap(self) -> None:
        self._lines.append("")

    @property
    def text(self) -> str:
        return "\n".join(self._lines).strip()

    @property
    def citations(self) -> tuple[Citation, ...]:
        return self._numbering.citations


def _list(query: Query, selection: Selection, writer: _Writer) -> None:
    """For lists and explanations: a line a paper."""
    writer.say(_found(query, selection))
    writer.gap()
    for paper in selection.papers:
        quotes = _of(paper, selection.evidence)
        if quotes:
            writer.quote(heading(paper, query.filters), quotes, lead="- ")
        else:
            named = heading(paper, query.filters)
            writer.say(named.plain, lead="- ", marked=named.marked)
    for part in selection.unmet:
        writer.gap()
        writer.say(f"Nothing in the corpus clearly answers “{readable(part)}”.")


def _found(query: Query, selection: Selection) -> str:
    shown = len(selection.papers)
    total = max(selection.total, shown)
    behind = unplaced(selection, query.filters)
    if behind.startswith("none"):  # the order asked for cannot be had
        query = replace(query, filters=replace(query.filters, sort=None, order=None))
    constraint = constraint_in_words(query.filters)
    if query.kind == "explain" and not constraint:
        says = "paper says" if shown == 1 else "papers say"
        return f"What {count(shown).lower()} {says}:"
    whole = of_the_corpus(total, selection.searched)
    if not query.topic and query.filters.sort:
        return _sorted(query, total, shown)
    picked = query.filters.paper_ids is not None
    if not query.topic and picked and query.filters == Filters(paper_ids=query.filters.paper_ids):
        says = "this paper puts" if shown == 1 else f"these {count(shown).lower()} papers put"
        return f"What {says} forward:"
    verb = "matches" if total == 1 else "match"
    if query.aspect and query.filters.paper_ids:
        says = "says" if total == 1 else "say"
        return f"{count(total)} of the {len(query.filters.paper_ids)} papers asked about {says} so:"
    if not query.topic:
        told = f"{whole} {being(constraint, one=total == 1)}" if constraint else whole
    else:
        told = f"{whole} {verb}" + (f", {constraint}" if constraint else "")
    if lost := without_record(selection, query.filters):
        told += f" ({lost})"
    if behind.startswith("none"):
        best = f"the {count(shown).lower()} best" if shown < total else "the best come first"
        told += f"; {behind}, so {best}"
    elif behind:
        part = f"{count(shown).lower()} of them, " if shown < total else ""
        told += f"; {part}{behind}"
    elif shown < total:
        told += f"; the {'' if shown == 1 else f'{count(shown).lower()} '}{_order(query)}"
    return f"{told}:"


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
    return "latest" if query.filters else "first"


def _fact(query: Query, selection: Selection, writer: _Writer) -> None:
    stands_for = {p: f"{e.short}: {e.long}. " for e in query.expansions for p in e.papers}
    for number, paper in enumerate(selection.papers):
        quotes = _of(paper, selection.evidence)
        if not quotes:
            continue
        if number:
            writer.gap()
        told = stands_for.get(paper.paper_id, "")
        stands_for = {p: said for p, said in stands_for.items() if said != told}
        said = told + " ".join(_shown(item) for item in quotes)
        named = heading(paper)
        marked = f"{escaped(said, opens_line=True)} ({named.marked})"
        writer.say(f"{said} ({named.plain})", *quotes, marked=marked)


def _defines(query: Query, selection: Selection) -> bool:
    """Whether the answer tells what an acronym stands for."""
    told = {paper.paper_id for paper in selection.papers} - set(query.overview)
    return bool(query.expansions and told)


def _records(
    told: Sequence[Said], papers: Sequence[Paper], selection: Selection, writer: _Writer
) -> None:
    """What the records say, then a quote of each paper that shows which it is."""
    for said in told:
        writer.say(said.plain, marked=said.marked)
    writer.gap()
    for paper in papers:
        quotes = _of(paper, selection.evidence)
        if len(papers) == 1:
            writer.say(f"From its abstract: {' '.join(map(_shown, quotes))}", *quotes)
        else:
            writer.quote(heading(paper), quotes, lead="- ")


def _side_by_side(query: Query, selection: Selection, writer: _Writer) -> None:
    shown = len(selection.papers)
    if shown == 1:
        writer.say("Only one paper of the corpus is about this:")
    else:
        writer.say(f"{count(shown)} papers side by side:")
    for paper in selection.papers:
        quotes = _of(paper, selection.evidence)
        writer.gap()
        named = heading(paper, query.filters)
        if quotes:
            writer.quote(named, quotes[:1])
        else:
            silent = "its abstract does not say."
            writer.say(f"{named.plain}: {silent}", marked=f"{named.marked}: {silent}")
        for item in quotes[1:]:
            writer.say(_shown(item), item, lead="- ")


def _decline(query: Query, selection: Selection, writer: _Writer) -> None:
    told = _declining(query, selection)
    if selection.denied:
        _say_otherwise(selection, writer)
        return
    nearest = dict.fromkeys(item.paper.paper_id for item in selection.evidence)
    papers = {item.paper.paper_id: item.paper for item in selection.evidence}
    writer.say(f"{told} What comes nearest:" if nearest else told)
    if nearest:
        writer.gap()
    for paper_id in nearest:
        paper = papers[paper_id]
        writer.quote(heading(paper, query.filters), _of(paper, selection.evidence), lead="- ")


def _say_otherwise(selection: Selection, writer: _Writer) -> None:
    """Where the abstract says the opposite of what the question takes for granted."""
    quotes = selection.evidence
    named = heading(quotes[0].paper)
    said = " ".join(_shown(item) for item in quotes)
    writer.say("The abstract says otherwise:")
    writer.gap()
    marked = f"{named.marked}: {escaped(said)}"
    writer.say(f"{named.plain}: {said}", *quotes, lead="- ", marked=marked)


def _declining(query: Query, selection: Selection) -> str:
    if selection.status == "not_stated" and selection.unmet:
        things = " and ".join(f"“{readable(part)}”" for part in selection.unmet)
        return (
            f"The corpus has no paper that puts forward {things}, so there is nothing to compare."
        )
    if selection.status == "not_stated":
        return "The abstracts do not state this."
    filters = query.filters
    if query.nothing_asked and query.identifiers:
        return f"No paper here is known by {' or '.join(query.identifiers)}."
    if query.language and not filters:
        return "Ask in English: nothing clearly answers this question as it stands."
    if query.nothing_asked or not (query.topic or filters):
        return (
            "There is nothing in this question to look for. Name a topic, a method or a paper, or "
            "say which papers you mean, such as “papers from 2025” or “the most upvoted papers”."
        )
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
        told = f"None of the {selection.searched:,} papers in the corpus clearly answers this."
    else:
        told = "Nothing in the corpus clearly answers this."
    return f"{told} {left_out(selection, filters)}".rstrip()


def _of(paper: Paper, evidence: Sequence[Evidence]) -> list[Evidence]:
    return [e for e in evidence if e.paper.paper_id == paper.paper_id]


def _shown(evidence: Evidence) -> str:
    """The quote as it is read: with a capital and a full stop also where it begins behind the
    opening of its sentence, or ends before a footnote."""
    text = readable(evidence.quote)
    if _SMALL_WORD.match(text) and evidence.start:
        text = text[:1].upper() + text[1:]
    cut = evidence.paper.abstract[evidence.end :].lstrip().startswith("\\footnote")
    return f"{text}." if cut and text[-1:].isalnum() else text
