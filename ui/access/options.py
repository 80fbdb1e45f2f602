"""Options of the commands that serve: `citewell ui` and `citewell serve`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

import typer

AllowedHosts = Annotated[
    list[str] | None,
    typer.Option(
        "--allowed-host",
        help="Another name under which it is reached, such as that of a proxy; may be repeated"
        " (or CITEWELL_ALLOWED_HOSTS, with commas).",
        envvar="CITEWELL_ALLOWED_HOSTS",
        show_default=False,
        show_envvar=False,
    ),
]


def listed(texts: Iterable[str]) -> list[str]:
    """The names in texts in which commas or spaces may stand between several."""
    return [name for text in texts for name in re.split(r"[,\s]+", text) if name]
