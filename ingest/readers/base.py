"""What every reader yields and what the door makes of it. It knows no format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import BadInput
from rag.records import Paper

Problem = BadInput
"""A problem is an error kept as a value: `path`, `line`, `message` and `remedy` tell it all."""

NO_ABSTRACT = "without an abstract"
NO_TITLE = "without a title"
TOO_LONG = "too long"
UNREADABLE = "unreadable"
"""The kinds of loss, as they stand behind a number."""
MOST_BYTES = 256 * 1024 * 1024
"""Of a file that has to be in memory as a whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Raw:
    """One record as its source has it: `fields` by our names (title, abstract, published, authors,
    author_count, upvotes, doi, arxiv_id, url), each a value, or a tuple of values of which the
    first that fits counts. `verbatim`: text is stored as it stands."""

    line: int
    fields: Mapping[str, object]
    source: str = ""
    """Whose record it is, where that is recognised: `OpenAlex`."""
    verbatim: bool = False
    is_fact: bool = False
    """It tells something of a paper whose abstract stands elsewhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """A place that gives no paper. `records`: how many are lost by it, as far as that is known."""

    line: int
    message: str
    remedy: str = ""
    kind: str = UNREADABLE
    records: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """What is worth telling and costs no record."""

    message: str


Item = Raw | Lost | Remark


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How files are to be read. `columns`: our field → the column's name, for tables."""

    year: int | None = None
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileReading:
    """What one file held. `read` records are `records` and the sum of `losses`; `problems` tell
    what was lost, the first ones one by one, and `notices` what was left out of records."""

    path: Path | str
    name: str
    format: str = ""
    """In words, with the source where that was recognised; empty for what is no file of papers."""
    records: tuple[Paper, ...] = ()
    facts: tuple[Paper, ...] = ()
    """What is known of papers whose records stand elsewhere: without abstracts."""
    losses: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Our field → the column that it was read from, for tables."""

    @property
    def read(self) -> int:
        return len(self.records) + sum(self.losses.values())

    @property
    def rejected(self) -> int:
        """Records that are lost; a file that cannot be read at all counts as one."""
        is_lost = self.problems and not self.records and not self.facts
        return sum(self.losses.values()) or int(bool(is_lost))


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadResult:
    """What was read, in the order of the files, and what could not be used.

    Each record has its `paper_id` and one Source; the same paper may occur many times.
    """

    files: tuple[FileReading, ...] = ()

    @property
    def records(self) -> tuple[Paper, ...]:
        return tuple(record for file in self.files for record in file.records)

    @property
    def facts(self) -> tuple[Paper, ...]:
        return tuple(fact for file in self.files for fact in file.facts)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for file in self.files for problem in file.problems)

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(f"{file.path}: {notice}" for file in self.files for notice in file.notices)

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(file.rejected for file in self.files)

    @property
    def losses(self) -> dict[str, int]:
        """Kind → records, the most first."""
        return added(file.losses for file in self.files)


def added(losses: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sums by kind, the largest first."""
    sums: dict[str, int] = {}
    for one in losses:
        for kind, count in one.items():
            sums[kind] = sums.get(kind, 0) + count
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def shown(value: object, most: int = 60) -> str:
    """A value as a message shows it, between quotation marks and not too long."""
    if isinstance(value, dict | list | tuple):
        return "an object" if isinstance(value, dict) else "a list"
    text = " ".join(str(value).split())
    return f"“{text if len(text) <= most else text[: most - 1] + '…'}”"
