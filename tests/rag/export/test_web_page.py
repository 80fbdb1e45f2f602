"""The page that is shared: read as HTML it says everything and does nothing, and in a browser
without a network its numbers lead to the quoted words and back."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.citations import check
from rag.export import FORMATS, Note
from rag.export.references import address, line
from rag.records import Evidence, Paper
from rag.text.latex import readable
from tests.eval.test_report import EVIL
from tests.rag.export.test_bibliographies import KNOWN, TULU
from tests.rag.export.world import note, notes, papers, sentence, words

HTML = FORMATS["html"]
CUT = Paper(
    paper_id="t-3",
    title="Of Three Sentences",
    abstract="This comes before. We say 7 < 8 & more. This comes after.",
    published="2024-05",
    citekey="three",
)
VOID = {"meta", "br", "hr"}


class Reader(HTMLParser):
    """Tags with their attributes, all that is shown, and what is marked. Tags must be balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.shown, self.title = "", ""
        self.marks: list[str] = []
        self.feed(html)
        assert self.open == []
        self.shown = line(self.shown)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" in self.open:
            self.title += data
        elif "style" not in self.open:
            self.shown += data
        if "mark" in self.open and "a" not in self.open:
            self.marks[-1] += data

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def read(html: str, given: Sequence[Note]) -> Reader:
    """The page, sure to load and to run nothing, its links to lead somewhere."""
    reader = Reader(html)
    papers = [paper for note in given for paper in note.papers.values()]
    ids = reader.values("id")
    assert len(ids) == len(set(ids))
    for tag, attributes in reader.tags:
        assert tag not in ("script", "img", "iframe", "object", "link", "form", "base", "svg"), tag
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        assert "style" not in attributes
        if href := attributes.get("href"):
            if href.startswith("#"):
                assert href[1:] in ids
            else:
                assert href in {address(paper) for paper in papers}
                assert attributes["rel"] == "noopener noreferrer"
    return reader


@given(notes())
def test_it_says_the_answer_and_marks_the_quotes(given: Note) -> None:
    reader = read(HTML.of_answers([given]), [given])
    assert reader.shown.count(line(given.answer.question)) >= 1
    for told in given.answer.sentences:
        assert line(told.text) in reader.shown
    assert len(reader.marks) == len(given.answer.citations)
    for c in given.answer.citations:
        assert {f"q1-{c.n}", f"a1-{c.n}"} <= set(reader.values("id"))


@given(
    papers,
    st.lists(words | st.sampled_from(["[E1]", "[E2]", " ", "\n\n", "# ", "- ", "| x | y |\n"])).map(
        "".join
    ),
)
def test_what_a_model_writes_is_inert(paper: Paper, reply: str) -> None:
    offered = note([paper], mode="llm")
    evidence = Evidence(key="E1", paper=paper, start=0, end=len(paper.abstract), score=1.0)
    checked = check(reply, [evidence])
    answer = replace(
        offered.answer,
        text=checked.text,
        sentences=checked.sentences,
        citations=checked.citations,
    )
    given = replace(offered, answer=answer)
    reader = read(HTML.of_answers([given]), [given])
    unsupported = sum(not s.supported for s in checked.sentences)
    assert reader.shown.count("[unsupported") >= unsupported


def test_a_quote_is_marked_where_it_stands_in_the_whole_abstract() -> None:
    start = CUT.abstract.index("We say")
    given = note([CUT], cuts=[(start, CUT.abstract.index(" This comes after"))])
    reader = read(HTML.of_answers([given]), [given])
    assert reader.marks == ["We say 7 < 8 & more."]
    assert CUT.abstract in reader.shown.replace("1 ↑", "")
    assert reader.values("title") == ["“We say 7 < 8 & more.”"]


def test_overlapping_quotes_have_a_number_each() -> None:
    given = note([CUT])
    (first,) = given.answer.citations
    second = replace(first, n=2, start=5, end=25, quote=CUT.abstract[5:25])
    answer = replace(
        given.answer, citations=(first, second), text=f"{given.answer.text} So it is. [2]"
    )
    given = replace(given, answer=answer)
    reader = read(HTML.of_answers([given]), [given])
    assert "".join(reader.marks) == CUT.abstract
    assert {"q1-1", "q1-2"} <= set(reader.values("id"))


