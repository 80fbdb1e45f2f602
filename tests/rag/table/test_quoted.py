"""Cells that quote, over the bundled corpus with the real embedder, and with another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from rag.assistant import Assistant
from rag.config import Config
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from rag.table.build import TableBuilder, rows_for
from rag.table.columns import KNOWN, columns_of
from rag.table.records import Table, TableFinished
from rag.table.roles import best_run, stands_alone
from tests import corpus


@pytest.fixture(scope="module")
def bundled(bundled_dir: Path) -> Iterator[Assistant]:
    catalog = Catalog(bundled_dir)
    config = Config(data_dir=bundled_dir)
    yield wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    catalog.close()


def filled(assistant: Assistant, *columns: str, most: int | None = None) -> Table:
    asked = "class-incremental learning"
    papers = rows_for(assistant, asked, most=most)
    builder = TableBuilder(assistant)
    *_, last = builder.fill(asked, papers, columns_of(columns), mode="extractive")
    assert isinstance(last, TableFinished)
    return last.table


def test_cells_quote_and_say_what_is_not_stated(bundled: Assistant) -> None:
    table = filled(bundled, *KNOWN, "how many parameters?")
    by_id = {paper.paper_id: paper for paper in table.papers}
    assert len(table.cells) == len(table.papers) * (len(KNOWN) + 1)
    for (paper_id, _), cell in table.cells.items():
        assert (cell.status == "stated") == bool(cell.spans)
        for span in cell.spans:
            assert cell.value == by_id[paper_id].abstract[span.start : span.end]
    stated = {
        column.name: sum(
            table.cells[paper.paper_id, column.question].status == "stated"
            for paper in table.papers
        )
        for column in table.columns
    }
    assert stated["method"] == len(table.papers), "every abstract says what it does"
    assert stated["limitation"] < len(table.papers) / 2, "hardly one says what it cannot do"
    code = [
        cell.value
        for (_, question), cell in table.cells.items()
        if question == KNOWN["code"] and cell.value
    ]
    assert any("https://github.com/" in value for value in code)


def test_a_cell_is_the_same_in_every_table(bundled: Assistant) -> None:
    few, many = (filled(bundled, "method", "which data sets?", most=n) for n in (2, 8))
    assert all(many.cells[key] == cell for key, cell in few.cells.items())


def test_another_embedder_picks_by_words_and_says_so(tmp_path: Path) -> None:
    catalog = corpus.filled(tmp_path)
    assistant = Assistant(
        index_manager=IndexManager(catalog),
        embedder=HashEmbedder(),
        config=Config(data_dir=tmp_path),
    )
    papers = rows_for(assistant, "robots", most=3)
    *_, last = TableBuilder(assistant).fill("robots", papers, columns_of(["method"]))
    assert isinstance(last, TableFinished)
    assert {cell.note[:9] for cell in last.table.cells.values()} == {"Picked by"}
    catalog.close()


@given(st.lists(st.text(" ab,;:—.", min_size=1, max_size=8), min_size=1, max_size=12), st.data())
def test_a_clause_lies_within_its_sentence(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    ends = np.cumsum([len(word) + 1 for word in words]) - 1
    spans = np.array([(end - len(w), end) for end, w in zip(ends, words, strict=True)], np.int32)
    scores = data.draw(st.lists(st.floats(-3, 3), min_size=len(words), max_size=len(words)))
    run = best_run(text, spans, np.array(scores, np.float32))
    assert 0 <= run.start < run.end <= len(text)


def test_no_clause_ends_within_a_number() -> None:
    text = "results on Qwen-2.5 and 1,000 tasks"
    spans = np.array([(m.start(), m.end()) for m in re.finditer(r"\w+", text)], np.int32)
    scores = np.array([1, 1, 1, 1, -5, -5, -5, -5, -5], np.float32)
    assert text[best_run(text, spans, scores).end :] == ""


@pytest.mark.parametrize(
    ("text", "best", "clause"),
    [
        ("we gain AP50 by 8\\% and 30\\%, respectively", "8 30", "8\\% and 30\\%"),
        ("tests show that, on Qwen, it is faster", "tests show that", None),
        ("we propose CURE (a way, and more), which helps", "CURE a way", "CURE (a way, and more)"),
    ],
)
def test_a_clause_stands_alone(text: str, best: str, clause: str | None) -> None:
    spans = np.array([(m.start(), m.end()) for m in re.finditer(r"\w+", text)], np.int32)
    words = [text[start:end] for start, end in spans]
    scores = np.array([3 if word in best.split() else -1 for word in words], np.float32)
    run = best_run(text, spans, scores)
    shown = text[run.start : run.end]
    assert stands_alone(shown)
    assert shown.count("%") == shown.count("\\%")
    assert clause is None or clause in shown
