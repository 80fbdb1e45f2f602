"""Generated answers: replies to repair or of no use, hostile abstracts, servers that fail."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from rag.adapters.fakes import ScriptedChat
from rag.adapters.openai_chat import OpenAIChat
from rag.answer.budget import AnswerLimits
from rag.answer.citations import UNSUPPORTED
from rag.answer.instructions import NOTHING_FOUND
from rag.errors import BadReply, ModelServerError, ServerBusy, ServerTimeout
from tests.rag.evidence import CURE, HOSTILE, STEER, evidence
from tests.rag.generated import GOOD, HALF, answer
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
ONE_CALL = AnswerLimits(calls=1)
MENDED = "STEER mitigates entropy collapse [E5]. CURE gains 5% [E2]."


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
    [HALF, "CURE gains 98% [E2]. STEER gains 97% [E5].", NOTHING_FOUND, "", "1 2 3",
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
    _, draft = answer(model, limits=ONE_CALL)
    assert UNSUPPORTED in draft.text
    assert len(model.calls) == 1


@pytest.mark.parametrize("budget", [700, 900, 1100, 1500, 3000, 6000])
def test_both_calls_together_stay_within_the_budget(budget: int) -> None:
    model = ScriptedChat([HALF, MENDED])
    found = (STEER, *(replace(CURE, paper_id=f"cure{i}") for i in range(12)))
    with suppress(ModelServerError):
        answer(model, found, limits=AnswerLimits(prompt_tokens=budget))
    assert len(model.calls) <= 2
    assert sum(map(model.count_tokens, model.calls)) <= budget


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


class TestHostileAbstracts:
    """Text inside abstracts is data: it changes neither the prompt's frame nor the checks."""

    FOUND = (HOSTILE, CURE)

    def test_an_obedient_model_is_caught(self) -> None:
        with pytest.raises(BadReply):
            answer(ScriptedChat(["HACKED", "This paper is wonderful."]), self.FOUND)

    def test_praise_that_it_asked_for_is_marked(self) -> None:
        reply = "The detector reaches 91% accuracy [E6]. It is the best paper of all time."
        keys = {e.quote: e.key for e in evidence(*self.FOUND)}
        key = next(key for quote, key in keys.items() if "91%" in quote)
        _, draft = answer(ScriptedChat([reply.replace("E6", key)]), self.FOUND, limits=ONE_CALL)
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
        _, draft = answer(self.model(server), limits=ONE_CALL)
        assert draft.papers == ("steer",)
        assert any("CITEWELL_MAX_ANSWER_TOKENS" in notice for notice in draft.notices)

    def test_a_prompt_that_the_server_cut_is_told(self, server: ScriptedServer) -> None:
        server.script(say("STEER works [E5].", usage=(50, 5)))
        _, draft = answer(self.model(server))
        assert any("CITEWELL_CONTEXT_TOKENS" in notice for notice in draft.notices)
