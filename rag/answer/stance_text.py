"""Stances as an answer: the counts, then each paper under its stance with the words that it rests
on. The program counts and quotes; no verdict is written beyond that.

How stances were found is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rag.answer.quoted_text import QuotedText
from rag.answer.templates import heading
from rag.answer.written import NEAR, with_nearest
from rag.question.schema import ParsedQuestion
from rag.records import Agreement, Draft, Evidence, Paper, PaperStance, Sentence, Stance
from rag.storage.judgements import JudgedBatch, MatchingPaper
from rag.text.markdown import escaped
from rag.text.words import number_of

HEADINGS: Mapping[Stance, str] = {
    "supports": "Supports it",
    "qualifies": "Qualifies it",
    "contradicts": "Contradicts it",
}
"""In the order of the text."""
VERBS: Mapping[Stance, tuple[str, str]] = {
    "supports": ("supports", "support"),
    "qualifies": ("qualifies", "qualify"),
    "contradicts": ("contradicts", "contradict"),
}
"""For one paper, and for several."""


def counts_told(agreement: Agreement) -> str:
    """`Of 30 papers read, 4 support the claim, 2 qualify it, none contradicts it; 24 say nothing on
    it.` It is all that is said of the papers together."""
    if not agreement.stances:
        if agreement.read == 1:
            return "The one paper read says nothing on this."
        return f"None of the {agreement.read:,} papers read says anything on this."
    first, *others = (_counted(agreement.count(stance), *verbs) for stance, verbs in VERBS.items())
    told = ", ".join([f"{first} the claim", *(f"{other} it" for other in others)])
    silent = len(agreement.silent)
    says = "says" if silent == 1 else "say"
    rest = f"; {silent:,} {says} nothing on it" if silent else ""
    return f"Of {number_of(agreement.read, 'paper')} read, {told}{rest}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {many}" if count > 1 else f"{count or 'none'} {one}"


def claim_told(agreement: Agreement, question: str) -> str:
    """The claim as it was understood; empty where the question says it already."""
    same = _words(agreement.claim) == _words(question)
    return "" if same else f"The claim: {agreement.claim}"


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def group_heading(stance: Stance, count: int) -> str:
    return f"{HEADINGS[stance]} ({count:,})"


def opening(agreement: Agreement, question: str) -> list[str]:
    """What an answer to `question` begins with: the counts, and the claim."""
    return list(filter(None, (counts_told(agreement), claim_told(agreement, question))))


def stance_draft(
    parsed: ParsedQuestion, judged: Sequence[JudgedBatch], papers: Sequence[Paper]
) -> Draft:
    """The answer by what was `judged`, in the order of the ranking. `papers`: those judged, as far
    as they are to be named."""
    matches = [match for one in judged for match in one.matches]
    known = {paper.paper_id: paper for paper in papers}
    placed = [
        match
        for stance in HEADINGS
        for match in matches
        if match.stance == stance and match.paper_id in known
    ]
    named = {match.paper_id for match in placed}
    silent = [paper for one in judged for paper in one.papers if paper not in named]
    claim = next((one.claim for one in judged if one.claim), parsed.standalone)
    agreement = Agreement(claim=claim, silent=tuple(silent))
    if not placed:
        return _none(parsed, agreement, [known[one] for one in silent[:NEAR] if one in known])
    writer = QuotedText()
    stances = tuple(_written(parsed, placed, known, writer))
    agreement = replace(agreement, stances=stances)
    told = opening(agreement, parsed.standalone)
    return Draft(
        status="answered",
        mode="llm",
        text="\n\n".join([*map(escaped, told), writer.text]),
        sentences=(*(Sentence(text=one) for one in told), *writer.sentences),
        citations=writer.citations,
        papers=tuple(match.paper_id for match in placed),
        near=tuple(silent[:NEAR]),
        confidence=1.0,
        agreement=agreement,
    )


def _none(parsed: ParsedQuestion, agreement: Agreement, near: Sequence[Paper]) -> Draft:
    told = counts_told(agreement)
    draft = Draft(
        status="not_in_corpus",
        mode="llm",
        text=told,
        sentences=(Sentence(text=told),),
        citations=(),
        papers=(),
        near=tuple(paper.paper_id for paper in near),
        agreement=agreement,
    )
    return with_nearest(draft, parsed, near) if near else draft


def _written(
    parsed: ParsedQuestion,
    placed: Sequence[MatchingPaper],
    known: Mapping[str, Paper],
    writer: QuotedText,
) -> Iterator[PaperStance]:
    """The stances, and their lines in `writer`."""
    for stance in HEADINGS:
        group = [match for match in placed if match.stance == stance]
        if group:
            head = group_heading(stance, len(group))
            writer.gap()
            writer.say(f"{head}:", marked=f"**{escaped(head)}**")
            writer.gap()
        for match in group:
            paper = known[match.paper_id]
            before = len(writer.sentences)
            writer.quote(heading(paper, parsed.filters), _evidence(match, paper), lead="- ")
            numbers = [n for one in writer.sentences[before:] for n in one.citations]
            yield PaperStance(paper_id=paper.paper_id, stance=stance, citations=tuple(numbers))


def _evidence(match: MatchingPaper, paper: Paper) -> list[Evidence]:
    spans = sorted(match.spans, key=lambda span: span.start)
    return [
        Evidence(key=f"E{n}", paper=paper, start=span.start, end=span.end, score=0.0)
        for n, span in enumerate(spans, 1)
    ]
