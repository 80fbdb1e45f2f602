"""Whether a door may be opened on an address: beyond this machine, only where somebody has said who
may come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UsageError
from ui.access.entry import AGE_DAYS, IDLE_HOURS, Access
from ui.access.hosts import Hosts
from ui.access.proxy import Proxies

OPEN = "Everyone who can reach {host} can ask here: --no-auth lets everybody in."
_ADD = "Add somebody: citewell user add NAME --admin"
_OTHERWISE = "with a login in front, name its header: --trust-proxy-header X-Forwarded-User"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """As options say them. `proxy_header`: names who has logged in at a proxy, believed from
    `trusted_proxies` (none: those of this machine). `no_auth`: let everybody in. Sessions end after
    `idle_hours` without use, and after `age_days`."""

    allowed_hosts: Sequence[str] = ()
    proxy_header: str | None = None
    trusted_proxies: Sequence[str] = ()
    no_auth: bool = False
    idle_hours: int = IDLE_HOURS
    age_days: int = AGE_DAYS


def opened(
    folder: Path, host: str, rules: Rules, *, token: str | None = None, for_programs: bool = False
) -> tuple[Hosts, Access]:
    """What to check names and persons with. Raises UsageError where others could come in and nobody
    has said who, and for options that cannot be together."""
    if rules.no_auth and rules.proxy_header:
        raise UsageError("--no-auth and --trust-proxy-header are not together: choose one.")
    if rules.no_auth and token is not None:
        raise UsageError("--no-auth and a token are not together: choose one.")
    hosts = Hosts(host, rules.allowed_hosts)
    access = Access(
        folder,
        local=hosts.is_loopback,
        is_open=rules.no_auth,
        proxies=Proxies(rules.trusted_proxies, rules.proxy_header),
        token=token,
        idle_hours=rules.idle_hours,
        age_days=rules.age_days,
    )
    if rules.no_auth or access.proxies.names_people:
        return hosts, access
    if for_programs:
        has_token = token is not None or access.has_tokens
        if not hosts.is_loopback and not has_token:
            raise UsageError(
                f"Others can reach {host}, so whoever asks there needs a token.",
                remedy="Make one: citewell token add NAME (or export"
                " CITEWELL_SERVE_TOKEN=$(openssl rand -hex 24))",
            )
        return hosts, access
    if not hosts.is_loopback and not access.has_people:
        raise UsageError(
            f"Others can reach {host}, and nobody is known who may log in.",
            remedy=f"{_ADD}. Or, {_OTHERWISE}. --no-auth lets everybody in.",
        )
    if access.has_people and not any(one.has_password for one in access.people.all()):
        raise UsageError(
            "Nobody of those who are known has a password to log in with.",
            remedy=f"Set one: citewell user password NAME. Or, {_OTHERWISE}.",
        )
    return hosts, access
