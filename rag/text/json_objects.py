"""JSON in what a model writes: whatever stands around it, and also where its end is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_DECODER = json.JSONDecoder(
    object_pairs_hook=lambda pairs: {name.strip().casefold(): value for name, value in pairs}
)


def objects(text: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects in `text`, from left to right. Of one that is cut, those inside it that are
    whole. Names of fields are in lower case, without space around them."""
    text = text.rpartition("</think>")[2]
    end = 0
    for match in re.finditer(r"\{", text):
        if match.start() < end:
            continue
        try:
            found, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        yield found
