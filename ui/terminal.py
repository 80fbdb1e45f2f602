"""How things look in a terminal: rich tables, progress bars, one voice for errors.

Messages and progress go to standard error, results to standard output. Texts of papers are
printed as text, never as markup.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from rag.errors import CitewellError
from rag.text.latex import readable, seen
from rag.text.words import number_of
from ui import progress as shown
from ui.words import constraints, how_far, papers_in_words, spent, sum_in_words

if TYPE_CHECKING:
    from ingest.readers import FileReading
    from rag.assistant import SearchResult
    from rag.events import Event
    from rag.filters import Filters
    from rag.records import Answer, Citation, Mode, Paper
    from ui.doctor import Report
    from ui.progress import ReportProgress

_MAX_WIDTH = 100
_KEYS = re.compile(r"[ \t]*\[E[\dE,; ]*(?:\]|$)")
"""Of evidence (`[E1, E2]`), also one that is not finished."""
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def out(text: str) -> None:
    console.print(Text(text))


def aside(text: str) -> None:
    """What goes on, for whoever watches or reads the log."""
    errors.print(Text(seen(text), style="dim"), soft_wrap=not errors.is_terminal)


def rows(told: Sequence[tuple[str, str]]) -> None:
    """Names and what they stand for, one below the other."""
    widest = max(len(name) for name, _ in told)
    for name, value in told:
        line = Table.grid(padding=(0, 2))
        line.add_column(style="dim", no_wrap=True, width=widest)
        line.add_column(overflow="fold")
        line.add_row(name, Text(seen(value)))
        whole = Text(f"{name:{widest}}  {seen(value)}")
        console.print(line if console.is_terminal else whole, soft_wrap=not console.is_terminal)


def problem(error: CitewellError) -> None:
    """What happened, and what mends it."""
    _tell(Text.assemble(("✗ ", "bold red"), seen(str(error))))
    if error.remedy:
        _tell(Text.assemble(("  → ", "green"), seen(error.remedy)))


def notice(text: str) -> None:
    _tell(Text.assemble(("! ", "bold yellow"), seen(text)))


def _tell(text: Text) -> None:
    """In one line where nobody reads along: a file's name and line can be searched for then."""
    errors.print(text, soft_wrap=not errors.is_terminal)


def progress(title: str) -> AbstractContextManager[ReportProgress]:
    """On standard error: a bar that is gone when done, or lines where that is no terminal."""
    return shown.progress(errors, title)


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    with shown.status(errors, f"{what} …"):
        yield


@contextlib.contextmanager
def reading() -> Iterator[Callable[[str, int], None]]:
    """Told of the file in hand and of how many of its records have been read."""
    with shown.status(errors, "Reading …") as status:
        yield lambda name, count: status.update(Text(f"Reading {seen(name)}: {count:,} records"))


def file_read(file: FileReading) -> None:
    """What was recognised in a file, and what becomes of its records."""
    if not file.format:
        return
    told = sum_in_words(file.read, len(file.records), file.losses, len(file.records))
    if file.facts:
        told = f"{papers_in_words(len(file.facts))}, {number_of(file.rejected, 'line')} unreadable"
    lines = [f"{file.path}: {file.format}. {told}"]
    if file.mapping:
        lines.append("  " + ", ".join(f"{name} from “{c}”" for name, c in file.mapping.items()))
    for line in lines:
        console.print(Text(seen(line)), soft_wrap=not console.is_terminal)


def hits(result: SearchResult) -> None:
    _constraints(result.parsed.filters)
    if not result.hits:
        out("No paper of the corpus satisfies these constraints.")
        return
    rows = Table.grid(padding=(0, 2))
    rows.add_column(justify="right", style="bold cyan", min_width=3)
    rows.add_column()
    for hit in result.hits:
        about = " · ".join(_facts(hit.paper))
        title = Text.assemble(_title(hit.paper.title, hit.paper.address), (f"  {about}", "dim"))
        rows.add_row(str(hit.rank), Group(title, Text(f"“{readable(hit.quote)}”\n")))
    console.print(rows, width=_width())
    for told in result.notices:
        notice(told)
    total = result.timings_ms.get("total", 0)
    errors.print(Text(f"{papers_in_words(len(result.hits))} in {total:,.0f} ms", style="dim"))


