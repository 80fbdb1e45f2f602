"""A corpus as a retriever of LangChain, with the extra `citewell[langchain]`.

    from citewell import Corpus
    from citewell.langchain import CitewellRetriever

    retriever = CitewellRetriever(corpus=Corpus.open(), k=10)
    chain = retriever | my_prompt | my_llm

LangChain brings LangSmith, which sends runs to a server where the environment asks for it
(`LANGSMITH_TRACING=true`), and only there. Nothing here switches it on.
"""

from __future__ import annotations

from typing import Any

from citewell.corpus import Corpus
from citewell.passages import Passage, found
from rag.errors import ExtraMissing
from rag.filters import Filters

try:
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as error:
    raise ExtraMissing("citewell.langchain", package="langchain-core", extra="langchain") from error

__all__ = ["CitewellRetriever"]


class CitewellRetriever(BaseRetriever):  # type: ignore[misc] # seen as untyped
    """The `k` best papers of `corpus`, best first, ranked as `Corpus.search` ranks them, for
    `invoke`, `ainvoke` and their like.

    A document is a whole abstract or, with `passages`, the passage of it that suits the question
    best. Its metadata: `title`, `citekey`, `published`, `paper_id`, `url`, `start` and `end`
    (characters of the abstract), `score` (absolute and no probability). Its id begins with that of
    the paper. Raises CitewellError as `Corpus.search`."""

    corpus: Corpus
    k: int = 10
    passages: bool = False
    filters: Filters | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        """What `ainvoke` runs as well, in a thread."""
        return [
            _document(passage)
            for passage in found(
                self.corpus, query, k=self.k, passages=self.passages, filters=self.filters
            )
        ]


def _document(passage: Passage) -> Document:
    return Document(
        id=passage.name,
        page_content=passage.text,
        metadata={**passage.metadata, "score": passage.score},
    )
