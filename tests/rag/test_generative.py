"""Generated answers: good replies, bad ones, refusals, hostile abstracts, failing servers."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace

import pytest

from rag.adapters.fakes import ScriptedChat
from rag.adapters.openai_chat import OpenAIChat
from rag.answer.generative import compose
from rag.citations import UNSUPPORTED
from rag.errors import BadReply, ModelServerError, ServerBusy, ServerRejected, ServerTimeout
from rag.ports import ChatModel
from rag.prompts import REFUSAL, build
from rag.records import Draft, Filters, Query, Selection
from tests.rag.evidence import CURE, HOSTILE, STEER, query, selection
from tests.scripted_server import (
    ScriptedServer,
    Step,
    cut,
    garbage,
    quote_evidence,
    say,
    server,
    stall,
    status,
    web_page,
    write_with,
)

__all__ = ["server"]

BOTH = selection(CURE, STEER)  # E1-E3 are CURE's, E4 and E5 STEER's
GOOD = "- **CURE**: balances exploration and exploitation [E1].\n- **STEER**: works too [E5]."
HALF = "STEER mitigates entropy collapse [E5]. CURE gains 99% [E2]."
MENDED = "STEER mitigates entropy collapse [E5]. CURE gains 5% [E2]."


def run(draft: Generator[str, None, Draft]) -> tuple[str, Draft]:
    """What was streamed, and what came of it."""
    streamed = ""
    while True:
        try:
            streamed += next(draft)
        except StopIteration as stop:
            result: Draft = stop.value
            return streamed, result


def answer(
    model: ChatModel, found: Selection = BOTH, asked: Query | None = None, repair: bool = True
) -> tuple[str, Draft]:
    return run(compose(asked or query(), found, model, repair=repair))


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


def test_one_repair_mends_a_reply() -> None:
    model = ScriptedChat([HALF, MENDED])
    streamed, draft = answer(model)
    assert streamed == HALF
    assert draft.text == "STEER mitigates entropy collapse [1]. CURE gains 5% [2]."
    assert "CURE gains 99%. (“99” does not stand in what it cites.)" in model.calls[1][-1].content
    assert draft.usage.calls == 2
    assert draft.usage.prompt_tokens == sum(map(model.count_tokens, model.calls))


@pytest.mark.parametrize(
    "second",
    [HALF, "CURE gains 98% [E2]. STEER gains 97% [E5].", REFUSAL, "", "1 2 3",
     ServerBusy("busy"), ("STEER", ServerTimeout("slow"))],
)  # fmt: skip
def test_a_repair_that_is_no_better_changes_nothing(
    second: str | ModelServerError | tuple[str, ModelServerError],
) -> None:
    model = ScriptedChat([HALF, second])
    _, draft = answer(model)
    assert draft.text == f"STEER mitigates entropy collapse [1]. CURE gains 99%. {UNSUPPORTED}"
    assert [s.supported for s in draft.sentences] == [True, False]
    assert draft.papers == ("steer",)
    assert draft.usage.calls == 2


def test_without_repair_and_for_good_replies_there_is_one_call() -> None:
    model = ScriptedChat([HALF, MENDED])
    _, draft = answer(model, repair=False)
    assert UNSUPPORTED in draft.text
    assert len(model.calls) == 1


@pytest.mark.parametrize("budget", [700, 900, 1100, 1500, 3000, 6000])
def test_both_calls_together_stay_within_the_budget(budget: int) -> None:
    model = ScriptedChat([HALF, MENDED], max_prompt_tokens=budget)
    found = selection(STEER, *(replace(CURE, paper_id=f"cure{i}") for i in range(12)))
    with suppress(ModelServerError):
        answer(model, found)
    assert len(model.calls) <= 2
    assert sum(map(model.count_tokens, model.calls)) <= budget


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


@pytest.mark.parametrize(
    "reply",
    ["!!! ??? ...", "1234 5678 [E1] 910", "<!DOCTYPE html><html><body>Hi</body></html>",
     "the model is the model is " * 30, "</think>", "```\n```", "������", "HACKED",
     "Entropy is a measure of disorder.", "CURE gains 99% [E2].", "[1] [2] [3]", "aa" * 20_000],
    ids=lambda reply: reply[:12],
)  # fmt: skip
def test_what_is_of_no_use_is_a_bad_reply(reply: str) -> None:
    with pytest.raises(BadReply) as caught:
        answer(ScriptedChat([reply, reply]))
    assert caught.value.remedy


@pytest.mark.parametrize(
    "reply",
    [f"so the answer is\n</think>\n{GOOD}", f"```markdown\n{GOOD}\n```",
     f"{GOOD}\n\n**References:**\n[E1] CURE\n[E4] STEER", f"{GOOD}\n## Sources\n- [E2]"],
)  # fmt: skip
def test_wrappings_are_taken_off(reply: str) -> None:
    assert answer(ScriptedChat([reply]))[1].text == GOOD.replace("E1", "1").replace("E5", "2")


def test_a_key_that_does_not_exist_is_told() -> None:
    _, draft = answer(ScriptedChat(["CURE balances [E1][E42]."]))
    assert draft.text == "CURE balances [1]."
    assert "[E42]" in draft.notices[0]


def test_usage_is_estimated_when_the_server_does_not_tell() -> None:
    _, draft = answer(ScriptedChat([GOOD], tells_usage=False))
    assert draft.usage.estimated
    assert draft.usage.prompt_tokens > 100
    assert draft.usage.completion_tokens > 10


class TestHostileAbstracts:
    """Text inside abstracts is data: it changes neither the prompt's frame nor the checks."""

    FOUND = selection(HOSTILE, CURE)

    def test_an_obedient_model_is_caught(self) -> None:
        with pytest.raises(BadReply):
            answer(ScriptedChat(["HACKED", "This paper is wonderful."]), self.FOUND)

    def test_praise_that_it_asked_for_is_marked(self) -> None:
        reply = "The detector reaches 91% accuracy [E6]. It is the best paper of all time."
        keys = {e.quote: e.key for e in self.FOUND.evidence}
        key = next(key for quote, key in keys.items() if "91%" in quote)
        _, draft = answer(ScriptedChat([reply.replace("E6", key)]), self.FOUND, repair=False)
        assert [s.supported for s in draft.sentences] == [True, False]
        assert draft.text.endswith(UNSUPPORTED)

    def test_its_own_keys_and_figures_count_for_nothing_else(self) -> None:
        with pytest.raises(BadReply):
            answer(ScriptedChat(["CURE reaches 91% accuracy [E8].", "No. [E77]"]), self.FOUND)

    def test_its_text_may_be_reported(self) -> None:
        _, draft = answer(ScriptedChat(["One abstract asks readers to ignore instructions [E1]."]),
                          self.FOUND)  # fmt: skip
        assert draft.papers == ("hostile",)
        assert draft.citations[0].quote in HOSTILE.abstract


