"""A pull: what is new in Zotero goes the way of any file of papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ingest.readers import ReadResult, read_bytes
from ingest.readers.json_sources import is_no_paper
from rag.adapters.zotero import Zotero
from rag.config import Config
from rag.errors import CatalogError
from ui import files, ingesting
from ui.zotero import fetched
from ui.zotero.fetched import Progress, State, Wish

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """`others`: notes and attachments that stand alone, which are no papers. `file`: what was
    written; empty for nothing."""

    items: int
    others: int = 0
    file: str = ""
    reading: ReadResult = field(default_factory=ReadResult)
    counts: dict[str, int] = field(default_factory=dict)
    news: list[dict[str, Any]] = field(default_factory=list)


def fetch(
    zotero: Zotero, wish: Wish, config: Config, *, afresh: bool, told: Progress
) -> tuple[list[dict[str, Any]], State]:
    """Items, and how far this got. `afresh`: as if nothing had been pulled yet. Raises
    ZoteroError."""
    last = State() if afresh else fetched.state(config.data_dir, wish)
    return fetched.new(zotero, wish, last, told)


def take(
    items: Sequence[dict[str, Any]], reached: State, wish: Wish, config: Config, *, dry_run: bool
) -> Pulled:
    """Ingest what was fetched. Raises CatalogError and ModelServerError as an ingest does; what was
    fetched before it came to that is fetched again the next time."""
    papers = [one for one in items if not is_no_paper(one)]
    pulled = Pulled(items=len(items), others=len(items) - len(papers))
    if papers:
        pulled = _ingested(papers, pulled, wish, config, dry_run=dry_run)
    if not dry_run:
        _kept(lambda: fetched.keep(config.data_dir, wish, reached))
    return pulled


def _ingested(
    papers: Sequence[dict[str, Any]], pulled: Pulled, wish: Wish, config: Config, *, dry_run: bool
) -> Pulled:
    file = fetched.file_of(config.data_dir, wish)
    whole, new = _kept(lambda: fetched.merged(file, papers))
    reading = read_bytes(new, file.name, format="json")
    if dry_run:
        return replace(pulled, reading=reading, counts=ingesting.planned(config, reading))
    _kept(lambda: file.parent.mkdir(parents=True, exist_ok=True))
    _kept(lambda: files.swap(file, whole))
    counts, news = ingesting.write(config, reading, [str(file.absolute())])
    return replace(pulled, file=str(file), reading=reading, counts=counts, news=news)


def _kept(write: Callable[[], _T]) -> _T:
    try:
        return write()
    except OSError as error:
        raise CatalogError(
            f"What was pulled cannot be kept in the data folder: {error.strerror or error}.",
            remedy="Make it writable, or name another one with --data-dir; then pull again.",
        ) from error
