"""Question sets that the page can run: the bundled one, and those that were handed in, kept in the
data folder once they are without fault."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.questions import CheckedSet, check
from eval.session import DATA
from rag.errors import UsageError
from rag.records import Paper

FOLDER = "question-sets"
DEV = DATA / "dev.jsonl"
_TOLD = 100
"""Faults that are told; a file of another kind has one a line."""


@dataclass(frozen=True)
class QuestionSets:
    """Those in `folder`, and the bundled one."""

    folder: Path

    def listed(self) -> list[dict[str, Any]]:
        own = sorted(self.folder.glob("*.jsonl")) if self.folder.exists() else []
        return [
            {"file": path.name, "name": _name(path), "questions": _count(path), "own": path != DEV}
            for path in (DEV, *own)
        ]

    def path(self, file: str) -> Path:
        """Raises UsageError for one that is not there."""
        own = sorted(self.folder.glob("*.jsonl")) if self.folder.exists() else []
        found: Path
        for found in (DEV, *own):
            if found.name == file:
                return found
        raise UsageError(f"There is no question set {file}.", remedy="Choose another one.")

    def add(self, name: str, text: str, papers: Iterable[Paper]) -> dict[str, Any]:
        """Check `text`, and keep it as a set where it has no fault. What was found, in words;
        `file` is empty where it was not kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
            file.write(text.encode())
            part = Path(file.name)
        try:
            checked = check(part, papers)
            kept = ""
            if not checked.faults:
                target = self._free(_slug(name))
                part.replace(target)
                kept = target.name
        finally:
            part.unlink(missing_ok=True)
        return {"file": kept, **_found(checked)}

    def forget(self, file: str) -> None:
        path = self.path(file)
        if path != DEV:
            path.unlink()

    def _free(self, slug: str) -> Path:
        number, path = 2, self.folder / f"{slug}.jsonl"
        while path.exists() or path.name == DEV.name:
            number, path = number + 1, self.folder / f"{slug}-{number}.jsonl"
        return path


def _found(checked: CheckedSet) -> dict[str, Any]:
    return {
        "questions": len(checked.questions),
        "faults": [{"line": f.line, "text": f.message} for f in checked.faults[:_TOLD]],
        "more": max(0, len(checked.faults) - _TOLD),
        "warnings": [{"line": w.line, "text": w.message} for w in checked.warnings[:_TOLD]],
    }


def _name(path: Path) -> str:
    return "The bundled set" if path == DEV else path.stem


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", Path(name).stem).strip("-")[:60] or "questions"


def _count(path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        return sum(bool(line.strip()) for line in file)
