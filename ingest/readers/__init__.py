"""The door: files, folders or bytes of a known format → records and problems.

Formats: `.txt` (listing pages), `.json` and `.jsonl` (what `citewell papers --json` prints).
Nothing here raises for a bad page; what cannot be used is a problem beside the good records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.readers import catalog_json, listing
from ingest.readers.base import Problem, ReadResult, bounded, combined
from rag.errors import BadInput

__all__ = ["BUNDLED", "SUFFIXES", "Problem", "ReadResult", "read", "read_bytes"]

BUNDLED = Path(__file__).parent.parent / "corpus"
"""The folder of the pages that come with Citewell."""

_READERS: dict[str, Callable[..., ReadResult]] = {
    ".txt": listing.read,
    ".json": catalog_json.read,
    ".jsonl": catalog_json.read_lines,
}
SUFFIXES = tuple(_READERS)
_MOST_BYTES = 256 * 1024 * 1024
_YEARS = range(1900, 2101)


def read(paths: Iterable[Path | str], *, year: int | None = None) -> ReadResult:
    """The records of files and folders, in the order given; a folder's files by name.

    `year` is that of dates which state none; without it each page's own is inferred. Raises
    BadInput when `year` is none.
    """
    _check_year(year)
    return combined(_read_path(Path(path), year) for path in paths)


def read_bytes(data: bytes, name: str, *, year: int | None = None) -> ReadResult:
    """The records of one page at hand, such as an upload; `name` tells its format."""
    _check_year(year)
    return _read_page(data, name, Path(name).name, year)


def _check_year(year: int | None) -> None:
    if year is not None and year not in _YEARS:
        raise BadInput(
            f"{year} is not a year of publication",
            remedy=f"Give a year from {_YEARS[0]} to {_YEARS[-1]}.",
        )


def _read_path(path: Path, year: int | None) -> ReadResult:
    try:
        if path.is_dir():
            return _read_folder(path, year)
        if not path.exists():
            return _problem(path, "there is no such file or folder", "Check the path.")
        if not path.is_file():  # reading a pipe or a device may never end
            return _problem(path, "this is neither a file nor a folder", "Give a file or a folder.")
        if path.stat().st_size > _MOST_BYTES:
            limit = f"{_MOST_BYTES >> 20} MB"
            return _problem(path, f"the file is larger than {limit}", "Split it into smaller ones.")
        return _read_page(path.read_bytes(), path, path.name, year)
    except OSError as error:
        reason = error.strerror or str(error)
        return _problem(path, f"cannot be read: {reason}", "Check the path and its permissions.")


def _read_folder(folder: Path, year: int | None) -> ReadResult:
    files = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _READERS and not path.name.startswith(".") and not path.is_dir()
    )
    if not files:
        return _problem(folder, "the folder holds no page", f"Put {_known()} files into it.")
    return combined(_read_path(path, year) for path in files)


def _read_page(data: bytes, path: Path | str, name: str, year: int | None) -> ReadResult:
    reader = _READERS.get(Path(name).suffix.lower())
    if reader is None:
        return _problem(path, "the file's format is not known", f"Give a {_known()} file.")
    # A name that is not UTF-8 is a path all the same; as a source it is shown and stored.
    name = name.encode("utf-8", "replace").decode()
    return bounded(reader(data, path=path, name=name, year=year), path)


def _problem(path: Path | str, message: str, remedy: str) -> ReadResult:
    return ReadResult(problems=(Problem(message, path=path, remedy=remedy),))


def _known() -> str:
    return ", ".join(SUFFIXES[:-1]) + " or " + SUFFIXES[-1]
