"""What a pull and a push came to, in a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from rag.text.latex import readable, seen
from rag.text.words import number_of
from ui.terminal import console, notice, out
from ui.words import papers_in_words, sum_in_words
from ui.zotero.pull import Pulled
from ui.zotero.push import Pushed

_MOST = 5
"""Items that cannot be used and are named."""
_DRY = "Nothing is written: this was a dry run."


def pulled(done: Pulled, *, dry_run: bool) -> None:
    if not done.items:
        out("Nothing is new in Zotero.")
    if done.others:
        are = "is a note or an attachment" if done.others == 1 else "are notes or attachments"
        notice(f"{number_of(done.others, 'item')} {are} without a parent: left out.")
    if done.counts:
        reading, counts = done.reading, done.counts
        _problems(done)
        out(sum_in_words(reading.read, counts["papers"], reading.losses, counts["records"]))
        told = ", ".join(f"{name} {counts[name]:,}" for name in ("new", "updated", "unchanged"))
        out(told)
    for search in done.news:
        out(f"{search['new']:,} new for your saved search “{search['name']}”")
    if dry_run:
        out(_DRY)


def _problems(done: Pulled) -> None:
    problems = done.reading.problems
    for one in problems[:_MOST]:
        notice(one.message)
    if (more := len(problems) - _MOST) > 0:
        notice(f"and {more:,} more. Complete them in Zotero; the next pull takes them.")


def pulled_as_json(done: Pulled, *, dry_run: bool) -> dict[str, Any]:
    return {
        "items": done.items,
        "others": done.others,
        "read": done.reading.read,
        "losses": dict(done.reading.losses),
        **{name: done.counts.get(name, 0) for name in ("papers", "new", "updated", "unchanged")},
        "problems": [one.message for one in done.reading.problems],
        "file": done.file or None,
        "dry_run": dry_run,
        "searches": done.news,
    }


def pushed(done: Pushed, titles: Mapping[str, str], *, dry_run: bool) -> None:
    for paper in done.new if dry_run else done.sent:
        row = Text.assemble((seen(readable(titles[paper])), "bold"), (f"  {paper}", "dim"))
        console.print(row, soft_wrap=not console.is_terminal)
    for paper in done.missing:
        notice(f"Sent, but not seen in Zotero afterwards: {titles[paper]} ({paper})")
    there = f"{len(done.present):,} there already"
    place = f"“{done.target.name}” in {done.target.library}"
    if done.target.name == done.target.library:
        place = done.target.library
    if not done.new:
        out(f"Nothing to add: {there}.")
    elif dry_run:
        out(f"{papers_in_words(len(done.new))} would go to {place}, {there}.")
    else:
        out(f"{papers_in_words(len(done.sent))} added to {place}, {there}.")
    if dry_run:
        out(_DRY)


def pushed_as_json(done: Pushed, *, dry_run: bool) -> dict[str, Any]:
    return {
        "collection": done.target.name,
        "library": done.target.library,
        "present": done.present,
        "new": done.new,
        "sent": done.sent,
        "missing": done.missing,
        "error": str(done.failed) if done.failed else None,
        "dry_run": dry_run,
    }
