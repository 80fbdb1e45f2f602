"""Reports: self-contained, escaped, and with everything that a failure needs to be read."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval import runs
from eval.report import charts, markdown, page, views
from eval.run import answer_all
from eval.runs import Run
from rag.records import Sentence
from tests.eval.world import (
    CITES_CURE,
    DECLINED,
    LIST_ANSWER,
    PAPERS,
    Fake,
    answer,
    case,
    questions,
    script,
)

EVIL = '<img src=x onerror="alert(1)"></details>| `x` ![i](http://evil.example/p.png)'


def make(folder: Path, fake: Fake, name: str) -> Run:
    asked = list(questions(folder).values())
    rows = answer_all(asked, fake, papers=PAPERS)
    return Run(
        name=name, fingerprint={"answers": "extractive-0-0"}, cases=runs.cases(asked, rows, PAPERS)
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make(tmp_path, script(), "default")


class Reader(HTMLParser):
    """Tags and attributes of a page, and whether they close in order."""

    VOID = frozenset(["meta", "input", "br", "path", "use"])

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
            self.open.pop()


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def test_one_page_that_loads_nothing(run: Run) -> None:
    html = page.render([run])
    reader = read(html)
    for tag, attributes in reader.tags:
        assert tag not in ("link", "img", "iframe", "object"), tag
        assert "src" not in attributes
        for name in ("href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")
    outside = re.sub(r"http://www\.w3\.org/\S+", "", html)
    assert "http:" not in outside and "https:" not in outside and "@import" not in outside
    ids = [attributes["id"] for _, attributes in reader.tags if attributes.get("id")]
    assert {f"q-q{n}" for n in range(1, 6)} <= set(ids)


def test_every_question_with_what_was_relevant_and_missed(run: Run) -> None:
    html = page.render([run])
    assert "RuntimeError(&#39;scripted&#39;)" in html
    assert "Rethinking Entropy in RLVR" in html
    assert "missed, rank" in html
    assert "42.9 or 42.9%" in html
    assert html.index("q-q4") < html.index("q-q3") < html.index("q-q1")  # the worst first


def test_what_models_and_papers_say_is_text(tmp_path: Path) -> None:
    asked = questions(tmp_path)["q1"]
    said = answer(
        [Sentence(text=EVIL, citations=(1,), why=EVIL)], [replace(CITES_CURE, title=EVIL)]
    )
    evil = Run(
        name=EVIL,
        fingerprint={EVIL: EVIL},
        cases=(case(replace(asked, question=EVIL, entry={"note": EVIL}), said, [EVIL]),),
    )
    reader = read(page.render([evil], title=EVIL))
    assert not [tag for tag, _ in reader.tags if tag == "img"]
    text = markdown.render([evil])
    assert "<img" not in text.replace("\\<img", "")
    assert "![i](" not in text


def test_several_runs_are_compared(tmp_path: Path, run: Run) -> None:
    other = make(tmp_path, Fake(), "declines")
    html = page.render([other, run])
    read(html)
    assert "default against declines" in html
    assert "Won: 3" in html and "Lost: 1" in html
    text = markdown.render([other, run])
    assert "3 questions won:" in text and "1 question lost:" in text
    assert "| List F1 | 0.000 | 1.000 |" in text


def test_markdown_says_what_differs_and_calls_nobody(tmp_path: Path, run: Run) -> None:
    asked = questions(tmp_path)["q1"]
    calls = replace(asked, question="does @somebody know #1?")
    other = replace(run, name="other", fingerprint={"answers": "llm-0-0", "config": ["late=0"]})
    text = markdown.render([run, other])
    assert "- answers: extractive-0-0 → llm-0-0\n- config: – → late=0" in text
    text = markdown.render([replace(run, cases=(case(calls, error="x"),))])
    assert "@\u200bsomebody" in text and "\\#1" in text


def test_one_failure_does_not_take_the_abstention_curve(tmp_path: Path) -> None:
    asked = questions(tmp_path)
    told = [
        case(asked["q1"], replace(LIST_ANSWER, confidence=0.9)),
        case(asked["q2"], replace(LIST_ANSWER, confidence=0.4)),
        case(asked["q3"], error="crashed"),
        case(asked["q5"], replace(DECLINED, confidence=0.5)),
    ]
    curve, point = page._abstention(told)
    # By threshold 0.4, 0.5, 0.9 and none: answered of three answerable, declined of one.
    assert curve == [(2 / 3, 0), (1 / 3, 0), (1 / 3, 1), (0, 1)]
    assert point == (2 / 3, 1)
    assert page._abstention([case(asked["q1"], LIST_ANSWER)]) == ([], None)


def test_what_a_run_is_of_stands_at_the_top(run: Run) -> None:
    told = replace(run, fingerprint={"questions": "mine.jsonl", "mode": "llm", "model": "m"})
    assert "5 questions of mine.jsonl · llm · m" in page.render([told])
    assert '<p class="lead">5 questions</p>' in page.render([run])


def test_quotes_are_shown_where_the_answer_is_not_the_quote(tmp_path: Path) -> None:
    asked = questions(tmp_path)["q1"]
    written = case(asked, replace(LIST_ANSWER, mode="llm"))
    for given, shown in ((written, 2), (case(asked, LIST_ANSWER), 0)):
        made = Run(name="r", fingerprint={}, cases=(given,))
        assert page.render([made]).count("<q>") == shown


def test_markdown_tables_are_whole(run: Run) -> None:
    lines = markdown.render([run]).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert rows
    for block in re.findall(r"(?:^\|.*\n?)+", "\n".join(lines), re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in block.strip().split("\n")}) == 1


@pytest.mark.parametrize(
    ("question", "given", "word"),
    [
        ("q1", LIST_ANSWER, "right"),
        ("q1", DECLINED, "wrong"),
        ("q1", replace(LIST_ANSWER, papers=("cure",)), "partly"),
        ("q1", None, "failed"),
        ("q5", DECLINED, "right"),
        ("q5", LIST_ANSWER, "wrong"),
        ("q4", LIST_ANSWER, "wrong"),  # no nuggets: its ranking decides
    ],
)
def test_verdicts(tmp_path: Path, question: str, given: object, word: str) -> None:
    asked = questions(tmp_path)[question]
    assert views.verdict(case(asked, given))[0] == word  # type: ignore[arg-type]


def test_a_run_without_any_answer_still_makes_a_page(tmp_path: Path) -> None:
    asked = list(questions(tmp_path).values())
    nothing = Run(name="nothing", fingerprint={}, cases=runs.cases(asked, [], PAPERS))
    read(page.render([nothing]))
    assert "5 failed" in markdown.render([nothing])


def test_many_runs_show_their_means_and_two_their_dots(run: Run) -> None:
    def caption(count: int) -> str:
        runs_of = [replace(run, name=str(n)) for n in range(count)]
        return next(p.caption for p in page.plots(runs_of) if p.title == "List answers")

    assert "A dot for each" in caption(2)
    assert "A dot" not in caption(3) and "its 95 % intervals" in caption(3)


def test_plots_say_of_how_many_questions(run: Run) -> None:
    svgs = {plot.title: plot.svg for plot in page.plots([run])}
    for label in ("topic (1)", "fact (2)", "followup (1)"):
        assert label in svgs["Retrieval by type"]
    assert "of 4 answerable, answered" in svgs["When to decline"]
    assert "of 1 unanswerable, declined" in svgs["When to decline"]


def test_plots_follow_the_page(run: Run) -> None:
    svg = charts.bars(
        ["a"], [charts.Series("x", [charts.Bar(0.5, 0.4, 0.6)])], limit=1, unit="share"
    )
    assert svg.startswith("<svg") and "var(--series-1)" in svg and "var(--ink)" in svg
    assert "#0102" not in svg and "font-family" not in svg and "<style" not in svg
    assert svg == charts.bars(
        ["a"], [charts.Series("x", [charts.Bar(0.5, 0.4, 0.6)])], limit=1, unit="share"
    )
    titles = [plot.title for plot in page.plots([run])]
    assert titles == [
        "Retrieval by type",
        "Answers by type",
        "List answers",
        "When to decline",
        "Time an answer",
    ]
