"""One page: its bytes, its encoding, its lines. Nothing is in memory but the piece in hand, unless
a reader asks for all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ingest.readers.base import MOST_BYTES
from rag.errors import BadInput

_HEAD = 128 * 1024
_MOST_LINE = 16 * 1024 * 1024
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_LINE_END = re.compile(b"\r\n|\n|\r")


class Text:
    """A page under a `path` to be told and a `name` to be kept. It is read once."""

    def __init__(self, pieces: Iterator[bytes], path: Path | str, name: str) -> None:
        self._pieces = pieces
        self._ahead = b""
        self.path, self.name = path, name
        self.compression = ""
        self.too_long: set[int] = set()
        """Lines that were passed over for their length."""
        self.not_utf8: list[int] = []
        """The first lines that were read as Windows-1252."""
        self.mapping: dict[str, str] = {}
        """Our field → the column that it is read from, where the page is a table."""

    def head(self, size: int = _HEAD) -> bytes:
        """The first bytes, which are still there to be read. Raises BadInput as reading does."""
        while len(self._ahead) < size:
            try:
                piece = next(self._pieces, b"")
            except BadInput as error:  # it is raised where reading comes to that place
                if not self._ahead:
                    raise
                self._pieces = raising(error)
                break
            if not piece:
                break
            self._ahead += piece
        return self._ahead[:size]

    def pieces(self) -> Iterator[bytes]:
        """What is left to be read."""
        ahead, self._ahead = self._ahead, b""
        return chain([ahead] if ahead else [], self._pieces)

    def all(self) -> bytes:
        """Raises BadInput where that is too much."""
        parts, size = [], 0
        for piece in self.pieces():
            size += len(piece)
            if size > MOST_BYTES:
                raise BadInput(
                    f"the page is larger than {MOST_BYTES >> 20} MB",
                    remedy="Split it into smaller ones.",
                )
            parts.append(piece)
        return b"".join(parts)

    @property
    def encoding(self) -> str:
        """By its byte-order mark, or by the NUL in every other byte of Latin text in UTF-16.
        Raises BadInput for what is no text."""
        head = self.head(4096)
        for mark, name in _BOMS:
            if head.startswith(mark):
                return name
        if b"\0" not in head:
            return "utf-8"
        odd, even = head[1::2].count(0), head[::2].count(0)
        if max(odd, even) * 5 > len(head) and min(odd, even) * 20 < len(head):
            return "utf-16-le" if odd > even else "utf-16-be"
        raise BadInput(
            "this is a binary file, not text",
            line=1 + head[: head.find(b"\0")].count(b"\n"),
            remedy="Give a file that a program has exported as text.",
        )

    def start(self, size: int = _HEAD) -> str:
        """The first characters, which are still there to be read. Raises BadInput for no text."""
        encoding = self.encoding
        return self.head(size).decode(encoding, "ignore").lstrip("\ufeff")

    def utf8(self) -> Iterator[bytes]:
        """The pieces in UTF-8, without a byte-order mark. Raises BadInput for what is no text."""
        encoding = self.encoding
        mark = next(
            (m for m, name in _BOMS if name == encoding and self.head(4).startswith(m)), b""
        )
        pieces = self.pieces()
        if mark:
            pieces = chain([next(pieces)[len(mark) :]], pieces)
        if encoding == "utf-8":
            return pieces
        return _recoded(pieces, encoding)

    def lines(self) -> Iterator[tuple[int, str | None]]:
        """Numbered lines, by any line end; None for one that is not text, or too long to be one.

        A line that is no UTF-8 is read as Windows-1252, unless a part of it is plainly UTF-8: then
        it is damaged. So a file may change its encoding half-way."""
        for number, line in enumerate(self._raw_lines(), 1):
            if line is None:
                self.too_long.add(number)
                yield number, None
                continue
            try:
                yield number, line.decode()
            except UnicodeDecodeError:
                text = _windows(line)
                if text is not None and len(self.not_utf8) < 1000:
                    self.not_utf8.append(number)
                yield number, text

    def wrong(self, number: int) -> str:
        """Why a line could not be read."""
        if number in self.too_long:
            return f"the line is longer than {_MOST_LINE >> 20} MB"
        return "the line is not UTF-8 text"

    def _raw_lines(self) -> Iterator[bytes | None]:
        rest, too_long = b"", False
        for piece in self.utf8():
            held = rest + piece
            ends_cut = held.endswith(b"\r")  # its \n may come with the next piece
            *whole, rest = _LINE_END.split(held[:-1] if ends_cut else held)
            if ends_cut:
                rest += b"\r"
            for line in whole:
                yield None if too_long else line
                too_long = False
            if len(rest) > _MOST_LINE:
                rest, too_long = b"", True
        for at, line in enumerate(_LINE_END.split(rest)):
            yield None if too_long and not at else line


def raising(error: BadInput) -> Iterator[bytes]:
    raise error
    yield b""


def _recoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _windows(line: bytes) -> str | None:
    if not line.decode("utf-8", "ignore").isascii():
        return None
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return None
