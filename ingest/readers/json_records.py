"""JSON: the list of records wherever it is wrapped, an object a line, an object alone, or a mapping
from ids to objects. Read a piece at a time: a list may be longer than memory is large.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ingest.readers.base import NO_TITLE, Item, Lost, Options, Raw, Remark, shown
from ingest.readers.json_sources import Recognised, is_no_paper, recognised
from ingest.readers.text import Text
from rag.text.patterns import lazy

_MOST_VALUE = 16 * 1024 * 1024
"""Characters of one object that is read as a whole."""
_MOST_WRAPPER = 2 * 1024 * 1024
"""Of an object that is looked at as a whole before it is looked into."""
_MOST_KEPT = 2 * 1024 * 1024
_MOST_DEEP = 12
_MOST_DIGITS = 400
"""Python reads no integer of some thousands; what is longer than this is no count at all."""
_LOOKED_AT = 20
_SEPARATORS = lazy(r"[\s,]*")
_SPACE = lazy(r"\s*")
_MEND = "Correct the JSON here."
_NEEDED = "A paper is an object with a title and an abstract."


def looks_like(head: str) -> bool:
    """Whether a page begins as JSON does."""
    text = head.lstrip()
    return text[:1] == "{" or (text[:1] == "[" and text[1:].lstrip()[:1] in ("{", "[", "]", '"'))


def is_lines(head: str) -> bool:
    """Whether one of the first lines is an object alone."""
    lines = [line.strip() for line in head.split("\n")[:50] if line.strip()]
    if head.lstrip()[:1] == "[":
        return False
    if head and not head.endswith("\n") and len(lines) > 1:
        lines.pop()  # it may have been cut by us
    for line in lines:
        if line[0] == "{" and line[-1] == "}":
            try:
                return isinstance(_DECODER.decode(line), dict)
            except (ValueError, RecursionError):
                continue
    return False


def read(page: Text, options: Options) -> Iterator[Item]:
    head = page.start()
    one_a_line = is_lines(head) or (page.name.lower().endswith(("jsonl", "ndjson")))
    found = _of_lines(page) if one_a_line else _Walk(page).items()
    passed = empty = 0
    for item in found:
        empty += 1
        if isinstance(item, Raw) and not item.fields:
            passed += 1
        else:
            yield item
    if passed:
        yield Remark(message=f"{passed:,} notes and attachments are passed over")
    if not empty:
        yield Lost(
            line=1,
            message="the file holds no paper",
            remedy="Give a list of objects with a title and an abstract,"
            " or one such JSON object a line.",
            records=0,
        )


def _of_lines(page: Text) -> Iterator[Item]:
    for number, line in page.lines():
        if line is None:
            message = page.wrong(number)
            yield Lost(line=number, message=message, remedy="Save the page as UTF-8 text.")
        elif line.strip(" \t,"):
            try:
                value = _DECODER.decode(line.strip(" \t,"))
            except (ValueError, RecursionError) as error:
                yield Lost(line=number, message=_not_json(error), remedy=_MEND)
            else:
                yield from _flat(value, number)


def _flat(value: Any, line: int) -> Iterator[Item]:
    """The records of one value at hand, which all stand in its line."""
    found = list(inside(value))
    if not found:
        yield _no_record(value, line)
    for known, one in found:
        yield _raw(known, one, line)


def inside(value: Any, depth: int = 0) -> Iterator[tuple[Recognised, Mapping[str, Any]]]:
    if depth > _MOST_DEEP:
        return
    if isinstance(value, list):
        for one in value:
            yield from inside(one, depth + 1)
    elif isinstance(value, dict):
        known = recognised(value)
        if _is_record(known, value):
            yield known, value
            return
        for one in value.values():
            if isinstance(one, list) or (isinstance(one, dict) and _may_hold(one)):
                yield from inside(one, depth + 1)


def _is_record(known: Recognised, value: Mapping[str, Any]) -> bool:
    """Whether an object is a paper's own. One with a title may also be a feed of papers."""
    if is_no_paper(value) or (known.is_titled and known.has_abstract):
        return True
    if known.is_titled:
        return not _holds_whole(value)
    return known.has_abstract and not _holds_titled(value)


