"""The Python door, over the bundled corpus and over small ones."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from citewell import (
    AsyncCorpus,
    Citation,
    ConfigError,
    Corpus,
    Finished,
    Paper,
    UnknownPaper,
    UsageError,
    as_dict,
)
from tests.citewell.loops import in_a_loop
from tests.ui.web.scripted import Scripted

ENTROPY = "which papers mitigate entropy collapse in RLVR?"


@pytest.fixture(scope="module")
def corpus(bundled_dir: Path) -> Iterator[Corpus]:
    with Corpus.open(bundled_dir) as corpus:
        yield corpus


def test_an_answer_cites_literal_words(corpus: Corpus) -> None:
    answer = corpus.ask(ENTROPY)
    assert answer.status == "answered"
    assert answer.citations
    for citation in answer.citations:
        abstract = corpus.paper(citation.paper_id).abstract
        assert citation.quote == abstract[citation.start : citation.end]


def test_a_stream_ends_with_the_same_answer(corpus: Corpus) -> None:
    *_, last = corpus.stream(ENTROPY)
    assert isinstance(last, Finished)
    assert last.answer.citations == corpus.ask(ENTROPY).citations


def test_a_conversation_understands_what_points_back(corpus: Corpus) -> None:
    conversation = corpus.conversation()
    first = conversation.ask(ENTROPY)
    second = conversation.ask("which of those reweights tokens?")
    assert set(second.papers) < set(first.papers)
    assert [turn.role for turn in conversation.history] == ["user", "assistant"] * 2
    assert conversation.answers == (first, second)
    assert conversation.history[1].papers == first.papers
    *_, last = conversation.stream("explain the first one")
    assert isinstance(last, Finished)
    assert conversation.answers[2] == last.answer


def test_a_stream_that_is_closed_is_not_noted(corpus: Corpus) -> None:
    conversation = corpus.conversation()
    events = conversation.stream(ENTROPY)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert conversation.history == ()


def test_papers_are_kept_to(corpus: Corpus) -> None:
    only = corpus.ask(ENTROPY).papers[1]
    answer = corpus.ask("how does it keep entropy up?", papers=[only])
    assert {c.paper_id for c in answer.citations} == {only}
    assert corpus.papers([]) == []
    assert len(corpus.papers()) == len(corpus)


def test_search_table_and_export(corpus: Corpus) -> None:
    found = corpus.search("entropy collapse", k=3)
    assert [hit.rank for hit in found.hits] == [1, 2, 3]
    table = corpus.table(columns=["method"], papers=[hit.paper.paper_id for hit in found.hits])
    assert [paper.paper_id for paper in table.papers] == [hit.paper.paper_id for hit in found.hits]
    assert '"method","method (quote)"' in corpus.export(table, "csv").splitlines()[0]
    assert corpus.export(table, "xlsx").startswith(b"PK")
    assert corpus.export(found, "bibtex").count("@misc{") == 3
    assert corpus.export(found.hits[0].paper, "ris").count("TY  -") == 1
    assert "[^" in corpus.export(corpus.ask(ENTROPY))


@pytest.mark.parametrize("value", ["answer", "result", "paper", "table", "events"])
def test_records_have_the_json_of_the_terminal(corpus: Corpus, value: str) -> None:
    made: dict[str, list[Any]] = {
        "answer": [corpus.ask(ENTROPY)],
        "result": [corpus.search(ENTROPY, k=1)],
        "paper": corpus.papers()[:1],
        "table": [corpus.table("entropy collapse", ["method"], k=1)],
        "events": list(corpus.stream(ENTROPY)),
    }
    for one in made[value]:
        told = as_dict(one)
        assert json.loads(json.dumps(told)).keys() == told.keys()


def test_what_has_no_json_is_told() -> None:
    with pytest.raises(TypeError, match="str has no JSON form"):
        as_dict("no record")  # type: ignore[arg-type]


def test_what_cannot_be_is_an_error_with_a_remedy(corpus: Corpus) -> None:
    wrong: list[tuple[type[Exception], Any]] = [
        (UsageError, lambda: corpus.ask("  ")),
        (UsageError, lambda: corpus.ask("why? " * 1000)),
        (ConfigError, lambda: corpus.ask("why?", mode="llm")),
        (UnknownPaper, lambda: corpus.paper("nobody's")),
        (UnknownPaper, lambda: corpus.table(papers=["nobody's"])),
        (UsageError, corpus.table),
        (UsageError, lambda: corpus.export(corpus.papers()[:1], "docx")),
        (ConfigError, lambda: Corpus.open(corpus.folder, colour="blue")),
        (ConfigError, lambda: Corpus.open(corpus.folder, mode="fast")),  # type: ignore[arg-type]
    ]
    for kind, work in wrong:
        with pytest.raises(kind) as told:
            work()
        assert getattr(told.value, "remedy", ""), told.value


def test_awaited_it_answers_the_same(corpus: Corpus) -> None:
    async def ask() -> tuple[tuple[Citation, ...], tuple[Citation, ...], list[Paper], int]:
        async with await AsyncCorpus.open(corpus.folder) as door:
            answer, found = await asyncio.gather(
                door.ask(ENTROPY), door.search("entropy collapse", k=2)
            )
            conversation = door.conversation()
            async for event in conversation.stream(ENTROPY):
                last = event
            assert isinstance(last, Finished)
            follow = await conversation.ask("which of those reweights tokens?")
            assert set(follow.papers) < set(answer.papers)
            assert (await door.table("entropy collapse", ["method"], k=1)).cells
            assert (await door.export(conversation)).count("## ") >= 2
            with pytest.raises(UnknownPaper):
                await door.paper("nobody's")
            return (
                answer.citations,
                last.answer.citations,
                [hit.paper for hit in found.hits],
                len(door),
            )

    asked, streamed, papers, count = in_a_loop(ask())
    assert asked == streamed == corpus.ask(ENTROPY).citations
    assert papers == [hit.paper for hit in corpus.search("entropy collapse", k=2).hits]
    assert count == len(corpus)


def test_what_is_cancelled_stops() -> None:
    """Its events are closed when the next one comes, and the loop is free meanwhile."""
    closed = threading.Event()
    assistant = Scripted()

    class Watched(Corpus):
        def stream(self, question: str, **options: Any) -> Iterator[Any]:
            try:
                yield from assistant.stream(question)
            finally:
                closed.set()

    async def ask() -> None:
        door = AsyncCorpus(Watched(assistant))  # type: ignore[arg-type]
        task = asyncio.create_task(door.ask("stuck"))
        while not assistant.asked:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not closed.is_set()
        assistant.released.set()
        while not closed.is_set():
            await asyncio.sleep(0.01)

    in_a_loop(ask())


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"papers": ["nobody"]}, UnknownPaper),
        ({"papers": []}, UsageError),
        ({"papers": "nobody"}, UsageError),
        ({"mode": "bogus"}, UsageError),
        ({"depth": "bogus"}, UsageError),
    ],
)
def test_what_cannot_be_is_refused(
    corpus: Corpus, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        corpus.ask(ENTROPY, **given)
    with pytest.raises(error):
        list(corpus.stream(ENTROPY, **given))


def test_no_number_of_papers_is_refused(corpus: Corpus) -> None:
    for k in (0, -1):
        with pytest.raises(UsageError):
            corpus.search(ENTROPY, k=k)
        with pytest.raises(UsageError):
            corpus.table(ENTROPY, k=k)
    with pytest.raises(UsageError, match="columns"):
        corpus.table(ENTROPY, "method")
