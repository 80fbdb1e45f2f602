"""BibTeX, RIS and CSL-JSON, each read back by another reader than the one that wrote it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from pybtex.database import Person, parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from rag.export import FORMATS, Note
from rag.export.references import line, references
from rag.records import Paper
from rag.text.latex import readable
from tests.rag.export.world import NASTY, note, notes

TULU = Paper(
    paper_id="t-1",
    title='T\\"ULU gains 37\\% & \\implname',
    abstract="We say {this.\nAnd 50% more.",
    citekey="tulu",
)
KNOWN = Paper(
    paper_id="arxiv-2503.01234",
    title="All of It",
    abstract="We know all of it.",
    published="2025-03-04",
    authors=("Ada Lovelace", "van der Berg, Jan", "Research and Development"),
    arxiv_id="2503.01234",
    doi="10.1000/18_2",
    url="https://a.test/p_1?x=1;y",
    citekey="lovelace-2025-all",
)


def written(kind: str, given: Note) -> str:
    return FORMATS[kind].of_answers([given])


# BibTeX


_LATEX = get_default_latex_context_db()
_NAMED = {"braceleft": "{", "braceright": "}", "less": "<", "greater": ">", "asciicircum": "^"}
_LATEX.add_context_category(
    "named", macros=[MacroTextSpec(f"text{name}", c) for name, c in _NAMED.items()], prepend=True
)


def decoded(text: str) -> str:
    return LatexNodes2Text(latex_context=_LATEX, keep_comments=True).latex_to_text(text)


def typeset(text: str) -> str:
    """What TeX's ligatures make of plain text."""
    for typed, shown in {"``": "“", "''": "”", "---": "—", "--": "–", "!`": "¡", "?`": "¿"}.items():
        text = text.replace(typed, shown)
    return text


@given(notes())
def test_bibtex_is_read_by_pybtex(given: Note) -> None:
    entries = parse_string(written("bibtex", given), "bibtex").entries
    expected = references([given])
    assert [*entries] == [r.key for r in expected]
    for r in expected:
        entry = entries[r.key]
        title = entry.fields["title"]
        assert title.startswith("{")  # styles keep its capitals
        assert line(decoded(title)) == line(typeset(r.title))
        assert line(decoded(entry.fields["abstract"])) == line(typeset(r.abstract))
        for quote in r.quotes:
            assert f"“{line(typeset(quote))}”" in line(decoded(entry.fields["annote"]))
        assert entry.fields.get("year") == (r.iso_date[:4] or None)
        assert len(entry.persons.get("author", ())) == len(r.authors)
        assert entry.fields.get("eprint") == r.arxiv_id
        known = {"title", "abstract", "annote", "year", "month", "day", "doi", "url"}
        assert {*entry.fields} <= known | {"eprint", "archivePrefix"}


def test_bibtex_holds_what_is_known_and_nothing_else() -> None:
    entry = parse_string(written("bibtex", note([KNOWN])), "bibtex").entries["lovelace-2025-all"]
    assert dict(entry.fields) == {
        "title": "{All of It}",
        "year": "2025",
        "month": "March",  # the macro `mar`, resolved
        "day": "4",
        "eprint": "2503.01234",
        "archivePrefix": "arXiv",
        "doi": "10.1000/18_2",
        "url": "https://a.test/p_1?x=1;y",
        "abstract": "We know all of it.",
        "annote": "“We know all of it.”",
    }
    people = [Person("Lovelace, Ada"), Person("van der Berg, Jan")]
    assert entry.persons["author"][:2] == people
    assert str(entry.persons["author"][2]) == "{Research and Development}"
    bare = FORMATS["bibtex"].of_papers([TULU])
    assert set(parse_string(bare, "bibtex").entries["tulu"].fields) == {"title", "abstract"}
    assert "{{TÜLU gains 37\\% \\& {\\textbackslash}implname}}" in bare
    assert "{We say {\\textbraceleft}this. And 50\\% more.}" in bare


PREPRINT = Paper(
    paper_id="t-2",
    title="On Tokens",
    abstract="We study tokens.",
    authors=("Z. Hao", "Wei Lee"),
    arxiv_id="2510.10150",
    citekey="on-tokens",
)


def test_the_month_of_an_arxiv_id_is_told_as_such() -> None:
    bibtex = parse_string(FORMATS["bibtex"].of_papers([PREPRINT]), "bibtex").entries["on-tokens"]
    assert (bibtex.fields["year"], bibtex.fields["month"]) == ("2025", "October")
    assert bibtex.fields["annote"] == "Year and month by the arXiv id."
    assert bibtex.fields["eprint"] == "2510.10150"
    assert bibtex.fields["url"] == "https://arxiv.org/abs/2510.10150"
    assert [str(person) for person in bibtex.persons["author"]] == ["Hao, Z.", "Lee, Wei"]
    (csl,) = json.loads(FORMATS["csl"].of_papers([PREPRINT]))
    assert csl["issued"] == {"date-parts": [[2025, 10]]}
    assert csl["annote"] == "Year and month by the arXiv id."
    assert csl["author"][0] == {"family": "Hao", "given": "Z."}
    (ris,) = records(FORMATS["ris"].of_papers([PREPRINT]))
    assert ("DA", "2025/10/") in ris
    assert ("N1", "Year and month by the arXiv id.") in ris
    for name in ("markdown", "plain", "obsidian"):
        assert "arXiv 2025-10" in FORMATS[name].of_papers([PREPRINT])
    assert "October 2025 by its arXiv id" in FORMATS["html"].of_papers([PREPRINT])
    dated = replace(PREPRINT, published="2025-11-02")
    for kind in FORMATS.values():
        assert "by the arXiv id" not in kind.of_papers([dated])
        assert "arXiv 2025" not in kind.of_papers([dated])


