"""The tables of wordings as one shape, in two halves: `seen`, over which the grammar is written,
and `aside`, which is looked at only to count what is read right. A hash of the question decides.

`wordings.jsonl` is by a writer who has not read the code, and belongs to neither half.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import Stemmer

from rag.corpus.people import family
from rag.question.constraints import read_constraints
from rag.text.words import STOPWORDS
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


TODAY = date(2025, 11, 21)
STEM = Stemmer.Stemmer("english").stemWord
EMPTY = STOPWORDS | set(
    """
    appeared been best citewell collection could database do entries entry everything exist fetch
    id interesting kindly library new next out please preprint preprints recommended released return
    see show sort stuff thing things top us votes wants hi hello hey thanks thank good great get
    there maybe ones one anything something work works paper papers
    without no not free need needs require requires lacking never non
    """.split()
)


def content(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", text.lower().replace("’", "'").replace("'s", ""))
    return frozenset(STEM(word) for word in words if word not in EMPTY)


def terms(values: Any) -> frozenset[str]:
    return content(" ".join(values or ()))


def reading(question: str, people: frozenset[str]) -> tuple[dict[str, Any], str]:
    """The fields that are stated, by name, and the topic."""
    read = read_constraints(question, today=TODAY, people=people)
    fields = {name: value for name, value in asdict(read.filters).items() if value is not None}
    form = {"form": read.form.kind, "count": read.form.count} if read.form else {}
    return fields | form, read.topic


def right(row: Wording, people: frozenset[str]) -> tuple[bool, bool]:
    """Whether the fields and whether the topic are read as expected."""
    fields, topic = reading(row.question, people)
    expected = dict(row.fields)
    good = True
    for name in EXCLUDED:
        if name not in row.open and terms(fields.get(name)) != terms(expected.get(name)):
            good = False
    for name in (set(fields) | set(expected)) - set(EXCLUDED):
        if name in row.open or ("*" in row.open and name not in expected):
            continue
        good &= plain(fields.get(name)) == plain(expected.get(name))
    if row.topic is None:
        return good, True
    aside = terms(expected.get("lacking"))
    if "not_about" in row.open:
        aside |= terms(fields.get("not_about")) | terms(fields.get("lacking"))
    return good, content(topic) - aside == content(row.topic) - aside


def plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return {str(one).casefold() for one in value}
    return value


def scored() -> Iterator[tuple[str, Wording, bool, bool]]:
    """(group, wording, fields right, topic right), by group: `aside trap`, `wordings form`."""
    every = [(f"{row.half} {row.group}", row) for row in rows()]
    every += [(f"wordings {row.group}", row) for row in wordings()]
    names = {family(one) for _, row in every for one in row.fields.get("authors", ())}
    for group, row in sorted(every, key=lambda one: one[0]):
        known = row.fields.get("authors") or group.startswith("wordings")
        yield group, row, *right(row, frozenset(names if known else ()))
