"""The commands `citewell zotero pull` and `citewell zotero push`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag import config as settings
from rag.errors import UnknownPaper, UsageError
from ui.exporting import print_json
from ui.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from rag.adapters.zotero import Zotero
    from rag.config import Config
    from rag.records import Paper
    from ui.web.marks.kept import Marks

app = typer.Typer(no_args_is_help=True, help="Take papers from Zotero, and put papers there.")

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done; write nothing anywhere.")
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url", help="Where Zotero listens (default: http://localhost:23119).", show_default=False
    ),
]


@app.command(
    epilog="Examples:\n\ncitewell zotero pull --dry-run  # what would come\n\n"
    'citewell zotero pull --collection "To read"\n\n'
    "citewell zotero pull --tag rlvr --tag entropy  # items with both tags\n\n"
    "citewell zotero pull --all  # not what is new alone",
)
def pull(
    *,
    collection: Annotated[
        str,
        typer.Option(metavar="NAME", help="Of this collection alone (name or key)."),
    ] = "",
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Only items with this tag; may be repeated.", show_default=False),
    ] = None,
    group: Annotated[
        int | None,
        typer.Option(help="From the group library of this number.", show_default=False),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All items, not those alone that are new or changed.")
    ] = False,
    url: Url = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Ingest what is new in Zotero, which has to be running."""
    from rag.adapters.zotero import MY_LIBRARY
    from ui import terminal
    from ui.zotero import fetched, view
    from ui.zotero.fetched import Wish
    from ui.zotero.pull import fetch, take

    config = settings.load(data_dir=data_dir)
    zotero = _zotero(url)
    library = MY_LIBRARY if group is None else f"groups/{group}"
    with terminal.progress("Asking Zotero") as progress:
        key = fetched.collection(zotero, library, collection)
        wish = Wish(url=zotero.url, library=library, collection=key, tags=tuple(tag or ()))
        items, reached = fetch(
            *(zotero, wish, config),
            afresh=everything,
            told=lambda done, total: progress("items", done, total),
        )
    pulled = take(items, reached, wish, config, dry_run=dry_run)
    if as_json:
        print_json(view.pulled_as_json(pulled, dry_run=dry_run))
    else:
        view.pulled(pulled, dry_run=dry_run)


@app.command(
    epilog="Examples:\n\ncitewell zotero push --dry-run  # what would be added\n\n"
    "citewell zotero push  # the reading list\n\ncitewell zotero push ID ID  # these papers",
)
def push(
    context: typer.Context,
    *,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID…", help="Papers; none: the reading list.", show_default=False),
    ] = None,
    all_marked: Annotated[
        bool,
        typer.Option("--all-marked", help="All papers with a tag, a note or a place on the list."),
    ] = False,
    url: Url = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Add papers that Zotero lacks to the collection that is selected in it."""
    from rag.export.references import line
    from ui import desk, terminal
    from ui.web.marks.kept import as_annotations
    from ui.zotero import view
    from ui.zotero.push import push as run

    if ids and all_marked:
        raise UsageError("Papers are named, or all that are marked are meant, not both.")
    config = settings.load(data_dir=data_dir, mode="extractive")
    zotero = _zotero(url)
    marks = desk.all_marks(config.data_dir)
    papers = _chosen(context, config, marks, ids or (), all_marked)
    if not papers and not as_json:
        terminal.notice("The reading list is empty. Put papers there: citewell mark ID --to-read")
        return
    own = as_annotations(marks)
    with terminal.progress("Asking Zotero") as progress:
        pushed = run(zotero, papers, own, dry_run=dry_run, told=progress)
    titles = {paper.paper_id: line(paper.title) for paper in papers}
    if as_json:
        print_json(view.pushed_as_json(pushed, dry_run=dry_run))
    else:
        view.pushed(pushed, titles, dry_run=dry_run)
    if pushed.failed:
        raise pushed.failed


def _chosen(
    context: typer.Context,
    config: Config,
    marks: dict[str, Marks],
    ids: Any,
    all_marked: bool,
) -> list[Paper]:
    """Raises UnknownPaper for an id that is named and not there."""
    from ui import terminal

    catalog = context.obj.ready(config).index_manager.catalog
    listed = [one for one, held in marks.items() if held.reading or all_marked]
    wanted = dict.fromkeys(ids or listed)
    papers: list[Paper] = catalog.papers(wanted) if wanted else []
    for gone in wanted.keys() - {paper.paper_id for paper in papers}:
        if ids:
            raise UnknownPaper(gone)
        terminal.notice(f"No longer in the corpus: {marks[gone].title} ({gone})")
    return papers


def _zotero(url: str | None) -> Zotero:
    from rag.adapters.zotero import URL, Zotero
    from ui import terminal

    zotero = Zotero(url or URL)
    if not zotero.is_here:
        terminal.notice(f"Zotero is asked at {zotero.host}, which is another machine.")
    return zotero
