"""Papers and answers with everything in them that some format could take for its own."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from rag.answer.citations import Numbering, with_markers
from rag.export import Note
from rag.export.references import line
from rag.filters import Filters
from rag.records import Answer, Evidence, Mode, Paper, Sentence

NASTY = (
    *("\n", "\r\n", "\t", " ", "{", "}", "{{", "%", "%%", "&", "&amp;", "#", "##", "\\", '"', "'"),
    *("TY  - ", "\nER  - \n", "@misc{x,", "@", "---", "\n---\n", "]]", "[[a|b]]", "[@key]", "^b"),
    *(
        "<script>alert(1)</script>",
        '<img src=x onerror="x()">',
        "<!--",
        "-->",
        "<http://evil.test>",
    ),
    *("![p](http://evil.test/p.png)", "[l](javascript:x())", "[^1]", "[^1]: ", "[1]", "[a]: /u"),
    *("$x^2$", "\\(", "37\\%", 'T\\"ULU', "\\implname", "\\footnote{", "\\end{document}", "`x`"),
    *(
        "```",
        "~~~",
        "==h==",
        "*e*",
        "_e_",
        "**",
        "- ",
        "1. ",
        "> ",
        "| a |",
        "::: x",
        "`<b>`{=html}",
    ),
    *("אבג", "\u202e", "😀", "é", "中文", "\u200b", "\x00", "\u2028", "TeX", " and ", ",", "..."),
)
words = (
    st.lists(st.sampled_from(NASTY) | st.text(max_size=6), min_size=1, max_size=8)
    .map("".join)
    .filter(line)
)
papers = st.builds(
    Paper,
    paper_id=st.uuids().map(lambda u: f"t-{u.hex[:12]}"),
    title=words,
    abstract=words,
    published=st.sampled_from([None, "2025", "2025-10", "2025-10-11", "1999-01"]),
    authors=st.lists(words, max_size=3).map(tuple),
    arxiv_id=st.sampled_from([None, "2503.01234", "cs/0112017"]),
    doi=st.sampled_from([None, "10.1000/182", "10.1002/(sici)1<1::aid_x>3.0;2-#"]),
    url=st.sampled_from([None, "https://a.test/x_y?q=1&r=%20;z#{f}", "http://a.test/<b>\\"]),
    citekey=st.uuids().map(lambda u: f"key-{u.hex[:6]}"),
)


def note(
    papers: Sequence[Paper],
    *,
    question: str = "what is said?",
    mode: Mode = "extractive",
    asked: str = "2026-11-21",
    cuts: Sequence[tuple[int, int]] = (),
) -> Note:
    """An answer that quotes each of `papers`: its whole abstract, or what `cuts` say."""
    evidence = []
    for i, paper in enumerate(papers):
        start, end = cuts[i] if i < len(cuts) else (0, len(paper.abstract))
        evidence.append(Evidence(key=f"E{i}", paper=paper, start=start, end=end, score=1.0))
    numbering = Numbering()
    said = [("What they say:", []), *((line(f"{e.paper.title}: {e.quote}"), [e]) for e in evidence)]
    sentences = tuple(Sentence(text=text, citations=numbering.numbers(of)) for text, of in said)
    citations = numbering.citations
    rows = [with_markers(s) for s in sentences]
    return Note(
        answer=Answer(
            question=question,
            standalone_question=question,
            kind="list",
            filters=Filters(),
            status="answered",
            mode=mode,
            text="\n".join([rows[0], "", *(f"- {row}" for row in rows[1:])]),
            sentences=sentences,
            citations=citations,
            papers=tuple(p.paper_id for p in papers),
            fingerprint="c0ffee12",
        ),
        papers={p.paper_id: p for p in papers},
        asked=asked,
    )


def sentence(text: str, *citations: int, why: str = "") -> Sentence:
    return Sentence(text=text, citations=citations, supported=not why, why=why)


@st.composite
def notes(draw: st.DrawFn, mode: Mode = "extractive") -> Note:
    found = draw(st.lists(papers, min_size=1, max_size=3, unique_by=lambda p: p.paper_id))
    cuts = []
    for paper in found:
        start = draw(st.integers(0, len(paper.abstract) - 1))
        end = draw(st.integers(start + 1, len(paper.abstract)))
        cuts.append((start, end) if line(paper.abstract[start:end]) else (0, len(paper.abstract)))
    return note(found, question=draw(words), mode=mode, cuts=cuts)
