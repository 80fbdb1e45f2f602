"""Collect the reader's training data into eval/training/reader: arXiv ids and sentence numbers.

    python scripts/reader_data.py LABELS

LABELS is a folder as its writers filled it: `groups/gNNN.ids.json` (the arXiv ids of a group, in
order), `q/gNNN.jsonl` (questions; papers as `P<place in the group>`) and `c/gNNN.jsonl` (claims).
Groups that have no questions yet are left out, and lines that name papers or sentences wrongly are
counted and dropped. Sentence numbers are those of `rag.text.sentences.sentence_spans`.

Groups are split by the hash of their name: a tenth is `test` (looked at once, at the end), a tenth
`calibration` (thresholds), the others `train`. `joined` gives the questions with their texts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "eval" / "training" / "reader"


def split_of(group: str) -> str:
    """`test`, `calibration` or `train`, by the hash of the group's name."""
    place = int(hashlib.sha256(group.encode()).hexdigest(), 16) % 10
    return {0: "test", 1: "calibration"}.get(place, "train")


def read(path: Path) -> list[dict]:
    """JSON lines, gzipped or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def texts(papers: Path, ids: set[str]) -> dict[str, dict]:
    """The records of `ids` in a file of arXiv records, by id."""
    return {row["arxiv_id"]: row for row in read(papers) if row["arxiv_id"] in ids}


def collected(labels: Path) -> dict[str, list[dict]]:
    """Groups, questions and claims under the ids of their papers."""
    out: dict[str, list[dict]] = {"groups": [], "questions": [], "claims": []}
    dropped = 0
    for path in sorted((labels / "q").glob("g*.jsonl")):
        group = path.stem
        papers = json.loads((labels / "groups" / f"{group}.ids.json").read_text())
        out["groups"].append({"group": group, "split": split_of(group), "papers": papers})
        for row in _rows(path):
            try:
                yes, partly = (
                    {papers[int(key[1:])]: [int(n) for n in at] for key, at in row[name].items()}
                    for name in ("yes", "partly")
                )
                kept = {"group": group, "kind": row["kind"], "q": row["q"]}
                out["questions"].append({**kept, "yes": yes, "partly": partly})
            except (KeyError, ValueError, IndexError, TypeError, AttributeError):
                dropped += 1
        for row in _rows(labels / "c" / path.name):
            try:
                kept = {"group": group, "paper": papers[int(row["p"][1:])], "sentences": row["s"]}
                kept |= {"claim": row["claim"], "follows": row["label"] == "follows"}
                out["claims"].append({**kept, "why": row.get("why", "")})
            except (KeyError, ValueError, IndexError, TypeError):
                dropped += 1
    print(", ".join(f"{len(rows)} {name}" for name, rows in out.items()), f"{dropped} dropped")
    return out


def _rows(path: Path) -> Iterator[dict]:
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            print(f"no JSON in {path.name}: {line[:60]}")


def main() -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    for name, rows in collected(Path(sys.argv[1])).items():
        lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        (DATA / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
