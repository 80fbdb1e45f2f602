"""Three invented papers on grasping, and questions about them as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rag.corpus.lexicon import Lexicon
from rag.filters import Filters
from rag.question.parse import QuestionParser
from rag.question.schema import ParsedQuestion
from rag.records import Paper, Turn

TODAY = date(2025, 11, 21)
PAPERS = tuple(
    Paper(
        paper_id=key,
        title=f"{name}: grasping from video, part {key}",
        abstract=f"We present {name}, which grasps. Reward hacking (RH) is hacking."
        + " hacking" * 3,
        published=published,
        upvotes=upvotes,
    )
    for key, name, published, upvotes in (
        ("a", "GraspNet-V", "2024-05-31", 12),
        ("b", "VidGrip", "2023", None),
        ("c", "HandCopy", None, 3),
    )
)
LEXICON = Lexicon.from_papers(PAPERS)
ROBOTS = "papers on robots"


def lookup(ids: Iterable[str]) -> list[Paper]:
    wanted = list(ids)
    return [paper for key in wanted for paper in PAPERS if paper.paper_id == key]


PARSER = QuestionParser(lexicon=LEXICON, today=TODAY, lookup=lookup)


def user(text: str) -> Turn:
    return Turn(role="user", content=text)


def assistant(text: str = "Here.", papers: tuple[str, ...] | None = ("a", "b", "c")) -> Turn:
    return Turn(role="assistant", content=text, papers=papers)


def read(
    question: str,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    within: Sequence[str] | None = None,
) -> ParsedQuestion:
    return PARSER.parse(question, history=history, filters=filters, within=within)


def talk(*questions: str, papers: tuple[str, ...] = ("a", "b", "c")) -> tuple[Turn, ...]:
    """A conversation in which each answer puts forward `papers`."""
    return tuple(turn for text in questions for turn in (user(text), assistant(papers=papers)))
