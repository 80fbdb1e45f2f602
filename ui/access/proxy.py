"""What proxies in front tell: the visitor's address, whether the connection is encrypted, and,
where it is asked for, who has logged in there. Believed from addresses that are trusted alone."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from rag.errors import ConfigError

TRUSTED = ("127.0.0.0/8", "::1/128")
_PEER = "citewell.peer"


class Proxies:
    """`trusted`: addresses and networks, as 192.0.2.0/24. `header`: the one that names who has
    logged in; None for none. Raises ConfigError for what is neither."""

    def __init__(self, trusted: Iterable[str] = (), header: str | None = None) -> None:
        self.networks = [_network(text) for text in (*trusted,)] or [_network(t) for t in TRUSTED]
        if header is not None and not re.fullmatch(r"[A-Za-z0-9-]{1,64}", header):
            raise ConfigError(
                f"{header!r} is no name of a header.",
                remedy="For example: --trust-proxy-header X-Forwarded-User",
            )
        self._header = header and header.lower().encode()

    @property
    def names_people(self) -> bool:
        return self._header is not None

    def person(self, scope: Scope) -> str:
        """Who has logged in at the proxy; empty for nobody, and where it is not to be believed."""
        if self._header is None or not self._trusts(scope.get(_PEER, "")):
            return ""
        found = [value for name, value in scope["headers"] if name == self._header]
        # Two of them: the proxy has added its own behind one of the visitor's.
        return found[0].decode("utf-8", "replace").strip() if len(found) == 1 else ""

    def _trusts(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.networks)


class Forwarded:
    """Wraps `app`: notes who is at the other end, and lets a trusted proxy say for whom it asks."""

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._inner = app
        trusted = [str(network) for network in proxies.networks]
        self._app = ProxyHeadersMiddleware(app, trusted_hosts=trusted)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _PEER in scope:  # within another of these, and the other end is no peer any more
            await self._inner(scope, receive, send)
            return
        scope = {**scope, _PEER: (scope.get("client") or ("",))[0]}
        await self._app(scope, receive, send)  # type: ignore[arg-type]


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise ConfigError(
            f"{text!r} is no address and no network.",
            remedy="For example: --trusted-proxy 192.0.2.5, or 192.0.2.0/24",
        ) from error
