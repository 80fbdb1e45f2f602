"""Three invented papers on grasping, and questions about them as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rag.filters import Filters
from rag.question import Lexicon, Reading, understand
from rag.records import Paper, Turn
from tests.rag.question.conversation_rows import FIRST

TODAY = date(2025, 11, 21)
PAPERS = tuple(
    Paper(
        paper_id=key,
        title=f"{name}: grasping from video, part {key}",
        abstract=f"We present {name}, which grasps. Reward hacking (RH) is hacking."
        + " hacking" * 3,
    )
    for key, name in (("a", "GraspNet-V"), ("b", "VidGrip"), ("c", "HandCopy"))
)
LEXICON = Lexicon.from_papers(PAPERS)


def user(text: str) -> Turn:
    return Turn(role="user", content=text)


def assistant(text: str = "Here.", papers: tuple[str, ...] | None = ("a", "b", "c")) -> Turn:
    return Turn(role="assistant", content=text, papers=papers)


def read(question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Reading:
    return understand(question, lexicon=LEXICON, today=TODAY, history=history, filters=filters)


TALK = (user(FIRST), assistant())


def talk(*questions: str, papers: tuple[str, ...] = ("a", "b", "c")) -> tuple[Turn, ...]:
    return tuple(turn for text in questions for turn in (user(text), assistant(papers=papers)))


def within(question: str, ids: Sequence[str], history: Sequence[Turn] = ()) -> Reading:
    return understand(question, lexicon=LEXICON, today=TODAY, history=history, within=ids)
