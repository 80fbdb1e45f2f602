"""Papers that a visitor has chosen to ask about, as the browser names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from rag.errors import UsageError
from rag.records import Paper

MOST = 2000
"""Papers that a question can be restricted to by hand."""


class Catalog(Protocol):
    def papers(self, ids: Iterable[str]) -> list[Paper]: ...


def chosen(data: Mapping[str, Any], catalog: Catalog) -> tuple[str, ...] | None:
    """The ids in `only` that `catalog` knows, or None where nothing is chosen. Papers that have
    gone since are left out; where all have, nothing is left to ask about, and () says so.
    Raises UsageError for what no page of ours sends, CatalogError as the catalog does."""
    given = data.get("only")
    if not given:
        return None
    if not isinstance(given, list) or not all(isinstance(i, str) for i in given):
        raise UsageError("The chosen papers cannot be read.", remedy="Choose them again.")
    if len(given) > MOST:
        raise UsageError(
            f"{len(given):,} papers are chosen; {MOST:,} is the most.", remedy="Choose fewer."
        )
    return tuple(paper.paper_id for paper in catalog.papers(dict.fromkeys(given)))
