"""The promise itself, over the whole question set: every citation is literally in its paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.records import Answer, Turn
from rag.storage.catalog import Catalog

QUESTIONS = Path(__file__).parent.parent / "eval" / "data" / "dev.jsonl"


@pytest.fixture(scope="module")
def assistant(bundled_dir: Path) -> Assistant:
    config = Config(data_dir=bundled_dir)
    return wiring.assistant(
        config, catalog=Catalog(bundled_dir), embedder=wiring.make_embedder(config)
    )


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Answer]:
    return [
        assistant.ask(
            row["question"],
            history=[Turn(role=t["role"], content=t["content"]) for t in row.get("history", [])],
        )
        for row in map(json.loads, QUESTIONS.read_text("utf-8").splitlines())
    ]


def test_every_quote_is_literally_in_its_abstract(
    assistant: Assistant, answers: list[Answer]
) -> None:
    abstracts = {p.paper_id: p.abstract for p in assistant.index_manager.catalog.papers()}
    citations = [c for answer in answers for c in answer.citations]
    assert len(citations) > len(answers)
    for c in citations:
        assert c.quote
        assert abstracts[c.paper_id][c.start : c.end] == c.quote


def test_every_claim_is_cited_and_every_number_resolves(answers: list[Answer]) -> None:
    for answer in answers:
        numbers = {c.n for c in answer.citations}
        for sentence in answer.sentences:
            assert set(sentence.citations) <= numbers
            assert sentence.supported
            for n in sentence.citations:
                assert f"[{n}]" in answer.text


def test_papers_put_forward_are_cited(answers: list[Answer]) -> None:
    for answer in answers:
        assert set(answer.papers) <= {c.paper_id for c in answer.citations}
        assert not set(answer.papers) & set(answer.near)
        assert len(set(answer.papers)) == len(answer.papers)


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    question = "which papers mitigate entropy collapse in RLVR?"
    first, second = assistant.ask(question), assistant.ask(question)
    assert (first.text, first.papers, first.fingerprint) == (
        second.text,
        second.papers,
        second.fingerprint,
    )
