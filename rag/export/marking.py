"""Foreign text and checked prose as Markdown that does nothing but say it.

Written for CommonMark, GitHub, pandoc and Obsidian at once: what one of them takes for a link, an
image, HTML, mathematics, a tag, a comment or a citation key is escaped for all. Addresses, notes
and callouts are the business of those who call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from rag.answer.citations import UNSUPPORTED
from rag.export.references import line, lines
from rag.records import Answer
from rag.text.patterns import lazy

Cite = Callable[[int], str]

_ALIVE = lazy(r"[\\`*\[\]<>{}$~^|#&]|(?<!\w)[_@]|_(?!\w)|(?<==)=|(?<=%)%|(?<=:):")
_BEGINS_LIST = lazy(r"^(\(?(?:\d{1,9}|[A-Za-z]|[ivxlcdm]{2,9}|[IVXLCDM]{2,9}))(?=[.)](?:\s|$))")
_MARKER = lazy(rf"[ \t]*(?:\[(\d{{1,4}})\]|({re.escape(UNSUPPORTED)}))")
_MODEL = lazy(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<fence>`{3,})"
    r"|(?m:^(?P<heading>[ ]{0,3}\#{1,6})(?=[ \t]))"
    r"|(?m:^(?P<rule>[ ]{0,3}(?:-{3,}|={3,})[ \t]*)$)"
    r"|[\\\[\]<{}$~^&#]|(?<!\w)@|(?<==)=|(?<=%)%|(?<=:):"
)


def text(words: str) -> str:
    """`words` as one line of Markdown that reads as they do, wherever it stands."""
    escaped = _ALIVE.sub(r"\\\g<0>", line(words))
    return f"\\{escaped}" if escaped[:1] in set("-+=:%") else _BEGINS_LIST.sub(r"\1\\", escaped)


def prose(answer: Answer, cite: Cite) -> str:
    """The answer's Markdown, `cite(n)` in place of each citation, every sentence without support
    marked with the reason.

    Quoted sentences are text. A model's may have emphasis, lists and tables, and nothing else."""
    whys = (s.why for s in answer.sentences if not s.supported)
    known = {c.n for c in answer.citations}
    done, at = "", 0
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text, at) if sentence.text else -1
        if start >= 0:
            done += _between(answer.text, at, start, known, whys, cite)
            at = start + len(sentence.text)
            if answer.mode == "extractive":
                done += text(sentence.text)
            else:
                done += _tamed(sentence.text, begins=False)
    done += _between(answer.text, at, len(answer.text), known, whys, cite)
    return "\n".join(row.rstrip() for row in done.split("\n")).strip()


def _between(
    whole: str, start: int, end: int, known: Collection[int], whys: Iterator[str], cite: Cite
) -> str:
    """`whole[start:end]`, which stands between sentences, or holds one with markers inside it."""
    done, at = "", start
    for match in _MARKER.finditer(whole, start, end):
        if match[1] and int(match[1]) not in known:
            continue
        done += _tamed(whole[at : match.start()], begins=at == 0 or whole[at - 1] == "\n")
        at = match.end()
        if match[1]:
            done += cite(int(match[1]))
        else:
            why = text(next(whys, "")).removesuffix(".")
            done += f" **\\[unsupported{': ' if why else ''}{why}\\]**"
    return done + _tamed(whole[at:end], begins=at == 0 or whole[at - 1] == "\n")


def _tamed(words: str, *, begins: bool) -> str:
    """A model's Markdown without links, images, HTML, code blocks and mathematics; its headings
    stand below ours. `begins`: at the beginning of a line."""

    def tame(match: re.Match[str]) -> str:
        kind, found = match.lastgroup, match[0]
        if kind == "escaped":
            return found
        if kind == "heading" and (begins or match.start()):
            return "#" * min(6, found.count("#") + 2)
        if kind == "rule" and (begins or match.start()):
            return "***"
        return re.sub(r"[^\s]", r"\\\g<0>", found)

    return _MODEL.sub(tame, lines(words))
