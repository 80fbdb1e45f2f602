"""The tables of wordings as one shape, in two halves: `seen`, over which the grammar is written,
and `aside`, which is looked at only to count what is read right. A hash of the question decides.

`wordings.jsonl` is by a writer who has not read the code, and belongs to neither half.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rag.question.constraint_rows import NEGATIVE, POSITIVE
from tests.rag.question.constraint_rows_fourth import FOURTH_NEGATIVE, FOURTH_POSITIVE
from tests.rag.question.constraint_rows_later import LATER_NEGATIVE, LATER_POSITIVE
from tests.rag.question.constraint_rows_third import THIRD_NEGATIVE, THIRD_POSITIVE
from tests.rag.question.exclusion_rows import ROWS

WORDINGS = Path(__file__).parent / "wordings.jsonl"
EXCLUDED = ("not_about", "lacking")
FORM = ("form", "count")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A question and what it states: `fields` by name; those not among them are stated to be
    absent, except for the names in `open`, which the row says nothing of. topic: None where the
    row does not care."""

    group: str
    question: str
    fields: dict[str, Any]
    open: tuple[str, ...] = ()
    topic: str | None = None

    @property
    def half(self) -> str:
        return "aside" if hashlib.sha256(self.question.encode()).digest()[0] % 2 else "seen"


def rows() -> Iterator[Wording]:
    """The tables of the tests: constraints, traps (what only looks like one), exclusions."""
    for question, fields, topic in POSITIVE + LATER_POSITIVE + THIRD_POSITIVE + FOURTH_POSITIVE:
        yield Wording(
            group="constraint", question=question, fields=fields, topic=topic, open=EXCLUDED + FORM
        )
    for question in NEGATIVE + LATER_NEGATIVE + THIRD_NEGATIVE + FOURTH_NEGATIVE:
        yield Wording(
            group="trap", question=question, fields={}, topic=question, open=EXCLUDED + FORM
        )
    for question, not_about, lacking in ROWS:
        yield Wording(
            group="exclusion",
            question=question,
            fields={"not_about": not_about, "lacking": lacking},
            open=("*", *FORM),
        )


def wordings() -> Iterator[Wording]:
    """Those of the outside writer, but for the group `dialogue`."""
    for line in WORDINGS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        question, topic = row["question"], row.get("topic")
        match row["group"]:
            case "constraint":
                yield Wording(
                    group="constraint",
                    question=question,
                    fields=row["expect"],
                    topic=topic,
                    open=FORM,
                )
            case "exclusion":
                fields = {name: tuple(row[name]) for name in EXCLUDED}
                yield Wording(
                    group="exclusion",
                    question=question,
                    fields=fields,
                    topic=topic,
                    open=("*", *FORM),
                )
            case "form":
                kind = None if row["form"] == "none" else row["form"]
                fields = {"form": kind, "count": row["count"]}
                yield Wording(
                    group="form", question=question, fields=fields, topic=topic, open=("*",)
                )
