"""Options of the commands that serve: `citewell ui` and `citewell serve`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.config import Config
    from ui.access.opening import Rules

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

ProxyHeader = Annotated[
    str | None,
    typer.Option(
        "--trust-proxy-header",
        help="Header by which a proxy in front names who has logged in there, such as"
        " X-Forwarded-User.",
        show_default=False,
    ),
]
TrustedProxies = Annotated[
    list[str] | None,
    typer.Option(
        "--trusted-proxy",
        help="Address or network of a proxy that is believed; may be repeated (default: this"
        " machine's own).",
        show_default=False,
    ),
]
NoAuth = Annotated[
    bool,
    typer.Option("--no-auth", help="Let everybody in who can reach it. Nobody logs in."),
]


def rules(
    config: Config,
    *,
    allowed_hosts: list[str] | None,
    proxy_header: str | None,
    trusted_proxies: list[str] | None,
    no_auth: bool,
) -> Rules:
    from ui.access.opening import Rules

    return Rules(
        allowed_hosts=listed(allowed_hosts or ()),
        proxy_header=proxy_header,
        trusted_proxies=listed(trusted_proxies or ()),
        no_auth=no_auth,
        idle_hours=config.session_idle_hours,
        age_days=config.session_days,
    )


def listed(texts: Iterable[str]) -> list[str]:
    """The names in texts in which commas or spaces may stand between several."""
    return [name for text in texts for name in re.split(r"[,\s]+", text) if name]