def test_how_it_was_made_is_told() -> None:
    made = "extractive-c0ffee12-0123abcd"
    quoted = note([KNOWN])
    quoted = replace(quoted, answer=replace(quoted.answer, fingerprint=made))
    told = "asked on 21 November 2026 · corpus c0ffee12 · settings 0123abcd"
    assert f"Quoted sentences, no model · {told}" in Reader(HTML.of_answers([quoted])).shown
    written = replace(quoted, answer=replace(quoted.answer, mode="llm", model="some/model"))
    page = Reader(HTML.of_answers([written]))
    assert "Written by some/model, checked against the quotes · asked on" in page.shown
    assert "Made with Citewell " in page.shown
    bare = replace(quoted, asked="", answer=replace(quoted.answer, fingerprint=""))
    page = Reader(HTML.of_answers([bare]))
    assert "None" not in page.shown and "asked on" not in page.shown


def test_a_source_says_what_is_known_and_leads_to_the_paper() -> None:
    reader = read(HTML.of_answers([note([KNOWN, TULU])]), [note([KNOWN])])
    assert "Ada Lovelace, van der Berg, Jan and Research and Development" in reader.shown
    assert "4 March 2025" in reader.shown
    assert KNOWN.url in reader.values("href")
    assert "TÜLU gains 37% & \\implname" in reader.shown


@pytest.mark.parametrize("title", ["which one is it?", "which one …", "Of my own"])
def test_a_question_is_shown_once(title: str) -> None:
    asked = [note([TULU], question="which one is it?"), note([TULU], question="why?")]
    for exported in (asked, asked[:1]):
        page = read(HTML.of_answers(exported, title=title), exported)
        assert page.shown.count("which one") == 1
        assert [tag for tag, _ in page.tags].count("h1") == 1
        assert ("Of my own" in page.shown) == (title == "Of my own" and len(exported) == 2)


def test_a_quote_whose_abstract_is_not_at_hand_stands_alone() -> None:
    given = replace(note([TULU]), papers={})
    reader = read(HTML.of_answers([given]), [note([TULU])])
    assert [mark.strip() for mark in reader.marks] == [readable(line(TULU.abstract))]


def test_papers_that_nothing_is_quoted_from() -> None:
    given = note([KNOWN])
    refused = replace(
        given.answer,
        status="not_in_corpus",
        text="No paper says so.",
        sentences=(sentence("No paper says so."),),
        citations=(),
        papers=(),
        near=(KNOWN.paper_id,),
    )
    reader = read(HTML.of_answers([replace(given, answer=refused)]), [given])
    assert "One paper nearby, not part of the answer" in reader.shown
    assert reader.marks == []
    page = read(HTML.of_papers([KNOWN, TULU]), [note([KNOWN, TULU])])
    assert page.title == "2 papers"
    assert KNOWN.abstract in page.shown


# In a browser that has no network


def hostile() -> list[Note]:
    evil = replace(CUT, title=EVIL, abstract=f"{EVIL} {CUT.abstract}", authors=(EVIL,))
    given = note([KNOWN, evil, TULU], question=EVIL, mode="llm")
    table = f"| a | b |\n|---|---|\n| {'long ' * 60} | x |"
    answer = replace(
        given.answer,
        model=EVIL,
        sentences=(*given.answer.sentences, sentence(EVIL, why=EVIL)),
        text=f"{given.answer.text}\n\n{table}\n\n{EVIL} [unsupported]",
    )
    return [replace(given, answer=answer), note([CUT], question="and what comes after?")]


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium here")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_reads_without_a_network(chromium: Any, tmp_path: Path, width: int, scheme: str) -> None:
    path = tmp_path / "shared.html"
    path.write_text(HTML.of_answers(hostile(), title=EVIL), "utf-8")
    context = chromium.new_context(
        viewport={"width": width, "height": 700}, color_scheme=scheme, offline=True
    )
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(path.as_uri())
    for link in tab.locator("a.number").all():
        link.focus()
        tab.keyboard.press("Enter")
        target = tab.locator(":target")
        box = target.bounding_box()
        assert box is not None and 0 <= box["y"] <= 700
        assert target.get_attribute("id") == (link.get_attribute("href") or "")[1:]
    assert asked == [path.as_uri()] and said == []
    assert tab.locator("img, iframe, script, [onerror]").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    lit = tab.locator("mark:has(:target)")
    tab.goto(f"{path.as_uri()}#q2-1")
    assert lit.inner_text().endswith(CUT.abstract)
    ground = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == ("rgb(252, 251, 248)" if scheme == "light" else "rgb(24, 23, 21)")
    context.close()
