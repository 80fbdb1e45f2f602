"""How many wordings the offline reading of questions gets right, group by group.

    python scripts/score_readings.py               # counts
    python scripts/score_readings.py --show seen   # and the failures of one half

A row counts as read where all fields that it states are equal, and no other is read. Subjects that
are left out are compared by their content words. Topics are compared by content words as well:
function words, words for papers and words of things to do without say nothing. Rows that state no
topic count as right in it. Works with the reader of commit aa79f6a, too, which knows no forms.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import Stemmer

from rag.corpus.people import family
from rag.question.constraints import read_constraints
from rag.text.words import STOPWORDS
from tests.rag.question.halves import EXCLUDED, Wording, rows, wordings

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
    if hasattr(read, "form"):
        form = {"form": read.form.kind, "count": read.form.count} if read.form else {}
        return fields | form, read.topic
    from rag.question.exclusions import read_exclusions
    from rag.question.frame import subject
    from rag.question.without import read_lacking

    out = read_exclusions(read.topic)
    lacking = read_lacking(out.topic)
    return fields | {"not_about": out.terms, "lacking": lacking}, subject(out.topic)


def right(row: Wording, fields: dict[str, Any], topic: str) -> tuple[bool, bool]:
    """Whether the fields and whether the topic are as expected."""
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", choices=["seen", "aside", "wordings"])
    shown = parser.parse_args().show
    counts: dict[str, Counter[str]] = {}
    everything = [(row, f"{row.half} {row.group}") for row in rows()]
    everything += [(row, f"wordings {row.group}") for row in wordings()]
    names = {family(one) for row, _ in everything for one in row.fields.get("authors", ())}
    everything.sort(key=lambda pair: pair[1])
    started = time.process_time()
    for row, group in everything:
        people = frozenset(names if row.fields.get("authors") or "wordings" in group else ())
        fields, topic = reading(row.question, people)
        good, same = right(row, fields, topic)
        counts.setdefault(group, Counter()).update(
            rows=1, fields=good, topic=same, both=good and same
        )
        if shown and group.startswith(shown) and not (good and same):
            print(f"{'' if good else 'FIELDS '}{'' if same else 'TOPIC '}| {row.question}")
            print(f"    read   {fields} | {topic}\n    wanted {row.fields} | {row.topic}")
    took = 1000 * (time.process_time() - started) / len(everything)
    print(f"{'group':24}{'rows':>6}{'fields':>8}{'topic':>8}{'both':>8}")
    for group, count in counts.items():
        cells = "".join(f"{count[name]:>8}" for name in ("fields", "topic", "both"))
        print(f"{group:24}{count['rows']:>6}{cells}")
    print(f"{took:.2f} ms a question")


if __name__ == "__main__":
    main()
