"""What has been fetched, on disk: a folder a query with every reply as it came, and a manifest that
says what was asked and what comes next. The manifest is written behind each reply, so that a run
that is cut short, at any instant, goes on from the last whole one. Nothing here opens a connection.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ingest.fetch.asked import Page, Query, Source
from rag.errors import BadInput, CitewellError

MANIFEST = ".manifest.json"
"""Hidden, as are replies without records, so that the folder can be ingested as it stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPage:
    """One reply in a file of the folder. `address`: what was asked, without key and contact."""

    file: str
    records: int
    total: int | None
    next: str | None
    address: str
    fetched: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """All that has been fetched of a query."""

    folder: Path
    pages: tuple[KeptPage, ...] = ()

    @property
    def files(self) -> list[Path]:
        """The replies that hold records, in their order."""
        return [self.folder / page.file for page in self.pages if page.records]

    @property
    def records(self) -> int:
        return sum(page.records for page in self.pages)

    @property
    def total(self) -> int | None:
        """How many there are by the service's latest word."""
        told = [page.total for page in self.pages if page.total is not None]
        return told[-1] if told else None

    @property
    def next(self) -> str | None:
        """The page that comes next, empty for the first; None where all is fetched."""
        return self.pages[-1].next if self.pages else ""

    @property
    def day(self) -> str:
        """Of the last reply: `2026-12-02`."""
        return self.pages[-1].fetched[:10] if self.pages else ""


def folder_of(where: Path, source: Source, query: Query, base: str) -> Path:
    """The folder of a query in `where`: `arxiv-3f2a91c0`."""
    asked = json.dumps([source.name, base, _described(query)], sort_keys=True)
    return where / f"{source.name}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"


def opened(folder: Path) -> Kept:
    """What is there already. A reply whose file is gone ends it. Raises BadInput for a manifest
    that is none."""
    try:
        held = json.loads((folder / MANIFEST).read_text("utf-8"))
        pages = [_page(page) for page in held["pages"]]
    except FileNotFoundError:
        return Kept(folder=folder)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadInput(
            f"it does not say what has been fetched: {error}",
            path=folder / MANIFEST,
            remedy="Fetch all of it anew with --fresh.",
        ) from error
    whole: list[KeptPage] = []
    for page in pages:
        if not (folder / page.file).is_file():
            break
        whole.append(page)
    return Kept(folder=folder, pages=tuple(whole))


def _page(held: dict[str, Any]) -> KeptPage:
    """Raises TypeError for what is none."""
    page = KeptPage(**held)
    told = (page.file, page.address, page.fetched)
    if not all(isinstance(text, str) for text in told) or Path(page.file).name != page.file:
        raise TypeError("a page has no file or address")
    if type(page.records) is not int or not isinstance(page.next, str | None):
        raise TypeError("a page does not say what it holds")
    return page


def add(kept: Kept, source: Source, query: Query, address: str, body: bytes, page: Page) -> Kept:
    """Keep one reply more. Raises CitewellError where it cannot be written."""
    number = len(kept.pages) + 1
    name = f"{kept.folder.name}-{number:04}.{source.ending}"
    new = KeptPage(
        file=name if page.records else f".{name}",
        records=page.records,
        total=page.total,
        next=page.next,
        address=address,
        fetched=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    after = replace(kept, pages=(*kept.pages, new))
    manifest = {
        "source": source.name,
        "asked": _described(query),
        "pages": [asdict(one) for one in after.pages],
    }
    with writing(kept.folder):
        kept.folder.mkdir(parents=True, exist_ok=True)
        _replace(kept.folder / new.file, body)
        _replace(kept.folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    return after


def put_aside(folder: Path) -> None:
    """Keep what is there under another name, so that all is fetched anew."""
    if folder.exists():
        now = datetime.datetime.now(datetime.UTC)
        with writing(folder):
            folder.rename(folder.with_name(f"{folder.name}-until-{now:%Y%m%dT%H%M%S%f}"))


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CitewellError(
            f"{folder} cannot be written: {error.strerror or error}.",
            remedy="Make room or mend its permissions, or name another folder with --data-dir.",
        ) from error


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name.lstrip('.')}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _described(query: Query) -> dict[str, Any]:
    return {
        "words": query.words,
        "since": query.since and query.since.isoformat(),
        "until": query.until and query.until.isoformat(),
        "ids": list(query.ids),
    }
