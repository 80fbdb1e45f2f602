"""Files that are written whole or not at all: first beside their place, then into it."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path


def swap(file: Path, written: bytes) -> None:
    """`written` in the place of what `file` holds, if anything. Raises OSError."""
    with _beside(file, written) as part:
        if file.exists():
            part.chmod(stat.S_IMODE(file.stat().st_mode))
        part.replace(file)


def create(file: Path, written: bytes) -> None:
    """The same where no file is yet. Raises FileExistsError where there is, OSError."""
    with _beside(file, written) as part:
        try:
            os.link(part, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if os.path.lexists(file):
                raise FileExistsError(file) from None
            part.replace(file)


@contextlib.contextmanager
def _beside(file: Path, written: bytes) -> Iterator[Path]:
    part = file.with_name(f".citewell-{os.getpid()}.part")
    try:
        part.write_bytes(written)
        yield part
    finally:
        part.unlink(missing_ok=True)
