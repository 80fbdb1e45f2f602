"""What `data/sets.json` says of each question set: who wrote it, knowing what, and what for it has
been used since. Nothing here reads a question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.jsonl import as_record
from rag.errors import BadInput

BUNDLED = "bundled"

Use = Literal["unseen", "aggregates", "looked at", "tuned"]
"""In the order of what a set has lost: `unseen`, nobody who changes the program has looked at a
question, a label or an answer, and its figures have decided nothing. `aggregates`: figures over
the whole set have decided something. `looked at`: questions or answers have been read. `tuned`:
rules, prompts, thresholds or weights were made on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionSet:
    """One entry. `papers`: `bundled`, or the ids file beside the set. `since`: the day of the
    first use other than reporting; None exactly where `use` is unseen."""

    file: str
    questions: int
    papers: str
    written: str
    writer: str
    knew: str
    use: Use
    used_for: str
    since: str | None

    @property
    def name(self) -> str:
        return self.file.removesuffix(".jsonl")

    @property
    def unseen(self) -> bool:
        return self.use == "unseen"


def load(path: Path) -> tuple[QuestionSet, ...]:
    """The entries in their order. Raises BadInput."""
    try:
        entries = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from error
    except ValueError as error:
        raise BadInput(f"is not JSON: {error}", path=path) from error
    if not isinstance(entries, list):
        raise BadInput("is not a list of question sets", path=path)
    found = tuple(as_record(QuestionSet, e, f"{path}: entry {n}") for n, e in enumerate(entries, 1))
    for entry in found:
        if entry.unseen != (entry.since is None):
            raise BadInput(
                f"{entry.file}: 'since' is the day of the first use, null where unseen", path=path
            )
    return found
