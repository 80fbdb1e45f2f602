"""What is done when the visitor does something on the page: asks, stops, opens, renames, deletes.

No handler raises: a `gr.Blocks` page has no good way to show that. What the page is sent of a
conversation is known to chat_state.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from weakref import WeakValueDictionary

import gradio as gr

from rag.errors import CitewellError
from ui.access import person
from ui.web.answers import Answers
from ui.web.chat.answer_jobs import Workers, followed
from ui.web.chat.browser_request import requested_turn
from ui.web.chat.chat_state import ChatState, ChatStates
from ui.web.chat.conversation import Conversation
from ui.web.chat.conversation_list import SHOWN, ConversationList
from ui.web.chat.conversations import Conversations
from ui.web.chat.job_queue import AT_ONCE, JobQueue
from ui.web.chat.turn import ChatTurn
from ui.web.notes import OpenConversations
from ui.web.remedies import told
from ui.web.suggestions import Suggestions

_DELETED = (
    "This conversation was deleted in another tab; nothing more of it is kept."
    " A new one begins with your next question."
)
_GONE = "That conversation is not here. It may have been deleted, or kept for another browser."
_ENDED = (
    "That private conversation has ended, and nothing of it was kept. This is a new private one."
)


class Handlers:
    """The events' handlers. As `page.build` is told of them."""

    def __init__(
        self,
        assistant: Answers,
        papers: int,
        conversations: Conversations | None,
        open_conversations: OpenConversations,
        suggestions: Suggestions,
        trouble: str,
    ) -> None:
        self._assistant = assistant
        self._conversations = conversations
        self._open_conversations = open_conversations
        self._trouble = trouble
        self._state = ChatStates(
            assistant, papers, suggestions, is_kept=conversations is not None
        ).of
        self._conversation_list = ConversationList(conversations, trouble)
        # An answer that was stopped may hold its thread for a while.
        self._job_queue = JobQueue(Workers(2 * AT_ONCE))
        self._at_work: WeakValueDictionary[str, Conversation] = WeakValueDictionary()
        """By the id of a turn that is on its way: where it is worked on."""

    # The conversation

    async def ask(
        self, conversation: Conversation | None, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[tuple[ChatState, Conversation]]:
        data, owner = _data(event), _owner(request)
        is_over = bool(conversation and conversation.deleted and _text(data, "question"))
        if (
            conversation is None
            or is_over
            or data.get("conversation", "") not in ("", conversation.id)
        ):
            # The server has forgotten this page's session: it was restarted, or a day went by.
            private = owner is None or bool(data.get("private"))
            conversation = self._found(owner, _text(data, "conversation"), private=private)
            conversation = conversation or Conversation(
                self._assistant, self._job_queue, private=private
            )
        else:
            await self._catch_up(owner, conversation)
        self._open_conversations.add(owner, conversation)
        news = requested_turn(conversation, data, self._assistant.index_manager.catalog)
        for turn in conversation.turns[-1:]:
            self._at_work.setdefault(turn.id, conversation)
        held = conversation

        async def keep() -> None:
            await asyncio.to_thread(self._keep, owner, held)

        async for _ in followed(news, begun=keep):
            if not conversation.left:
                yield self._state(conversation, brief=True), conversation
        if not conversation.left:
            yield self._state(conversation, brief=True), conversation

    async def stop(self, conversation: Conversation | None) -> None:
        if conversation is None:
            return
        conversation.stop()
        for turn in conversation.turns:
            if turn.busy and (other := self._at_work.get(turn.id)):
                other.stop()

    async def fresh(
        self, conversation: Conversation | None, request: gr.Request, event: gr.EventData
    ) -> tuple[ChatState, Conversation]:
        _leave(conversation)
        conversation = self._begun(_owner(request), private=bool(_data(event).get("private")))
        return self._state(conversation), conversation

    def _begun(self, owner: str | None, *, private: bool) -> Conversation:
        conversation = Conversation(
            self._assistant, self._job_queue, private=private or owner is None
        )
        self._open_conversations.add(owner, conversation)
        return conversation

    async def open(
        self, conversation: Conversation | None, request: gr.Request, event: gr.EventData
    ) -> tuple[ChatState, Conversation | ChatState | None]:
        """`look`: only for what other tabs have done meanwhile."""
        data, owner = _data(event), _owner(request)
        wanted, private = _text(data, "conversation"), bool(data.get("private"))
        if conversation and conversation.id == wanted:
            conversation.left = False
            is_news = await self._catch_up(owner, conversation, tell=True)
            if not data.get("look"):
                return self._opened(conversation), conversation
            looked: ChatState = {**self._state(conversation, brief=True), "looked": True}
            return (looked, conversation) if is_news else (gr.skip(), gr.skip())
        _leave(conversation)
        found = await asyncio.to_thread(self._found, owner, wanted, private=private)
        note = "" if found or not wanted else _ENDED if private else _GONE
        if private and not found:
            found = self._begun(owner, private=True)
        return self._opened(found, note=note), found

    def _opened(self, conversation: Conversation | None, *, note: str = "") -> ChatState:
        """With the papers that its last question kept to: the next one keeps to them as well."""
        last = conversation.turns[-1].within if conversation and conversation.turns else None
        return {**self._state(conversation, note=note), "scope": list(last or ())}

    # The list of conversations

    def list(self, request: gr.Request, event: gr.EventData) -> dict[str, Any]:
        data = _data(event)
        most = data["most"] if isinstance(data.get("most"), int) else SHOWN
        owner, words = _owner(request), _text(data, "words")
        return self._conversation_list.listed(owner, words, most=min(max(most, SHOWN), 100_000))

    def rename(self, request: gr.Request, event: gr.EventData) -> dict[str, Any]:
        data, owner = _data(event), _owner(request)
        trouble = self._conversation_list.rename(
            owner, _text(data, "conversation"), _text(data, "title")
        )
        return self._conversation_list.listed(owner, _text(data, "words"), trouble=trouble)

    def forget(
        self, conversation: Conversation | None, request: gr.Request, event: gr.EventData
    ) -> tuple[dict[str, Any], ChatState, Conversation | None]:
        data, owner = _data(event), _owner(request)
        wanted = _text(data, "conversation")
        trouble = self._conversation_list.forget(owner, wanted)
        if conversation and conversation.id == wanted and not trouble:
            _leave(conversation)
            conversation = None
        entries = self._conversation_list.listed(owner, _text(data, "words"), trouble=trouble)
        return entries, self._state(conversation), conversation

    # Keeping

    def _found(
        self, owner: str | None, conversation_id: str, *, private: bool
    ) -> Conversation | None:
        """A conversation of the visitor's: a private one from where it is open, else as kept."""
        if private:
            held = self._open_conversations.find(owner, conversation_id)
            if held is None or not held.private:
                return None
            self._open_conversations.add(owner, copy := held.copy())
            return copy
        if not (self._conversations and owner and conversation_id):
            return None
        try:
            turns = self._conversations.load(owner, conversation_id)
        except CitewellError:
            return None
        if turns is None:
            return None
        turns = [self._live(turn) or turn for turn in turns]
        return Conversation(
            self._assistant, self._job_queue, conversation_id=conversation_id, turns=turns
        )

    async def _catch_up(
        self, owner: str | None, conversation: Conversation, *, tell: bool = False
    ) -> bool:
        """What other tabs have done in the conversation is taken over; whether there was any.
        `tell`: also that it was deleted there."""
        if (
            not (self._conversations and owner and conversation.begun)
            or conversation.private
            or conversation.deleted
        ):
            return False
        try:
            order = await asyncio.to_thread(self._conversations.order, owner, conversation.id)
            if order == [turn.id for turn in conversation.turns]:
                return False
            kept = await asyncio.to_thread(self._conversations.load, owner, conversation.id)
        except CitewellError:
            return False
        if kept is not None:
            return conversation.meet([self._live(turn) or turn for turn in kept])
        if tell:
            conversation.deleted, conversation.trouble = True, _DELETED
        return tell

    def _live(self, turn: ChatTurn) -> ChatTurn | None:
        """The same as it is worked on, in another tab or for this one before it was loaded anew."""
        conversation = self._at_work.get(turn.id) if turn.broken else None
        return conversation.find(turn.id) if conversation else None

    def _keep(self, owner: str | None, conversation: Conversation) -> None:
        if conversation.private or conversation.deleted or not conversation.turns:
            return
        if self._conversations is None or owner is None:
            conversation.trouble = self._trouble
            return
        conversation.unkept.add(conversation.turns[-1].id)
        try:
            for at, turn in enumerate(conversation.turns, 1):
                if turn.id in conversation.unkept and not conversation.deleted:
                    self._keep_one(
                        self._conversations, owner, conversation, conversation.turns[:at]
                    )
            conversation.trouble = _DELETED if conversation.deleted else ""
        except CitewellError as error:
            conversation.trouble = f"This conversation is not kept. {told(error)}"

    @staticmethod
    def _keep_one(
        kept: Conversations, owner: str, conversation: Conversation, turns: Sequence[ChatTurn]
    ) -> None:
        """The last of them. What it replaces stays until it is whole: Citewell may be ended."""
        replaced = () if turns[-1].busy else conversation.replaced
        is_kept = kept.keep(
            owner, conversation.id, turns, replaced=replaced, begun=conversation.begun
        )
        conversation.begun, conversation.deleted = True, not is_kept
        conversation.unkept.discard(turns[-1].id)


def _leave(conversation: Conversation | None) -> None:
    """The visitor turns to something else: what is still to come is not shown."""
    if conversation:
        conversation.left = True
        conversation.stop()


def _owner(request: gr.Request) -> str | None:
    return person.of(request.request).owner


def _data(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value.strip() if isinstance(value, str) else ""
