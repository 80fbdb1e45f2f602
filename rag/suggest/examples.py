"""Examples of what can be asked of a corpus, one of each kind, for who has not asked yet.

Questions that are usually shown are kept where the corpus answers them; where it does not, another
one of the kind is made from its papers. Each is checked as those that go on from an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from rag.assistant import Assistant
from rag.records import Answer
from rag.retrieval.first_stage import Retriever
from rag.storage.generations import Indexes
from rag.suggest.asking import without_servers
from rag.suggest.candidates import is_resource, subject, terms, title_name

NOT_HERE = "Not here"
"""The kind whose question is to be declined."""
_LOOKED_AT = 60
"""Papers whose titles are looked at for the name of a method, at most."""
_NEAR = 8
"""Nearest papers among which another method is looked for."""
_TRIED = 3
"""Questions of a kind, at most, before it is left out."""
_ORDERS = ("the five most upvoted papers", "the five newest papers")


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    kind: str
    question: str


def examples(assistant: Assistant, usual: Sequence[Example]) -> tuple[Example, ...]:
    """In the order of `usual`, one of each kind or none; takes seconds. Raises what the index and
    the embedder raise."""
    found: list[Example] = []
    if (quiet := without_servers(assistant)) is None or not len(quiet.index_manager.catalog):
        return ()
    made = _Made(quiet)
    for example in usual:
        tried = (example.question, *islice(made.of(example.kind), _TRIED))
        for question in tried:
            if _shows(example.kind, quiet.ask(question)):
                found.append(Example(kind=example.kind, question=question))
                break
    return tuple(found)


def _shows(kind: str, answer: Answer) -> bool:
    if kind == NOT_HERE:
        return answer.status == "not_in_corpus"
    least = {"List": 2, "Compare": 2, "Filter": 3}.get(kind, 1)
    if answer.status != "answered" or len(answer.papers) < least:
        return False
    cited = {citation.paper_id for citation in answer.citations}
    return len(cited) >= 2 if kind == "Compare" else bool(cited) or kind == "Filter"


class _Made:
    """Questions made from the papers of a corpus, by kind."""

    def __init__(self, assistant: Assistant) -> None:
        self._indexes: Indexes = assistant.index_manager.indexes()
        self._retriever = Retriever(
            self._indexes.papers, self._indexes, assistant.embedder, assistant.weights
        )

    def of(self, kind: str) -> Iterator[str]:
        match kind:
            case "List":
                found = terms(self._indexes.lexicon, len(self._indexes.paper_ids))
                yield from (term.asks for term in found)
            case "Fact":
                yield from filter(None, map(self._asks_for_results, self._methods))
            case "Compare":
                yield from self._comparisons()
            case "Filter":
                yield from _ORDERS
            case "Explain":
                yield from (f"how does {name} work?" for name in reversed(self._methods.values()))

    @cached_property
    def _methods(self) -> dict[str, str]:
        """Papers from all over the corpus whose titles begin with the name of a method: id and
        name."""
        ids = self._indexes.paper_ids
        return self._named(ids[:: max(1, len(ids) // _LOOKED_AT)])

    def _named(self, ids: Iterable[str]) -> dict[str, str]:
        return {
            paper.paper_id: name
            for paper in self._indexes.papers.papers(ids)
            if (name := title_name(paper, self._indexes.lexicon)) and not is_resource(paper.title)
        }

    def _asks_for_results(self, paper_id: str) -> str:
        (paper,) = self._indexes.papers.papers([paper_id])
        one = subject(paper, self._indexes.lexicon, self._retriever)
        return one.asks["result"].format(one.name) if one and "result" in one.stated else ""

    def _comparisons(self) -> Iterator[str]:
        """Of each method with the nearest one."""
        ids = self._indexes.paper_ids
        for paper_id, name in self._methods.items():
            close = self._indexes.neighbours[ids.index(paper_id)][:_NEAR]
            for other in islice(self._named(ids[int(at)] for at in close).values(), 1):
                yield f"how do {name} and {other} differ?"
