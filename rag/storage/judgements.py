"""What a model has judged of papers, kept as JSON lines, so that the same question goes on from it.

A file a question, named by what the judgements depend on; a line a batch, written as soon as it is
judged. A line that was cut when the process ended is left out, and its batch judged anew. How
papers are judged is not known here.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.records import Span
from rag.storage.frozen import freeze, thaw

FOLDER = "judged"
"""Within the data folder."""
_MOST = 50
"""Questions whose judgements are kept, those used last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchingPaper:
    """A paper that answers: `spans` of its abstract that prove it, and a sentence, unchecked, on
    what it says; empty where there is none."""

    paper_id: str
    spans: tuple[Span, ...]
    says: str = ""

    def is_in(self, texts: Mapping[str, str]) -> bool:
        """Whether the spans are some of these abstracts, by paper id."""
        length = len(texts.get(self.paper_id, ""))
        return bool(self.spans) and all(0 <= s.start < s.end <= length for s in self.spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedBatch:
    """A batch of papers, and those of them that match."""

    papers: tuple[str, ...]
    matches: tuple[MatchingPaper, ...] = ()


class ModelJudgements:
    """Those on one question. `known`: of before, by the first paper of the batch; none where
    `fresh`, which also forgets them. Never raises OSError: `trouble` says what could not be kept.
    Not thread-safe."""

    def __init__(self, folder: Path, key: str, *, fresh: bool = False) -> None:
        self._file = folder / f"{key}.jsonl"
        self.trouble = ""
        if fresh:
            with contextlib.suppress(OSError):
                self._file.unlink()
        self.known = {judged.papers[0]: judged for judged in self._read() if judged.papers}

    def keep(self, judged: JudgedBatch) -> None:
        line = json.dumps(freeze(judged), ensure_ascii=False)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}\n")  # the line before may have been cut
            self._sweep()
        except OSError as error:
            self.trouble = (
                f"What was judged could not be kept in {self._file.parent}:"
                f" {error.strerror or error}."
            )

    def _read(self) -> list[JudgedBatch]:
        try:
            lines = self._file.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
                found.append(thaw(JudgedBatch, json.loads(line)))
        return [judged for judged in found if judged is not None]

    def _sweep(self) -> None:
        files = sorted(self._file.parent.glob("*.jsonl"), key=lambda file: -file.stat().st_mtime)
        for old in files[_MOST:]:
            old.unlink(missing_ok=True)
