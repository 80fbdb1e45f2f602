"""One visitor's conversation: what was asked, how far each answer is, and what went wrong.

Nothing here knows HTML or Gradio. All of it runs on the event loop; the answers themselves are
worked out in threads (answer_jobs.py).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from itertools import takewhile

from rag.errors import CitewellError
from rag.filters import Filters
from rag.records import Depth, Mode, Turn
from ui.web.answers import Answers
from ui.web.chat.answer_jobs import STOPPED, AnswerJob, QueuePlace
from ui.web.chat.job_queue import JobQueue
from ui.web.chat.turn import ChatTurn

PAUSE = 0.06
"""Seconds between two pictures of an answer that streams in."""

_log = logging.getLogger("citewell.web")


class Conversation:
    """A conversation with `assistant`; answers wait for their turn in `job_queue`. `private`: not
    to be kept."""

    def __init__(
        self,
        assistant: Answers,
        job_queue: JobQueue,
        *,
        conversation_id: str | None = None,
        turns: Sequence[ChatTurn] = (),
        private: bool = False,
    ) -> None:
        self.id = conversation_id or secrets.token_urlsafe(9)
        self.turns = list(turns)
        self.private = private
        self.left = False
        """The visitor has turned to another conversation."""
        self.replaced: set[str] = set()
        """Ids of turns that others have taken the place of."""
        self.unkept: set[str] = set()
        """Ids of turns that could not be kept so far."""
        self.begun = bool(turns)
        """It was kept before, and can be deleted."""
        self.shown: dict[str, dict[str, str]] = {}
        """What the page was sent last, by the id of the turn: pieces of HTML."""
        self.deleted = False
        self.trouble = ""
        """Why it could not be kept, when it could not."""
        self._assistant = assistant
        self._job_queue = job_queue
        self._job: AnswerJob | None = None

    def __deepcopy__(self, memo: object) -> Conversation:
        return self  # Gradio copies what a session holds; a conversation is one and stays one

    @property
    def busy(self) -> bool:
        return self._job is not None

    @property
    def awaited(self) -> bool:
        """An answer is on its way here, or in another tab that has the conversation open."""
        return any(turn.busy for turn in self.turns)

    def copy(self) -> Conversation:
        """The same for another tab, which goes its own way."""
        return Conversation(
            self._assistant,
            self._job_queue,
            conversation_id=self.id,
            turns=self.turns,
            private=self.private,
        )

    def meet(self, kept: Sequence[ChatTurn]) -> bool:
        """Take over what is `kept` of this conversation, which may go on in other tabs; whether
        there was news. Does nothing while an answer is on its way here."""
        if self._job:
            return False
        before = [turn.id for turn in self.turns]
        mine = {turn.id: turn for turn in self.turns if not turn.broken}
        unkept = [turn for turn in self.turns if turn.id in self.unkept]
        found = [mine.get(turn.id, turn) for turn in kept]
        known = self.replaced | self.unkept
        self.turns = [*(one for one in found if one.id not in known), *unkept]
        return [turn.id for turn in self.turns] != before

    def history(self, before: ChatTurn) -> tuple[Turn, ...]:
        return history(takewhile(lambda turn: turn is not before, self.turns))

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        within: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        depth: Depth = "normal",
    ) -> AsyncIterator[ChatTurn]:
        """Ask; yields the turn whenever there is something new to show of it. Never raises:
        what goes wrong is told in the turn. Does nothing while an answer is on its way."""
        if self._job:
            return nothing()
        turn = ChatTurn(
            id=secrets.token_urlsafe(6),
            question=question.strip(),
            filters=filters,
            within=within,
            mode=mode,
            depth=depth,
            asked_on=date.today().isoformat(),
        )
        self.turns.append(turn)
        return self._run(turn)

    def again(
        self,
        old: ChatTurn,
        *,
        question: str | None = None,
        filters: Filters | None = None,
        within: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        depth: Depth | None = None,
    ) -> AsyncIterator[ChatTurn]:
        """Ask once more, in other words, with other constraints or to another depth where they are
        given. The last turn is replaced; an earlier one stays, and the question is asked anew.
        Constraints that belonged to the old wording are read again from a new one, which is
        answered from the best papers first."""
        if self._job:
            return nothing()
        if old is self.turns[-1]:
            self.turns.pop()
            self.replaced.add(old.id)
        if filters is None and question is None:
            filters = old.filters
        asked = self.ask(
            question or old.question,
            filters=filters,
            within=within,
            mode=mode or old.mode,
            depth=depth or _depth_again(old, question, mode or old.mode),
        )
        if question in (None, old.question):
            self.turns[-1].before = old
        if filters is not None:
            self.turns[-1].stated = old.own_constraints
        return asked

    def find(self, turn_id: str) -> ChatTurn | None:
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def stop(self) -> None:
        if self._job:
            self._job.stop()

    async def _run(self, turn: ChatTurn) -> AsyncIterator[ChatTurn]:
        job = self._job = AnswerJob(
            lambda: self._assistant.stream(
                turn.question,
                history=self.history(turn),
                filters=turn.filters,
                within=turn.within,
                mode=turn.mode,
                depth=turn.depth,
                keeping="private" if self.private else "resume",
            )
        )
        try:
            try:
                self._job_queue.join(job)
            except CitewellError as error:
                job.tell(error)
            yield turn
            while turn.busy:
                for item in await job.news():
                    _apply(item, turn)
                turn.seconds = time.monotonic() - turn.asked_at
                if turn.busy:
                    yield turn
                    await asyncio.sleep(PAUSE)
        finally:
            job.stop()
            self._job_queue.leave(job)
            if turn.busy:  # the visitor has gone
                turn.state = "stopped"
            self._job = None
        yield turn


def history(turns: Iterable[ChatTurn]) -> tuple[Turn, ...]:
    """What was asked and answered, as an assistant is told it."""
    return tuple(told for turn in turns if turn.answer for told in turn.answer.turns)


def _depth_again(old: ChatTurn, question: str | None, mode: Mode | None) -> Depth:
    same = question in (None, old.question) and mode != "extractive"
    return old.depth if same else "normal"


async def nothing() -> AsyncIterator[ChatTurn]:
    """Where there is nothing to ask."""
    return
    yield


def _apply(item: object, turn: ChatTurn) -> None:
    if not turn.busy:
        return
    if item is STOPPED:
        turn.state = "stopped"
    elif isinstance(item, QueuePlace):
        turn.state = "reading" if item.before is None else "waiting"
        turn.before_it = item.before or 0
    elif isinstance(item, CitewellError):
        turn.error = item
        turn.state = "failed"
    elif isinstance(item, BaseException):
        _log.error("An answer failed", exc_info=item)
        turn.error = CitewellError(
            "Something went wrong inside Citewell; this is our fault, not yours.",
            remedy="Try again. The terminal in which Citewell runs shows what happened.",
        )
        turn.state = "failed"
    else:
        turn.take(item)  # type: ignore[arg-type]
