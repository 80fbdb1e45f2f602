"""Sentences that say what the abstracts do not say: no quote carries these, and none has to."""

from __future__ import annotations

import pytest

from rag.answer.citations import check
from rag.records import Sentence
from tests.rag.evidence import CURE, STEER, evidence

OFFERED = evidence(CURE, STEER)  # E1-E3 are CURE's, E4 and E5 STEER's
ASKED = "How do LoRA-style adapters compare with CURE?"


def only(reply: str) -> Sentence:
    (sentence,) = check(reply, OFFERED, question=ASKED).sentences
    return sentence


@pytest.mark.parametrize(
    "reply",
    [
        "The abstracts do not cover LoRA-style adapters.",
        "The abstracts do not cover LoRA-style adapters [E1].",
        "The abstracts don't compare CURE with LoRA-style adapters [E1][E2].",
        "For LoRA-style adapters, the evidence does not say what they gain.",
        "The abstracts do not discuss LoRA-style adapters, but CURE gains 5% [E2].",
        "CURE gains 5% on six benchmarks; the abstracts do not say what LoRA-style adapters gain "
        "[E2].",
    ],
)
def test_what_is_missing_may_be_named_as_in_the_question(reply: str) -> None:
    assert only(reply).supported, only(reply).why


@pytest.mark.parametrize(
    ("reply", "lost"),
    [
        ("The abstracts do not cover PPO-style clipping.", "nothing"),
        ("The abstracts do not cover PPO-style clipping [E1].", "PPO-style"),
        ("The abstracts do not discuss adapters, but CURE gains 99% [E2].", "99"),
        ("The abstracts do not discuss adapters, but CURE gains from LoRA [E2].", "LoRA"),
        ("The abstracts do not discuss adapters, but CURE gains 5%.", "nothing"),
        ("The abstracts do not say why, while STEER mitigates entropy collapse.", "nothing"),
        ("CURE, unlike papers which do not report gains, gains 99% [E2].", "99"),
    ],
)  # fmt: skip
def test_what_is_claimed_beside_it_is_checked_as_ever(reply: str, lost: str) -> None:
    assert not only(reply).supported
    assert lost in only(reply).why


def test_a_paper_is_put_forward_by_a_claim_and_not_by_what_it_lacks() -> None:
    lacking = check("The abstracts do not cover LoRA-style adapters [E1].", OFFERED, question=ASKED)
    claiming = check("The abstracts do not cover adapters, but CURE gains 5% [E2].", OFFERED)
    assert (lacking.papers, claiming.papers) == ((), ("cure",))


def test_a_key_at_the_end_of_a_paragraph_is_not_for_what_is_missing() -> None:
    reply = "The abstracts do not say that CURE balances exploration. It is a framework [E1]."
    missing, _ = check(reply, OFFERED, question="Does CURE balance exploration?").sentences
    assert (missing.supported, missing.citations) == (True, ())
