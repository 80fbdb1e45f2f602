"""Files as bytes: plain or compressed, and the entries of zip archives. Nothing is written to disk,
and what is compressed is expanded a piece at a time and only so far."""

from __future__ import annotations

import bz2
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ingest.readers.text import Text, raising
from rag.adapters import zstd_chunks
from rag.errors import BadInput

_PIECE = 256 * 1024
_MOST_EXPANSION = 200
"""Times its compressed size; text has 3 to 20."""
_ALWAYS = 64 * 1024 * 1024
"""Bytes that anything may expand to."""
_MOST_LAYERS = 2
_MOST_ENTRIES = 10_000
_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".zstd")
_ZIP = b"PK\x03\x04"
_UNPACK = "Unpack it, and give the files in it."


def opened(file: BinaryIO, path: Path | str, name: str) -> Iterator[Text]:
    """The pages that a file holds: itself, or the entries of an archive. Raises BadInput."""
    head = file.read(4)
    file.seek(0)
    if head == _ZIP:
        yield from _zip(file, path, name)
    else:
        yield _page(_pieces(file), path, name)


def plain_name(name: str) -> str:
    """Without the suffix of a compression."""
    return name.removesuffix(next((s for s in _SUFFIXES if name.lower().endswith(s)), ""))


def _page(pieces: Iterator[bytes], path: Path | str, name: str) -> Text:
    page = Text(pieces, path, name)
    for _ in range(_MOST_LAYERS):
        kind = next((k for magic, k in _COMPRESSED.items() if page.head(6).startswith(magic)), None)
        if kind is None:
            break
        page = Text(_expanded(page.pieces(), kind), path, plain_name(page.name))
        page.compression = kind
    head = page.head(512)
    if head.startswith(_ZIP) or head[257:262] == b"ustar":
        raise BadInput("this is an archive within another file", remedy=_UNPACK)
    if page.compression and any(head.startswith(magic) for magic in _COMPRESSED):
        raise BadInput("it is compressed more than twice", remedy=_UNPACK)
    page.name = name
    return page


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


class _Gzip:
    """zlib with the interface of the other decompressors."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


def _decompressor(kind: str) -> Any:
    if kind == "zstd":
        return zstd_chunks.decompressor()
    return {"gzip": _Gzip, "bzip2": bz2.BZ2Decompressor, "xz": lzma.LZMADecompressor}[kind]()


def _expanded(pieces: Iterator[bytes], kind: str) -> Iterator[bytes]:
    """What `pieces` hold, which may be several streams one after another."""
    errors = (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError, zstd_chunks.error())
    inner = _decompressor(kind)
    taken = given = streams = 0
    for piece in pieces:
        taken += len(piece)
        data = piece
        while data or not inner.needs_input:
            if inner.eof:
                if not any(data.startswith(magic) for magic in _COMPRESSED):
                    return  # padding, or what somebody has put behind it
                inner = _decompressor(kind)
                streams += 1
            try:
                made = inner.decompress(data, max_length=_PIECE)
            except errors as error:
                raise BadInput(
                    f"the {kind} data is damaged: {error}",
                    remedy="What came before the damage is read. Get the file again.",
                ) from error
            data = b""
            given += len(made)
            if given > max(_ALWAYS, _MOST_EXPANSION * taken):
                raise BadInput(
                    f"it expands to more than {_MOST_EXPANSION} times its size and is not read on",
                    remedy="Such a file is made to do harm, or holds the same again and again."
                    " Unpack it yourself and look.",
                )
            if made:
                yield made
            if inner.eof:
                data = inner.unused_data
                if not data:
                    break
    if not inner.eof and taken:
        raise BadInput(
            f"the {kind} data breaks off: the file has been cut",
            remedy="What came before is read. Get the file again.",
        )


def _zip(file: BinaryIO, path: Path | str, name: str) -> Iterator[Text]:
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadInput(
            f"the zip archive is damaged: {error}", remedy="Get the file again."
        ) from error
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise BadInput(
            "this is a document of an office program",
            remedy="Save the table as CSV, and give that.",
        )
    if len(entries) > _MOST_ENTRIES:
        raise BadInput(f"the archive has more than {_MOST_ENTRIES:,} entries", remedy=_UNPACK)
    for entry in sorted(entries, key=lambda entry: entry.filename):
        inner = entry.filename
        # Nothing is unpacked, so that a place outside of the archive is a name like any other.
        parts = [part for part in inner.split("/") if part not in (".", "..")]
        hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
        if not entry.is_dir() and not hidden:
            yield _entry(archive, entry, f"{path}/{inner}", f"{name}/{inner}")


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, name: str) -> Text:
    try:
        return _page(_entry_pieces(archive, entry, path), path, name)
    except BadInput as error:
        return Text(raising(error), path, name)


def _entry_pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> Iterator[bytes]:
    given = 0
    try:
        with archive.open(entry) as stream:
            for piece in _pieces(stream):
                given += len(piece)
                if given > max(_ALWAYS, _MOST_EXPANSION * entry.compress_size):
                    raise BadInput(
                        f"it expands to more than {_MOST_EXPANSION} times its size",
                        remedy="Unpack it yourself and look.",
                    )
                yield piece
    except RuntimeError as error:  # a password
        raise BadInput(f"cannot be read: {error}", path=path, remedy=_UNPACK) from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise BadInput(
            f"the archive is damaged here: {error}", path=path, remedy="Get the file again."
        ) from error
