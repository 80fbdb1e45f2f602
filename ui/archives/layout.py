"""What a data folder holds that cannot be made anew: the parts that go into an archive.

Indexes and the model's cache are derived and left out; locks and SQLite's logs are of the moment.
A store that is added to a data folder gets a line here (a test compares).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.settings import corpora
from rag.settings.file import FILE as SETTINGS
from rag.storage.versions import FORMAT_FILE

What = Literal["database", "settings", "file"]
DERIVED = ("index", "models", "fetched")
"""Folders that are made anew from the parts, or fetched again."""
_ANY = r"[^/\\:\0-\x1f\ud800-\udfff.][^/\\:\0-\x1f\ud800-\udfff]*"
"""A name of somebody's own, which leads nowhere else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Files of a corpus, by their place in its folder; `*` stands for any name. `personal`: what
    somebody has said, asked or set, which no corpus takes along that is handed on. `stays`: it says
    which servers are asked and who may come in, so that no corpus brings it either."""

    place: str
    what: What = "file"
    personal: bool = False
    stays: bool = False


PARTS = (
    Part(place=corpora.CATALOG, what="database"),
    Part(place="conversations.sqlite3", what="database", personal=True),
    Part(place="people.sqlite3", what="database", personal=True, stays=True),
    Part(place=SETTINGS, what="settings", personal=True, stays=True),
    Part(place="chat_history", personal=True),
    Part(place=FORMAT_FILE),
    Part(place="cells/*.jsonl"),
    Part(place="judged/*.jsonl", personal=True),
    Part(place="runs/*", personal=True),
    Part(place="sets/*.jsonl", personal=True),
    Part(place="zotero/*", personal=True),
    Part(place="enriched/*"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A file, with its place in the archive."""

    file: Path
    place: str
    part: Part


def of_corpus(folder: Path, *, personal: bool, within: str = "") -> Iterator[Found]:
    """The files of the corpus in `folder`. A link is followed for settings alone, which may be kept
    among somebody's dotfiles."""
    for part in PARTS:
        if part.personal and not personal:
            continue
        for file in sorted(folder.glob(part.place)):
            place = f"{within}{file.relative_to(folder).as_posix()}"
            linked = file.is_symlink() and part.what != "settings"
            if file.is_file() and not linked and part_at(place) is part:
                yield Found(file=file, place=place, part=part)


def of_data_folder(root: Path) -> Iterator[Found]:
    """The files of all its corpora."""
    yield from of_corpus(root, personal=True)
    for name in corpora.names(root):
        within = f"{corpora.FOLDER}/{name}/"
        yield from of_corpus(corpora.folder(root, name), personal=True, within=within)


def may_be_handed_on(place: str) -> bool:
    """Whether the file at `place` may be in the archive of a single corpus."""
    part = part_at(place)
    return part is not None and not part.stays and not place.startswith(f"{corpora.FOLDER}/")


def part_at(place: str) -> Part | None:
    """What belongs at `place` in an archive; None where nothing does."""
    first, _, rest = place.partition("/")
    if first == corpora.FOLDER:
        name, _, place = rest.partition("/")
        if not corpora.is_name(name):
            return None
    return next((part for part in PARTS if _pattern(part.place).fullmatch(place)), None)


@functools.cache
def _pattern(place: str) -> re.Pattern[str]:
    return re.compile(_ANY.join(map(re.escape, place.split("*"))))
