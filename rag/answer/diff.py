"""What is different when a question is asked again: two answers held against each other.

    before ─┐
            ├─changes→ Changes ─told→ sentences
    after ──┘

Pure: no catalog, no model and no user interface is known here. Why an answer changed can only be
told as far as the two fingerprints tell it: whether the corpus, the mode or the settings (the
program's version among them) were others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rag.answer import fingerprint
from rag.records import Answer, Mode, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    paper_id: str
    title: str
    """As cited, or as given to `changes`; the id where neither knows it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requoted:
    """A paper that both answers put forward or cite, with the quotes that only one of them has."""

    paper_id: str
    title: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """From one answer to a later one. Pairs are (before, after), None where nothing changed.

    new, gone: papers put forward by one answer alone, best first. requoted: other quotes of papers
    that both have. reordered: the papers that both put forward come in another order. reworded:
    the text is another, which a model's may be for no reason. corpus, settings: whether they
    were others; None where a fingerprint does not say.
    """

    new: tuple[Named, ...] = ()
    gone: tuple[Named, ...] = ()
    requoted: tuple[Requoted, ...] = ()
    reordered: bool = False
    reworded: bool = False
    status: tuple[Status, Status] | None = None
    mode: tuple[Mode, Mode] | None = None
    model: tuple[str | None, str | None] | None = None
    corpus: bool | None = None
    settings: bool | None = None

    @property
    def same(self) -> bool:
        """Whether the answer says the same of the same papers, whatever it was made with."""
        found = self.new or self.gone or self.requoted or self.reordered or self.reworded
        return not (found or self.status)


def changes(before: Answer, after: Answer, *, titles: Mapping[str, str] | None = None) -> Changes:
    """What is different in `after`. `titles` by paper id, for papers that neither answer cites."""
    known = {**(titles or {}), **_titles(before), **_titles(after)}

    def named(papers: Iterable[str]) -> tuple[Named, ...]:
        return tuple(Named(paper_id=key, title=known.get(key, key)) for key in papers)

    was, now = fingerprint.read(before.fingerprint), fingerprint.read(after.fingerprint)
    both = [key for key in before.papers if key in after.papers]
    return Changes(
        new=named(key for key in after.papers if key not in before.papers),
        gone=named(key for key in before.papers if key not in after.papers),
        requoted=tuple(_requoted(before, after, known)),
        reordered=both != [key for key in after.papers if key in before.papers],
        reworded=before.text != after.text,
        status=None if before.status == after.status else (before.status, after.status),
        mode=None if before.mode == after.mode else (before.mode, after.mode),
        model=None if before.model == after.model else (before.model, after.model),
        corpus=was.corpus != now.corpus if was and now else None,
        settings=was.settings != now.settings if was and now else None,
    )


def told(found: Changes) -> list[str]:
    """The changes in plain sentences, the weightiest first; never empty."""
    lines = []
    if found.status:
        lines.append(f"{_STATUS[found.status[0]]} before; {_STATUS[found.status[1]].lower()} now.")
    lines += [f"New: {paper.title}" for paper in found.new]
    lines += [f"Gone: {paper.title}" for paper in found.gone]
    for paper in found.requoted:
        lines += [f"{paper.title} — no longer quoted: “{quote}”" for quote in paper.gone]
        lines += [f"{paper.title} — quoted now: “{quote}”" for quote in paper.new]
    if found.reordered:
        lines.append("The papers come in another order.")
    if found.same:
        lines.append("The answer is the same.")
    elif not lines:
        lines.append("The same papers and quotes, in other words.")
    return [*lines, *_reasons(found)]


_STATUS: Mapping[Status, str] = {
    "answered": "Answered",
    "not_stated": "Not stated in the abstracts",
    "not_in_corpus": "Not in the corpus",
}


def _reasons(found: Changes) -> Iterator[str]:
    if found.corpus is None:
        yield "Whether the corpus has changed is not known: a fingerprint is missing."
        return
    yield "The corpus has changed." if found.corpus else "The corpus is the same."
    if found.mode:
        yield f"Written by {_author(found, 0)} before, by {_author(found, 1)} now."
    elif found.model:
        yield f"The model was {found.model[0] or 'unknown'}, and is {found.model[1] or 'unknown'}."
    elif found.settings:
        yield "Settings, or the version of Citewell, have changed."


def _author(found: Changes, which: int) -> str:
    mode = found.mode[which] if found.mode else "llm"
    name = found.model[which] if found.model else None
    return "quotes alone" if mode == "extractive" else name or "a model"


def _requoted(before: Answer, after: Answer, titles: Mapping[str, str]) -> Iterator[Requoted]:
    was, now = _quotes(before), _quotes(after)
    for key in (key for key in was if key in now):
        gone = tuple(quote for quote in was[key] if quote not in now[key])
        new = tuple(quote for quote in now[key] if quote not in was[key])
        if gone or new:
            yield Requoted(paper_id=key, title=titles.get(key, key), gone=gone, new=new)


def _quotes(answer: Answer) -> dict[str, list[str]]:
    quotes: dict[str, list[str]] = {}
    for citation in answer.citations:
        quotes.setdefault(citation.paper_id, []).append(citation.quote)
    return quotes


def _titles(answer: Answer) -> dict[str, str]:
    return {citation.paper_id: citation.title for citation in answer.citations}
