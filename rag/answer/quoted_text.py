"""Quotes and the words around them: an answer's sentences and its Markdown, kept in step.

Which quotes there are, and what they answer, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.citations import Numbering, with_markers
from rag.answer.templates import MarkedText
from rag.records import Citation, Evidence, Sentence
from rag.text.latex import readable
from rag.text.markdown import escaped
from rag.text.patterns import lazy

_SMALL_WORD = lazy(r"[a-z]+(?=[\s,-])")


class QuotedText:
    """Sentences and the Markdown they stand in, kept in step. No quote is said twice."""

    def __init__(self) -> None:
        self.sentences: list[Sentence] = []
        self._lines: list[str] = []
        self._numbering = Numbering()
        self._first: dict[str, Evidence] = {}

    def words(self, evidence: Evidence) -> str:
        """The quote in quotation marks, so that an author's “we” is not taken for Citewell's; where
        another paper has said it, that it says the same."""
        text = shown(evidence)
        first = self._first.setdefault(text, evidence).paper
        if first.paper_id == evidence.paper.paper_id:
            return f"“{text}”"
        return f"The same words as in “{readable(first.title)}”."

    def say(self, text: str, *evidence: Evidence, lead: str = "", marked: str = "") -> None:
        """A line (after `lead`, Markdown) of one sentence; `marked` is the sentence as Markdown,
        where it is more than `text` escaped."""
        sentence = Sentence(text=text, citations=self._numbering.numbers(evidence))
        self.sentences.append(sentence)
        shown = marked or escaped(text, opens_line=not lead)
        self._lines.append(lead + with_markers(replace(sentence, text=shown)))

    def go_on(self, text: str, evidence: Evidence, *, marked: str = "") -> None:
        """Another sentence on the same line."""
        self.say(text, evidence, marked=marked or escaped(text))
        last = self._lines.pop()
        self._lines[-1] += " " + last

    def quote(self, opening: MarkedText, evidence: Sequence[Evidence], *, lead: str = "") -> None:
        """`opening` and the first quote as one sentence; the others follow on the same line, each
        with its own marker."""
        first, *rest = evidence
        said = self.words(first)
        self.say(
            f"{opening.plain}: {said}",
            first,
            lead=lead,
            marked=f"{opening.marked}: {escaped(said)}",
        )
        for item in rest:
            self.go_on(self.words(item), item)

    def gap(self) -> None:
        self._lines.append("")

    @property
    def text(self) -> str:
        return "\n".join(self._lines).strip()

    @property
    def citations(self) -> tuple[Citation, ...]:
        return self._numbering.citations


def shown(evidence: Evidence) -> str:
    """The quote as it is read: with a capital and a full stop also where it begins behind the
    opening of its sentence, or ends before a footnote."""
    text = readable(evidence.quote)
    if _SMALL_WORD.match(text) and evidence.start:
        text = text[:1].upper() + text[1:]
    cut = evidence.paper.abstract[evidence.end :].lstrip().startswith("\\footnote")
    return f"{text}." if cut and text[-1:].isalnum() else text
