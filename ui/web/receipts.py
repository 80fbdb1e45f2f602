"""Whether an answer is as old as its corpus, and what another one to the same question changed.

The corpus of an answer is known by its fingerprint (`rag/fingerprint.py`); what papers are is not
known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.errors import CitewellError
from rag.indexes import Shelf
from rag.records import Answer

_PARTS = 3  # mode, corpus, settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """Ids of papers that the later answer puts forward or cites and the earlier does not, and the
    other way round, each in the order of its answer."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


def changes(before: Answer, after: Answer) -> Changes:
    old, new = _named(before), _named(after)
    return Changes(
        new=tuple(paper for paper in new if paper not in old),
        gone=tuple(paper for paper in old if paper not in new),
    )


def told(before: Answer, after: Answer, titles: Mapping[str, str]) -> tuple[str, ...]:
    """What came of a changed corpus, in sentences; none where it is the same."""
    if corpus_of(before) == corpus_of(after):
        return ()
    found = changes(before, after)
    lines = [
        f"{what}: {'; '.join(titles.get(paper, paper) for paper in papers)}."
        for what, papers in (
            ("New since the answer before", found.new),
            ("No longer here", found.gone),
        )
        if papers
    ]
    return tuple(lines) or ("The corpus has changed, the papers of this answer have not.",)


def corpus_of(answer: Answer) -> str:
    """The corpus's digits in the answer's fingerprint; empty where it has none."""
    parts = answer.fingerprint.split("-")
    return parts[1] if len(parts) == _PARTS else ""


def is_stale(answer: Answer, corpus: str) -> bool:
    """Whether the corpus is another one by now; not where either is unknown."""
    known = corpus_of(answer)
    return bool(known and corpus) and known != corpus


def current(shelf: Shelf) -> str:
    """The digits of the corpus as it is; empty where they cannot be told."""
    try:
        return shelf.catalog.manifest.get("corpus_hash", "")[:8]
    except CitewellError:  # told where it matters: by the next answer
        return ""


def _named(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*answer.papers, *(c.paper_id for c in answer.citations))))
