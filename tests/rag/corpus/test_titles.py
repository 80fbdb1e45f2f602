"""Titles in a question: recognised as people paste them, and not where they are a topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.lexicon import Lexicon
from rag.records import Paper

TITLES = {
    "steer": "Rethinking Entropy Interventions in RLVR: An Entropy Change Perspective",
    "angles": "Angles Don't Lie: Unlocking Training-Efficient RL Through the Model's Own Signals",
    "icl": "In-Context Learning",
    "survey": "Continual Learning of Language Models: A Comprehensive Survey",
    "cyclic": "Cyclical Curriculum Learning",
    "nash": "Nash Learning from Human Feedback",
}
COMMON = "in context learning of language models with human feedback and continual training. " * 12
LEXICON = Lexicon.from_papers(
    Paper(paper_id=key, title=title, abstract=COMMON, arxiv_id=arxiv)
    for (key, title), arxiv in zip(TITLES.items(), ["2510.10150", *[None] * 5], strict=True)
)


def named(text: str) -> list[str]:
    return [mention.paper for mention in LEXICON.titled(text)]


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("Rethinking Entropy Interventions in RLVR – what is it about?", ["steer"]),
        ("summarise rethinking entropy interventions in rlvr an entropy change view", ["steer"]),
        ("explain “Rethinking Entropy Interventions” to me", []),  # too little of it
        ("tell me about angles dont lie, unlocking training efficient RL", ["angles"]),
        ("ANGLES DON’T LIE: UNLOCKING TRAINING-EFFICIENT RL THROUGH THE MODEL’S OWN SIGNALS",
         ["angles"]),
        ("compare Nash learning from human feedback with Cyclical Curriculum Learning",
         ["nash", "cyclic"]),
        ("nash learning from machine feedback", []),
        ("nash learning from rich human feedback", []),
        ("in-context learning", []),
        ("what is in-context learning?", []),
        ("who wrote “In-Context Learning”?", ["icl"]),
        ("continual learning of language models", []),
        ("which papers are on learning from human feedback?", []),
        ("what does arXiv:2510.10150v2 do?", ["steer"]),
        ("https://arxiv.org/pdf/2510.10150", ["steer"]),
        ("arXiv:2510.10151", []),
        ("", []),
    ],
)  # fmt: skip
def test_titles_in_a_question(text: str, papers: list[str]) -> None:
    assert named(text) == papers


@given(
    key=st.sampled_from(["steer", "angles", "survey", "nash"]),
    case=st.sampled_from([str, str.lower, str.upper]),
    before=st.sampled_from(["", "summarise ", "what does ", "so, "]),
    after=st.sampled_from(["", "?", " propose?", " – key points"]),
)
def test_a_whole_title_is_recognised_however_it_is_written(
    key: str, case: type[str], before: str, after: str
) -> None:
    text = f"{before}{case(TITLES[key]).replace(':', ' -')}{after}"
    assert named(text) == [key]


@given(st.text(max_size=300))
def test_mentions_are_spans_of_the_text(text: str) -> None:
    for mention in LEXICON.titled(f"{text} Nash Learning from Human Feedback {text}"):
        assert 0 <= mention.start < mention.end <= 2 * len(text) + 40
        assert mention.paper in TITLES
