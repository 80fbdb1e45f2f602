"""JSON that others have written: files of one object a line, and objects as records.

Files are read line by line: every fault has its line, and none hides the lines behind it. Nothing
here knows what the objects are about.
"""

from __future__ import annotations

import codecs
import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from rag.errors import BadInput, UsageError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Object = dict[str, Any]
Record = TypeVar("Record")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def objects(path: Path, *, remedy: str = "") -> Iterator[tuple[int, Object | BadInput]]:
    """Line number and object of every line that is not blank; for a line that holds none, the
    BadInput that says why. Raises BadInput when the file cannot be read at all."""
    try:
        # In binary: only a line feed ends a line, and a byte that is no text has a line.
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                # Without its mark UTF-16 shows in its zeros: JSON begins with an ASCII character.
                if number == 1 and (raw.startswith(_UTF16) or b"\0" in raw[:2]):
                    raise BadInput("is UTF-16 text", path=path, remedy="Save it as UTF-8.")
                line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
                if line.strip():
                    yield number, _object(line.rstrip(b"\r\n"), path, number)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path, remedy=remedy) from error


def every(path: Path, *, remedy: str = "") -> Iterator[tuple[int, Object]]:
    """As `objects`, but the first fault is raised."""
    for number, value in objects(path, remedy=remedy):
        if isinstance(value, BadInput):
            raise value
        yield number, value


def _object(line: bytes, path: Path, number: int) -> Object | BadInput:
    try:
        value = json.loads(
            line.decode("utf-8"), object_pairs_hook=_fields, parse_constant=_no_number
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        said = "" if isinstance(value, dict) else "is not a JSON object"
    except UnicodeDecodeError:
        said = "is not UTF-8 text"
    except UnicodeEncodeError:
        said = "has half of a surrogate pair, which is no text"
    except json.JSONDecodeError as error:
        what = (
            "more than one value, where a line has one" if error.msg == "Extra data" else error.msg
        )
        said = f"is not JSON: {what} (column {error.colno})"
    except RecursionError:
        said = "is nested too deeply"
    except ValueError as error:
        said = str(error)
    return BadInput(said, path=path, line=number) if said else value


def _fields(pairs: list[tuple[str, Any]]) -> Object:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name, count in times.items() if count > 1)
        raise ValueError(f"field {twice!r} is given twice")
    return fields


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def write(path: Path, value: object) -> None:
    """`value` as a file of indented JSON. Raises UsageError."""
    save(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def save(path: Path, text: str) -> None:
    """`text` as a file: whole, or not at all. Raises UsageError."""
    part = path.with_name(path.name + ".part")
    with writing(path):
        try:
            part.write_text(text, "utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around what writes to `path`, whose folder is made. Raises UsageError for what is no file
    and where the disk refuses."""
    if path.exists() and not path.is_file():  # to replace a device would be worse than an error
        raise UsageError(f"{path} is no file.", remedy="Name a file to write to.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Make room, or name another file.",
        ) from error


def as_record(kind: type[Record], value: object, what: str, remedy: str = "") -> Record:
    """`value` as a record of ours, every field of the very type that it declares: no measure is
    computed over a number that is text, or over none. Raises BadInput: `what`, and the field."""
    from pydantic import ValidationError

    try:
        # From text and strictly: lists become tuples there, and nothing else changes its type.
        text = json.dumps(value, allow_nan=False)
        record: Record = _adapters[kind].validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise BadInput(f"{what}: {place}: {first['msg']}", remedy=remedy) from error
    except ValueError as error:  # NaN and infinity, which JSON does not have
        raise BadInput(f"{what}: a number in it is none", remedy=remedy) from error
    return record


class _Adapters(dict[type, "TypeAdapter[Any]"]):
    def __missing__(self, kind: type) -> TypeAdapter[Any]:
        from pydantic import TypeAdapter

        return self.setdefault(kind, TypeAdapter(kind))


_adapters = _Adapters()
