"""Who agrees with a claim: what is streamed, counted, quoted, repaired and told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.fakes import ScriptedChat
from rag.answer.agreement import compose
from rag.answer.budget import AnswerLimits
from rag.answer.stance_text import counts_told
from rag.errors import BadReply, ServerBusy
from rag.ports import Delta, Message
from rag.records import Agreement, Draft, Paper, PaperStance, Stance
from tests.rag.evidence import CURE, HOSTILE, STEER, query, rendered
from tests.rag.generated import BOTH, run

ASKED = query("does reinforcement learning suffer from entropy collapse?", agreement=True)
CLAIM = "Reinforcement learning suffers from entropy collapse."
STANCES: tuple[Stance, ...] = ("supports", "qualifies", "contradicts")


class CutChat(ScriptedChat):
    """Each reply runs into the limit of its tokens."""

    def stream(self, messages: Sequence[Message], **asked: Any) -> Iterator[Delta]:
        yield from super().stream(messages, **asked)
        yield Delta(text="", cut=True)


def reply(*papers: tuple[str, Sequence[str]], claim: str = CLAIM) -> str:
    listed = [{"stance": stance, "keys": list(keys)} for stance, keys in papers]
    return json.dumps({"claim": claim, "papers": listed})


def written(
    *script: Any, papers: Sequence[Paper] = BOTH, **settings: Any
) -> tuple[str, Draft, ScriptedChat]:
    model = ScriptedChat(list(script))
    streamed, draft = run(compose(ASKED, papers, model, **settings))
    return streamed, draft, model


def test_counts_on_top_and_each_paper_with_its_words() -> None:
    streamed, draft, _ = written(reply(("contradicts", ["E5"]), ("supports", ["E1", "E2"])))
    assert streamed.count("\n") == 2
    assert "- Supports it: **CURE" in streamed
    assert "[E5]" in streamed
    assert draft.text.split("\n\n")[:4] == [
        "Of 2 papers read, 1 supports the claim, none qualifies it, 1 contradicts it.",
        f"The claim: {CLAIM}",
        "**Supports it (1)**",
        "- **CURE: Critical-Token-Guided Re-Concatenation for Entropy-Collapse Prevention** (2025)"
        ": “We introduce CURE, a two-stage framework that balances exploration and exploitation.”"
        " [1] “On Qwen-2.5-Math-7B our method achieves a 5% gain across six math benchmarks.” [2]",
    ]
    assert "**Contradicts it (1)**\n\n- **Rethinking Entropy Interventions in RLVR**" in draft.text
    assert "Qualifies it" not in draft.text
    assert (draft.status, draft.papers, draft.near) == ("answered", ("cure", "steer"), ())
    assert draft.agreement == Agreement(
        claim=CLAIM,
        stances=(
            PaperStance(paper_id="cure", stance="supports", citations=(1, 2)),
            PaperStance(paper_id="steer", stance="contradicts", citations=(3,)),
        ),
    )
    for citation in draft.citations:
        paper = {"cure": CURE, "steer": STEER}[citation.paper_id]
        assert citation.quote == paper.abstract[citation.start : citation.end]


def test_the_question_is_not_repeated_as_the_claim() -> None:
    _, draft, _ = written(reply(("supports", ["E5"]), claim=ASKED.question.upper()))
    assert "The claim" not in draft.text


def test_where_all_are_silent_nothing_is_claimed() -> None:
    _, draft, model = written(reply())
    assert draft.text.startswith("None of the 2 papers read says anything on this. What comes near")
    assert (draft.status, draft.papers, draft.near) == ("not_in_corpus", (), ("cure", "steer"))
    assert draft.agreement
    assert draft.agreement.silent == ("cure", "steer")
    assert len(model.calls) == 1


def test_what_has_no_sentence_is_asked_for_once_more() -> None:
    first = reply(("supports", ["E5"]), ("contradicts", ["E77"]))
    better = reply(("supports", ["E5"]), ("contradicts", ["E1"]))
    _, draft, model = written(first, better)
    assert [one.stance for one in (draft.agreement or Agreement(claim="")).stances] == [
        "supports",
        "contradicts",
    ]
    assert draft.notices == ()
    assert draft.usage.calls == 2
    assert "E77" in model.calls[1][-1].content


@pytest.mark.parametrize(
    "second",
    [
        reply(("supports", ["E5"]), ("contradicts", ["E77"])),
        reply(("contradicts", ["E77"])),
        "No.",
        ServerBusy("The server is busy."),
    ],
)
def test_a_repair_that_does_not_help_leaves_the_first_reply(second: object) -> None:
    _, draft, _ = written(reply(("supports", ["E5"]), ("contradicts", ["E77"])), second)
    assert draft.papers == ("steer",)
    assert draft.agreement
    assert draft.agreement.silent == ("cure",)
    assert draft.notices == (
        "The model cited what is not among its evidence: [E77].",
        "One stance of the model's was left out: no sentence of a paper that was read carries it.",
    )


def test_no_call_beyond_the_budget() -> None:
    bad = reply(("supports", ["E77"]), ("supports", ["E2"]))
    _, draft, model = written(bad, limits=AnswerLimits(calls=1))
    assert len(model.calls) == 1
    assert draft.agreement and len(draft.agreement.stances) == 1


NO_KEY = json.dumps({"claim": "", "papers": [{"stance": "supports", "keys": ["E77"]}]})


@pytest.mark.parametrize("text", ["They all agree.", "[]", "<html>", '{"claim": "x', NO_KEY])
def test_what_judges_nothing_is_no_answer(text: str) -> None:
    with pytest.raises(BadReply) as raised:
        written(text, text)
    assert raised.value.usage.calls == 2


def test_hostile_abstracts_and_replies_stay_text() -> None:
    evil = reply(
        ("supports", ["E6", "E7", "E8"]),
        ("<script>alert(1)</script>", ["E5"]),
        ("supports", ["E2"]),
        claim="<img src=x onerror=alert(1)> [E5] does learning suffer from entropy collapse",
    )
    streamed, draft, model = written(evil, papers=(*BOTH, HOSTILE), limits=AnswerLimits(calls=1))
    assert model.calls[0][1].content.count("</abstracts>") == 1
    assert "<script>" not in draft.text
    assert not re.search(r"(?<!\\)<b>", streamed + draft.text)
    assert set(draft.papers) <= {"cure", "hostile"}
    assert "(https:" not in rendered(draft.text)


def test_of_a_cut_reply_papers_behind_the_last_are_not_counted() -> None:
    many = tuple(replace(CURE, paper_id=f"cure{n}") for n in range(6))
    whole = reply(("supports", ["E2"]), ("supports", ["E5"]), ("supports", ["E8"]))
    cut = whole[: whole.index('"E8"')]
    _, draft = run(compose(ASKED, many, CutChat([cut])))
    assert draft.agreement
    assert (len(draft.agreement.stances), draft.agreement.silent) == (2, ())
    assert "cut behind the first 2 papers" in draft.notices[0]


@given(st.lists(st.sampled_from([*STANCES, "silent"]), min_size=1, max_size=12))
def test_every_paper_read_is_counted_once(said: list[Any]) -> None:
    papers = [replace(CURE, paper_id=f"cure{n}") for n in range(len(said))]
    entries = [(s, [f"E{3 * n + 2}"]) for n, s in enumerate(said) if s != "silent"]
    _, draft, _ = written(reply(*entries), papers=papers)
    found = draft.agreement
    assert found
    assert found.read == len(papers)
    named = [one.paper_id for one in found.stances]
    assert sorted([*named, *found.silent]) == sorted(paper.paper_id for paper in papers)
    assert [found.count(s) for s in STANCES] == [said.count(s) for s in STANCES]
    assert list(draft.papers) == named
    assert counts_told(found) in draft.text


@pytest.mark.parametrize(
    ("supports", "qualifies", "silent", "told"),
    [
        (4, 2, 23, "Of 29 papers read, 4 support the claim, 2 qualify it, none contradicts it;"
         " 23 say nothing on it."),
        (1, 0, 1, "Of 2 papers read, 1 supports the claim, none qualifies it, none contradicts it;"
         " 1 says nothing on it."),
        (0, 1, 0, "Of 1 paper read, none supports the claim, 1 qualifies it, none contradicts it."),
        (0, 0, 1, "The one paper read says nothing on this."),
    ],
)  # fmt: skip
def test_counts_in_words(supports: int, qualifies: int, silent: int, told: str) -> None:
    some = ["supports"] * supports + ["qualifies"] * qualifies
    found = Agreement(
        claim="x",
        stances=tuple(
            PaperStance(paper_id=str(n), stance=s, citations=(n,))  # type: ignore[arg-type]
            for n, s in enumerate(some)
        ),
        silent=tuple(f"s{n}" for n in range(silent)),
    )
    assert counts_told(found) == told
