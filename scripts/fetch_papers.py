"""Take the papers of an ids file out of a file of arXiv records.

    python scripts/fetch_papers.py eval/data/arxiv-final.ids.json --from arxiv.jsonl.gz \\
        -o papers.jsonl

The ids file is a JSON list of arXiv ids. The records are JSON objects, one a line, gzipped or not,
with `arxiv_id`, `title`, `abstract`, `authors`, `published` and `categories`. Found records are
written in the order of the ids; `citewell ingest` reads them. Where one is missing, nothing is
written and the exit code is 1. docs/evaluation.md says where records come from.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FIELDS = ("arxiv_id", "title", "abstract", "authors", "published", "categories")


def read_ids(path: Path) -> list[str]:
    """Raises ValueError for anything but a list of different ids."""
    ids = json.loads(path.read_text("utf-8"))
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids) or not ids:
        raise ValueError(f"{path}: is not a JSON list of arXiv ids")
    if len(set(ids)) < len(ids):
        raise ValueError(f"{path}: names an id twice")
    return ids


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Every record of a file. Raises ValueError, with the line, for a line that holds none."""
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt", encoding="utf-8") if zipped else path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}:{number}: is not JSON: {error.msg}") from error
            if not isinstance(record, dict) or not isinstance(record.get("arxiv_id"), str):
                raise ValueError(f"{path}:{number}: is not a record with an arxiv_id")
            yield record


def fetch(ids: Sequence[str], path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The records of `ids` in their order, and the ids without one. Of several records with one
    id, the first counts."""
    wanted, found = set(ids), {}
    for record in records(path):
        arxiv_id = record["arxiv_id"]
        if arxiv_id in wanted and arxiv_id not in found:
            found[arxiv_id] = {name: record[name] for name in FIELDS if name in record}
            if len(found) == len(wanted):
                break
    return [found[i] for i in ids if i in found], [i for i in ids if i not in found]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("ids", type=Path, metavar="IDS.json", help="a JSON list of arXiv ids")
    parser.add_argument(
        "--from", dest="source", type=Path, required=True, metavar="PATH", help="arXiv records"
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="file to write")
    options = parser.parse_args(arguments)
    try:
        ids = read_ids(options.ids)
        found, missing = fetch(ids, options.source)
        if missing:
            print(
                f"{len(missing)} of {len(ids)} papers are not in {options.source}:"
                f" {' '.join(missing)}",
                file=sys.stderr,
            )
            return 1
        options.out.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in found)
        options.out.write_text("".join(lines), "utf-8")
    except (OSError, EOFError, zlib.error, ValueError) as error:  # the middle two: damaged gzip
        print(error, file=sys.stderr)
        return 1
    print(f"{len(found)} papers written to {options.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
