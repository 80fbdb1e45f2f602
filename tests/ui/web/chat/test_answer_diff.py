"""Answers that are older than the corpus say so, and asking again says what that changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder
from rag.question.schema import ParsedQuestion, Topic
from tests.browser import Visitor, served
from tests.corpus import paper
from tests.ui.web.world import small
from tests.ui.web.written import CURE, OTHER, STEER, entropy
from ui.web.chat import answer_diff
from ui.web.server import create_app

Visit = Callable[..., Visitor]
QUESTION = "which papers propose a method for robots?"


def test_papers_new_and_gone_are_told_where_the_corpus_differs() -> None:
    before = entropy(ParsedQuestion(question="q", standalone="q", topic=Topic(own="q")))
    before = replace(before, fingerprint="extractive-aaaaaaaa-11111111")
    after = replace(before, fingerprint="extractive-bbbbbbbb-11111111")
    after = replace(after, papers=(STEER.paper_id, OTHER.paper_id), citations=before.citations[:2])
    told = answer_diff.told(before, after, {OTHER.paper_id: OTHER.title, CURE.paper_id: CURE.title})
    assert told[:2] == (f"New: {OTHER.title}", f"Gone: {CURE.title}")
    assert told[-1] == "The corpus has changed."
    assert answer_diff.told(before, before, {}) == ()
    same = replace(before, fingerprint="llm-bbbbbbbb-22222222")
    assert answer_diff.told(before, same, {})[0] == "The answer is the same."


@pytest.mark.parametrize("fingerprint", ["", "c0ffee12", "a-b-c-d"])
def test_an_answer_of_an_unknown_corpus_is_not_called_old(fingerprint: str) -> None:
    answer = entropy(ParsedQuestion(question="q", standalone="q", topic=Topic(own="q")))
    assert not answer_diff.is_stale(replace(answer, fingerprint=fingerprint), "aaaaaaaa")
    assert not answer_diff.is_stale(replace(answer, fingerprint="llm-aaaaaaaa-1"), "")


@pytest.mark.browser
def test_reopened_after_the_corpus_has_changed(tmp_path: Path, visit: Visit) -> None:
    assistant = small(tmp_path)
    with served(lambda: create_app(assistant)) as address:
        visitor = visit(address)
        visitor.ask(QUESTION)
        assert "has changed" not in visitor.text("status")
        more = paper(99, text="We propose a method for robots that needs no robots at all.")
        ingest([more], assistant.index_manager.catalog, HashEmbedder())
        _reload(visitor)
        assert "The corpus has changed since this answer." in visitor.text("status")
        visitor.picture("stale")
        visitor.page.locator(".cw-changed button").click()
        visitor.page.wait_for_function(
            "!document.querySelector('.cw-turns').innerText.includes('since this answer')"
        )
        visitor.wait("done")
        assert f"New: {more.title}" in visitor.text("status")
        _reload(visitor)
        assert f"New: {more.title}" in visitor.text("status")


def _reload(visitor: Visitor) -> None:
    visitor.page.reload()
    visitor.wait("done")
    # A reload may cut Gradio's stream, which then complains of it.
    visitor.faults[:] = [f for f in visitor.faults if "Abort" not in f and "errored out" not in f]
