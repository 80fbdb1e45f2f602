"""Which calls of a model fill the cells that are wanted: some papers and all their columns in each.

Papers that lack the same columns go together, as many as a prompt holds and a reply has room for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rag.answer.batches import Batch, batch_of
from rag.errors import ServerRejected
from rag.ports import ChatModel
from rag.records import Paper
from rag.table.prompts import to_fill
from rag.table.records import Column
from rag.table.replies import CellAt

CELL_TOKENS = 50
"""Of a reply, for one cell: its frame, a phrase of fifteen words and three keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CellLimits:
    """`batch`: papers in a call, at most. `at_once`: calls. `prompt_tokens`: of all calls together.
    `answer_tokens`: of one reply."""

    batch: int = 8
    at_once: int = 4
    prompt_tokens: int = 200_000
    answer_tokens: int = 1500


@dataclass(frozen=True, kw_only=True, slots=True)
class CellCall:
    """`error`: why it cannot be made, where the columns leave no room for the paper."""

    batch: Batch
    columns: tuple[Column, ...]
    error: ServerRejected | None = None

    def cells(self) -> list[CellAt]:
        return [(paper, one.question) for paper in self.batch.papers for one in self.columns]


def calls_for(
    wanted: Collection[CellAt],
    papers: Sequence[Paper],
    columns: Sequence[Column],
    model: ChatModel,
    *,
    limits: CellLimits,
    max_prompt_tokens: int,
) -> Iterator[CellCall]:
    """In the order of the papers, as far as they lack the same columns."""
    most = max(1, limits.answer_tokens // CELL_TOKENS)
    groups: dict[tuple[Column, ...], list[Paper]] = {}
    for paper in papers:
        lacks = [column for column in columns if (paper.paper_id, column.question) in wanted]
        for first in range(0, len(lacks), most):
            groups.setdefault(tuple(lacks[first : first + most]), []).append(paper)
    for asked, lacking in groups.items():
        size = min(limits.batch, max(1, most // len(asked)))
        write, left = partial(to_fill, asked), lacking
        while left:
            error = None
            try:
                batch = batch_of(left[:size], write, model, max_prompt_tokens=max_prompt_tokens)
            except ServerRejected as refused:
                batch, error = Batch(papers=(left[0].paper_id,)), refused
            left = left[len(batch.papers) :]
            yield CellCall(batch=batch, columns=asked, error=error)
