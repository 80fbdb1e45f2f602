"""An answer put together from quoted sentences alone: no model, nothing that is not there.

Each kind has its shape: a fact is the sentence that holds it; a list is a line a paper; a
comparison sets the papers side by side; an explanation is a few sentences in the order in which
the abstract tells them. It opens with one line that says what was found.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.citations import Numbering, with_markers
from rag.readable import readable
from rag.records import Draft, Evidence, Paper, Query, Selection, Sentence

_SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def compose(query: Query, selection: Selection, *, notice: str = "") -> Draft:
    """`selection` as text. `notice` is passed on to the answer (a model server that failed)."""
    writer = _Writer()
    if not selection.papers:
        _decline(query, selection, writer)
    elif query.kind == "list":
        _list(query, selection, writer)
    elif query.kind == "fact":
        _fact(selection, writer)
    else:
        _side_by_side(query, selection, writer)
    return Draft(
        status=selection.status,
        mode="extractive",
        text=writer.text,
        sentences=tuple(writer.sentences),
        citations=writer.citations,
        papers=tuple(p.paper_id for p in selection.papers),
        near=tuple(p.paper_id for p in selection.near),
        notices=(notice,) if notice else (),
    )


class _Writer:
    """Sentences and the Markdown they stand in, kept in step."""

    def __init__(self) -> None:
        self.sentences: list[Sentence] = []
        self._lines: list[str] = []
        self._numbering = Numbering()

    def say(self, text: str, *evidence: Evidence, lead: str = "") -> None:
        """A line (after `lead`, Markdown) of one sentence."""
        sentence = Sentence(text=text, citations=self._numbering.numbers(evidence))
        self.sentences.append(sentence)
        self._lines.append(lead + with_markers(sentence))

    def add(self, text: str, *evidence: Evidence) -> None:
        """Another sentence on the same line."""
        self.say(text, *evidence)
        last = self._lines.pop()
        self._lines[-1] += " " + last

    def gap(self) -> None:
        self._lines.append("")

    @property
    def text(self) -> str:
        return "\n".join(self._lines).strip()

    @property
    def citations(self) -> tuple:  # type: ignore[type-arg]
        return self._numbering.citations


def _list(query: Query, selection: Selection, writer: _Writer) -> None:
    shown, total = len(selection.papers), selection.total
    papers = "paper" if shown == 1 else "papers"
    if total > shown:
        writer.say(f"{_count(shown)} {papers} of {total} that match:")
    else:
        writer.say(f"{_count(shown)} {papers} of the corpus {'match' if shown > 1 else 'matches'}:")
    writer.gap()
    for paper in selection.papers:
        quotes = _of(paper, selection.evidence)
        first, *more = quotes
        writer.say(f"{_name(paper)}: {readable(first.quote)}", first, lead="- ")
        for quote in more:
            writer.add(readable(quote.quote), quote)


def _fact(selection: Selection, writer: _Writer) -> None:
    first, *others = selection.evidence
    writer.say(readable(first.quote), first)
    writer.add(f"({_name(first.paper)})")
    for evidence in others:
        writer.gap()
        writer.say(readable(evidence.quote), evidence)
        if evidence.paper.paper_id != first.paper.paper_id:
            writer.add(f"({_name(evidence.paper)})")


def _side_by_side(query: Query, selection: Selection, writer: _Writer) -> None:
    if query.kind == "compare":
        writer.say(f"{_count(len(selection.papers))} papers side by side:")
    elif selection.status == "not_stated":
        writer.say("The abstracts do not answer this. The nearest one says:")
    else:
        papers = "paper" if len(selection.papers) == 1 else "papers"
        writer.say(f"What {_count(len(selection.papers)).lower()} {papers} of the corpus say:")
    for paper in selection.papers:
        writer.gap()
        writer.say(_name(paper), lead="**" if False else "")
        for evidence in sorted(_of(paper, selection.evidence), key=lambda e: e.start):
            writer.say(readable(evidence.quote), evidence, lead="- ")


def _decline(query: Query, selection: Selection, writer: _Writer) -> None:
    if selection.status == "not_in_corpus" or not selection.near:
        writer.say("Nothing in the corpus answers this.")
    else:
        writer.say("The abstracts of the nearest papers do not say this.")
        for evidence in selection.evidence:
            writer.gap()
            writer.say(f"{_name(evidence.paper)}: {readable(evidence.quote)}", evidence, lead="- ")


def _of(paper: Paper, evidence: Sequence[Evidence]) -> list[Evidence]:
    return [e for e in evidence if e.paper.paper_id == paper.paper_id]


def _name(paper: Paper) -> str:
    date = f" ({paper.published[:4]})" if paper.published else ""
    return readable(paper.title) + date


def _count(n: int) -> str:
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"
