"""Generated answers: good replies, refusals, what is offered to the model, and notices."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from rag.adapters.fakes import ScriptedChat
from rag.answer.prompts import REFUSAL, build
from rag.errors import ServerRejected
from rag.filters import Filters
from tests.rag.evidence import CURE, STEER, query, selection
from tests.rag.generated import BOTH, GOOD, answer


def test_a_good_reply() -> None:
    model = ScriptedChat([GOOD])
    streamed, draft = answer(model)
    assert streamed == GOOD
    assert (draft.status, draft.mode) == ("answered", "llm")
    assert draft.text == GOOD.replace("E1", "1").replace("E5", "2")
    assert [(c.n, c.paper_id) for c in draft.citations] == [(1, "cure"), (2, "steer")]
    for citation, paper in zip(draft.citations, (CURE, STEER), strict=True):
        assert citation.quote == paper.abstract[citation.start : citation.end]
    assert draft.papers == ("cure", "steer")
    assert draft.near == ()
    assert draft.notices == ()
    assert draft.usage.calls == 1
    assert not draft.usage.estimated
    assert draft.usage.prompt_tokens == model.count_tokens(model.calls[0])


def test_papers_come_in_the_order_of_the_selection_and_the_rest_is_near() -> None:
    other = replace(CURE, paper_id="other")
    found = replace(selection(CURE, STEER), near=(other,))
    _, draft = answer(ScriptedChat(["STEER works [E5]. CURE balances [E1]."]), found)
    assert draft.papers == ("cure", "steer")
    assert draft.near == ("other",)
    _, draft = answer(ScriptedChat(["STEER works [E5]."]), found)
    assert draft.papers == ("steer",)
    assert draft.near == ("cure", "other")


def test_behind_a_bare_refusal_stands_what_comes_nearest() -> None:
    _, draft = answer(ScriptedChat([REFUSAL]))
    opening, _, rest = draft.text.partition("\n\n")
    assert opening == f"{REFUSAL} What comes nearest:"
    assert CURE.title in rest
    assert [citation.paper_id for citation in draft.citations][::3] == ["cure", "steer"]
    assert (draft.papers, draft.mode) == ((), "llm")


@pytest.mark.parametrize("reply", [
    "The abstracts do not say whether CURE needs a critic. CURE balances exploration [E1].",
    "The abstracts do not say by how much, but CURE gains 5% on six math benchmarks [E2].",
])  # fmt: skip
def test_a_fact_that_is_missing_is_not_answered_by_what_stands_beside_it(reply: str) -> None:
    asked = query("Does CURE need a critic?", kind="fact")
    _, draft = answer(ScriptedChat([reply]), asked=asked)
    assert (draft.status, draft.papers) == ("not_stated", ())
    assert draft.near[0] == "cure"
    assert all(sentence.supported for sentence in draft.sentences)
    _, draft = answer(ScriptedChat([reply]), asked=replace(asked, kind="explain"))
    assert (draft.status, draft.papers) == ("answered", ("cure",)), "an explanation has parts"


@pytest.mark.parametrize(
    "reply",
    [REFUSAL, f"{REFUSAL[:-1]} [E1].", f"**{REFUSAL}**", "The evidence does not say who did it.",
     f"{REFUSAL} Entropy is a fine word."],
)  # fmt: skip
def test_a_refusal_is_not_an_answer(reply: str) -> None:
    model = ScriptedChat([reply])
    _, draft = answer(model)
    assert draft.status == "not_stated"
    assert draft.papers == ()
    assert draft.near == ("cure", "steer")
    assert len(model.calls) == 1


def test_the_whole_abstracts_are_offered() -> None:
    first = tuple(item for item in BOTH.evidence if item.key in ("E1", "E5"))
    found = replace(BOTH, evidence=first)
    model = ScriptedChat(["CURE gains 5% on six math benchmarks [E2]."])
    _, draft = answer(model, found, query("How do they differ?", kind="compare"))
    prompt = model.calls[0][1].content
    assert re.findall(r"^\[(E\d)\] (\w+ \w+)", prompt, re.MULTILINE) == [
        ("E1", "We introduce"), ("E2", "On Qwen"), ("E3", "It trains"),
        ("E4", "Reinforcement learning"), ("E5", "STEER significantly"),
    ]  # fmt: skip
    assert "a 5\\% gain" in draft.citations[0].quote
    listed = ScriptedChat([GOOD])
    answer(listed, found)
    assert "three times faster" in listed.calls[0][1].content
    latest = ScriptedChat([GOOD.replace("E5", "E2")])
    answer(latest, found, replace(query(), topic="", filters=Filters(sort="date")))
    assert "three times faster" not in latest.calls[0][1].content, "no abstract decides on a date"


def test_when_room_is_short_what_was_chosen_stays() -> None:
    chosen = tuple(item for item in BOTH.evidence if item.key in ("E1", "E5"))
    asked, found = query(kind="compare"), replace(BOTH, evidence=chosen)
    count = ScriptedChat([]).count_tokens
    room = count(build(asked, found, max_prompt_tokens=6000, count=count)[0]) + 5
    model = ScriptedChat([GOOD], max_prompt_tokens=room)
    answer(model, found, asked, repair=False)
    prompt = model.calls[0][1].content
    assert all(item.quote in prompt for item in chosen)
    assert "three times faster" not in prompt


def test_what_the_nearest_papers_answer_is_an_answer_with_a_notice() -> None:
    declined = replace(BOTH, status="not_in_corpus", papers=(), near=(CURE, STEER))
    _, draft = answer(ScriptedChat(["STEER mitigates entropy collapse [E5]."]), declined)
    assert (draft.status, draft.papers, draft.near) == ("answered", ("steer",), ("cure",))
    assert "nearest papers" in draft.notices[0]
    _, draft = answer(ScriptedChat([REFUSAL]), declined)
    assert (draft.status, draft.papers, draft.notices) == ("not_stated", (), ())


def test_papers_that_do_not_fit_are_told() -> None:
    found = selection(*(replace(CURE, paper_id=f"cure{i}") for i in range(30)))
    _, draft = answer(
        ScriptedChat(["It balances exploration [E1]."], max_prompt_tokens=1500), found
    )
    assert "did not fit" in draft.notices[-1]
    assert draft.papers == ("cure0",)


def test_a_question_that_leaves_no_room_for_evidence() -> None:
    model = ScriptedChat([GOOD], max_prompt_tokens=300)
    with pytest.raises(ServerRejected) as caught:
        answer(model)
    assert "CITEWELL_CONTEXT_TOKENS" in caught.value.remedy
    assert model.calls == []


def test_a_key_that_does_not_exist_is_told() -> None:
    _, draft = answer(ScriptedChat(["CURE balances [E1][E42]."]))
    assert draft.text == "CURE balances [1]."
    assert "[E42]" in draft.notices[0]


def test_usage_is_estimated_when_the_server_does_not_tell() -> None:
    _, draft = answer(ScriptedChat([GOOD], tells_usage=False))
    assert draft.usage.estimated
    assert draft.usage.prompt_tokens > 100
    assert draft.usage.completion_tokens > 10
