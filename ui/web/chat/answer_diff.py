"""Whether an answer is as old as its corpus, and what another one to the same question changed, as
the page tells it. What changes there are is known to `rag.answer.diff`.
"""

from __future__ import annotations

from collections.abc import Mapping

from rag.answer import diff, fingerprint
from rag.errors import CitewellError
from rag.records import Answer
from rag.storage.index_manager import IndexManager


def told(before: Answer, after: Answer, titles: Mapping[str, str]) -> tuple[str, ...]:
    """What came of a changed corpus, in sentences; none where it is the same."""
    found = diff.changes(before, after, titles=titles)
    return tuple(diff.told(found)) if found.corpus else ()


def is_stale(answer: Answer, corpus: str) -> bool:
    """Whether the corpus is another one by now; not where either is unknown."""
    made = fingerprint.read(answer.fingerprint)
    return made is not None and bool(corpus) and made.corpus != corpus


def current(index_manager: IndexManager) -> str:
    """The digits of the corpus as it is; empty where they cannot be told."""
    try:
        return index_manager.catalog.manifest.get("corpus_hash", "")[:8]
    except CitewellError:  # told where it matters: by the next answer
        return ""
