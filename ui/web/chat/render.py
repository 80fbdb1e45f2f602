"""The page's pieces of HTML, which script.js puts in their places when they change.

What they look like is said in style.css; papers are drawn in cards.py, answers in prose.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from html import escape
from typing import Any

from rag.config import Config
from rag.records import Answer, Citation
from rag.suggest import Example
from ui.web.chat import agreement, answer_diff, cards, prose, turn_heading
from ui.web.chat.conversations import Entry
from ui.web.chat.turn import ChatTurn
from ui.web.judging import buttons as judge_buttons
from ui.web.menus import icon, menu
from ui.web.remedies import on_page, ways
from ui.web.tables.records import shown_papers
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
    html = f"<span data-papers>{papers:,} papers</span>"
    if config.model is None or config.mode == "extractive":
        html += _leaving(config)
    else:
        html += f'<span data-for="extractive">{_leaving(replace(config, mode="extractive"))}</span>'
        html += f'<span data-for="llm">{_leaving(replace(config, mode="llm"))}</span>'
    return html + ("<span>Private, not kept</span>" if private else "")


def _leaving(config: Config) -> str:
    leaving, here = config.leaves_machine, " ".join(config.stays_on_machine)
    html = f"<span>{escape(here)}</span>" if here else ""
    if leaving:
        return f'<span class="cw-leaves">{escape(" ".join(leaving))}</span>{html}'
    return html or "<span>Nothing leaves this machine</span>"


def intro(papers: int, examples: Sequence[Example] | None, *, note: str = "") -> str:
    """The empty page. `examples` of questions: None where they are still to come."""
    told = f'<div class="cw-notice" role="note"><p>{escape(note)}</p></div>' if note else ""
    if not papers:
        return (
            f'{told}<h2 class="cw-hello">There is nothing to ask yet</h2>'
            '<p>No papers are here. <a href="#/papers/add">Add papers</a>, or add the bundled ones'
            " in a terminal: <code>citewell ingest</code></p>"
        )
    shown = "".join(
        f'<li><span class="cw-kind" aria-hidden="true">{escape(one.kind)}</span>'
        f'<button type="button" data-act="example">{escape(one.question)}</button></li>'
        for one in examples or ()
    )
    pending = " data-pending" if examples is None else ""  # suggestions.js
    return (
        f'{told}<h2 class="cw-chosen" data-slot="chosen"></h2>'  # scope.js
        f'<h2 class="cw-hello">Ask the abstracts of'
        f" <span data-papers>{papers:,} papers</span></h2>"
        "<p>Each claim in an answer carries a number. It opens the very words that the claim rests"
        " on, so that you can check it and quote it. Where the abstracts do not say, neither does"
        " Citewell.</p>"
        f'<ul class="cw-examples" aria-label="Example questions"{pending}>{shown}</ul>'
    )


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
        return _error(turn)
    if answer:
        told = _notices(answer.notices, quoted=bool(turn.fallback))
        counts, below = agreement.above(answer)
        return f'{told}{counts}<div class="cw-prose">{_prose(turn, below)}</div>{_further(turn)}'
    html = _notices([turn.fallback] if turn.fallback else [], quoted=True)
    if turn.text:
        html += f'<div class="cw-prose">{prose.writing(turn.text)}</div>'
    if turn.broken:
        html += (
            '<p class="cw-note">Citewell was ended before this was answered. '
            '<button type="button" class="cw-act" data-act="again">Ask again</button></p>'
        )
    elif turn.state == "stopped":
        unchecked = " What had been written by then has not been checked." if turn.text else ""
        html += (
            f'<p class="cw-note">Stopped.{unchecked} '
            '<button type="button" class="cw-act" data-act="again">Ask again</button></p>'
        )
    elif turn.state == "waiting":
        html += f'<p class="cw-waiting">{_waiting(turn)}</p>'
    elif not turn.text:
        html += f'<p class="cw-waiting">{_doing(turn)}</p>'
    return html


def _doing(turn: ChatTurn) -> str:
    if turn.progress and turn.state == "reading":
        return how_far(turn.progress)
    return "Reading the abstracts …" if turn.state == "reading" else "Writing …"


def _further(turn: ChatTurn) -> str:
    """Below a list that a model wrote from the best papers: the way to all others."""
    answer = turn.answer
    if not answer or answer.mode != "llm" or turn.depth != "normal":
        return ""
    if answer.kind != "list" and not answer.agreement:
        return ""
    until = "no paper speaks to the claim" if answer.agreement else "no paper matches"
    return (
        '<p class="cw-note"><button type="button" class="cw-act" data-act="thorough"'
        f' title="The model reads on, batch by batch, until {until} any more">'
        "Look through all papers</button></p>"
    )


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
    return agreement.with_headings(prose.finished(answer, called=called), answer.agreement)


def _error(turn: ChatTurn) -> str:
    error = turn.error
    remedy = on_page(error.remedy) if error else ""
    shown = f"<p>{escape(remedy)}</p>" if remedy else ""
    return (
        '<div class="cw-error"><p class="cw-error-title">This question could not be answered</p>'
        f"<p>{escape(on_page(str(error)))}</p>{shown}"
        f'<p>{ways(remedy)}<button type="button" class="cw-act" data-act="again">Try again</button>'
        "</p></div>"
    )


def _notices(notices: Sequence[str], *, quoted: bool) -> str:
    """Banners. `quoted`: the model failed, and the answer is put together from quotes instead."""
    said = [on_page(notice) for notice in notices]
    html = "".join(f"<p>{escape(notice)}</p>" for notice in said)
    if html and quoted:
        html += "<p>This answer is put together from quoted sentences instead.</p>"
    if places := ways(" ".join(said)):
        html += f"<p>{places}</p>"
    return f'<div class="cw-notice" role="note">{html}</div>' if html else ""


def _status(turn: ChatTurn) -> str:
    answer = turn.answer
    if answer is None:
        return f"<span>{turn.seconds:.0f} s</span>" if turn.busy else ""
    made = [
        "Quoted sentences, no model"
        if answer.mode == "extractive"
        else f"Written by {answer.model or 'a model'}",
        _duration(answer.timings_ms.get("total", 0.0)),
        *spent(answer.usage),
    ]
    stages = "".join(
        f"<dt>{escape(name)}</dt><dd>{_duration(ms)}</dd>" for name, ms in answer.timings_ms.items()
    )
    more = (
        '<button type="button" class="cw-act" data-act="notes" aria-haspopup="dialog">'
        "Other formats</button>"
        '<button type="button" class="cw-act cw-keeping" data-act="save">Save as search</button>'
        f'<details class="cw-details"><summary>Details</summary><dl class="cw-made-of">{stages}'
        '<dt title="Stands for settings, corpus and models">fingerprint</dt>'
        f"<dd>{escape(answer.fingerprint)}</dd></dl></details>"
    )
    copy = icon("note", "copy", "Copy as Markdown", shown="Copy", more=' data-kind="markdown"')
    is_many = len(shown_papers(answer)) > 1
    table = icon("table", "table", "Table of these papers", shown="Table") if is_many else ""
    return (
        f'<div class="cw-row">{copy}{icon("again", "again", "Ask again", shown="Ask again")}{table}'
        f"{menu('More about this answer', more)}{judge_buttons.answer(turn)}</div>"
        f'<p class="cw-made">{escape(" · ".join(made))}</p>'
    )


def _changed(turn: ChatTurn, corpus: str) -> str:
    """What has become of the corpus since the answer, or between it and the one before."""
    html = "".join(f'<p class="cw-changed">{escape(line)}</p>' for line in turn.changed)
    if turn.answer and answer_diff.is_stale(turn.answer, corpus):
        html += (
            '<p class="cw-changed">The corpus has changed since this answer.'
            ' <button type="button" class="cw-act" data-act="again">Ask again</button></p>'
        )
    return html


def _sources(turn: ChatTurn) -> str:
    answer = turn.answer
    if answer is None:
        if turn.busy and turn.read:
            return f"<h3>Reading</h3>{cards.reading(turn.read)}"
        return ""
    cited: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.paper_id, []).append(citation)
    order = list(dict.fromkeys([*cited, *answer.papers]))
    known = turn.papers
    judge = partial(judge_buttons.source, turn)
    shown = [
        cards.card(known[key], cited.get(key, ()), foot=judge(key)) for key in order if key in known
    ]
    near = cards.near(
        [known[key] for key in answer.near if key in known and key not in order], foot=judge
    )
    if shown:
        noun = "source" if answer.status == "answered" else "nearest paper"
        return f"<h3>{_counted(len(shown), noun)}</h3>{''.join(shown)}{near}"
    if near:
        return f"<h3>No sources</h3>{near}"
    return '<h3>No sources</h3><p class="cw-note">No paper of the corpus comes close.</p>'


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
