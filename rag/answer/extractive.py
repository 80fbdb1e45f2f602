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
from rag.answer.wording import (
    Said,
    asks_for_authors,
    being,
    constraint_in_words,
    count,
    heading,
    left_out,
    of_the_corpus,
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
    selection = replace(selection, evidence=_distinct(selection.evidence))
    known = [*selection.papers, *selection.near]
    if asks_for_authors(query.question) and not any(paper.authors for paper in known):
        writer.say("Who wrote these papers is not recorded; this goes by their abstracts alone.")
        writer.gap()
    if selection.status != "answered" or not selection.papers:
        _decline(query, selection, writer)
    elif query.kind == "fact":
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
        self._first: dict[str, Evidence] = {}

    def words(self, evidence: Evidence) -> str:
        """The quote as it is read; where another paper has said it, that it says the same."""
        text = _shown(evidence)
        first = self._first.setdefault(text, evidence).paper
        if first.paper_id == evidence.paper.paper_id:
            return text
        return f"The same words as in “{readable(first.title)}”."

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
        said = " ".join(map(self.words, taken))
        self.say(
            f"{opening.plain}: {said}",
            *taken,
            lead=lead,
            marked=f"{opening.marked}: {escaped(said)}",
        )
        for item in rest:
            self.say(self.words(item), item)
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
    if not query.topic:
        told = f"{whole} {being(constraint, one=total == 1)}" if constraint else whole
    else:
        told = f"{whole} {verb}" + (f", {constraint}" if constraint else "")
    if shown < total:
        return f"{told}; the {count(shown).lower()} {_order(query)}:"
    return f"{told}:"


def _sorted(query: Query, total: int, shown: int) -> str:
    """The opening where an order is all that is asked for: what has no value has no place in it."""
    stated = constraint_in_words(replace(query.filters, sort=None, order=None, limit=None))
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
        said = told + " ".join(map(writer.words, quotes))
        named = heading(paper)
        marked = f"{escaped(said, opens_line=True)} ({named.marked})"
        writer.say(f"{said} ({named.plain})", *quotes, marked=marked)


def _side_by_side(query: Query, selection: Selection, writer: _Writer) -> None:
    shown = len(selection.papers)
    if shown == 1:
        writer.say("Only one paper of the corpus is about this:")
    else:
        writer.say(f"{count(shown)} papers side by side:")
    for paper in selection.papers:
        quotes = _of(paper, selection.evidence)
        if quotes:
            writer.gap()
            writer.quote(heading(paper, query.filters), quotes[:1])
        for item in quotes[1:]:
            writer.say(writer.words(item), item, lead="- ")


def _decline(query: Query, selection: Selection, writer: _Writer) -> None:
    told = _declining(query, selection)
    nearest = dict.fromkeys(item.paper.paper_id for item in selection.evidence)
    papers = {item.paper.paper_id: item.paper for item in selection.evidence}
    writer.say(f"{told} What comes nearest:" if nearest else told)
    if nearest:
        writer.gap()
    for paper_id in nearest:
        paper = papers[paper_id]
        writer.quote(heading(paper, query.filters), _of(paper, selection.evidence), lead="- ")


def _declining(query: Query, selection: Selection) -> str:
    if selection.status == "not_stated":
        return "The abstracts do not state this."
    filters = query.filters
    if query.nothing_asked or not (query.topic or filters):
        return (
            "There is nothing in this question to look for. Name a topic, a method or a paper, or "
            "say which papers you mean, such as “papers from 2025” or “the most upvoted papers”."
        )
    constraint = constraint_in_words(filters)
    if filters.paper_ids is not None:
        told = "None of the papers of the answer before clearly answers this."
    elif constraint and not selection.near:
        told = f"No paper of the corpus {being(constraint, one=True)}."
    elif constraint:
        told = f"None of the papers {constraint} clearly answers this."
    elif selection.searched:
        told = f"None of the {selection.searched:,} papers in the corpus clearly answers this."
    else:
        told = "Nothing in the corpus clearly answers this."
    return f"{told} {left_out(selection, filters)}".rstrip()


def _distinct(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Without sentences that a paper before has said in the same words, but for one of a paper
    that has no other."""
    said: dict[str, str] = {}
    new = [e for e in evidence if said.setdefault(_shown(e), e.paper.paper_id) == e.paper.paper_id]
    heard = {e.paper.paper_id for e in new}
    alone = {e.paper.paper_id: e for e in reversed(evidence) if e.paper.paper_id not in heard}
    return tuple(e for e in evidence if e in new or alone.get(e.paper.paper_id) is e)


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
