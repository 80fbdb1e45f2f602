"""A selection's evidence written up by a language model, and checked sentence by sentence.

One call an answer; a second one, for repair, when sentences fail their check, no other call came
before, and the prompt budget has room for it. What the model writes is a claim until the checks
have passed it. Which model it is, and how its server is reached, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace

from rag.answer.citations import Checked, check, says_nothing_found
from rag.answer.prompts import build, build_repair
from rag.answer.quoted import nearest
from rag.errors import BadReply, ModelServerError, ServerRejected
from rag.model_calls import LATER, NOTHING, Said, say
from rag.ports import ChatModel, Message
from rag.question.schema import ParsedQuestion
from rag.records import Draft, Evidence, Selection, Usage
from rag.text.patterns import lazy
from rag.text.sentences import sentence_spans

MAX_CALLS = 2
"""Calls of the model for one answer, understanding the question included."""

_FIRST_SHARE = 0.6
"""How much of the prompt budget the first call may take when a repair is to remain possible."""

_REFERENCES = lazy(
    r"\n\s*[#*_]*\s*(?:references|sources|citations|bibliography)\s*[*_:]*\s*(?:\n|$)",
    re.IGNORECASE,
)
_ENDS = lazy(r"[.!?][*_)\"”]*(?:\s*[\[(【][^\[\]()\n]{1,60}[\])】])*(?=\s|\Z)|\n")
"""The end of a sentence with the keys behind it, or of a line."""


def compose(
    parsed: ParsedQuestion,
    selection: Selection,
    model: ChatModel,
    *,
    max_answer_tokens: int = 900,
    repair: bool = True,
    spent: Usage = NOTHING,
) -> Generator[str, None, Draft]:
    """Yield the reply's text as it streams, keys and all; return the checked Draft.

    `spent` is what was asked of the model before, for the same answer: with it, there are at most
    MAX_CALLS calls, but always one, and their prompts together stay within
    `model.max_prompt_tokens`. The usage told is that of all. A reply that declines gives
    `not_stated`, the papers found being `near`. Raises ModelServerError, with the usage, BadReply
    among them when not one sentence of the reply could be supported: what was yielded is void
    then, and the extractive answer is the better one. `selection` must hold evidence.
    """
    said = Said()
    try:
        return (
            yield from _composed(
                parsed,
                selection,
                model,
                said,
                max_tokens=max_answer_tokens,
                budget=model.max_prompt_tokens - spent.prompt_tokens,
                repair=repair and spent.calls + 1 < MAX_CALLS,
                before=spent,
            )
        )
    except ModelServerError as error:
        error.usage = spent + said.usage
        raise


def _composed(
    parsed: ParsedQuestion,
    selection: Selection,
    model: ChatModel,
    said: Said,
    *,
    max_tokens: int,
    budget: int,
    repair: bool,
    before: Usage,
) -> Generator[str, None, Draft]:
    messages, evidence = build(
        parsed,
        replace(selection, evidence=_widened(parsed, selection)),
        max_prompt_tokens=int(budget * _FIRST_SHARE) if repair else budget,
        count=model.count_tokens,
    )
    if not evidence:
        raise ServerRejected(
            f"The question leaves no room for evidence within {budget:,} prompt tokens.",
            remedy="Ask a shorter question, or raise CITEWELL_CONTEXT_TOKENS.",
        )
    yield from _write(model, messages, max_tokens, said)
    reply = _cleaned(said.text)
    if said.cut:
        reply = _finished(reply)
    checked = check(reply, evidence, question=parsed.standalone)
    if repair and checked.unsupported and not _declines(checked):
        better, cost = _repaired(
            parsed,
            evidence,
            reply,
            checked,
            model=model,
            budget=budget - said.usage.prompt_tokens,
            max_tokens=max_tokens,
        )
        checked = better or checked
        said.usage += cost
    if not checked.papers and not _declines(checked):
        raise BadReply(f"{model.name} wrote nothing that its evidence supports.", remedy=LATER)
    notices = [*checked.notices, *_notices(said, max_tokens)]
    if left_out := {e.paper.paper_id for e in selection.evidence} - {
        e.paper.paper_id for e in evidence
    }:
        notices.append(
            f"{len(left_out)} of the papers found did not fit into the model's prompt "
            f"({model.max_prompt_tokens:,} tokens)."
        )
    offered = (*selection.papers, *(item.paper for item in selection.evidence))
    cited = tuple(
        key for key in dict.fromkeys(p.paper_id for p in offered) if key in checked.papers
    )
    declined = _declines(checked) or (parsed.kind == "fact" and _opens_declining(checked))
    if not declined and selection.status != "answered":
        notices.append(
            "By its own measure, Citewell finds nothing that answers this; the model has answered "
            "from the nearest papers."
        )
    papers = () if declined else cited
    beside = (*cited, *(p.paper_id for p in (*selection.papers, *selection.near)))
    told = checked
    if declined and not (checked.citations or checked.unsupported):
        told = nearest(parsed, selection, " ".join(s.text for s in checked.sentences))
    return Draft(
        status="not_stated" if declined else "answered",
        mode="llm",
        text=told.text,
        sentences=told.sentences,
        citations=told.citations,
        papers=papers,
        near=tuple(key for key in dict.fromkeys(beside) if key not in papers),
        notices=tuple(notices),
        usage=before + said.usage,
    )


def _widened(parsed: ParsedQuestion, selection: Selection) -> tuple[Evidence, ...]:
    """The evidence and the other sentences of its papers, keys in the order of reading: a model
    that reads whole abstracts finds what the choice of sentences has missed, and sees which paper
    of a list does not belong. The added ones are the first to go when room is short."""
    chosen = selection.evidence
    if parsed.kind == "list" and not parsed.topic:
        return chosen  # constraints decide what belongs, not the abstracts
    papers = list({item.paper.paper_id: item.paper for item in chosen}.values())
    least = min((item.score for item in chosen), default=0.0)
    found: list[Evidence] = []
    for place, paper in enumerate(papers, 1):
        own = [item for item in chosen if item.paper.paper_id == paper.paper_id]
        found += own
        found += (
            Evidence(key="", paper=paper, start=span.start, end=span.end, score=least - place)
            for span in sentence_spans(paper.abstract)
            if not any(item.start < span.end and span.start < item.end for item in own)
        )
    order = {paper.paper_id: place for place, paper in enumerate(papers)}
    found.sort(key=lambda item: (order[item.paper.paper_id], item.start))
    return tuple(replace(item, key=f"E{n}") for n, item in enumerate(found, 1))


def _write(
    model: ChatModel, messages: Sequence[Message], max_tokens: int, said: Said
) -> Generator[str, None, None]:
    """`say`, for prose. Raises BadReply for what is none."""
    yield from say(model, messages, max_tokens, said)
    if why := _garbage(said.text):
        raise BadReply(f"{model.name} wrote no usable text: {why}.", remedy=LATER)


def _notices(said: Said, limit: int) -> list[str]:
    lines = []
    if said.cut:
        lines.append(
            f"The answer was cut at its limit of {limit:,} tokens (CITEWELL_MAX_ANSWER_TOKENS); "
            "more may have been to come."
        )
    if said.read is not None and said.read < 0.5 * said.sent:
        lines.append(
            f"The server read {said.read:,} prompt tokens, fewer than the {said.sent:,} that were "
            "sent: its context may be smaller than CITEWELL_CONTEXT_TOKENS says."
        )
    return lines


def _repaired(
    parsed: ParsedQuestion,
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
        parsed,
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
    said = Said()
    try:
        for _ in _write(model, messages, max_tokens, said):
            pass
    except ModelServerError:
        # The first reply stands, with its marks; the user has it on the screen already.
        return None, said.usage
    if said.cut:
        return None, said.usage
    again = check(_cleaned(said.text), offered, question=parsed.standalone)
    fewer = len(again.unsupported) < len(checked.unsupported)
    covers = len(again.papers) >= max(1, len(checked.papers))
    return (again if fewer and covers else None), said.usage


def _declines(checked: Checked) -> bool:
    """Whether the reply says that the abstracts do not say, and puts no paper forward besides."""
    return not checked.papers and any(says_nothing_found(s.text) for s in checked.sentences)


def _opens_declining(checked: Checked) -> bool:
    """Whether the reply begins by saying that the abstracts do not say: the fact asked for is not
    there then, whatever it goes on to tell."""
    return bool(checked.sentences) and says_nothing_found(checked.sentences[0].text)


def _cleaned(reply: str) -> str:
    """Without thinking that was closed but never opened, a fence around it all, and a list of
    references of the model's own: ours are made from the keys."""
    reply = reply.rpartition("</think>")[2].strip()
    if fenced := re.fullmatch(r"```\w*\n(.*?)\n?```", reply, re.DOTALL):
        reply = fenced[1]
    return _REFERENCES.split(reply, maxsplit=1)[0].strip()


def _finished(reply: str) -> str:
    """A reply that was cut, without the sentence that it was cut in; all of it if there is no
    other."""
    ends = [match.end() for match in _ENDS.finditer(reply)]
    return reply[: ends[-1]].rstrip() if ends else reply


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
