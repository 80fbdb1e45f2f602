"""An answer's Markdown as HTML that can do nothing.

Whatever wrote the text is not trusted: HTML in it is shown as text, links and images are left as
they are written, and nh3 passes nothing but the few tags that prose needs. Numbers that are
citations become buttons; a sentence without support is marked and says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.answer.citations import UNSUPPORTED
from rag.records import Answer
from rag.text.words import MONTHS
from ui.web.chat.sides import Cited, side_by_side
from ui.web.templates import fill

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_MARKDOWN.disable(["image", "link", "autolink", "html_inline", "html_block", "reference"])

_TAGS = {
    *("p", "br", "hr", "time", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span", "button", "div"),
}
_ATTRIBUTES = {
    "button": {"type", "class", "data-act", "data-n", "aria-label"},
    "span": {"class", "aria-hidden"},
    "ol": {"start"},
    "div": {"class"},
    "time": {"datetime"},
    "p": {"class"},
}

# Stand-ins that survive Markdown; taken out of the text first, so that no text can forge them.
_CITE, _PENDING, _OPEN, _CLOSE, _END = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_BIND, _LOOSE, _DAY = "\ue005", "\ue006", "\ue007"
_FORGED = re.compile("[\ue000-\ue007]")
_NUMBERS = re.compile(r"((?:[^\W_]|[.,;:!?)”’\"%-]){0,24})((?:[ \t]*\[\d{1,4}\])+)")
"""Citations and the end of the word that they stand behind."""
_KEYS = re.compile(r"[ \t]*\[E\d+(?:[,; ]+E\d+)*\]")
_TAG_OF = {
    _OPEN: '<span class="cw-unsupported">',
    _PENDING: '<span class="cw-pending" aria-hidden="true">·</span>',
    _BIND: '<span class="cw-bind">',
    _LOOSE: "</span>",
}
_DATED = re.compile(rf"(?<=\*\* \()(?:(\d\d?) )?({'|'.join(MONTHS)}) (\d{{4}})(?=[,)])")
"""The date behind a paper's title in bold, as `rag.answer.templates.heading` writes it."""
_UNFINISHED = re.compile(r"[ \t]*\[[E\d,; ]*$")


def finished(answer: Answer, *, called: Mapping[str, str] | None = None) -> str:
    """The checked text, its citations to be clicked; a comparison of quotes stands side by side.
    `called`: what the question calls papers, by id."""
    text = _DATED.sub(_day, _FORGED.sub("", answer.text))
    text = _marked(text, [s.text for s in answer.sentences if not s.supported])
    known = {c.n: c.title for c in answer.citations}
    text = _NUMBERS.sub(lambda m: _stand_in(m, known), text)
    whys = [s.why for s in answer.sentences if not s.supported]
    tokens = _parsed(text)
    if answer.kind == "compare" and answer.mode == "extractive":
        papers = {f"{_CITE}{c.n}{_END}": c for c in answer.citations}
        tokens = side_by_side(tokens, Cited(papers=papers, called=called or {}))
    return _html(tokens, known, whys)


def writing(text: str) -> str:
    """Text on its way. Its keys are promises: they are shown as places, without a number."""
    text = _UNFINISHED.sub("", _FORGED.sub("", text))
    return _html(_parsed(_KEYS.sub(_PENDING, text)), {}, [])


def _marked(text: str, unsupported: Sequence[str]) -> str:
    """`UNSUPPORTED` behind each sentence of `unsupported` replaced by stand-ins around it."""
    done = ""
    for number, sentence in enumerate(unsupported):
        body, mark, text = text.partition(UNSUPPORTED)
        if not mark:
            return done + body
        start = body.rfind(_FORGED.sub("", sentence))
        start = max(start, 0)
        done += f"{body[:start]}{_OPEN}{body[start:].rstrip()}{_CLOSE}{number}{_END}"
    return done + text


def _day(match: re.Match[str]) -> str:
    """A stand-in with the ISO date."""
    date, month, year = match.groups()
    last = f"-{int(date):02d}" if date else ""
    return f"{_DAY}{year}-{MONTHS.index(month) + 1:02d}{last}{_END}"


def _stand_in(match: re.Match[str], known: Mapping[int, str]) -> str:
    """Citations, bound to their word: a line that begins with a lone number reads badly."""
    marks = re.sub(
        r"[ \t]*\[(\d+)\]",
        lambda m: f"{_CITE}{m[1]}{_END}" if int(m[1]) in known else m[0],
        match[2],
    )
    return f"{_BIND}{match[1]}{marks}{_LOOSE}" if _CITE in marks else match[0]


def _parsed(text: str) -> list[Token]:
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):  # h1 and h2 belong to the page
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return tokens


def _html(tokens: Sequence[Token], known: Mapping[int, str], whys: Sequence[str]) -> str:
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    for stand_in, tag in _TAG_OF.items():
        html = html.replace(stand_in, tag)
    html = re.sub(
        f"{_CLOSE}(\\d+){_END}",
        lambda m: f'</span> <span class="cw-why">Unsupported: {escape(whys[int(m[1])])}</span>',
        html,
    )
    html = re.sub(
        f"{_CITE}(\\d+){_END}", lambda m: fill("parts:chip", m[1], known[int(m[1])]), html
    )
    html = re.sub(f"{_DAY}([\\d-]+){_END}", lambda m: fill("parts:dated", m[1]), html)
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None, strip_comments=True)
