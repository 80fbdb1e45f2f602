"""One visitor's conversation: what was asked, how far each answer is, and what went wrong.

Nothing here knows HTML or Gradio. All of it runs on the event loop; the answers themselves are
worked out in threads (work.py).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from datetime import date

from rag.errors import CitewellError
from rag.filters import Filters
from rag.records import Depth, Mode, Turn
from ui.web.answers import Answers
from ui.web.exchange import Exchange
from ui.web.line import Line
from ui.web.work import STOPPED, Place, Run

PAUSE = 0.06
"""Seconds between two pictures of an answer that streams in."""

_log = logging.getLogger("citewell.web")


class Conversation:
    """A conversation with `assistant`; answers wait for their turn in `line`. `private`: not to be
    kept."""

    def __init__(
        self,
        assistant: Answers,
        line: Line,
        *,
        conversation_id: str | None = None,
        exchanges: Sequence[Exchange] = (),
        private: bool = False,
    ) -> None:
        self.id = conversation_id or secrets.token_urlsafe(9)
        self.exchanges = list(exchanges)
        self.private = private
        self.left = False
        """The visitor has turned to another conversation."""
        self.replaced: set[str] = set()
        """Ids of exchanges that others have taken the place of."""
        self.unkept: set[str] = set()
        """Ids of exchanges that could not be kept so far."""
        self.begun = bool(exchanges)
        """It was kept before, and can be deleted."""
        self.shown: dict[str, dict[str, str]] = {}
        """What the page was sent last, by the id of the exchange: pieces of HTML."""
        self.deleted = False
        self.trouble = ""
        """Why it could not be kept, when it could not."""
        self._assistant = assistant
        self._line = line
        self._running: Run | None = None

    def __deepcopy__(self, memo: object) -> Conversation:
        return self  # Gradio copies what a session holds; a conversation is one and stays one

    @property
    def busy(self) -> bool:
        return self._running is not None

    @property
    def awaited(self) -> bool:
        """An answer is on its way here, or in another tab that has the conversation open."""
        return any(exchange.busy for exchange in self.exchanges)

    def copy(self) -> Conversation:
        """The same for another tab, which goes its own way."""
        return Conversation(
            self._assistant,
            self._line,
            conversation_id=self.id,
            exchanges=self.exchanges,
            private=self.private,
        )

    def meet(self, kept: Sequence[Exchange]) -> bool:
        """Take over what is `kept` of this conversation, which may go on in other tabs; whether
        there was news. Does nothing while an answer is on its way here."""
        if self._running:
            return False
        before = [exchange.id for exchange in self.exchanges]
        mine = {exchange.id: exchange for exchange in self.exchanges if not exchange.broken}
        unkept = [exchange for exchange in self.exchanges if exchange.id in self.unkept]
        found = [mine.get(exchange.id, exchange) for exchange in kept]
        known = self.replaced | self.unkept
        self.exchanges = [*(one for one in found if one.id not in known), *unkept]
        return [exchange.id for exchange in self.exchanges] != before

    def history(self, before: Exchange) -> tuple[Turn, ...]:
        turns: list[Turn] = []
        for exchange in self.exchanges:
            if exchange is before:
                break
            if exchange.answer:
                turns += [
                    Turn(role="user", content=exchange.question),
                    Turn(
                        role="assistant",
                        content=exchange.answer.text,
                        papers=exchange.answer.papers,
                    ),
                ]
        return tuple(turns)

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        within: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        depth: Depth = "normal",
    ) -> AsyncIterator[Exchange]:
        """Ask; yields the exchange whenever there is something new to show of it. Never raises:
        what goes wrong is told in the exchange. Does nothing while an answer is on its way."""
        if self._running:
            return nothing()
        exchange = Exchange(
            id=secrets.token_urlsafe(6),
            question=question.strip(),
            filters=filters,
            within=within,
            mode=mode,
            depth=depth,
            asked_on=date.today().isoformat(),
        )
        self.exchanges.append(exchange)
        return self._run(exchange)

    def again(
        self,
        old: Exchange,
        *,
        question: str | None = None,
        filters: Filters | None = None,
        within: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        depth: Depth | None = None,
    ) -> AsyncIterator[Exchange]:
        """Ask once more, in other words, with other constraints or to another depth where they are
        given. The last exchange is replaced; an earlier one stays, and the question is asked anew.
        Constraints that belonged to the old wording are read again from a new one, which is
        answered from the best papers first."""
        if self._running:
            return nothing()
        if old is self.exchanges[-1]:
            self.exchanges.pop()
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
            self.exchanges[-1].before = old
        if filters is not None:
            self.exchanges[-1].stated = old.own_constraints
        return asked

    def find(self, exchange_id: str) -> Exchange | None:
        return next((exchange for exchange in self.exchanges if exchange.id == exchange_id), None)

    def stop(self) -> None:
        if self._running:
            self._running.stop()

    async def _run(self, exchange: Exchange) -> AsyncIterator[Exchange]:
        run = self._running = Run(
            lambda: self._assistant.stream(
                exchange.question,
                history=self.history(exchange),
                filters=exchange.filters,
                within=exchange.within,
                mode=exchange.mode,
                depth=exchange.depth,
                keeping="private" if self.private else "resume",
            )
        )
        try:
            try:
                self._line.join(run)
            except CitewellError as error:
                run.tell(error)
            yield exchange
            while exchange.busy:
                for item in await run.news():
                    _apply(item, exchange)
                exchange.seconds = time.monotonic() - exchange.asked_at
                if exchange.busy:
                    yield exchange
                    await asyncio.sleep(PAUSE)
        finally:
            run.stop()
            self._line.leave(run)
            if exchange.busy:  # the visitor has gone
                exchange.state = "stopped"
            self._running = None
        yield exchange


def _depth_again(old: Exchange, question: str | None, mode: Mode | None) -> Depth:
    same = question in (None, old.question) and mode != "extractive"
    return old.depth if same else "normal"


async def nothing() -> AsyncIterator[Exchange]:
    """Where there is nothing to ask."""
    return
    yield


def _apply(item: object, exchange: Exchange) -> None:
    if not exchange.busy:
        return
    if item is STOPPED:
        exchange.state = "stopped"
    elif isinstance(item, Place):
        exchange.state = "reading" if item.before is None else "waiting"
        exchange.before_it = item.before or 0
    elif isinstance(item, CitewellError):
        exchange.error = item
        exchange.state = "failed"
    elif isinstance(item, BaseException):
        _log.error("An answer failed", exc_info=item)
        exchange.error = CitewellError(
            "Something went wrong inside Citewell; this is our fault, not yours.",
            remedy="Try again. The terminal in which Citewell runs shows what happened.",
        )
        exchange.state = "failed"
    else:
        exchange.take(item)  # type: ignore[arg-type]
