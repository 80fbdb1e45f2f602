"""Which turns ask whether a statement holds, of papers at large."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.claims import asks_agreement
from rag.question.schema import FactAsked, ListAsked, OverviewAsked, RecordAsked, SynthesisAsked
from tests.rag.question.grasping import read, talk


def asks(text: str, *, guessed: bool = False) -> bool:
    return asks_agreement(text, FactAsked(), guessed=guessed)


@pytest.mark.parametrize(
    "text",
    [
        "does scale help?",
        "Do longer chains of thought help small models?",
        "is it true that RL adds new abilities?",
        "Isn't RLHF just style transfer?",
        "can models correct themselves without feedback",
        "so, are LLM judges reliable?",
        "I wonder whether replay is needed at all",
        "Is there evidence that dropout hurts?",
        "what is the evidence for and against self-training?",
        "do papers agree that RL adds new abilities?",
        "Claim: pruning keeps accuracy",
        "Process rewards give better guidance than outcome rewards.",
        "Should one retrain from scratch after each task?",
        "Will more compute solve reasoning?",
        "Could grasping be learned from video alone?",
    ],
)
def test_a_claim_or_a_yes_or_no(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "which papers propose replay?",
        "are there papers on federated learning?",
        "has anyone tried RL for translation?",
        "has reinforcement learning been used for translation?",
        "can you list papers on replay?",
        "could someone explain GRPO?",
        "do you have papers on robots",
        "any papers on negation?",
        "is it CLIP or SigLIP?",
        "does it scale, and by how much?",
        "does replay help? which papers say so?",
        "papers on whether scaling works",
        "Related work on reward hacking.",
        "I am writing a thesis about continual learning in robots.",
        "reinforcement learning for reasoning in language models",
        "Great, that helps.",
        "why does reward hacking happen?",
        "does anything beat replay? papers please",
    ],
)
def test_other_turns(text: str) -> None:
    assert not asks(text)


def test_a_claim_without_a_full_stop_takes_the_classifier() -> None:
    assert asks("RL does not add new abilities", guessed=True)
    assert not asks("RL does not add new abilities")


@pytest.mark.parametrize(
    "intent", [RecordAsked(fields=("date",)), OverviewAsked(papers=("a",)), ListAsked(counted=True)]
)
def test_some_intents_are_none(intent: object) -> None:
    assert not asks_agreement("is it new work?", intent, guessed=True)  # type: ignore[arg-type]
    assert asks_agreement("Replay is all one needs.", SynthesisAsked(), guessed=False)


def test_of_papers_at_large_and_not_of_one_by_its_name() -> None:
    assert read("does grasping from video need labels?").agreement
    assert not read("does VidGrip need labels?").agreement
    assert not read("Is VidGrip better than HandCopy?").agreement


def test_neither_of_one_paper_nor_in_a_form_wished_for() -> None:
    question = "does grasping from video need labels?"
    assert read(question, within=["a", "b"]).agreement
    assert not read(question, within=["a"]).agreement
    assert not read(f"{question} Answer as a table").agreement


def test_a_constraint_added_leaves_the_claim() -> None:
    before = talk("does grasping from video need labels?")
    assert read("only from 2024", before).agreement
    assert not read("as a table", before).agreement


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_read(text: str, guessed: bool) -> None:
    assert asks(text, guessed=guessed) in (True, False)
