"""Markdown and Obsidian notes, read back by markdown-it (HTML and footnotes switched on) and by
pandoc: the words are all there, and nothing of them is alive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from rag.answer.citations import check
from rag.export import FORMATS, Note
from rag.export.marking import text
from rag.export.references import address, line, references, spans
from rag.filters import Filters
from rag.records import Evidence
from tests.rag.export.test_bibliographies import KNOWN, TULU, pandoc
from tests.rag.export.world import NASTY, note, notes, papers, sentence, words

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_MARKDOWN.use(footnote_plugin)


def tokens(markdown: str) -> Iterator[Token]:
    for token in _MARKDOWN.parse(markdown):
        yield token
        yield from token.children or ()


def said(markdown: str) -> str:
    return line(
        "".join(
            token.content or ("\n" if token.block or "break" in token.type else "")
            for token in tokens(markdown)
            if token.type != "inline"
        )
    )


def assert_inert(markdown: str, given: Note) -> None:
    """No HTML, no image, and links to the papers' own addresses alone."""
    ours = {address(paper) for paper in given.papers.values()}
    for token in tokens(markdown):
        assert not token.type.startswith(("html", "image", "code_block", "fence")), markdown
        if token.type == "link_open":
            assert token.info == "auto", markdown
            assert _MARKDOWN.normalizeLink(str(token.attrs["href"])) in {
                _MARKDOWN.normalizeLink(where) for where in ours if where
            }


@given(words, st.sampled_from(["", "- ", "## ", "> ", "word ", "| a | "]))
def test_text_is_read_as_it_was_written(given: str, before: str) -> None:
    read = MarkdownIt("commonmark").parse(before + text(given))
    inline = [t for t in read if t.type == "inline"]
    assert len(inline) == 1
    assert {c.type for c in inline[0].children or ()} == {"text"}
    content = "".join(c.content for c in inline[0].children or ())
    assert content.removeprefix(before if before[:1].isalpha() or before[:1] == "|" else "") == (
        line(given)
    )


@given(notes())
def test_markdown_says_the_answer_and_every_quote(given: Note) -> None:
    markdown = FORMATS["markdown"].of_answers([given])
    assert_inert(markdown, given)
    found = [*tokens(markdown)]
    whole = said(markdown)
    assert line(given.answer.question) in whole
    for told in given.answer.sentences:
        assert line(told.text) in whole
    for citation in given.answer.citations:
        assert f"“{line(citation.quote)}”" in whole
    count = len({c.n for c in given.answer.citations})
    assert sum(t.type == "footnote_ref" for t in found) == count
    assert sum(t.type == "footnote_open" for t in found) == count


@given(notes())
def test_obsidian_says_the_answer_and_every_quote(given: Note) -> None:
    whole = FORMATS["obsidian"].of_answers([given])
    _, front, body = whole.split("---\n", 2)
    properties = yaml.safe_load(front)
    assert str(properties["asked"]) == "2026-11-21"
    assert properties["papers"] == [f"[[@{r.key}]]" for r in references([given])]
    assert_inert(body, given)
    for citation in given.answer.citations:
        assert f"“{line(citation.quote)}” [@" in said(body)
    targets = set(re.findall(r"\[\[#\^([A-Za-z0-9-]+)\|\d+\]\]", body))
    assert targets == set(re.findall(r"(?m)^\^([A-Za-z0-9-]+)$", body))
    assert len(targets) == len(given.answer.citations)


_REPLIES = st.lists(
    words | st.sampled_from(["[E1]", "[E2]", " ", "\n\n", "# ", "- ", "| x | y |\n"])
)


@given(papers, _REPLIES.map("".join))
def test_what_a_model_writes_is_inert(paper: object, reply: str) -> None:
    offered = note([paper])  # type: ignore[list-item]
    evidence = [
        Evidence(key="E1", paper=p, start=0, end=len(p.abstract), score=1.0)
        for p in offered.papers.values()
    ]
    checked = check(reply, evidence)
    answer = replace(
        offered.answer,
        mode="llm",
        text=checked.text,
        sentences=checked.sentences,
        citations=checked.citations,
    )
    for kind in ("markdown", "obsidian"):
        written = FORMATS[kind].of_answers([replace(offered, answer=answer)])
        assert_inert(written.removeprefix("---\n").partition("---\n")[2] or written, offered)
        unsupported = [s for s in checked.sentences if not s.supported]
        assert written.count("**\\[unsupported") == len(unsupported)


