"""Columns as people name them, and the question that each puts to a paper."""

from __future__ import annotations

from rag.errors import UsageError
from rag.table.records import Column

KNOWN = {
    "problem": "Which problem or gap is addressed?",
    "method": "Which method, system or study is proposed?",
    "data sets": "Which data sets, benchmarks, simulators or subjects is it evaluated on?",
    "result": "Which results, findings and figures are reported?",
    "limitation": "Which limitation of its own does it state?",
    "code": "Are code, data or models published, and where?",
    "compared with": "Which methods or models is it compared with?",
}
"""Names of columns that are there for the choosing, and their questions."""
DEFAULT = ("method", "data sets", "result", "limitation")
MOST_COLUMNS = 12
_OTHER_NAMES = {
    "methods": "method",
    "approach": "method",
    "data": "data sets",
    "dataset": "data sets",
    "datasets": "data sets",
    "data set": "data sets",
    "benchmarks": "data sets",
    "results": "result",
    "findings": "result",
    "limitations": "limitation",
    "baseline": "compared with",
    "baselines": "compared with",
}


def columns_of(names: list[str] | tuple[str, ...]) -> tuple[Column, ...]:
    """One column a name, a known one or a question of the user's own; the usual four for none.
    Raises UsageError for an empty or repeated name, and for too many."""
    found: dict[str, Column] = {}
    for given in names or DEFAULT:
        name = " ".join(given.split())
        if not name:
            raise UsageError(
                "A column has no name.", remedy='Name it: -c method, or -c "how large?"'
            )
        known = _OTHER_NAMES.get(name.casefold(), name.casefold())
        column = Column(name=name, question=KNOWN.get(known, name))
        if column.question in found:
            raise UsageError(f"The column “{name}” is there twice.", remedy="Name it once.")
        found[column.question] = column
    if len(found) > MOST_COLUMNS:
        raise UsageError(
            f"{len(found)} columns are asked for; {MOST_COLUMNS} is the most.",
            remedy="Make two tables.",
        )
    return tuple(found.values())
