"""`citewell table`: drawn, written to files, told what it takes, and stopped."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from rag.records import Span, Usage
from rag.table import build
from rag.table.records import (
    Cell,
    CellFilled,
    Estimate,
    Table,
    TableBegun,
    TableEvent,
    TableFinished,
)
from tests.corpus import filled
from tests.ui.commands import Run, loaded
from ui import tables

COLUMNS = ("-c", "method", "-c", "data sets")
ASKED = ("table", "memory of robots", "-k", "3", *COLUMNS)


def said(run: Run, *arguments: object) -> str:
    code, out, err = run(*arguments)
    assert code == 0, err
    return out


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(wiring, "make_embedder", lambda config, **_: HashEmbedder())
    filled(tmp_path / "data").close()
    return tmp_path / "data"


class Builder:
    """Fills every cell with "x", as a model that takes two calls would; `stops` after so many
    cells as Ctrl-C does."""

    stops: int | None = None
    asked: dict[str, Any]

    def __init__(self, assistant: object) -> None:
        pass

    def fill(self, asked: str, papers: Any, columns: Any, **how: Any) -> Iterator[TableEvent]:
        type(self).asked = how
        table = Table(asked=asked, papers=papers, columns=columns)
        yield TableBegun(table=table, estimate=Estimate(calls=2, prompt_tokens=4321, cost=0.031))
        cells = {}
        for at, (paper, column) in enumerate((p, c) for c in columns for p in papers):
            if at == self.stops:
                raise KeyboardInterrupt
            cell = (
                Cell(status="not_stated", model="tiny")
                if at == 1
                else Cell(status="stated", value="x", spans=(Span(start=0, end=4),), model="tiny")
            )
            cells[paper.paper_id, column.question] = cell
            yield CellFilled(paper_id=paper.paper_id, column=column, cell=cell)
        usage = Usage(prompt_tokens=4000, completion_tokens=20, calls=2, cost=0.03)
        notices = ("The server was slow.",)
        yield TableFinished(table=replace(table, cells=cells, usage=usage, notices=notices))


@pytest.fixture
def model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> type[Builder]:
    monkeypatch.setattr(build, "TableBuilder", Builder)
    monkeypatch.setattr(Builder, "stops", None)
    monkeypatch.setenv("CITEWELL_MODEL", "tiny")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")  # nobody asks it
    return Builder


def test_every_span_is_in_its_abstract(run: Run, bundled_dir: Path) -> None:
    papers = {p["paper_id"]: p for p in loaded(run, "papers", "--json", "--data-dir", bundled_dir)}
    asked = ("table", "class-incremental learning", "-k", "3", *COLUMNS)
    table = loaded(run, *asked, "--json", "--data-dir", bundled_dir)
    assert [column["name"] for column in table["columns"]] == ["method", "data sets"]
    assert len(table["rows"]) == 3
    stated = 0
    for row in table["rows"]:
        paper = papers[row["paper_id"]]
        assert (row["citekey"], row["title"]) == (paper["citekey"], paper["title"])
        for cell in row["cells"]:
            assert cell["status"] in ("stated", "not_stated")
            assert bool(cell["spans"]) == (cell["status"] == "stated")
            stated += cell["status"] == "stated"
            for span in cell["spans"]:
                assert span["quote"] == paper["abstract"][span["start"] : span["end"]] != ""
    assert stated


def test_every_file_by_its_ending(
    run: Run, folder: Path, model: type[Builder], tmp_path: Path
) -> None:
    where = ("--data-dir", folder)
    table = loaded(run, *ASKED, "--json", *where)
    keys = [row["citekey"] for row in table["rows"]]
    for ending in ("csv", "xlsx", "md", "tex", "json"):
        code, out, err = run(*ASKED, "-o", tmp_path / f"t.{ending}", *where)
        assert (code, out) == (0, ""), err
        assert f"Written to {tmp_path / f't.{ending}'}" in err.replace("\n", "")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert [row["citekey"] for row in csv.DictReader(file)] == keys
    page = load_workbook(tmp_path / "t.xlsx")["Table"]
    assert [cell.value for cell in page["A"]] == ["citekey", *keys]
    assert json.loads((tmp_path / "t.json").read_text("utf-8")) == table
    assert [k for k in keys if rf"\cite{{{k}}}" in (tmp_path / "t.tex").read_text("utf-8")] == keys
    assert said(run, *ASKED, *where) == (tmp_path / "t.md").read_text("utf-8")
    printed = said(run, *ASKED, "--format", "csv", *where)
    assert printed == (tmp_path / "t.csv").read_text("utf-8")


def test_a_pipe_gets_markdown_in_unbroken_lines(
    run: Run, folder: Path, model: type[Builder]
) -> None:
    out = said(run, *ASKED, "--data-dir", folder)
    found = MarkdownIt("commonmark").enable("table").parse(out)
    assert sum(token.type == "tr_open" for token in found) == 4
    assert "\x1b" not in out


@pytest.mark.parametrize(("width", "drawn"), [(120, True), (60, False)])
def test_a_terminal_gets_a_table_or_blocks(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, width: int, drawn: bool
) -> None:
    from rich.console import Console

    out = io.StringIO()
    watched = Console(file=out, force_terminal=True, width=width, color_system=None)
    for module in ("ui.terminal", "ui.table_view"):
        monkeypatch.setattr(f"{module}.console", watched)
    table = loaded(run, "table", "robots", "-k", "3", *COLUMNS, "--json", "--data-dir", folder)
    assert said(run, "table", "robots", "-k", "3", *COLUMNS, "--data-dir", folder) == ""
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    for row in table["rows"]:
        assert row["citekey"] in text
    assert text.count("data sets") == (1 if drawn else 3)
    assert ("───" in text) == drawn


def test_chosen_papers_in_their_order(run: Run, folder: Path) -> None:
    ids = [p["paper_id"] for p in loaded(run, "papers", "--json", "--data-dir", folder)][4:1:-1]
    named = [part for paper_id in ids for part in ("--id", paper_id)]
    table = loaded(run, "table", *named, "-c", "how many?", "--json", "--data-dir", folder)
    assert [row["paper_id"] for row in table["rows"]] == ids
    assert table["columns"] == [{"name": "how many?", "question": "how many?"}]
    best = loaded(run, "table", "robots", "-k", 2, *named, "--json", "--data-dir", folder)
    assert {row["paper_id"] for row in best["rows"]} < {*ids}


def test_what_a_model_takes_is_told_before_and_after(
    run: Run, folder: Path, model: type[Builder], tmp_path: Path
) -> None:
    code, out, err = run("table", "robots", "-k", 3, "--fresh", *COLUMNS, "--data-dir", folder)
    assert code == 0, err
    assert "\n| Paper | method | data sets |\n" in out
    assert model.asked == {"mode": "llm", "fresh": True}
    told = [
        "This takes 2 calls of the model, about 4,321 prompt tokens, cost 0.03.",
        "Filling the table …",
        "Filling the table: done",
        "! The server was slow.",
        "3 papers, 2 columns · 5 cells stated · 4,020 tokens in 2 calls · cost 0.03"
        " · Written by tiny",
    ]
    places = [err.find(line) for line in told]
    assert -1 not in places, err
    assert places == sorted(places)
    run("table", "robots", "-k", 3, "--mode", "extractive", "--data-dir", folder)
    assert model.asked == {"mode": "extractive", "fresh": False}


def test_stopped_it_keeps_what_was_filled(
    run: Run,
    folder: Path,
    model: type[Builder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model, "stops", 4)
    file = tmp_path / "t.csv"
    code, out, err = run("table", "robots", "-k", 3, *COLUMNS, "-o", file, "--data-dir", folder)
    assert (code, out) == (130, "")
    told = " ".join(err.split())
    assert told.endswith("! Stopped. 4 of 6 cells are filled; the same command fills the rest.")
    rows = [*csv.DictReader(io.StringIO(file.read_text("utf-8")))]
    assert [row["method"] for row in rows] == ["x", "not stated", "x"]
    assert [row["data sets"] for row in rows] == ["x", "", ""]


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (("robots", "-o", "t.docx"), "No format ends in .docx: t.docx", ".xlsx"),
        (
            ("robots", "--format", "bibtex"),
            "no format 'bibtex'",
            "csv, xlsx, markdown, latex, json",
        ),
        (("robots", "-o", "nowhere/t.csv"), "there is no folder nowhere", "with -o"),
        (("robots", "--format", "xlsx"), "needs a file", "-o table.xlsx"),
        (("robots", "--json", "--format", "csv"), "--json is a format of its own", "not both"),
        (("robots", "-c", "method", "-c", "methods"), "“methods” is there twice", "once"),
        (("robots", "-c", "data", "sets"), "several words: robots sets", '-c "data sets"'),
        (("-c", "method"), "which papers the table is about", "--id ID"),
        (("--id", "nobody"), "No paper has the id 'nobody'", "citewell papers"),
        (("papers with at least 100000 upvotes",), "No paper clearly answers", "-k 10"),
    ],
)
def test_what_cannot_be_done_is_told(
    run: Run, folder: Path, arguments: tuple[str, ...], message: str, remedy: str
) -> None:
    code, out, err = run("table", *arguments, "--data-dir", folder)
    told = " ".join(err.split())
    assert (code, out) == (2, "")
    assert message in told
    assert remedy in told


def test_hostile_papers_stay_text(run: Run, folder: Path, tmp_path: Path) -> None:
    listing = tmp_path / "papers.json"
    title, abstract = (
        "=HYPERLINK(1) <b>| [x]",
        "=cmd|' /C calc'!A0 is a \x1b[31mmethod. | **No** <i>.",
    )
    listing.write_text(json.dumps([{"title": title, "abstract": abstract}]))
    said(run, "ingest", listing, "--data-dir", folder)
    paper = next(
        p["paper_id"]
        for p in loaded(run, "papers", "--json", "--data-dir", folder)
        if p["title"].startswith("=")
    )
    for kind in ("csv", "markdown", "latex"):
        out = said(run, "table", "--id", paper, "--format", kind, "--data-dir", folder)
        assert "\x1b" not in out
        assert '"=' not in out
        assert "HYPERLINK" in out


def test_the_most_rows_are_those_of_a_table(run: Run, folder: Path) -> None:
    code, _, err = run("table", "robots", "-k", build.MOST_ROWS + 1, "--data-dir", folder)
    assert (code, str(build.MOST_ROWS) in err) == (2, True)


def test_help_gives_an_example(run: Run) -> None:
    assert "citewell table" in said(run, "table", "--help")
    assert {".csv", ".xlsx"} <= set(tables._ENDINGS)
