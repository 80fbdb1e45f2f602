"""Who sends a request: noted on it by the checks in front of a door, read by whatever is behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rag.errors import NotAllowed

Role = Literal["admin", "member"]
_NOTED = "citewell.person"
VISITOR = "citewell_visitor"
"""The cookie by which a browser is known again where nobody logs in: a secret, and nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """`name`: empty where nobody logs in. `owner`: the secret under whose digest things are kept;
    None where nothing can be. `is_admin`: may add papers, change settings and start runs.
    `is_here`: nobody logs in, and only this machine reaches the page."""

    name: str = ""
    owner: str | None = None
    is_admin: bool = False
    is_here: bool = False

    def why_not(self, otherwise: str) -> str:
        """Why what is for admins is refused: for somebody who has logged in, else `otherwise`."""
        if not self.name:
            return otherwise
        return f"This is for admins, and {self.name} is none. Ask whoever runs this server."

    def require_admin(self, otherwise: str) -> None:
        """Raises NotAllowed, with words as `why_not`."""
        if not self.is_admin:
            raise NotAllowed(self.why_not(otherwise))


def visitor(cookies: Mapping[str, str]) -> str | None:
    """The browser's secret. The guard gives it one with the page; without, nothing can be kept."""
    value = cookies.get(VISITOR)
    return value if isinstance(value, str) and len(value) >= 16 else None


def noted(scope: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """The request (an ASGI scope) with who sends it."""
    return {**scope, _NOTED: person}


def is_noted(scope: Mapping[str, Any]) -> bool:
    """Whether a door before has noted who sends it."""
    return _NOTED in scope


def of(request: Any) -> Person:
    """Whose request it is (of starlette). Raises KeyError for one that passed no check, which is
    never answered."""
    return noted_on(request.scope)


def noted_on(scope: Mapping[str, Any]) -> Person:
    """The same of an ASGI scope."""
    found: Person = scope[_NOTED]
    return found
