"""The login in a real browser: without script, in both schemes, on a phone, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.config import Config
from tests.browser import Visitor, served
from tests.ui.web.contrast import low_contrast
from tests.ui.web.scripted import Scripted
from ui.access import store
from ui.access.people import People
from ui.web.server import create_app

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = "four unrelated words here"


@pytest.fixture
def where(tmp_path: Path) -> Iterator[str]:
    base = store.opened(tmp_path)
    for name in ("ada", "bert"):
        People(base).add(name, role="admin" if name == "ada" else "member", password=WORDS)
    base.close()
    with served(lambda: create_app(Scripted(config=Config(data_dir=tmp_path)))) as where:
        yield where


def login(visitor: Visitor, name: str, password: str = WORDS) -> None:
    page = visitor.page
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_can_be_read_and_works_by_keys(
    where: str,
    visit: Visit,
    scheme: str,
    width: int,
) -> None:
    visitor = visit(where, at="form", color_scheme=scheme, viewport={"width": width, "height": 844})
    page = visitor.page
    assert page.evaluate("document.activeElement.id") == "name"
    assert low_contrast(visitor, "main") == []
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-hello")


def test_it_works_without_script(where: str, visit: Visit) -> None:
    visitor = visit(where, at="form", java_script_enabled=False)
    page = visitor.page
    login(visitor, "ada")
    page.wait_for_selector("noscript", state="attached")
    assert page.url == f"{where}/"


def test_who_logs_out_leaves_nothing_to_the_next(where: str, visit: Visit) -> None:
    visitor = visit(where, at="form")
    page = visitor.page
    login(visitor, "bert")
    page.wait_for_selector(".cw-hello")
    page.evaluate("location.hash = '#/papers/add'")
    page.wait_for_selector("text=This is for admins, and bert is none.")
    assert page.locator(".pp-tabs [data-tab=add]").is_hidden()
    page.evaluate("location.hash = '#/'")
    page.get_by_label("Your question").fill("a draft of bert's")
    page.get_by_role("button", name="Log out bert").click()
    page.wait_for_selector("form[action='/citewell/login']")
    login(visitor, "ada")
    page.get_by_role("button", name="Log out ada").wait_for()
    assert page.get_by_label("Your question").input_value() == ""
    page.evaluate("location.hash = '#/papers/add'")
    page.wait_for_selector(".pp-drop")
