"""How often a password may be tried: some times at once, then after growing waits. Counted for each
name and for each address, in memory."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FORGOTTEN = 3600.0
"""Seconds after the last attempt when nothing is remembered of it."""
_HELD = 20_000


@dataclass(slots=True)
class _Tried:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Attempts:
    """`free` failures cost nothing; behind them 1, 2, 4, … seconds, at most `most`. `clock` gives
    seconds. Thread-safe."""

    def __init__(
        self, *, free: int, most: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._free = free
        self._most = most
        self._clock = clock
        self._tried: OrderedDict[str, _Tried] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str) -> float:
        """Seconds that have to go by before the next attempt."""
        with self._lock:
            found = self._tried.get(key)
            return max(0.0, found.until - self._clock()) if found else 0.0

    def count(self, key: str) -> None:
        """An attempt, which counts as a failure until it is `forgiven`: others may be under way."""
        with self._lock:
            now = self._clock()
            found = self._tried.pop(key, None)
            if found is None or now - found.last > FORGOTTEN:
                found = _Tried()
            found.count, found.last = found.count + 1, now
            if found.count >= self._free:
                found.until = now + min(2.0 ** min(found.count - self._free, 30), self._most)
            self._tried[key] = found
            while len(self._tried) > _HELD:
                self._tried.popitem(last=False)

    def forgiven(self, key: str, *, wholly: bool) -> None:
        """The last attempt was right: it counts no more, and with `wholly` nor do those before."""
        with self._lock:
            if found := self._tried.get(key):
                found.count, found.until = (0 if wholly else max(0, found.count - 1)), 0.0


class LoginAttempts:
    """Those of a name wait a minute at most, so that nobody is locked out by others; those of an
    address, behind which a group may be, begin to wait later and wait longer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._names = Attempts(free=5, most=60.0, clock=clock)
        self._addresses = Attempts(free=20, most=900.0, clock=clock)
        self._lock = threading.Lock()

    def begin(self, name: str, address: str) -> float:
        """Seconds to wait; 0 where the attempt may be made, which is counted then."""
        network = _network(address)
        with self._lock:
            if wait := max(self._names.wait(name), self._addresses.wait(network)):
                return wait
            self._names.count(name)
            self._addresses.count(network)
        return 0.0

    def succeeded(self, name: str, address: str) -> None:
        self._names.forgiven(name, wholly=True)
        # Or somebody with an account could try the names of others without end.
        self._addresses.forgiven(_network(address), wholly=False)


def _network(address: str) -> str:
    """Of IPv6 the half that a visitor is given; the other half can be changed at will."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
