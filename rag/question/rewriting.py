"""A follow-up put into one question by a language model, with the same record as its result.

One call. What comes back is a proposal: it is parsed leniently and judged strictly, and whatever
is odd about it leaves the question to the rules. The conversation is data to the model, and what
the model writes is data to us: it is searched with and shown, and it can bring in no name and no
number that the conversation does not have. Constraints are read off its wording by the same rules
as off the user's. Which model it is, is not known here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from rag.answer.checks import Source, missing
from rag.answer.prompts import build_rewriting
from rag.corpus.lexicon import Lexicon
from rag.errors import BadReply, ModelServerError, ServerBusy
from rag.fields import prefer
from rag.filters import Filters
from rag.model_calls import NOTHING, Said, say
from rag.ports import ChatModel
from rag.question import Reading, understand
from rag.records import Kind, Turn, Usage
from rag.text.patterns import lazy
from rag.text.sentences import sentence_spans
from rag.text.words import STOPWORDS

_SHARE = 0.25
"""Of the prompt budget, at most, so that the answer keeps the most of it."""
_MOST_CHARS = 320
_MOST_TITLES = 20
_ASKS = lazy(
    r"\W*(?:(?:and|or|but|so|of|in|on|for|by|to|from|at|with|under)\W+)?(?:which|what|how|why|who|whom"
    r"|whose|when|where|do|does|did|is|are|was|were|can|could|has|have|had|will|would|should|any|list"
    r"|name|find|show|give|tell|compare|explain|describe|summari[sz]e|recommend|papers?|works?|stud"
    r"(?:y|ies)|research)\b",
    re.IGNORECASE,
)
_FOREIGN = lazy(r"https?:|www\.|[{}<>`|]|\[(?:E?\d+|/?INST)", re.IGNORECASE)
_WORD = lazy(r"[^\W\d_]{3,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewriting:
    """A reading and what it cost. `failure`: the server is out of reach or refuses, and need not
    be asked again for this answer."""

    reading: Reading
    usage: Usage = NOTHING
    failure: ModelServerError | None = None


def rewrite(
    question: str,
    model: ChatModel,
    *,
    lexicon: Lexicon,
    today: date,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    within: Sequence[str] | None = None,
    max_tokens: int = 900,
) -> Rewriting:
    """Read a question as `understand` does, its wording and kind by `model`; one that only has a
    list go on (`more`) or asks nothing is left to the rules. Never raises
    ModelServerError: what goes wrong is told in the notes, and the rules have read it then."""
    ruled = understand(
        question, lexicon=lexicon, today=today, history=history, filters=filters, within=within
    )
    if ruled.further or ruled.query.nothing_asked:
        return Rewriting(reading=ruled)  # there is nothing to put into other words
    shown = _papers(history, ruled.query.filters.paper_ids or ())[:_MOST_TITLES]
    titles = [lexicon.titles.get(paper, paper) for paper in shown]
    messages = build_rewriting(
        question,
        history,
        titles,
        max_prompt_tokens=int(_SHARE * model.max_prompt_tokens),
        count=model.count_tokens,
    )
    if messages is None:
        return Rewriting(reading=ruled)
    said = Said()
    try:
        for _ in say(model, messages, max_tokens, said):
            pass
        found = _parsed(said.text)
        why = next(_objections(found.get("question"), question, history, titles), "")
        by_rule = ruled.query.filters.paper_ids or ()
        chosen = _chosen(found["papers"], shown) if "papers" in found else by_rule
        if why or chosen is None:
            raise BadReply(why or "it names papers that there are not")
    except ModelServerError as error:
        told = f"{model.name} did not rewrite this question, so it was read by rule"
        notes = (*ruled.notes, f"{told}: {str(error).rstrip('.')}.")
        passing = isinstance(error, BadReply | ServerBusy)
        return Rewriting(
            reading=replace(ruled, notes=notes),
            usage=said.usage,
            failure=None if passing else error,
        )
    wording = " ".join(found["question"].split())
    read = understand(wording, lexicon=lexicon, today=today)
    kind = next((known for known in get_args(Kind) if known == found.get("kind")), read.query.kind)
    return Rewriting(
        reading=_joined(
            ruled,
            read,
            kind=kind,
            papers=chosen,
            reader=model.name,
            edited=filters,
        ),
        usage=said.usage,
    )


def _joined(
    ruled: Reading,
    read: Reading,
    *,
    kind: Kind,
    papers: tuple[str, ...],
    reader: str,
    edited: Filters | None,
) -> Reading:
    """The model's wording with the user's question. A constraint that the user has stated holds
    also where the model left it out."""
    own, ours = read.query.filters, ruled.query.filters
    merged = replace(prefer(own, ours), paper_ids=papers or None)
    notes = []
    if read.query.question != ruled.query.question:
        notes.append(f"Put into one question by {reader}.")
    if papers:
        count = "the one paper" if len(papers) == 1 else f"{len(papers)} papers"
        notes.append(f"Restricted to {count} of the previous answer.")
    return replace(
        read,
        query=replace(
            read.query,
            question=ruled.query.question,
            standalone=read.query.question,
            kind=kind,
            filters=merged if edited is None else edited,
            history=ruled.query.history,
            without=tuple(dict.fromkeys((*read.query.without, *ruled.query.without))),
            seen=() if papers else ruled.query.seen,
        ),
        mended=ruled.mended,
        chips=tuple(dict.fromkeys((*read.chips, *ruled.chips))),
        notes=tuple(notes),
        reader=reader,
    )


def _parsed(reply: str) -> Mapping[str, Any]:
    """The first JSON object in a reply, whatever stands around it. Raises BadReply."""
    reply = reply.rpartition("</think>")[2]
    for match in re.finditer(r"\{", reply):
        try:
            found, _ = json.JSONDecoder().raw_decode(reply, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return {str(name).strip().casefold(): value for name, value in found.items()}
    raise BadReply("it wrote no JSON")


def _objections(
    wording: object, question: str, history: Sequence[Turn], titles: Sequence[str]
) -> Iterator[str]:
    """What speaks against a rewriting."""
    if not isinstance(wording, str) or not _stems(wording):
        yield "it wrote no question"
        return
    wording = " ".join(wording.split())
    asked = [question, *(turn.content for turn in history if turn.role == "user"), *titles]
    said = [*asked, *(turn.content for turn in history)]
    if len(wording) > max(_MOST_CHARS, 2 * len(question)):
        yield "what it wrote is too long"
    if _FOREIGN.search(wording) and not _FOREIGN.search(question):
        yield "what it wrote is no plain question"
    if not wording.isprintable() or _scripts(wording) - {"LATIN"}.union(*map(_scripts, asked)):
        yield "it wrote in another language"
    if not wording.endswith("?") and not _ASKS.match(wording):
        yield "what it wrote is no question"
    if len(sentence_spans(wording)) > 2 + len(sentence_spans(question)):
        yield "it wrote more than a question"
    if lost := missing(wording, Source.of(said)):
        yield f"“{lost[0]}” is not in the conversation"
    own, written = _stems(question), _stems(wording)
    # Without words of its own (why?), a question must stay with what was asked before.
    if len(own & written) < 0.5 * len(own) or not written & _stems(" ".join(asked)):
        yield "it asks for something else"
    if len(written & _stems(" ".join(said))) < 0.5 * len(written):
        yield "it adds too much"


def _chosen(numbers: object, shown: Sequence[str]) -> tuple[str, ...] | None:
    """The papers that the question is confined to; none for all, None for what makes no sense."""
    if numbers in (None, "", "none", "null"):
        return ()
    if not isinstance(numbers, list) or not all(type(n) is int for n in numbers):
        return None
    if not all(1 <= n <= len(shown) for n in numbers):
        return None
    return tuple(dict.fromkeys(shown[n - 1] for n in numbers))


def _papers(history: Sequence[Turn], meant: Sequence[str]) -> tuple[str, ...]:
    """What the last answer put forward that put papers forward, and those of others that the rules
    take the question to mean."""
    last = (turn.papers for turn in reversed(history) if turn.role == "assistant" and turn.papers)
    return tuple(dict.fromkeys((*next(last, ()), *meant)))


def _stems(text: str) -> set[str]:
    words = (word for word in _WORD.findall(text.casefold()) if word not in STOPWORDS)
    return {word[:5] for word in words}


def _scripts(text: str) -> set[str]:
    return set(_script_names(text))


def _script_names(text: str) -> Iterator[str]:
    for letter in filter(str.isalpha, text):
        yield unicodedata.name(letter, "?").partition(" ")[0]
