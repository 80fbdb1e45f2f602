"""The messages that a model gets: the rules, the abstracts as data, the question, its form.

Pure text in, messages out: no model and no tokenizer is known here, `count` comes as an argument.
Text inside abstracts is data. It stands between tags that nothing inside can close, and nothing
in it can pass for a chat template's control token. Prompts change the copy only: citations point
into the abstract as stored. The same question over the same papers gives the same messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from rag.answer.instructions import (
    ALL_THAT_MATCH,
    ALL_THAT_SPEAK,
    COUNTS,
    FORMS,
    JUDGE,
    JUDGE_CLAIM,
    KINDS,
    REPAIR,
    REPAIR_CLAIM,
    SYSTEM,
)
from rag.answer.packing import PackedEvidence, pack
from rag.filters import Filters
from rag.ports import Message
from rag.question.schema import ParsedQuestion
from rag.records import Evidence, Paper, Sentence, Turn
from rag.text.latex import readable
from rag.text.untrusted import as_data, clipped

Count = Callable[[Sequence[Message]], int]


_HISTORY_CHARS = 400
_AUTHORS_TOLD = 12
_ORDERS = {
    ("date", "desc"): "date, the newest first",
    ("date", "asc"): "date, the oldest first",
    ("upvotes", "desc"): "upvotes, the most first",
    ("upvotes", "asc"): "upvotes, the fewest first",
    ("authors", "desc"): "the number of authors, the most first",
    ("authors", "asc"): "the number of authors, the fewest first",
}


def build(
    parsed: ParsedQuestion, papers: Sequence[Paper], *, max_prompt_tokens: int, count: Count
) -> tuple[list[Message], PackedEvidence]:
    """The messages that ask for an answer from `papers`, the best first, and what of them they
    hold: whole abstracts, as far as `count` finds at most `max_prompt_tokens`. No evidence where
    not even one sentence fits."""

    def messages(kept: Sequence[Evidence]) -> list[Message]:
        return [
            Message(role="system", content=SYSTEM),
            Message(role="user", content=_asked(parsed, kept, _form(parsed))),
        ]

    packed = pack(papers, lambda kept: count(messages(kept)), max_prompt_tokens)
    return messages(packed.evidence), packed


def to_judge(parsed: ParsedQuestion, evidence: Sequence[Evidence]) -> list[Message]:
    """The messages that ask which papers answer."""
    return _to_judge(parsed, evidence, JUDGE, ALL_THAT_MATCH)


def to_judge_claim(parsed: ParsedQuestion, evidence: Sequence[Evidence]) -> list[Message]:
    """The messages that ask which papers support, qualify or contradict what is asked about."""
    return _to_judge(parsed, evidence, JUDGE_CLAIM, ALL_THAT_SPEAK)


def to_repair_claim(
    parsed: ParsedQuestion, evidence: Sequence[Evidence], reply: str, failures: Sequence[str]
) -> list[Message]:
    """The messages that ask for stances again. `failures`: what was wrong with some of `reply`."""
    told = "\n".join(f"- {one}" for one in failures)
    return [
        *to_judge_claim(parsed, evidence),
        Message(role="assistant", content=reply),
        Message(role="user", content=REPAIR_CLAIM.format(failures=told)),
    ]


def _to_judge(
    parsed: ParsedQuestion, evidence: Sequence[Evidence], rules: str, form: str
) -> list[Message]:
    # Order and number of those wanted are no matter of a part of the ranking.
    filters = replace(parsed.filters, sort=None, order=None, limit=None, skip=None)
    asked = _asked(replace(parsed, filters=filters), evidence, form)
    return [Message(role="system", content=rules), Message(role="user", content=asked)]


def build_repair(
    parsed: ParsedQuestion,
    evidence: Sequence[Evidence],
    reply: str,
    failed: Sequence[Sentence],
    *,
    max_prompt_tokens: int,
    count: Count,
) -> list[Message] | None:
    """The messages that ask for a corrected reply, or None when they do not fit. `evidence`, under
    its own keys, is what the reply can be corrected from."""
    failures = "\n".join(f"- {clipped(s.text, 200)} ({s.why})" for s in failed)
    messages = [
        Message(role="system", content=SYSTEM),
        Message(role="user", content=_asked(parsed, evidence, _form(parsed))),
        Message(role="assistant", content=reply),
        Message(role="user", content=REPAIR.format(failures=failures)),
    ]
    return messages if count(messages) <= max_prompt_tokens else None


def _asked(parsed: ParsedQuestion, evidence: Sequence[Evidence], form: str) -> str:
    # The abstracts first, the question behind them: small models mind best what they read last.
    parts = [abstracts(evidence, parsed.filters)]
    if parsed.question != parsed.standalone and parsed.history:
        parts.append(_history_block(parsed))
    parts.append(f"Question: {as_data(parsed.standalone)}")
    if len(parsed.parts) > 1:
        listed = "\n".join(
            f"{n}. {as_data(part.question)}" for n, part in enumerate(parsed.parts, 1)
        )
        parts.append(
            f"It asks for several things. Answer each, and name those that stay open:\n{listed}"
        )
    if constraints := " ".join(_constraints(parsed.filters)):
        parts.append(constraints)
    parts.append(form)
    return "\n\n".join(parts)


def _form(parsed: ParsedQuestion) -> str:
    if parsed.form is None:
        return KINDS[parsed.kind]
    kind, count = parsed.form.kind, parsed.form.count
    usual, exact = COUNTS.get(kind, ("", ""))
    return FORMS[kind].format(count=usual if count is None else exact.format(n=count))


def decided(filters: Filters) -> Filters:
    """The constraints that say which papers may be found at all."""
    return replace(
        filters, sort=None, order=None, limit=None, skip=None, not_about=None, lacking=None
    )


def _constraints(filters: Filters) -> Iterator[str]:
    """What the search has seen to already, and what is left to the answer."""
    if decided(filters):
        yield (
            "The papers above are those that meet what the question says of dates, upvotes, authors"
            " or earlier answers."
        )
    if filters.limit:
        yield f"Put forward {filters.limit} {'paper' if filters.limit == 1 else 'papers'} at most."
    if filters.sort:
        yield f"Order them by {_ORDERS[filters.sort, filters.order or 'desc']}."
    if filters.skip:
        yield f"Pass over the first {filters.skip} in this order."


def abstracts(evidence: Sequence[Evidence], filters: Filters, *, numbered: bool = False) -> str:
    """Evidence as a prompt has it: the sentences of each paper under their keys. `filters`: the
    constraints that the facts told of a paper are about. `numbered`: papers count from 1."""
    blocks = []
    for number, (_, items) in enumerate(groupby(evidence, key=lambda item: item.paper.paper_id), 1):
        kept = list(items)
        about = ", ".join(_facts(kept[0].paper, filters))
        label = f"Paper {number}" if numbered else "Paper"
        head = f"{label}: {as_data(readable(kept[0].paper.title))}" + (
            f" ({about})" if about else ""
        )
        quotes = [f"[{item.key}] {as_data(readable(item.quote))}" for item in kept]
        blocks.append("\n".join([head, *quotes]))
    return "<abstracts>\n" + "\n\n".join(blocks) + "\n</abstracts>"


def _facts(paper: Paper, filters: Filters) -> Iterator[str]:
    """Of a paper's record: its date, and what the question's constraints are about."""
    if paper.date:
        yield paper.dated
    if filters and paper.upvotes is not None:
        yield f"{paper.upvotes} upvotes"
    if filters.authors and paper.authors:
        yield f"by {as_data(', '.join(paper.authors[:_AUTHORS_TOLD]))}"


def _history_block(parsed: ParsedQuestion) -> str:
    """The last exchange, for a question that leans on it."""
    return (
        f"{_conversation(parsed.history[-2:])}\nThe user now asks: {as_data(parsed.question)}\n"
        "Below, the same question stands by itself. The conversation is no evidence."
    )


def _conversation(turns: Sequence[Turn]) -> str:
    """Turns without their markers, which are no keys."""
    lines = []
    for turn in turns:
        content = re.sub(r"\s*\[(?:\d+|unsupported)\]", "", turn.content)
        lines.append(f"{turn.role}: {clipped(as_data(content), _HISTORY_CHARS)}")
    return "<conversation>\n" + "\n".join(lines) + "\n</conversation>"
