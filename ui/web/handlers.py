"""What is done when the visitor does something on the page: asks, stops, opens, renames, deletes.

No handler raises: a `gr.Blocks` page has no good way to show that. What a conversation looks like
is known to render.py.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import gradio as gr

from rag.errors import CitewellError
from ui.web import receipts, render
from ui.web.answers import Answers
from ui.web.chosen import asked
from ui.web.conversations import Conversations
from ui.web.exchange import Exchange
from ui.web.guard import visitor
from ui.web.library import SHOWN, Library
from ui.web.line import AT_ONCE, Line
from ui.web.notes import OpenTalks
from ui.web.remedies import told
from ui.web.talk import Talk
from ui.web.work import Crew, followed

_DELETED = (
    "This conversation was deleted in another tab; nothing more of it is kept."
    " A new one begins with your next question."
)
_GONE = "That conversation is not here. It may have been deleted, or kept for another browser."
_ENDED = (
    "That private conversation has ended, and nothing of it was kept. This is a new private one."
)

_ALWAYS = ("id", "state", "question")
"""Of a turn that the page has already."""

View = dict[str, Any]


class Handlers:
    """The events' handlers. As `page.build` is told of them."""

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
        self._line = Line(Crew(2 * AT_ONCE))
        self._at_work: WeakValueDictionary[str, Talk] = WeakValueDictionary()
        """By the id of an exchange that is on its way: where it is worked on."""
        self._finished: WeakKeyDictionary[Exchange, tuple[str, dict[str, str]]] = (
            WeakKeyDictionary()
        )

    def view(self, talk: Talk | None, *, note: str = "", brief: bool = False) -> View:
        """All that is seen; `brief` leaves out of earlier turns what this page has already."""
        config, papers = self._assistant.config, self._counted()
        corpus = receipts.current(self._assistant.index_manager)
        return {
            "talk": talk.id if talk else "",
            "head": render.head(config, papers, private=bool(talk and talk.private)),
            "model": config.model if config.mode != "extractive" else None,
            "mode": "llm" if config.answers_with_model else "extractive",
            "intro": render.intro(papers, note=note),
            "trouble": talk.trouble if talk else "",
            "kept": bool(self._conversations and talk and not (talk.private or talk.deleted)),
            "private": bool(talk and talk.private),
            "elsewhere": bool(talk and talk.awaited and not talk.busy),
            "turns": self._turns(talk, corpus, brief=brief) if talk else [],
        }

    def _counted(self) -> int:
        with contextlib.suppress(CitewellError):  # told where it matters: by an answer
            self._papers = len(self._assistant.index_manager.catalog)
        return self._papers

    def _turns(self, talk: Talk, corpus: str, *, brief: bool) -> list[dict[str, str]]:
        turns = [self._turn(exchange, corpus) for exchange in talk.exchanges]
        shown, talk.shown = talk.shown, {turn["id"]: turn for turn in turns}
        if not brief:
            return turns
        # The last one always goes as a whole: a page may skip a picture when another follows.
        short = [
            {key: turn[key] for key in _ALWAYS} if shown.get(turn["id"]) is turn else turn
            for turn in turns[:-1]
        ]
        return [*short, *turns[-1:]]

    def _turn(self, exchange: Exchange, corpus: str) -> dict[str, str]:
        if exchange.busy:
            return render.turn(exchange)
        held = self._finished.get(exchange)
        if held is None or held[0] != corpus:
            held = self._finished[exchange] = (corpus, render.turn(exchange, corpus=corpus))
        return held[1]

    # The conversation

    async def ask(
        self, talk: Talk | None, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[tuple[View, Talk]]:
        data, owner = _data(event), visitor(request.cookies)
        is_over = bool(talk and talk.deleted and _text(data, "question"))
        if talk is None or is_over or data.get("talk", "") not in ("", talk.id):
            # The server has forgotten this page's session: it was restarted, or a day went by.
            private = owner is None or bool(data.get("private"))
            talk = self._found(owner, _text(data, "talk"), private=private)
            talk = talk or Talk(self._assistant, self._line, private=private)
        else:
            await self._catch_up(owner, talk)
        self._talks.add(owner, talk)
        news = asked(talk, data, self._assistant.index_manager.catalog)
        for exchange in talk.exchanges[-1:]:
            self._at_work.setdefault(exchange.id, talk)
        held = talk

        async def keep() -> None:
            await asyncio.to_thread(self._keep, owner, held)

        async for _ in followed(news, begun=keep):
            if not talk.left:
                yield self.view(talk, brief=True), talk
        if not talk.left:
            yield self.view(talk, brief=True), talk

    async def stop(self, talk: Talk | None) -> None:
        if talk is None:
            return
        talk.stop()
        for exchange in talk.exchanges:
            if exchange.busy and (other := self._at_work.get(exchange.id)):
                other.stop()

    async def fresh(
        self, talk: Talk | None, request: gr.Request, event: gr.EventData
    ) -> tuple[View, Talk]:
        _leave(talk)
        talk = self._begun(visitor(request.cookies), private=bool(_data(event).get("private")))
        return self.view(talk), talk

    def _begun(self, owner: str | None, *, private: bool) -> Talk:
        talk = Talk(self._assistant, self._line, private=private or owner is None)
        self._talks.add(owner, talk)
        return talk

    async def open(
        self, talk: Talk | None, request: gr.Request, event: gr.EventData
    ) -> tuple[View, Talk | View | None]:
        """`look`: only for what other tabs have done meanwhile."""
        data, owner = _data(event), visitor(request.cookies)
        wanted, private = _text(data, "talk"), bool(data.get("private"))
        if talk and talk.id == wanted:
            talk.left = False
            is_news = await self._catch_up(owner, talk, tell=True)
            if not data.get("look"):
                return self._opened(talk), talk
            looked: View = {**self.view(talk, brief=True), "looked": True}
            return (looked, talk) if is_news else (gr.skip(), gr.skip())
        _leave(talk)
        found = await asyncio.to_thread(self._found, owner, wanted, private=private)
        note = "" if found or not wanted else _ENDED if private else _GONE
        if private and not found:
            found = self._begun(owner, private=True)
        return self._opened(found, note=note), found

    def _opened(self, talk: Talk | None, *, note: str = "") -> View:
        """With the papers that its last question kept to: the next one keeps to them as well."""
        last = talk.exchanges[-1].within if talk and talk.exchanges else None
        return {**self.view(talk, note=note), "only": list(last or ())}

    # The list of conversations

    def list(self, request: gr.Request, event: gr.EventData) -> View:
        data = _data(event)
        most = data["most"] if isinstance(data.get("most"), int) else SHOWN
        owner, words = visitor(request.cookies), _text(data, "words")
        return self._library.view(owner, words, most=min(max(most, SHOWN), 100_000))

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

    def _found(self, owner: str | None, talk_id: str, *, private: bool) -> Talk | None:
        """A conversation of the visitor's: a private one from where it is open, else as kept."""
        if private:
            held = self._talks.find(owner, talk_id)
            if held is None or not held.private:
                return None
            self._talks.add(owner, copy := held.copy())
            return copy
        if not (self._conversations and owner and talk_id):
            return None
        try:
            exchanges = self._conversations.load(owner, talk_id)
        except CitewellError:
            return None
        if exchanges is None:
            return None
        exchanges = [self._live(exchange) or exchange for exchange in exchanges]
        return Talk(self._assistant, self._line, talk_id=talk_id, exchanges=exchanges)

    async def _catch_up(self, owner: str | None, talk: Talk, *, tell: bool = False) -> bool:
        """What other tabs have done in the conversation is taken over; whether there was any.
        `tell`: also that it was deleted there."""
        if not (self._conversations and owner and talk.begun) or talk.private or talk.deleted:
            return False
        try:
            order = await asyncio.to_thread(self._conversations.order, owner, talk.id)
            if order == [exchange.id for exchange in talk.exchanges]:
                return False
            kept = await asyncio.to_thread(self._conversations.load, owner, talk.id)
        except CitewellError:
            return False
        if kept is not None:
            return talk.meet([self._live(exchange) or exchange for exchange in kept])
        if tell:
            talk.deleted, talk.trouble = True, _DELETED
        return tell

    def _live(self, exchange: Exchange) -> Exchange | None:
        """The same as it is worked on, in another tab or for this one before it was loaded anew."""
        talk = self._at_work.get(exchange.id) if exchange.broken else None
        return talk.find(exchange.id) if talk else None

    def _keep(self, owner: str | None, talk: Talk) -> None:
        if talk.private or talk.deleted or not talk.exchanges:
            return
        if self._conversations is None or owner is None:
            talk.trouble = self._trouble
            return
        talk.unkept.add(talk.exchanges[-1].id)
        try:
            for at, exchange in enumerate(talk.exchanges, 1):
                if exchange.id in talk.unkept and not talk.deleted:
                    self._keep_one(self._conversations, owner, talk, talk.exchanges[:at])
            talk.trouble = _DELETED if talk.deleted else ""
        except CitewellError as error:
            talk.trouble = f"This conversation is not kept. {told(error)}"

    @staticmethod
    def _keep_one(
        kept: Conversations, owner: str, talk: Talk, exchanges: Sequence[Exchange]
    ) -> None:
        """The last of them. What it replaces stays until it is whole: Citewell may be ended."""
        replaced = () if exchanges[-1].busy else talk.replaced
        is_kept = kept.keep(owner, talk.id, exchanges, replaced=replaced, begun=talk.begun)
        talk.begun, talk.deleted = True, not is_kept
        talk.unkept.discard(exchanges[-1].id)


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
