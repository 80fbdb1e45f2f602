"""Papers as cards: what is known of them, and the abstract with the cited words marked.

Everything of a paper is foreign text and goes through `html.escape`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import pairwise
from urllib.parse import quote

from rag import export as notes
from rag.records import Citation, Paper
from rag.text.latex import readable, readable_pieces
from rag.text.words import number_of
from ui.web.menus import icon, menu
from ui.web.paper_facts import address, dated, people

AROUND = 90
"""Characters shown on either side of a quote while the abstract is folded."""
OPENING = 200
"""Characters shown of a folded abstract that nothing is quoted from."""
_READING = 12
"""Papers told by title while an answer is being written."""


def card(paper: Paper, citations: Sequence[Citation] = (), *, foot: str = "") -> str:
    """A source: its numbers, title, facts, marked abstract, what can be done with it, and `foot`,
    which is HTML."""
    numbers = "".join(
        f'<button type="button" class="cw-cite" data-act="uses" data-n="{c.n}"'
        f' aria-label="Show where the answer uses source {c.n}">{c.n}</button>'
        for c in citations
    )
    body, folded = abstract(paper.abstract, citations)
    whole = (
        '<button type="button" class="cw-act" data-act="unfold" aria-expanded="false">'
        "Whole abstract</button>"
        if folded
        else ""
    )
    back = (
        '<button type="button" class="cw-act cw-return" data-act="return">'
        "Back to the answer</button>"
        if citations
        else ""
    )
    where = f"#/papers/{quote(paper.paper_id, safe='')}"
    known = notes.address(paper)
    on_paper = f'<p class="cw-where">{escape(known)}</p>' if known else ""
    later = (
        '<button type="button" class="cw-act cw-keeping" data-act="later">To my reading list'
        "</button>"
    )
    here = f'<a class="cw-act" href="{where}">In the corpus</a>'
    more = f"{_cite(paper)}{here}{later}{_link(paper)}"
    return (
        f'<article class="cw-card" data-paper="{escape(paper.paper_id)}" tabindex="-1">'
        f'<h3><span class="cw-numbers">{numbers}</span>{escape(readable(paper.title))}</h3>'
        f"{_facts(paper)}"
        f'<p class="cw-abstract">{body}</p>{on_paper}'
        f'<div class="cw-row">{back}{whole}{_copy(paper, citations)}'
        f"{menu(f'More about {readable(paper.title)}', more)}{foot}</div></article>"
    )


def abstract(text: str, citations: Iterable[Citation]) -> tuple[str, bool]:
    """The abstract with quotes in `<mark>`, and whether some of it is folded away."""
    spans = [(c.start, c.end, c.n) for c in citations if 0 <= c.start < c.end <= len(text)]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    html, folded = "", False
    for (start, end), shown in zip(pairwise(cuts), readable_pieces(text, cuts), strict=True):
        inside = sorted(n for s, e, n in spans if s <= start and end <= e)
        if inside:
            opening = sorted(n for s, _, n in spans if s == start)
            label = "".join(f'<sup class="cw-n">{n}</sup>' for n in opening)
            numbers = " ".join(map(str, inside))
            html += f'<mark data-n="{numbers}">{label}{escape(shown)}</mark>'
        else:
            piece, cut = _fold(
                shown,
                before=bool(spans) and start > 0,
                after=end < len(text),
            )
            html += piece
            folded = folded or cut
    return html, folded


def _fold(text: str, *, before: bool, after: bool) -> tuple[str, bool]:
    """Text that is not quoted; `before` and `after` tell on which sides a quote stands."""
    head = AROUND if before else 0 if after else OPENING
    tail = AROUND if after else 0
    if len(text) <= head + tail + 40:
        return escape(text), False
    first = text.rfind(" ", 0, head) if head else 0
    last = text.find(" ", len(text) - tail) if tail else len(text)
    first, last = max(first, 0), len(text) if last < 0 else last
    return (
        f'{escape(text[:first])}<span class="cw-gap" aria-hidden="true"> … </span>'
        f'<span class="cw-far">{escape(text[first:last])}</span>{escape(text[last:])}'
    ), True


def near(papers: Sequence[Paper], *, foot: Callable[[str], str] = lambda paper_id: "") -> str:
    """Papers that came close, folded, each with its `foot` by its id; empty for none."""
    if not papers:
        return ""
    count = "One paper" if len(papers) == 1 else f"{len(papers)} papers"
    cards = "".join(card(paper, foot=foot(paper.paper_id)) for paper in papers)
    return (
        f'<details class="cw-near"><summary>{count} nearby, not part of the answer</summary>'
        f"{cards}</details>"
    )


def reading(papers: Sequence[Paper]) -> str:
    """The papers that an answer is being written from: the first of many."""
    items = "".join(f"<li>{escape(readable(paper.title))}</li>" for paper in papers[:_READING])
    if more := len(papers[_READING:]):
        items += f"<li>and {number_of(more, 'more paper')}</li>"
    return f'<ul class="cw-reading">{items}</ul>'


def _link(paper: Paper) -> str:
    where, what = address(paper)
    return (
        f'<a class="cw-act" href="{escape(where)}" target="_blank" rel="noopener noreferrer"'
        f' referrerpolicy="no-referrer">{what}<span aria-hidden="true"> ↗</span>'
        '<span class="cw-sr"> (on the web, in a new tab)</span></a>'
    )


def _cite(paper: Paper) -> str:
    return (
        '<button type="button" class="cw-act" data-act="notes" aria-haspopup="dialog"'
        f' aria-label="{escape(f"Cite: {readable(paper.title)}")}">Cite</button>'
    )


def _copy(paper: Paper, citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    date = f" ({paper.published})" if paper.published else ""
    quotes = " […] ".join(f"“{readable(c.quote)}”" for c in citations)
    where = notes.address(paper)
    at = f", {where}" if where else ""
    text = f"{quotes} — {readable(paper.title)}{date}{at}"
    what = "Copy quote" if len(citations) == 1 else "Copy quotes"
    return icon("copy", "copy", what, more=f' data-copy="{escape(text)}"')


def _facts(paper: Paper) -> str:
    facts = [dated(paper.published)] if paper.published else []
    if by := people(paper):
        facts.append(escape(by))
    if paper.upvotes is not None:
        facts.append("1 upvote" if paper.upvotes == 1 else f"{paper.upvotes:,} upvotes")
    return f'<p class="cw-facts">{" · ".join(facts)}</p>' if facts else ""
