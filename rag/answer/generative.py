"""A selection's evidence written up by a language model, and checked sentence by sentence.

One call an answer; a second one, for repair, when sentences fail their check and the prompt
budget has room for it. What the model writes is a claim until the checks have passed it. Which
model it is, and how its server is reached, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from rag.citations import Checked, check, says_nothing_found
from rag.errors import BadReply, ModelServerError, ServerRejected
from rag.ports import ChatModel, Message
from rag.prompts import build, build_repair
from rag.records import Draft, Evidence, Query, Selection, Usage

_CHARS_PER_TOKEN = 20  # far more than any language has: beyond it a server ignores the limit

_FIRST_SHARE = 0.6
"""How much of the prompt budget the first call may take when a repair is to remain possible."""

_REFERENCES = re.compile(
    r"\n\s*[#*_]*\s*(?:references|sources|citations|bibliography)\s*[*_:]*\s*(?:\n|$)",
    re.IGNORECASE,
)
_LATER = "Try again, or choose another model with CITEWELL_MODEL; citewell doctor tests it."


def compose(
    query: Query,
    selection: Selection,
    model: ChatModel,
    *,
    max_answer_tokens: int = 900,
    repair: bool = True,
) -> Generator[str, None, Draft]:
    """Yield the reply's text as it streams, keys and all; return the checked Draft.

    At most two calls, whose prompts together stay within `model.max_prompt_tokens`. A reply that
    declines gives `not_stated`, the papers found being `near`. Raises ModelServerError, BadReply
    among them when not one sentence of the reply could be supported: what was yielded is void
    then, and the extractive answer is the better one. `selection` must hold evidence.
    """
    budget = model.max_prompt_tokens
    messages, evidence = build(
        query,
        selection,
        max_prompt_tokens=int(budget * _FIRST_SHARE) if repair else budget,
        count=model.count_tokens,
    )
    if not evidence:
        raise ServerRejected(
            f"The question leaves no room for evidence within {budget:,} prompt tokens.",
            remedy="Ask a shorter question, or raise CITEWELL_CONTEXT_TOKENS.",
        )
    said = _Said()
    yield from _say(model, messages, max_answer_tokens, said)
    reply = _cleaned(said.text)
    usage = said.usage
    checked = check(reply, evidence, question=query.standalone)
    if repair and checked.unsupported and not _declines(checked):
        better, cost = _repaired(
            query,
            evidence,
            reply,
            checked,
            model=model,
            budget=budget - usage.prompt_tokens,
            max_tokens=max_answer_tokens,
        )
        checked = better or checked
        usage = _sum(usage, cost)
    if not checked.papers and not _declines(checked):
        raise BadReply(f"{model.name} wrote nothing that its evidence supports.", remedy=_LATER)
    notices = [*checked.notices, *said.notices(model, messages, max_answer_tokens)]
    if left_out := {e.paper.paper_id for e in selection.evidence} - {
        e.paper.paper_id for e in evidence
    }:
        notices.append(
            f"{len(left_out)} of the papers found did not fit into the model's prompt "
            f"({budget:,} tokens)."
        )
    cited = tuple(p.paper_id for p in selection.papers if p.paper_id in checked.papers)
    near = [p.paper_id for p in (*selection.papers, *selection.near) if p.paper_id not in cited]
    return Draft(
        status="answered" if cited else "not_stated",
        mode="llm",
        text=checked.text,
        sentences=checked.sentences,
        citations=checked.citations,
        papers=cited,
        near=tuple(dict.fromkeys(near)),
        notices=tuple(notices),
        usage=usage,
    )


@dataclass
class _Said:
    """One reply, and what it cost."""

    text: str = ""
    usage: Usage = field(default_factory=Usage)

    def notices(self, model: ChatModel, messages: Sequence[Message], limit: int) -> list[str]:
        lines = []
        if self.usage.completion_tokens >= limit and not re.search(r"[.!?:\])*|]\s*$", self.text):
            lines.append(
                f"The reply was cut at its limit of {limit:,} tokens (CITEWELL_MAX_ANSWER_TOKENS)."
            )
        if self.usage.prompt_tokens < 0.5 * model.count_tokens(messages):
            lines.append(
                f"The server read {self.usage.prompt_tokens:,} prompt tokens, fewer than were "
                "sent: its context may be smaller than CITEWELL_CONTEXT_TOKENS says."
            )
        return lines


def _say(
    model: ChatModel, messages: Sequence[Message], max_tokens: int, said: _Said
) -> Generator[str, None, None]:
    """Yield a reply's text and note it in `said`. Raises BadReply for what is no prose."""
    prompt_tokens = completion_tokens = None
    for delta in model.stream(messages, max_tokens=max_tokens):
        if delta.text:
            said.text += delta.text
            if len(said.text) > _CHARS_PER_TOKEN * max_tokens + 1000:
                raise BadReply(f"{model.name} does not stop writing.", remedy=_LATER)
            yield delta.text
        prompt_tokens = delta.prompt_tokens or prompt_tokens
        completion_tokens = delta.completion_tokens or completion_tokens
    estimated = prompt_tokens is None or completion_tokens is None
    if prompt_tokens is None:
        prompt_tokens = model.count_tokens(messages)
    if completion_tokens is None:
        completion_tokens = model.count_tokens([Message(role="assistant", content=said.text)])
    said.usage = Usage(
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        calls=1,
        estimated=estimated,
    )
    if why := _garbage(said.text):
        raise BadReply(f"{model.name} wrote no usable text: {why}.", remedy=_LATER)


