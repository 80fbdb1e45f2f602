"""Tables read back by other programs than the ones that wrote them: every word survives, and
nothing in a cell is alive."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pylatexenc.latexwalker import LatexWalker

from rag.export.references import Reference, line, references_to
from rag.export.tables import TABLE_FORMATS
from rag.records import Paper, Span
from rag.table.records import Cell, Column, Table
from rag.text.latex import readable
from tests.rag.export.tables import FORMULAS, table_of, tables
from tests.rag.export.test_bibliographies import decoded, pandoc, typeset
from tests.rag.export.test_markdown import assert_inert, said, tokens
from tests.rag.export.world import NASTY, note

_SOME = settings(max_examples=25)
"""A table has a dozen texts or two, so few of them go far."""
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
MIXED = Table(
    asked="which are there?",
    papers=(
        Paper(paper_id="t-1", title="One", abstract="We do x. We find 5%.", citekey="one-2025"),
        Paper(paper_id="t-2", title="Two", abstract="Nothing.", published="2025-03", citekey="two"),
    ),
    columns=(
        Column(name="method", question="m"),
        Column(name="title", question="t"),
        Column(name="method", question="other"),
    ),
    cells={
        ("t-1", "m"): Cell(
            status="stated", value="x", spans=(Span(start=0, end=8), Span(start=9, end=20))
        ),
        ("t-1", "t"): Cell(status="not_stated"),
        ("t-2", "m"): Cell(status="failed", note="The server is busy."),
    },
)


def written(kind: str, table: Table) -> str:
    text = TABLE_FORMATS[kind].write(table)
    assert isinstance(text, str)
    return text


def expected(table: Table, paper: Paper, column: Column) -> tuple[str, list[str]]:
    """The value and the quotes of a cell, as they are shown."""
    cell = table.cell(paper, column)
    if cell is None:
        return "", []
    if cell.status != "stated":
        return cell.status.replace("_", " "), []
    shown = readable(line(cell.value)) or line(cell.value)
    return shown, [line(paper.abstract[s.start : s.end]) for s in cell.spans]


# CSV


PAPER = ("citekey", "title", "authors", "published", "arxiv_month", "url")


def about(paper: Paper, r: Reference) -> list[str]:
    authors = "; ".join(r.authors)
    return [r.key, r.title, authors, paper.published or "", paper.arxiv_month or "", r.url or ""]


def unguarded(text: str) -> str:
    """What stands in a cell: without the apostrophe that keeps it from being a formula."""
    return text[1:] if re.match(r"''*[=+\-@＝＋－＠]", text) else text


@_SOME
@given(tables())
def test_csv_gives_back_every_cell(table: Table) -> None:
    header, *rows = csv.reader(io.StringIO(written("csv", table)), strict=True)
    assert header[:6] == [*PAPER]
    assert len({*header}) == len(header) == 6 + 2 * len(table.columns)
    for row, paper, r in zip(rows, table.papers, references_to(table.papers), strict=True):
        assert [*map(unguarded, row[:6])] == about(paper, r)
        for at, column in enumerate(table.columns):
            value, quotes = expected(table, paper, column)
            assert unguarded(row[6 + 2 * at]) == value
            assert unguarded(row[7 + 2 * at]) == " … ".join(quotes)
    for text in (*header, *(text for row in rows for text in row)):
        assert not text.startswith(FORMULA)
        assert "\n" not in text


def test_csv_as_pandas_reads_it(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="no pandas; pip install pandas")
    (tmp_path / "t.csv").write_bytes(written("csv", MIXED).encode("utf-8"))
    frame = pandas.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert frame.to_dict("records") == [
        {
            **{"citekey": "one-2025", "title": "One", "authors": "", "published": ""},
            **{"arxiv_month": "", "url": ""},
            **{"method": "x", "method (quote)": "We do x. … We find 5%."},
            **{"title-2": "not stated", "title (quote)": ""},
            **{"method-2": "", "method-2 (quote)": ""},
        },
        {
            **{"citekey": "two", "title": "Two", "authors": "", "published": "2025-03"},
            **{"arxiv_month": "", "url": ""},
            **{"method": "failed", "method (quote)": ""},
            **{"title-2": "", "title (quote)": "", "method-2": "", "method-2 (quote)": ""},
        },
    ]


# XLSX


def sheets(table: Table) -> dict[str, list[list[object]]]:
    data = TABLE_FORMATS["xlsx"].write(table)
    assert isinstance(data, bytes)
    book = load_workbook(io.BytesIO(data))
    for page in book:
        for cell in (cell for row in page for cell in row if cell.value is not None):
            assert cell.data_type == ("n" if isinstance(cell.value, int) else "s"), cell.value
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        for name in files.namelist():
            assert b"<f>" not in files.read(name)
            assert b"<hyperlink" not in files.read(name)
    return {
        page.title: [[("" if v is None else v) for v in row] for row in page.values]
        for page in book
    }


@_SOME
@given(tables())
def test_a_workbook_gives_back_every_cell(table: Table) -> None:
    found = sheets(table)
    header, *rows = found["Table"]
    assert header[:6] == [*PAPER]
    assert len({*header}) == len(header) == 6 + len(table.columns)
    spans: list[list[object]] = []
    for row, paper, r in zip(rows, table.papers, references_to(table.papers), strict=True):
        assert row[:6] == about(paper, r)
        assert row[6:] == [expected(table, paper, column)[0] for column in table.columns]
        for column in table.columns:
            cell = table.cell(paper, column)
            for span in cell.spans if cell else ():
                quote = line(paper.abstract[span.start : span.end])
                spans.append(
                    [r.key, paper.paper_id, r.title, quote, span.start, span.end, r.url or ""]
                )
    heads, *evidence = found["Evidence"]
    assert heads == ["citekey", "paper id", "title", "column", "quote", "start", "end", "url"]
    assert [row[:3] + row[4:] for row in evidence] == spans
    assert {row[3] for row in evidence} <= {*header[6:]} | {line(c.name) for c in table.columns}


def test_a_workbook_is_laid_out_for_reading() -> None:
    data = TABLE_FORMATS["xlsx"].write(table_of("=1", "a long text " * 30, "x" * 40_000))
    assert isinstance(data, bytes)
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Table", "Evidence"]
    page = book["Table"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:G4")
    assert page["G3"].alignment.wrap_text
    assert page["G2"].quotePrefix
    widths = {name: page.column_dimensions[name].width for name in "ABG"}
    assert 10 <= widths["A"] < widths["G"] < 60
    assert page["G4"].value == "x" * 32_766 + "…"


def test_a_workbook_as_pandas_reads_it(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="no pandas; pip install pandas")
    data = TABLE_FORMATS["xlsx"].write(table_of(*FORMULAS))
    assert isinstance(data, bytes)
    (tmp_path / "t.xlsx").write_bytes(data)
    read = pandas.read_excel(
        tmp_path / "t.xlsx", sheet_name=None, keep_default_na=False, engine="openpyxl"
    )
    shown = [readable(line(text)) for text in FORMULAS]
    assert read["Table"]["method"].tolist() == shown
    assert read["Evidence"]["quote"].tolist() == [line(text) for text in FORMULAS]


def test_libreoffice_finds_text_in_every_cell(tmp_path: Path) -> None:
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        pytest.skip("no LibreOffice; on Debian: apt-get install libreoffice-calc-nogui")
    texts = [t for t in (*FORMULAS, *NASTY) if line(t)]
    data = TABLE_FORMATS["xlsx"].write(table_of(*texts))
    assert isinstance(data, bytes)
    (tmp_path / "t.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    target = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
    convert = [soffice, profile, "--headless", "--convert-to", target, "--outdir", tmp_path]
    subprocess.run(
        [*convert, tmp_path / "t.xlsx"],
        check=True,
        capture_output=True,
        timeout=180,
    )
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    assert [row[3] for row in rows] == [readable(line(t)) or line(t) for t in texts]


# Markdown


@_SOME
@given(tables())
def test_markdown_is_a_table_with_a_footnote_a_quote(table: Table) -> None:
    markdown = written("markdown", table)
    assert_inert(markdown, note(table.papers))
    found = [*tokens(markdown)]
    assert sum(t.type == "table_open" for t in found) == 1
    assert sum(t.type == "tr_open" for t in found) == 1 + len(table.papers)
    told = [t.content for t in found if t.type == "inline"]
    whole = said(markdown)
    assert line(table.asked) in whole
    spans = set()
    for paper, r in zip(table.papers, references_to(table.papers), strict=True):
        assert line(f"{r.title} [@{r.key}]") in whole
        for column in table.columns:
            value, quotes = expected(table, paper, column)
            assert line(value) in whole
            for quote in quotes:
                assert f"“{quote}”" in whole
            cell = table.cell(paper, column)
            spans |= {(paper.paper_id, s) for s in cell.spans} if cell else set()
    assert told
    assert sum(t.type == "footnote_open" for t in found) == len(spans)


def test_markdown_keeps_the_names_that_footnotes_have_in_answers() -> None:
    assert written("markdown", MIXED) == (
        "## which are there?\n\n"
        "| Paper | method | title | method-2 |\n| --- | --- | --- | --- |\n"
        "| One [@one-2025] | x[^one-2025-0][^one-2025-9] | not stated |  |\n"
        "| Two [@two] | failed |  |  |\n\n"
        "*Quoted sentences, no model.*\n\n"
        "[^one-2025-0]: *One* “We do x.”\n[^one-2025-9]: *One* “We find 5%.”\n"
    )


def test_pandoc_reads_the_markdown() -> None:
    texts = [f"{t} We say {t}. {t}" for t in NASTY]
    html = pandoc(written("markdown", table_of(*texts)), "-f", "markdown", "-t", "html")
    assert html.count("<table") == 1
    assert html.count('class="footnote-back"') == html.count("<tr") - 1 == len(texts)
    assert not re.search(r"<(?:script|img|iframe|del|mark|code|pre)\b", html)


# LaTeX

_ROW = re.compile(r"^\{\}(.*?)~\\cite\{([\w.:-]+)\} & (.*) \\\\$", re.MULTILINE)
_ASCII = st.lists(
    st.sampled_from([t for t in (*NASTY, *FORMULAS) if t.isascii()])
    | st.text(st.characters(codec="ascii"), max_size=8),
    min_size=1,
    max_size=8,
).map("".join)


@_SOME
@given(tables())
def test_latex_is_well_formed_and_nothing_in_it_is_a_command(table: Table) -> None:
    text = written("latex", table)
    nodes, _, length = LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    assert (length, len(nodes) > 0) == (len(text), True)
    rows = _ROW.findall(text)
    assert [key for _, key, _ in rows] == [r.key for r in references_to(table.papers)]
    caption = re.findall(r"^\\caption\{(.*)\} \\\\$", text, re.MULTILINE)
    for told in (*caption, *(title for title, _, _ in rows), *(cells for _, _, cells in rows)):
        bare = re.sub(r"\\[%&#$_{}^~=.]|\\ensuremath\{.*?\}", "", told.replace(" & ", "\0"))
        assert not re.search(r"[%&#$_^~]", bare), told
        assert not re.search(r"\\(?:input|write|implname|footnote|end|def|cite)\b", bare), told


@_SOME
@given(_ASCII.filter(line))
@example("[12pt] * x")
@example("a" * 30 + "/b/c_d")
@example("'\"")
def test_latex_gives_back_the_words(given: str) -> None:
    shown = readable(line(given)) or line(given)
    ((title, _, value),) = _ROW.findall(written("latex", table_of(given)))
    for told in (title, value):
        assert line(decoded(told.replace(r"\allowbreak{}", ""))) == line(typeset(straight(shown)))


def straight(text: str) -> str:
    """As it is written in LaTeX: two apostrophes, which join those that stand beside them."""
    return text.replace('"', "''")


def test_pandoc_reads_the_latex() -> None:
    texts = [f"{t} We say {t}. {t}" for t in NASTY if line(t)]
    html = pandoc(written("latex", table_of(*texts)), "-f", "latex", "-t", "html")
    assert len(re.findall("<tr", html)) >= 1 + len(texts)
    assert html.count("data-cites=") == len(texts)
    assert not re.search(r"<(?:script|img|iframe|code|pre)\b", html)


def test_latex_compiles(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("no LaTeX; on Debian: apt-get install texlive-latex-recommended")
    foreign = re.compile("[\u0590-\u05ff\u2028\u202e\u4e00-\u9fff\uff00-\uffef\U0001f600]")
    texts = [f"{t} We say {t}. {t}" for t in (*NASTY, *FORMULAS, "αβ ≤ 3 × ±2 → é") if line(t)]
    table = table_of("[12pt] x", "* y", *(t for t in texts if not foreign.search(t)))
    (tmp_path / "table.tex").write_text(written("latex", table), "utf-8")
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\n\\usepackage{array,booktabs,longtable}\n"
        "\\usepackage[T1]{fontenc}\\usepackage{textcomp}\n"
        "\\begin{document}\\input{table}\\end{document}\n"
    )
    done = subprocess.run(
        ["pdflatex", "-draftmode", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
    assert "key-1" in (tmp_path / "paper.aux").read_text("utf-8")


# JSON


@_SOME
@given(tables())
def test_json_has_every_span_to_the_character(table: Table) -> None:
    read = json.loads(written("json", table))
    assert read["asked"] == table.asked
    assert [c["question"] for c in read["columns"]] == [c.question for c in table.columns]
    for row, paper in zip(read["rows"], table.papers, strict=True):
        assert (row["paper_id"], row["title"]) == (paper.paper_id, paper.title)
        for told, column in zip(row["cells"], table.columns, strict=True):
            cell = table.cell(paper, column)
            assert told["column"] == column.name
            assert told["status"] == (cell.status if cell else None)
            assert told["value"] == (cell.value if cell else "")
            spans: Sequence[Span] = cell.spans if cell else ()
            assert [(s["start"], s["end"]) for s in told["spans"]] == [
                (span.start, span.end) for span in spans
            ]
            for span in told["spans"]:
                assert span["quote"] == paper.abstract[span["start"] : span["end"]]


def test_formats_have_names_of_files_and_kinds() -> None:
    assert [f.filename("Which: papers?") for f in TABLE_FORMATS.values()] == [
        f"Which-papers.{ending}" for ending in ("csv", "xlsx", "md", "tex", "json")
    ]
    for kind in TABLE_FORMATS.values():
        assert isinstance(kind.write(MIXED), bytes if kind.binary else str)
