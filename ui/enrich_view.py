"""What an enrichment would change, for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from rag.text.latex import readable, seen
from rag.text.words import number_of
from ui import terminal

if TYPE_CHECKING:
    from ingest.enrich.proposals import Change, Proposed, Value
    from rag.records import Paper

_MOST_SHOWN = 50
"""Papers; whoever wants all of them asks for JSON."""
_NAMES = {"published": "date", "doi": "DOI", "arxiv_id": "arXiv id", "url": "link"}


def proposed(found: Proposed, papers: Collection[Paper], *, asked: int) -> None:
    """A line a value: what it is, from what to what, and who says so."""
    titles = {paper.paper_id: paper.title for paper in papers}
    by_paper = [(i, list(mine)) for i, mine in groupby(found.changes, lambda c: c.paper_id)]
    for paper_id, changes in by_paper[:_MOST_SHOWN]:
        title = Text(seen(readable(titles[paper_id])), style="bold")
        title.truncate(terminal.console.width, overflow="ellipsis")
        terminal.console.print(title)
        terminal.console.print(_table(changes))
    if (more := len(by_paper) - _MOST_SHOWN) > 0:
        terminal.out(f"… and of {number_of(more, 'paper')} more (--json shows all).")
    terminal.out(_sum(found, len(by_paper), asked))


def as_json(found: Proposed, asked: int) -> dict[str, Any]:
    changes = [
        {
            "paper_id": c.paper_id,
            "field": c.field,
            "old": c.old,
            "new": c.new,
            "source": c.source,
            "page": c.page,
        }
        for c in found.changes
    ]
    return {
        "asked": asked,
        "changes": changes,
        "twins": [list(pair) for pair in found.twins],
        "doubts": [list(pair) for pair in found.doubts],
    }


def _table(changes: list[Change]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=10)
    table.add_column(overflow="fold")
    table.add_column(style="cyan", no_wrap=True)
    for change in changes:
        if change.field != "author_count":  # goes with the authors
            told = f"{_shown(change.old)} → {_shown(change.new)}"
            name = _NAMES.get(change.field, change.field)
            table.add_row(f"  {name}", Text(seen(told)), change.source)
    return table


def _shown(value: Value | None) -> str:
    if value is None:
        return "—"
    if isinstance(value, tuple):
        more = len(value) - 3
        return ", ".join(value[:3]) + (f" and {more} more" if more > 0 else "")
    return str(value)


def _sum(found: Proposed, papers: int, asked: int) -> str:
    if not papers:
        return f"{number_of(asked, 'paper')} looked up; nothing was found that they lack."
    kinds = ", ".join(_counts(found))
    return f"{number_of(asked, 'paper')} looked up, {papers:,} can be completed: {kinds}."


def _counts(found: Proposed) -> Iterator[str]:
    for field, name in ({"authors": "author list"} | _NAMES).items():
        if count := sum(change.field == field for change in found.changes):
            yield number_of(count, name)
