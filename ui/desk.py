"""Commands for what one comes back to: marks on papers, and saved searches. They are the machine's,
as on a page that only this machine reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag import config as settings
from rag.errors import CitewellError, UsageError
from ui import exporting
from ui.exporting import print_json
from ui.options import AsJson, CorpusName, DataDir, Debug

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Config
    from rag.records import Paper
    from rag.storage.catalog import Catalog
    from ui.web.marks.kept import Change, MarkFilter, Marks, Reading
    from ui.web.searches.kept import SavedSearch

app = typer.Typer()


@app.command(
    epilog='Examples:\n\ncitewell mark ID --tag "reward models" --to-read\n\n'
    'citewell mark ID ID --read --note "Compare with STEER."\n\n'
    "citewell mark ID --untag RL --off-list --note ''  # takes them away\n\n"
    "citewell mark ID  # shows what is there",
)
def mark(
    context: typer.Context,
    *,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Papers, by their ids.")],
    tags: Annotated[
        list[str] | None,
        typer.Option("--tag", "-t", help="Add this tag; may be repeated.", show_default=False),
    ] = None,
    untag: Annotated[
        list[str] | None,
        typer.Option("--untag", help="Remove this tag; may be repeated.", show_default=False),
    ] = None,
    to_read: Annotated[bool, typer.Option("--to-read", help="Put on the reading list.")] = False,
    read: Annotated[bool, typer.Option("--read", help="Note as read.")] = False,
    off_list: Annotated[bool, typer.Option("--off-list", help="Take off the list.")] = False,
    note: Annotated[
        str | None,
        typer.Option(
            help="A note of your own, in the place of the one before.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Tag papers, keep a reading list, write notes; the page shows the same."""
    from ui.web.chat.conversations import Conversations
    from ui.web.marks.kept import Change

    if to_read + read + off_list > 1:
        raise UsageError(
            "A paper has one place on the reading list.",
            remedy="Give one of --to-read, --read and --off-list.",
        )
    reading: Reading | None = "to_read" if to_read else "read" if read else "" if off_list else None
    change = Change(reading=reading, add=tuple(tags or ()), remove=tuple(untag or ()), note=note)
    config = settings.load(data_dir=data_dir, corpus=corpus, mode="extractive")
    catalog = context.obj.ready(config).index_manager.catalog
    conversations = Conversations(config.data_dir)
    try:
        kept = conversations.marks
        here = {paper.paper_id: paper.title for paper in catalog.papers(dict.fromkeys(ids))}
        owner = conversations.here
        unknown = [one for one in ids if one not in here and not kept.of(owner, one)]
        if unknown:
            exporting.chosen(catalog, unknown)
        marks = {
            one: _marked(kept, owner, one, here.get(one, ""), change) for one in dict.fromkeys(ids)
        }
    finally:
        conversations.close()
    if as_json:
        print_json([{"paper_id": one, **marks_json(found)} for one, found in marks.items()])
    else:
        _tell_marks(marks, here)


def _marked(kept: Any, owner: str, paper: str, title: str, change: Change) -> Marks:
    from ui.web.marks.kept import Change

    marks: Marks = (
        kept.of(owner, paper) if change == Change() else kept.change(owner, paper, title, change)
    )
    return marks


def marks_json(marks: Marks) -> dict[str, Any]:
    return {"tags": list(marks.tags), "reading": marks.reading or None, "note": marks.note}


def _tell_marks(marks: Mapping[str, Marks], here: Mapping[str, str]) -> None:
    from ui import desk_view

    for paper, found in marks.items():
        title = here.get(paper) or found.title
        told = marks_in_words(found)
        desk_view.marked(title, paper, told, found.note, gone=paper not in here)


def marks_in_words(marks: Marks) -> str:
    from ui.web.marks.kept import READING

    told = [READING.get(marks.reading, ""), ", ".join(f"#{tag}" for tag in marks.tags)]
    return " · ".join(filter(None, told))


def all_marks(folder: Path) -> dict[str, Marks]:
    """By paper; empty where nobody has kept anything in the folder yet. What cannot be read of them
    costs no list of papers."""
    from ui import terminal
    from ui.web.chat.conversations import Conversations
    from ui.web.store import FILE

    if not (folder / FILE).exists():
        return {}
    try:
        conversations = Conversations(folder)
        marks = conversations.marks.all(conversations.here)
        conversations.close()
    except CitewellError as error:
        terminal.notice(f"Tags and notes are left out: {error}")
        return {}
    return marks


def only_marked(
    papers: Sequence[Paper], marks: Mapping[str, Marks], wanted: MarkFilter
) -> list[Paper]:
    """Those that the marks let through; marked papers that have left the corpus are told of."""
    from ui import terminal

    found = {paper for paper, one in marks.items() if wanted.lets(one)}
    here = {paper.paper_id for paper in papers}
    for paper in found - here:
        terminal.notice(f"No longer in the corpus: {marks[paper].title} ({paper})")
    return [paper for paper in papers if paper.paper_id in found]


