"""File names that every file system takes."""

from __future__ import annotations

import re
import unicodedata

from rag.text.patterns import lazy

_MOST_BYTES = 100
_RESERVED = lazy(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Windows' devices, whatever the extension."""


def filename(title: str, extension: str) -> str:
    """`which-papers-mitigate-entropy-collapse.md`: letters, digits and hyphens of any script."""
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", title)).strip("-")
    kept = words.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore")
    if len(kept) < len(words):
        kept = kept.rpartition("-")[0] or kept
    if not kept or _RESERVED.fullmatch(kept):
        kept = f"citewell-{kept}".strip("-")
    return f"{kept}.{extension}"
