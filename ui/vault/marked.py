"""Citewell's part of a note: what stands between two comment lines. All else is somebody's own and
stays character for character.

The first line holds a digest of the part as Citewell wrote it, so that a part edited by hand is
known without a record kept elsewhere. Where links lead is left out of the digest: Obsidian rewrites
them when a note is renamed. This module knows no files and nothing of what the part says.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from rag.text.patterns import lazy

_BEGINS = lazy(r"^%% citewell:begin\b(?P<rest>[^\r\n]*)(?P<end>\r?\n|\Z)", re.MULTILINE)
_END = "%% citewell:end %%"
_ENDS = lazy(rf"^{re.escape(_END)}", re.MULTILINE)
_DIGEST = lazy(r" ([0-9a-f]{16})\b")
_TARGET = lazy(r"\[\[[^\]\[|#\r\n]*")
_TOLD = "Written by Citewell; what you write outside these two lines stays"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parted:
    """A note taken apart: `before + part + after` is its text. `newline`: as in its part."""

    before: str
    part: str
    after: str
    newline: str
    is_edited: bool

    def with_part(self, content: str) -> str:
        """The whole note, with `content` as Citewell's part."""
        return self.before + part(content).replace("\n", self.newline) + self.after


def part(content: str) -> str:
    """`content` between the two comment lines, apart from them by empty lines, or Markdown would
    take the last one into a quote above it. What would read as one of these lines loses its place
    at the line's beginning."""
    content = "\n".join(re.split(r"\r\n?|\n", content)).strip("\n")
    content = re.sub(r"(?m)^(?=%% citewell:)", r"\\", content)
    return f"%% citewell:begin {_digest(content)} · {_TOLD} %%\n\n{content}\n\n{_END}"


def parted(text: str) -> Parted | None:
    """None for a note that has not exactly one part, begun and ended."""
    begins, ends = list(_BEGINS.finditer(text)), list(_ENDS.finditer(text))
    if len(begins) != 1 or len(ends) != 1 or ends[0].start() < begins[0].end():
        return None
    begin, end = begins[0], ends[0]
    content = text[begin.end() : end.start()].replace("\r\n", "\n").strip("\n")
    told = _DIGEST.match(begin["rest"])
    return Parted(
        before=text[: begin.start()],
        part=text[begin.start() : end.end()],
        after=text[end.end() :],
        newline=begin["end"] or "\n",
        is_edited=told is None or told[1] != _digest(content),
    )


def _digest(content: str) -> str:
    return hashlib.sha256(_TARGET.sub("[[", content).encode("utf-8", "replace")).hexdigest()[:16]
