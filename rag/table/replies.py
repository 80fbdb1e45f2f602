"""What a model replies for cells, read as it streams, and the cell that comes of it.

The reply is JSON, read leniently: keys and numbers may be written in many ways, prose may stand
around it, and of a reply that was cut the whole entries count. What it says is a claim until it
has passed the checks of `rag.answer.citations`. When and of what papers a model is asked is not
known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.answer.batches import Batch, keys_of
from rag.answer.checks import missing, source_of
from rag.answer.citations import check, says_nothing_found
from rag.records import Evidence, Paper, Span
from rag.storage.kept_cells import CellReply
from rag.table.records import Cell, Column
from rag.text.json_objects import objects
from rag.text.patterns import lazy
from rag.text.untrusted import clipped, one_line
from rag.text.words import STOPWORDS

CellAt = tuple[str, str]
"""A paper's id and a column's question."""
_MOST_KEYS, _MOST_CHARS = 3, 240
"""Of one cell."""
_SAID = r"stated|said|mentioned|specified|reported|given|provided|disclosed|described|discussed"
_SAY = "say|state|mention|specify|report|give|provide|disclose|describe|discuss"
_SILENT = lazy(
    r"(?:(?:it|this) )?(?:is |are |was |were )?(?:not |un)(?:explicitly |clearly )?"
    rf"(?:{_SAID}|applicable|available|known|clear)(?: (?:in|by) (?:the|this|its) \w+)?\.?"
    rf"|(?:the|this) (?:abstract|paper) does(?: not|n['’]t) (?:explicitly )?(?:{_SAY})\b.*"
    r"|(?:n/?a|none|null|nothing)\.?|[-–—?.…]+",
    re.IGNORECASE,
)
"""How models write "not stated"."""
_DENIES = lazy(r"\b(?:not?|never|without|cannot|neither|nor)\b|n['’]t\b", re.IGNORECASE)
_DENIED = lazy(
    rf"{_DENIES.pattern}|free\b|\b(?:lack|fail|hardly|unable|unavailable|impossible|avoid|eliminat"
    r"|instead|rather|remov|replac)",
    re.IGNORECASE,
)
"""How abstracts say that something is not so."""


@dataclass(kw_only=True)
class ReplyReader:
    """Reads the reply to a batch for `columns`. So far: `unknown`, keys that are none of the
    paper's sentences; `unproven`, cells that have a value and no valid key; `has_json`, whether
    there is an object at all."""

    batch: Batch
    columns: Sequence[Column]
    unknown: dict[str, None] = field(default_factory=dict)
    unproven: set[CellAt] = field(default_factory=set)
    has_json: bool = False

    def __post_init__(self) -> None:
        self._offered = {item.key: item for item in self.batch.evidence}
        self._papers = list({item.paper.paper_id: None for item in self.batch.evidence})
        self._questions = [column.question for column in self.columns]
        self._read: set[CellAt] = set()

    def streamed(self, text: str) -> Iterator[tuple[CellAt, CellReply]]:
        """What is new in a reply that goes on. In one that does not begin with JSON, nothing: what
        comes before it may be thinking, with drafts of cells."""
        if re.match(r"\s*(?:```\w*\s*)?[\[{]", text):
            yield from self.finished(text)

    def finished(self, text: str) -> Iterator[tuple[CellAt, CellReply]]:
        """What is new in a reply that has come to its end."""
        for entry in self._entries(text):
            cell = self._cell(entry)
            if cell is None or cell in self._read:
                continue
            if (reply := self._reply(entry, cell)) is not None:
                self._read.add(cell)
                self.unproven.discard(cell)
                yield cell, reply

    def _entries(self, text: str) -> Iterator[Mapping[str, Any]]:
        """Of the reply's list, or by themselves."""
        for found in objects(text):
            self.has_json = True
            listed = found.get("cells", [found])
            if isinstance(listed, list):
                yield from (one for one in listed if isinstance(one, dict) and "value" in one)

    def _cell(self, entry: Mapping[str, Any]) -> CellAt | None:
        """Which one an entry is for. What there is only one of need not be said."""
        paper = _place(entry.get("paper"), [], len(self._papers))
        names = [column.name for column in self.columns]
        column = _place(entry.get("column"), [names, self._questions], len(self._questions))
        if paper is None or column is None:
            return None
        return self._papers[paper], self._questions[column]

    def _reply(self, entry: Mapping[str, Any], cell: CellAt) -> CellReply | None:
        """None for a value that no sentence of the paper proves."""
        value = _value(entry.get("value"))
        keys = list(dict.fromkeys(keys_of(entry.get("keys"))))
        if _SILENT.fullmatch(value) or (not keys and (not value or says_nothing_found(value))):
            return CellReply()
        own = [key for key in keys if key in self._offered and self._is_of(key, cell[0])]
        self.unknown |= dict.fromkeys(f"[{key}]" for key in keys if key not in own)
        if not own:
            self.unproven.add(cell)
            return None
        found = (self._offered[key] for key in own[:_MOST_KEYS])
        return CellReply(value=value, spans=tuple(Span(start=i.start, end=i.end) for i in found))

    def _is_of(self, key: str, paper_id: str) -> bool:
        return self._offered[key].paper.paper_id == paper_id


def cell_of(reply: CellReply, paper: Paper, column: Column) -> Cell:
    """What a reply comes to: its value where it passes the checks, else the sentence that it rests
    on most. The spans are some of the paper's abstract."""
    if not reply.spans:
        return Cell(status="not_stated")
    evidence = [
        Evidence(key=f"E{n}", paper=paper, start=span.start, end=span.end, score=0.0)
        for n, span in enumerate(reply.spans, 1)
    ]
    keys = "".join(f"[{item.key}]" for item in evidence)
    checked = check(f"{reply.value} {keys}", evidence, question=column.question)
    value = " ".join(sentence.text for sentence in checked.sentences)
    why = checked.unsupported[0].why if checked.unsupported else _why_not(value, evidence)
    if not why:
        return Cell(status="stated", value=value, spans=reply.spans)
    return Cell(
        status="stated",
        value=evidence[0].quote,
        spans=reply.spans[:1],
        note=f"Quoted, since the model's value did not pass the check. {why}",
    )


def _why_not(value: str, evidence: Sequence[Evidence]) -> str:
    """What a value has against it that a sentence of an answer may have; empty for nothing."""
    said = " ".join(item.quote for item in evidence)
    if not any(word not in STOPWORDS for word in re.findall(r"\w+", value.casefold())):
        return "It says nothing."
    if lost := missing(value, source_of(evidence)):
        return f"“{lost[0]}” does not stand in what it cites."
    if _DENIES.search(value) and not _DENIED.search(said):
        return "It denies what the words do not deny."
    return ""


def _place(given: object, names: Sequence[Sequence[str]], count: int) -> int | None:
    """0 for 1, "1", "Paper 1" or, where it is one of `names`, its name; None for what is none."""
    if given is None and count == 1:
        return 0
    if not isinstance(given, str | int) or isinstance(given, bool):
        return None
    text = one_line(str(given)).casefold()
    for some in names:
        if text in (known := [one_line(name).casefold() for name in some]):
            return known.index(text)
    number = re.fullmatch(r"\W*[a-z]*\W*([0-9]{1,4})\W*", text)
    return int(number[1]) - 1 if number and 1 <= int(number[1]) <= count else None


def _value(given: object) -> str:
    """A text, a number or a list of them, on one line."""
    some = given if isinstance(given, list) else [given]
    texts = (str(one) for one in some if isinstance(one, str | int | float))
    return clipped(one_line(", ".join(texts)), _MOST_CHARS)
