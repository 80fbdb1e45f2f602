"""zstd with the decompressor that Python 3.14 has itself, and its backport before that."""

from __future__ import annotations

import sys
from typing import Any


def decompressor() -> Any:
    """With the interface of `bz2.BZ2Decompressor`: decompress(data, max_length), eof, needs_input,
    unused_data."""
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor
    else:
        from backports.zstd import ZstdDecompressor
    return ZstdDecompressor()


def error() -> type[Exception]:
    """What it raises for data that is not zstd."""
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdError
    else:
        from backports.zstd import ZstdError
    return ZstdError  # type: ignore[no-any-return,unused-ignore]
