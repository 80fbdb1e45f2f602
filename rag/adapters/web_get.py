"""One GET over HTTP with an end: a time, a size, and every failure in our words.

The way out is the proxy that the environment names, never for an address of this machine.
Redirects are not followed: what is asked, and a key, go where the user said and nowhere else.
What is asked for is not known here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rag.adapters.bounded_http import bound, retry_after
from rag.errors import FetchFailed
from rag.text.addresses import host_of, is_this_machine

if TYPE_CHECKING:
    import httpx

_CONNECT_S = 15.0
_SILENT_S = 60.0
_WHOLE_S = 180.0
"""Seconds until there is a connection, in which nothing comes, and for all of a reply."""
_BUSY = (408, 409, 425, 429)
_PROXY = (
    "Check ALL_PROXY, HTTPS_PROXY and HTTP_PROXY; proxies can be of the kinds http://, https://"
    " and socks5://. Then run the same command again."
)
_AGAIN = "The same command goes on where this one ended."


def get(url: str, *, headers: Mapping[str, str], secret: str = "") -> bytes:
    """The body that a server sends for `url`, at most 64 MB. `secret`: a key, which no error
    repeats. Raises FetchFailed."""
    import httpx

    host = host_of(url)
    here = is_this_machine(url)
    timeout = httpx.Timeout(_SILENT_S, connect=_CONNECT_S)
    try:
        client = httpx.Client(timeout=timeout, trust_env=not here, headers=dict(headers))
    except (ImportError, ValueError, OSError):  # said without the proxy's address: it may hold a
        raise FetchFailed(  # password
            f"{host} cannot be asked: a proxy or a file of certificates that the environment names"
            " cannot be used.",
            remedy=f"{_PROXY} Certificates are named by SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from None
    with client as http:
        by_proxy = http._transport_for_url(httpx.URL(url)) is not http._transport
        bound(
            http,
            deadline=time.monotonic() + _WHOLE_S,
            late=lambda: FetchFailed(
                f"{host} was still at it after {_WHOLE_S:.0f} s.", remedy=_AGAIN, retries=2
            ),
            much=lambda: FetchFailed(
                f"{host} sent far more than a page of records, or compressed it.", remedy=_AGAIN
            ),
        )
        try:
            reply = http.get(url)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            # `from None`: a vendor's error holds the request, and that may hold a key.
            raise _failed(host, error, by_proxy=by_proxy) from None
        if reply.status_code == 407:
            raise _proxy(host, "wants a name and a password (407)")
        if reply.status_code != 200:
            raise _refused(host, reply, secret)
        return reply.content


def _failed(host: str, error: Exception, *, by_proxy: bool) -> FetchFailed:
    import httpx

    if isinstance(error, httpx.ProxyError):
        return _proxy(host, f"did not let it through: {_plain(error)}")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        reason = _plain(error) or f"no answer in {_CONNECT_S:.0f} s"
        if by_proxy:
            return _proxy(host, f"cannot be reached, or cannot reach it: {reason}", retries=1)
        return FetchFailed(
            f"{host} cannot be reached: {reason}.",
            remedy="Check the network; where a proxy is the way out, name it in HTTPS_PROXY. Then"
            " run the same command again.",
            retries=1,
        )
    if isinstance(error, httpx.TimeoutException):
        return FetchFailed(f"{host} sent nothing for {_SILENT_S:.0f} s.", remedy=_AGAIN, retries=2)
    return FetchFailed(f"{host} broke off the connection.", remedy=_AGAIN, retries=2)


def _proxy(host: str, what: str, *, retries: int = 0) -> FetchFailed:
    return FetchFailed(
        f"{host} is asked by way of the proxy that the environment names, and that {what}.",
        remedy=_PROXY,
        retries=retries,
    )


def _refused(host: str, reply: httpx.Response, secret: str) -> FetchFailed:
    status = reply.status_code
    said = _said(reply, secret)
    saying = f", saying “{said}”" if said else ""
    if status in _BUSY or status >= 500:
        wait_s = retry_after(reply.headers.get("retry-after"))
        asks = f" and asks to wait {wait_s:,.0f} s" if wait_s else ""
        return FetchFailed(
            f"{host} is busy or failing ({status}){asks}{saying}.",
            remedy=f"Try again later: {_AGAIN[0].lower()}{_AGAIN[1:]}",
            retries=4,
            wait_s=wait_s,
            is_refusal=status == 429,
        )
    if 300 <= status < 400:
        return FetchFailed(
            f"{host} sends the request on to another address ({status}), which is not followed.",
            remedy="Check CITEWELL_FETCH_URL, where that is set.",
        )
    if status in (401, 403):
        return FetchFailed(
            f"{host} does not allow it ({status}){saying}.",
            remedy="A service may want a key, or have shut out an address that asked too much.",
            is_refusal=True,
        )
    return FetchFailed(
        f"{host} refused what was asked ({status}){saying}.",
        remedy="Check the query, and what the service's own documentation says of queries.",
    )


def _said(reply: httpx.Response, secret: str) -> str:
    """The first words of a refusal in plain text or JSON, on one line."""
    kind = reply.headers.get("content-type", "")
    if "html" in kind or "xml" in kind:
        return ""
    text = " ".join(reply.content[:2000].decode("utf-8", "replace").split())
    text = text.replace(secret, "…") if secret else text
    return text if len(text) <= 160 else text[:160] + " …"


def _plain(error: Exception) -> str:
    """A vendor's words without the number of an operating system's error."""
    text = str(error).rpartition("] ")[2]
    return " ".join(text.split()).rstrip(".")[:160]
