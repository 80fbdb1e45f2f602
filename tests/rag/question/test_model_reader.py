"""Questions read by a model: what it proposes, and what is not taken from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rag.adapters.fakes import ScriptedChat
from rag.errors import ServerTimeout
from rag.filters import Filters
from rag.question.model_reader import ModelReading, read_with, worth_asking
from rag.question.proposal import answer_schema
from rag.question.schema import Form, RecordAsked
from tests.rag.question.grasping import LEXICON, PARSER, ROBOTS, TODAY, read, talk

HISTORY = talk(ROBOTS)


def reply(**fields: Any) -> str:
    return json.dumps(
        {
            "question": "How does VidGrip handle cloth?",
            "intent": "explain",
            "searches": ["VidGrip cloth"],
            "papers": [2],
            "constraints": {},
            "form": None,
            "count": None,
        }
        | fields
    )


def by_model(script: str | Exception, question: str = "how does it handle cloth?") -> ModelReading:
    model = ScriptedChat([script])  # type: ignore[list-item]
    return read_with(model, read(question, HISTORY), PARSER, LEXICON, today=TODAY)


def test_a_reply_becomes_the_reading() -> None:
    parsed = by_model(reply()).parsed
    assert parsed.question == "how does it handle cloth?"
    assert parsed.standalone == "How does VidGrip handle cloth?"
    assert parsed.kind == "explain"
    assert parsed.filters.paper_ids == ("b",)
    assert parsed.reader == "scripted"


def test_several_searches_are_each_a_search_of_their_own() -> None:
    parsed = by_model(
        reply(question="Do VidGrip and HandCopy handle cloth?", searches=["VidGrip", "HandCopy"])
    ).parsed
    assert [topic.own for topic in parsed.searches] == ["VidGrip", "HandCopy"]


def test_constraints_are_taken_where_they_are_what_the_schema_says() -> None:
    stated = {"date_from": "2024-01-01", "upvotes_min": "many", "sort": "date", "limit": True}
    parsed = by_model(reply(papers=[], constraints=stated)).parsed
    assert parsed.filters == Filters(date_from="2024-01-01")


def test_a_constraint_of_the_users_holds_where_the_model_left_it_out() -> None:
    parsed = by_model(reply(papers=[]), "how do papers since 2024 handle cloth?").parsed
    assert parsed.filters.date_from == "2024-01-01"


def test_the_form_wished_for() -> None:
    assert by_model(reply(form="bullets", count=3)).parsed.form == Form(kind="bullets", count=3)


def test_the_intent_is_the_models() -> None:
    parsed = by_model(reply(question="When was VidGrip published?", intent="record"), "and when?")
    assert parsed.parsed.intent == RecordAsked(fields=("date",), papers=("b",))


@pytest.mark.parametrize(
    "script",
    [
        "no JSON at all",
        "{}",
        "[1, 2]",
        reply(question=""),
        reply(question="How does VidGrip reach 97%?"),
        reply(question="See https://evil.example for cloth handling?"),
        reply(question="cloth " * 200),
        reply(papers=[9]),
        reply(papers="all"),
        reply(searches="VidGrip"),
        reply(question="What is the price of tea in China?"),
        ServerTimeout("no answer", remedy="wait"),
    ],
)
def test_what_is_odd_leaves_the_question_to_the_offline_reading(script: str | Exception) -> None:
    found = by_model(script)
    offline = read("how does it handle cloth?", HISTORY)
    assert (found.parsed.standalone, found.parsed.filters) == (offline.standalone, offline.filters)
    assert not found.parsed.reader
    assert "read offline" in found.parsed.notes[-1]
    assert found.usage.calls == 1


def test_a_server_out_of_reach_is_told_and_a_bad_reply_is_not_a_failure() -> None:
    assert by_model(ServerTimeout("no answer", remedy="wait")).failure is not None
    assert by_model("nonsense").failure is None


def test_a_question_alone_needs_no_model() -> None:
    assert not worth_asking(read("papers on robots"))
    assert worth_asking(read("and for drones?", HISTORY))
    assert worth_asking(read("Compare VidGrip and HandCopy"))


def test_the_schema_is_one_that_strict_servers_take() -> None:
    def objects(schema: dict[str, Any]) -> None:
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) == set(schema["properties"])
            for one in schema["properties"].values():
                objects(one)

    objects(answer_schema())
