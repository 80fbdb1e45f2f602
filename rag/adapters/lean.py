"""Vendors imported without what they import along and nothing here uses.

A package that tries an import and does without it where it is missing is given nothing; the time
that a question waits for imports is what this saves. Whoever wants one of these modules later may
have it. What a package may be spared is known to its own adapter.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """Modules of these names cannot be imported meanwhile, unless they already were."""
    modules: dict[str, Any] = sys.modules  # None: cannot be imported
    absent = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for name in absent:
            if modules.get(name) is None:
                modules.pop(name, None)
