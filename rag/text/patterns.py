"""Regular expressions that are compiled when they are first used.

Reading questions takes some hundreds of them, and compiling them all takes longer than answering:
a process that answers one question needs less than half. What they look for is not known here.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


_waiting: list[_Lazy] = []


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile`, put off until the first use. Raises re.error then, and not before. What it
    gives behaves as the pattern does, but is not the `re` of its matches."""
    made = _Lazy(pattern, flags)
    _waiting.append(made)
    return cast("re.Pattern[str]", made)


def compile_all() -> None:
    """Compile those that nobody has used so far, for a process that answers many questions: the
    first of them wait for none then. Raises re.error."""
    while _waiting:
        _waiting.pop().flags  # noqa: B018


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = re.compile(self.pattern, self._flags)
        # The next use finds the pattern's own methods, and costs what it always did.
        vars(self).update({method: getattr(made, method) for method in _METHODS})
        return getattr(made, name)
