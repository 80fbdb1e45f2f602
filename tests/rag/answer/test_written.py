"""Generated answers: good replies, what a reply says of its own success, papers, notices."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from rag.adapters.fakes import ScriptedChat
from rag.answer.budget import AnswerLimits
from rag.answer.instructions import NOT_STATED, NOTHING_FOUND, SAID_OTHERWISE
from rag.errors import ServerRejected
from rag.question.schema import Form
from rag.records import Usage
from tests.rag.evidence import CURE, STEER, query
from tests.rag.generated import BOTH, GOOD, answer

MANY = tuple(replace(CURE, paper_id=f"cure{i}") for i in range(30))


def test_a_good_reply() -> None:
    model = ScriptedChat([GOOD])
    streamed, draft = answer(model)
    assert streamed == GOOD
    assert (draft.status, draft.mode, draft.confidence) == ("answered", "llm", 1.0)
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


def test_the_whole_abstracts_are_offered_whatever_is_asked() -> None:
    model = ScriptedChat([GOOD])
    answer(model)
    prompt = model.calls[0][1].content
    assert re.findall(r"^\[(E\d)\] (\w+ \w+)", prompt, re.MULTILINE) == [
        ("E1", "We introduce"), ("E2", "On Qwen"), ("E3", "It trains"),
        ("E4", "Reinforcement learning"), ("E5", "STEER significantly"),
    ]  # fmt: skip


def test_papers_come_in_the_order_of_the_text_and_the_best_others_are_near() -> None:
    others = [replace(CURE, paper_id=f"other{i}") for i in range(9)]
    _, draft = answer(ScriptedChat(["STEER works [E5]. CURE balances [E1]."]), (*BOTH, *others))
    assert draft.papers == ("steer", "cure")
    assert draft.near == ("other0", "other1", "other2", "other3", "other4")
    _, draft = answer(ScriptedChat(["STEER works [E5]."]))
    assert (draft.papers, draft.near) == (("steer",), ("cure",))


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (NOTHING_FOUND, "not_in_corpus"),
        (f"**{NOTHING_FOUND}**", "not_in_corpus"),
        (f"{NOTHING_FOUND[:-1]} [E1].", "not_in_corpus"),
        (f"{NOTHING_FOUND} The nearest is STEER, which mitigates entropy collapse [E5].",
         "not_in_corpus"),
        (f"{NOT_STATED} who did it.", "not_stated"),
        (f"{NOT_STATED}.", "not_stated"),
        ("The abstracts do not mention a critic. CURE balances exploration [E1].", "not_stated"),
        ("None of the papers mentions a critic.", "not_stated"),
        (f"{NOT_STATED} who did it. Entropy is a fine word.", "not_stated"),
        # Some begin with the part that is missing.
        (f"{NOT_STATED} which is best.\n\n{GOOD} CURE gains 5% [E2].", "answered"),
        # Part of the answer, as asked for: what is missing comes last.
        (f"CURE gains 5% [E2]. {NOT_STATED} how much STEER gains.", "answered"),
        ("No, CURE has two stages [E1].", "answered"),
        # What is asked takes something false for granted, so nothing of it is stated.
        (f"{SAID_OTHERWISE}: CURE has two stages [E1].", "not_stated"),
        (f"{SAID_OTHERWISE}: {GOOD} CURE gains 5% [E2].", "not_stated"),
    ],
)  # fmt: skip
def test_a_reply_says_itself_whether_it_answers(reply: str, status: str) -> None:
    model = ScriptedChat([reply])
    _, draft = answer(model)
    assert draft.status == status
    assert bool(draft.papers) == (status == "answered")
    assert draft.confidence == (status == "answered")
    assert set(draft.papers) | set(draft.near) == {"cure", "steer"}
    assert len(model.calls) == 1


@pytest.mark.parametrize("reply", [
    "The abstracts do not say whether CURE needs a critic. CURE balances exploration [E1].",
    "The abstracts do not say by how much, but CURE gains 5% on six math benchmarks [E2].",
    f"{NOT_STATED} it. {GOOD} CURE gains 5% [E2].",
])  # fmt: skip
def test_a_fact_that_is_missing_is_not_answered_by_what_stands_beside_it(reply: str) -> None:
    asked = query("Does CURE need a critic?", kind="fact")
    _, draft = answer(ScriptedChat([reply]), asked=asked)
    assert (draft.status, draft.papers, draft.near[0]) == ("not_stated", (), "cure")
    assert all(sentence.supported for sentence in draft.sentences)


def test_behind_a_bare_refusal_stand_the_nearest_titles() -> None:
    _, draft = answer(ScriptedChat([NOTHING_FOUND]), (CURE, STEER, *MANY))
    opening, _, rest = draft.text.partition("\n\n")
    assert opening == f"{NOTHING_FOUND} What comes nearest:"
    assert rest.splitlines()[1] == f"- **{STEER.title}**"
    assert len(rest.splitlines()) == 3
    assert (draft.citations, draft.papers) == ((), ())


def test_papers_that_do_not_fit_are_told() -> None:
    small = ScriptedChat(["It balances exploration [E1]."], max_prompt_tokens=2000)
    _, draft = answer(small, MANY)
    told = re.fullmatch(
        r"The model read (\d+) of the 30 best papers found(?:, 1 of them in part)?: no more fit"
        r" into 2,000 prompt tokens \(CITEWELL_CONTEXT_TOKENS\)\.",
        draft.notices[-1],
    )
    assert told
    assert small.calls[0][1].content.count("Paper: ") == int(told[1]) > 5
    assert draft.papers == ("cure0",)
    _, draft = answer(
        ScriptedChat(["It balances exploration [E1]."]),
        MANY,
        limits=AnswerLimits(prompt_tokens=2000),
    )
    assert "CITEWELL_MAX_PROMPT_TOKENS" in draft.notices[-1]


def test_a_question_that_leaves_no_room_for_abstracts() -> None:
    model = ScriptedChat([GOOD], max_prompt_tokens=300)
    with pytest.raises(ServerRejected) as caught:
        answer(model, limits=AnswerLimits(), spent=Usage(calls=1, prompt_tokens=90))
    assert "CITEWELL_CONTEXT_TOKENS" in caught.value.remedy
    assert model.calls == []
    assert caught.value.usage.prompt_tokens == 90


@pytest.mark.parametrize("abstract", ["", " \n ", "word " * 50_000, "x" * 100_000, "A. " * 20_000])
def test_a_strange_abstract_costs_the_others_nothing(abstract: str) -> None:
    strange = replace(CURE, paper_id="strange", abstract=abstract)
    model = ScriptedChat([NOTHING_FOUND])
    _, draft = answer(model, (strange, STEER, CURE))
    prompt = model.calls[0][1].content
    assert STEER.abstract.rpartition(". ")[2] in prompt
    assert "three times faster" in prompt
    assert bool(draft.notices) == (len(abstract) > 10), "what was left out of it is told"


def test_papers_without_abstracts_are_no_papers_to_read() -> None:
    with pytest.raises(ServerRejected):
        answer(ScriptedChat([GOOD]), [replace(CURE, abstract="")])


def test_a_table_is_checked_row_by_row() -> None:
    table = (
        "| Paper | Gain |\n|---|---|\n| CURE | 5% [E2] |\n| STEER | 9% [E5] |\n"
        "| Dreamer | unknown |"
    )
    _, draft = answer(
        ScriptedChat([table]), asked=query(form=Form(kind="table")), limits=AnswerLimits(calls=1)
    )
    assert [s.supported for s in draft.sentences] == [True, True, False, False]
    assert draft.sentences[0].citations == ()
    assert draft.papers == ("cure",)


def test_a_key_that_does_not_exist_is_told() -> None:
    _, draft = answer(ScriptedChat(["CURE balances [E1][E42]."]))
    assert draft.text == "CURE balances [1]."
    assert "[E42]" in draft.notices[0]


def test_usage_is_estimated_when_the_server_does_not_tell() -> None:
    _, draft = answer(ScriptedChat([GOOD], tells_usage=False))
    assert draft.usage.estimated
    assert draft.usage.prompt_tokens > 100
    assert draft.usage.completion_tokens > 10
