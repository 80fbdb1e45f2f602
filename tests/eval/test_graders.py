"""Extra columns by a model: LlamaIndex's evaluators and our judge, over HTTP on loopback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.graders import Citations, LlamaIndex
from eval.judges import ModelJudge
from eval.run import answer_all
from eval.runs import cases
from eval.summary import summarise
from rag.adapters.llama_evaluators import LlamaEvaluators
from rag.adapters.openai_chat import OpenAIChat
from tests.eval.world import DECLINED, FACT_ANSWER, PAPERS, answer, case, questions, script
from tests.scripted_server import ScriptedServer, say, server, status

__all__ = ["server"]  # a fixture


def chat(to: ScriptedServer) -> OpenAIChat:
    return OpenAIChat(model="judge", base_url=to.url)


def test_faithfulness_and_correctness(server: ScriptedServer, tmp_path: Path) -> None:
    server.script(say("YES"), say("4.5\nGood, though terse."))
    grader = LlamaIndex(LlamaEvaluators(chat(server)).evaluate)
    scored = case(questions(tmp_path)["q2"], FACT_ANSWER)
    assert grader.grade(scored) == dict(zip(grader.names, (1.0, 4.5), strict=True))
    faithful, correct = (request.prompt for request in server.requests if request.body)
    assert "It reaches 82.1% on GSM8K." in faithful  # the answer, without its markers
    assert "It reaches 82.1\\% on GSM8K." in faithful  # what it quotes
    assert "82.1% or 82.1 percent" in correct  # what the set accepts


def test_an_unfaithful_answer_is_a_zero(server: ScriptedServer, tmp_path: Path) -> None:
    server.script(say("NO"), say("1.0\nWrong."))
    grader = LlamaIndex(LlamaEvaluators(chat(server)).evaluate)
    values = list(grader.grade(case(questions(tmp_path)["q2"], FACT_ANSWER)).values())
    assert values == [0.0, 1.0]


def test_answers_without_a_quote_or_a_reference(server: ScriptedServer, tmp_path: Path) -> None:
    server.script(say("YES"))
    grader = LlamaIndex(LlamaEvaluators(chat(server)).evaluate)
    asked = questions(tmp_path)
    assert grader.grade(case(asked["q5"], DECLINED)) == {}
    assert server.requests == []
    plain = replace(asked["q2"], accepted=(), nuggets=())
    assert list(grader.grade(case(plain, FACT_ANSWER))) == [grader.names[0]]


@pytest.mark.parametrize("broken", [status(500), say("I would rather not say.")])
def test_a_judge_that_fails_leaves_a_gap(
    server: ScriptedServer, tmp_path: Path, broken: object
) -> None:
    """In its own columns alone: the measures proper are what they are without it."""
    server.script(broken)  # type: ignore[arg-type]
    asked = list(questions(tmp_path).values())
    model = OpenAIChat(model="judge", base_url=server.url)
    graders = [Citations(ModelJudge(model))]
    rows = answer_all(asked, script(), papers=PAPERS, graders=graders)
    bare = answer_all(asked, script(), papers=PAPERS)
    graded, plain = (summarise(cases(asked, r, PAPERS)) for r in (rows, bare))
    assert graded["overall"] == plain["overall"]
    assert graded["graded"] == {} and graded["grading_failed"] > 0


def test_citations_by_a_model(server: ScriptedServer, tmp_path: Path) -> None:
    server.script(say("yes"))
    grader = Citations(ModelJudge(chat(server)))
    values = grader.grade(case(questions(tmp_path)["q2"], FACT_ANSWER))
    assert values == {"citation recall (model)": 1.0, "citation precision (model)": 1.0}
    assert grader.grade(case(questions(tmp_path)["q2"], answer())) == {}
