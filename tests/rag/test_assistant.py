"""The flow with a model: calls and budget, usage and cost, fallbacks, reranking."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.adapters.fakes import HashEmbedder, ReversedReranker, ScriptedChat
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import BadReply, ModelServerError, ServerBusy, ServerTimeout, ServerUnreachable
from rag.events import Fallback, Finished, Selected, Understood
from rag.ports import ChatModel, Reranker
from rag.records import Answer, Turn
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from tests.corpus import filled

QUESTION = "which papers propose a method for robots?"
HISTORY = (
    Turn(role="user", content=QUESTION),
    Turn(role="assistant", content="Several do [1].", papers=("none",)),
)
FOLLOW_UP = "and for graphs?"
REWRITTEN = json.dumps(
    {"question": "Which papers propose a method for graphs?", "kind": "list", "papers": []}
)
GOOD = "One paper does [E1]."


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("assistant")
    catalog = filled(folder, 30)
    yield catalog
    catalog.close()


@pytest.fixture
def make(catalog: Catalog) -> Any:
    def made(
        model: ChatModel | None = None, reranker: Reranker | None = None, **settings: Any
    ) -> Assistant:
        config = Config(data_dir=Path("unused"), model=model.name if model else None, **settings)
        return Assistant(
            index_manager=IndexManager(catalog),
            embedder=HashEmbedder(),
            config=config,
            model=model,
            reranker=reranker,
        )

    return made


class Echo(ScriptedChat):
    """Quotes the first sentence that it is given; before that, what the script says."""

    def stream(self, messages: Any, *, max_tokens: int, schema: Any = None) -> Any:
        if "<abstracts>" in messages[-1].content and len(self._script) == 1:
            quote = messages[-1].content.partition("[E1] ")[2].partition("\n")[0]
            self._script = [f"- {quote} [E1]"]
        return super().stream(messages, max_tokens=max_tokens, schema=schema)


def test_an_answer_names_its_model(make: Any) -> None:
    answer = make(Echo([""], name="tiny")).ask(QUESTION)
    assert (answer.mode, answer.model) == ("llm", "tiny")
    assert answer.usage.calls == 1
    assert answer.usage.cost is None
    quoted = make().ask(QUESTION)
    assert (quoted.mode, quoted.model, quoted.usage.calls) == ("extractive", None, 0)


def test_a_follow_up_takes_two_calls_and_a_repair(make: Any) -> None:
    sloppy = "Paper 99 gains 77% [E1]. " + GOOD
    model = ScriptedChat([REWRITTEN, sloppy, GOOD])
    answer = make(model).ask(FOLLOW_UP, history=HISTORY)
    assert answer.usage.calls == len(model.calls) == 3
    assert all(sentence.supported for sentence in answer.sentences)


def test_calls_are_capped(make: Any) -> None:
    model = ScriptedChat([REWRITTEN, "Paper 99 gains 77% [E1]. " + GOOD, "never asked for"])
    events = list(make(model, max_calls=2).stream(FOLLOW_UP, history=HISTORY))
    understood = events[0]
    assert isinstance(understood, Understood)
    assert understood.parsed.standalone == "Which papers propose a method for graphs?"
    assert understood.parsed.reader == "scripted"
    assert isinstance(events[-1], Finished)
    answer = events[-1].answer
    assert (answer.question, answer.standalone_question) == (
        FOLLOW_UP,
        understood.parsed.standalone,
    )
    assert answer.usage.calls == len(model.calls) == 2
    assert answer.usage.prompt_tokens == sum(map(model.count_tokens, model.calls))
    assert any(not sentence.supported for sentence in answer.sentences)
    one = ScriptedChat([GOOD])
    answer = make(one, max_calls=1, rerank="model").ask(FOLLOW_UP, history=HISTORY)
    assert (answer.mode, answer.usage.calls) == ("llm", 1), "the answer is never saved on"


@pytest.mark.parametrize("most", [1, 7, 30])
def test_the_best_papers_are_read_and_told_before_the_answer(make: Any, most: int) -> None:
    model = ScriptedChat([GOOD])
    events = list(make(model, read_papers=most).stream(QUESTION))
    (selected,) = [event for event in events if isinstance(event, Selected)]
    ranked = [paper for paper, _ in make().rank(QUESTION)]
    assert [paper.paper_id for paper in selected.papers] == ranked[:most]
    assert model.calls[0][1].content.count("Paper: ") == min(most, len(ranked))
    answer = _finished(events)
    assert answer.papers == (ranked[0],)
    assert answer.near == tuple(ranked[1:most][:5])
    assert (answer.confidence, answer.notices) == (1.0, ())


def test_a_small_context_reads_fewer_and_says_so(make: Any) -> None:
    model = ScriptedChat([GOOD], max_prompt_tokens=800)
    answer = make(model).ask(QUESTION)
    read = model.calls[0][1].content.count("Paper: ")
    assert answer.notices[0].startswith(f"The model read {read} of the ")
    assert model.count_tokens(model.calls[0]) <= 800


def test_papers_that_are_gone_cost_those_that_are_there_nothing(make: Any) -> None:
    assistant = make()
    (first, *_) = assistant.ask(QUESTION, mode="extractive").papers
    kept = assistant.ask(QUESTION, within=[first, "gone since"], mode="extractive")
    assert kept.papers == (first,)
    assert assistant.ask(QUESTION, within=(), mode="extractive").status == "not_in_corpus"


def test_without_a_paper_no_model_is_asked(make: Any) -> None:
    model = ScriptedChat([GOOD])
    answer = make(model).ask(QUESTION, within=["of another corpus"])
    assert (answer.status, answer.mode, model.calls) == ("not_in_corpus", "extractive", [])


@pytest.mark.parametrize("question", ["the two newest papers", "thanks!", "?"])
def test_what_no_abstract_decides_is_not_put_to_the_model(make: Any, question: str) -> None:
    model = ScriptedChat([GOOD])
    assert make(model).ask(question).mode == "extractive"
    assert model.calls == []


@pytest.mark.parametrize("budget", [1500, 2500, 6000])
def test_all_calls_together_stay_within_the_budget(make: Any, budget: int) -> None:
    model = ScriptedChat([REWRITTEN, "Paper 99 gains 77% [E1]. " + GOOD, GOOD])
    answer = make(model, max_prompt_tokens=budget).ask(FOLLOW_UP, history=HISTORY)
    assert sum(map(model.count_tokens, model.calls)) <= budget
    assert len(model.calls) <= 4
    assert answer.usage.calls == len(model.calls)


@pytest.mark.parametrize(
    ("setting", "history", "mode", "calls"),
    [
        ("auto", HISTORY, None, 2), ("auto", (), None, 1), ("rules", HISTORY, None, 1),
        ("model", (), None, 2), ("model", HISTORY, "extractive", 0),
    ],
)  # fmt: skip
def test_who_reads_is_a_setting(
    make: Any, setting: str, history: tuple[Turn, ...], mode: Any, calls: int
) -> None:
    script = [REWRITTEN, ""] if calls == 2 else [""]
    answer = make(Echo(script), understand=setting).ask(FOLLOW_UP, history=history, mode=mode)
    assert answer.usage.calls == calls


@pytest.mark.parametrize("error", [ServerUnreachable("refused"), ServerTimeout("slow")])
def test_a_server_out_of_reach_is_not_asked_again(make: Any, error: ModelServerError) -> None:
    model = ScriptedChat([error, GOOD])
    events = list(make(model).stream(FOLLOW_UP, history=HISTORY))
    assert len(model.calls) == 1
    assert sum(isinstance(event, Fallback) for event in events) == 1
    assert isinstance(events[-3], Selected), "the papers that the quotes are of"
    answer = _finished(events)
    assert (answer.mode, answer.model, answer.usage.calls) == ("extractive", None, 1)


@pytest.mark.parametrize("first", ["no JSON", BadReply("cut"), ServerBusy("busy")])
def test_a_follow_up_that_was_not_rewritten_is_still_answered_by_the_model(
    make: Any, first: str | ModelServerError
) -> None:
    answer = make(Echo([first, ""])).ask(FOLLOW_UP, history=HISTORY)
    assert answer.mode == "llm"
    assert answer.usage.calls == 2
    assert (
        answer.standalone_question == "and for graphs (which papers propose a method for robots?)"
    )


@pytest.mark.parametrize(
    ("entry", "prompt", "completion"),
    [
        (("One paper does", ServerTimeout("slow")), True, True),
        (BadReply("nothing came"), True, False),
        ("7 7 7 7 7 7 7", True, True),
        (ServerUnreachable("refused"), False, False),
    ],
    ids=["cut", "empty", "garbage", "refused"],
)
def test_what_a_failed_model_has_cost_is_told(
    make: Any, entry: Any, prompt: bool, completion: bool
) -> None:
    answer = make(ScriptedChat([entry, entry]), price_prompt=1.0, price_completion=2.0).ask(
        QUESTION
    )
    assert answer.mode == "extractive"
    assert answer.notices
    assert answer.usage.calls == 1
    assert bool(answer.usage.prompt_tokens) == prompt
    assert bool(answer.usage.completion_tokens) == completion
    assert answer.usage.cost is not None
    assert bool(answer.usage.cost) == prompt


def test_the_cost_is_tokens_times_price(make: Any) -> None:
    usage = make(Echo([""]), price_prompt=2.5, price_completion=10.0).ask(QUESTION).usage
    expected = (2.5 * usage.prompt_tokens + 10 * usage.completion_tokens) / 1e6
    assert usage.cost == pytest.approx(expected)
    usage = make(Echo([""]), price_completion=10.0).ask(QUESTION).usage
    assert usage.cost == pytest.approx(10 * usage.completion_tokens / 1e6)


def test_a_reranker_orders_the_papers_and_scores_keep_their_places(make: Any) -> None:
    plain, turned = make(), make(reranker=ReversedReranker())
    before, after = plain.rank(QUESTION), turned.rank(QUESTION)
    count = min(30, len(before))
    assert [p for p, _ in after[:count]] == [p for p, _ in before[:count]][::-1]
    assert [s for _, s in after] == [s for _, s in before]
    hits = turned.search(QUESTION, k=3)
    assert [h.paper.paper_id for h in hits.hits] == [p for p, _ in after[:3]]
    assert hits.notices == ()


def test_quoted_answers_follow_the_reranker(make: Any) -> None:
    one = f"{QUESTION[:-1]} (only one)?"
    plain, turned = make(), make(reranker=ReversedReranker())
    first = turned.rank(one)[0][0]
    assert turned.ask(one).papers[0] == first != plain.ask(one).papers[0]
    compound = "what is control and which papers use graphs?"
    assert turned.ask(compound).papers != plain.ask(compound).papers


def test_a_reranker_that_fails_costs_a_notice(make: Any) -> None:
    class Failing(ReversedReranker):
        def scores(self, question: str, passages: Sequence[str]) -> list[float]:
            raise ServerBusy("It is busy.", remedy="Wait.")

    answer, plain = make(reranker=Failing()).ask(QUESTION), make().ask(QUESTION)
    assert answer.papers == plain.papers
    assert answer.notices[0].startswith("The papers were ranked without reversed. It is busy.")


def test_constraints_alone_are_not_reranked(make: Any) -> None:
    question = "the two newest papers"
    assert make(reranker=ReversedReranker()).rank(question) == make().rank(question)


def test_the_model_may_order_the_papers(make: Any) -> None:
    model = ScriptedChat(["P3, P1", GOOD])
    answer = make(model, rerank="model").ask(QUESTION)
    first = [paper for paper, _ in make().rank(QUESTION)]
    assert "<passages>" in model.calls[0][1].content
    assert answer.usage.calls == len(model.calls) == 2
    assert sum(map(model.count_tokens, model.calls)) <= model.max_prompt_tokens
    assert "[P3]" in model.calls[0][1].content
    assert answer.notices == () or "ranked without" not in answer.notices[0]
    assert first[2] in (*answer.papers, *answer.near)


def test_a_model_that_orders_nothing_leaves_our_own_order(make: Any) -> None:
    answer = make(Echo(["I cannot.", ""]), rerank="model").ask(QUESTION)
    assert "ranked without scripted" in answer.notices[0]
    assert (answer.mode, answer.usage.calls) == ("llm", 2)


def _finished(events: Sequence[object]) -> Answer:
    assert isinstance(events[-1], Finished)
    return replace(events[-1].answer)
