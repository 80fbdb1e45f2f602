"""The one downloader: a request at a time to each service, no sooner than it wants, asked again
where that helps and given up where it does not. What a service is like stands in its row."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from filelock import FileLock, Timeout

from ingest.fetch import kept as kept_on_disk
from ingest.fetch.asked import Ask, Page, Query, Source
from ingest.fetch.kept import Kept
from rag.adapters import web_get
from rag.errors import CatalogLocked, FetchFailed

Report = Callable[[str, int, int], None]
"""Told of progress: what is counted, done, in all."""
FOLDER = "fetched"
"""In the data folder."""
_LONGEST_WAIT_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Downloader:
    """`where`: the folder that keeps all replies. `contact`: an e-mail address, which services are
    told; `keys`: those of services by the name of their setting; `mirror`: an address that is asked
    in place of theirs, with the service's name behind it. `agent`: name and version of the program.
    `tell` hears why it waits.
    """

    where: Path
    agent: str
    contact: str | None = None
    keys: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    mirror: str | None = None
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda text: None

    def kept(self, source: Source, query: Query) -> Kept:
        """What has been fetched of a query before; nothing is asked."""
        return kept_on_disk.opened(self._folder(source, query))

    def first_address(self, source: Source, query: Query, *, most: int, fresh: bool = False) -> str:
        """What would be asked first, without key and contact; empty for nothing more."""
        kept = Kept(folder=self._folder(source, query)) if fresh else self.kept(source, query)
        if not _is_wanted(kept, most):
            return ""
        ask = source.ask(query, kept.next or "", min(source.size, most - kept.records))
        return self._address(source, ask)

    def fetch(
        self,
        source: Source,
        query: Query,
        *,
        most: int,
        fresh: bool = False,
        report: Report = lambda stage, done, total: None,
    ) -> Kept:
        """Fetch until there are `most` records or no more, going on from what is kept; `fresh` puts
        that aside. Services that do not let a page be cut give more.

        Raises FetchFailed with what was fetched kept, BadInput for a query that a service does not
        understand, CatalogLocked where another process asks the same service.
        """
        with self._turn(source):
            if fresh:
                kept_on_disk.put_aside(self._folder(source, query))
            kept = self.kept(source, query)
            while _is_wanted(kept, most):
                at = kept.next or ""
                ask = source.ask(query, at, min(source.size, most - kept.records))
                body, page = self._patiently(source, query, ask, at)
                if page.next == at:  # a service that does not go on would be asked for ever
                    page = Page(records=page.records, total=page.total)
                kept = kept_on_disk.add(kept, source, query, self._address(source, ask), body, page)
                report(*_how_far(source, query, kept, most))
            return kept

    def _folder(self, source: Source, query: Query) -> Path:
        return kept_on_disk.folder_of(self.where, source, query, self._base(source))

    def _base(self, source: Source) -> str:
        if self.mirror is None:
            return source.base
        return f"{self.mirror.rstrip('/')}/{source.of}"

    def _address(self, source: Source, ask: Ask) -> str:
        return f"{self._base(source)}{ask.path}?{urlencode(ask.params)}"

    def _patiently(self, source: Source, query: Query, ask: Ask, at: str) -> tuple[bytes, Page]:
        tries = 0
        while True:
            self._wait_for_turn(source)
            try:
                body = self._get(source, ask)
                return body, source.read(body, query, at)
            except FetchFailed as error:
                tries += 1
                pause_s = max(error.wait_s or 0.0, 2.0**tries)
                if tries > error.retries or pause_s > _LONGEST_WAIT_S:
                    raise
                self.tell(f"{error} It is asked again in {pause_s:.0f} s.")
                self.sleep(pause_s)

    def _get(self, source: Source, ask: Ask) -> bytes:
        """With contact and key, which are in no address that is kept."""
        params = list(ask.params)
        headers = {"User-Agent": self.agent}
        if self.contact:
            headers["User-Agent"] += f" (mailto:{self.contact})"
            params += [(source.contact_param, self.contact)] if source.contact_param else []
        key = "" if self.mirror else self.keys.get(source.key) or ""  # it is for the service alone
        if key and source.key_param:
            params.append((source.key_param, key))
        if key and source.key_header:
            headers[source.key_header] = key
        url = self._address(source, Ask(path=ask.path, params=tuple(params)))
        return web_get.get(url, headers=headers, secret=key)

    @contextlib.contextmanager
    def _turn(self, source: Source) -> Iterator[None]:
        """One process at a time asks a service."""
        file = self._lock_file(source)
        with kept_on_disk.writing(self.where):
            self.where.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(f"{file}.lock", timeout=0):
                yield
        except Timeout as error:
            raise CatalogLocked(
                f"Another Citewell process is fetching from {source.told}.",
                remedy="Wait for it to end, and run the same command again.",
            ) from error

    def _wait_for_turn(self, source: Source) -> None:
        """The time between two requests, also of runs one after the other: when the last was made
        is the time of a file."""
        file = self._lock_file(source)
        with contextlib.suppress(FileNotFoundError):
            since_s = time.time() - file.stat().st_mtime
            if 0 <= since_s < source.interval_s:
                self.sleep(source.interval_s - since_s)
        with kept_on_disk.writing(self.where):
            file.touch()

    def _lock_file(self, source: Source) -> Path:
        return self.where / f".{source.of}"


def _is_wanted(kept: Kept, most: int) -> bool:
    return kept.next is not None and kept.records < most


def _how_far(source: Source, query: Query, kept: Kept, most: int) -> tuple[str, int, int]:
    if query.ids:
        asked = len(query.ids) if kept.next is None else int(kept.next)
        return f"{source.looks_up}s", asked, len(query.ids)
    total = most if kept.total is None else min(most, kept.total)
    return "records", min(kept.records, total), total
