"""An answer by a model, as events: written from the best papers, their stances on a claim, or the
list of all that match.

How papers were found, and what becomes of the answer, is not known here.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial

from rag.answer import agreement, exhaustive, written
from rag.answer.attribution import attribution
from rag.answer.budget import AnswerLimits
from rag.answer.judging import judgement_key
from rag.answer.matching import draft_of
from rag.answer.templates import provisos
from rag.config import Config
from rag.events import Event, Selected, TextDelta
from rag.pipeline import Clock, Found
from rag.ports import ChatModel
from rag.question.schema import ParsedQuestion
from rag.records import Depth, Draft, Keeping, Paper, Selection
from rag.storage.judgements import FOLDER, ModelJudgements


def answered(
    found: Found,
    model: ChatModel,
    config: Config,
    clock: Clock,
    depth: Depth,
    keeping: Keeping,
) -> Generator[Event, None, Draft | None]:
    """The events up to the answer's text, and the answer; None where no abstract decides it, or
    none is there. Raises ModelServerError, with what was spent."""
    if not _is_for_abstracts(found.parsed) or not (ids := found.ids()):
        return None
    if found.failure is not None:
        found.failure.usage = found.usage
        raise found.failure
    if depth == "thorough":
        draft = yield from _looked_through(found, ids, model, config, keeping)
        clock.lap("judge")
        papers = found.ranking.of(draft.papers)
        yield Selected(papers=tuple(papers), near=tuple(found.ranking.of(draft.near)))
        yield TextDelta(delta=draft.text)
        return _with_provisos(draft, found, papers)
    papers = found.papers(config.read_papers)
    clock.lap("fetch")
    yield Selected(papers=tuple(papers))
    compose = (
        agreement.compose
        if found.parsed.agreement
        else partial(
            written.compose,
            attribute=attribution(found.indexes.lexicon, found.indexes.papers.papers),
        )
    )
    writing = compose(
        found.parsed,
        papers,
        model,
        limits=AnswerLimits(
            calls=config.max_calls,
            prompt_tokens=config.max_prompt_tokens,
            answer_tokens=config.max_answer_tokens,
        ),
        spent=found.usage,
    )
    while True:
        try:
            yield TextDelta(delta=next(writing))
        except StopIteration as stop:
            return _with_provisos(stop.value, found, papers)


def _looked_through(
    found: Found, ids: Sequence[str], model: ChatModel, config: Config, keeping: Keeping
) -> Generator[Event, None, Draft]:
    judgements = None
    if keeping != "private":
        corpus = found.indexes.corpus_hash
        key = judgement_key(found.parsed, corpus=corpus, model=model.name)
        judgements = ModelJudgements(config.data_dir / FOLDER, key, fresh=keeping == "fresh")
    looked = yield from exhaustive.look_through(
        found.parsed,
        ids,
        found.ranking.of,
        model,
        corpus_size=found.ranking.corpus_size,
        limits=exhaustive.ExhaustiveLimits(
            batch=config.read_papers,
            at_once=config.thorough_calls,
            prompt_tokens=config.max_thorough_tokens,
            answer_tokens=config.max_answer_tokens,
        ),
        judgements=judgements,
        spent=found.usage,
    )
    return draft_of(found.parsed, looked, found.ranking.of)


def _with_provisos(draft: Draft, found: Found, papers: Sequence[Paper]) -> Draft:
    """`draft`, and what an answer made from `papers` goes by where records lack what is asked."""
    known = Selection(
        status=draft.status,
        papers=tuple(papers),
        evidence=(),
        searched=found.ranking.corpus_size,
        recorded=found.ranking.recorded(),
    )
    return replace(draft, notices=(*draft.notices, *provisos(found.parsed, known)))


def _is_for_abstracts(parsed: ParsedQuestion) -> bool:
    """Whether abstracts decide on the answer. Records do on dates, upvotes and authors; where
    constraints are all that is asked, the ranking is the list already."""
    listed = parsed.kind == "list" and not parsed.topic
    return parsed.record is None and not parsed.nothing_asked and not listed
