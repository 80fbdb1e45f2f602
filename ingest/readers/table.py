"""CSV and TSV with a head, as Scopus, Web of Science, OpenReview, IEEE, Zotero and spreadsheets
write them. Which column holds what is guessed from its name, or told."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from ingest.readers import spellings
from ingest.readers.base import Item, Lost, Options, Raw, shown
from ingest.readers.text import Text
from ingest.readers.wos import date
from rag.errors import BadInput

_DELIMITERS = (",", "\t", ";", "|")
_HEAD_LINES = 10
_MOST_CELL = 1_000_000
_MOST_CELL_LINES = 200
_MOST_RETRIES = 1_000
_TAGS = {
    "title": ("TI",), "abstract": ("AB",), "authors": ("AF", "AU"), "doi": ("DI",), "url": ("UR",),
}  # fmt: skip
"""Web of Science's columns have the names of its tags."""


class _Head:
    """The head of a table: where it stands, how it is cut, and which column holds which field."""

    def __init__(self, line: int, delimiter: str, names: Sequence[str]) -> None:
        self.line, self.delimiter = line, delimiter
        self.names = [name.strip().strip("\ufeff").strip('"') for name in names]
        self.fields: dict[str, list[int]] = {}
        if {"TI", "PT"} <= set(self.names):
            for field, tags in _TAGS.items():
                self.fields[field] = [self.names.index(t) for t in tags if t in self.names]
        else:
            for field, found in spellings.found(self.names).items():
                self.fields[field] = [self.names.index(name) for name in found]

    @property
    def worth(self) -> int:
        known = sum(1 for places in self.fields.values() if places)
        both = bool(self.fields.get("title")) + bool(self.fields.get("abstract"))
        return 10 * both + known if len(self.names) > 1 else 0

    def set(self, columns: Mapping[str, str]) -> None:
        """Take the columns that somebody names. Raises BadInput for one that is not there."""
        by_plain = {spellings.plain(name): at for at, name in reversed([*enumerate(self.names)])}
        for field, name in columns.items():
            at = (
                self.names.index(name)
                if name in self.names
                else by_plain.get(spellings.plain(name))
            )
            if at is None:
                raise BadInput(
                    f"there is no column {shown(name)}", line=self.line, remedy=self.told
                )
            self.fields[field] = [at]

    @property
    def told(self) -> str:
        names = ", ".join(name for name in self.names[:40] if name)
        return f'The columns are: {names}. Name one with --column title="…" or abstract="…".'


def looks_like(head: str) -> bool:
    """Whether one of the first lines names a title and an abstract, or three things of a paper."""
    return _best(head).worth >= 13 or _best(head).worth >= 20


def _best(head: str, named: Sequence[str] = ()) -> _Head:
    lines = head.splitlines()[:_HEAD_LINES]
    wanted = {spellings.plain(name) for name in named}
    heads = [
        _Head(at, delimiter, next(csv.reader([line], delimiter=delimiter), []))
        for at, line in enumerate(lines, 1)
        for delimiter in _DELIMITERS
        if delimiter in line and len(line) < 20_000
    ]

    def worth(one: _Head) -> tuple[int, int]:
        return len(wanted & set(map(spellings.plain, one.names))), one.worth

    return max(heads, key=worth, default=_Head(1, ",", []))


def read(page: Text, options: Options) -> Iterator[Item]:
    head = _best(page.start(), tuple(options.columns.values()))
    if not head.names:
        head = _Head(1, ",", next(iter(page.start().splitlines()), "").split(","))
    head.set(options.columns)
    for field in ("title", "abstract"):
        if not head.fields.get(field):
            raise BadInput(
                f"no column of the table is known to hold the {field}",
                line=head.line,
                remedy=head.told,
            )
    page.mapping = {
        field: " or ".join(head.names[at] for at in places)
        for field, places in head.fields.items()
        if places
    }
    csv.field_size_limit(max(csv.field_size_limit(), _MOST_CELL))
    for line, row in _rows(page, head):
        if isinstance(row, str):
            yield Lost(line=line, message=row, remedy="Check its quotation marks and delimiters.")
        elif any(cell.strip() for cell in row):
            yield Raw(line=line, fields=_fields(row, head))


def _fields(row: Sequence[str], head: _Head) -> dict[str, object]:
    found: dict[str, object] = {
        field: tuple(row[at] for at in places if at < len(row))
        for field, places in head.fields.items()
    }
    if {"PY", "PT"} <= set(head.names):
        told = {n: row[at] for at, n in enumerate(head.names) if at < len(row) and row[at]}
        year, day, early = (tuple(filter(None, (told.get(n),))) for n in ("PY", "PD", "EA"))
        found["published"] = date(day, year, early)
    return found


def _rows(page: Text, head: _Head) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with its line; why, for one that is none.

    A quotation mark too many would swallow all that follows: then the line it stands in is lost,
    and the next one is read anew."""
    lines = _Lines(page)
    retries = 0
    for _ in range(head.line):
        next(lines, None)
    while True:
        lines.taken.clear()
        reader = csv.reader(lines, delimiter=head.delimiter)
        began = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            row, wrong = [], f"a row that is no CSV: {error}"
        else:
            wrong = _wrong(row, head, len(lines.taken))
        if not wrong:
            yield began, row
            continue
        yield began, wrong
        if len(lines.taken) > 1 and retries < _MOST_RETRIES:
            retries += 1
            lines.put_back()


def _wrong(row: Sequence[str], head: _Head, lines: int) -> str:
    columns = len(head.names)
    most = max((cell.count("\n") for cell in row), default=0)
    if lines > 1 and (len(row) != columns or most > _MOST_CELL_LINES):
        return "a row whose quotation marks do not close"
    if len(row) > columns and any(cell.strip() for cell in row[columns:]):
        return f"a row of {len(row)} columns, where the head has {columns}"
    return ""


class _Lines:
    """Lines for `csv`, with those that the row in hand has taken, which can be put back."""

    def __init__(self, page: Text) -> None:
        self._lines = page.lines()
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._waiting:
            line = self._waiting.popleft()
        else:
            _, told = next(self._lines)
            line = (told or "").replace("\0", "") + "\n"
        self.number += 1
        self.taken.append(line)
        return line

    def put_back(self) -> None:
        """All lines but the first."""
        self.number -= len(self.taken) - 1
        self._waiting.extendleft(reversed(self.taken[1:]))