def answer(events: Iterator[Event], *, restricted: bool = False) -> Answer:
    """Watch an answer in the making, then print it with its sources. `restricted`: to papers that
    came with the question; to which papers a follow-up is, its reading says itself."""
    from rag.events import Fallback, Finished, Progress, Selected, TextDelta, Understood

    with contextlib.ExitStack() as stack:
        status = stack.enter_context(shown.status(errors, "Reading the question …"))
        words = ""
        told: list[str] = []
        for event in events:
            match event:
                case Understood(parsed=parsed):
                    if parsed.standalone != parsed.question:
                        errors.print(Text(f"Understood as: {parsed.standalone}", style="dim"))
                    for note in parsed.notes:
                        errors.print(Text(f"  {note}", style="dim"))
                    _constraints(parsed.filters, restricted=restricted)
                    status.update("Looking through the papers …")
                case Progress():
                    told_so_far = how_far(event)
                    status.update(told_so_far)
                    if not shown.is_watched(errors):
                        errors.print(Text(told_so_far, style="dim"))
                case Selected():
                    status.update("Writing …")
                case TextDelta(delta=delta):
                    words += delta
                    status.update(_latest(words))
                case Fallback(message=message, remedy=remedy):
                    words = ""
                    told.append(f"{message} {remedy}".strip())
                    notice(told[-1])
                    notice("The answer below is put together from quoted sentences instead.")
                case Finished(answer=finished):
                    status.stop()
                    for text in finished.notices:
                        if text not in told:
                            notice(text)
                    _answer(finished)
                    return finished
    raise AssertionError("a stream ends with Finished")


def _latest(words: str) -> Text:
    """The last lines of what is being written, as many as fit; the keys of evidence are not for
    readers."""
    width = max(20, _width() - 4)
    text = Text(_KEYS.sub("", seen(words)).strip())
    rows = text.wrap(errors, width)
    return Text("\n").join(rows[-max(3, min(12, errors.height - 6)) :])


def _answer(value: Answer) -> None:
    if console.is_terminal:
        from rich.markdown import Markdown  # 50 ms that --json need not wait for

        console.print(Markdown(value.text), width=_width())
    else:  # a line a line: whoever reads on breaks them as they like
        console.print(Text(seen(value.text)), soft_wrap=True)
    for sentence in value.sentences:
        if not sentence.supported:
            notice(f"Unsupported: “{_short(sentence.text)}” ({sentence.why})")
    sources(value)
    parts = [f"{value.timings_ms.get('total', 0):,.0f} ms", *spent(value.usage)]
    parts += [value.model or value.mode, value.fingerprint]
    errors.print(Text(" · ".join(parts), style="dim"))


def sources(value: Answer) -> None:
    """Of what an answer cites."""
    used = {n for s in value.sentences for n in s.citations}
    if cited := [c for c in value.citations if c.n in used]:
        console.print(Rule("Sources", align="left", style="dim"), width=_width())
        _sources(cited, value.mode)


def abstract(paper: Paper, citations: Sequence[Citation]) -> None:
    """A paper whole, the quoted words marked, each with its number; in quotation marks where the
    terminal has no styles."""
    from rag.export.web_page import marked_abstract

    about = " · ".join(_facts(paper))
    text = Text.assemble(
        (readable(paper.title), "bold"), (f"  {about}\n" if about else "\n", "dim")
    )
    plain = console.color_system is None
    for piece in marked_abstract(paper.abstract, citations):
        for n in piece.opens:
            text.append(f"[{n}] ", "bold cyan")
        words = seen(piece.text)
        if piece.is_cited and plain:
            words = f"“{words}”"
        text.append(words, "bold underline" if piece.is_cited else "")
    console.print(
        text, width=_width() if console.is_terminal else None, soft_wrap=not console.is_terminal
    )
    if address := paper.address:
        console.print(Text(seen(address), style="dim"), soft_wrap=True)


