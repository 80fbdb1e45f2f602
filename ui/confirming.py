"""Whether somebody at the terminal agrees to what cannot be taken back."""

from __future__ import annotations

import typer

from rag.errors import UsageError


def agreed(question: str, *, otherwise: str) -> bool:
    """Raises UsageError, with the remedy `otherwise`, where nobody answers."""
    try:
        return typer.confirm(question, err=True)
    except typer.Abort as error:
        raise UsageError(
            f"{question} Nobody has answered, so nothing is removed.", remedy=otherwise
        ) from error
