"""Citations: are they literally there, does every sentence have one, do they carry the sentence?

Over the answers that were given; a question that failed has no citation to judge and is counted
as a failure elsewhere.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import date

from eval.judges import Judge, Overlap
from eval.measures.base import Measure, Score, measure
from eval.runs import Case
from rag.records import Citation, Paper, Sentence


def literal(citation: Citation, case: Case) -> bool:
    """Whether the quote is what the paper's abstract has at exactly its span."""
    paper = case.papers.get(citation.paper_id)
    if paper is None or not 0 <= citation.start < citation.end <= len(paper.abstract):
        return False
    return citation.quote == paper.abstract[citation.start : citation.end]


def citation_integrity(case: Case) -> Score | None:
    """Share of all citations whose quote is non-empty and equals `abstract[start:end]` of the
    paper they name; a paper that is not in the corpus has no abstract. In [0, 1]; must be 1."""
    return _share([literal(c, case) for c in case.answer.citations] if case.answer else [])


def cited_sentences(case: Case) -> Score | None:
    """Share of all sentences that carry at least one citation which the answer holds. In [0, 1]."""
    if case.answer is None:
        return None
    held = {citation.n for citation in case.answer.citations}
    return _share([bool(held & set(s.citations)) for s in case.answer.sentences])


def unsupported_sentences(case: Case) -> Score | None:
    """Share of all sentences that the answer itself marks as unsupported. In [0, 1]."""
    return _share([not s.supported for s in case.answer.sentences] if case.answer else [])


def repeated_papers(case: Case) -> float | None:
    """Share of questions whose ranking or answer names one paper twice. In [0, 1]; must be 0."""
    put_forward = case.answer.papers if case.answer else ()
    return float(any(len(set(ids)) < len(ids) for ids in (case.ranking, put_forward)))


def claims(case: Case) -> list[Sentence]:
    """The sentences of an answer that must be supported: all, as in ALCE, but three kinds that cite
    nothing and claim nothing. One opens what follows (it ends in a colon), one repeats a part of
    the question (it ends in a question mark), the other declines (in an answer that is
    `not_stated` or `not_in_corpus`). An answer cannot excuse a sentence by
    calling it supported; one that it calls unsupported is a claim wherever it stands."""
    if case.answer is None:
        return []
    declines = case.answer.status != "answered"
    return [
        sentence
        for sentence in case.answer.sentences
        if sentence.citations
        or not sentence.supported
        or not (declines or sentence.text.rstrip().endswith((":", "?")))
    ]


def citation_recall(case: Case, judge: Judge) -> float | None:
    """Share of an answer's claims that all their citations together support (a claim without one
    is not supported); its mean over answers with claims. In [0, 1]. ALCE, Gao et al. 2023."""
    found = [judge.supports(s.text, _passages(case, s.citations)) for s in claims(case)]
    return sum(found) / len(found) if found else None


def citation_precision(case: Case, judge: Judge) -> float | None:
    """Share of an answer's citations that pull their weight; its mean over answers with claims.

    A citation of a claim counts when the claim is supported by all its citations together and
    this one is not irrelevant: it supports the claim alone, or without it the others do not.
    Answers whose claims cite nothing have 0. In [0, 1]. ALCE, Gao et al. 2023."""
    if not (made := claims(case)):
        return None
    useful = [
        _useful(case, sentence, number, judge)
        for sentence in made
        for number in dict.fromkeys(sentence.citations)
    ]
    return sum(useful) / len(useful) if useful else 0.0


def _useful(case: Case, sentence: Sentence, number: int, judge: Judge) -> bool:
    everything = list(dict.fromkeys(sentence.citations))
    if not judge.supports(sentence.text, _passages(case, everything)):
        return False
    others = [n for n in everything if n != number]
    return judge.supports(sentence.text, _passages(case, [number])) or not judge.supports(
        sentence.text, _passages(case, others)
    )


def _passages(case: Case, numbers: Sequence[int]) -> list[str]:
    """What is cited: the quotes that stand at their spans, each below what the catalog says of
    its paper, which an answer may state as well (ALCE's passages carry their titles too)."""
    cited = [c for c in (case.answer.citations if case.answer else ()) if c.n in numbers]
    return [f"{_about(case.papers[c.paper_id])}\n{c.quote}" for c in cited if literal(c, case)]


def _about(paper: Paper) -> str:
    facts = [paper.title]
    if paper.date:
        facts.append(paper.dated)
        if len(paper.date) >= 7:
            facts.append(date.fromisoformat(paper.date[:7] + "-01").strftime("%B %Y"))
    if paper.upvotes is not None:
        facts.append(f"{paper.upvotes} upvotes")
    return ", ".join(facts)


def _share(found: Sequence[bool]) -> Score | None:
    return Score(sum(found) / len(found), weight=len(found)) if found else None


def _judged(
    score: Callable[[Case, Judge], float | None], judge: Judge
) -> Callable[[Case], float | None]:
    def judged(case: Case) -> float | None:
        return score(case, judge)

    judged.__doc__ = f"{inspect.getdoc(score)} Judged by {type(judge).__name__} (eval.judges)."
    return judged


MEASURES: tuple[Measure, ...] = (
    measure("citation_integrity", "Citation integrity", citation_integrity),
    measure("citation_recall", "Citation recall", _judged(citation_recall, Overlap())),
    measure("citation_precision", "Citation precision", _judged(citation_precision, Overlap())),
    measure("cited_sentences", "Sentences with a citation", cited_sentences, better="none"),
    measure(
        "unsupported_sentences", "Sentences unsupported", unsupported_sentences, better="lower"
    ),
    measure("repeated_papers", "Paper named twice", repeated_papers, better="lower"),
)
