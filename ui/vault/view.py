"""What has become of notes, as a terminal shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from rag.text.latex import seen
from rag.text.words import number_of
from ui.terminal import console, out
from ui.vault.sync import Outcome, Status

_STYLES: dict[Status, str] = {
    "new": "green",
    "updated": "cyan",
    "unchanged": "dim",
    "left alone": "yellow",
    "kept": "dim",
    "failed": "bold red",
}


def outcomes(done: Sequence[Outcome]) -> None:
    """A row a note in which something changes or is left, and the sum of all."""
    rows = [one for one in done if one.status != "unchanged"]
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in rows:
        status, told = Text(one.status, style=_STYLES[one.status]), Text(seen(one.path))
        if one.why:
            told.append(f"  {seen(one.why)}", "dim")
        if console.is_terminal:
            table.add_row(status, told)
        else:
            console.print(Text.assemble(f"{one.status:<10}  ", told), soft_wrap=True)
    if rows and console.is_terminal:
        console.print(table)
    if done:
        counts = Counter(one.status for one in done)
        summed = ", ".join(f"{counts[status]:,} {status}" for status in _STYLES if counts[status])
        out(f"{number_of(len(done), 'note')}: {summed}")
