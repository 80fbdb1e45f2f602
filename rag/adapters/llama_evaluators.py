"""llama_index's FaithfulnessEvaluator and CorrectnessEvaluator over our ChatModel port.

Its process-wide `Settings` is neither read for a model nor written to. Their calls run to the end
within ours, and errors of the model come through as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rag.ports import ChatModel, Message

_MAX_TOKENS = 400


class LlamaEvaluators:
    """`evaluate` raises ModelServerError, and ValueError for a reply that holds no score."""

    def __init__(self, model: ChatModel) -> None:
        self._llm = _as_llm(model)

    def evaluate(
        self, question: str, answer: str, contexts: Sequence[str], reference: str
    ) -> tuple[float | None, float | None]:
        """Faithfulness (0 or 1: does `answer` follow from `contexts`?) and correctness (1 to 5,
        against `reference`; None where there is none)."""
        from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator

        faithful = FaithfulnessEvaluator(llm=self._llm).evaluate(
            query=question, response=answer, contexts=list(contexts)
        )
        if not reference:
            return float(faithful.score), None
        correct = CorrectnessEvaluator(llm=self._llm).evaluate(
            query=question, response=answer, reference=reference
        )
        if correct.score is None:
            raise ValueError(f"The judging model gave no score: {correct.feedback}")
        return float(faithful.score), float(correct.score)


def _as_llm(model: ChatModel) -> Any:
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class OurModel(CustomLLM):  # type: ignore[misc]
        @property
        def metadata(self) -> Any:
            return LLMMetadata(
                context_window=model.max_prompt_tokens + _MAX_TOKENS,
                num_output=_MAX_TOKENS,
                model_name=model.name,
            )

        def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
            deltas = model.stream([Message(role="user", content=prompt)], max_tokens=_MAX_TOKENS)
            return CompletionResponse(text="".join(delta.text for delta in deltas))

        def stream_complete(
            self, prompt: str, formatted: bool = False, **kwargs: Any
        ) -> Iterator[Any]:
            yield self.complete(prompt)

    return OurModel()
