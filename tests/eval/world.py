"""A corpus of four papers, a set of five questions over it, and answers to them, made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.questions import Question, load
from eval.runs import Case, Row, cases, save
from eval.summary import summarise
from rag.events import Event, Finished, Retrieved
from rag.export import json_records as jsons
from rag.filters import Filters
from rag.records import Answer, Citation, Mode, Paper, Sentence, Turn, Usage

CURE = Paper(
    paper_id="cure",
    title="CURE: Preventing Entropy Collapse",
    abstract="We present CURE. CURE keeps entropy up in RLVR. It reaches 82.1\\% on GSM8K.",
    published="2025-08-14",
    upvotes=4,
)
STEER = Paper(
    paper_id="steer",
    title="Rethinking Entropy in RLVR",
    abstract="We introduce STEER, which reweights tokens. Entropy stays stable.",
)
QUINE = Paper(
    paper_id="quine",
    title="Neural Network Quine",
    abstract="A net that prints its weights. It self-replicates in 42.9% and 62.2% of cases.",
)
BANDIT = Paper(
    paper_id="bandit",
    title="Bandits Revisited",
    abstract="We revisit bandits. Nothing else is said.",
)
PAPERS = {paper.paper_id: paper for paper in (CURE, STEER, QUINE, BANDIT)}


def entry(**changes: Any) -> dict[str, Any]:
    """A faultless entry with `changes`."""
    return {
        "id": "q1",
        "type": "topic",
        "question": "which papers prevent entropy collapse?",
        "relevant": [CURE.title, STEER.title],
        "partial": [BANDIT.title],
        "answer": [],
        "nuggets": [
            {"text": "CURE keeps entropy up.", "paper": CURE.title, "must_contain": ["CURE"]},
            {"text": "STEER reweights.", "paper": STEER.title, "must_contain": ["STEER", "tokens"]},
        ],
    } | changes


ENTRIES: list[dict[str, Any]] = [
    entry(),
    entry(
        id="q2",
        type="fact",
        question="How does CURE score on GSM8K?",
        relevant=[CURE.title],
        partial=[],
        answer=["82.1%", "82.1 percent"],
        nuggets=[],
    ),
    entry(
        id="q3",
        type="fact",
        question="How often does the quine replicate?",
        relevant=[QUINE.title],
        partial=[],
        answer=["42.9", "42.9%", "62.2", "62.2%"],
        nuggets=[{"text": "", "paper": QUINE.title, "must_contain": ["42.9", "62.2"]}],
    ),
    entry(
        id="q4",
        type="followup",
        question="which of them reweights?",
        history=[
            {"role": "user", "content": "entropy collapse?"},
            {"role": "assistant", "content": "CURE and STEER."},
        ],
        relevant=[STEER.title],
        partial=[],
        nuggets=[],
    ),
    entry(
        id="q5",
        type="unanswerable",
        question="How many GPUs for the bandits?",
        relevant=[],
        partial=[BANDIT.title],
        nuggets=[],
    ),
]


def write_set(folder: Path, entries: Sequence[Any] = ENTRIES, name: str = "set.jsonl") -> Path:
    path = folder / name
    lines = (e if isinstance(e, str) else json.dumps(e) for e in entries)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def questions(folder: Path) -> dict[str, Question]:
    return {q.id: q for q in load(write_set(folder), PAPERS.values())}


def cite(n: int, paper: Paper, quote: str) -> Citation:
    start = paper.abstract.index(quote)
    return Citation(
        n=n,
        paper_id=paper.paper_id,
        title=paper.title,
        quote=quote,
        start=start,
        end=start + len(quote),
    )


def answer(
    sentences: Sequence[Sentence] = (),
    citations: Sequence[Citation] = (),
    papers: Sequence[Paper] = (),
    **changes: Any,
) -> Answer:
    """An answer whose text is its sentences with their markers."""
    text = " ".join(s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences)
    base = Answer(
        question="",
        standalone_question="",
        kind="list",
        filters=Filters(),
        status="answered",
        mode="extractive",
        text=text,
        sentences=tuple(sentences),
        citations=tuple(citations),
        papers=tuple(p.paper_id for p in papers),
        timings_ms={"retrieve": 8.0, "total": 10.0},
        usage=Usage(),
        fingerprint="extractive-0-0",
    )
    return replace(base, **changes)


SAYS_CURE = Sentence(text="CURE keeps entropy up in RLVR.", citations=(1,))
SAYS_STEER = Sentence(text="We introduce STEER, which reweights tokens.", citations=(2,))
CITES_CURE = cite(1, CURE, "CURE keeps entropy up in RLVR.")
CITES_STEER = cite(2, STEER, "We introduce STEER, which reweights tokens.")

LIST_ANSWER = answer([SAYS_CURE, SAYS_STEER], [CITES_CURE, CITES_STEER], [CURE, STEER])
FACT_ANSWER = answer(
    [Sentence(text="It reaches 82.1% on GSM8K.", citations=(1,))],
    [cite(1, CURE, "It reaches 82.1\\% on GSM8K.")],
    [CURE],
    kind="fact",
)
DECLINED = answer([Sentence(text="The abstract does not say.")], status="not_stated")


def case(
    question: Question,
    given: Answer | None = None,
    ranking: Sequence[str] = (),
    error: str | None = None,
) -> Case:
    """What scoring makes of a row with this answer."""
    row = Row(
        id=question.id,
        type=question.type,
        ranking=tuple(ranking),
        answer=jsons.answer(given) if given else None,
        error=error,
    )
    return cases([question], [row], PAPERS)[0]


class Fake:
    """An assistant that ranks and answers from a script and counts what it is asked.

    A scripted exception is raised; a question without a script is declined."""

    def __init__(
        self,
        answers: Mapping[str, Answer | BaseException] | None = None,
        rankings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.answers = answers or {}
        self.rankings = rankings or {}
        self.asked: list[str] = []

    def stream(
        self, question: str, *, history: Sequence[Turn] = (), mode: Mode | None = None
    ) -> Iterator[Event]:
        self.asked.append(question)
        yield Retrieved(papers=tuple(self.rankings.get(question, list(PAPERS))))
        found = self.answers.get(question, DECLINED)
        if isinstance(found, BaseException):
            raise found
        yield Finished(answer=replace(found, question=question))


def script() -> Fake:
    """Right on q1, q2 and q5, wrong on q3, and failing on q4."""
    by_id = {e["id"]: e["question"] for e in ENTRIES}
    return Fake(
        {
            by_id["q1"]: LIST_ANSWER,
            by_id["q2"]: FACT_ANSWER,
            by_id["q3"]: LIST_ANSWER,
            by_id["q4"]: RuntimeError("scripted"),
            by_id["q5"]: DECLINED,
        }
    )


ABOUT = {"mode": "extractive", "config": ["late=0"]}


def run_file(
    folder: Path, asked: Sequence[Question], rows: Sequence[Row], name: str = "run.json"
) -> Path:
    """A run file with these rows."""
    scored = cases(asked, rows, PAPERS)
    save(
        folder / name,
        summary=summarise(scored),
        fingerprint=ABOUT,
        rows=rows,
        questions=asked,
        papers=PAPERS,
    )
    return folder / name
