"""An assistant that does as it is told: slow, failing, hostile, over a handful of papers.

Same `stream` as `rag.assistant.Assistant`; what it does is decided by the question.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.adapters.fakes import HashEmbedder
from rag.adapters.openai_server import Server
from rag.config import Config
from rag.errors import CatalogDamaged
from rag.events import Event, Fallback, Finished, Retrieved, Selected, TextDelta, Understood
from rag.filters import Filters
from rag.ports import Embedder
from rag.question.schema import ParsedQuestion, Topic
from rag.records import Depth, Keeping, Mode, Paper, Sentence, Turn
from tests.ui.web.written import CURE, HOSTILE, OTHER, PROPOSED, STEER, answer, entropy, quote

Script = Callable[["Scripted", ParsedQuestion], Iterator[Event]]


def begin(query: ParsedQuestion, papers: Sequence[Paper]) -> Iterator[Event]:
    yield Understood(parsed=query)
    yield Retrieved(papers=tuple(paper.paper_id for paper in papers))
    yield Selected(papers=tuple(papers), near=(OTHER,))


def plain(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    finished = entropy(query)
    yield from begin(query, [STEER, CURE])
    yield TextDelta(delta=finished.text)
    yield Finished(answer=finished)


def slow(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    """Word by word, as a model writes: with keys, and one sentence that nothing supports."""
    first = quote(
        STEER,
        PROPOSED,
        1,
    )
    told = "STEER mitigates entropy collapse by reweighting tokens."
    claim = "It was trained on a million GPUs."
    text = f"{told} [1] {claim} [unsupported]"
    yield from begin(query, [STEER, CURE])
    for word in f"{told} [E1] {claim}".split(" "):
        time.sleep(scripted.pace)
        yield TextDelta(delta=word + " ")
    yield Finished(
        answer=answer(
            query,
            text,
            [
                Sentence(
                    text="STEER mitigates entropy collapse by reweighting tokens.", citations=(1,)
                ),
                Sentence(text=claim, supported=False, why="It cites nothing."),
            ],
            [first],
            papers=[STEER],
            near=[CURE, OTHER],
            mode="llm",
        )
    )


def stuck(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    """A model server that says three words and then nothing more."""
    yield from begin(query, [STEER])
    yield TextDelta(delta="STEER mitigates entropy ")
    scripted.released.wait(30)
    yield TextDelta(delta="collapse.")
    yield Finished(answer=entropy(query))


def fallback(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    yield from begin(query, [STEER, CURE])
    yield TextDelta(delta="STEER is ")
    yield Fallback(
        message="The model server at http://localhost:11434 does not answer.",
        remedy="Start it, or ask with --mode extractive.",
    )
    notice = "The model server at http://localhost:11434 does not answer. Start it."
    yield TextDelta(delta=entropy(query).text)
    yield Finished(answer=entropy(query, notices=[notice]))


def unreachable(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    """As the assistant tells of a model's server that is not there."""
    message = "localhost:11434 cannot be reached: refused."
    remedy = Server(model="m", base_url="http://localhost:11434/v1").start
    yield from begin(query, [STEER, CURE])
    yield Fallback(message=message, remedy=remedy)
    yield Finished(answer=entropy(query, notices=[f"{message} {remedy}"]))


def damaged(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    if not scripted.mended:
        raise CatalogDamaged(
            "The catalog /data/catalog.sqlite3 cannot be read.", remedy="Run: citewell reindex"
        )
    yield from plain(scripted, query)


def broken(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    yield from begin(query, [STEER])
    raise ZeroDivisionError("secret detail /home/someone")


def hostile(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    cited = quote(HOSTILE, "We attack.", 1)
    text = (
        f"{HOSTILE.title}: {HOSTILE.abstract} [1]\n\n# Heading\n\n{HOSTILE.abstract} [unsupported]"
    )
    said = f"{HOSTILE.title}: {HOSTILE.abstract}"
    yield from begin(query, [HOSTILE, STEER])
    for start in range(0, len(text), 40):
        yield TextDelta(delta=text[start : start + 40])
    lines = [
        Sentence(text=said, citations=(1,)),
        Sentence(text=HOSTILE.abstract, supported=False, why=HOSTILE.title),
    ]
    yield Finished(
        answer=answer(
            query,
            text,
            lines,
            [cited],
            papers=[HOSTILE],
            near=[HOSTILE, STEER],
            notices=[HOSTILE.abstract],
            mode="llm",
        )
    )


def nothing(scripted: Scripted, query: ParsedQuestion) -> Iterator[Event]:
    text = "Nothing in the corpus answers this."
    yield Understood(parsed=query)
    yield Retrieved(papers=())
    yield Selected(papers=())
    yield TextDelta(delta=text)
    yield Finished(
        answer=answer(query, text, [Sentence(text=text)], [], papers=[], status="not_in_corpus")
    )


SCRIPTS: dict[str, Script] = {
    "slow": slow,
    "stuck": stuck,
    "fallback": fallback,
    "damaged": damaged,
    "unreachable": unreachable,
    "broken": broken,
    "hostile": hostile,
    "nothing": nothing,
}


class Papers(tuple[Paper, ...]):
    """As much of a catalog as conversations need."""

    corpus_revision = 1
    manifest: dict[str, str] = {}  # noqa: RUF012

    def papers(self, ids: Iterable[str] | None = None) -> list[Paper]:
        by_id = {paper.paper_id: paper for paper in self}
        return list(self) if ids is None else [by_id[i] for i in ids if i in by_id]


class ScriptedIndexManager:
    catalog = Papers((STEER, CURE, OTHER, HOSTILE))


@dataclass
class Scripted:
    """The first word of a question that names a script decides; else the answer is plain.

    A question with `2025` in it states a constraint.
    """

    config: Config = field(default_factory=lambda: Config(data_dir=Path("/dev/null/nowhere")))
    pace: float = 0.05
    mended: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    index_manager: ScriptedIndexManager = field(default_factory=ScriptedIndexManager)
    asked: list[tuple[str, tuple[Turn, ...], Filters | None]] = field(default_factory=list)
    modes: list[Mode | None] = field(default_factory=list)
    depths: list[tuple[Depth, Keeping]] = field(default_factory=list)
    within: list[Sequence[str] | None] = field(default_factory=list)
    embedder: Embedder = field(default_factory=HashEmbedder)

    def rank(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        return [(CURE.paper_id, 0.9), (STEER.paper_id, 0.5)]

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        within: Sequence[str] | None = None,
        mode: Mode | None = None,
        depth: Depth = "normal",
        keeping: Keeping = "resume",
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history), filters))
        self.modes.append(mode)
        self.depths.append((depth, keeping))
        self.within.append(within)
        stated = Filters(date_from="2025-01-01", date_to="2025-12-31", limit=3)
        read = stated if "2025" in question else Filters()
        query = ParsedQuestion(
            question=question, standalone=question, topic=Topic(own=question), filters=read
        )
        if history:
            query = replace(query, standalone=f"{question} (after {history[0].content})")
        if filters is not None:
            query = replace(query, filters=filters)
        if within is not None:
            query = replace(query, filters=replace(query.filters, paper_ids=tuple(within)))
        script = next((s for word, s in SCRIPTS.items() if word in question.split()), plain)
        yield from script(self, query)
