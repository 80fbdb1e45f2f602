"""Passwords: argon2id, with the parameters of its library. A hash takes a fraction of a second and
64 MiB on purpose; it is made in a thread, few at a time (`login.py`)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rag.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 10, 1000
"""Characters of a password."""


def checked(password: str) -> str:
    """Raises UsageError for one that is too short or too long."""
    if not LEAST <= len(password) <= MOST:
        raise UsageError(
            f"A password has {LEAST} characters at least, and {MOST:,} at most.",
            remedy="Take four or five words that do not belong together.",
        )
    return password


def hashed(password: str) -> str:
    return _hasher().hash(checked(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password of a hash. Takes as long without one (`kept` is None)."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobodys(), password[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("the password of nobody")
