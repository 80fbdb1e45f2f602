"""Notes of a vault brought up to date: what is to become of each, then the writing.

Text outside Citewell's part is never changed, nothing is deleted, and a note that is not as
Citewell left it is told of and left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Literal

from rag.errors import UsageError
from ui import files
from ui.vault import marked
from ui.vault.chosen import Kind, Wanted
from ui.vault.held import Vault, folded

Status = Literal["new", "updated", "unchanged", "left alone", "kept", "failed"]
FOLDERS: Mapping[Kind, str] = {"paper": "Papers", "answer": "Answers"}
_EDITED = "Citewell's part was edited by hand; --force writes it anew"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What becomes of a note. `path`: within the vault; empty where it has none. `before` and
    `after`: its bytes; None for a file that is not there, and for one that stays as it is."""

    kind: Kind
    id: str
    title: str
    path: str
    status: Status
    why: str = ""
    before: bytes | None = None
    after: bytes | None = None


def plan(vault: Vault, wanted: Sequence[Wanted], *, force: bool = False) -> list[Outcome]:
    """Raises UsageError for folders of notes that lead out of the vault."""
    places = _places(vault, wanted)
    new = Counter(folded(path.stem) for about, path in places.items() if about not in vault.notes)
    vault = replace(vault, names=vault.names + new)
    links = {
        about.removeprefix("paper "): vault.link(path)
        for about, path in chain(
            ((about, paths[0]) for about, paths in vault.notes.items()), places.items()
        )
        if about.startswith("paper ")
    }
    return [_outcome(vault, one, places[_about(one)], links, force=force) for one in wanted]


def kept(vault: Vault, wanted: Iterable[Wanted], why: Callable[[Kind, str], str]) -> list[Outcome]:
    """Notes that nothing is written to any more: `why` tells it by kind and id; nothing is told
    where it is empty."""
    known = set(map(_about, wanted))
    found = []
    for about, paths in vault.notes.items():
        kind: Kind = "paper" if about.startswith("paper ") else "answer"
        name = about.partition(" ")[2]
        if about not in known and (told := why(kind, name)):
            found += [
                Outcome(kind=kind, id=name, title="", path=vault.told(p), status="kept", why=told)
                for p in paths
            ]
    return found


def write(vault: Vault, planned: Outcome) -> Outcome:
    """Put the note into its place; what it came to, where that is not what was planned."""
    path = vault.root / planned.path
    if planned.after is None:
        return planned
    try:
        if planned.before is None:
            path.parent.mkdir(exist_ok=True)
            files.create(path, planned.after)
        elif path.is_symlink() or path.read_bytes() != planned.before:
            return _not(planned, "left alone", "it was changed meanwhile; run this again")
        else:
            files.swap(path, planned.after)
    except FileExistsError:
        return _not(planned, "left alone", "another file has taken its place; run this again")
    except OSError as error:
        return _not(planned, "failed", f"it cannot be written: {error.strerror or error}")
    return planned


def _not(planned: Outcome, status: Status, why: str) -> Outcome:
    return replace(planned, status=status, why=why)


def _about(wanted: Wanted) -> str:
    return f"{wanted.kind} {wanted.id}"


def _places(vault: Vault, wanted: Sequence[Wanted]) -> dict[str, Path]:
    """Where each note lies, or will."""
    places = {}
    taken: dict[Path, set[str]] = {}
    for one in wanted:
        if found := vault.notes.get(_about(one)):
            places[_about(one)] = found[0]
            continue
        folder = _folder(vault, FOLDERS[one.kind])
        if folder not in taken:
            there = folder.iterdir() if folder.is_dir() else ()
            taken[folder] = {folded(path.name) for path in there}
        numbered = (f"{one.name}-{number}" for number in count(2))
        names = (f"{name}.md" for name in chain([one.name], numbered))
        name = next(name for name in names if folded(name) not in taken[folder])
        taken[folder].add(folded(name))
        places[_about(one)] = folder / name
    return places


def _folder(vault: Vault, name: str) -> Path:
    folder = (vault.folder / name).resolve()
    if not folder.is_relative_to(vault.root):
        raise UsageError(
            f"{vault.folder / name} leads out of the vault, to {folder}: nothing is written there.",
            remedy="Put a folder in the place of the link, or name the folder that it leads to.",
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", remedy="Give that file another name.")
    return folder


def _outcome(
    vault: Vault, one: Wanted, path: Path, links: Mapping[str, str], *, force: bool
) -> Outcome:
    there = vault.notes.get(_about(one), [])
    planned = Outcome(
        kind=one.kind, id=one.id, title=one.title, path=vault.told(path), status="unchanged"
    )
    if len(there) > 1:
        others = ", ".join(vault.told(other) for other in there[1:])
        return _not(planned, "left alone", f"it is there more than once, also as {others}")
    if there:
        return _renewed(planned, path, one.body(links), force=force)
    text = f"{one.properties}\n{marked.part(one.body(links))}\n"
    return replace(planned, status="new", after=text.encode())


def _renewed(planned: Outcome, path: Path, body: str, *, force: bool) -> Outcome:
    """What becomes of a note that is there."""
    try:
        before = path.read_bytes()
        text = before.decode()
    except UnicodeDecodeError:
        return _not(planned, "left alone", "it is not UTF-8")
    except OSError as error:
        return _not(planned, "failed", f"it cannot be read: {error.strerror or error}")
    if (parted := marked.parted(text)) is None:
        why = "the lines around Citewell's part are gone, or not one pair"
        return _not(planned, "left alone", why)
    if (new := parted.with_part(body)) == text:
        return planned
    if parted.is_edited and not force:
        return _not(planned, "left alone", _EDITED)
    return replace(planned, status="updated", before=before, after=new.encode())