def test_a_model_s_prose_keeps_its_form_and_its_doubts() -> None:
    given = note([KNOWN, TULU], mode="llm")
    answer = replace(
        given.answer,
        text=(
            "# Two papers\n\n- **All of it** is known. [1]\n- It costs $5 & <b>more</b>. "
            "[unsupported]\n\n| a | b |\n|---|---|\n| See [the site](http://evil.test). [2] | x |"
        ),
        sentences=(
            sentence("Two papers"),
            sentence("**All of it** is known.", 1),
            sentence("It costs $5 & <b>more</b>.", why="It cites nothing."),
            sentence("See [the site](http://evil.test).", 2),
        ),
    )
    markdown = FORMATS["markdown"].of_answers([replace(given, answer=answer)])
    assert "### Two papers\n\n- **All of it** is known.[^lovelace-2025-all-0]\n" in markdown
    assert "It costs \\$5 \\& \\<b>more\\</b>. **\\[unsupported: It cites nothing\\]**" in markdown
    assert "| See \\[the site\\](http://evil.test).[^tulu-0] | x |" in markdown
    obsidian = FORMATS["obsidian"].of_answers([replace(given, answer=answer)])
    assert "> - **All of it** is known. [[#^lovelace-2025-all-0|1]]\n" in obsidian
    assert ". [[#^tulu-0\\|2]] | x |" in obsidian
    plain = FORMATS["plain"].of_answers([replace(given, answer=answer)])
    assert "<b>more</b>. [unsupported: It cites nothing.]" in plain
    assert "\n[1] All of It (2025-03-04). “We know all of it.” https://a.test/p_1?x=1;y\n" in plain


def test_a_quote_has_one_name_wherever_it_is_used() -> None:
    first, second = note([KNOWN, TULU], question="one?"), note([TULU], question="two?")
    names = spans([first, second])
    assert len(names) == 2
    assert spans([second]).items() <= names.items()
    shorter = note([TULU], cuts=[(0, 6)])
    assert [*spans([second, shorter]).values()] == ["tulu-0", "tulu-0-6"]
    markdown = FORMATS["markdown"].of_answers([first, second], title="Both")
    assert markdown.startswith("# Both\n\n## one?\n")
    assert markdown.count("\n[^tulu-0]: ") == 1
    assert markdown.count("[^tulu-0]") == 3
    obsidian = FORMATS["obsidian"].of_answers([first, second], title="Both")
    assert obsidian.count("\n^tulu-0\n") == 1
    assert obsidian.count("[[#^tulu-0|") == 2
    assert len(references([first, second])) == 2


@pytest.mark.parametrize("kind", ["markdown", "obsidian", "plain"])
@pytest.mark.parametrize("title", ["which one is it?", "which one …", "Of my own"])
def test_a_question_is_printed_once(kind: str, title: str) -> None:
    asked = [note([TULU], question="which one is it?"), note([TULU], question="why?")]
    for exported in (asked, asked[:1]):
        written = FORMATS[kind].of_answers(exported, title=title)
        assert written.count("which one") == 1
        assert ("Of my own" in written) == (title == "Of my own" and len(exported) == 2)


def test_what_was_read_into_a_question_is_told() -> None:
    given = note([TULU], question="and of 2025?")
    answer = replace(
        given.answer,
        standalone_question="gains of 2025?",
        filters=Filters(date_from="2025-01-01", date_to="2025-12-31"),
    )
    markdown = FORMATS["markdown"].of_answers([replace(given, answer=answer)])
    assert "*Read as: gains of 2025?*\n\n*Only papers from 2025*\n" in markdown


@pytest.mark.parametrize("kind", ["markdown", "obsidian", "plain"])
def test_unknown_dates_and_fingerprints_leave_no_trace(kind: str) -> None:
    given = note([TULU], asked="")
    bare = replace(given, answer=replace(given.answer, fingerprint=""))
    written = FORMATS[kind].of_answers([bare])
    assert "None" not in written
    assert "()" not in written
    assert "asked" not in written.lower()
    assert "ingerprint" not in written


@pytest.mark.parametrize("reader", ["markdown", "gfm", "commonmark_x"])
def test_pandoc_reads_the_notes(reader: str) -> None:
    given = [
        note(
            [replace(TULU, title=f"On {t} x", abstract=f"{t} We say {t}. {t}", citekey=f"key-{i}")]
        )
        for i, t in enumerate(NASTY)
    ]
    whole = "\n\n".join(FORMATS["markdown"].of_answers([one]) for one in given)
    extension = "+footnotes" if reader == "gfm" else ""
    html = pandoc(whole, "-f", f"{reader}{extension}", "-t", "html", "--wrap=none")
    assert not re.search(r"<(?:script|img|iframe|div|del|mark|span|code|pre)\b", html)
    assert not re.search(r'href="(?!#|https?:)', html)
    assert html.count('class="footnote-back"') == len(given)
