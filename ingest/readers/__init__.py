"""The door: files, folders, archives or bytes of any known format → records, and what could not be
used. Nothing here raises for a bad file; each record is a paper or counted as a loss, and read =
records + losses.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ingest.mapping import paper
from ingest.readers import formats
from ingest.readers.base import (
    FileReading,
    Lost,
    Options,
    Problem,
    Raw,
    ReadResult,
    Remark,
    added,
)
from ingest.readers.compressed import opened
from ingest.readers.formats import FORMATS, SUFFIXES
from ingest.readers.json_records import is_lines
from ingest.readers.spellings import NAMES
from ingest.readers.text import Text
from rag.errors import BadInput
from rag.records import Paper

__all__ = [
    "BUNDLED",
    "FORMATS",
    "SUFFIXES",
    "FileReading",
    "Problem",
    "ReadResult",
    "added",
    "read",
    "read_bytes",
]

BUNDLED = Path(__file__).parent.parent / "corpus"
"""The folder of the pages that come with Citewell."""

FIELDS = tuple(NAMES)
"""What a column of a table can be named to hold."""
Progress = Callable[[str, int], None]
"""Told of the file in hand and of how many records have been read of it."""
_YEARS = range(1900, 2101)
_MOST_PROBLEMS = 20
_EVERY = 500
_MEND = "Correct this record, or leave it out."


def read(
    paths: Iterable[Path | str],
    *,
    year: int | None = None,
    format: str | None = None,  # noqa: A002
    columns: Mapping[str, str] | None = None,
    progress: Progress = lambda name, count: None,
) -> ReadResult:
    """The records of files and folders, in the order given; a folder's files by name.

    `year` is that of dates which state none; without it each page's own is inferred. `format`
    overrules what the content tells; `columns`: field → column of a table. Raises BadInput for
    a year, a format or a field that is none.
    """
    options = _options(year, format, columns)
    return ReadResult(
        files=tuple(file for path in paths for file in _read_path(Path(path), options, progress))
    )


def read_bytes(
    data: bytes,
    name: str,
    *,
    year: int | None = None,
    format: str | None = None,  # noqa: A002
    columns: Mapping[str, str] | None = None,
) -> ReadResult:
    """The records of one file at hand, such as an upload."""
    options = _options(year, format, columns)
    file = io.BytesIO(data)
    name = Path(name).name or name
    return ReadResult(files=tuple(_read_file(file, name, name, options, lambda name, count: None)))


def _options(year: int | None, name: str | None, columns: Mapping[str, str] | None) -> Options:
    if year is not None and year not in _YEARS:
        raise BadInput(
            f"{year} is not a year of publication",
            remedy=f"Give a year from {_YEARS[0]} to {_YEARS[-1]}.",
        )
    if name is not None:
        formats.chosen(name)
    for field in columns or {}:
        if field not in FIELDS:
            raise BadInput(
                f"a column cannot hold “{field}”", remedy=f"Fields: {', '.join(FIELDS)}."
            )
    return Options(year=year, format=name, columns=columns or {})


def _read_path(path: Path, options: Options, progress: Progress) -> Iterator[FileReading]:
    try:
        if path.is_dir():
            yield from _read_folder(path, options, progress)
        elif not path.exists():
            yield _failed(path, "there is no such file or folder", "Check the path.")
        elif not path.is_file():  # reading a pipe or a device may never end
            message = "this is neither a file nor a folder"
            yield _failed(path, message, "Give a file or a folder.")
        else:
            # A name that is not UTF-8 is a path all the same; as a source it is shown and stored.
            name = path.name.encode("utf-8", "replace").decode()
            with path.open("rb") as file:
                yield from _read_file(file, path, name, options, progress)
    except OSError as error:
        reason = error.strerror or str(error)
        yield _failed(path, f"cannot be read: {reason}", "Check the path and its permissions.")


def _read_folder(folder: Path, options: Options, progress: Progress) -> Iterator[FileReading]:
    """Its files of known kinds, and those of the folders in it; what is hidden stays so."""
    files: list[Path] = []
    others: list[str] = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            if formats.known(name):
                files.append(Path(where) / name)
            else:
                others.append(name)
    files.sort()
    if not files:
        kinds = ", ".join(one.told for one in FORMATS)
        yield _failed(folder, "the folder holds no page", f"Put files into it: {kinds}.")
    for path in files:
        yield from _read_path(path, options, progress)
    if others and files:
        told = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
        notice = f"{len(others):,} other files are passed over: {told}"
        yield FileReading(path=folder, name=folder.name, notices=(notice,))


def _read_file(
    file: io.BufferedIOBase | io.BytesIO,
    path: Path | str,
    name: str,
    options: Options,
    progress: Progress,
) -> Iterator[FileReading]:
    try:
        for page in opened(file, path, name):  # type: ignore[arg-type]
            yield _read_page(page, options, progress)
    except BadInput as error:
        yield _failed(path, error.message, error.remedy, error.line)


def _read_page(page: Text, options: Options, progress: Progress) -> FileReading:
    tally = _Tally(page)
    try:
        format_ = formats.chosen(options.format) if options.format else formats.recognised(page)
        tally.format = format_.told
        if format_.name == "json" and is_lines(head := page.start()) and "\n" in head.strip():
            tally.format = "JSON Lines"
        for count, item in enumerate(format_.read(page, options), 1):
            tally.take(item)
            if count % _EVERY == 0:
                progress(page.name, count)
    except BadInput as error:
        tally.problem(error.message, error.remedy, error.line, always=True)
    except RecursionError:
        tally.problem("it nests too deep to be read", "Export it again.", 1)
    return tally.reading()


class _Tally:
    """What comes of the records of one page."""

    def __init__(self, page: Text) -> None:
        self._page = page
        self.format = ""
        self._records: list[Paper] = []
        self._facts: list[Paper] = []
        self._losses: dict[str, int] = {}
        self._problems: list[Problem] = []
        self._more, self._more_line = 0, 0
        self._notices: list[str] = []
        self._odd: dict[str, tuple[int, int, str]] = {}
        self._sources: dict[str, int] = {}

    def take(self, item: Raw | Lost | Remark) -> None:
        if isinstance(item, Raw):
            if item.source:
                self._sources[item.source] = self._sources.get(item.source, 0) + 1
            line = item.line
            try:
                made = paper(item, self._page.name, lambda kind, told: self._note(kind, told, line))
            except RecursionError:
                made = Lost(line=line, message="it nests too deep to be read", remedy=_MEND)
            if isinstance(made, Paper):
                (self._facts if item.is_fact else self._records).append(made)
                return
            item = made
        if isinstance(item, Remark):
            self._notices.append(item.message)
            return
        if item.records:
            self._losses[item.kind] = self._losses.get(item.kind, 0) + item.records
        self.problem(item.message, item.remedy, item.line, always=not item.records)

    def problem(self, message: str, remedy: str, line: int | None, *, always: bool = False) -> None:
        """The first ones one by one, then how many more there are: garbage has thousands.
        `always`: what ends the reading is told in any case."""
        if always or len(self._problems) < _MOST_PROBLEMS:
            path = self._page.path
            self._problems.append(Problem(message, path=path, line=line, remedy=remedy))
        else:
            self._more_line = self._more_line or line or 0
            self._more += 1

    def _note(self, kind: str, told: str, line: int) -> None:
        count, first, shown = self._odd.get(kind, (0, line, told))
        self._odd[kind] = (count + 1, first, shown)

    def reading(self) -> FileReading:
        if self._more:
            self._problems.append(
                Problem(
                    f"and {self._more:,} more places of this page cannot be used",
                    path=self._page.path,
                    line=self._more_line or None,
                    remedy="Mend the first ones and read the page again.",
                )
            )
        elif not (self._records or self._facts or self._problems):
            told = f"the file holds no paper (read as: {self.format})"
            self.problem(told, "If it is something else, say what with --format.", 1)
        most = (len(self._records) + sum(self._losses.values())) / 2
        sources = [name for name, count in self._sources.items() if count >= most]
        return FileReading(
            path=self._page.path,
            name=self._page.name,
            format=", ".join([self.format, *sources[:1]]) if self.format else "",
            records=tuple(self._records),
            facts=tuple(self._facts),
            losses=added([self._losses]),
            problems=tuple(self._problems),
            notices=(*self._notices, *self._told()),
            mapping=self._page.mapping,
        )

    def _told(self) -> Iterator[str]:
        for kind, (count, line, shown) in self._odd.items():
            where = f"in line {line:,}: {shown}"
            if count > 1:
                where = f"in {count:,} records, the first {where}"
            yield f"{kind} not taken as it stands {where}"
        if wrong := self._page.not_utf8:
            lines = f"{len(wrong):,} lines are" if len(wrong) > 1 else "one line is"
            yield f"{lines} not UTF-8, and read as Windows-1252; the first is line {wrong[0]:,}"


def _failed(path: Path | str, message: str, remedy: str, line: int | None = None) -> FileReading:
    problem = Problem(message, path=path, line=line, remedy=remedy)
    return FileReading(path=path, name=Path(path).name, problems=(problem,))
