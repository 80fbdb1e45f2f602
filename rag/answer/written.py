"""An answer that a language model writes from whole abstracts, checked sentence by sentence.

One call an answer; a second one, for repair, when sentences fail their check, and the budget of
calls and prompt tokens has room for it. What the model writes is a claim until the checks have
passed it. Which model it is, and how its server is reached, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answer.attribution import Attribute
from rag.answer.budget import USUAL, AnswerLimits, Budget, finish, heard_less
from rag.answer.citations import CheckedReply, check, says_nothing_found
from rag.answer.instructions import NOTHING_FOUND, SAID_OTHERWISE
from rag.answer.markers import keys_in
from rag.answer.prompts import build, build_repair
from rag.answer.replies import cleaned, finished
from rag.answer.templates import heading
from rag.errors import BadReply, ModelServerError
from rag.model_calls import LATER, NOTHING, ModelReply
from rag.ports import ChatModel
from rag.question.schema import ParsedQuestion
from rag.records import Draft, Evidence, Paper, Sentence, Status, Usage

NEAR = 5
"""Papers told beside an answer that does not rest on them."""
_NAMED_NEAREST = 3
"""Papers named behind a refusal."""
_CLAIMS = 3
"""Supported claims behind an opening that declines, from which on it is an answer in part."""


def compose(
    parsed: ParsedQuestion,
    papers: Sequence[Paper],
    model: ChatModel,
    *,
    limits: AnswerLimits = USUAL,
    spent: Usage = NOTHING,
    attribute: Attribute = lambda sentence, cited: "",
) -> Generator[str, None, Draft]:
    """Yield the reply's text as it streams, keys and all; return the checked Draft.

    `papers`, the best first, are read as far as they fit into one prompt; a notice says how far
    that was. `spent` is what was
    asked of the model before, for the same answer: with it, `limits` hold, except that one call is
    always made. The papers of the Draft come in the order in which the text cites them, since
    "the second one" of a follow-up counts there; those read and not used are `near`, best first.

    Raises ModelServerError, with the usage, BadReply among them when not one sentence of the reply
    could be supported: what was yielded is void then, and quoted sentences are the better answer.
    """
    budget = Budget(model=model, limits=limits, usage=spent)
    try:
        return (
            yield from _AnswerByModel(parsed=parsed, budget=budget, attribute=attribute).write(
                papers
            )
        )
    except ModelServerError as error:
        error.usage = budget.usage
        raise


@dataclass(kw_only=True)
class _AnswerByModel:
    """One answer in the making."""

    parsed: ParsedQuestion
    budget: Budget
    attribute: Attribute

    def write(self, papers: Sequence[Paper]) -> Generator[str, None, Draft]:
        model, parsed = self.budget.model, self.parsed
        room = self.budget.room()
        messages, packed = build(parsed, papers, max_prompt_tokens=room, count=model.count_tokens)
        self.budget.require(packed, room)
        said = yield from self.budget.call(messages)
        reply = finished(cleaned(said.text)) if said.cut else cleaned(said.text)
        checked = self._check(reply, packed.evidence)
        if checked.unsupported and not _declines(checked):
            checked = self._repaired(packed.evidence, reply, checked) or checked
        if not checked.papers and not _declines(checked):
            raise BadReply(f"{model.name} wrote nothing that the abstracts support.", remedy=LATER)
        notices = (*checked.notices, *_notices(said), *self.budget.unread(packed, room))
        draft = _draft(parsed, papers, checked)
        return replace(draft, notices=notices, usage=self.budget.usage)

    def _check(self, reply: str, evidence: Sequence[Evidence]) -> CheckedReply:
        return check(reply, evidence, question=self.parsed.standalone, attribute=self.attribute)

    def _repaired(
        self, evidence: Sequence[Evidence], reply: str, checked: CheckedReply
    ) -> CheckedReply | None:
        """A second try that supports more and cites no fewer papers, or None. It is asked for with
        the abstracts that the reply names a key of alone: a fraction of what was read."""
        keys = keys_in(reply, {item.key: item for item in evidence})
        named = {item.paper.paper_id for item in evidence if item.key in keys}
        offered = [e for e in evidence if e.paper.paper_id in named]
        messages = build_repair(
            self.parsed,
            offered,
            reply,
            checked.unsupported,
            max_prompt_tokens=self.budget.left,
            count=self.budget.model.count_tokens,
        )
        if not offered or messages is None or not self.budget.may_call(1):
            return None
        try:
            said = finish(self.budget.call(messages))
        except ModelServerError:
            # The first reply stands, with its marks; the user has it on the screen already.
            return None
        if said.cut:
            return None
        again = self._check(cleaned(said.text), offered)
        fewer = len(again.unsupported) < len(checked.unsupported)
        covers = len(again.papers) >= max(1, len(checked.papers))
        return again if fewer and covers else None


def _draft(parsed: ParsedQuestion, papers: Sequence[Paper], checked: CheckedReply) -> Draft:
    status = _status(parsed, checked)
    answers = checked.papers if status == "answered" else ()
    ranked = (paper.paper_id for paper in papers)
    others = dict.fromkeys((*checked.papers, *ranked))
    near = [paper_id for paper_id in others if paper_id not in answers][:NEAR]
    draft = Draft(
        status=status,
        mode="llm",
        text=checked.text,
        sentences=checked.sentences,
        citations=checked.citations,
        papers=answers,
        near=tuple(near),
        confidence=float(status == "answered"),
    )
    if checked.citations or checked.unsupported:
        return draft
    return with_nearest(draft, parsed, [paper for paper in papers if paper.paper_id in near])


def with_nearest(draft: Draft, parsed: ParsedQuestion, papers: Sequence[Paper]) -> Draft:
    """A bare refusal, and behind it the titles of what comes nearest."""
    told = [heading(paper, parsed.filters) for paper in papers[:_NAMED_NEAREST]]
    lines = "\n".join(f"- {said.marked}" for said in told)
    return replace(
        draft,
        text=f"{draft.text} What comes nearest:\n\n{lines}",
        sentences=(
            *draft.sentences,
            Sentence(text="What comes nearest:"),
            *(Sentence(text=said.plain) for said in told),
        ),
    )


def _status(parsed: ParsedQuestion, checked: CheckedReply) -> Status:
    """By how the reply opens and what of it holds. A reply that opens with what the abstracts do
    not say is no answer, unless it has a good deal to say after all: some models begin with the
    part that is missing."""
    opening = checked.sentences[0].text
    if _says(NOTHING_FOUND, opening):
        return "not_in_corpus"
    if _says(SAID_OTHERWISE, opening):
        return "not_stated"
    if not checked.papers:
        beyond = any(_says(NOTHING_FOUND, s.text) for s in checked.sentences)
        return "not_in_corpus" if beyond else "not_stated"
    claims = sum(bool(s.citations) for s in checked.sentences[1:])
    silent = says_nothing_found(opening) and (parsed.kind == "fact" or claims < _CLAIMS)
    return "not_stated" if silent else "answered"


def _says(phrase: str, text: str) -> bool:
    return _bare(phrase) in _bare(text)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _declines(checked: CheckedReply) -> bool:
    """Whether the reply says that the abstracts do not say, and puts no paper forward besides."""
    return not checked.papers and any(says_nothing_found(s.text) for s in checked.sentences)


def _notices(said: ModelReply) -> Iterator[str]:
    if said.cut:
        yield (
            f"The answer was cut after {said.usage.completion_tokens:,} tokens"
            " (CITEWELL_MAX_ANSWER_TOKENS); more may have been to come."
        )
    if less := heard_less(said):
        yield less
