"""The head of a turn: the question as typed, how it was read, and its constraints as chips
(turn.html.j2).

A constraint that the visitor took away is still in the question's words: it stays, struck out.
"""

from __future__ import annotations

from typing import Any

from rag.question.schema import ParsedQuestion
from ui.web.chat import chips
from ui.web.chat.turn import ChatTurn
from ui.web.templates import fill

LONG = 180
"""Characters beyond which a question is set as text rather than as a title."""
PAGE, LINES = 600, 8
"""Characters, or line breaks, from which on only its first lines are shown."""
BOUND = 20
"""Characters of a last word that still fits beside the buttons on any page."""
_SAID_BY_CHIPS = ("Restricted to ",)


def heading(turn: ChatTurn) -> str:
    """The question, what is done with it, how it was read, and its constraints."""
    question, parsed = turn.question, turn.parsed
    is_page = len(question) > PAGE or question.count("\n") >= LINES
    before, space, last = question.rpartition(" ")
    is_bound = not is_page and len(last) <= BOUND
    shown: dict[str, Any] = {
        "question": before + space if is_bound else question,
        "bound": last if is_bound else "",
        "is_long": len(question) > LONG,
        "is_page": is_page,
        "is_read": parsed is not None,
    }
    if parsed is not None:
        shown |= {
            "understood": _understood(parsed, question),
            "chips": chips.chips(parsed.filters, within=turn.within),
            "gone": chips.taken_away(turn.stated, parsed.filters),
            "fields": chips.fields(parsed.filters),
            "orders": chips.orders(parsed.filters),
        }
    return fill("chat/turn:heading", shown)


def _understood(parsed: ParsedQuestion, question: str) -> list[str]:
    """How the question was read, told once: a line, and what else there is to it behind that line.
    Constraints are not in it: they stand below as chips."""
    told = [f"“{typed}” read as “{read}”" for typed, read in parsed.mended]
    told += [note for note in parsed.notes if not note.startswith(_SAID_BY_CHIPS)]
    standalone = parsed.standalone.strip()
    if standalone == question:
        return told
    if not told and len(standalone) <= LONG:
        return [f"Read as: {standalone}"]
    told = told or ["Read with what it needs of the turns before"]
    return [*told, f"Searched for: {standalone}"]