def _may_hold(value: Mapping[str, Any]) -> bool:
    """Whether an object that is a member of another is a record, or has some: not the journal or
    the event of a paper, which have a title and no abstract."""
    known = recognised(value)
    return (known.is_titled and known.has_abstract) or not known.is_titled


def _holds_whole(value: Any, depth: int = 0) -> bool:
    """Whether there are, further inside, objects with a title and a place for an abstract."""
    return _holds(value, depth, whole=True)


def _holds_titled(value: Any, depth: int = 0) -> bool:
    return _holds(value, depth, whole=False)


def _holds(value: Any, depth: int, *, whole: bool) -> bool:
    if depth > _MOST_DEEP:
        return False
    inner = list(value.values()) if isinstance(value, dict) else value[:_LOOKED_AT]
    for one in inner:
        if isinstance(one, dict):
            known = recognised(one)
            must = whole or isinstance(value, dict)
            if known.is_titled and (known.has_abstract or not must):
                return True
        if isinstance(one, dict | list) and _holds(one, depth + 1, whole=whole):
            return True
    return False


def _raw(known: Recognised, value: Mapping[str, Any], line: int) -> Raw:
    fields = {} if is_no_paper(value) else known.fields
    return Raw(line=line, fields=fields, source=known.source, verbatim=known.verbatim)


def _no_record(value: Any, line: int) -> Lost:
    what = "a record without a title" if isinstance(value, dict) else f"no paper: {shown(value)}"
    return Lost(line=line, message=what, remedy=_NEEDED, kind=NO_TITLE)


class _BrokenError(Exception):
    """The JSON cannot be read on from here."""


class _TooLargeError(Exception):
    pass


