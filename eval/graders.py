"""Extra columns: the same citations under another judge, and what LlamaIndex's evaluators say.

They cost time or money, so they are computed once, when a run is made, and kept in its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from eval.judges import Embedding, Exact, Judge, ModelJudge
from eval.measures.citing import citation_precision, citation_recall
from eval.measures.content import plain_text
from eval.run import Grader
from eval.runs import Case
from rag.errors import ConfigError
from rag.ports import ChatModel

if TYPE_CHECKING:
    from rag.assistant import Assistant


NAMES = ("exact", "embedding", "model", "llamaindex", "none")


class Citations:
    """ALCE's citation recall and precision by `judge`. Answers without claims get no value."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.names = (f"citation recall ({judge.name})", f"citation precision ({judge.name})")

    def grade(self, case: Case) -> Mapping[str, float]:
        values = citation_recall(case, self.judge), citation_precision(case, self.judge)
        return {n: v for n, v in zip(self.names, values, strict=True) if v is not None}


class LlamaIndex:
    """Faithfulness (1 when the answer follows from its quotes) and correctness (1 to 5, against
    the set's accepted strings and nuggets), by LlamaIndex's evaluators. `evaluate` takes question,
    answer, contexts and reference, and returns both (correctness None without a reference)."""

    names = ("faithfulness (LlamaIndex)", "correctness 1-5 (LlamaIndex)")

    def __init__(
        self,
        evaluate: Callable[[str, str, Sequence[str], str], tuple[float | None, float | None]],
    ) -> None:
        self.evaluate = evaluate

    def grade(self, case: Case) -> Mapping[str, float]:
        answer, question = case.answer, case.question
        if answer is None or not answer.citations:
            return {}
        told = [nugget.text for nugget in question.nuggets]
        told += [" or ".join(group) for group in question.accepted]
        quotes = [citation.quote for citation in answer.citations]
        values = self.evaluate(question.question, plain_text(answer), quotes, "\n".join(told))
        return {n: v for n, v in zip(self.names, values, strict=True) if v is not None}


def chosen(names: Sequence[str] | None, assistant: Assistant) -> list[Grader]:
    """The graders of `names`; none named: LlamaIndex's where a model writes the answers.

    Raises ConfigError for an unknown name, and for one that needs a model where there is none."""
    if names is None:
        names = ["llamaindex"] if assistant.config.answers_with_model else []
    return [_grader(name, assistant) for name in dict.fromkeys(names) if name != "none"]


def _grader(name: str, assistant: Assistant) -> Grader:
    if name not in NAMES:
        raise ConfigError(f"There is no judge {name!r}.", remedy="There are: " + ", ".join(NAMES))
    if name == "exact":
        return Citations(Exact())
    if name == "embedding":
        return Citations(Embedding(assistant.embedder))
    if assistant.model is None:
        raise ConfigError(
            f"The judge {name!r} needs a model.",
            remedy="Set CITEWELL_MODEL (and OPENAI_BASE_URL or OPENAI_API_KEY).",
        )
    model: ChatModel = assistant.model
    if name == "model":
        return Citations(ModelJudge(model))
    from rag.adapters.llama_evaluators import LlamaEvaluators

    return LlamaIndex(LlamaEvaluators(model).evaluate)
