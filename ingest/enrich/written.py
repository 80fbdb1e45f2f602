"""Enrichments in the catalog, each with a file of its own in the data folder that says what was
added to which paper, and who said so: by it the last one is taken back. The files are facts
(`NAME.facts.jsonl`), so that `citewell ingest` completes another folder's papers by them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ingest.build import Report, refresh
from ingest.enrich.proposals import Change, Value
from ingest.fetch.kept import writing
from rag.errors import BadInput, UsageError
from rag.records import DatePrecision, Paper, Source
from rag.storage.catalog import Catalog

FOLDER = "enriched"
_SUFFIX = ".facts.jsonl"
_TAKEN_BACK = ".taken-back"
_PRECISION: dict[int, DatePrecision] = {4: "year", 7: "month", 10: "day"}


def write(
    catalog: Catalog,
    changes: Sequence[Change],
    *,
    report: Report = lambda stage, done, total: None,
) -> tuple[Path, int]:
    """Add what records still lack; a value that has changed since stays. Returns the file that says
    so, and how many papers were completed. Raises CatalogError and CitewellError as their parts do.
    """
    with catalog.lock():
        papers = {paper.paper_id: paper for paper in catalog.papers()}
        by_paper: dict[str, list[Change]] = {}
        for change in changes:
            held = papers.get(change.paper_id)
            if held is not None and _held(held, change.field) == change.old:
                by_paper.setdefault(change.paper_id, []).append(change)
        file = _next(catalog.folder / FOLDER)
        after = [
            replace(
                _with(papers[i], {c.field: c.new for c in mine}),
                sources=_sources(papers[i], Source(name=file.name, line=line)),
            )
            for line, (i, mine) in enumerate(by_paper.items(), 1)
        ]
        if not after:
            return file, 0
        lines = [_line(paper, by_paper[paper.paper_id]) for paper in after]
        with writing(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        _put(catalog, after, report)
    return file, len(after)


def last(folder: Path) -> Path | None:
    """The file of the last enrichment that stands; None for none."""
    files = sorted((folder / FOLDER).glob(f"*{_SUFFIX}"))
    return files[-1] if files else None


def take_back(
    catalog: Catalog, *, report: Report = lambda stage, done, total: None
) -> tuple[Path, int]:
    """Undo the last enrichment: what it added and still stands as it was added goes. Returns its
    file, under its new name, and how many papers changed. Raises UsageError where there is none."""
    with catalog.lock():
        file = last(catalog.folder)
        if file is None:
            raise UsageError(
                f"Nothing has been added to the papers in {catalog.folder} that could be taken"
                " back.",
                remedy="See what records lack with: citewell enrich --dry-run",
            )
        added = list(_read(file))
        papers = {paper.paper_id: paper for paper in catalog.papers()}
        after = []
        for paper_id, changes in added:
            if (paper := papers.get(paper_id)) is None:
                continue
            back = {c["field"]: c["old"] for c in changes if _stands(paper, c)}
            sources = tuple(s for s in paper.sources if s.name != file.name)
            if (changed := replace(_with(paper, back), sources=sources)) != paper:
                after.append(changed)
        _put(catalog, after, report)
        name = f"{file.name.removesuffix(_SUFFIX)}{_TAKEN_BACK}"
        with writing(file.parent):
            file = file.rename(file.with_name(name))
    return file, len(after)


def _put(catalog: Catalog, papers: Iterable[Paper], report: Report) -> None:
    with catalog.writing():
        for paper in papers:
            catalog.put(paper)
    refresh(catalog, report)


def _held(paper: Paper, field: str) -> Value | None:
    return getattr(paper, field) or None


def _stands(paper: Paper, change: dict[str, Any]) -> bool:
    new = tuple(change["new"]) if isinstance(change["new"], list) else change["new"]
    return bool(_held(paper, change["field"]) == new)


def _with(paper: Paper, values: dict[str, Any]) -> Paper:
    if "authors" in values:
        values = {**values, "authors": tuple(values["authors"] or ())}
    if "published" in values:
        precision = _PRECISION[len(values["published"])] if values["published"] else None
        values = {**values, "date_precision": precision}
    return replace(paper, **values)


def _sources(paper: Paper, new: Source) -> tuple[Source, ...]:
    return tuple(sorted((*paper.sources, new), key=lambda source: source.name))


def _line(paper: Paper, changes: Sequence[Change]) -> str:
    """As facts are read, and beside that what was there before and who said otherwise."""
    fact: dict[str, Any] = {"title": paper.title}
    for name in ("arxiv_id", "doi", "published", "authors", "url"):
        if value := getattr(paper, name):
            fact[name] = value
    added = [{k: v for k, v in asdict(c).items() if k != "paper_id"} for c in changes]
    return json.dumps({**fact, "paper": paper.paper_id, "added": added}, ensure_ascii=False)


def _read(file: Path) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            held = json.loads(line)
            changes = [{k: c[k] for k in ("field", "old", "new")} for c in held["added"]]
            yield held["paper"], changes
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(
                "it does not say what was added",
                path=file,
                line=number,
                remedy="Mend the line, or remove the file: then its values stay.",
            ) from error


def _next(folder: Path) -> Path:
    """`enriched-0002.facts.jsonl`; a number is not given twice."""
    taken = [file.name.partition(".")[0].rpartition("-")[2] for file in folder.glob("enriched-*")]
    number = 1 + max((int(one) for one in taken if one.isdecimal()), default=0)
    return folder / f"enriched-{number:04}{_SUFFIX}"
