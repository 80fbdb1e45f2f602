"""A claim about one paper that rests on another's words is shown as what that other says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.attribution import attributed, attribution
from rag.answer.citations import check
from rag.corpus.lexicon import Lexicon
from rag.records import Paper
from tests.rag.evidence import CURE, evidence

RIVAL = Paper(
    paper_id="rival",
    title="STEER: Entropy Kept up by Reweighting",
    abstract=(
        "We introduce STEER, which reweights tokens. STEER outperforms CURE on six benchmarks. "
        "CURE was retracted by its authors. ReDo was retracted as well. "
        f"The paper {CURE.title} was withdrawn."
    ),
)
UNNAMED = Paper(
    paper_id="unnamed",
    title="Neurons that wake up again",
    abstract="We introduce ReDo, which resets neurons. It helps in games.",
)
CORPUS = (CURE, RIVAL, UNNAMED)
OFFERED = evidence(*CORPUS)
KEYS = {item.quote: item.key for item in OFFERED}


def lookup(ids: Iterable[str]) -> Sequence[Paper]:
    wanted = set(ids)
    return [paper for paper in CORPUS if paper.paper_id in wanted]


ATTRIBUTE = attribution(Lexicon.from_papers(CORPUS), lookup)


def shown(sentence: str, *quotes: str) -> str:
    """The one sentence of a reply that cites the sentences that begin with `quotes`."""
    keys = "".join(f"[{key}]" for q in quotes for quote, key in KEYS.items() if quote.startswith(q))
    checked = check(f"{sentence} {keys}.", OFFERED, attribute=ATTRIBUTE)
    (found,) = checked.sentences
    assert found.supported, found.why
    assert checked.text.startswith(found.text.rstrip("."))
    return found.text


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("CURE was retracted by its authors", "CURE was"),
        ("ReDo was retracted", "ReDo was"),
        (f"The paper {CURE.title} was withdrawn", "The paper CURE"),
        ("STEER outperforms CURE on six benchmarks", "STEER outperforms"),
    ],
)
def test_what_a_paper_says_of_another_is_told_as_its_words(claim: str, quote: str) -> None:
    assert shown(claim, quote) == f"{claim} (according to STEER)."


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        ("STEER reweights tokens", ["We introduce STEER"]),
        (
            "CURE is a framework and STEER reweights tokens",
            ["We introduce CURE", "We introduce ST"],
        ),
        ("ReDo resets neurons", ["We introduce ReDo"]),
        ("STEER reports that CURE was retracted", ["CURE was"]),
        ("According to STEER, CURE was retracted", ["CURE was"]),
    ],
)
def test_a_papers_own_words_and_what_is_told_as_such_stay(claim: str, quotes: list[str]) -> None:
    assert shown(claim, *quotes) == f"{claim}."


def test_the_mark_stands_within_a_row_of_a_table() -> None:
    (key,) = (key for quote, key in KEYS.items() if quote.startswith("CURE was"))
    table = f"| paper | fate |\n|---|---|\n| CURE | was retracted by its authors [{key}] |"
    checked = check(table, OFFERED, attribute=ATTRIBUTE)
    assert checked.text.endswith("| was retracted by its authors (according to STEER) [1] |")


@given(st.text(max_size=60), st.sampled_from(["", ".", " [E1].", " [E1][E2] |", "?**"]))
def test_nothing_of_a_sentence_is_lost(text: str, tail: str) -> None:
    assert attributed(text + tail, "x").replace(" (x)", "", 1) == text + tail
