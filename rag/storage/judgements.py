"""What a model has judged of papers, kept, so that the same question goes on from it.

A file a question, named by what the judgements depend on; a line a batch. How papers are judged is
not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.records import Span, Stance
from rag.storage.json_lines import JsonLines

FOLDER = "judged"
"""Within the data folder."""
_MOST = 50
"""Questions whose judgements are kept, those used last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchingPaper:
    """A paper that answers: `spans` of its abstract that prove it, and a sentence, unchecked, on
    what it says; empty where there is none. `stance`: of one that speaks to a claim."""

    paper_id: str
    spans: tuple[Span, ...]
    says: str = ""
    stance: Stance | None = None

    def is_in(self, texts: Mapping[str, str]) -> bool:
        """Whether the spans are some of these abstracts, by paper id."""
        length = len(texts.get(self.paper_id, ""))
        return bool(self.spans) and all(0 <= s.start < s.end <= length for s in self.spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedBatch:
    """A batch of papers, and those of them that match; `claim` as it was understood, where one is
    judged."""

    papers: tuple[str, ...]
    matches: tuple[MatchingPaper, ...] = ()
    claim: str = ""


class ModelJudgements:
    """Those on one question. `known`: of before, by the first paper of the batch; none where
    `fresh`, which also forgets them. Never raises OSError: `trouble` says what could not be kept.
    Not thread-safe."""

    def __init__(self, folder: Path, key: str, *, fresh: bool = False) -> None:
        self._lines = JsonLines(folder / f"{key}.jsonl", JudgedBatch, most=_MOST)
        if fresh:
            self._lines.clear()
        self.known = {judged.papers[0]: judged for judged in self._lines.read() if judged.papers}

    @property
    def trouble(self) -> str:
        return f"What was judged {self._lines.trouble}" if self._lines.trouble else ""

    def keep(self, judged: JudgedBatch) -> None:
        self._lines.add(judged)
