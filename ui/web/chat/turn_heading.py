"""The head of a turn: the question as typed, how it was read, and its constraints as chips.

A constraint that the visitor took away is still in the question's words: it stays, struck out.
"""

from __future__ import annotations

from html import escape

from rag.question.schema import ParsedQuestion
from ui.web.chat.chips import chips, form, taken_away
from ui.web.chat.turn import ChatTurn
from ui.web.menus import icon

LONG = 180
"""Characters beyond which a question is set as text rather than as a title."""
PAGE, LINES = 600, 8
"""Characters, or line breaks, from which on only its first lines are shown."""
WHOLE = "Whole question"
BOUND = 20
"""Characters of a last word that still fits beside the buttons on any page."""
_SAID_BY_CHIPS = ("Restricted to ",)
_SHUT = ' aria-expanded="false"'


def heading(turn: ChatTurn) -> str:
    """The question, what is done with it, how it was read, and its constraints."""
    question = turn.question
    long = " cw-long" if len(question) > LONG else ""
    is_page = len(question) > PAGE or question.count("\n") >= LINES
    doing = (
        f'<span class="cw-edit">{icon("edit", "edit", "Edit")}'
        f"{icon('adjust', 'adjust', 'Constraints', more=_SHUT)}</span>"
    )
    if is_page:
        shown = f'<span class="cw-clamped">{escape(question)}</span>{doing}'
    else:
        shown = _bound(question, doing)
    html = f'<h2 class="cw-question{long}">{shown}</h2>'
    if is_page:
        html += f'<button type="button" class="cw-act" data-act="whole"{_SHUT}>{WHOLE}</button>'
    if turn.parsed is None:
        return html
    parsed = turn.parsed
    html += _understood(parsed, turn.question)
    items = "".join(
        f'<li>{escape(chip.label)}<button type="button" data-act="without"'
        f' data-key="{chip.key}" aria-label="Ask again without: {escape(chip.label)}">'
        '<span aria-hidden="true">×</span></button></li>'
        for chip in chips(parsed.filters, within=turn.within)
    )
    items += "".join(
        f'<li class="cw-gone"><span class="cw-sr">Taken away: </span>'
        f'<del>{escape(chip.label)}</del><button type="button" class="cw-act" data-act="with"'
        f' data-key="{chip.key}" aria-label="Ask again with: {escape(chip.label)}">Put back'
        "</button></li>"
        for chip in taken_away(turn.stated, parsed.filters)
    )
    if items:
        html += f'<ul class="cw-chips" aria-label="Constraints">{items}</ul>'
    return f'{html}<div class="cw-adjust" hidden>{form(parsed.filters)}</div>'


def _bound(text: str, tail: str) -> str:
    """`text` with HTML behind it that begins no line of its own."""
    before, space, last = text.rpartition(" ")
    if len(last) > BOUND:
        return f"<span>{escape(text)}{tail}</span>"
    bound = f'<span class="cw-bind">{escape(last)}{tail}</span>'
    return f"<span>{escape(before)}{space}{bound}</span>"


def _understood(parsed: ParsedQuestion, question: str) -> str:
    """How the question was read, told once: a line, and what else there is to it behind that line.
    Constraints are not in it: they stand below as chips."""
    told = [f"“{typed}” read as “{read}”" for typed, read in parsed.mended]
    told += [note for note in parsed.notes if not note.startswith(_SAID_BY_CHIPS)]
    standalone = parsed.standalone.strip()
    if standalone != question and (told or len(standalone) > LONG):
        told = told or ["Read with what it needs of the turns before"]
        told.append(f"Searched for: {standalone}")
    elif standalone != question:
        told = [f"Read as: {standalone}"]
    if not told:
        return ""
    first, *rest = (escape(line) for line in told)
    if not rest:
        return f'<p class="cw-understood">{first}</p>'
    lines = "".join(f"<p>{line}</p>" for line in rest)
    return f'<details class="cw-understood"><summary>{first}</summary>{lines}</details>'
