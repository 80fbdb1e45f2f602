"""Who agrees with a claim, as a model reads the best papers: a stance each, and the words for it.

One call, streamed as it names papers; a second one, for repair, when entries fail their check and
the budget has room for it. What the model says is a claim until it has a sentence of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rag.answer.budget import USUAL, AnswerLimits, Budget, finish, heard_less
from rag.answer.packing import PackedEvidence, pack
from rag.answer.prompts import to_judge_claim, to_repair_claim
from rag.answer.stance_replies import SCHEMA, StanceReply, read_stances
from rag.answer.stance_text import HEADINGS, stance_draft
from rag.answer.templates import heading
from rag.errors import BadReply, ModelServerError
from rag.model_calls import LATER, NOTHING, ModelReply
from rag.ports import ChatModel
from rag.question.schema import ParsedQuestion
from rag.records import Draft, Evidence, Paper, Usage
from rag.storage.judgements import MatchingPaper
from rag.text.latex import readable
from rag.text.markdown import escaped


def compose(
    parsed: ParsedQuestion,
    papers: Sequence[Paper],
    model: ChatModel,
    *,
    limits: AnswerLimits = USUAL,
    spent: Usage = NOTHING,
) -> Generator[str, None, Draft]:
    """Yield a line a paper as the model names it, with its stance and keys; return the checked
    Draft. `papers`, `limits` and `spent` as for `rag.answer.written.compose`.

    Raises ModelServerError, with the usage, BadReply among them for a reply that judges nothing.
    """
    budget = Budget(model=model, limits=limits, usage=spent)
    try:
        return (yield from _AgreementByModel(parsed=parsed, budget=budget).write(papers))
    except ModelServerError as error:
        error.usage = budget.usage
        raise


@dataclass(kw_only=True)
class _AgreementByModel:
    """One answer in the making."""

    parsed: ParsedQuestion
    budget: Budget

    def write(self, papers: Sequence[Paper]) -> Generator[str, None, Draft]:
        model, room = self.budget.model, self.budget.room()
        messages = partial(to_judge_claim, self.parsed)
        packed = pack(papers, lambda kept: model.count_tokens(messages(kept)), room)
        self.budget.require(packed, room)
        said = yield from self._streamed(packed)
        found = self._read(said.text, packed.evidence)
        if not found.has_json or found.failures:
            found = self._repaired(packed.evidence, said, found) or found
        ids = list(dict.fromkeys(item.paper.paper_id for item in packed.evidence))
        judged = found.judged(ids, cut=said.cut)
        if found.is_useless or not judged.papers:
            raise BadReply(f"{model.name} did not say which papers agree.", remedy=LATER)
        notices = (*_notices(said, found, len(judged.papers)), *self.budget.unread(packed, room))
        draft = stance_draft(self.parsed, [judged], papers)
        return replace(draft, notices=notices, usage=self.budget.usage)

    def _streamed(self, packed: PackedEvidence) -> Generator[str, None, ModelReply]:
        """The call; yields what is new of the papers that it names."""
        messages = to_judge_claim(self.parsed, packed.evidence)
        call = self.budget.call(messages, schema=SCHEMA)
        text, told = "", set[str]()
        while True:
            try:
                piece = next(call)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
            text += piece
            for match in self._read(text, packed.evidence).stances if "}" in piece else ():
                if match.paper_id not in told:
                    told.add(match.paper_id)
                    yield _line(match, packed.evidence)

    def _read(self, reply: str, evidence: Sequence[Evidence]) -> StanceReply:
        return read_stances(reply, evidence, question=self.parsed.standalone)

    def _repaired(
        self, evidence: Sequence[Evidence], said: ModelReply, found: StanceReply
    ) -> StanceReply | None:
        """A second try with fewer failures and as many papers, or None. It is asked for with all
        that was read, or, where that does not fit again, with the abstracts that the reply names a
        key of."""
        keys = set(re.findall(r"\bE[0-9]{1,3}\b", said.text))
        named = {item.paper.paper_id for item in evidence if item.key in keys}
        failures = found.failures or ("It is no JSON object as described.",)
        for offered in (evidence, [e for e in evidence if e.paper.paper_id in named]):
            messages = to_repair_claim(self.parsed, offered, said.text, failures)
            fits = self.budget.model.count_tokens(messages) <= self.budget.left
            if fits and offered:
                break
        if said.cut or not (fits and offered and self.budget.may_call(1)):
            return None
        try:
            again = finish(self.budget.call(messages, schema=SCHEMA))
        except ModelServerError:
            return None  # what the first reply says stands
        read = self._read(again.text, offered)
        better = len(read.failures) < max(1, len(found.failures))
        covers = len(read.stances) >= len(found.stances)
        return read if read.has_json and better and covers and not again.cut else None


def _line(match: MatchingPaper, evidence: Sequence[Evidence]) -> str:
    """`- Supports it: **Title** “…” [E3]`, while the reply is on its way."""
    own = [item for item in evidence if item.paper.paper_id == match.paper_id]
    starts = {span.start for span in match.spans}
    quotes = " ".join(f"“{escaped(readable(e.quote))}” [{e.key}]" for e in own if e.start in starts)
    stance = HEADINGS[match.stance or "qualifies"]
    return f"- {stance}: {heading(own[0].paper).marked}: {quotes}\n"


def _notices(said: ModelReply, found: StanceReply, read: int) -> Iterator[str]:
    if said.cut:
        yield (
            f"The model's reply was cut behind the first {read:,} papers"
            " (CITEWELL_MAX_ANSWER_TOKENS); those behind them are not counted."
        )
    if less := heard_less(said):
        yield less
    yield from dropped(len(found.failures), found.unknown)


def dropped(failures: int, unknown: Sequence[str]) -> Iterator[str]:
    """What of a reply counts for nothing."""
    if unknown:
        yield f"The model cited what is not among its evidence: {', '.join(unknown)}."
    if failures:
        what = "One stance of the model's was" if failures == 1 else f"{failures:,} stances were"
        yield f"{what} left out: no sentence of a paper that was read carries it."
