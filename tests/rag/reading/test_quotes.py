"""Which sentences count, and how many of them: `select` on rankings of the bundled corpus."""

from __future__ import annotations

import re

import pytest

from rag.reading.rhetoric import dangles
from tests.rag.selections import Ask, FollowUp, said, titles


def test_none_of_those_is_an_answer_too(follow_up: FollowUp) -> None:
    first = "which papers mitigate entropy collapse in RLVR?"
    assert follow_up(first, "which of those use graph neural networks?").status != "answered"
    chosen = follow_up(first, "which one of them branches off at uncertain tokens?")
    assert titles(chosen)[0].startswith("CURE")


def test_how_a_method_works_is_told_by_its_own_paper_before_what_it_reached(ask: Ask) -> None:
    for question, own in (
        ("how does DeepCache speed up diffusion?", "DeepCache"),
        ("How does SkillBlender combine skills?", "SkillBlender"),
    ):
        _, selection = ask(question)
        assert [title.split(":")[0] for title in titles(selection)] == [own]
        assert "state-of-the-art" not in said(selection)
        starts = [item.start for item in selection.evidence]
        assert starts == sorted(starts)


def test_an_explanation_is_short_and_says_nothing_twice(ask: Ask) -> None:
    _, selection = ask("why do language models hallucinate?")
    assert len(selection.papers) > 1
    assert len(selection.evidence) <= 7  # six, and what one of them cannot do without
    ends = [(item.paper.paper_id, item.end) for item in selection.evidence]
    assert len(set(ends)) == len(ends)


def test_a_name_is_known_in_other_spellings(ask: Ask) -> None:
    for name in ("deep cache", "Deep-Cache", "DeepCahce"):
        _, selection = ask(f"what speedup does {name} get for stable diffusion?")
        assert titles(selection) == ["DeepCache: Accelerating Diffusion Models for Free"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what box AP does Dual-Swin-L get on COCO?", "59.4%"),
        ("How many tasks does LIBERO have?", "130 tasks"),
        ("how long does RL training of the quadrotor controller take on a laptop?", "18 seconds"),
        ("By what factor does SPARTN improve grasping success?", "2.8times"),
    ],
)
def test_a_fact_is_one_sentence_with_the_figure_asked_for(
    ask: Ask, question: str, answer: str
) -> None:
    query, selection = ask(question)
    assert query.kind == "fact"
    assert selection.status == "answered"
    assert len(selection.papers) == 1
    assert answer in said(selection)
    assert len({item.paper.paper_id for item in selection.evidence}) == 1


def test_no_quote_opens_with_a_pronoun_without_what_it_stands_for(ask: Ask) -> None:
    for question in (
        "papers on continual learning",
        "how does in-context learning come about?",
        "self-training methods",
    ):
        _, selection = ask(question)
        spans = {(item.paper.paper_id, item.end) for item in selection.evidence}
        for item in selection.evidence:
            if dangles(item.quote) == 1.0:
                before = item.paper.abstract[: item.start].rstrip()
                assert not before or (item.paper.paper_id, len(before)) in spans


def test_sentences_are_whole_and_none_is_quoted_twice(ask: Ask) -> None:
    _, selection = ask("reinforcement learning for language models")
    spans = [(item.paper.paper_id, item.start) for item in selection.evidence]
    assert len(set(spans)) == len(spans)
    for item in selection.evidence:
        assert item.quote == item.paper.abstract[item.start : item.end]
        assert re.match(r"\S.*\S\Z", item.quote, re.DOTALL)


@pytest.mark.parametrize(
    ("question", "picked", "sentences"),
    [
        ("explain the first one", slice(0, 1), 3),
        ("give me details on the third one", slice(2, 3), 3),
        ("compare the first two", slice(0, 2), 3),
        ("summarise them", slice(None), 2),
        ("list them again", slice(None), 1),
    ],
)
def test_papers_picked_from_an_answer_are_shown(
    follow_up: FollowUp, question: str, picked: slice, sentences: int
) -> None:
    first = "papers about hypernetworks"
    papers = follow_up(first).papers
    shown = follow_up(first, question)
    assert (shown.status, shown.papers) == ("answered", papers[picked])
    for paper in shown.papers:
        quotes = [item for item in shown.evidence if item.paper == paper]
        assert 1 <= len(quotes) <= sentences + 1  # a sentence may bring the one before it along


def test_one_picked_paper_that_does_not_say_is_named(follow_up: FollowUp) -> None:
    first = "papers about hypernetworks"
    told = follow_up(first, "which of those cook spaghetti?")
    assert told.status != "answered"
    told = follow_up(first, "does the first one cook spaghetti?")
    assert told.status == "not_stated"
    assert told.evidence[0].paper == follow_up(first).papers[0]
