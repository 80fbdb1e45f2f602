"""An OpenAI-compatible server: its address and key, a client for it, its failures in our words.

What is asked of the server (chat, embeddings) is not known here. The SDK's environment variables
are put aside: a key or header meant for one service must not reach another.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from rag.adapters.bounded_http import bound, retry_after
from rag.config import OPENAI_URL
from rag.errors import (
    BadReply,
    ConfigError,
    ModelServerError,
    ServerBusy,
    ServerRejected,
    ServerTimeout,
    ServerUnreachable,
)
from rag.text.addresses import host_of, is_this_machine

if TYPE_CHECKING:
    import openai

DOCTOR = "Check the server and the model with: citewell doctor"
LATER = "Try again in a moment, or ask for an extractive answer: --mode extractive"
_HEARD = 4000
"""Characters of a refusal that are looked at."""
_SHORTEST_LIST = 12
"""Models named to a user whose own the server does not know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingNames:
    """What a user sets to mend things, by name."""

    model: str = "CITEWELL_MODEL"
    key: str = "OPENAI_API_KEY"
    url: str = "OPENAI_BASE_URL"
    timeout: str = ""
    """Empty where it cannot be set."""


class RequestRefused(ServerRejected):
    """400 or the like: a parameter that the server does not know, or a prompt that is too long.
    `status` is HTTP's; `body` is all that the server said, which may be anything and is not
    shown."""

    def __init__(self, message: str, *, remedy: str, status: int, body: str) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.body = body


