"""Records as HTML: nothing foreign comes alive, and nothing is lost on the way."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import CitewellError
from rag.events import Finished
from rag.question.schema import ParsedQuestion, Topic
from rag.records import Answer, Paper, Sentence
from rag.text.latex import seen
from tests.ui.web.scripted import Scripted
from tests.ui.web.written import CURE, HOSTILE, STEER, answer, entropy, quote
from ui.web.chat import cards, prose, render
from ui.web.chat.turn import ChatTurn

NASTY = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            "<script>¦</p>¦<img src=x onerror=a>¦![a](http://e.test/b)¦[a](javascript:b)¦<¦>¦\"¦'¦&"
            "¦&lt;¦`¦*¦_¦[1]¦[2]¦[E1]¦[unsupported]¦\ue000¦1¦\ue004¦\ue002¦\ue003¦\n¦\n\n¦# ¦- ¦> "
            "¦    ¦<http://e.test>¦[a]: http://e.test¦<!-- ¦$x_1$¦\\¦word ¦|¦|-|".split("¦")
        )
    ).map("".join),
)
QUERY = ParsedQuestion(question="q", standalone="q", topic=Topic(own="q"))


class Seen(HTMLParser):
    """Tags and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def is_inert(html: str) -> bool:
    for tag, attributes in Seen(html).tags:
        if tag in ("script", "img", "iframe", "style", "base", "svg", "object"):
            return False
        if tag == "form" and attributes != {"data-form": "adjust"}:
            return False
        if any(name.startswith("on") or name in ("style", "src") for name in attributes):
            return False
        ours = re.fullmatch(r"#/papers/[\w.~%-]*", str(attributes.get("href")))
        if tag == "a" and not (ours or str(attributes["href"]).startswith("https://")):
            return False
    return True


@given(NASTY, NASTY, NASTY)
def test_answers_are_inert(text: str, sentence: str, why: str) -> None:
    said = answer(
        QUERY,
        f"{text}{sentence} [unsupported] {text}",
        [Sentence(text=sentence, supported=False, why=why)],
        [quote(STEER, "We propose STEER", 1)],
        papers=[STEER],
        mode="llm",
    )
    html = prose.finished(said)
    assert is_inert(html)
    assert "<a" not in html
    assert {tag for tag, _ in Seen(html).tags} <= prose._TAGS
    assert is_inert(prose.writing(text))


@given(NASTY, NASTY, NASTY)
def test_cards_are_inert(title: str, text: str, url: str) -> None:
    paper = Paper(paper_id=title, title=title, abstract=text, url=url, arxiv_id=None)
    html = cards.card(paper) + cards.near([paper]) + cards.reading([paper])
    tags = Seen(html).tags
    assert {tag for tag, _ in tags} <= set(
        "article h3 span p button a ul li details summary div".split()
    )
    assert is_inert(html)


NO_TEX = st.characters(exclude_characters="$\\{}~`'").filter(lambda c: seen(c) == c)


@given(st.text(NO_TEX, min_size=1, max_size=400), st.data())
def test_an_abstract_keeps_every_character_and_marks_the_quotes(
    text: str, data: st.DataObject
) -> None:
    spans = []
    for n in range(1, data.draw(st.integers(0, 4)) + 1):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        citation = replace(quote(STEER, "We", n), start=start, end=end, quote=text[start:end])
        spans.append(citation)
    html = cards.abstract(text, spans)
    for citation in spans:
        marked = re.findall(
            rf'<mark data-n="(?:[^"]* )?{citation.n}(?: [^"]*)?">(.*?)</mark>', html, re.S
        )
        whole = "".join(re.sub(r"<sup.*?</sup>", "", piece) for piece in marked)
        assert _letters(unescape(whole)) == _letters(citation.quote) or "&" in citation.quote
    plain = re.sub(r'<span class="cw-gap".*?</span>|<sup.*?</sup>|<[^>]+>', "", html, flags=re.S)
    assert _letters(unescape(plain)) == _letters(unescape(escape(text)))


def _letters(text: str) -> str:
    return "".join(text.split())


def test_scars_of_latex_are_readable_and_a_cut_may_go_through_them() -> None:
    text = 'We gain 37\\% with T\\"ULU \\footnote{Code at example.org.} It is open. More follows.'
    start, end = text.index("with"), text.index("org.") + len("org.")
    citation = replace(quote(STEER, "We", 1), start=start, end=end, quote=text[start:end])
    html = cards.abstract(text, [citation])
    shown = re.sub(r"<sup.*?</sup>", "", html)
    assert shown == (
        'We gain 37% <mark data-n="1">with TÜLU (Code at example.org.</mark>) It is open. '
        "More follows."
    )


