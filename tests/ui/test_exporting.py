"""Notes and bibliographies from the terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pybtex.database import parse_string

from rag.export import FORMATS
from rag.text.latex import readable
from tests.rag.export.test_bibliographies import pandoc, same
from tests.ui.commands import Run, loaded
from tests.ui.web.chat.test_conversations import answered_turn
from ui.web.chat.conversations import Conversations

QUESTION = "which papers mitigate entropy collapse in RLVR?"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A data folder with two conversations of two visitors; the second is the last one."""
    conversations = Conversations(tmp_path)
    conversations.keep("anna", "aaa-1", [answered_turn("which papers: mitigate entropy?")])
    conversations.keep("bert", "bbb-2", [answered_turn("slow papers")])
    conversations.close()
    return tmp_path


def said(run: Run, *arguments: object) -> str:
    code, out, err = run(*arguments)
    assert code == 0, err
    return out


def test_an_answer_in_every_format(run: Run, bundled_dir: Path) -> None:
    asked = ("ask", QUESTION, "--data-dir", bundled_dir)
    answer = loaded(run, *asked, "--json")
    papers = {p["paper_id"]: p for p in loaded(run, "papers", "--json", "--data-dir", bundled_dir)}
    cited = {c["paper_id"] for c in answer["citations"]} | set(answer["papers"])
    keys = {papers[paper_id]["citekey"] for paper_id in cited}
    written = {kind: said(run, *asked, "--format", kind) for kind in FORMATS}
    assert set(parse_string(written["bibtex"], "bibtex").entries) == keys
    assert {item["id"] for item in json.loads(written["csl"])} == keys
    assert written["ris"].count("TY  - ") == len(keys)
    for citation in answer["citations"]:
        assert f"“{citation['quote']}”" in written["plain"]
        assert f'<a class="number" href="#q1-{citation["n"]}"' in written["html"]
        key = papers[citation["paper_id"]]["citekey"]
        assert f"\n[^{key}-{citation['start']}]: " in written["markdown"]
        assert f"[[#^{key}-{citation['start']}|{citation['n']}]]" in written["obsidian"]


def test_papers_by_id_and_all(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    every = loaded(run, "papers", "--json", "--data-dir", bundled_dir)
    file = tmp_path / "all.bib"
    said(run, "papers", "-o", file, "--data-dir", bundled_dir)
    entries = parse_string(file.read_text("utf-8"), "bibtex").entries
    assert set(entries) == {p["citekey"] for p in every}
    ids = ("--id", every[5]["paper_id"], "--id", every[2]["paper_id"])
    chosen = loaded(run, "papers", *ids, "--json", "--data-dir", bundled_dir)
    assert [p["paper_id"] for p in chosen] == [every[5]["paper_id"], every[2]["paper_id"]]
    code, out, err = run("papers", "--id", "nope", "--data-dir", bundled_dir)
    assert (code, out) == (2, "")
    assert "nope" in err


def test_pandoc_reads_the_whole_corpus(run: Run, bundled_dir: Path) -> None:
    every = loaded(run, "papers", "--json", "--data-dir", bundled_dir)
    written = said(run, "papers", "--format", "bibtex", "--data-dir", bundled_dir)
    read = {
        item["id"]: item for item in json.loads(pandoc(written, "-f", "bibtex", "-t", "csljson"))
    }
    assert len(read) == len(every) == 536
    for paper in every:
        item = read[paper["citekey"]]
        assert same(item["title"], readable(paper["title"]))
        assert same(item["abstract"], paper["abstract"])
        told = paper["published"] or paper["arxiv_month"]
        date = item["issued"]["date-parts"][0] if told else None
        assert date == (told and [*map(int, told.split("-"))])
        assert len(item.get("author", ())) == len(paper["authors"])


def test_found_papers(run: Run, bundled_dir: Path) -> None:
    asked = ("search", "continual learning", "-k", 4, "--data-dir", bundled_dir)
    hits = loaded(run, *asked, "--json")["hits"]
    items = json.loads(said(run, *asked, "--format", "csl"))
    assert [item["title"] for item in items] == [hit["title"] for hit in hits]


def test_nothing_to_cite_is_told(run: Run, bundled_dir: Path) -> None:
    asked = ("ask", "papers with at least 100000 upvotes", "--data-dir", bundled_dir)
    code, out, err = run(*asked, "--format", "bibtex")
    assert (code, out) == (0, "")
    assert "nothing to cite" in err


def test_conversations_are_listed_and_exported(run: Run, kept: Path) -> None:
    listed = loaded(run, "export", "--list", "--json", "--data-dir", kept)
    assert [(e["id"], e["title"], e["questions"]) for e in listed] == [
        ("bbb-2", "slow papers", 1),
        ("aaa-1", "which papers: mitigate entropy?", 1),
    ]
    assert "aaa-1" in said(run, "export", "--list", "--data-dir", kept)
    last = said(run, "export", "--data-dir", kept)
    assert last.startswith("## slow papers\n")
    assert "unsupported: It cites nothing" in last
    first = said(run, "export", "aaa", "--format", "plain", "--data-dir", kept)
    assert first.startswith("which papers: mitigate entropy?\n")
    file = kept / "notes.ris"
    said(run, "export", "aaa-1", "-o", file, "--data-dir", kept)
    assert file.read_text("utf-8").startswith("TY  - GEN\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "zzz"), "No conversation has the id 'zzz'"),
        (("export", "--format", "docx"), "no format 'docx'"),
        (("export", "-o", "nowhere/at/all.md"), "cannot be written"),
        (("ask", "x", "--format", "docx"), "no format 'docx'"),
        (("ask", "x", "-o", "notes.docx"), "No format ends in .docx: notes.docx"),
        (("ask", "x", "-o", "nowhere/at/all.md"), "there is no folder nowhere/at"),
        (("search", "x", "-o", "."), "it is a folder"),
        (("ask", "x", "--format", "ris", "--json"), "--json is a format of its own"),
    ],
)
def test_what_cannot_be_done_is_told(
    run: Run,
    kept: Path,
    arguments: tuple[str, ...],
    told: str,
) -> None:
    code, out, err = run(*arguments, "--data-dir", kept)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())


