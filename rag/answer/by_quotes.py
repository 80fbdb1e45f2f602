"""An answer put together from quoted sentences alone: no model, nothing that is not there.

Each kind has its shape: a fact is the sentence that holds it; a list is a line a paper; a
comparison sets the papers side by side; an explanation is a few sentences in the order in which
the abstract tells them. It opens with one line that says what was found (`opening_templates`).
Quotes stand in quotation marks, as `readable` has them, otherwise word for word; which ones,
`rag.reading` has decided. Nothing in a title or a quote acts as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.opening_templates import before_the_nearest, declining, found, unknown, unowned
from rag.answer.quoted_text import QuotedText, shown
from rag.answer.recorded import records_told
from rag.answer.templates import MarkedText, heading, not_recorded
from rag.question.schema import ParsedQuestion
from rag.records import Draft, Evidence, Paper, PaperGroup, Selection
from rag.text.latex import readable
from rag.text.markdown import escaped
from rag.text.words import count

_NEAREST = 3
"""Papers quoted with a refusal."""


def compose(
    parsed: ParsedQuestion,
    selection: Selection,
    *,
    parts: Sequence[tuple[ParsedQuestion, Selection]] = (),
    notice: str = "",
) -> Draft:
    """`selection` as text; where the question has `parts`, each of them under its own words.
    `notice` is passed on to the answer (a model server that failed)."""
    writer = QuotedText()
    for part, own in parts:
        writer.say(f"{part.question}?", marked=f"**{escaped(part.question)}?**")
        writer.gap()
        _compose(part, own, writer)
        writer.gap()
    if not parts:
        _compose(parsed, selection, writer)
    selections = [own for _, own in parts] or [selection]
    answered = [one for one in selections if one.status == "answered"]
    put = {p.paper_id: None for one in answered for p in one.papers}
    may = [p for one in answered for group in one.groups if group.unsure for p in group.papers]
    beside = {p.paper_id: None for one in selections for p in (*one.papers, *one.near)}
    return Draft(
        status="answered" if answered else selections[0].status,
        mode="extractive",
        text=writer.text,
        sentences=tuple(writer.sentences),
        citations=writer.citations,
        papers=tuple(put),
        near=tuple(paper for paper in beside if paper not in put),
        may_match=tuple(dict.fromkeys(may)),
        confidence=max(one.confidence for one in selections),
        notices=tuple(filter(None, (notice, _other_form(parsed, answered=bool(put))))),
    )


def _other_form(parsed: ParsedQuestion, *, answered: bool) -> str:
    """Where the form that was wished for is to be had, when quotes cannot keep to it."""
    if answered and parsed.wishes_for("table"):
        return (
            "Without a model an answer is not written as a table. To make one of its papers, press"
            " Table below the answer on the page, or run citewell table."
        )
    return ""


def _compose(parsed: ParsedQuestion, selection: Selection, writer: QuotedText) -> None:
    selection = replace(selection, evidence=_distinct(selection.evidence))
    known = [*selection.papers, *selection.near]
    recorded = list({e.paper.paper_id: e.paper for e in selection.evidence}.values())
    told = [] if selection.status == "not_in_corpus" else records_told(parsed, recorded)
    unheard = parsed.record and selection.unmet
    if not (told or unheard) and (missing := not_recorded(parsed, known)):
        writer.say(missing)
        writer.gap()
    if told:
        _records(parsed, told, recorded, selection, writer)
    elif selection.status != "answered" or not selection.papers:
        _decline(parsed, selection, writer)
    elif parsed.agreement:
        _list(parsed, selection, writer)
    elif parsed.kind == "fact" or _defines(parsed, selection):
        _fact(parsed, selection, writer)
    elif parsed.kind == "compare":
        _side_by_side(parsed, selection, writer)
    else:
        _list(parsed, selection, writer)


def _list(parsed: ParsedQuestion, selection: Selection, writer: QuotedText) -> None:
    """For lists and explanations: a line a paper."""
    writer.say(found(parsed, selection))
    writer.gap()
    papers = {paper.paper_id: paper for paper in selection.papers}
    for at, group in enumerate(selection.groups or (PaperGroup(name="", papers=tuple(papers)),)):
        if group.name:
            if at:
                writer.gap()
            writer.say(f"{group.name}:", marked=f"**{escaped(group.name)}**")
            writer.gap()
        for paper_id in group.papers:
            _line(papers[paper_id], parsed, selection, writer)
    for part in selection.unmet:
        writer.gap()
        writer.say(f"Nothing in the corpus clearly answers “{readable(part)}”.")


def _line(paper: Paper, parsed: ParsedQuestion, selection: Selection, writer: QuotedText) -> None:
    quotes, named = _of(paper, selection.evidence), heading(paper, parsed.filters)
    if quotes:
        writer.quote(named, quotes, lead="- ")
    else:
        writer.say(named.plain, lead="- ", marked=named.marked)


def _fact(parsed: ParsedQuestion, selection: Selection, writer: QuotedText) -> None:
    stands_for = {p: f"{e.short}: {e.long}. " for e in parsed.expansions for p in e.papers}
    for number, paper in enumerate(selection.papers):
        quotes = _of(paper, selection.evidence)
        if not quotes:
            continue
        if number:
            writer.gap()
        told = stands_for.get(paper.paper_id, "")
        stands_for = {p: said for p, said in stands_for.items() if said != told}
        named = heading(paper)
        for place, quote in enumerate(quotes):
            said = told * (place == 0) + writer.words(quote)
            marked = escaped(said, opens_line=place == 0)
            if place == len(quotes) - 1:
                said, marked = f"{said} ({named.plain})", f"{marked} ({named.marked})"
            (writer.go_on if place else writer.say)(said, quote, marked=marked)


def _defines(parsed: ParsedQuestion, selection: Selection) -> bool:
    """Whether the answer tells what an acronym stands for."""
    return bool(parsed.expansions and selection.papers)


def _records(
    parsed: ParsedQuestion,
    told: Sequence[MarkedText],
    papers: Sequence[Paper],
    selection: Selection,
    writer: QuotedText,
) -> None:
    """What the records say, then a quote of each paper that shows which it is."""
    for said in told:
        writer.say(said.plain, marked=said.marked)
    if selection.unmet:
        writer.say(unknown(selection.unmet))
    writer.gap()
    for paper in papers:
        quotes = _of(paper, selection.evidence)
        if len(papers) == 1:
            opening = "From its abstract"
            writer.quote(MarkedText(plain=opening, marked=opening), quotes)
        else:
            writer.quote(heading(paper), quotes, lead="- ")


def _side_by_side(parsed: ParsedQuestion, selection: Selection, writer: QuotedText) -> None:
    shown = len(selection.papers)
    if selection.unmet:
        writer.say(unowned(selection.unmet))
    elif shown == 1:
        writer.say("Only one paper of the corpus is about this:")
    else:
        writer.say(f"{count(shown)} papers side by side:")
    for paper in selection.papers:
        quotes = _of(paper, selection.evidence)
        writer.gap()
        named = heading(paper, parsed.filters)
        if quotes:
            writer.quote(named, quotes[:1])
        else:
            writer.say(named.plain, marked=named.marked)
        for item in quotes[1:]:
            writer.say(writer.words(item), item, lead="- ")


def _decline(parsed: ParsedQuestion, selection: Selection, writer: QuotedText) -> None:
    told, evidence = declining(parsed, selection), selection.evidence
    papers = list({item.paper.paper_id: item.paper for item in evidence}.values())[:_NEAREST]
    writer.say(f"{told} {before_the_nearest(parsed, selection)}" if papers else told)
    if papers:
        writer.gap()
    for paper in papers:
        writer.quote(heading(paper, parsed.filters), _of(paper, evidence), lead="- ")


def _distinct(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Without sentences that a paper before has said in the same words, but for one of a paper
    that has no other."""
    said: dict[str, str] = {}
    new = [e for e in evidence if said.setdefault(shown(e), e.paper.paper_id) == e.paper.paper_id]
    heard = {e.paper.paper_id for e in new}
    alone = {e.paper.paper_id: e for e in reversed(evidence) if e.paper.paper_id not in heard}
    return tuple(e for e in evidence if e in new or alone.get(e.paper.paper_id) is e)


def _of(paper: Paper, evidence: Sequence[Evidence]) -> list[Evidence]:
    return [e for e in evidence if e.paper.paper_id == paper.paper_id]
