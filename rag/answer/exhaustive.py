"""All papers that answer: a model judges the ranking batch by batch, until it holds no more.

A call a batch, a few of them at a time. It ends behind two batches in a row that hold no match,
behind two in a row that failed, at the end of the ranking, or where the next batch would pass the
budget. How far ahead of the last judgement a batch may begin depends on what was judged before it
and not on which reply comes first, so that the same replies give the same list.

What a batch looks like and how its reply is read, where judgements are kept and how the list is
written, is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property

from rag.answer.batches import Batch, batch_of
from rag.answer.budget import heard_less
from rag.answer.judging import task_of
from rag.answer.matching import Coverage, End
from rag.answer.parallel import ParallelCalls
from rag.answer.prompts import decided
from rag.errors import ModelServerError
from rag.events import Progress
from rag.model_calls import NOTHING, ModelReply, say
from rag.ports import ChatModel
from rag.question.schema import ParsedQuestion
from rag.records import Paper, Usage
from rag.storage.judgements import JudgedBatch, ModelJudgements

_IN_A_ROW = 2
"""Batches without a match, or failed ones, behind which no further one is begun."""

Lookup = Callable[[Sequence[str]], list[Paper]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExhaustiveLimits:
    """`batch`: papers in one, at most. `at_once`: calls. `prompt_tokens`: of all calls together."""

    batch: int = 30
    at_once: int = 4
    prompt_tokens: int = 200_000
    answer_tokens: int = 1500


def look_through(
    parsed: ParsedQuestion,
    ids: Sequence[str],
    lookup: Lookup,
    model: ChatModel,
    *,
    corpus_size: int,
    limits: ExhaustiveLimits,
    judgements: ModelJudgements | None = None,
    spent: Usage = NOTHING,
) -> Generator[Progress, None, Coverage]:
    """Yield how far it is; return what came of it: the papers that match, or speak to a claim, with
    the words that prove it.

    `ids` is the ranking, the best first, of the papers that meet the constraints where there are
    any, else of a corpus of `corpus_size`. What `judgements` hold is not asked again and takes
    nothing of the budget. Closing the generator begins no further call and breaks off those under
    way.

    Raises ModelServerError, with the usage, where not one batch could be judged.
    """
    looking = _Looking(
        parsed=parsed,
        ids=ids,
        lookup=lookup,
        model=model,
        searched=len(ids) if decided(parsed.filters) else corpus_size,
        limits=limits,
        judgements=judgements,
        usage=spent,
        room=limits.prompt_tokens - spent.prompt_tokens,
    )
    try:
        yield from looking.judge()
        return looking.looked()
    except ModelServerError as error:
        error.usage = looking.usage
        raise


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """What has become of a batch. `unknown`: keys in its reply that there are not. `before`: it was
    judged in an earlier run."""

    judged: JudgedBatch | None = None
    error: ModelServerError | None = None
    said: ModelReply = field(default_factory=ModelReply)
    unknown: tuple[str, ...] = ()
    before: bool = False


@dataclass(kw_only=True)
class _Looking:
    """One look through a ranking. `room`: prompt tokens that may be sent. `usage` is kept up to
    date."""

    parsed: ParsedQuestion
    ids: Sequence[str]
    lookup: Lookup
    model: ChatModel
    searched: int
    limits: ExhaustiveLimits
    judgements: ModelJudgements | None
    usage: Usage
    room: int

    def __post_init__(self) -> None:
        self._task = task_of(self.parsed, model=self.model.name)
        self._begun: list[tuple[str, ...]] = []
        self._outcomes: dict[int, _Outcome] = {}
        self._left = self.room
        self._end: End = "dry"
        self._calls: ParallelCalls[tuple[int, _Outcome]] = ParallelCalls()

    def judge(self) -> Generator[Progress, None, None]:
        """Raises ModelServerError where every batch failed."""
        try:
            at = 0  # all batches before it have been judged, or have failed
            while self._begin(at) > at:
                while at not in self._outcomes:
                    self._take(*self._calls.next())
                    yield self._progress()
                at += 1
        finally:
            self._calls.stop()
        errors = [outcome.error for outcome in self._outcomes.values() if outcome.error]
        if errors and len(errors) == len(self._outcomes):
            raise errors[0]

    def looked(self) -> Coverage:
        """What came of it, in the order of the ranking."""
        outcomes = [self._outcomes[number] for number in range(len(self._begun))]
        judged = [outcome.judged for outcome in outcomes if outcome.judged]
        failed: Counter[str] = Counter()
        for papers, outcome in zip(self._begun, outcomes, strict=True):
            if error := outcome.error:
                failed[f"{error} {error.remedy}".strip()] += len(papers)
        return Coverage(
            ids=tuple(self.ids),
            searched=self.searched,
            judged=tuple(judged),
            went=sum(map(len, self._begun)),
            before=sum(len(one.judged.papers) for one in outcomes if one.before and one.judged),
            end=self._end,
            failed=failed,
            unknown=tuple(dict.fromkeys(key for one in outcomes for key in one.unknown)),
            cut=any(outcome.said.cut for outcome in outcomes),
            heard_less=next(filter(None, (heard_less(one.said) for one in outcomes)), ""),
            budget=self.limits.prompt_tokens,
            kept=self.judgements is not None and not self.judgements.trouble,
            trouble=self.judgements.trouble if self.judgements else "",
            usage=self.usage,
        )

    def _begin(self, at: int) -> int:
        """Begin what may be begun now; how many batches have been."""
        while len(self._begun) < at + self._ahead(at) and self._goes_on(at):
            start = sum(map(len, self._begun))
            if start == len(self.ids):
                self._end = "all"
                break
            number = len(self._begun)
            if judged := self._known(start):
                self._begun.append(judged.papers)
                self._outcomes[number] = _Outcome(judged=judged, before=True)
                continue
            try:
                batch = self._next(start)
            except ModelServerError as error:
                self._begun.append(tuple(self.ids[start : start + 1]))
                self._outcomes[number] = _Outcome(error=error)
                continue
            if batch.tokens > self._left:
                self._end = "budget"
                break
            self._left -= batch.tokens
            self._begun.append(batch.papers)
            self._calls.begin(self._call(number, batch))
        return len(self._begun)

    @cached_property
    def _longest(self) -> int:
        """The longest prompt; to find it out may take a question to the server."""
        return min(self.model.max_prompt_tokens, self.room)

    def _next(self, start: int) -> Batch:
        papers = self.lookup(self.ids[start : start + self.limits.batch])
        return batch_of(papers, self._task.write, self.model, max_prompt_tokens=self._longest)

    def _ahead(self, at: int) -> int:
        """How many batches may be under way: one more than have held a match, so that a short list
        costs little and a long one is soon done; behind one that brought nothing, the next alone,
        which decides whether to go on."""
        past = [self._outcomes[number].judged for number in range(at)]
        if past and not (past[-1] and past[-1].matches):
            return 1
        held = sum(bool(one and one.matches) for one in past)
        return min(self.limits.at_once, max(_IN_A_ROW, held + 1))

    def _goes_on(self, at: int) -> bool:
        past = [self._outcomes[number] for number in range(at)]
        if len(past) >= _IN_A_ROW and all(one.error for one in past[-_IN_A_ROW:]):
            self._end = "failing"
            return False
        judged = [one.judged for one in past if one.judged]
        self._end = "dry"
        return len(judged) < _IN_A_ROW or any(one.matches for one in judged[-_IN_A_ROW:])

    def _known(self, start: int) -> JudgedBatch | None:
        """What was judged before of the papers from `start` on, where they are the same."""
        judged = self.judgements.known.get(self.ids[start]) if self.judgements else None
        if judged is None or judged.papers != tuple(self.ids[start : start + len(judged.papers)]):
            return None
        texts = {p.paper_id: p.abstract for p in self.lookup(judged.papers)}
        return judged if all(match.is_in(texts) for match in judged.matches) else None

    def _call(
        self, number: int, batch: Batch
    ) -> Generator[tuple[int, _Outcome] | None, None, None]:
        """In a thread. Ends with the outcome."""
        said = ModelReply()
        try:
            outcome = yield from self._judged(batch, said)
        except ModelServerError as error:
            outcome = _Outcome(error=error, said=said)
        yield number, outcome

    def _judged(self, batch: Batch, said: ModelReply) -> Generator[None, None, _Outcome]:
        if not batch.messages:
            return _Outcome(judged=JudgedBatch(papers=batch.papers))
        limit = self.limits.answer_tokens
        schema = self._task.schema
        with closing(say(self.model, batch.messages, limit, said, schema=schema)) as call:
            for _ in call:
                yield None
        judged, unknown = self._task.read(said, batch)
        return _Outcome(judged=judged, said=said, unknown=unknown)

    def _take(self, number: int, outcome: _Outcome) -> None:
        self.usage += outcome.said.usage
        self._outcomes[number] = outcome
        if outcome.judged and self.judgements and not outcome.said.cut:
            self.judgements.keep(outcome.judged)

    def _progress(self) -> Progress:
        judged = [one.judged for one in self._outcomes.values() if one.judged]
        return Progress(
            read=sum(len(one.papers) for one in judged),
            total=self.searched,
            matched=sum(len(one.matches) for one in judged),
        )
