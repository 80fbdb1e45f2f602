"""Conversations over the bundled corpus: what an answer to a turn rests on and how it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.records import Answer, Turn
from rag.storage.catalog import Catalog
from rag.storage.index_manager import Shelf


@pytest.fixture(scope="module")
def assistant(bundled_dir: Path) -> Assistant:
    config = Config(data_dir=bundled_dir, mode="extractive")
    embedder = wiring.make_embedder(config)
    return Assistant(shelf=Shelf(Catalog(bundled_dir)), embedder=embedder, config=config)


def talk(assistant: Assistant, *questions: str) -> Answer:
    """The answer to the last of `questions`."""
    history: tuple[Turn, ...] = ()
    for question in questions:
        answer = assistant.ask(question, history=history)
        told = Turn(role="assistant", content=answer.text, papers=answer.papers)
        history += (Turn(role="user", content=question), told)
    return answer


def test_a_list_among_papers_in_view_quotes_what_proves_it(assistant: Assistant) -> None:
    typed = (
        Turn(role="user", content="which papers mitigate entropy collapse in RLVR?"),
        Turn(role="assistant", content="STEER and CURE do."),
    )
    asked = "which one of them branches off at uncertain tokens?"
    answer = assistant.ask(asked, history=typed)
    assert [citation.quote for citation in answer.citations if "branched" in citation.quote]


def test_one_word_is_not_met_by_what_is_a_little_like_it(assistant: Assistant) -> None:
    listed = "continual learning for language models"
    refused = talk(assistant, listed, "which of those use LoRA?")
    assert (refused.status, refused.papers) == ("not_in_corpus", ())
    mitigating = "which papers mitigate entropy collapse in RLVR?"
    assert talk(assistant, mitigating, "which of these use PPO?").papers == ()  # one uses DAPO
    assert len(talk(assistant, mitigating, "which of these use DAPO?").papers) == 1
    answer = talk(assistant, "papers on web agents", "which of those use reinforcement learning?")
    assert answer.status == "answered"


def test_the_rest_of_a_list_is_answered_and_named(assistant: Assistant) -> None:
    question = "which papers are about reward hacking?"
    whole = talk(assistant, question)
    rest = talk(assistant, question, "drop the first")
    assert rest.papers == whole.papers[1:]
    assert talk(assistant, question, "drop the first", "the others").papers == whole.papers[:1]


@pytest.mark.parametrize(
    "question",
    ["what do these papers propose?", "summarize these papers", "compare them",
     "compare the two papers", "what do they have in common?", "what are the main findings?"],
)  # fmt: skip
def test_chosen_papers_are_told_of(assistant: Assistant, question: str) -> None:
    chosen = assistant.ask("which papers are about entropy collapse?").papers[:2]
    answer = assistant.ask(question, within=chosen)
    assert answer.status == "answered"
    assert set(answer.papers) == set(chosen)
    assert {citation.paper_id for citation in answer.citations} == set(chosen)


def test_a_refusal_counts_the_papers_asked_about_in_words(assistant: Assistant) -> None:
    chosen = assistant.ask("web agents that improve themselves").papers
    told = [assistant.ask("how do whales sleep?", within=chosen[:n]).text for n in (1, 2, 3)]
    assert told[0].startswith("The abstract does not state this.")
    assert told[1].startswith("Neither of the two papers asked about clearly answers this.")
    assert told[2].startswith("None of the three papers asked about clearly answers this.")


def test_a_follow_up_to_a_refusal_is_asked_of_the_corpus(assistant: Assistant) -> None:
    refused = "which papers treat whale songs?"
    assert talk(assistant, refused).status == "not_in_corpus"
    answer = talk(assistant, refused, "no, I meant web agents")
    assert answer.status == "answered"
    assert answer.filters.paper_ids is None


def test_a_dated_choice_counts_what_is_left_out_among_the_papers_asked_about(
    assistant: Assistant,
) -> None:
    question = "robots learning from human video"
    shown = talk(assistant, question).papers
    answer = talk(assistant, question, "which of them are from 2025?")
    left_out = int(answer.text.split(" without a date")[0].rpartition("(")[2])
    assert 0 < left_out <= len(shown) - len(answer.papers)
