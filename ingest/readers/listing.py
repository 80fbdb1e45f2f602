r"""Listing pages of papers, as text copied from a browser or a mail.

A page is a header, then records; blank lines between them may or may not be there:

    page    header* record*
    header  "new" | "Get trending papers …!" | "Subscribe" | "Daily Papers" | "by…" | date
    record  title abstract dated?
    dated   "• N authors" "·" date
    date    "Mar 12" | "Jan 16, 2023", in a record with its upvotes behind it: "May 30 4"

In pages without blank lines the word `Subscribe` is glued to the first title. Titles and
abstracts are told apart by length and full stop alone, and only so that a lost line costs its
own record and does not shift all that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.readers.base import NO_ABSTRACT, NO_TITLE, UNREADABLE, Item, Lost, Options, Raw
from ingest.readers.text import Text
from rag.text.patterns import lazy

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TEASER = lazy(r"Get trending papers in your email inbox.*!")
_BUTTON = "Subscribe"
_HEADER = lazy(r"new|Subscribe|Daily Papers|by\s?AK and the research community")
_AUTHORS = lazy(r"•\s*([0-9]{1,6}) authors?")
_DATE = lazy(rf"({'|'.join(_MONTHS)}) ([0-9]{{1,2}})(?:, ([0-9]{{4}}))?(?: ([0-9]{{1,9}}))?")
_DOT = "·"
_LONGEST_TITLE = 300
_SHORTEST_PROSE = 200
_CLOSED = lazy(r"[.!?…]['\"”’)\]}]*$")
_ENDS_IN_ADDRESS = lazy(r"https?://\S+$")

_Lines = Sequence[tuple[int, str | None]]
"""Numbered lines without white space around them; None for a line that is not UTF-8."""


@dataclass(frozen=True, kw_only=True)
class _Record:
    """A record as the page has it: `dated` are its lines of authors and date, perhaps none."""

    line: int
    title: str
    abstract: str
    dated: tuple[str, ...]
    date_line: int
    """The number of the last of `dated`."""

    @property
    def date(self) -> re.Match[str] | None:
        return next((match for line in self.dated if (match := _DATE.fullmatch(line))), None)

    @property
    def authors(self) -> int | None:
        counts = (int(match[1]) for line in self.dated if (match := _AUTHORS.fullmatch(line)))
        return next(counts, None)


class _Problems(list[Lost]):
    """What of a page cannot be used."""

    def report(self, line: int, message: str, remedy: str, kind: str = "") -> None:
        """`kind`: of loss, where a record is lost by it."""
        records = 1 if kind else 0
        self.append(
            Lost(
                line=line, message=message, remedy=remedy, kind=kind or UNREADABLE, records=records
            )
        )


def read(page: Text, options: Options) -> Iterator[Item]:
    """The records of one page and what of it cannot be used.

    `options.year` is that of dates without one; by default the year after the latest one that the
    page's records spell out. Where neither is known such dates are left out, and that is told.
    """
    return of_lines(page.lines(), options.year)


def of_lines(numbered: Iterable[tuple[int, str | None]], year: int | None) -> Iterator[Item]:
    lines = _without_header(numbered)
    problems = _Problems()
    records = _records(lines, problems)
    texts = sum(1 for _, line in lines if line is None or not _is_dated(line))
    if texts > 6 * max(len(records), 1):
        problems.clear()
        problems.report(
            lines[0][0],
            f"this is no listing page: {len(records)} papers found in {texts} lines of text",
            "Give a page with each title on a line of its own and its abstract on the next.",
        )
        records = []
    elif not lines:
        problems.report(1, "the page holds no paper", "Copy the page again, with its papers.")
    _report_cut(records, problems)
    year = year or _own_year(records, problems)
    found = [_raw(record, year, problems) for record in records]
    yield from sorted([*found, *problems], key=_line)


def _line(item: Raw | Lost) -> int:
    return item.line


def _without_header(lines: Iterable[tuple[int, str | None]]) -> _Lines:
    """The lines that are neither blank nor of a header.

    A header may begin anywhere, since a file may hold several pages one after another.
    """
    kept: list[tuple[int, str | None]] = []
    in_header = glued = False
    for number, raw in lines:
        line = None if raw is None else raw.strip()
        if line == "":
            continue
        if line is not None and (_HEADER.fullmatch(line) or _TEASER.fullmatch(line)):
            in_header = True
            glued = line != _BUTTON and (glued or _TEASER.fullmatch(line) is not None)
        elif line is None or not (in_header and _DATE.fullmatch(line)):
            if line is not None and glued:
                line = line.removeprefix(_BUTTON).lstrip()
            kept.append((number, line))
            in_header = glued = False
    return kept


def _records(lines: _Lines, problems: _Problems) -> list[_Record]:
    """Every title with the abstract behind it; lines that belong to no record are reported."""
    records: list[_Record] = []
    at = 0
    while at < len(lines):
        number, title = lines[at]
        abstract = lines[at + 1][1] if at + 1 < len(lines) else ""
        is_pair = _can_be_title(title) and _can_be_abstract(abstract)
        end = dated = at + 2 if is_pair else at + 1
        while end < len(lines) and _is_dated(lines[end][1]):
            end += 1
        if is_pair and title is not None and abstract is not None:
            tail = tuple(line for _, line in lines[dated:end] if line is not None)
            records.append(
                _Record(
                    line=number,
                    title=title,
                    abstract=abstract,
                    dated=tail,
                    date_line=lines[end - 1][0],
                )
            )
        else:
            _report_lost(lines[at:dated], problems)
        at = end
    return records


def _report_lost(lines: _Lines, problems: _Problems) -> None:
    """Report the one or two lines of a record that cannot be used."""
    number, line = lines[0]
    for damaged in (number for number, line in lines if line is None):
        message = "the line is not UTF-8 text; its record is left out"
        remedy = "Save the page as UTF-8 text and read it again."
        problems.report(damaged, message, remedy, UNREADABLE)
        return
    line, kind = line or "", ""
    shown = line if len(line) <= 60 else line[:59] + "…"
    if _is_dated(line):
        what = "authors or a date behind no paper"
    elif _can_be_abstract(line):
        what, kind = "an abstract without a title", NO_TITLE
    else:
        what, kind = "a title without an abstract", NO_ABSTRACT
    remedy = "Copy the page again from where it came, or complete or remove this record."
    problems.report(number, f"{what}: “{shown}”", remedy, kind)


def _is_dated(line: str | None) -> bool:
    """Whether the line is one of those that tell a record's authors and date."""
    return line is not None and (
        line == _DOT or bool(_AUTHORS.fullmatch(line) or _DATE.fullmatch(line))
    )


