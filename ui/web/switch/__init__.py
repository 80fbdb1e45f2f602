"""The pages of several corpora in one process: that of the corpus which was started at `/`, the
others at `/corpus/NAME/`, each a whole page of its own that is made when somebody opens it.

A tab is of the corpus that its address names, so that it is found again after a reload, and tabs on
different corpora have nothing to do with each other. What a page is made of is not known here.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import Receive, Scope, Send

from rag.errors import CitewellError
from rag.settings import corpora
from ui.web.current_assistant import EMBEDDER, renewed

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.config import Config
    from ui.session import ProgressDisplay
    from ui.settings import Settings
    from ui.web.answers import Answers
    from ui.web.views import Site

_MOST = 8
"""Pages of other corpora that are kept open, those used last."""
_PLACE = re.compile(r"/corpus/([^/]+)(/.*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the page of a corpus is: `prefix` of its paths, and the corpora that it offers."""

    pages: CorpusPages
    name: str

    @property
    def prefix(self) -> str:
        return self.pages.prefix(self.name)

    def links(self) -> list[dict[str, Any]]:
        """`name`, `href`, `here` of every corpus there is."""
        return [
            {"name": name, "href": f"{self.pages.prefix(name)}/", "here": name == self.name}
            for name in self.pages.names()
        ]

    def settled(self) -> None:
        """The settings were changed on this page: the others go by them too."""
        self.pages.settle()


class _Page:
    """A page in use, from its lifespan's beginning to its end."""

    def __init__(self, app: FastAPI, catalog: tuple[int, int]) -> None:
        self.app = app
        self.catalog = catalog
        self._over = asyncio.Event()
        self._begun = asyncio.Event()
        self._life = asyncio.create_task(self._live())

    async def _live(self) -> None:
        try:
            async with self.app.router.lifespan_context(self.app):
                self._begun.set()
                await self._over.wait()
        finally:
            self._begun.set()

    async def begun(self) -> None:
        """Raises what its beginning has raised."""
        await self._begun.wait()
        if self._life.done():
            await self._life

    def end(self) -> None:
        self._over.set()

    async def ended(self) -> None:
        self.end()
        await self._life


class CorpusPages:
    """All pages, as one ASGI application. `make(assistant, settings=…, place=…)` makes one; the one
    of `assistant` is there from the start."""

    def __init__(
        self, assistant: Answers, settings: Settings, make: Callable[..., FastAPI]
    ) -> None:
        self._assistant = assistant
        self._settings = settings
        self._make = make
        self._own = assistant.config.corpus or corpora.DEFAULT
        self._root = assistant.config.root
        self._first = make(assistant, settings=settings, place=Place(pages=self, name=self._own))
        self._others: OrderedDict[str, _Page] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    def names(self) -> list[str]:
        """The corpora there are, that of the data folder itself first."""
        own = [corpora.DEFAULT] if (self._root / corpora.CATALOG).exists() else []
        return [*own, *corpora.names(self._root)]

    def prefix(self, name: str) -> str:
        return "" if name == self._own else f"/corpus/{name}"

    def settle(self) -> None:
        """Have every page go by the settings as they are now. One that cannot stays as it is."""
        for app in (self._first, *(page.app for page in self._others.values())):
            site: Site = app.state.site
            with contextlib.suppress(CitewellError):
                current = site.assistant
                current.current = renewed(current.current, site.settings.load())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            try:
                await self._first(scope, receive, send)
            finally:
                for page in self._others.values():
                    await page.ended()
            return
        found = _PLACE.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or found[1] not in self.names():
            await self._first(scope, receive, send)
            return
        name, path = found[1], found[2]
        if path is None or name == self._own:
            there = RedirectResponse(f"{self.prefix(name)}{path or '/'}")
            await there(scope, receive, send)
            return
        try:
            app = await self._page(name)
        except CitewellError as error:
            told = PlainTextResponse(f"{error}\n{error.remedy}\n", status_code=503)
            await told(scope, receive, send)
            return
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    async def _page(self, name: str) -> FastAPI:
        """Raises CitewellError where the corpus cannot be opened."""
        async with self._one_at_a_time:
            folder = corpora.folder(self._root, None if name == corpora.DEFAULT else name)
            catalog = _identity(folder)
            page = self._others.get(name)
            if page is None or page.catalog != catalog:  # removed, and another one of that name
                settings = self._settings.of(None if name == corpora.DEFAULT else name)
                assistant = await asyncio.to_thread(self._opened, settings.load())
                place = Place(pages=self, name=name)
                page = _Page(self._make(assistant, settings=settings, place=place), catalog)
                await page.begun()
                if before := self._others.pop(name, None):
                    before.end()
                self._others[name] = page
            self._others.move_to_end(name)
            if len(self._others) > _MOST:
                self._others.popitem(last=False)[1].end()
            return page.app

    def _opened(self, config: Config) -> Answers:
        from rag.assistant import Assistant
        from ui import session

        first = self._assistant
        alike = all(getattr(config, one) == getattr(first.config, one) for one in EMBEDDER)
        shared = first.embedder if alike and isinstance(first, Assistant) else None
        assistant = session.ready(config, _unseen, embedder=shared)
        assistant.warm()
        return assistant


def _identity(folder: Path) -> tuple[int, int]:
    about = (folder / corpora.CATALOG).stat()
    return about.st_dev, about.st_ino


def _unseen(title: str) -> AbstractContextManager[ProgressDisplay]:
    return nullcontext(lambda stage, done, total: None)
