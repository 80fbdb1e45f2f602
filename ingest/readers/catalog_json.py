"""What `citewell papers --json` prints, read back: an array of objects, or one object a line.

Keys: title and abstract (required), published, date_precision, author_count, authors, upvotes,
doi, arxiv_id, url, and their spellings elsewhere (`spellings`). Others are passed over. An object
with a value of the wrong type is refused as a whole, for half a record would look like a whole one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingest.dedupe import normalise_arxiv, normalise_doi, paper_id
from ingest.readers.base import Problem, ReadResult, decoded, limited
from ingest.readers.spellings import as_day, as_name, as_names, respelt
from rag.errors import BadInput
from rag.records import DatePrecision, Paper, Source
from rag.text.patterns import lazy

_DATE = lazy(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_PRECISION: dict[int, DatePrecision] = {4: "year", 7: "month", 10: "day"}
_LARGEST_COUNT = 10**9
_REMEDY = "Correct the value, or leave the key out."
_NEEDED = "Give a title and an abstract: a paper has both."
_SEPARATORS = lazy(r"[\s,]*")


_MOST_DIGITS = 400
"""Python reads no integer of some thousands; what is longer than this is no count at all."""
_TWICE = object()
"""A key that no JSON has: of the first key that an object gives more than once."""


class _RefusedError(Exception):
    """Why an object is no paper, and what mends it."""

    def __init__(self, why: str, remedy: str = _REMEDY) -> None:
        super().__init__(why)
        self.remedy = remedy


def read(data: bytes, *, path: Path | str, name: str, year: int | None = None) -> ReadResult:
    """The papers of a JSON page: an array of objects, or objects one after another.

    `year` is for other formats; here dates are whole.
    """
    return _read(data, path, name, _values)


def read_lines(data: bytes, *, path: Path | str, name: str, year: int | None = None) -> ReadResult:
    """The papers of a page with one JSON object a line."""
    return _read(data, path, name, _line_values)


_Value = tuple[int, Any]
"""A line number and the JSON value that begins there, or the ValueError it makes."""


def _read(
    data: bytes, path: Path | str, name: str, values: Callable[[list[str | None]], Iterator[_Value]]
) -> ReadResult:
    records: list[Paper] = []
    problems: list[Problem] = []
    try:
        lines = decoded(data, path)
    except BadInput as problem:
        return ReadResult(problems=(problem,))
    for line, value in values(lines):
        try:
            records.append(_paper(value, Source(name=name, line=line)))
        except _RefusedError as refused:
            problems.append(Problem(str(refused), path=path, line=line, remedy=refused.remedy))
    if not records and not problems:
        remedy = "Give what `citewell papers --json` prints, or one JSON object a line."
        problems.append(Problem("the file holds no paper", path=path, line=1, remedy=remedy))
    return ReadResult(records=tuple(records), problems=limited(problems, path))


def _line_values(lines: list[str | None]) -> Iterator[_Value]:
    for number, line in enumerate(lines, 1):
        if line is None:
            yield number, ValueError("the line is not UTF-8 text")
        elif line.strip():
            try:
                yield number, _DECODER.decode(line)
            except (ValueError, RecursionError) as error:
                yield number, _not_json(error)


def _values(lines: list[str | None]) -> Iterator[_Value]:
    """The objects of the array, or those at top level, up to the first that is not JSON."""
    if None in lines:
        yield lines.index(None) + 1, ValueError("the line is not UTF-8 text")
        return
    text = "\n".join(line or "" for line in lines)
    at = _skip(text, 0)
    in_array = text[at : at + 1] == "["
    at = _skip(text, at + 1) if in_array else at
    while at < len(text) and not (in_array and text[at] == "]"):
        line = text.count("\n", 0, at) + 1
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield line, _not_json(error)
            return
        yield line, value
        at = _skip(text, at)
    if in_array and at == len(text):
        yield len(lines), ValueError("the array is not closed; the file may have been cut")


def _skip(text: str, at: int) -> int:
    match = _SEPARATORS.match(text, at)
    return match.end() if match else at


def _not_json(error: Exception) -> ValueError:
    if isinstance(error, RecursionError):
        return ValueError("it nests too deep to be read")
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno:,}, " if error.lineno > 1 else ""
        return ValueError(f"this is not JSON: {error.msg} ({line}column {error.colno:,})")
    return ValueError(f"this is not JSON: {error}")


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    value: dict[Any, Any] = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        value[_TWICE] = next(key for at, key in enumerate(keys) if key in keys[:at])
    return value


_DECODER = json.JSONDecoder(parse_int=_integer, object_pairs_hook=_object)


def _paper(value: Any, source: Source) -> Paper:
    """Raises _RefusedError where `value` is not an object with the right types."""
    if isinstance(value, ValueError):
        raise _RefusedError(str(value), "Correct the JSON here.")
    if not isinstance(value, dict):
        raise _RefusedError("a paper is an object with a title and an abstract", _NEEDED)
    if _TWICE in value:
        raise _RefusedError(f"it gives {_shown(value[_TWICE])} twice", "Give it once.")
    value, read_as = respelt(value)
    published, precision = _date(value, read_as.get("published", "published"))
    title = _text(value, "title", required=True)
    authors = _authors(value)
    doi = _identifier(value, "doi", normalise_doi)
    arxiv_id = _identifier(value, "arxiv_id", normalise_arxiv)
    count = _count(value, "author_count")
    return Paper(
        paper_id=paper_id(title or "", doi, arxiv_id),
        title=title or "",
        abstract=_text(value, "abstract", required=True) or "",
        published=published,
        date_precision=precision,
        author_count=len(authors) if authors and count is None else count,
        authors=authors,
        upvotes=_count(value, "upvotes"),
        sources=(source,),
        doi=doi,
        arxiv_id=arxiv_id,
        url=_url(value),
    )


def _text(value: dict[str, Any], key: str, *, required: bool = False) -> str | None:
    text = value.get(key)
    if text is None and not required:
        return None
    remedy = _NEEDED if key in ("title", "abstract") else _REMEDY
    if text is None:
        raise _RefusedError(f"{key} is missing", remedy)
    if not isinstance(text, str):
        raise _RefusedError(f"{key} must be a string, not {_shown(text)}")
    text = text.strip()
    if not text and required:
        raise _RefusedError(f"{key} is empty", remedy)
    # JSON can spell what neither UTF-8 nor SQLite can hold.
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise _RefusedError(f"{key} holds a character that is not text")
    return text or None


def _count(value: dict[str, Any], key: str) -> int | None:
    count = value.get(key)
    if count is None:
        return None
    if type(count) is not int or not 0 <= count <= _LARGEST_COUNT:  # True is an int to Python
        raise _RefusedError(f"{key} must be a whole number, not {_shown(count)}")
    return count


def _authors(value: dict[str, Any]) -> tuple[str, ...]:
    authors = as_names(value.get("authors"))
    if authors is None:
        return ()
    if not isinstance(authors, list):
        raise _RefusedError(f"authors must be a list of names, not {_shown(authors)}")
    names = ({"an author": as_name(name)} for name in authors)
    return tuple(_text(name, "an author", required=True) or "" for name in names)


def _date(value: dict[str, Any], key: str) -> tuple[str | None, DatePrecision | None]:
    """`key`: under which the object has it."""
    published = _text({key: as_day(value.get("published"))}, key)
    precision = _text(value, "date_precision")
    if published is None:
        return None, None
    match = _DATE.fullmatch(published)
    try:
        year, month, day = (int(part or 1) for part in match.groups()) if match else (0, 0, 0)
        date(year, month, day)
    except ValueError:
        message = f"{key} must be 2025-10-11, 2025-10 or 2025, not {_shown(published)}"
        raise _RefusedError(message) from None
    if precision not in (None, _PRECISION[len(published)]):
        raise _RefusedError(f"date_precision {_shown(precision)} does not fit {key} {published}")
    return published, _PRECISION[len(published)]


def _identifier(
    value: dict[str, Any], key: str, normalise: Callable[[str], str | None]
) -> str | None:
    text = _text(value, key)
    if text is not None and normalise(text) is None:
        raise _RefusedError(f"{key} {_shown(text)} is none")
    return text


def _url(value: dict[str, Any]) -> str | None:
    url = _text(value, "url")
    if url is not None and not re.fullmatch(r"https?://\S+", url):
        raise _RefusedError(f"url must begin with http:// or https://, not {_shown(url)}")
    return url


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return f"one of {len(str(value)):,} digits"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else shown[:59] + "…"
