"""Papers as cards: what is known of them, and the abstract with the cited words marked
(cards.html.j2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rag import export as notes
from rag.records import Citation, Paper
from rag.text.latex import readable, readable_pieces
from ui.web.judging.judgements import Judgement
from ui.web.paper_facts import address, people
from ui.web.templates import fill

AROUND = 90
"""Characters shown on either side of a quote while the abstract is folded."""
OPENING = 200
"""Characters shown of a folded abstract that nothing is quoted from."""
_READING = 12
"""Papers told by title while an answer is being written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Of an abstract: words of the quotes `inside`, of which those in `opening` begin there; or
    words of none, with `far` folded away between `text` and `behind`."""

    text: str
    inside: tuple[int, ...] = ()
    opening: tuple[int, ...] = ()
    far: str = ""
    behind: str = ""


def card(
    paper: Paper, citations: Sequence[Citation] = (), *, judged: Judgement | None = None
) -> str:
    """A source. It can be judged where `judged` tells what is said of it already."""
    return fill("chat/cards:card", _card(paper, citations, judged))


def near(
    papers: Sequence[Paper], *, judged: Callable[[str], Judgement | None] = lambda _: None
) -> str:
    """Papers that came close, folded; empty for none. `judged` by a paper's id."""
    return fill("chat/cards:near", [_card(p, (), judged(p.paper_id)) for p in papers])


def reading(papers: Sequence[Paper]) -> str:
    """The papers that an answer is being written from."""
    return fill("chat/cards:reading", papers, _READING)


def abstract(text: str, citations: Iterable[Citation]) -> str:
    """The abstract with quotes in `<mark>`."""
    return fill("chat/cards:pieces", _pieces(text, citations))


def _card(paper: Paper, citations: Sequence[Citation], judged: Judgement | None) -> dict[str, Any]:
    where, opens = address(paper)
    pieces = _pieces(paper.abstract, citations)
    facts = [people(paper)]
    if paper.upvotes is not None:
        facts.append("1 upvote" if paper.upvotes == 1 else f"{paper.upvotes:,} upvotes")
    return {
        "id": paper.paper_id,
        "title": readable(paper.title),
        "numbers": [c.n for c in citations],
        "published": paper.dated,
        "facts": [fact for fact in facts if fact],
        "pieces": pieces,
        "is_folded": any(piece.far for piece in pieces),
        "known_at": notes.address(paper),
        "copied": _copied(paper, citations),
        "address": where,
        "opens": opens,
        "judged": judged,
    }


def _pieces(text: str, citations: Iterable[Citation]) -> list[Piece]:
    spans = [(c.start, c.end, c.n) for c in citations if 0 <= c.start < c.end <= len(text)]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    pieces = []
    for (start, end), shown in zip(pairwise(cuts), readable_pieces(text, cuts), strict=True):
        inside = tuple(sorted(n for s, e, n in spans if s <= start and end <= e))
        if inside:
            opening = tuple(sorted(n for s, _, n in spans if s == start))
            pieces.append(Piece(text=shown, inside=inside, opening=opening))
        else:
            before = bool(spans) and start > 0
            pieces.append(_fold(shown, before=before, after=end < len(text)))
    return pieces


def _fold(text: str, *, before: bool, after: bool) -> Piece:
    """Text that is not quoted; `before` and `after` tell on which sides a quote stands."""
    head = AROUND if before else 0 if after else OPENING
    tail = AROUND if after else 0
    if len(text) <= head + tail + 40:
        return Piece(text=text)
    first = text.rfind(" ", 0, head) if head else 0
    last = text.find(" ", len(text) - tail) if tail else len(text)
    first, last = max(first, 0), len(text) if last < 0 else last
    return Piece(text=text[:first], far=text[first:last], behind=text[last:])


def _copied(paper: Paper, citations: Sequence[Citation]) -> str:
    """The quotes and where they are from, for a text of one's own."""
    date = f" ({paper.dated})" if paper.dated else ""
    quotes = " […] ".join(f"“{readable(c.quote)}”" for c in citations)
    where = notes.address(paper)
    return f"{quotes} — {readable(paper.title)}{date}{f', {where}' if where else ''}"
