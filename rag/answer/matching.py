"""What comes of looking through papers: those that match or speak to a claim, each with its proof,
and how far it was looked.

What a model said of a paper is checked as any claim; where it fails, the words that it cites stand
alone. How the papers were judged is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.answer.citations import Numbering, check, with_markers
from rag.answer.instructions import NOTHING_FOUND
from rag.answer.prompts import decided
from rag.answer.stance_text import stance_draft
from rag.answer.templates import heading
from rag.answer.written import NEAR, with_nearest
from rag.model_calls import NOTHING
from rag.question.schema import ParsedQuestion
from rag.records import Draft, Evidence, Paper, Sentence, Usage
from rag.retrieval.sorting import in_order
from rag.storage.judgements import JudgedBatch, MatchingPaper
from rag.text.latex import readable
from rag.text.markdown import escaped
from rag.text.words import number_of

End = Literal["all", "dry", "budget", "failing"]
"""Why no more papers were read: there are none, the last ones held no match, the budget, the
server."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """`ids`: the ranking, of `searched` papers in all; `went`: how many of them were tried;
    `before`: of how many the judgement was there already. `failed`: papers that could not be
    judged, by why. `cut`: a reply was. `kept`: the same question goes on from here."""

    ids: tuple[str, ...]
    searched: int
    judged: tuple[JudgedBatch, ...]
    went: int
    before: int = 0
    end: End = "all"
    failed: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    cut: bool = False
    heard_less: str = ""
    budget: int = 0
    kept: bool = False
    trouble: str = ""
    usage: Usage = NOTHING

    @property
    def read(self) -> int:
        return sum(len(one.papers) for one in self.judged)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    """A paper of the list. `says`: what was said of it and holds; empty for the quotes alone."""

    paper: Paper
    evidence: tuple[Evidence, ...]
    says: str


def draft_of(
    parsed: ParsedQuestion, looked: Coverage, lookup: Callable[[Sequence[str]], list[Paper]]
) -> Draft:
    """In the order of the ranking, or the one that the question asks for, and as many as it asks
    for."""
    if parsed.agreement:
        return _agreement(parsed, looked, lookup)
    matches = [match for one in looked.judged for match in one.matches]
    papers = {p.paper_id: p for p in lookup([match.paper_id for match in matches])}
    found = [
        _item(match, papers[match.paper_id], parsed.standalone)
        for match in matches
        if match.paper_id in papers
    ]
    filters = parsed.filters
    places = in_order(filters, [item.paper for item in found])
    first = filters.skip or 0
    items = [found[at] for at in places][first : first + (filters.limit or len(found))]
    quoted = sum(not item.says for item in items)
    matched = {item.paper.paper_id for item in found}
    closing = Sentence(text=_how_far(parsed, looked, matched, len(items)))
    near = [paper_id for paper_id in looked.ids if paper_id not in matched][:NEAR]
    draft = Draft(
        status="answered" if items else "not_in_corpus",
        mode="llm",
        text=NOTHING_FOUND,
        sentences=(Sentence(text=NOTHING_FOUND),),
        citations=(),
        papers=tuple(item.paper.paper_id for item in items),
        near=tuple(near),
        confidence=float(bool(items)),
        notices=tuple(_notices(looked, quoted)),
        usage=looked.usage,
    )
    draft = _listed(draft, parsed, items) if items else with_nearest(draft, parsed, lookup(near))
    return _closed(draft, closing)


def _agreement(
    parsed: ParsedQuestion, looked: Coverage, lookup: Callable[[Sequence[str]], list[Paper]]
) -> Draft:
    """Of a claim: all papers that speak to it. Order and number are no matter of stances."""
    named = {match.paper_id for one in looked.judged for match in one.matches}
    near = [paper for one in looked.judged for paper in one.papers if paper not in named][:NEAR]
    draft = stance_draft(parsed, looked.judged, lookup([*named, *near]))
    notices, usage = tuple(_notices(looked, 0)), looked.usage
    closing = Sentence(text=_how_far(parsed, looked, named, len(named)))
    return _closed(replace(draft, notices=notices, usage=usage), closing)


def _closed(draft: Draft, closing: Sentence) -> Draft:
    return replace(
        draft,
        text=f"{draft.text}\n\n{escaped(closing.text)}",
        sentences=(*draft.sentences, closing),
    )


def _item(match: MatchingPaper, paper: Paper, question: str) -> _Item:
    evidence = tuple(
        Evidence(key=f"E{n}", paper=paper, start=span.start, end=span.end, score=0.0)
        for n, span in enumerate(match.spans, 1)
    )
    keys = "".join(f"[{item.key}]" for item in evidence)
    checked = check(f"{match.says} {keys}", evidence, question=question)
    holds = bool(checked.sentences) and not checked.unsupported
    says = " ".join(sentence.text for sentence in checked.sentences) if holds else ""
    return _Item(paper=paper, evidence=evidence, says=says)


def _listed(draft: Draft, parsed: ParsedQuestion, items: Sequence[_Item]) -> Draft:
    numbering = Numbering()
    sentences, lines = [], []
    for item in items:
        head = heading(item.paper, parsed.filters)
        says = item.says or " ".join(f"“{readable(one.quote)}”" for one in item.evidence)
        sentence = Sentence(
            text=f"{head.plain}: {says}", citations=numbering.numbers(item.evidence)
        )
        sentences.append(sentence)
        lines.append("- " + with_markers(replace(sentence, text=f"{head.marked}: {escaped(says)}")))
    return replace(
        draft, text="\n".join(lines), sentences=tuple(sentences), citations=numbering.citations
    )


def _how_far(parsed: ParsedQuestion, looked: Coverage, matched: set[str], listed: int) -> str:
    """`Read the 90 best of 536 papers: 11 match; the last 30 held none.`"""
    meeting = " that meet the constraints" if decided(parsed.filters) else ""
    of = f"{number_of(looked.searched, 'paper')}{meeting}"
    best = f"{looked.went:,} best of {of}" if looked.went < looked.searched else of
    if looked.read < looked.went:
        told = f"{looked.read:,} of the {best}"
    else:
        told = f"the {best}" if looked.went < looked.searched else f"all {of}"
    many = len(matched)
    one, more = ("speaks", "speak") if parsed.agreement else ("matches", "match")
    to = " to it" if parsed.agreement else ""
    match = f"{many:,} {more}{to}" if many > 1 else f"{many or 'none'} {one}{to}"
    read = [paper_id for one in looked.judged for paper_id in one.papers]
    behind = next((at for at, one in enumerate(reversed(read)) if one in matched), 0)
    tail = f"; the last {behind:,} held none" if many and behind and looked.end == "dry" else ""
    if listed < many:
        tail += f"; {listed:,} of them {'is' if listed == 1 else 'are'} listed"
    return f"Read {told}: {match}{tail}."


def _notices(looked: Coverage, quoted: int) -> Iterator[str]:
    again = " Ask again to go on from there." if looked.kept else ""
    if looked.end == "budget":
        yield (
            f"The next papers would not have fitted into {looked.budget:,} prompt tokens"
            f" (CITEWELL_MAX_THOROUGH_TOKENS).{again}"
        )
    for why, papers in looked.failed.items():
        yield f"{number_of(papers, 'paper')} could not be judged. {why}{again}"
    if looked.cut:
        yield (
            "A reply was cut (CITEWELL_MAX_ANSWER_TOKENS); more of its papers may match than it"
            " names."
        )
    if looked.heard_less:
        yield looked.heard_less
    if looked.unknown:
        yield f"The model cited what is not among its evidence: {', '.join(looked.unknown)}."
    if quoted:
        of = "one paper" if quoted == 1 else f"{quoted:,} papers"
        yield f"Of {of} the quote stands alone: what the model wrote did not pass the check."
    if looked.before:
        yield f"{number_of(looked.before, 'paper')} had been judged before, by the same model."
    if looked.trouble:
        yield looked.trouble
