"""What an archive says of itself: its kind, and size and SHA-256 of every file in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args

from rag.answer.fingerprint import software_version
from rag.errors import BadInput, NewerData
from ui.archives.layout import may_be_handed_on, part_at

Kind = Literal["corpus", "backup"]
NAME = "citewell.json"
"""The manifest's own place in an archive; the last one, as it is known when all is written."""
FORMAT = 1
MOST = 64 * 1024 * 1024
"""Bytes of a manifest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """`name`: of the corpus, None for that of the data folder itself; `keys`: whether API keys are
    among the settings; `files` by their place."""

    kind: Kind
    files: Mapping[str, Entry]
    name: str | None = None
    keys: bool = False
    format: int = FORMAT
    citewell: str = field(default_factory=software_version)
    made: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files.values())


def read(text: bytes, archive: str) -> Manifest:
    """Raises NewerData, and BadInput for what makes no sense: `archive` is named in it."""
    try:
        held = json.loads(text)
        if type(held["format"]) is int and held["format"] > FORMAT:
            raise NewerData(
                f"{archive} was written by a newer Citewell ({str(held['citewell'])[:40]}).",
                remedy="Update Citewell, then do it again.",
            )
        files = {
            _place(place): Entry(size=_size(entry["size"]), sha256=_digest(entry["sha256"]))
            for place, entry in held["files"].items()
        }
        if held["format"] != FORMAT or held["kind"] not in get_args(Kind):
            raise ValueError("its format or kind")
        if held["kind"] == "corpus" and (odd := [p for p in files if not may_be_handed_on(p)]):
            raise ValueError(f"no corpus brings {odd[0]!r}")
        return Manifest(
            kind=held["kind"],
            files=files,
            name=None if held["name"] is None else str(held["name"]),
            keys=held["keys"] is True,
            citewell=str(held["citewell"]),
            made=str(held["made"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(
            f"its list of files makes no sense ({error})", path=archive, remedy=ANOTHER
        ) from error


ANOTHER = "Use another copy of the archive; nothing has been changed."


def _place(place: str) -> str:
    if part_at(place) is None:
        raise ValueError(f"nothing of a corpus belongs at {place[:80]!r}")
    return place


def _size(size: object) -> int:
    if type(size) is not int or size < 0:
        raise ValueError("a size")
    return size


def _digest(digest: object) -> str:
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError("a digest")
    return digest