# RIS, by its grammar: two letters or a letter and a digit, two spaces, a hyphen, a space


def records(text: str) -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for row in filter(None, text.split("\n")):
        field = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", row)
        assert field, row
        if field[1] == "TY":
            found.append([])
        found[-1].append((field[1], field[2]))
    assert all(fields[-1] == ("ER", "") and fields[0][0] == "TY" for fields in found)
    return found


@given(notes())
def test_ris_is_read_by_its_grammar(given: Note) -> None:
    expected = references([given])
    found = records(written("ris", given))
    assert len(found) == len(expected)
    for fields, r in zip(found, expected, strict=True):
        held = dict(fields)
        assert (held["ID"], held["TI"], held["AB"]) == (r.key, r.title, r.abstract)
        assert [v for tag, v in fields if tag == "N1"] == [
            *r.remarks,
            *(f"“{quote}”" for quote in r.quotes),
        ]
        assert len([v for tag, v in fields if tag == "AU"]) == len(r.authors)
        assert sum(tag in ("TY", "ER") for tag, _ in fields) == 2


def test_ris_holds_what_is_known_and_nothing_else() -> None:
    assert records(written("ris", note([KNOWN]))) == [
        [
            ("TY", "UNPB"),
            ("ID", "lovelace-2025-all"),
            ("TI", "All of It"),
            ("AU", "Lovelace, Ada"),
            ("AU", "van der Berg, Jan"),
            ("AU", "Research and Development"),
            ("PY", "2025"),
            ("DA", "2025/03/04"),
            ("DB", "arXiv"),
            ("AN", "2503.01234"),
            ("DO", "10.1000/18_2"),
            ("UR", "https://a.test/p_1?x=1%3By"),
            ("AB", "We know all of it."),
            ("N1", "“We know all of it.”"),
            ("ER", ""),
        ]
    ]
    dates = {"2025": "2025//", "2025-03": "2025/03/", None: ""}
    for published, date in dates.items():
        fields = dict(records(FORMATS["ris"].of_papers([replace(TULU, published=published)]))[0])
        assert fields.get("DA", "") == date


# CSL-JSON


@given(notes())
def test_csl_says_what_the_schema_knows(given: Note) -> None:
    items = json.loads(written("csl", given))
    expected = references([given])
    assert [item["id"] for item in items] == [r.key for r in expected]
    for item, r in zip(items, expected, strict=True):
        assert (item["title"], item["abstract"]) == (r.title, r.abstract)
        assert item["type"] in ("article", "document")
        assert item.get("issued") == ({"date-parts": [[*r.date]]} if r.date else None)
        strings = {"id", "type", "title", "abstract", "annote", "DOI", "URL", "number", "publisher"}
        assert {*item} <= strings | {"author", "issued"}
        assert all(isinstance(item[name], str) for name in strings & {*item})
        names = {"family", "given", "non-dropping-particle", "suffix", "literal"}
        for author in item.get("author", ()):
            assert {*author} <= names
            assert "literal" in author or {"family", "given"} <= {*author}


def test_csl_names() -> None:
    (item,) = json.loads(FORMATS["csl"].of_papers([KNOWN]))
    assert item["author"] == [
        {"family": "Lovelace", "given": "Ada"},
        {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
        {"literal": "Research and Development"},
    ]


# All of them by pandoc


@pytest.fixture(scope="module")
def nasty() -> list[Paper]:
    return [
        Paper(
            paper_id=f"t-{i}",
            title=line(f"On {text} Things {text}") or "x",
            abstract=f"{text} We see {text}. And {text}",
            published="2025-10",
            authors=("Ada Lovelace",),
            citekey=f"key-{i}",
        )
        for i, text in enumerate(NASTY)
    ]


def pandoc(text: str, *arguments: str) -> str:
    if shutil.which("pandoc") is None:
        pytest.skip("no pandoc; on Debian: apt-get install pandoc")
    done = subprocess.run(
        ["pandoc", *arguments], input=text, capture_output=True, text=True, check=True
    )
    assert not done.stderr
    return done.stdout


def test_pandoc_reads_bibtex(nasty: list[Paper]) -> None:
    items = json.loads(pandoc(FORMATS["bibtex"].of_papers(nasty), "-f", "bibtex", "-t", "csljson"))
    read = {item["id"]: item for item in items}
    for paper in nasty:
        item = read[paper.citekey]
        assert same(item["title"], readable(paper.title)), paper
        assert same(item["abstract"], paper.abstract), paper
        assert item["author"] == [{"family": "Lovelace", "given": "Ada"}]
        assert item["issued"]["date-parts"] == [[2025, 10]]


def same(read: str, written: str) -> bool:
    """Up to quotation marks and dashes, which pandoc sets as TeX would, and space. It (2.17) has
    no name for a brace without its partner, and leaves it out."""

    def plain(text: str) -> str:
        return re.sub(r"[{}‘’‚`'“”\"—–\s-]", "", line(text))

    return plain(read) == plain(written)


def test_pandoc_cites_from_csl(nasty: list[Paper], tmp_path: object) -> None:
    from pathlib import Path

    bibliography = Path(str(tmp_path)) / "papers.json"
    bibliography.write_text(FORMATS["csl"].of_papers(nasty), "utf-8")
    text = " ".join(f"[@{paper.citekey}]" for paper in nasty)
    html = pandoc(text, "--citeproc", "--bibliography", str(bibliography), "-t", "html")
    assert html.count('class="csl-entry"') == len(nasty)
    assert "Lovelace" in html
    assert not re.search(r"<(?:script|img|iframe)\b", html)
    assert "???" not in html  # a citation that was not found
