"""Questions offered by the real assistant over the bundled papers: each is one that it answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.corpus.names import introduced
from rag.records import Answer, Paper, Turn
from rag.storage.catalog import Catalog
from rag.suggest import Example, examples, next_questions
from tests.ui.web.small_corpus import stocked
from ui.web.suggestions import USUAL

ASKED = "why does reward hacking happen?"


@pytest.fixture(scope="module")
def assistant(bundled_dir: Path) -> Iterator[Assistant]:
    config = Config(data_dir=bundled_dir, mode="extractive")
    catalog = Catalog(bundled_dir)
    yield wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    catalog.close()


class Forbidden:
    """Stands for a model or a reranker: whatever is wanted of it fails."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"{name} costs money")


def told(question: str, answer: Answer) -> tuple[Turn, ...]:
    return (
        Turn(role="user", content=question),
        Turn(role="assistant", content=answer.text, papers=answer.papers),
    )


@pytest.mark.parametrize(
    "question", [ASKED, "how does MALT work?", "the five most upvoted papers of 2025"]
)
def test_what_is_offered_is_answered_and_goes_on(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    history = told(question, answer)
    offered = next_questions(assistant, answer, history=history)
    assert 1 <= len(offered) <= 3
    assert len({*offered, question}) == len(offered) + 1
    shown = {(c.paper_id, c.start, c.end) for c in answer.citations}
    for one in offered:
        found = assistant.ask(one, history=history)
        assert found.status == "answered"
        assert found.papers
        quoted = {(c.paper_id, c.start, c.end) for c in found.citations}
        assert quoted - shown or set(found.papers) - set(answer.papers)


def test_what_was_asked_is_not_offered_again(assistant: Assistant) -> None:
    answer = assistant.ask(ASKED)
    history = told(ASKED, answer)
    first, *_ = next_questions(assistant, answer, history=history)
    before = (*told(first.upper(), assistant.ask(first)), *history)
    assert first not in next_questions(assistant, answer, history=before)


def test_nothing_goes_on_from_a_refusal(assistant: Assistant) -> None:
    question = "who discovered penicillin?"
    answer = assistant.ask(question)
    assert answer.status == "not_in_corpus"
    assert next_questions(assistant, answer, history=told(question, answer)) == ()


def test_it_costs_nothing_and_stops_when_it_is_not_wanted(assistant: Assistant) -> None:
    answer = assistant.ask(ASKED)
    history = told(ASKED, answer)
    dear = Assistant(
        index_manager=assistant.index_manager,
        embedder=assistant.embedder,
        config=replace(assistant.config, mode="llm", model="dear", rerank="model"),
        model=Forbidden(),  # type: ignore[arg-type]
        reranker=Forbidden(),  # type: ignore[arg-type]
    )
    assert next_questions(dear, answer, history=history)
    assert next_questions(assistant, answer, history=history, is_wanted=lambda: False) == ()
    remote = Assistant(
        index_manager=assistant.index_manager,
        embedder=assistant.embedder,
        config=replace(assistant.config, embed_model="dear"),
    )
    assert next_questions(remote, answer, history=history) == ()
    assert examples(remote, USUAL) == ()


def test_questions_keep_to_the_papers_that_were_chosen(assistant: Assistant) -> None:
    answer = assistant.ask(ASKED)
    history = told(ASKED, answer)
    offered = next_questions(assistant, answer, history=history, within=answer.papers)
    assert not [one for one in offered if one.startswith("which papers")]


def test_examples_of_the_bundled_papers_are_the_usual_ones(assistant: Assistant) -> None:
    assert examples(assistant, USUAL) == tuple(USUAL)


def test_examples_are_made_where_the_corpus_does_not_answer_the_usual(
    assistant: Assistant,
) -> None:
    foreign = [replace(one, question="which cheese is best for toast?") for one in USUAL[:-1]]
    wrong = Example(kind="Not here", question="papers on reward hacking")
    found = examples(assistant, [*foreign, wrong])
    assert [one.kind for one in found] == ["List", "Fact", "Compare", "Filter", "Explain"]
    for one in found:
        answer = assistant.ask(one.question)
        assert answer.status == "answered"
        assert answer.papers


def test_a_corpus_without_names_has_the_examples_that_it_answers(tmp_path: Path) -> None:
    small = stocked(tmp_path)
    found = examples(small, USUAL)
    assert Example(kind="Filter", question="the five most upvoted papers of 2025") in found
    for one in found:
        declined = small.ask(one.question).status == "not_in_corpus"
        assert declined == (one.kind == "Not here")
    assert examples(stocked(tmp_path / "empty", []), USUAL) == ()


def test_what_a_paper_introduces_is_told_from_what_it_abbreviates() -> None:
    abstract = (
        "Multi-agent systems (MAS) are slow. We propose Quick Agent Racing (QAR), and introduce"
        " RaceBench, a benchmark for it."
    )
    found = introduced(Paper(paper_id="p", title="On Racing", abstract=abstract))
    assert {"QAR", "RaceBench"} <= found
    assert "MAS" not in found
