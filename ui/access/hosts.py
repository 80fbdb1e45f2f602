"""Under which names this server is reached: its own, and those that are allowed by a setting.

A web page of somebody else's can make its name lead to this machine (DNS rebinding), and then read
what the browser gets. Its requests still carry that name as their host, so they are refused.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import Scope

from rag.errors import ConfigError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
VARIABLE = "CITEWELL_ALLOWED_HOSTS"
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)(?:%[\w.-]+)?\]|([\w.-]+))(?::(\d{1,5}))?", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://(.+)")


class Hosts:
    """The names that count where the server listens on `bound`. `allowed`: more of them, each a
    name or an address, with a port where that is not 80 or 443 and pages of it are to be let in.

    Beyond loopback these are the machine's host name as well, and whichever of its addresses a
    request came in at. Raises ConfigError for what is no name."""

    def __init__(self, bound: str = LOOPBACK[0], allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(_entry(text) for text in allowed)
        self._names = {*LOOPBACK, *(_name(entry) for entry in self._allowed)}
        self.is_loopback = is_loopback(bound)
        if not self.is_loopback:
            own = socket.gethostname().lower()
            self._names |= {own, f"{own}.local", socket.getfqdn().lower()}
            if not is_any(bound):
                self._names.add(bound.lower())

    def refusal(self, scope: Scope) -> str:
        """Why a request (an ASGI scope) is refused for the name that it asks for; empty where it
        is not."""
        host = Headers(scope=scope).get("host", "").lower()
        name = _name(host)
        if name and (name in self._names or self._came_in_at(name, scope)):
            return ""
        if not name:
            return "The request does not say which host it is for (or not readably)."
        return (
            f"This server is not known as {name}. If it should be, start it with"
            f" --allowed-host {name}, or set {VARIABLE}={name}."
        )

    def is_own_origin(self, scope: Scope) -> bool:
        """Whether the page that sent a request is one of this server: of the host that is asked,
        or of one that the setting names. A proxy may speak another protocol, so that is not
        compared."""
        headers = Headers(scope=scope)
        found = _ORIGIN.fullmatch(headers.get("origin", "").lower())
        if found is None:
            return False
        return found[1] == headers.get("host", "").lower() or found[1] in self._allowed

    def _came_in_at(self, name: str, scope: Scope) -> bool:
        if self.is_loopback:
            return False
        address = _address(name)
        return address is not None and address == _address(str((scope.get("server") or ("",))[0]))


def is_loopback(host: str) -> bool:
    address = _address(host)
    return host.lower() == "localhost" or bool(address and address.is_loopback)


def is_any(host: str) -> bool:
    """Whether to listen on it means to listen on all addresses."""
    address = _address(host)
    return not host or bool(address and address.is_unspecified)


def _entry(text: str) -> str:
    entry = text.strip().lower()
    if _address(entry) is not None and ":" in entry:
        entry = f"[{entry}]"
    if not _name(entry):
        raise ConfigError(
            f"{text!r} is no name of a host.",
            remedy="Name it without http:// and without a path: --allowed-host papers.example.org",
        )
    return entry


def _name(host: str) -> str:
    """What a Host header names, without its port; empty where it cannot be read."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).rstrip(".") if found else ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
