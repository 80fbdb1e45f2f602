"""Questions asked of the bundled corpus, up to what their answers rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from rag import wiring
from rag.config import Config
from rag.question.parse import QuestionParser
from rag.question.schema import ParsedQuestion
from rag.reading import select
from rag.records import Selection, Turn
from rag.retrieval.first_stage import Retriever
from rag.storage.catalog import Catalog
from rag.storage.index_manager import open_or_rebuild
from tests.rag.selections import Ask, FollowUp


@pytest.fixture(scope="session")
def retriever(bundled_dir: Path) -> Retriever:
    catalog = Catalog(bundled_dir)
    embedder = wiring.make_embedder(Config(data_dir=bundled_dir))
    return Retriever(catalog, open_or_rebuild(catalog), embedder)


@pytest.fixture(scope="session")
def parser(bundled_dir: Path, retriever: Retriever) -> QuestionParser:
    return QuestionParser(
        lexicon=retriever.indexes.lexicon,
        today=date(2026, 1, 31),
        lookup=retriever.catalog.papers,
        encode=wiring.make_embedder(Config(data_dir=bundled_dir)).embed_query,
    )


@pytest.fixture(scope="session")
def ask(retriever: Retriever, parser: QuestionParser) -> Ask:
    """A question as it was understood, and what its answer rests on."""

    def asked(question: str, history: Sequence[Turn] = ()) -> tuple[ParsedQuestion, Selection]:
        parsed = parser.parse(question, history=history)
        return parsed, select(parsed, retriever.rank(parsed))

    return asked


@pytest.fixture(scope="session")
def follow_up(ask: Ask) -> FollowUp:
    """What the last question of a conversation rests on."""

    def asked(*questions: str) -> Selection:
        history: list[Turn] = []
        for question in questions:
            _, selection = ask(question, history)
            papers = tuple(paper.paper_id for paper in selection.papers)
            history.append(Turn(role="user", content=question))
            history.append(Turn(role="assistant", content="These.", papers=papers))
        return selection

    return asked
