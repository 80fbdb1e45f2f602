"""What the browser says it has chosen: believed as far as the corpus knows it."""

from __future__ import annotations

import pytest

from rag.errors import UsageError
from tests.ui.web.scripted import Papers
from tests.ui.web.written import CURE, OTHER, STEER
from ui.web.chat.browser_request import MOST, scope

CATALOG = Papers((STEER, CURE, OTHER))


@pytest.mark.parametrize("nothing", [{}, {"scope": []}, {"scope": None}, {"scope": ""}])
def test_nothing_chosen_is_no_restriction(nothing: dict[str, object]) -> None:
    assert scope(nothing, CATALOG) is None


def test_unknown_papers_are_left_out_and_doubles_count_once() -> None:
    found = scope({"scope": ["cure", "gone", "steer", "cure"]}, CATALOG)
    assert found == ("cure", "steer")


def test_when_all_have_gone_nothing_is_left_rather_than_everything() -> None:
    assert scope({"scope": ["gone"]}, CATALOG) == ()


@pytest.mark.parametrize("bad", ["steer", {"a": 1}, [1], [["steer"]], ["steer"] * (MOST + 1)])
def test_what_no_page_of_ours_sends_is_refused(bad: object) -> None:
    with pytest.raises(UsageError):
        scope({"scope": bad}, CATALOG)