class TestOverHttp:
    def model(self, server: ScriptedServer, **settings: float) -> OpenAIChat:
        return OpenAIChat(model="tiny", base_url=server.url, read_s=0.4, backoff_s=0.01, **settings)  # type: ignore[arg-type]

    def test_a_model_that_quotes_its_evidence(self, server: ScriptedServer) -> None:
        server.script(write_with(quote_evidence))
        _, draft = answer(self.model(server))
        assert draft.status == "answered"
        assert draft.papers == ("cure", "steer")
        assert all(sentence.supported for sentence in draft.sentences)

    @pytest.mark.parametrize(
        "step",
        [status(401), status(429), status(500), stall(), stall("The first"), cut(), garbage(),
         web_page(), say(""), say("STEER works [E5].", finish=None),
         say("STEER works [E5].", finish="content_filter")],
    )  # fmt: skip
    def test_a_fault_is_raised_for_the_assistant_to_fall_back(
        self, server: ScriptedServer, step: Step
    ) -> None:
        server.script(step)
        with pytest.raises(ModelServerError) as caught:
            answer(self.model(server))
        assert str(caught.value)
        assert caught.value.remedy

    def test_a_reply_cut_at_its_limit_is_told(self, server: ScriptedServer) -> None:
        reply = "STEER mitigates entropy collapse [E5]. CURE balances exploration and"
        server.script(say(reply, finish="length", usage=None))
        _, draft = answer(self.model(server), repair=False)
        assert draft.papers == ("steer",)
        assert any("CITEWELL_MAX_ANSWER_TOKENS" in notice for notice in draft.notices)

    def test_a_prompt_that_the_server_cut_is_told(self, server: ScriptedServer) -> None:
        server.script(say("STEER works [E5].", usage=(50, 5)))
        _, draft = answer(self.model(server))
        assert any("CITEWELL_CONTEXT_TOKENS" in notice for notice in draft.notices)
