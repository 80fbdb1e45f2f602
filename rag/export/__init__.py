"""Answers and papers for somebody's notes and bibliography, in the formats that these read.

Pure functions from records to text. A quote keeps its literal words, in one line, so that it is
found in the abstract again; titles and prose are shown as everywhere, without TeX escapes. Nothing
in a paper or an answer becomes markup. What is not known is left out, and nothing is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rag.errors import UsageError
from rag.export import csl, markdown, obsidian, plain, web_page
from rag.export.filenames import filename
from rag.export.references import (
    Annotation,
    Note,
    Reference,
    address,
    line,
    references,
    references_to,
)
from rag.records import Paper

__all__ = [
    "FORMATS",
    "Annotation",
    "Format",
    "Note",
    "Reference",
    "address",
    "filename",
    "format_named",
    "named",
]

Kind = TypeVar("Kind")


def _bibtex(given: Sequence[Reference]) -> str:
    from rag.adapters.bibtexparser_entries import bibtex

    return bibtex(given)


def _ris(given: Sequence[Reference]) -> str:
    from rag.adapters.rispy_records import ris

    return ris(given)


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    name: str
    label: str
    extension: str
    media_type: str
    papers: Callable[[Sequence[Reference]], str]
    notes: Callable[[Sequence[Note], str], str] | None = None
    """None for bibliographies: of answers they hold the papers, each with its quotes."""
    is_text: bool = True
    """Of use where it is pasted, not as a file alone."""

    def of_answers(self, notes: Sequence[Note], *, title: str = "") -> str:
        """One answer or a conversation, whose `title` is shown where it has several answers and a
        name of its own. A bibliography of answers that name no paper is empty."""
        if self.notes is None:
            return self.papers(references(notes))
        is_named = len(notes) > 1 and not _begins(notes[0].answer.question, title)
        return self.notes(notes, title if is_named else "")

    def of_papers(
        self, papers: Iterable[Paper], own: Mapping[str, Annotation] | None = None
    ) -> str:
        """`own`: tags and notes of the exporter's own, by the paper's id."""
        return self.papers(references_to(papers, own))

    def filename(self, title: str) -> str:
        return filename(title, self.extension)


def _begins(question: str, title: str) -> bool:
    """Whether `title` is the question, or the beginning of it with an ellipsis."""
    asked, shown = line(question), line(title)
    return asked == shown or (shown.endswith("…") and asked.startswith(shown[:-1]))


FORMATS = {
    kind.name: kind
    for kind in (
        Format(
            name="markdown",
            label="Markdown",
            extension="md",
            media_type="text/markdown",
            papers=markdown.papers,
            notes=markdown.notes,
        ),
        Format(
            name="obsidian",
            label="Obsidian",
            extension="md",
            media_type="text/markdown",
            papers=obsidian.papers,
            notes=obsidian.notes,
        ),
        Format(
            name="plain",
            label="Plain text",
            extension="txt",
            media_type="text/plain",
            papers=plain.papers,
            notes=plain.notes,
        ),
        Format(
            name="html",
            label="Web page (one file)",
            extension="html",
            media_type="text/html",
            papers=web_page.papers,
            notes=web_page.notes,
            is_text=False,
        ),
        Format(
            name="bibtex",
            label="BibTeX",
            extension="bib",
            media_type="application/x-bibtex",
            papers=_bibtex,
        ),
        Format(
            name="ris",
            label="RIS",
            extension="ris",
            media_type="application/x-research-info-systems",
            papers=_ris,
        ),
        Format(
            name="csl",
            label="CSL-JSON",
            extension="json",
            media_type="application/vnd.citationstyles.csl+json",
            papers=csl.papers,
        ),
    )
}


def format_named(name: str) -> Format:
    """Raises UsageError."""
    return named(name, FORMATS)


def named(name: str, formats: Mapping[str, Kind]) -> Kind:
    """The format of this name, of answers or of tables. Raises UsageError."""
    if name not in formats:
        raise UsageError(
            f"There is no format {name!r}.", remedy=f"Choose one of: {', '.join(formats)}"
        )
    return formats[name]
