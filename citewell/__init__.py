"""Citewell in Python: a corpus of paper abstracts, asked for answers with checked citations.

    from citewell import Corpus

    with Corpus.open() as corpus:
        print(corpus.ask("which papers mitigate entropy collapse in RLVR?").text)

All that is public stands in `__all__`, and is explained in docs/python.md together with what stays
the same from version to version. Whatever else can be imported from `rag`, `ingest`, `ui` and
`eval` may change at any time.
"""

from citewell.async_corpus import AsyncConversation, AsyncCorpus
from citewell.corpus import Conversation, Corpus
from citewell.records_as_json import as_dict
from rag.assistant import SearchResult
from rag.errors import (
    BadInput,
    CatalogError,
    CitewellError,
    ConfigError,
    ModelServerError,
    UnknownPaper,
    UsageError,
)
from rag.events import (
    Event,
    Fallback,
    Finished,
    Progress,
    Retrieved,
    Selected,
    TextDelta,
    Understood,
)
from rag.filters import Filters
from rag.records import (
    Agreement,
    Answer,
    Citation,
    Hit,
    Paper,
    PaperStance,
    Sentence,
    Source,
    Span,
    Turn,
    Usage,
)
from rag.table.records import Cell, Column, Table

__all__ = [
    "Agreement",
    "Answer",
    "AsyncConversation",
    "AsyncCorpus",
    "BadInput",
    "CatalogError",
    "Cell",
    "Citation",
    "CitewellError",
    "Column",
    "ConfigError",
    "Conversation",
    "Corpus",
    "Event",
    "Fallback",
    "Filters",
    "Finished",
    "Hit",
    "ModelServerError",
    "Paper",
    "PaperStance",
    "Progress",
    "Retrieved",
    "SearchResult",
    "Selected",
    "Sentence",
    "Source",
    "Span",
    "Table",
    "TextDelta",
    "Turn",
    "Understood",
    "UnknownPaper",
    "Usage",
    "UsageError",
    "as_dict",
]