class _Walk:
    """Goes through JSON of any size and stops at the objects that are records."""

    def __init__(self, page: Text) -> None:
        self._pieces = _texts(page)
        self._text, self._at = "", 0
        self._base = 0  # characters that came before the text in hand
        self._line, self._counted = 1, 0

    def items(self) -> Iterator[Item]:
        """Values at top level, one after another, as far as they are JSON."""
        held: list[Lost] = []
        some = False
        while self._peek():
            try:
                for item in self._value(0):
                    some = some or isinstance(item, Raw)
                    if isinstance(item, Lost) and item.kind == NO_TITLE and not some:
                        if len(held) < 1000:
                            held.append(item)  # perhaps only what stands around the list
                    else:
                        yield from held
                        held.clear()
                        yield item
            except _BrokenError as broken:
                yield from held
                yield Lost(line=self._line_here(), message=str(broken), remedy=_MEND)
                return
        yield from held

    def _value(self, depth: int, *, is_member: bool = False) -> Iterator[Item]:
        """The records in the value here; a Lost for one that holds none. A member of another
        object that has a title alone is its journal or its event."""
        if depth > _MOST_DEEP:
            raise _BrokenError("it nests too deep to be read")
        first = self._peek()
        if first == "[":
            yield from self._array(depth)
            return
        line = self._line_here()
        try:
            value, end = self._decode(_MOST_WRAPPER if first == "{" else _MOST_VALUE)
        except _TooLargeError:
            if first != "{":
                raise _BrokenError("one value is larger than 16 MB") from None
            yield from self._members(depth)
            return
        if isinstance(value, dict):
            known = recognised(value)
            if _is_record(known, value) and not (is_member and not known.has_abstract):
                self._at = end
                yield _raw(known, value, line)
                return
            if _holds_titled(value):
                yield from self._members(depth)
                return
        self._at = end
        yield _no_record(value, line)

    def _array(self, depth: int) -> Iterator[Item]:
        self._at += 1
        held: list[Lost] = []
        some = False
        while (character := self._peek()) != "]":
            if not character:
                raise _BrokenError("the array is not closed; the file may have been cut")
            start, line = self._base + self._at, self._line_here()
            try:
                for item in self._value(depth + 1):
                    some = some or isinstance(item, Raw)
                    if some or depth == 0:
                        yield from held
                        held.clear()
                        yield item
                    elif isinstance(item, Lost) and len(held) < 1000:
                        held.append(item)
            except _BrokenError as broken:
                if not self._next_like(start):
                    raise
                yield Lost(line=line, message=str(broken), remedy=_MEND)
        self._at += 1

    def _members(self, depth: int) -> Iterator[Item]:
        self._at += 1
        while (character := self._peek()) != "}":
            if character != '"':
                raise _BrokenError("an object is not closed; the file may have been cut")
            try:
                _, self._at = self._decode(_MOST_VALUE)
            except _TooLargeError:
                raise _BrokenError("one value is larger than 16 MB") from None
            if self._peek(_SPACE) != ":":
                raise _BrokenError("this is not JSON: a colon is missing")
            self._at += 1
            for item in self._value(depth + 1, is_member=True):
                if not (isinstance(item, Lost) and item.kind == NO_TITLE):
                    yield item
        self._at += 1

    def _next_like(self, start: int) -> bool:
        """Go to the next line that begins as the broken element's did; False without one."""
        start -= self._base
        if start < 0:
            return False
        begin = self._text.rfind("\n", 0, start) + 1
        lead = self._text[begin:start]
        if lead.strip() or self._text[start : start + 1] != "{":
            return False
        mark = f"\n{lead}{{"
        while (found := self._text.find(mark, start)) < 0:
            if len(self._text) - start > _MOST_VALUE or not self._more():
                return False
        self._at = found + len(mark) - 1
        return True

    def _peek(self, between: Any = _SEPARATORS) -> str:
        """The next character that says something; empty at the end."""
        while True:
            match = between.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                if self._at > _MOST_KEPT:
                    self._drop()
                return self._text[self._at]
            self._drop()
            if not self._more():
                return ""

    def _decode(self, most: int) -> tuple[Any, int]:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or self._text[end - 1] in '}]"' or not self._more():
                    return value, end
            except RecursionError as error:
                raise _BrokenError(_not_json(error)) from error
            except json.JSONDecodeError as error:
                held = len(self._text) - self._at
                unfinished = error.pos > len(self._text) - 100 or "Unterminated" in error.msg
                if not unfinished:
                    raise _BrokenError(self._told(error)) from error
                if held > most:
                    raise _TooLargeError from error
                wanted = 2 * held
                while len(self._text) - self._at < wanted and (more := self._more()):
                    pass
                if len(self._text) - self._at == held and not more:
                    raise _BrokenError(self._told(error)) from error
            except ValueError as error:
                raise _BrokenError(_not_json(error)) from error

    def _told(self, error: json.JSONDecodeError) -> str:
        lines = self._text.count("\n", self._at, error.pos)
        column = error.pos - self._text.rfind("\n", 0, error.pos)
        where = f"line {self._line_here() + lines:,}, " if lines else ""
        return f"this is not JSON: {error.msg} ({where}column {column:,})"

    def _more(self) -> bool:
        piece = next(self._pieces, "")
        self._text += piece
        return bool(piece)

    def _drop(self) -> None:
        """Forget what has been read."""
        self._line_here()
        self._base += self._at
        self._text, self._at, self._counted = self._text[self._at :], 0, 0

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _texts(page: Text) -> Iterator[str]:
    """The page's text in pieces of whole lines, or of a megabyte where lines are longer."""
    rest = b""
    for piece in page.utf8():
        rest += piece
        if len(rest) < 1024 * 1024:
            continue
        cut = rest.rfind(b"\n") + 1 or _boundary(rest)
        yield _decoded(rest[:cut])
        rest = rest[cut:]
    if rest:
        yield _decoded(rest)


def _boundary(data: bytes) -> int:
    """Where a character ends, near the end."""
    cut = len(data)
    while cut > len(data) - 4 and data[cut - 1] & 0xC0 == 0x80:
        cut -= 1
    return cut - 1


def _decoded(data: bytes) -> str:
    try:
        return data.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        return "\n".join(_decoded_line(line) for line in lines)


def _decoded_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        plainly = not line.decode("utf-8", "ignore").isascii()
        return line.decode("utf-8" if plainly else "cp1252", "replace")


def _not_json(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it nests too deep to be read"
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno:,}, " if error.lineno > 1 else ""
        return f"this is not JSON: {error.msg} ({line}column {error.colno:,})"
    return f"this is not JSON: {error}"


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits)


_DECODER = json.JSONDecoder(parse_int=_integer)
