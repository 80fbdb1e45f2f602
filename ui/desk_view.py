"""How marks on papers and saved searches look in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from rag.text.latex import readable, seen
from ui.terminal import console


def marked(title: str, paper_id: str, told: str, note: str, *, gone: bool) -> None:
    """A paper with what was put on it: `told` in words, and the note."""
    where = f"  {paper_id}{', no longer in the corpus' if gone else ''}"
    named = Text.assemble((seen(readable(title)), "bold"), (where, "dim"))
    console.print(named, soft_wrap=not console.is_terminal)
    for row in (told or ("" if note else "no tag, no note, on no list"), *note.splitlines()):
        if row:
            console.print(Text(f"  {seen(row)}"), soft_wrap=not console.is_terminal)


def searches(found: Sequence[tuple[str, str, int]]) -> None:
    """Rows of name, what it looks for, how many papers are new."""
    table = Table(box=None, pad_edge=False, header_style="bold dim")
    table.add_column("new", justify="right", style="bold cyan", no_wrap=True)
    table.add_column("name", overflow="fold")
    table.add_column("looks for", ratio=1)
    for name, what, new in found:
        table.add_row(f"{new:,}" if new else "", Text(seen(name)), Text(seen(what), style="dim"))
    console.print(table)
