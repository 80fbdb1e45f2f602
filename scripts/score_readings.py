"""How many wordings the offline reading of questions gets right, group by group.

    python scripts/score_readings.py               # counts
    python scripts/score_readings.py --show seen   # and the failures of one half

A row counts as read where all fields that it states are equal, and no other is read. Subjects that
are left out are compared by their content words, and so are topics: function words, words for
papers and words of things to do without say nothing. Rows that state no topic are right in it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.rag.question.halves import reading, scored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", choices=["seen", "aside", "wordings"])
    shown = parser.parse_args().show
    counts: dict[str, Counter[str]] = {}
    started = time.process_time()
    for group, row, good, same in scored():
        counts.setdefault(group, Counter()).update(
            rows=1, fields=good, topic=same, both=good and same
        )
        if shown and group.startswith(shown) and not (good and same):
            fields, topic = reading(row.question, frozenset())
            print(f"{'' if good else 'FIELDS '}{'' if same else 'TOPIC '}| {row.question}")
            print(f"    read   {fields} | {topic}\n    wanted {row.fields} | {row.topic}")
    took = 1000 * (time.process_time() - started) / sum(c["rows"] for c in counts.values())
    print(f"{'group':24}{'rows':>6}{'fields':>8}{'topic':>8}{'both':>8}")
    for group, count in counts.items():
        cells = "".join(f"{count[name]:>8}" for name in ("fields", "topic", "both"))
        print(f"{group:24}{count['rows']:>6}{cells}")
    print(f"{took:.2f} ms a question")


if __name__ == "__main__":
    main()
