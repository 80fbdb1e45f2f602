"""Papers taken out of the catalog: by their ids, or all that one source has brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.build import Report, refresh
from rag.errors import NotFound
from rag.records import Paper
from rag.storage.catalog import Catalog

_NAMED = 10
"""Sources named to somebody who names one that is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """`gone`: papers that leave. `kept`: papers as they stay, without the source that is removed,
    because another source has brought them too."""

    gone: tuple[Paper, ...] = ()
    kept: tuple[Paper, ...] = ()


def of_source(papers: Iterable[Paper], name: str) -> Removal:
    """What the removal of the source `name` means: a file by its name, which is all that is kept of
    its path. Raises NotFound where no paper comes from it."""
    held = list(papers)
    named = {source.name for paper in held for source in paper.sources}
    name = name if name in named else Path(name).name
    gone: list[Paper] = []
    kept: list[Paper] = []
    for paper in held:
        others = tuple(source for source in paper.sources if source.name != name)
        if len(others) < len(paper.sources):
            (kept if others else gone).append(replace(paper, sources=others))
    if not (gone or kept):
        many = Counter(source.name for paper in held for source in paper.sources).most_common()
        more = f" and {len(many) - _NAMED} more" if len(many) > _NAMED else ""
        raise NotFound(
            f"No paper comes from the source {name!r}.",
            remedy=f"Sources: {', '.join(one for one, _ in many[:_NAMED])}{more}." if many else "",
        )
    return Removal(gone=tuple(gone), kept=tuple(kept))


def remove(removal: Removal, catalog: Catalog, *, report: Report) -> None:
    """Take the papers out, all of them or none, and bring the indexes up to date. After a crash
    in between, whoever opens the catalog next makes the indexes. Raises CatalogError."""
    with catalog.lock():
        with catalog.writing():
            catalog.drop(paper.paper_id for paper in removal.gone)
            for paper in removal.kept:
                catalog.put(paper)
        refresh(catalog, report)
