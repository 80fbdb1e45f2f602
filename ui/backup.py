"""`citewell backup` and `citewell restore`: the whole data folder as one file, and back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from rag import config as settings
from rag.settings import corpora
from rag.settings.file import FILE as SETTINGS
from ui.corpora import in_words
from ui.options import DataDir, Debug

app = typer.Typer()


@app.command(
    epilog='Examples:\n\ncitewell backup "citewell-$(date +%F).zip"\n\n'
    "citewell backup citewell.zip --with-keys"
)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write.")],
    keys: Annotated[
        bool, typer.Option("--with-keys", help="With the API keys of config.toml.")
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Write all corpora, conversations, notes and settings to one file, while they are in use."""
    from ui import terminal
    from ui.archives import writing

    root = settings.data_folder(data_dir)
    with terminal.progress("Writing the backup") as progress:
        written = writing.backup(root, file, keys=keys, report=progress)
    told = "with API keys" if keys else "without API keys (--with-keys takes them along)"
    terminal.notice(f"Written to {file}: {in_words(written, file)}, {told}.")


@app.command(
    epilog="Examples:\n\ncitewell restore citewell.zip --data-dir new-folder\n\n"
    "citewell restore citewell.zip --force  # in the place of what is there"
)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive of “backup”.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is in the data folder.")
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Put a backup in its place, once every file of it is checked."""
    from ui import terminal
    from ui.archives import placing

    root = settings.data_folder(data_dir)
    with terminal.progress("Checking and unpacking") as progress:
        restored = placing.restore(root, file, force=force, report=progress)
    with terminal.progress("Indexing") as progress:
        folders = [one for one in corpora.folders(root) if (one / corpora.CATALOG).exists()]
        troubles = [placing.index(one, progress) for one in folders]
    for trouble in filter(None, troubles):
        terminal.notice(f"Indexes are not built yet: {trouble}")
    terminal.notice(f"Restored into {shlex.quote(str(root))} as of {restored.made}.")
    if any(place.endswith(SETTINGS) for place in restored.files) and not restored.keys:
        terminal.notice("The backup holds no API keys of config.toml: set them anew.")
    if force:
        terminal.notice("Pages and servers that were running on this folder must be restarted.")
