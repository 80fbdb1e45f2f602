"""An HTTP client whose every exchange ends: at a point in time, and after so many bytes.

httpx's time-outs begin anew with every byte that comes, also within the status line, the headers
and the body of an error, and it holds what comes however much that is. So the bounds are put where
bytes are read. Nothing is compressed: what comes small stays small.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 64 << 20
"""Of all replies to one client: 64 vectors of 8,192 numbers are some 10 MB."""
IDENTITY = {"Accept-Encoding": "identity"}


def bound(
    http: httpx.Client,
    *,
    deadline: float,
    late: Callable[[], Exception],
    much: Callable[[], Exception],
) -> None:
    """Have a fresh `http` raise `late()` where it still reads or connects at `deadline`
    (time.monotonic), `much()` for more than `MOST_BYTES` and for a body that is compressed."""

    def check(response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise much()

    http.headers.update(IDENTITY)
    http.event_hooks = {"response": [check]}
    bounds = _Bounds(deadline, late, much)
    for transport in (http._transport, *http._mounts.values()):
        if transport is not None:
            pool: Any = transport._pool  # type: ignore[attr-defined]  # no public way to it
            pool._network_backend = _Backend(pool._network_backend, bounds)


def retry_after(header: str | None) -> float | None:
    """Seconds, from a number or an HTTP date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None


class _Bounds:
    def __init__(
        self, deadline: float, late: Callable[[], Exception], much: Callable[[], Exception]
    ) -> None:
        self._deadline, self._late, self._much = deadline, late, much
        self._left = MOST_BYTES

    def within(self, timeout: float | None) -> float:
        """Seconds that may be waited now."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._late()
        return left if timeout is None else min(timeout, left)

    def waited(self, call: Callable[..., Any], timeout: float | None, **given: Any) -> Any:
        try:
            return call(**given, timeout=self.within(timeout))
        except Exception:
            self.within(None)  # late rather than what the last time-out was called
            raise

    def took(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise self._much()


class _Backend:
    """httpcore's NetworkBackend, as far as its connections use it."""

    def __init__(self, backend: Any, bounds: _Bounds) -> None:
        self._backend, self._bounds = backend, bounds

    def connect_tcp(self, timeout: float | None = None, **given: Any) -> _Stream:
        stream = self._bounds.waited(self._backend.connect_tcp, timeout, **given)
        return _Stream(stream, self._bounds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


class _Stream:
    """httpcore's NetworkStream."""

    def __init__(self, stream: Any, bounds: _Bounds) -> None:
        self._stream, self._bounds = stream, bounds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._bounds.waited(self._stream.read, timeout, max_bytes=max_bytes)
        self._bounds.took(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._bounds.waited(self._stream.write, timeout, buffer=buffer)

    def start_tls(self, timeout: float | None = None, **given: Any) -> _Stream:
        return _Stream(self._bounds.waited(self._stream.start_tls, timeout, **given), self._bounds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