class TurnedAway(ServerBusy):
    """429 or 5xx, nothing was spent. `wait_s`: what the server asks to wait, if it says so.
    `loading`: it says that it still loads the model."""

    def __init__(
        self, message: str, *, remedy: str, wait_s: float | None, loading: bool = False
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.wait_s = wait_s
        self.loading = loading


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where a model is served. `base_url` None is OpenAI's public service, which wants a key;
    local servers get a dummy. Raises ConfigError for settings that cannot work."""

    model: str
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    connect_s: float = 5.0
    read_s: float = 60.0
    settings: SettingNames = SettingNames()
    later: str = LATER
    """What a user may do about a failure that passes."""

    def __post_init__(self) -> None:
        if not self.key and self.base_url is None:
            raise ConfigError(
                "OpenAI's service wants a key.",
                remedy=f"Set {self.settings.key}, or {self.settings.url} for a server of your own.",
            )
        if not self.key.isascii() or any(c.isspace() or not c.isprintable() for c in self.key):
            raise ConfigError(
                "The API key holds characters that no key has.",
                remedy=f"Copy the key into {self.settings.key} again, without quotes or spaces.",
            )
        if not self.host:
            raise ConfigError(
                f"{self.settings.url} is no web address.",
                remedy="For Ollama it is http://localhost:11434/v1",
            )

    @property
    def key(self) -> str:
        return (self.api_key or "").strip()

    @property
    def url(self) -> str:
        return (self.base_url or OPENAI_URL).strip().rstrip("/")

    @property
    def host(self) -> str:
        """Host and port, without a password; empty for what is no address."""
        return host_of(self.url)

    @property
    def start(self) -> str:
        return f"Start the server, or set {self.settings.url} to its address. {DOCTOR}"

    @contextmanager
    def client(self, *, deadline: float | None = None) -> Iterator[openai.OpenAI]:
        """A client without retries, closed at the end. What it raises becomes ModelServerError.

        `deadline` (time.monotonic) is the end of whatever is asked of it; None gives it the time
        to connect and twice `read_s`."""
        import httpx
        import openai

        began = time.monotonic()
        until = began + self.connect_s + 2 * self.read_s if deadline is None else deadline

        # A proxy of the environment is the way to other machines, never to this one.
        # No redirects: key and question go where the user said and nowhere else.
        timeout = httpx.Timeout(self.read_s, connect=self.connect_s)
        try:
            made = httpx.Client(timeout=timeout, trust_env=not is_this_machine(self.url))
        except (ImportError, ValueError, OSError):  # said without the address of a proxy: it may
            raise ServerUnreachable(  # hold a password
                f"{self.host} cannot be asked: a proxy or a file of certificates that the"
                " environment names cannot be used.",
                remedy="Check ALL_PROXY, HTTPS_PROXY, HTTP_PROXY, SSL_CERT_FILE and SSL_CERT_DIR;"
                " proxies can be of the kinds http://, https:// and socks5://.",
            ) from None
        with made as http:
            bound(
                http,
                deadline=until,
                late=lambda: self._late(time.monotonic() - began),
                much=lambda: self.broken("sent far more than any reply holds, or compressed it"),
            )
            try:
                client = openai.OpenAI(
                    api_key=self.key or "none",
                    base_url=self.url,
                    http_client=http,
                    timeout=timeout,
                    max_retries=0,
                )
                # OPENAI_ORG_ID, _PROJECT_ID, _ADMIN_KEY and _CUSTOM_HEADERS: the SDK has no
                # argument that keeps them out.
                client.organization = client.project = client.admin_api_key = None
                client._custom_headers = {}
                yield client
            except (
                openai.OpenAIError,
                httpx.HTTPError,
                httpx.StreamError,
                httpx.InvalidURL,
                OSError,
                ValueError,
                RecursionError,
            ) as error:
                # `from None`: a vendor's error holds the request, and that holds the key.
                raise self._translated(error) from None

    def broken(self, what: str) -> BadReply:
        return BadReply(f"{self.host} {what}.", remedy=f"{self.later}. {DOCTOR}")

    def _late(self, seconds: float) -> ServerTimeout:
        return ServerTimeout(
            f"{self.host} was still at it after {seconds:.0f} s.",
            remedy=f"{self._wait_longer}; a faster model ({self.settings.model}) answers sooner.",
        )

    @property
    def _wait_longer(self) -> str:
        raise_it = f", or raise {self.settings.timeout} (seconds)" if self.settings.timeout else ""
        return f"{self.later}{raise_it}"

    def models(self) -> list[str]:
        """What the server says it serves; empty where it does not say."""
        try:
            with replace(self, read_s=min(self.read_s, 3.0)).client() as client:
                reply = client.get("/models", cast_to=object)
        except ModelServerError:
            return []
        listed = reply.get("data") if isinstance(reply, dict) else None
        names = [item.get("id") for item in listed or () if isinstance(item, dict)]
        return [name for name in names if isinstance(name, str) and name.isprintable()]

    def said(self, body: object) -> str:
        """The words in an error body, on one line, short, and without the key."""
        message = _words(body)
        if self.key:
            message = message.replace(self.key, "…")
        message = " ".join(message.split())
        return message if len(message) <= 200 else message[:200] + " …"

    def _translated(self, error: Exception) -> ModelServerError:
        import httpx
        import openai

        if isinstance(error, openai.APIStatusError):
            return self._status(error)
        cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
        if isinstance(cause, ModelServerError):
            return cause
        if isinstance(cause, httpx.ConnectTimeout):
            return ServerUnreachable(
                f"{self.host} did not answer in {self.connect_s:g} s.", remedy=self.start
            )
        if isinstance(cause, httpx.TimeoutException):
            return ServerTimeout(
                f"{self.host} sent nothing for {self.read_s:g} s.",
                remedy=f"{self._wait_longer}; a smaller model ({self.settings.model}) answers"
                " sooner.",
            )
        if isinstance(cause, httpx.ConnectError | httpx.UnsupportedProtocol | httpx.ProxyError):
            return ServerUnreachable(
                f"{self.host} cannot be reached: {self.said(str(cause))}.", remedy=self.start
            )
        broke_off = isinstance(cause, httpx.HTTPError | httpx.StreamError | OSError)
        return self.broken(
            "broke off the connection" if broke_off else "sent what is no reply of a model"
        )

    def _status(self, error: openai.APIStatusError) -> ModelServerError:
        status, said = error.status_code, self.said(error.body)
        saying = f", saying “{said}”" if said else ""
        if status in (401, 403):
            # Not what the server says: it may repeat part of the key.
            return ServerRejected(
                f"{self.host} {'refused the key' if self.key else 'wants a key'} ({status}).",
                remedy=f"Set {self.settings.key} to a key for {self.host}. {DOCTOR}",
            )
        if status == 404:
            listing = error.request.url.path.endswith("/models")
            return self._unknown(saying, [] if listing else self.models())
        if status == 429 and "insufficient_quota" in str(error.body):
            return ServerRejected(
                f"The account of the key has no credit left at {self.host} (429).",
                remedy=f"Add credit, or set {self.settings.key} or {self.settings.url} to another"
                " service.",
            )
        if status in (408, 409, 425, 429) or status >= 500:
            wait_s = retry_after(error.response.headers.get("retry-after"))
            asks = f" and asks to wait {wait_s:.0f} s" if wait_s else ""
            return TurnedAway(
                f"{self.host} is busy or failing ({status}){asks}{saying}.",
                remedy=self.later,
                wait_s=wait_s,
                loading=status == 503 and "load" in str(error.body).casefold(),
            )
        if 300 <= status < 400:
            return ServerRejected(
                f"{self.host} sends the request on to another address ({status}).",
                remedy=f"Set {self.settings.url} to the final address, with https where it wants"
                " that.",
            )
        return RequestRefused(
            f"{self.host} refused the request ({status}){saying}.",
            remedy=f"If it is too long, lower CITEWELL_MAX_PROMPT_TOKENS. {DOCTOR}",
            status=status,
            body=str(error.body)[:_HEARD],
        )

    def _unknown(self, saying: str, known: Sequence[str]) -> ServerRejected:
        """No such model, or no such address: `known`, what the server lists, tells which."""
        names = self.settings
        what = f"no model {self.model!r}" if self.model else "nothing of the kind"
        if not known or self.model in known:
            remedy = (
                f"Set {names.model} to a model it has; {names.url} mostly ends in /v1. {DOCTOR}"
            )
        else:
            alike = SequenceMatcher(b=self.model)

            def likeness(name: str) -> float:
                alike.set_seq1(name)
                return alike.ratio()

            known = sorted(known, key=likeness, reverse=True)
            shown = ", ".join(known[:_SHORTEST_LIST])
            more = len(known) - _SHORTEST_LIST
            remedy = f"Set {names.model} to one that it has: {shown}"
            remedy += f" and {more:,} more." if more > 0 else "."
        return ServerRejected(
            f"{self.host} has {what} at this address (404){saying}.",
            remedy=remedy,
        )


def _words(body: object) -> str:
    """The message in `{"error": {"message": …}}`, with or without the wrapping, or a bare text."""
    for name in ("error", "message"):
        if isinstance(body, Mapping):
            mapping: Mapping[str, Any] = body
            body = mapping.get(name, body)
    return body if isinstance(body, str) and "<html" not in body.casefold() else ""
