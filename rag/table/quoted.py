"""Cells without a model: of each abstract the sentence that answers a column's question best, cut
to the clause that matters, or "not stated".

The usual columns ask for what most abstracts have a sentence for (`roles`); a question of the
user's own is answered as a short fact, by the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.filters import Filters
from rag.ports import Vectors
from rag.question.schema import FactAsked, ParsedQuestion, Topic
from rag.reading.features import Views, look
from rag.reading.model import load, probability
from rag.records import Paper, Span
from rag.retrieval.first_stage import Retriever
from rag.retrieval.ranking import Ranking
from rag.storage.token_vectors import Tokens
from rag.table import roles
from rag.table.columns import KNOWN
from rag.table.records import Cell, CellFilled, Column

_NO_WORDS = "The column has no word to look for."
_BY_WORDS = "Picked by the words that it shares with the column: see it as a suggestion."
ROLE_OF = {question: name for name, question in KNOWN.items()}


def quoted(paper: Paper, columns: Sequence[Column], retriever: Retriever) -> Iterator[CellFilled]:
    """The cells of one row. Raises what the index and the embedder raise."""
    for column in columns:
        cell = _cell(column, paper, retriever)
        yield CellFilled(paper_id=paper.paper_id, column=column, cell=cell)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A column's question put to one paper. answers: (S,) probabilities, by the reader, of the
    sentences of `views`; tokens: its word pieces."""

    views: Views
    answers: Vectors
    tokens: Tokens


def ask(ranking: Ranking) -> Asked | None:
    """None where the index has no token vectors, or the question no word that carries meaning."""
    model, places = load(), np.arange(len(ranking))
    views = look(ranking.parsed, ranking, places, model.late)
    tokens = ranking.tokens(places)
    if views is None or tokens is None:
        return None
    answers = probability(model.sentence.logits(views.sentence))
    return Asked(views=views, answers=answers, tokens=tokens)


def alone(question: str, paper: Paper, retriever: Retriever) -> Ranking:
    """The question put to one paper: its cell is the same in every table."""
    topic = Topic(own=question)
    parsed = ParsedQuestion(
        question=question,
        standalone=question,
        intent=FactAsked(),
        topic=topic,
        search=topic,
        filters=Filters(paper_ids=(paper.paper_id,)),
        among_shown=True,
    )
    return retriever.rank(parsed)


def _cell(column: Column, paper: Paper, retriever: Retriever) -> Cell:
    """Not stated where there is no abstract."""
    if not paper.abstract.strip():
        return Cell(status="not_stated")
    ranking = alone(column.question, paper, retriever)
    asked = ask(ranking)
    if asked is None:
        learned = retriever.indexes.tokens is not None
        note = Cell(status="not_stated", note=_NO_WORDS)
        return note if learned else _by_words(ranking, paper)
    role = ROLE_OF.get(column.question, roles.OWN_QUESTION)
    line = roles.load().sentences[role]
    features = roles.sentence_features(role, asked.views, asked.answers)
    scores = probability(features @ line.weights + line.bias)
    best = int(scores.argmax())
    if scores[best] < line.cut:
        return Cell(status="not_stated")
    return _quote(paper, _clause(role, asked, paper, asked.views.spans[best]))


def _clause(role: str, asked: Asked, paper: Paper, sentence: Span) -> Span:
    spans = asked.tokens.spans
    inside = (spans[:, 0] >= sentence.start) & (spans[:, 1] <= sentence.end)
    text = paper.abstract[sentence.start : sentence.end]
    own = (spans[inside] - sentence.start).astype(np.int32)
    found = roles.clause(role, text, asked.tokens.vectors[inside], own)
    return Span(start=sentence.start + found.start, end=sentence.start + found.end)


def _by_words(ranking: Ranking, paper: Paper) -> Cell:
    """The passage that comes nearest, where nothing was learned of the embedder's vectors."""
    passages = ranking.passages(0, paper) if len(ranking) else []
    best = max(passages, key=lambda one: one.score, default=None)
    if best is None:
        return Cell(status="not_stated")
    return _quote(paper, Span(start=best.start, end=best.end), _BY_WORDS)


def _quote(paper: Paper, span: Span, note: str = "") -> Cell:
    value = paper.abstract[span.start : span.end]
    return Cell(status="stated", value=value, spans=(span,), note=note)
