"""The command `citewell notes sync`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rag import config as settings
from rag.errors import UsageError
from ui.exporting import print_json
from ui.options import AsJson, CorpusName, DataDir, Debug

if TYPE_CHECKING:
    from ui.vault.chosen import Kind, Wanted
    from ui.vault.held import Vault
    from ui.vault.sync import Outcome

app = typer.Typer(
    no_args_is_help=True, help="Keep notes on papers and answers in an Obsidian vault."
)

Answers = Literal["good", "none"]


@app.command(
    epilog="Examples:\n\ncitewell notes sync ~/vault --dry-run  # what would change\n\n"
    "citewell notes sync ~/vault\n\n"
    "citewell notes sync ~/vault/Reading --all-marked  # tagged and noted papers too\n\n"
    "citewell notes sync ~/vault --conversation a1b2  # all its answers (citewell export --list)",
)
def sync(
    context: typer.Context,
    *,
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The vault, or a folder in it for new notes.")
    ],
    all_marked: Annotated[
        bool,
        typer.Option("--all-marked", help="Papers with a tag or a note too, not the list alone."),
    ] = False,
    conversation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="All answers of this conversation too: its id, or how it begins.",
            show_default=False,
        ),
    ] = None,
    answers: Annotated[
        Answers,
        typer.Option(help="good: answers judged good on the page. none: papers alone."),
    ] = "good",
    force: Annotated[
        bool, typer.Option("--force", help="Write anew what was edited within Citewell's lines.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Write and update notes: one a paper of the reading list, one an answer judged good.

    Citewell writes between two comment lines of a note, and changes nothing else.

    Notes that were moved or renamed within the vault are found again.
    """
    from ui import terminal
    from ui.vault import sync as syncing
    from ui.vault.held import opened

    if not folder.strip():  # of a variable that is not set, which would be the folder one is in
        raise UsageError("The folder has no name.", remedy="citewell notes sync ~/vault")
    if answers == "none" and conversation:
        raise UsageError("--conversation asks for answers, --answers none for none of them.")
    with terminal.working("Looking through the vault"):
        vault = opened(Path(folder))
    config = settings.load(data_dir=data_dir, corpus=corpus, mode="extractive")
    catalog = context.obj.ready(config).index_manager.catalog
    wanted, gone = _wanted(catalog, config.data_dir, vault, all_marked, conversation or (), answers)

    def why(kind: Kind, name: str) -> str:
        if kind == "answer":
            return "" if answers == "none" else "its conversation is not kept any more"
        return "no longer in the corpus" if name in gone else "not on the reading list"

    with terminal.working("Comparing the notes" if dry_run else "Writing the notes"):
        planned = syncing.plan(vault, wanted, force=force)
        done = planned if dry_run else [syncing.write(vault, one) for one in planned]
    done += syncing.kept(vault, wanted, why)
    missing = {one: title for one, title in gone.items() if f"paper {one}" not in vault.notes}
    _tell(vault, done, missing, dry_run=dry_run, as_json=as_json)
    if any(one.status == "failed" for one in done):
        raise typer.Exit(1)


def _wanted(
    catalog: Any,
    data_dir: Path,
    vault: Vault,
    all_marked: bool,
    conversation: Sequence[str],
    answers: Answers,
) -> tuple[list[Wanted], dict[str, str]]:
    """The notes, and titles of marked papers that have left the corpus."""
    from ui.vault import chosen

    if (kept := chosen.opened(data_dir)) is None:
        return [], {}
    try:
        wanted, gone = chosen.papers(catalog, kept.marks.all(kept.here), all_marked=all_marked)
        if answers != "none":
            noted = {a.partition(" ")[2] for a in vault.notes if a.startswith("answer ")}
            good = answers == "good"
            wanted += chosen.answers(kept, named=conversation, noted=noted, good=good)
    finally:
        kept.close()
    return wanted, gone


def _tell(
    vault: Vault, done: list[Outcome], missing: dict[str, str], *, dry_run: bool, as_json: bool
) -> None:
    from ui import terminal
    from ui.vault import view

    for told in vault.unread:
        terminal.notice(f"Not looked into: {told}")
    for one, title in missing.items():
        terminal.notice(f"No longer in the corpus, so without a note: {title} ({one})")
    if as_json:
        print_json(
            {
                "vault": str(vault.root),
                "folder": str(vault.folder),
                "dry_run": dry_run,
                "counts": dict(Counter(one.status for one in done)),
                "notes": [
                    {
                        "kind": one.kind,
                        "id": one.id,
                        "path": one.path,
                        "status": one.status,
                        "why": one.why,
                    }
                    for one in done
                ],
            }
        )
        return
    view.outcomes(done)
    if not done:
        terminal.notice("The reading list is empty. Put papers there: citewell mark ID --to-read")
    if dry_run:
        terminal.out("Nothing is written: this was a dry run.")