@app.command(
    epilog='Examples:\n\ncitewell searches\n\ncitewell search "entropy collapse" --save collapse'
    "\n\ncitewell searches collapse  # its new papers, which count as seen then\n\n"
    "citewell searches collapse --delete",
)
def searches(
    context: typer.Context,
    *,
    name: Annotated[
        str | None,
        typer.Argument(help="Open the search of this name.", show_default=False),
    ] = None,
    rename: Annotated[
        str | None, typer.Option(help="Give it another name.", show_default=False)
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """List saved searches with how many papers are new to each, or open one."""
    from ui import desk_view, terminal
    from ui.web.chat.conversations import Conversations

    if name is None and (rename is not None or delete):
        raise UsageError("Nothing says which search.", remedy="Name it: citewell searches NAME")
    if rename is not None and delete:
        raise UsageError("A search is renamed or deleted, not both.", remedy="Leave one out.")
    config = settings.load(data_dir=data_dir, corpus=corpus, mode="extractive")
    assistant = context.obj.ready(config)
    conversations = Conversations(config.data_dir)
    try:
        if name is None:
            told = counted(assistant, conversations)
            if as_json:
                print_json(told)
            elif told:
                desk_view.searches([(one["name"], one["looks_for"], one["new"]) for one in told])
            else:
                terminal.notice('No search is saved. Save one: citewell search "…" --save NAME')
            return
        search = _named(conversations, name)
        if delete:
            conversations.searches.forget(search)
            terminal.notice(f"Deleted: “{search.name}”")
        elif rename is not None:
            conversations.searches.rename(search, rename)
            terminal.notice(f"“{search.name}” is called “{rename}” now.")
        else:
            _open(assistant, conversations, search, as_json=as_json)
    finally:
        conversations.close()


def _named(conversations: Any, name: str) -> SavedSearch:
    """Raises UsageError."""
    searches = conversations.searches.all(conversations.here)
    found = [one for one in searches if one.name.casefold() == name.strip().casefold()]
    if not found:
        raise UsageError(f"No search is called {name!r}.", remedy="List them: citewell searches")
    search: SavedSearch = found[0]
    return search


def _open(assistant: Assistant, conversations: Any, search: SavedSearch, *, as_json: bool) -> None:
    from rag.export import json_records as jsons
    from ui import terminal
    from ui.web.searches.news import SearchNews

    found = SearchNews(assistant).of(search, conversations.marks.all(search.owner))
    if as_json:
        print_json([jsons.paper(paper) for paper in found.papers])
    elif found.papers:
        terminal.papers(found.papers)
    else:
        terminal.out(f"No paper is new to “{search.name}”.")
    conversations.searches.looked_at(search, found.revision)


def counted(assistant: Assistant, conversations: Any) -> list[dict[str, Any]]:
    """Every saved search: `name`, `looks_for` (in words), `new` (papers since it was opened)."""
    from ui.web.searches.news import SearchNews, in_words

    looking = SearchNews(assistant)
    return [
        {
            "name": one.name,
            "looks_for": in_words(one.wish),
            "new": len(looking.of(one, conversations.marks.all(one.owner)).papers),
        }
        for one in conversations.searches.all(conversations.here)
    ]


def after_ingest(config: Config, catalog: Catalog) -> list[dict[str, Any]]:
    """The saved searches that have new papers: `name`, `new`. What cannot be read of them costs no
    ingest."""
    from rag import wiring
    from ui import terminal
    from ui.web.chat.conversations import Conversations
    from ui.web.store import FILE

    if not (config.data_dir / FILE).exists():
        return []
    try:
        conversations = Conversations(config.data_dir)
        if not conversations.searches.all(conversations.here):
            return []
        embedder = wiring.make_embedder(config)
        assistant = wiring.assistant(config, catalog=catalog, embedder=embedder)
        told = counted(assistant, conversations)
        conversations.close()
    except CitewellError as error:
        terminal.notice(f"What is new to saved searches is not known: {error}")
        return []
    return [{"name": one["name"], "new": one["new"]} for one in told if one["new"]]


def save(assistant: Assistant, name: str, question: str) -> None:
    """A question under a name. Raises UsageError."""
    from ui import terminal
    from ui.web.chat.conversations import Conversations
    from ui.web.searches.news import SearchNews, of_question

    conversations = Conversations(assistant.config.data_dir)
    try:
        wish = of_question(question)
        revision = SearchNews(assistant).revision(wish)
        conversations.searches.save(conversations.here, name, wish, revision)
    finally:
        conversations.close()
    terminal.notice(f"Saved as “{name}”: citewell searches tells what is new to it.")
