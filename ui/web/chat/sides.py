"""A comparison of quotes as columns: each paper under its name, what it says below.

It works on the Markdown's tokens and adds none but its own tags. An answer that has another shape
than `rag.answer.by_quotes` gives it is left as it is. It knows no question, and reads no quote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

from rag.records import Citation
from rag.text.latex import readable

_ABOUT = re.compile(r"(?: \(([^()]*)\))?: ")
"""What stands between a paper's title and its first quote."""
_NAME = re.compile(r"([^\s:][^:]{0,39}):\s")
"""The name that a title begins with: `CURE: Critical-Token-Guided …`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """`papers`: citations by the stand-ins that tell where they are in the text; `called`: the
    names by which the question calls papers, by their ids."""

    papers: Mapping[str, Citation]
    called: Mapping[str, str]


def side_by_side(tokens: Sequence[Token], cited: Cited) -> list[Token]:
    """`tokens` with the papers of a comparison as columns, where there are two or more."""
    blocks = _blocks(tokens)
    first = next((at for at, block in enumerate(blocks) if _opens(block)), len(blocks))
    sides: list[list[list[Token]]] = []
    for block in blocks[first:]:
        if _opens(block):
            sides.append([block])
        else:
            sides[-1].append(block)
    if len(sides) < 2:
        return list(tokens)
    before = [token for block in blocks[:first] for token in block]
    columns = [token for side in sides for token in _column(side, cited)]
    return [*before, _html('<div class="cw-sides">'), *columns, _html("</div>")]


def _blocks(tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens of the outermost level, each with what is in it."""
    blocks: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            blocks.append([])
        blocks[-1].append(token)
        depth += token.nesting
    return blocks


def _opens(block: Sequence[Token]) -> bool:
    """Whether a paragraph begins with a title in bold, and a quote follows it."""
    if block[0].type != "paragraph_open":
        return False
    inside = [token for token in block[1].children or () if token.type != "text" or token.content]
    if not inside or inside[0].type != "strong_open":
        return False
    end = next(at for at, token in enumerate(inside) if token.type == "strong_close")
    return end + 1 < len(inside) and bool(_ABOUT.match(inside[end + 1].content))


def _column(side: Sequence[Sequence[Token]], cited: Cited) -> list[Token]:
    paragraph, *rest = side
    inside = [
        token for token in paragraph[1].children or () if token.type != "text" or token.content
    ]
    end = next(at for at, token in enumerate(inside) if token.type == "strong_close")
    title = "".join(token.content for token in inside[1:end])
    opening = inside[end + 1]
    about = _ABOUT.match(opening.content)
    dated = about[1] if about else ""
    opening.content = opening.content[about.end() if about else 0 :]
    paragraph[1].children = inside[end + 1 :]
    name = _named(title, "".join(token.content for block in side for token in block), cited)
    head = f'<div class="cw-side"><div><h3>{escape(name or title)}</h3>'
    is_whole = name.casefold() in ("", title.casefold())
    told = " · ".join(part for part in ("" if is_whole else title, dated) if part)
    if told:
        head += f'<p class="cw-side-of">{escape(told)}</p>'
    body = [token for block in (paragraph, *rest) for token in block]
    return [_html(f"{head}</div><div>"), *body, _html("</div></div>")]


def _named(title: str, text: str, cited: Cited) -> str:
    """What the question calls the paper, else the name its title begins with; empty for neither."""
    for stand_in, citation in cited.papers.items():
        if stand_in in text and citation.paper_id in cited.called:
            return readable(cited.called[citation.paper_id])
    found = _NAME.match(title)
    return found[1] if found else ""


def _html(text: str) -> Token:
    return Token("html_block", "", 0, content=text)
