"""What a report shows of one question: plain values, ready for a template.

A question's verdict rests on the one measure that fits its type best; the others stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.matching import any_stands_in, words
from eval.measures import BY_NAME, behaviour
from eval.measures.citing import literal
from eval.measures.content import nuggets_made, plain_text
from eval.measures.retrieval import judged_ranking
from eval.runs import Case, Run

VERDICTS = ("failed", "wrong", "partly", "right")
"""From worst to best."""


@dataclass(frozen=True, kw_only=True)
class PaperView:
    """`rank` is the rank once partial papers are taken out; None beyond what the run kept."""

    title: str
    rank: int | None
    in_answer: bool


@dataclass(frozen=True, kw_only=True)
class NuggetView:
    text: str
    strings: tuple[str, ...]
    made: bool


@dataclass(frozen=True, kw_only=True)
class CitationView:
    """`quote` is empty where the sentence above is the quote."""

    n: int
    title: str
    quote: str
    literal: bool


@dataclass(frozen=True, kw_only=True)
class SentenceView:
    text: str
    citations: tuple[int, ...]
    supported: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class ResultView:
    """What one run made of a question."""

    run: str
    series: int
    verdict: str
    score: str
    """The value of the deciding measure, with its name."""
    others: tuple[str, ...]
    status: str
    error: str | None
    fell_back: str | None
    sentences: tuple[SentenceView, ...]
    citations: tuple[CitationView, ...]
    words: int
    milliseconds: float | None
    relevant: tuple[PaperView, ...]
    surplus: tuple[PaperView, ...]
    """Put forward although neither relevant nor partial."""
    neutral: tuple[PaperView, ...]
    facts: tuple[tuple[str, bool], ...]
    nuggets: tuple[NuggetView, ...]


@dataclass(frozen=True, kw_only=True)
class QuestionView:
    id: str
    type: str
    question: str
    history: tuple[tuple[str, str], ...]
    note: str
    results: tuple[ResultView, ...]

    @property
    def worst(self) -> str:
        return min((result.verdict for result in self.results), key=VERDICTS.index)


def deciding(case: Case) -> str:
    """The measure that a question's verdict rests on."""
    question = case.question
    if not question.answerable:
        return "balanced_accuracy"
    if question.type in ("topic", "filter"):
        return "list_f1"
    if question.accepted:
        return "fact"
    return "nugget_recall" if question.nuggets else "ndcg@10"


def verdict(case: Case) -> tuple[str, float]:
    """failed, wrong (0), partly, or right (1), and the value of the deciding measure."""
    value = _value(deciding(case), case) or 0.0
    if case.answer is None:
        return "failed", value
    return ("wrong" if value == 0 else "right" if value == 1 else "partly"), value


def questions(runs: Sequence[Run]) -> list[QuestionView]:
    """Every question with what each run made of it, the worst first."""
    views = [_question(runs, index) for index in range(len(runs[0].cases))]
    return sorted(views, key=lambda view: VERDICTS.index(view.worst))


def _question(runs: Sequence[Run], index: int) -> QuestionView:
    question = runs[0].cases[index].question
    return QuestionView(
        id=question.id,
        type=question.type,
        question=question.question,
        history=tuple((turn.role, turn.content) for turn in question.history),
        note=str(question.entry.get("note") or ""),
        results=tuple(
            _result(run.name, number, run.cases[index]) for number, run in enumerate(runs, 1)
        ),
    )


def _result(run: str, series: int, case: Case) -> ResultView:
    word, value = verdict(case)
    main = deciding(case)
    question, answer = case.question, case.answer
    put_forward = answer.papers if answer else ()
    relevant, partial = set(question.relevant), set(question.partial)
    others = [name for name in ("ndcg@10", "nugget_recall", "list_recall") if name != main]
    text = plain_text(answer) if answer else ""
    quoted = answer is not None and answer.mode == "llm"  # else the sentences are the quotes
    return ResultView(
        run=run,
        series=series,
        verdict=word,
        score=_shown(main, value) if answer else "no answer",
        others=tuple(
            _shown(name, found) for name in others if (found := _value(name, case)) is not None
        ),
        status=behaviour.outcome(case),
        error=case.error,
        fell_back=case.fell_back,
        sentences=tuple(
            SentenceView(text=s.text, citations=s.citations, supported=s.supported, why=s.why)
            for s in (answer.sentences if answer else ())
        ),
        citations=tuple(
            CitationView(
                n=c.n,
                title=c.title,
                quote=c.quote if quoted or not literal(c, case) else "",
                literal=literal(c, case),
            )
            for c in (answer.citations if answer else ())
        ),
        words=len(words(text)),
        milliseconds=answer.timings_ms.get("total") if answer else None,
        relevant=tuple(_paper(i, case) for i in question.relevant),
        surplus=tuple(_paper(i, case) for i in put_forward if i not in relevant | partial),
        neutral=tuple(_paper(i, case) for i in put_forward if i in partial),
        facts=tuple((" or ".join(g), any_stands_in(g, text)) for g in question.accepted),
        nuggets=tuple(
            NuggetView(text=nugget.text, strings=nugget.must_contain, made=made)
            for nugget, made in zip(question.nuggets, nuggets_made(case), strict=True)
        ),
    )


def _paper(paper_id: str, case: Case) -> PaperView:
    ranking = judged_ranking(case)
    paper = case.papers.get(paper_id)
    return PaperView(
        title=paper.title if paper else paper_id,
        rank=ranking.index(paper_id) + 1 if paper_id in ranking else None,
        in_answer=paper_id in (case.answer.papers if case.answer else ()),
    )


def _value(name: str, case: Case) -> float | None:
    score = BY_NAME[name].scores([case]).get(case.question.id)
    return None if score is None else score.value


def _shown(name: str, value: float) -> str:
    if name == "balanced_accuracy":
        return "declined" if value else "answered"
    title = {"list_recall": "recall", "list_f1": "F1", "fact": "fact"}.get(
        name, BY_NAME[name].title.removeprefix("List ").lower()
    )
    return f"{title.replace('ndcg', 'nDCG')} {value:.2f}"
