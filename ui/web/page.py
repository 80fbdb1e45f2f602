"""The page as Gradio sees it: two HTML components, the desk with the conversation and the list of
conversations, and their events.

Gradio gives sessions, the queue and the stream; what is seen is HTML of our own (render.py),
placed by script.js. No handler raises: a `gr.Blocks` page has no good way to show that.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr

from rag.errors import CitewellError
from ui.web import receipts, render
from ui.web.chosen import asked
from ui.web.conversations import Conversations
from ui.web.guard import visitor
from ui.web.library import Library
from ui.web.notes import OpenTalks
from ui.web.talk import Answers, Exchange, Talk
from ui.web.views import VIEWS, template
from ui.web.work import Crew

ANSWERS_AT_ONCE = 4
WAITING_AT_MOST = 32

_DELETED = (
    "This conversation was deleted in another tab; nothing more of it is kept."
    " A new one begins with your next question."
)

# Names in quotation marks are a component's events (gr.HTML finds them by reading this).
_DESK = """
window.citewell.desk(element, props, watch, {
  ask: (data) => trigger("ask", data),
  stop: () => trigger("stop"),
  fresh: (data) => trigger("fresh", data),
  open: (data) => trigger("open", data),
});
"""
_LIBRARY = """
window.citewell.library(element, props, watch, {
  list: (data) => trigger("list", data),
  rename: (data) => trigger("rename", data),
  forget: (data) => trigger("forget", data),
});
"""


def build(
    assistant: Answers,
    *,
    papers: int,
    conversations: Conversations | None,
    talks: OpenTalks,
    trouble: str = "",
) -> gr.Blocks:
    """The page over `assistant`, whose corpus holds `papers` papers. Without `conversations`
    nothing is kept, and `trouble` says why. What is open is told to `talks`."""
    page = _Page(assistant, papers, conversations, talks, trouble)
    quietly: Any = {"show_progress": "hidden", "api_visibility": "private"}
    at_once: Any = {**quietly, "queue": False}
    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_width=True) as blocks:
        talk = gr.State(None)
        desk = gr.HTML(
            {},  # the browser asks: what is put in here would stay as it was at the start
            html_template=_template("desk.html"),
            js_on_load=_DESK,
            apply_default_css=False,
            elem_id="citewell",
        )
        library = gr.HTML(
            {},
            html_template=_template("library.html"),
            js_on_load=_LIBRARY,
            apply_default_css=False,
            elem_id="citewell-library",
        )
        for name in VIEWS:
            gr.HTML(
                {},
                html_template=template(name),
                js_on_load=f"window.citewell.mountView({name!r}, element);",
                apply_default_css=False,
                elem_id=f"citewell-{name}",
                elem_classes="citewell-view",
            )
        # Multiple: a question that comes before the last answer has wholly ended would be lost.
        # Two at once in one conversation are prevented by Talk.
        desk.ask(
            page.ask,
            talk,
            [desk, talk],
            concurrency_limit=ANSWERS_AT_ONCE,
            trigger_mode="multiple",
            **quietly,
        )
        desk.stop(page.stop, talk, None, trigger_mode="multiple", **at_once)
        desk.fresh(page.fresh, talk, [desk, talk], **at_once)
        desk.open(page.open, talk, [desk, talk], **at_once)
        library.list(page.list, None, library, trigger_mode="always_last", **at_once)
        library.rename(page.rename, None, library, **at_once)
        library.forget(page.forget, talk, [library, desk, talk], **at_once)
    blocks.queue(max_size=WAITING_AT_MOST)
    return blocks


def _template(name: str) -> str:
    return (files("ui.web") / name).read_text("utf-8")


View = dict[str, Any]


class _Page:
    """The events' handlers."""

    def __init__(
        self,
        assistant: Answers,
        papers: int,
        conversations: Conversations | None,
        talks: OpenTalks,
        trouble: str,
    ) -> None:
        self._assistant = assistant
        self._papers = papers
        self._conversations = conversations
        self._talks = talks
        self._trouble = trouble
        self._library = Library(conversations, trouble)
        # An answer that was stopped may hold its thread for a while.
        self._crew = Crew(2 * ANSWERS_AT_ONCE)
        self._finished: WeakKeyDictionary[Exchange, tuple[str, dict[str, str]]] = (
            WeakKeyDictionary()
        )

    def view(self, talk: Talk | None, *, note: str = "") -> View:
        config, papers = self._assistant.config, self._counted()
        corpus = receipts.current(self._assistant.shelf)
        return {
            "talk": talk.id if talk else "",
            "head": render.head(config, papers, private=bool(talk and talk.private)),
            "model": config.model if config.mode != "extractive" else None,
            "mode": "llm" if config.answers_with_model else "extractive",
            "intro": render.intro(papers, note=note),
            "trouble": talk.trouble if talk else "",
            "kept": bool(self._conversations and talk and not (talk.private or talk.deleted)),
            "turns": [self._turn(one, corpus) for one in talk.exchanges] if talk else [],
        }

    def _counted(self) -> int:
        with contextlib.suppress(CitewellError):  # told where it matters: by an answer
            self._papers = len(self._assistant.shelf.catalog)
        return self._papers

    def _turn(self, exchange: Exchange, corpus: str) -> dict[str, str]:
        if exchange.busy:
            return render.turn(exchange)
        held = self._finished.get(exchange)
        if held is None or held[0] != corpus:
            held = self._finished[exchange] = (corpus, render.turn(exchange, corpus=corpus))
        return held[1]

    # The desk

    async def ask(
        self, talk: Talk | None, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[tuple[View, Talk]]:
        data, owner = _data(event), visitor(request.cookies)
        is_over = bool(talk and talk.deleted and _text(data, "question"))
        if talk is None or is_over or data.get("talk", "") not in ("", talk.id):
            # The server has forgotten this page's session: it was restarted, or a day went by.
            talk = self._load(owner, _text(data, "talk"), None) or Talk(self._assistant, self._crew)
            talk.private = owner is None or bool(data.get("private"))
        self._talks.add(owner, talk)
        try:
            async for _ in asked(talk, data, self._assistant.shelf.catalog):
                if not talk.left:
                    yield self.view(talk), talk
            await asyncio.to_thread(self._keep, owner, talk)
        except BaseException:  # the visitor closed the page
            if owner and not talk.busy:
                self._crew.do(lambda: self._keep(owner, talk))
            raise
        if not talk.left:
            yield self.view(talk), talk

    async def stop(self, talk: Talk | None) -> None:
        if talk:
            talk.stop()

    async def fresh(
        self, talk: Talk | None, request: gr.Request, event: gr.EventData
    ) -> tuple[View, Talk]:
        _leave(talk)
        private = bool(_data(event).get("private")) or visitor(request.cookies) is None
        talk = Talk(self._assistant, self._crew, private=private)
        self._talks.add(visitor(request.cookies), talk)
        return self.view(talk), talk

    def open(
        self, talk: Talk | None, request: gr.Request, event: gr.EventData
    ) -> tuple[View, Talk | None]:
        _leave(talk)
        wanted = _text(_data(event), "talk")
        if talk and talk.id == wanted and not talk.busy:
            talk.left = False
            return self._opened(talk), talk
        found = self._load(visitor(request.cookies), wanted, talk)
        note = (
            ""
            if found or not wanted
            else "That conversation is not here. It may have been deleted, or kept "
        )
        note = note and note + "for another browser."
        return self._opened(found, note=note), found

    def _opened(self, talk: Talk | None, *, note: str = "") -> View:
        """With the papers that its last question kept to: the next one keeps to them as well."""
        last = talk.exchanges[-1].within if talk and talk.exchanges else None
        return {**self.view(talk, note=note), "only": list(last or ())}

    # The list of conversations

    def list(self, request: gr.Request, event: gr.EventData) -> View:
        return self._library.view(visitor(request.cookies), _text(_data(event), "words"))

    def rename(self, request: gr.Request, event: gr.EventData) -> View:
        data, owner = _data(event), visitor(request.cookies)
        trouble = self._library.rename(owner, _text(data, "talk"), _text(data, "title"))
        return self._library.view(owner, _text(data, "words"), trouble=trouble)

    def forget(
        self, talk: Talk | None, request: gr.Request, event: gr.EventData
    ) -> tuple[View, View, Talk | None]:
        data, owner = _data(event), visitor(request.cookies)
        wanted = _text(data, "talk")
        trouble = self._library.forget(owner, wanted)
        if talk and talk.id == wanted and not trouble:
            _leave(talk)
            talk = None
        entries = self._library.view(owner, _text(data, "words"), trouble=trouble)
        return entries, self.view(talk), talk

    # Keeping

    def _load(self, owner: str | None, talk_id: str, before: Talk | None) -> Talk | None:
        if not (self._conversations and owner and talk_id):
            return None
        try:
            exchanges = self._conversations.load(owner, talk_id)
        except CitewellError:
            return None
        if exchanges is None:
            return None
        return Talk(self._assistant, self._crew, talk_id=talk_id, exchanges=exchanges)

    def _keep(self, owner: str | None, talk: Talk) -> None:
        if talk.private or not talk.exchanges:
            return
        if self._conversations is None or owner is None:
            talk.trouble = self._trouble
            return
        try:
            is_kept = self._conversations.keep(
                owner, talk.id, talk.exchanges, replaced=talk.replaced, begun=talk.begun
            )
            talk.begun, talk.deleted = True, not is_kept
            talk.trouble = "" if is_kept else _DELETED
        except CitewellError as error:
            talk.trouble = f"This conversation is not kept. {error} {error.remedy}".strip()


def _leave(talk: Talk | None) -> None:
    """The visitor turns to something else: what is still to come is not shown."""
    if talk:
        talk.left = True
        talk.stop()


def _data(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value.strip() if isinstance(value, str) else ""
