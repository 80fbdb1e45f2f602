"""The page's pieces of HTML, which script.js puts in their places when they change.

What they look like is said in style.css; papers are drawn in cards.py, answers in prose.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from rag.config import Config
from rag.records import Answer, Citation
from rag.suggest import Example
from ui.web.chat import agreement, answer_diff, cards, prose, turn_heading
from ui.web.chat.conversations import Entry
from ui.web.chat.turn import ChatTurn
from ui.web.judging.judgements import Judgement
from ui.web.remedies import on_page, ways
from ui.web.tables.records import shown_papers
from ui.web.templates import fill
from ui.words import how_far, spent


def turn(turn: ChatTurn, *, corpus: str = "") -> dict[str, str]:
    """`corpus`: the one there is now, by which an answer is known to be older (answer_diff.py)."""
    return {
        "id": turn.id,
        "state": turn.state,
        "question": turn.question,
        "ask": turn_heading.heading(turn),
        "answer": _answer(turn),
        "status": _status(turn) + _changed(turn, corpus),
        "sources": _sources(turn),
        "said": _said(turn),
    }


def head(config: Config, papers: int, *, private: bool = False) -> str:
    """What is here and what leaves the machine; where a model may answer, for either choice."""
    modes: list[tuple[str, Config]] = [("", config)]
    if config.model is not None and config.mode != "extractive":
        modes = [("extractive", replace(config, mode="extractive"))]
        modes.append(("llm", replace(config, mode="llm")))
    ways = [(m, " ".join(c.leaves_machine), " ".join(c.stays_on_machine)) for m, c in modes]
    return fill("chat/intro:head", papers, ways, private)


def intro(papers: int, examples: Sequence[Example] | None, *, note: str = "") -> str:
    """The empty page. `examples` of questions: None where they are still to come."""
    return fill("chat/intro:intro", papers, examples, note)


def groups(entries: Sequence[Entry], *, today: date | None = None) -> list[dict[str, Any]]:
    """Conversations by day: data for conversation_list.js, which makes text of it."""
    today = today or date.today()
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        when = datetime.fromtimestamp(entry.updated)
        days = (today - when.date()).days
        name = {0: "Today", 1: "Yesterday"}.get(days) or ("This week" if days < 7 else "Earlier")
        found.setdefault(name, []).append(
            {
                "id": entry.id,
                "title": entry.title,
                "updated": entry.updated,
                "questions": _counted(entry.questions, "question"),
            }
        )
    return [{"name": name, "entries": items} for name, items in found.items()]


def _answer(turn: ChatTurn) -> str:
    answer = turn.answer
    if turn.state == "failed":
        error, remedy = on_page(str(turn.error)), on_page(turn.error.remedy if turn.error else "")
        return fill("chat/turn:failed", error, remedy, ways(remedy))
    if answer:
        told = _banners(answer.notices)
        counts, below = agreement.above(answer)
        quoted = bool(turn.fallback)
        until = _further(turn, answer)
        return fill("chat/turn:answered", *told, quoted, counts, _prose(turn, below), until)
    told = _banners([turn.fallback] if turn.fallback else [])
    shown = prose.writing(turn.text) if turn.text else ""
    doing = _waiting(turn) if turn.state == "waiting" else "" if turn.text else _doing(turn)
    banners = fill("chat/turn:banners", *told, True)
    return banners + fill("chat/turn:under_way", turn, shown, doing)


def _doing(turn: ChatTurn) -> str:
    if turn.progress and turn.state == "reading":
        return how_far(turn.progress)
    return "Reading the abstracts …" if turn.state == "reading" else "Writing …"


def _further(turn: ChatTurn, answer: Answer) -> str:
    """Below a list that a model wrote from the best papers: what ends the way to all others."""
    is_list = answer.kind == "list" or bool(answer.agreement)
    if answer.mode != "llm" or not is_list or turn.depth != "normal":
        return ""
    return "no paper speaks to the claim" if answer.agreement else "no paper matches"


def _waiting(turn: ChatTurn) -> str:
    before = turn.before_it
    place = (
        "Your question is next" if not before else f"{_counted(before, 'question')} before yours"
    )
    return f"Others are being answered. {place} …"


def _prose(turn: ChatTurn, answer: Answer) -> str:
    """The answer; a comparison's papers by the names that the question calls them."""
    names = turn.parsed.names if turn.parsed else {}
    called = {papers[0]: name for name, papers in names.items() if len(papers) == 1}
    html = prose.finished(answer, called=called)
    return agreement.with_headings(html, answer.agreement)


def _banners(notices: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Notices as the page says them, and the places that they speak of."""
    said = [on_page(notice) for notice in notices]
    return said, ways(" ".join(said))


def _status(turn: ChatTurn) -> str:
    answer = turn.answer
    if answer is None:
        return fill("chat/turn:so_far", round(turn.seconds)) if turn.busy else ""
    made = [
        "Quoted sentences, no model"
        if answer.mode == "extractive"
        else f"Written by {answer.model or 'a model'}",
        _duration(answer.timings_ms.get("total", 0.0)),
        *spent(answer.usage),
    ]
    stages = [(name, _duration(ms)) for name, ms in answer.timings_ms.items()]
    has_table = len(shown_papers(answer)) > 1
    said = turn.judged.get("", Judgement())
    return fill("chat/turn:status", made, stages, answer.fingerprint, has_table, said)


def _changed(turn: ChatTurn, corpus: str) -> str:
    is_stale = turn.answer is not None and answer_diff.is_stale(turn.answer, corpus)
    return fill("chat/turn:changed", turn.changed, is_stale)


def _sources(turn: ChatTurn) -> str:
    answer = turn.answer
    if answer is None:
        is_reading = turn.busy and turn.read
        return (
            fill("chat/turn:sources", "Reading", [cards.reading(turn.read)], "")
            if is_reading
            else ""
        )
    cited: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.paper_id, []).append(citation)
    order = list(dict.fromkeys([*cited, *answer.papers]))
    known = turn.papers

    def judged(paper_id: str) -> Judgement:
        return turn.judged.get(paper_id, Judgement())

    shown = [
        cards.card(known[key], cited.get(key, ()), judged=judged(key))
        for key in order
        if key in known
    ]
    close = [known[key] for key in answer.near if key in known and key not in order]
    near = cards.near(close, judged=judged)
    noun = "source" if answer.status == "answered" else "nearest paper"
    title = _counted(len(shown), noun) if shown else "No sources"
    note = "" if shown or close else "No paper of the corpus comes close."
    return fill("chat/turn:sources", title, shown, near, note)


def _said(turn: ChatTurn) -> str:
    """What a screen reader announces."""
    if turn.answer:
        sources = _counted(len({c.paper_id for c in turn.answer.citations}), "source")
        return f"The answer is ready, with {sources}."
    return {
        "waiting": _waiting(turn),
        "reading": _doing(turn),
        "writing": "Writing the answer.",
        "stopped": "Stopped.",
        "failed": f"The question could not be answered. {turn.error}",
    }.get(turn.state, "")


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _duration(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"
