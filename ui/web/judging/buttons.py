"""Thumbs, verdicts and notes as HTML; judging.js presses them and says so to the server."""

from __future__ import annotations

from html import escape

from ui.web.chat.turn import ChatTurn
from ui.web.judging.judgements import Judgement

_THUMBS = (("up", "Good answer"), ("down", "Bad answer"))
_VERDICTS = (("relevant", "Yes"), ("partial", "Partly"), ("irrelevant", "No"))


def answer(turn: ChatTurn) -> str:
    said = turn.judged.get("", Judgement())
    buttons = "".join(
        f'<button type="button" class="cw-act cw-thumb" data-act="judge" data-verdict="{verdict}"'
        f' aria-pressed="{_pressed(said, verdict)}" aria-label="{label}" title="{label}"></button>'
        for verdict, label in _THUMBS
    )
    return (
        '<div class="cw-judge" data-judged="" role="group" aria-label="Judge this answer">'
        f"{buttons}{_note(said, 'this answer')}</div>"
    )


def source(turn: ChatTurn, paper_id: str) -> str:
    said = turn.judged.get(paper_id, Judgement())
    buttons = "".join(
        f'<button type="button" class="cw-act" data-act="judge" data-verdict="{verdict}"'
        f' aria-pressed="{_pressed(said, verdict)}">{label}</button>'
        for verdict, label in _VERDICTS
    )
    return (
        f'<div class="cw-judge" data-judged="{escape(paper_id)}" role="group"'
        f' aria-label="Is this paper relevant to the question?"><span aria-hidden="true">Relevant?'
        f"</span>{buttons}{_note(said, 'this source')}</div>"
    )


def _pressed(said: Judgement, verdict: str) -> str:
    return "true" if said.verdict == verdict else "false"


def _note(said: Judgement, what: str) -> str:
    hidden = "" if said.note else " hidden"
    return (
        f'<button type="button" class="cw-act cw-remark" data-act="remark" aria-expanded="false"'
        f' aria-label="Note on {what}">Note</button>'
        f'<p class="cw-said"{hidden}>{escape(said.note)}</p>'
    )
