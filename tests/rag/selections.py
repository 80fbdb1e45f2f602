"""What `select` puts forward on rankings of the bundled corpus, for the tests of selections."""

from __future__ import annotations

from collections.abc import Callable

from rag.question.schema import ParsedQuestion
from rag.records import Selection

Ask = Callable[..., tuple[ParsedQuestion, Selection]]
FollowUp = Callable[..., Selection]


def titles(selection: Selection) -> list[str]:
    return [paper.title for paper in selection.papers]


def said(selection: Selection) -> str:
    return " ".join(item.quote for item in selection.evidence)