def _can_be_title(line: str | None) -> bool:
    return line is None or (0 < len(line) <= _LONGEST_TITLE and not _is_dated(line))


def _can_be_abstract(line: str | None) -> bool:
    """Long, or a shorter one that ends in a full stop."""
    if line is None or len(line) >= _SHORTEST_PROSE:
        return True
    closed = _CLOSED.search(line)
    return closed is not None and line[closed.start()] == "." and len(line.split()) >= 4


def _report_cut(records: Sequence[_Record], problems: _Problems) -> None:
    """Report records whose lines of authors and date, or whose end, a cut page has lost."""
    remedy = "Copy the page again from where it came; it may have been cut."
    is_dated_page = len(records) > 1 and bool(records[-2].dated)
    for record in records:
        kinds = [_kind(line) for line in record.dated]
        missing = not kinds and is_dated_page and record is records[-1]
        if missing or kinds not in ([], ["authors", "dot", "date"]):
            message = "the record's number of authors or its date is missing"
            problems.report(record.date_line, message, remedy)
        elif not kinds and record is records[-1] and not _is_closed(record.abstract):
            message = "the page's last abstract ends in mid-sentence"
            problems.report(record.date_line, message, remedy)


def _kind(line: str) -> str:
    return "dot" if line == _DOT else "authors" if _AUTHORS.fullmatch(line) else "date"


def _is_closed(abstract: str) -> bool:
    return bool(_CLOSED.search(abstract) or _ENDS_IN_ADDRESS.search(abstract))


def _own_year(records: Sequence[_Record], problems: _Problems) -> int | None:
    """The year after the latest one spelled out; None, reported if it is needed, without any."""
    dates = [(record, match) for record in records if (match := record.date)]
    spelled_out = [int(match[3]) for _, match in dates if match[3]]
    if spelled_out:
        return max(spelled_out) + 1
    if dates:
        problems.report(
            dates[0][0].date_line,
            f"{len(dates)} dates state no year, and no other date of the page does",
            "Give the page's year with --year.",
        )
    return None


def _raw(record: _Record, year: int | None, problems: _Problems) -> Raw:
    """Text is kept as the page has it."""
    return Raw(
        line=record.line,
        verbatim=True,
        fields={
            "title": record.title,
            "abstract": record.abstract,
            "published": _published(record, year, problems),
            "author_count": record.authors,
            "upvotes": int(record.date[4]) if record.date and record.date[4] else None,
        },
    )


def _published(record: _Record, year: int | None, problems: _Problems) -> str | None:
    match = record.date
    if match is None or not (match[3] or year):
        return None
    try:
        month = _MONTHS.index(match[1]) + 1
        return date(int(match[3] or year or 0), month, int(match[2])).isoformat()
    except ValueError:
        message = f"{match[3] or year} has no such day as “{match[0]}”; the date is left out"
        problems.report(record.date_line, message, "Correct the date, or give --year.")
        return None
