"""Commands as they are run in a terminal, and what they print."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., tuple[int, str, str]]


def loaded(run: Run, *arguments: object) -> Any:
    code, out, err = run(*arguments)
    assert code == 0, err
    return json.loads(out)
