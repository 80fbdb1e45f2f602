"""Zotero on this machine, over HTTP: its local API, which reads, and its connector's door, which
saves.

The local API (`/api/`) is the Web API v3, read-only in Zotero 7 to 9. Items are saved as the
browser's connector does it (`/connector/saveItems`), into whatever collection is selected in
Zotero. Every exchange ends, in time and in bytes, and no redirect is followed.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from rag.adapters.bounded_http import bound
from rag.errors import ConfigError, ZoteroError
from rag.text.addresses import host_of, is_this_machine

if TYPE_CHECKING:
    import httpx

URL = "http://localhost:23119"
MY_LIBRARY = "users/0"
PAGE = 100
_START = (
    "Start Zotero (7 or newer) and switch on “Allow other applications on this computer to"
    " communicate with Zotero” in its settings, under Advanced."
)
_ODD = "Make sure that it is Zotero that listens there, and that it is up to date."
_HEADERS = {
    "User-Agent": "citewell",
    "Zotero-API-Version": "3",
    "X-Zotero-Connector-API-Version": "3",
}
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`items` as the API has them; `total`: how many there are in all; `version`: of the library,
    0 where it was never synced."""

    items: list[dict[str, Any]]
    total: int
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where saved items go: the `name` of what is selected, and whether that is in My Library."""

    name: str
    library: str
    is_mine: bool
    can_save: bool


class Zotero:
    """`url` as Zotero's settings have it, without `/api`. Times are in seconds. All methods raise
    ZoteroError; raises ConfigError for an address that is none."""

    def __init__(self, url: str = URL, *, connect_s: float = 5.0, read_s: float = 60.0) -> None:
        self.url = url.strip().rstrip("/").removesuffix("/api")
        self.host = host_of(self.url)
        if not self.host or urlsplit(self.url).path:
            raise ConfigError(
                f"{url!r} is no address of Zotero's.", remedy=f"It looks like {URL}, the default."
            )
        self.is_here = is_this_machine(self.url)
        self._connect_s, self._read_s = connect_s, read_s

    def collections(self, library: str) -> dict[str, str]:
        """Names by key."""
        found = {}
        for page in self.pages(f"{library}/collections", []):
            for one in page.items:
                data = one.get("data")
                found[str(one.get("key"))] = str(data.get("name")) if isinstance(data, dict) else ""
        return found

    def pages(self, path: str, query: Query, *, unless: int = 0) -> Iterator[Page]:
        """Page by page, as the Link header leads. `unless`: no page where the library's version is
        still that."""
        headers = {"If-Modified-Since-Version": str(unless)} if unless else {}
        asked = [*query, ("limit", str(PAGE))]
        seen = {tuple(asked)}
        while asked:
            response = self._exchange("GET", f"/api/{path}", asked, headers=headers)
            if response.status_code == 304:
                return
            if response.status_code != 200:
                raise self._refused(response)
            yield _page(self._json(response), response.headers, self._odd)
            # Its query alone: nothing is asked of a host that a reply names.
            following = response.links.get("next", {}).get("url", "")
            asked = parse_qsl(urlsplit(following).query, keep_blank_values=True)
            if tuple(asked) in seen:
                raise self._odd("leads from a page of items back to one before")
            seen.add(tuple(asked))

    def target(self) -> Target:
        response = self._exchange("POST", "/connector/getSelectedCollection", body={})
        if response.status_code != 200:
            raise self._refused(response)
        told = self._json(response)
        if not isinstance(told, dict) or "libraryID" not in told:
            raise self._odd("does not say which collection is selected")
        return Target(
            name=str(told.get("name") or told.get("libraryName") or "My Library"),
            library=str(told.get("libraryName") or "My Library"),
            is_mine=told["libraryID"] == 1,  # what Zotero calls My Library in every database
            can_save=told.get("libraryEditable") is not False,
        )

    def save(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Items as Zotero's translators have them, into the selected collection."""
        body = {"sessionID": secrets.token_hex(8), "items": items}
        response = self._exchange("POST", "/connector/saveItems", body=body)
        if response.status_code not in (200, 201):
            raise self._refused(response)

    def _exchange(
        self,
        method: str,
        path: str,
        query: Query = (),
        *,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> httpx.Response:
        import httpx

        until = time.monotonic() + self._connect_s + 2 * self._read_s
        timeout = httpx.Timeout(self._read_s, connect=self._connect_s)
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        sent = {**_HEADERS, **(headers or {})}
        if content is not None:
            sent["Content-Type"] = "application/json"
        try:
            # A proxy of the environment is the way to other machines, never to this one.
            with httpx.Client(timeout=timeout, trust_env=not self.is_here) as http:
                bound(
                    http, deadline=until, late=self._late, much=lambda: self._odd("sends too much")
                )
                return http.request(
                    method, self.url + path, params=list(query), headers=sent, content=content
                )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ZoteroError(f"Zotero does not answer at {self.host}.", remedy=_START) from error
        except httpx.TimeoutException as error:
            raise self._late() from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise self._odd("breaks off the connection") from error

    def _refused(self, response: httpx.Response) -> ZoteroError:
        status, path = response.status_code, response.request.url.path
        if status == 403:
            return ZoteroError(f"Zotero at {self.host} does not let programs read.", remedy=_START)
        if status == 404 and "/groups/" in path:
            return ZoteroError(
                f"Zotero at {self.host} has no such group.",
                remedy="The number of a group stands in its address on zotero.org.",
            )
        if status in (404, 501):
            return ZoteroError(
                f"Zotero at {self.host} has no local API of version 3 ({status}).", remedy=_START
            )
        if path.startswith("/connector/"):
            return ZoteroError(
                f"Zotero at {self.host} did not save ({status}){_said(response)}.",
                remedy="Select My Library or a collection in it in Zotero, then do it again.",
            )
        return self._odd(f"answers {status}{_said(response)}")

    def _json(self, response: httpx.Response) -> Any:
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise self._odd("sends what is no JSON") from error

    def _odd(self, what: str) -> ZoteroError:
        return ZoteroError(f"What answers at {self.host} {what}.", remedy=_ODD)

    def _late(self) -> ZoteroError:
        return ZoteroError(
            f"Zotero at {self.host} did not finish its answer in time.",
            remedy="Try again when it is less busy (a sync, or a window that asks something).",
        )


def _page(told: Any, headers: Mapping[str, str], odd: Any) -> Page:
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise odd("sends no list of items")
    total, version = headers.get("Total-Results", ""), headers.get("Last-Modified-Version", "")
    return Page(
        items=told,
        total=int(total) if total.isdecimal() else len(told),
        version=int(version) if version.isdecimal() else 0,
    )


def _said(response: httpx.Response) -> str:
    """Words of an error, short and in one line."""
    words = " ".join(response.text[:500].split())
    return f", saying “{words[:200]}”" if words and words.isprintable() else ""
