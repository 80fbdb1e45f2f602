"""What notebooks show: everything is said, nothing is alive, and nothing else looks different."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from citewell import Answer, Corpus, Finished, Paper, SearchResult, Span, Table, as_dict
from rag.display import Displayed
from rag.export import Note, notebook
from rag.export.references import line
from rag.records import Citation
from rag.table.records import Cell, Column
from rag.text.latex import readable
from tests.browser import PICTURES
from tests.documents import ROOT
from tests.eval.test_report import EVIL
from tests.rag.export.tables import tables
from tests.rag.export.test_web_page import CUT, Reader, hostile, read
from tests.rag.export.world import notes

QUESTION = "which papers mitigate entropy collapse in RLVR?"


def known(given: Note) -> Answer:
    """The answer, with its papers."""
    return given.answer.with_papers(given.papers.values())


def noted(*papers: Paper) -> Note:
    """For `read`, which wants to know whose addresses may be linked."""
    return Note(answer=hostile()[0].answer, papers={paper.paper_id: paper for paper in papers})


def evil_table() -> Table:
    evil = replace(CUT, title=EVIL, abstract=f"{EVIL} {CUT.abstract}", authors=(EVIL,))
    column = Column(name=EVIL, question=EVIL)
    span = Span(start=0, end=len(EVIL))
    cell = Cell(status="stated", value=EVIL, spans=(span,))
    cells = {(evil.paper_id, EVIL): cell}
    return Table(asked=EVIL, papers=(evil,), columns=(column,), cells=cells, notices=(EVIL,))


@given(notes())
@settings(max_examples=50)
def test_an_answer_says_all_and_does_nothing(given: Note) -> None:
    reader = read(notebook.html(known(given)), [given])
    for told in given.answer.sentences:
        assert line(told.text) in reader.shown
    assert len(reader.marks) == len(given.answer.citations)


@given(tables())
@settings(max_examples=25)
def test_a_table_says_all_and_does_nothing(table: Table) -> None:
    reader = read(notebook.html(table), [noted(*table.papers)])
    for cell in table.cells.values():
        assert (readable(line(cell.value)) or line(cell.value)) in reader.shown


@pytest.mark.parametrize("shown", [known(hostile()[0]), evil_table(), *evil_table().papers])
def test_what_is_hostile_is_text(shown: Displayed) -> None:
    papers = shown.papers if isinstance(shown, Table) else (CUT,)
    extra = hostile()[0].papers.values()
    reader = read(shown._repr_html_(), [noted(*papers, *extra)])
    assert EVIL in reader.shown
    assert "<img" not in shown._repr_markdown_().replace(r"\<", "")


@pytest.fixture(scope="module")
def corpus(bundled_dir: Path) -> Iterator[Corpus]:
    with Corpus.open(bundled_dir, mode="extractive") as corpus:
        yield corpus


def marked(shown: Displayed, *papers: Paper) -> list[str]:
    return [line(mark) for mark in read(shown._repr_html_(), [noted(*papers)]).marks]


def test_every_quote_is_marked_in_its_abstract(corpus: Corpus) -> None:
    answer = corpus.ask(QUESTION)
    quotes = [line(c.quote) for c in answer.citations]
    assert quotes and marked(answer, *answer.named_papers) == [readable(q) for q in quotes]
    shown = Reader(answer._repr_html_()).shown
    assert all(quote in answer._repr_markdown_() for quote in plain_ones(answer.citations))
    for paper in answer.named_papers:
        if paper.paper_id in answer.papers:
            assert paper.abstract.split(". ")[0] in shown


def plain_ones(citations: tuple[Citation, ...]) -> list[str]:
    """Those that Markdown has nothing to escape in."""
    return [c.quote for c in citations if line(c.quote).replace(" ", "").isalpha()]


def test_every_span_of_a_cell_is_marked_in_its_abstract(corpus: Corpus) -> None:
    table = corpus.table("entropy collapse", ["method", "result"], k=4)
    spans = {(at, span) for (at, _), cell in table.cells.items() for span in cell.spans}
    texts = {paper.paper_id: paper.abstract for paper in table.papers}
    wanted = "".join(sorted(readable(line(texts[at][s.start : s.end])) for at, s in spans))
    assert spans and "".join(sorted(marked(table, *table.papers))) == wanted


def test_a_search_marks_the_best_passages(corpus: Corpus) -> None:
    found = corpus.search(QUESTION, k=3)
    assert isinstance(found, SearchResult)
    assert marked(found, *(hit.paper for hit in found.hits)) == [
        readable(line(hit.quote)) for hit in found.hits
    ]


def test_an_answer_from_anywhere_knows_its_papers(corpus: Corpus) -> None:
    answer = corpus.ask(QUESTION)
    *_, last = corpus.stream(QUESTION)
    assert isinstance(last, Finished)
    assert last.answer.named_papers == answer.named_papers
    named = {paper.paper_id for paper in answer.named_papers}
    assert {*answer.papers, *answer.near} <= named
    # Of one that was kept without them, the quotes are shown.
    bare = replace(answer)
    assert not bare.named_papers and bare == answer and as_dict(bare) == as_dict(answer)
    assert marked(bare, *answer.named_papers) == [readable(line(c.quote)) for c in answer.citations]


def test_in_a_terminal_it_is_text(corpus: Corpus) -> None:
    class Printer:
        said = ""

        def text(self, words: str) -> None:
            self.said += words

    answer = corpus.ask(QUESTION)
    for record in (answer, answer.named_papers[0], corpus.search(QUESTION, k=2)):
        record._repr_pretty_(printer := Printer(), cycle=False)
        assert answer.named_papers[0].title in printer.said and "<" not in printer.said


def test_nobody_misses_a_widget() -> None:
    """As in a kernel without ipywidgets, where tqdm warns when it is imported."""
    program = (
        "import sys, types, warnings; warnings.simplefilter('error')\n"
        "kernel = types.SimpleNamespace(config={'IPKernelApp': {}})\n"
        "sys.modules['IPython'] = types.ModuleType('IPython')\n"
        "sys.modules['IPython'].get_ipython = lambda: kernel\n"
        "from rag.adapters import bm25_index; bm25_index._bm25s()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


STYLES = """() => [...document.querySelectorAll('#others *')].map(
    (e) => JSON.stringify([...getComputedStyle(e)].map((n) => getComputedStyle(e)[n])))"""
OTHERS = (
    "<div id='others'><p class='source title'>A <mark>b</mark> <a href='#x'>c</a></p>"
    "<details><summary>d</summary></details><table><tr><th>e</th><td class='number'>f</td></tr>"
    "</table></div>"
)


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium here")
@pytest.mark.parametrize(("ink", "ground"), [("#000000de", "#fff"), ("#fff", "#111")])
def test_it_takes_the_colours_of_the_notebook(
    chromium: Any, corpus: Corpus, ink: str, ground: str
) -> None:
    records = [
        corpus.ask(QUESTION),
        corpus.table("entropy collapse", ["method", "result"], k=4),
        evil_table(),
    ]
    context = chromium.new_context(viewport={"width": 900, "height": 700}, offline=True)
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.set_content(
        f"<body style='color: {ink}; background: {ground}; font: 14px sans-serif'>{OTHERS}"
        "<div id='output'></div>"
    )
    before = tab.evaluate(STYLES)
    html = "".join(record._repr_html_() for record in records)
    tab.evaluate("html => { document.querySelector('#output').innerHTML = html; }", html)
    assert tab.evaluate(STYLES) == before
    colours = "es => [...new Set(es.map((e) => getComputedStyle(e).color))]"
    plain = tab.eval_on_selector("body", "e => getComputedStyle(e).color")
    assert tab.eval_on_selector_all(".citewell :is(mark, a, li, td:not([class]))", colours) == [
        plain
    ]
    number = tab.locator(".prose a.number").first
    number.click()
    assert tab.locator("mark a.number:target").inner_text().startswith("1")
    tab.locator("table a.number").first.click()  # the folded sources open
    assert tab.locator("mark a.number:target").is_visible()
    assert said == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=PICTURES / f"notebook-{ground.lstrip('#')}.png", full_page=True)
    context.close()
