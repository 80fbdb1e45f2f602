"""Runs, one or six, on a laptop and on a phone."""

# ruff: noqa: F401, F811 (the fixtures are those of the Evaluation view)

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.browser import Visitor
from tests.ui.web.test_evaluation_view import add, client, finished, questions, where

Visit = Callable[..., Visitor]


def test_on_a_phone_a_run_is_a_block_of_its_own(
    where: str, visit: Visit, client: httpx.Client
) -> None:
    add(client, questions(3))
    name = finished(client, set="mine.jsonl")["name"]
    visitor = visit(f"{where}/#/evaluation", at=".cw-list", viewport={"width": 390, "height": 844})
    visitor.picture("evaluation-phone")
    assert name in visitor.page.inner_text(".cw-list .cw-about")
    visitor.page.get_by_role("link", name="mine, quoted sentences").click()
    visitor.page.wait_for_selector(".cw-plots svg")
    visitor.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    visitor.picture("run-phone")


@pytest.mark.browser
def test_six_runs_fit_beside_each_other_and_on_a_phone(
    where: str, visit: Visit, client: httpx.Client
) -> None:
    add(client, questions(4))
    names = [
        finished(client, set="mine.jsonl", ranking=ranking)["name"]
        for ranking in ("default", "no-late", "no-dense", "no-lexical", "dense", "bm25")
    ]
    few = finished(client, set="mine.jsonl", limit=2)["name"]
    place = f"{where}/#/evaluation/{'/'.join(names)}"
    wide = visit(place, at=".cw-figures", viewport={"width": 1024, "height": 768}).page
    scrolled = "document.querySelector('.cw-scroll').scrollWidth"
    assert wide.evaluate(f"{scrolled} <= document.querySelector('.cw-scroll').clientWidth")
    phone = visit(place, at=".cw-figures", viewport={"width": 390, "height": 844})
    assert phone.page.evaluate(f"{scrolled} <= innerWidth")
    assert phone.page.locator(".cw-figures tbody tr").first.get_by_text("BM25 alone").is_visible()
    phone.picture("six-runs-phone")
    wide.get_by_role("link", name="All runs").click()
    for name in (names[0], few):
        wide.locator(f"[name=chosen][value='{name}']").check()
    assert wide.get_by_text("not asked the same questions").is_visible()
    assert wide.get_by_role("button", name="Compare", exact=True).is_disabled()
