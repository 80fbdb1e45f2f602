"""Passages of papers, as frameworks for retrieval take them. No framework is known here."""

from __future__ import annotations

from dataclasses import dataclass

from citewell.corpus import Corpus
from rag.export import address
from rag.filters import Filters
from rag.records import Answer, Paper


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Characters `start` to `end` of a paper's abstract. `score`: of a search, absolute and no
    probability; `n`: the number of the citation that quotes it."""

    paper: Paper
    start: int
    end: int
    score: float | None = None
    n: int | None = None

    @property
    def name(self) -> str:
        """The same for the same passage, whoever finds it."""
        return f"{self.paper.paper_id}:{self.start}-{self.end}"

    @property
    def text(self) -> str:
        return self.paper.abstract[self.start : self.end]

    @property
    def metadata(self) -> dict[str, str | int]:
        """What is known of it, without the score; what is not known is empty."""
        return {
            "title": self.paper.title,
            "citekey": self.paper.citekey,
            "published": self.paper.published or "",
            "paper_id": self.paper.paper_id,
            "url": address(self.paper) or "",
            "start": self.start,
            "end": self.end,
            **({} if self.n is None else {"n": self.n}),
        }


def found(
    corpus: Corpus, question: str, *, k: int, passages: bool, filters: Filters | None
) -> list[Passage]:
    """The `k` best papers, best first: whole abstracts or, with `passages`, the best passage of
    each. Raises CitewellError as `Corpus.search`."""
    hits = corpus.search(question, k=k, filters=filters).hits
    return [
        Passage(
            paper=hit.paper,
            start=hit.start if passages else 0,
            end=hit.end if passages else len(hit.paper.abstract),
            score=hit.score,
        )
        for hit in hits
    ]


def quoted(corpus: Corpus, answer: Answer) -> list[Passage]:
    """The quotes of `answer` in the order of their numbers."""
    papers = {p.paper_id: p for p in corpus.papers({c.paper_id for c in answer.citations})}
    return [
        Passage(paper=papers[c.paper_id], start=c.start, end=c.end, n=c.n) for c in answer.citations
    ]