def titles(found: Sequence[Paper]) -> None:
    rows = Table.grid(padding=(0, 1))
    rows.add_column(justify="right", style="bold cyan")
    rows.add_column()
    for at, paper in enumerate(found, 1):
        about = " · ".join(_facts(paper))
        rows.add_row(
            str(at), Text.assemble(_title(paper.title, paper.address), (f"  {about}", "dim"))
        )
    console.print(rows, width=_width())
    errors.print(Text(papers_in_words(len(found)), style="dim"))


def meanings(found: Mapping[str, str]) -> None:
    """Commands, and what each does."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold cyan", no_wrap=True)
    rows.add_column()
    for name, meaning in found.items():
        rows.add_row(name, Text(meaning))
    console.print(rows, width=_width())


def _sources(cited: Sequence[Citation], mode: Mode) -> None:
    """A row a citation with what it quotes; a row a paper where the answer is its very words."""
    rows: dict[object, tuple[str, Text]] = {}
    for c in cited:
        date = f" ({c.dated})" if c.dated else ""
        told = Text.assemble(_title(c.title, c.url), (date, "dim"))
        key: object = c.n
        if mode == "extractive":
            key = c.paper_id
        else:
            told.append(f"\n“{readable(c.quote)}”", style="italic")
        markers = rows[key][0] if key in rows else ""
        rows[key] = (f"{markers}[{c.n}]", told)
    if not console.is_terminal:
        for markers, told in rows.values():
            console.print(Text.assemble(f"{markers} ", told), soft_wrap=True)
        return
    table = Table.grid(padding=(0, 1))
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column()
    for markers, told in rows.values():
        table.add_row(markers, told)
    console.print(table, width=_width())


def changes(lines: Sequence[str]) -> None:
    """What is different from an earlier answer."""
    console.print(Rule("What has changed", align="left", style="dim"), width=_width())
    for line in lines:
        console.print(Padding(Text(f"• {readable(line)}"), (0, 0, 0, 1)), width=_width())


def papers(
    found: Sequence[Paper], marked: Mapping[str, str] | None = None, *, count: bool = True
) -> None:
    """`marked`: in words, what somebody has put on papers, by id. `count`: say how many."""
    table = Table(box=None, pad_edge=False, header_style="bold dim")
    table.add_column("id", style="cyan", no_wrap=True)
    table.add_column("title", ratio=1)
    table.add_column("date", no_wrap=True)
    table.add_column("▲", justify="right")
    for p in found:
        votes = "" if p.upvotes is None else str(p.upvotes)
        title = _title(p.title, p.address, "")
        if own := (marked or {}).get(p.paper_id):
            title.append(f"  {seen(own)}", "dim")
        table.add_row(p.paper_id, title, p.dated, votes)
    console.print(table)
    if count:
        errors.print(Text(papers_in_words(len(found)), style="dim"))


def conversations(found: Sequence[tuple[str, str, int, str]]) -> None:
    """Rows of id, time of the last question, number of questions, title."""
    table = Table(box=None, pad_edge=False, header_style="bold dim")
    table.add_column("id", style="cyan", no_wrap=True)
    table.add_column("last asked", no_wrap=True)
    table.add_column("questions", justify="right")
    table.add_column("title", ratio=1)
    for name, when, questions, title in found:
        table.add_row(name, when, str(questions), Text(title))
    console.print(table)


def doctor(report: Report) -> None:
    for heading, rows in report.sections:
        console.print(Text(heading, style="bold"))
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        for name, value, fine in rows:
            mark = Text.assemble(("✓ " if fine else "✗ ", "green" if fine else "red"), value)
            table.add_row(f"  {name}", mark)
        console.print(table)


def _title(title: str, address: str | None, style: str = "bold") -> Text:
    """A title that leads to the paper, in terminals that follow links (OSC 8)."""
    from rag.export.references import safe

    return Text(readable(title), Style.parse(style) + Style(link=safe(address)))


def _constraints(filters: Filters, *, restricted: bool = False) -> None:
    if stated := constraints(filters, restricted=restricted):
        errors.print(Text(f"Constraints: {stated}", style="dim"))


def _facts(paper: Paper) -> list[str]:
    facts = [paper.dated] if paper.dated else []
    return facts + ([f"▲ {paper.upvotes}"] if paper.upvotes is not None else [])


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _width() -> int:
    return min(console.width, _MAX_WIDTH)