def test_a_folder_without_conversations(run: Run, tmp_path: Path) -> None:
    code, _, err = run("export", "--data-dir", tmp_path)
    assert code == 2
    assert "citewell ui" in " ".join(err.split())
    assert not [*tmp_path.glob("conversations*")]


@pytest.mark.parametrize("command", ["papers", "export"])
def test_help_gives_an_example(run: Run, command: str) -> None:
    assert f"citewell {command}" in said(run, command, "--help")


def test_citekeys_stay_when_papers_are_ingested_again(
    run: Run,
    bundled_dir: Path,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    before = said(run, "papers", "--format", "bibtex", "--data-dir", folder)
    listing = tmp_path / "papers.json"
    listing.write_text(said(run, "papers", "--json", "--data-dir", folder))
    said(run, "ingest", listing, "--data-dir", folder)
    assert said(run, "papers", "--format", "bibtex", "--data-dir", folder) == before


def test_a_file_is_replaced_whole_or_not_at_all(
    run: Run, bundled_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, link = tmp_path / "notes.md", tmp_path / "link.md"
    file.write_text("mine")
    file.chmod(0o640)
    link.symlink_to(file)
    asked = ("ask", QUESTION, "-o", link, "--data-dir", bundled_dir)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "disk full")))
        code, _, err = run(*asked)
    assert (code, "cannot be written: disk full" in " ".join(err.split())) == (2, True)
    assert file.read_text() == "mine"
    code, _, err = run("ask", " ", "-o", link, "--data-dir", bundled_dir)
    assert (code, file.read_text()) == (2, "mine")
    said(run, *asked)
    assert file.read_text("utf-8").startswith("## which papers")
    assert (file.stat().st_mode & 0o777, link.is_symlink()) == (0o640, True)
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"notes.md", "link.md"}


def test_plain_text_is_plain(run: Run, tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    title = "ReST-MCTS*: [a] <b>_title_</b> & `more` 1. #x"
    abstract = "We *track* zebras in `code` with snake_case and [2] links at night."
    papers.write_text(json.dumps({"title": title, "abstract": abstract}))
    said(run, "ingest", papers, "--data-dir", tmp_path / "mine")
    asked = ("ask", "which papers track zebras?", "--data-dir", tmp_path / "mine")
    text = said(run, *asked, "--format", "plain")
    title = title.replace("<b>", "").replace("</b>", "")  # no markup is stored
    assert f"- {title}: “{abstract}” [1]\n" in text
    assert f"\n[1] {title}. “{abstract}”\n" in text
    assert "\\" not in text


def test_a_model_s_prose_as_plain_text() -> None:
    from rag.adapters.markdown_text import plain

    text = (
        "# Two\n\n- **One** is `x` \\*so\\*. [1]\n  - inner\n- Two & [site](http://a.test)\n\n"
        "3. third\n\n> quoted\n\n| a | b |\n|---|---|\n| *1* | 2 |\n\n[1]: http://evil.test\n\n"
        "```\n*code*\n```\n\n<b>bold</b>\n"
    )
    assert plain(text) == (
        "Two\n\n- One is x *so*. [1]\n  - inner\n- Two & [site](http://a.test)\n\n3. third\n\n"
        "> quoted\n\na | b\n1 | 2\n\n[1]: http://evil.test\n\n*code*\n\n<b>bold</b>"
    )
