"""Questions that go on from an answer and that this corpus answers: each is asked before it is
offered. What could be asked is known to `candidates`; what is worth offering is decided here, by
what the product itself answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence

from rag.assistant import Assistant
from rag.corpus.names import normal
from rag.records import Answer, Citation, Turn
from rag.retrieval.first_stage import Retriever
from rag.suggest.asking import without_servers
from rag.suggest.candidates import Candidate, candidates
from rag.text.words import unaccented

MOST = 3
"""Questions offered below an answer."""
_CHECKED = 8
"""Candidates that are asked at most."""
_SECONDS = 8.0
_PAPERS = 4
"""Papers of an answer that are looked at."""
_LIST = 20
"""Papers of a list that can still be read."""


def next_questions(
    assistant: Assistant,
    answer: Answer,
    *,
    history: Sequence[Turn],
    within: Sequence[str] | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> tuple[str, ...]:
    """At most three, the most telling first; fewer, or none, where fewer are worth it or eight
    seconds have passed. `history` ends with `answer` and its question: each is asked as it would be
    in this conversation, of the papers `within` alone where these were chosen. Takes no model and
    no server; none where embedding takes one. Raises what the index and the embedder raise."""
    quiet = without_servers(assistant)
    if answer.status == "not_in_corpus" or quiet is None:
        return ()
    until = time.monotonic() + _SECONDS
    said = {_plain(turn.content) for turn in history if turn.role == "user"}
    offered: dict[str, str] = {}  # by form
    for at, candidate in enumerate(_candidates(quiet, answer)):
        if at >= _CHECKED or len(offered) == MOST or time.monotonic() > until or not is_wanted():
            break
        if candidate.form in offered or _is_said(candidate, said):
            continue
        found = quiet.ask(candidate.question, history=history, within=within)
        if _is_worth_it(candidate, found, answer):
            offered[candidate.form] = candidate.question
    return tuple(offered.values())


def _is_said(candidate: Candidate, said: Collection[str]) -> bool:
    term = normal(candidate.term)
    return _plain(candidate.question) in said or any(
        term and term in normal(question) for question in said
    )


def _candidates(assistant: Assistant, answer: Answer) -> Iterator[Candidate]:
    indexes = assistant.index_manager.indexes()
    ids = list(dict.fromkeys([*(c.paper_id for c in answer.citations), *answer.papers]))[:_PAPERS]
    held = {paper.paper_id: paper for paper in indexes.papers.papers(ids)}
    return candidates(
        [held[name] for name in ids if name in held],
        indexes.lexicon,
        Retriever(indexes.papers, indexes, assistant.embedder, assistant.weights),
        compared=answer.kind == "compare",
    )


def _is_worth_it(candidate: Candidate, found: Answer, before: Answer) -> bool:
    """Whether it is answered, from the papers and the sentence that it asks about, and says more
    than the answer before."""
    if found.status != "answered" or not found.papers:
        return False
    if not candidate.papers:
        return len(found.papers) <= _LIST and len(set(found.papers) - set(before.papers)) > 1
    if not {c.paper_id for c in found.citations}.issuperset(candidate.papers):
        return False
    shown = {(c.paper_id, c.start, c.end) for c in before.citations}
    return len(candidate.papers) > 1 or any(
        (c.paper_id, c.start, c.end) not in shown and _is_expected(candidate, c)
        for c in found.citations
    )


def _is_expected(candidate: Candidate, citation: Citation) -> bool:
    span = candidate.span
    return citation.paper_id == candidate.papers[0] and (
        span is None or (citation.start < span.end and span.start < citation.end)
    )


def _plain(question: str) -> str:
    return " ".join(unaccented(question).lower().split()).rstrip(" ?.!")