def test_citations_become_buttons_and_other_brackets_stay() -> None:
    html = prose.finished(entropy(QUERY))
    buttons = [a for tag, a in Seen(html).tags if tag == "button"]
    assert [b["data-n"] for b in buttons] == ["1", "2", "3"]
    assert buttons[0]["aria-label"] == f"Source 1: {STEER.title}"
    said = answer(QUERY, "In [0, 1] and [7]. [1]", [], [quote(STEER, "We", 1)], papers=[STEER])
    assert "In [0, 1] and [7]." in Seen(prose.finished(said)).words


def test_unsupported_sentences_are_marked_wherever_they_stand() -> None:
    text = "# Head\n\n- **A**: one. [1]\n- two. [unsupported]\n\nthree **bold** end. [unsupported]"
    said = answer(
        QUERY,
        text,
        [
            Sentence(text="**A**: one.", citations=(1,)),
            Sentence(text="two.", supported=False, why="“GPU” does not stand in what it cites."),
            Sentence(text="three **bold** end.", supported=False, why="It cites nothing."),
        ],
        [quote(STEER, "We", 1)],
        papers=[STEER],
        mode="llm",
    )
    html = prose.finished(said)
    assert '<span class="cw-unsupported">two.</span>' in html
    assert '<span class="cw-unsupported">three <strong>bold</strong> end.</span>' in html
    assert "Unsupported: “GPU” does not stand" in html
    assert "[unsupported]" not in html
    assert "<h3>Head</h3>" in html


def test_half_written_keys_are_not_shown() -> None:
    assert "[E" not in prose.writing("A claim [E1][E2, E3] and another [E1")
    assert prose.writing("A claim [E1].").count("cw-pending") == 1


def test_unknown_fields_stay_blank() -> None:
    html = cards.card(Paper(paper_id="p", title="T", abstract="A short abstract."))
    assert "cw-facts" not in html
    assert "None" not in html
    assert "Whole abstract" not in html
    assert "semanticscholar.org/search?q=T" in html


def test_what_leaves_is_said_in_the_head() -> None:
    config = replace(Scripted().config, model="m", base_url="http://<b>.test/v1")
    html = render.head(config, 536)
    assert "536 papers" in html
    assert "go to &lt;b&gt;.test (model m)" in html
    assert '<span data-for="extractive"><span>Nothing leaves this machine' in html
    assert "Nothing leaves" not in render.head(replace(config, embed_model="e", mode="llm"), 1)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_what_goes_to_a_server_on_this_machine_does_not_leave_it(host: str) -> None:
    config = replace(Scripted().config, model="m", base_url=f"http://me:secret@{host}:11434/v1")
    html = render.head(replace(config, mode="llm"), 1)
    assert f"go to {host}:11434 on this machine (model m)" in html
    assert "cw-leaves" not in html
    assert "secret" not in html


@given(NASTY, NASTY)
def test_every_state_of_an_exchange_is_inert(question: str, text: str) -> None:
    scripted = Scripted(pace=0)
    turn = ChatTurn(id="q1", question=question)
    pictures = [render.turn(turn)]
    for event in scripted.stream("slow"):
        turn.take(event)
        turn.text += text
        pictures.append(render.turn(turn))
    failed = ChatTurn(
        id="q2", question=question, state="failed", error=CitewellError(text, remedy=text)
    )
    pictures.append(render.turn(failed))
    for picture in pictures:
        for part in ("ask", "answer", "status", "sources"):
            assert is_inert(picture[part])


def test_hostile_answer_is_inert() -> None:
    turn = ChatTurn(id="q1", question="hostile")
    for event in Scripted().stream("hostile"):
        turn.take(event)
        picture = render.turn(turn)
        assert all(is_inert(picture[part]) for part in ("ask", "answer", "status", "sources"))
    assert isinstance(event, Finished)


def test_papers_that_are_put_forward_without_a_quote_have_a_card() -> None:
    turn = ChatTurn(id="q1", question="newest")
    for event in Scripted().stream("plain"):
        turn.take(event)
    assert isinstance(turn.answer, Answer)
    turn.answer = replace(turn.answer, citations=(), text="Two papers.", sentences=())
    html = render.turn(turn)["sources"]
    assert STEER.title in html and CURE.title in html
    assert "<mark" not in html
    assert HOSTILE.title not in html
