"""What is in a vault: Citewell's notes by what they are about, wherever they lie, and the names of
all notes. Nothing is written here, and no link of the file system is followed."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import UsageError
from rag.text.patterns import lazy

_HEAD = 64 * 1024
"""Bytes of a note in which its properties stand."""
_FRONT = lazy(r"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_ABOUT = lazy(
    r"^citewell-(paper|answer):[ \t]*([\"']?)([\w.:/-]{1,200})\2[ \t]*\r?$", re.MULTILINE | re.ASCII
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Vault:
    """`folder`: where new notes go, in the vault at `root`. `notes`: paths by kind and id, as
    `paper arxiv-2503.01234`. `names`: how many notes have each name, whatever the case."""

    root: Path
    folder: Path
    notes: dict[str, list[Path]] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)
    """What could not be looked into, and why."""

    def told(self, path: Path) -> str:
        """A path within the vault, as it is shown."""
        return path.relative_to(self.root).as_posix()

    def link(self, path: Path) -> str:
        """What a link to the note names: its name, or its path where that is no other's."""
        if self.names[folded(path.stem)] > 1:
            return self.told(path.with_suffix(""))
        return path.stem


def opened(folder: Path) -> Vault:
    """The vault that `folder` is or lies in: the nearest folder with Obsidian's settings, else
    `folder` itself. Raises UsageError."""
    try:
        folder = folder.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"There is no folder {folder}.", remedy="Make it first, or name another one."
        ) from error
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", remedy="Name the folder of the vault.")
    root = next((up for up in (folder, *folder.parents) if (up / ".obsidian").is_dir()), folder)
    vault = Vault(root=root, folder=folder)

    def unread(error: OSError) -> None:
        vault.unread.append(f"{error.filename}: {error.strerror or error}")

    for where, folders, names in os.walk(root, onerror=unread):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where) / name
            if path.suffix.lower() != ".md" or name.startswith("."):
                continue
            if path.is_symlink() or not path.is_file():
                continue
            vault.names[folded(path.stem)] += 1
            try:
                with path.open("rb") as file:
                    about = _about(file.read(_HEAD))
            except OSError as error:
                unread(error)
                continue
            if about:
                vault.notes.setdefault(about, []).append(path)
    return vault


def folded(name: str) -> str:
    """As file systems that know no case compare names."""
    return unicodedata.normalize("NFC", name).casefold()


def _about(head: bytes) -> str:
    """`paper …` or `answer …`; empty for a note that is not one of Citewell's."""
    front = _FRONT.search(head.decode("latin-1"))
    found = _ABOUT.search(front[1]) if front else None
    return f"{found[1]} {found[3]}" if found else ""