def _repaired(
    query: Query,
    evidence: Sequence[Evidence],
    reply: str,
    checked: Checked,
    *,
    model: ChatModel,
    budget: int,
    max_tokens: int,
) -> tuple[Checked | None, Usage]:
    """A second try that supports more and cites no fewer papers, or None; and what it cost."""
    cited = {(c.paper_id, c.start, c.end) for c in checked.citations}
    prompt = build_repair(
        query,
        evidence,
        reply,
        checked.unsupported,
        [e.key for e in evidence if (e.paper.paper_id, e.start, e.end) in cited],
        max_prompt_tokens=budget,
        count=model.count_tokens,
    )
    if prompt is None:
        return None, Usage()
    messages, offered = prompt
    said = _Said()
    try:
        for _ in _say(model, messages, max_tokens, said):
            pass
    except ModelServerError:
        # The first reply stands, with its marks; the user has it on the screen already.
        spent = model.count_tokens(messages)
        return None, Usage(prompt_tokens=spent, calls=1, estimated=True)
    again = check(_cleaned(said.text), offered, question=query.standalone)
    fewer = len(again.unsupported) < len(checked.unsupported)
    covers = len(again.papers) >= max(1, len(checked.papers))
    return (again if fewer and covers else None), said.usage


def _declines(checked: Checked) -> bool:
    """Whether the reply says that the abstracts do not say, and puts no paper forward besides."""
    return not checked.papers and any(says_nothing_found(s.text) for s in checked.sentences)


def _cleaned(reply: str) -> str:
    """Without thinking that was closed but never opened, a fence around it all, and a list of
    references of the model's own: ours are made from the keys."""
    reply = reply.rpartition("</think>")[2].strip()
    if fenced := re.fullmatch(r"```\w*\n(.*?)\n?```", reply, re.DOTALL):
        reply = fenced[1]
    return _REFERENCES.split(reply, maxsplit=1)[0].strip()


def _garbage(reply: str) -> str:
    """Why a reply is no prose at all; empty when it may be."""
    text = _cleaned(reply)
    if not text:
        return "it is empty"
    if re.match(r"<(?:!doctype|html|\?xml)", text, re.IGNORECASE):
        return "it is a web page"
    letters = sum(map(str.isalpha, text))
    if letters < 0.4 * len("".join(text.split())):
        return "it is hardly any letters"
    words = text.casefold().split()
    triples = list(zip(words, words[1:], words[2:], strict=False))
    if len(triples) >= 30 and len(set(triples)) < 0.4 * len(triples):
        return "it repeats itself"
    return ""


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        calls=one.calls + other.calls,
        estimated=one.estimated or other.estimated,
    )
