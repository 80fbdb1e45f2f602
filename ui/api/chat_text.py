"""An answer as the text of a chat model: numbers in it, sources below, and for every number an
annotation with its place in the text and the span of the abstract that it stands for."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from rag.export.references import line
from rag.records import Answer, Citation, Turn
from rag.text.latex import readable

_PIECE = re.compile(r"\S+\s*|\s+")
_PIECE_WORDS = 8
_REMEMBERED = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatText:
    text: str
    annotations: tuple[dict[str, Any], ...]

    def pieces(self) -> Iterator[str]:
        """The text, a few words at a time."""
        words = _PIECE.findall(self.text)
        for at in range(0, len(words), _PIECE_WORDS):
            yield "".join(words[at : at + _PIECE_WORDS])


def chat_text(answer: Answer, base_url: str) -> ChatText:
    """`base_url`: of this server, where a paper without an address of its own can be looked up."""
    parts = [answer.text, *(f"*{line(notice)}*" for notice in answer.notices)]
    if answer.citations:
        parts.append("**Sources**\n\n" + "  \n".join(map(_source, answer.citations)))
    by_number = {citation.n: citation for citation in answer.citations}
    annotations = tuple(
        {
            "start_index": match.start(),
            "end_index": match.end(),
            "title": cited.title,
            "url": cited.url or f"{base_url}v1/papers/{quote(cited.paper_id, safe='')}",
            "paper_id": cited.paper_id,
            "quote": cited.quote,
            "quote_start": cited.start,
            "quote_end": cited.end,
        }
        for match in re.finditer(r"\[([0-9]{1,4})\]", answer.text)
        if (cited := by_number.get(int(match[1])))
    )
    return ChatText(text="\n\n".join(parts), annotations=annotations)


def _source(citation: Citation) -> str:
    title = readable(line(citation.title)) or line(citation.title)
    dated = f" ({citation.dated})" if citation.dated else ""
    address = f" <{citation.url}>" if citation.url else ""
    return f"[{citation.n}] {title}{dated}: “{line(citation.quote)}”{address}"


class Remembered:
    """Which papers the last answers put forward, by the digest of their text: chat clients send
    answers back as text alone. Of what is not known (any more), its own words are read."""

    def __init__(self) -> None:
        self._answers: OrderedDict[bytes, tuple[str, tuple[str, ...]]] = OrderedDict()

    def note(self, text: str, answer: Answer) -> None:
        self._answers[_digest(text)] = (answer.text, answer.papers)
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)

    def recalled(self, turn: Turn) -> Turn:
        if turn.role == "assistant" and (known := self._answers.get(_digest(turn.content))):
            return replace(turn, content=known[0], papers=known[1])
        return turn


def _digest(text: str) -> bytes:
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).digest()
