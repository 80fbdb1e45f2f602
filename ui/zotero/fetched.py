"""What is new in Zotero since the last pull, and the file in which it is kept.

Zotero's versions count what was synced: an item that never was has none, and a change made on this
machine gets one with the next sync. So both are asked for: items of a later version, and, the last
modified first, items that were modified since. The file is a source as any other; what has left
Zotero stays in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.adapters.zotero import Page, Zotero
from rag.errors import UsageError
from ui import files

FOLDER = "zotero"
"""In the data folder: what was pulled, a file a library, and `state.json`."""
_STATE = "state.json"
Progress = Callable[[int, int], None]
"""Told of how many items were read, and how many there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is pulled: a library (`users/0`, `groups/12`), of it a collection (its key; empty for
    all), and of that the items with all of `tags`."""

    url: str
    library: str
    collection: str = ""
    tags: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        within = f"/collections/{self.collection}" if self.collection else ""
        return f"{self.library}{within}/items/top"

    @property
    def name(self) -> str:
        """What the state of this wish is kept under."""
        return " ".join([self.url, self.path, *sorted(self.tags)])


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How far the last pull got: the library's version, the latest time at which an item was
    modified, and the items of that time, by key."""

    version: int = 0
    modified: str = ""
    latest: tuple[str, ...] = ()


def state(data_dir: Path, wish: Wish) -> State:
    """Of the last pull; that of none where nothing, or nothing readable, is kept."""
    kept: Any = _states(data_dir).get(wish.name)
    try:
        return State(
            version=int(kept["version"]),
            modified=str(kept["modified"]),
            latest=tuple(map(str, kept["latest"])),
        )
    except (TypeError, KeyError, ValueError):
        return State()


def keep(data_dir: Path, wish: Wish, reached: State) -> None:
    """Raises OSError."""
    states = {**_states(data_dir), wish.name: asdict(reached)}
    (data_dir / FOLDER).mkdir(parents=True, exist_ok=True)
    files.swap(data_dir / FOLDER / _STATE, json.dumps(states, indent=1).encode())


def _states(data_dir: Path) -> dict[str, Any]:
    try:
        found = json.loads((data_dir / FOLDER / _STATE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def new(
    zotero: Zotero, wish: Wish, last: State, told: Progress
) -> tuple[list[dict[str, Any]], State]:
    """Items that are new or changed since `last`, as the API has them, and how far this got."""
    found: dict[str, dict[str, Any]] = {}
    versions: list[int] = []
    times: dict[str, str] = {}
    for page in _newest_first(zotero, wish):
        if not versions and page.version < last.version:
            last = State()  # another database, or versions counted anew
        versions.append(page.version)
        fresh = [one for one in page.items if not _is_before(one, last)]
        for one in fresh:
            times[_key(one)] = _modified(one)
            if not (_modified(one) == last.modified and _key(one) in last.latest):
                found[_key(one)] = one
        told(len(found), page.total if not last.modified else len(found))
        if len(fresh) < len(page.items):
            break
    if last.version:
        query = [*_tagged(wish), ("since", str(last.version))]
        for page in zotero.pages(wish.path, query, unless=last.version):
            found |= {_key(one): one for one in page.items}
            told(len(found), page.total)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    modified = min(max([last.modified, *times.values()]), now)  # some clocks are ahead
    latest = tuple(sorted(key for key, time in times.items() if time == modified))
    # The first version: what changes while the pages are read is pulled the next time.
    return list(found.values()), State(
        version=versions[0] if versions else last.version, modified=modified, latest=latest
    )


def _newest_first(zotero: Zotero, wish: Wish) -> Iterator[Page]:
    query = [*_tagged(wish), ("sort", "dateModified"), ("direction", "desc")]
    return zotero.pages(wish.path, query)


def _tagged(wish: Wish) -> list[tuple[str, str]]:
    return [("tag", tag) for tag in wish.tags]


def _is_before(item: dict[str, Any], last: State) -> bool:
    return "" < _modified(item) < last.modified


def _key(item: dict[str, Any]) -> str:
    return str(item.get("key", ""))


def _modified(item: dict[str, Any]) -> str:
    data = item.get("data")
    told = data.get("dateModified") if isinstance(data, dict) else None
    return told if isinstance(told, str) else ""


def collection(zotero: Zotero, library: str, name: str) -> str:
    """The key of the collection of this key or name. Raises UsageError."""
    if not name:
        return ""
    known = zotero.collections(library)
    if name in known:
        return name
    found = [key for key, held in known.items() if held.casefold() == name.strip().casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(found)
        raise UsageError(
            f"{len(found)} collections are called {name!r}.", remedy=f"Name one by its key: {told}"
        )
    told = ", ".join(sorted(known.values())[:10]) or "there is none"
    raise UsageError(f"No collection is called {name!r}.", remedy=f"Those of the library: {told}")


def file_of(data_dir: Path, wish: Wish) -> Path:
    """Where the items of a library are kept, one a line: an item keeps its line."""
    group = wish.library.removeprefix("users/0").replace("groups/", "-group-")
    return data_dir / FOLDER / f"zotero{group}.jsonl"


def merged(file: Path, items: Iterable[dict[str, Any]]) -> tuple[bytes, bytes]:
    """What `file` is to hold, and the same with the lines of `items` alone, the others empty.
    Raises OSError."""
    whole = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    places = {key: at for at, line in enumerate(whole) if (key := _key_in(line))}
    new = set()
    for item in items:
        place = places.setdefault(_key(item), len(whole))
        if place == len(whole):
            whole.append(b"")
        whole[place] = json.dumps(item).encode()
        new.add(place)
    alone = [line if at in new else b"" for at, line in enumerate(whole)]
    return b"\n".join([*whole, b""]), b"\n".join([*alone, b""])


def _key_in(line: bytes) -> str:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    return _key(item) if isinstance(item, dict) else ""
