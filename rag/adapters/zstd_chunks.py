"""zstd with the module that Python 3.14 has itself, and its backport before that."""

from __future__ import annotations

import importlib
import sys
from typing import Any


def decompressor() -> Any:
    """With the interface of `bz2.BZ2Decompressor`: decompress(data, max_length), eof, needs_input,
    unused_data."""
    return _module().ZstdDecompressor()


def error() -> type[Exception]:
    """What it raises for data that is not zstd."""
    found: type[Exception] = _module().ZstdError
    return found


def _module() -> Any:
    if sys.version_info >= (3, 14):
        return importlib.import_module("compression.zstd")
    from backports import zstd

    return zstd
