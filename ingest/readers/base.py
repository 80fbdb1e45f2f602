"""What every reader hands back, and how bytes become lines. It knows no format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rag.errors import BadInput
from rag.records import Paper

Problem = BadInput
"""A problem is an error kept as a value: `path`, `line`, `message` and `remedy` tell it all."""

MOST_TITLE = 1_000
MOST_ABSTRACT = 20_000
"""Characters; the longest abstract of the bundled corpus has a tenth of it."""
_MOST_PROBLEMS = 20
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadResult:
    """What was read, in the order of the pages, and what could not be used.

    Each record has its `paper_id` and one Source; the same paper may occur many times.
    """

    records: tuple[Paper, ...] = ()
    problems: tuple[Problem, ...] = ()


def combined(readings: Iterable[ReadResult]) -> ReadResult:
    """The readings one after another."""
    together = list(readings)
    return ReadResult(
        records=tuple(record for reading in together for record in reading.records),
        problems=tuple(problem for reading in together for problem in reading.problems),
    )


def bounded(reading: ReadResult, path: Path | str) -> ReadResult:
    """Without the records that are too long for a title or an abstract, which are whole documents
    or broken pages, and without those that say nothing: what is made of abstracts (chunks, names)
    is not made for them."""
    kept, problems = [], list(reading.problems)
    for record in reading.records:
        if refused := _refused(record):
            message, remedy = refused
            line = record.sources[0].line
            problems.append(Problem(message, path=path, line=line, remedy=remedy))
        else:
            kept.append(record)
    return ReadResult(records=tuple(kept), problems=tuple(problems))


def _refused(record: Paper) -> tuple[str, str] | None:
    """Why a record is no paper, and the remedy; None for one that is."""
    for name, text, most in (
        ("title", record.title, MOST_TITLE),
        ("abstract", record.abstract, MOST_ABSTRACT),
    ):
        if len(text) > most:
            message = f"the {name} has {len(text):,} characters; {most:,} is the most"
            return message, "Give the abstract alone, not the whole paper."
        if not any(map(str.isalnum, text)):
            shown = text if len(text) <= 60 else text[:59] + "…"
            return f"the {name} holds no word: “{shown}”", "Complete or remove this record."
    return None


def limited(problems: list[Problem], path: Path | str) -> tuple[Problem, ...]:
    """The first problems of one page, and how many more there are: garbage has thousands."""
    more = len(problems) - _MOST_PROBLEMS
    if more <= 0:
        return tuple(problems)
    last = Problem(
        f"and {more} more places of this page cannot be used",
        path=path,
        line=problems[_MOST_PROBLEMS].line,
        remedy="Mend the first ones and read the page again.",
    )
    return (*problems[:_MOST_PROBLEMS], last)


def decoded(data: bytes, path: Path | str) -> list[str | None]:
    """The lines of a UTF-8 page, by any line end; None for a line that is not UTF-8.

    Line by line, so that one stray byte costs one record and not the page. Raises BadInput where
    the page is not UTF-8 text at all.
    """
    data = data.removeprefix(_BOM)
    if data.startswith(_OTHER_BOMS) or b"\0" in data:
        line = 1 + data[: max(data.find(b"\0"), 0)].count(b"\n")
        encoding = "UTF-16 text" if _is_utf16(data) else "a binary file"
        raise BadInput(
            f"this is {encoding}, not UTF-8 text",
            path=path,
            line=line,
            remedy="Save the page as UTF-8 text and read it again.",
        )
    return [_decoded_line(line) for line in re.split(b"\r\n|\n|\r", data)]


def _is_utf16(data: bytes) -> bool:
    """A byte-order mark, or NUL in every other byte, as Latin text in UTF-16 has it."""
    return data.startswith(_OTHER_BOMS) or data.count(b"\0") * 3 > len(data)


def _decoded_line(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None
