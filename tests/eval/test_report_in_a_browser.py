"""The report as it is read: in a browser that has no network, on a laptop and on a phone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval import runs
from eval.report import page
from eval.run import answer_all
from eval.runs import Run
from rag.records import Sentence
from tests.eval.test_report import EVIL
from tests.eval.world import CITES_CURE, PAPERS, Fake, answer, questions, script

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium here"),
]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Three runs, one of which failed throughout and one of which says hostile things."""
    asked = list(questions(tmp_path).values())
    evil = answer(
        [Sentence(text=EVIL, citations=(1,), supported=False, why=EVIL)],
        [replace(CITES_CURE, title=EVIL, quote=EVIL)],
        mode="llm",
    )
    fakes = {
        "default": script(),
        EVIL: Fake({question.question: evil for question in asked}),
        "fails": Fake({question.question: RuntimeError(EVIL) for question in asked}),
    }
    made = [
        Run(
            name=name,
            fingerprint={"questions": EVIL},
            cases=runs.cases(asked, answer_all(asked, fake, papers=PAPERS), PAPERS),
        )
        for name, fake in fakes.items()
    ]
    path = tmp_path / "report.html"
    path.write_text(page.render(made, title=EVIL), "utf-8")
    return path


WIDE = """width => [...document.querySelectorAll("body *")]
  .filter((e) => !e.closest(".scroll") && e.getBoundingClientRect().right > width)
  .map((e) => `${e.tagName}.${e.className}`).slice(0, 20)"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_reads_without_a_network(chromium: Any, report: Path, width: int, scheme: str) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
    )
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(report.as_uri())
    for summary in tab.locator("summary").all():
        summary.click()
    assert asked == [report.as_uri()] and said == []
    wide = tab.evaluate(WIDE, width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, wide
    assert tab.locator("img, iframe, [onerror]").count() == 0
    assert tab.locator("figure svg").count() == 5
    for figure in tab.locator("figure svg").all():
        box = figure.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    context.close()


def test_a_failure_is_found_and_read(chromium: Any, report: Path) -> None:
    context = chromium.new_context(offline=True)
    tab = context.new_page()
    tab.goto(f"{report.as_uri()}#q-q2")
    opened = tab.locator("#q-q2")
    assert opened.get_attribute("open") is not None
    assert "82.1% or 82.1 percent" in opened.inner_text()
    tab.locator("[name=type]").select_option("unanswerable")
    assert tab.locator(".question:visible").count() == 1
    tab.locator("[name=type]").select_option("")
    tab.locator("[name=words]").fill("quine replicate")
    assert tab.locator(".question:visible").get_attribute("id") == "q-q3"
    context.close()
