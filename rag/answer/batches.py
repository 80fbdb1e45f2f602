"""Papers put to a model some at a time: as many whole abstracts as one prompt takes.

What is asked of them, and what becomes of the reply, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.answer.packing import PackedEvidence, pack
from rag.errors import ServerRejected
from rag.ports import ChatModel, Message
from rag.records import Evidence, Paper


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Papers to be read together. No messages where none of them has an abstract. `tokens`: of
    the messages, as the model's port counts them. `cut`: an abstract, too long, is there in
    part."""

    papers: tuple[str, ...]
    messages: tuple[Message, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tokens: int = 0
    cut: bool = False


def batch_of(
    papers: Sequence[Paper],
    write: Callable[[Sequence[Evidence]], Sequence[Message]],
    model: ChatModel,
    *,
    max_prompt_tokens: int,
) -> Batch:
    """As many of `papers`, from the first on, as fit whole into one prompt, but one at least.
    `write` makes the messages. Raises ServerRejected where what is asked leaves no room for any."""

    def fitted() -> PackedEvidence:
        return pack(papers, lambda kept: model.count_tokens(write(kept)), max_prompt_tokens)

    packed = fitted()
    while len(papers) > 1 and (packed.read < packed.total or packed.cut):
        papers = papers[: max(1, packed.read - bool(packed.cut))]
        packed = fitted()
    ids = tuple(paper.paper_id for paper in papers)
    if not packed.total:
        return Batch(papers=ids)
    if not packed.evidence:
        raise ServerRejected(
            "The question leaves no room for abstracts within"
            f" {max_prompt_tokens:,} prompt tokens.",
            remedy="Ask a shorter question, or raise CITEWELL_CONTEXT_TOKENS or"
            " CITEWELL_MAX_THOROUGH_TOKENS.",
        )
    messages = tuple(write(packed.evidence))
    return Batch(
        papers=ids,
        messages=messages,
        evidence=packed.evidence,
        tokens=model.count_tokens(messages),
        cut=bool(packed.cut),
    )


def keys_of(given: object) -> Iterator[str]:
    """The keys that a reply's field lists: `["E1", "[E2]"]`, `"E1, E2"`, `[1, 2]` as E1, E2."""
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, str | int) and not isinstance(one, bool):
            yield from (f"E{int(number)}" for number in re.findall(r"[0-9]{1,6}", str(one)))
