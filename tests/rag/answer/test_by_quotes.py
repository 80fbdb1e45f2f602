"""Answers from quotes, seen through `by_quotes.compose` alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import by_quotes
from rag.filters import Filters
from rag.question.schema import ParsedQuestion, Topic
from rag.records import Draft, Evidence, Paper, PaperGroup, Selection
from rag.text.latex import readable
from rag.text.markdown import bold, escaped
from tests.rag.evidence import CURE, STEER, evidence, query, rendered


def quoted(paper: Paper, *starts: str) -> tuple[Evidence, ...]:
    """The sentences of the paper that begin so."""
    return tuple(
        next(item for item in evidence(paper) if item.quote.startswith(start)) for start in starts
    )


def found(*items: Evidence, **fields: object) -> Selection:
    papers = tuple({item.paper.paper_id: item.paper for item in items}.values())
    return replace(
        Selection(
            status="answered", papers=papers, evidence=items, total=len(papers), searched=536
        ),
        **fields,  # type: ignore[arg-type]
    )


def words(draft: Draft) -> int:
    return len(draft.text.split())


BOTH = (*quoted(STEER, "STEER"), *quoted(CURE, "We introduce"))


def test_a_list_says_how_many_of_the_corpus_match_and_gives_a_line_to_each() -> None:
    draft = by_quotes.compose(query(), found(*BOTH))
    assert draft.text.splitlines() == [
        "Two of 536 papers match:",
        "",
        f"- **{STEER.title}**: “STEER significantly mitigates entropy collapse and stabilizes "
        "entropy dynamics.” [1]",
        f"- **{CURE.title}** (2025): “We introduce CURE, a two-stage framework that balances "
        "exploration and exploitation.” [2]",
    ]
    assert draft.papers == ("steer", "cure")
    assert [c.quote for c in draft.citations] == [item.quote for item in BOTH]


def test_papers_that_only_may_match_are_told_apart() -> None:
    groups = (
        PaperGroup(name="", papers=(STEER.paper_id,)),
        PaperGroup(name="May match", papers=(CURE.paper_id,)),
    )
    draft = by_quotes.compose(query(), found(*BOTH, unsure=1, groups=groups))
    lines = draft.text.splitlines()
    assert lines[0] == "One of 536 papers matches; one more may:"
    assert lines[3:6] == ["", "**May match**", ""]
    assert draft.papers == ("steer", "cure")


@pytest.mark.parametrize(
    ("unsure", "total", "opening"),
    [
        (2, 2, "Two of 536 papers may match:"),
        (3, 9, "Six of 536 papers match; three more may; the two best:"),
        (9, 9, "Nine of 536 papers may match; the two best:"),
    ],
)
def test_how_many_may_match_is_counted_over_all(unsure: int, total: int, opening: str) -> None:
    draft = by_quotes.compose(query(), found(*BOTH, unsure=unsure, total=total))
    assert draft.text.splitlines()[0] == opening


def test_each_quote_of_a_line_has_its_own_marker() -> None:
    two = quoted(CURE, "We introduce", "On Qwen")
    draft = by_quotes.compose(query(), found(*two))
    first, second = draft.sentences[1:]
    assert (first.citations, second.citations) == ((1,), (2,))
    assert first.text.endswith(f"“{readable(two[0].quote)}”")
    assert second.text == f"“{readable(two[1].quote)}”"
    assert "5% gain" in second.text  # the stored text has 5\%
    (line,) = draft.text.splitlines()[2:]
    assert line.endswith("” [2]") and ".” [1] “" in line


def test_a_fact_is_the_sentence_that_holds_it_and_nothing_after_it() -> None:
    (item,) = quoted(CURE, "It trains")
    draft = by_quotes.compose(query("How long does CURE train?", "fact"), found(item))
    assert draft.text == f"“{item.quote}” (**{CURE.title}** (2025)) [1]"


def test_constraints_are_said_in_words_and_dates_and_upvotes_shown() -> None:
    filters = Filters(date_from="2025-08-01", date_to="2025-08-31", upvotes_min=10)
    asked = replace(query(), filters=filters)
    text = by_quotes.compose(asked, found(*quoted(CURE, "We introduce"))).text
    assert text.startswith("One of 536 papers matches, from August 2025, with at least 10 upvotes:")
    assert "(14 August 2025, 31 upvotes)" in text


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(date_from="2024-01-01", date_to="2024-12-31"), "from 2024:"),
        (Filters(date_from="2025-06-01", date_to="2025-08-31"), "from June to August 2025:"),
        (Filters(date_to="2022-12-31"), "published before 2023:"),
        (Filters(date_from="2024-01-01"), "from 2024 on:"),
        (
            Filters(date_from="2024-03-05", date_to="2024-03-09"),
            "from 5 March 2024 to 9 March 2024:",
        ),
        (
            Filters(date_from="2025-10-03", date_to="2025-10-03"),
            "published on 3 October 2025:",
        ),
        (Filters(upvotes_min=101), "with at least 101 upvotes:"),
        (Filters(upvotes_min=1), "with at least 1 upvote:"),
        (Filters(sort="upvotes", order="desc"), "most upvoted first; the last has no upvotes:"),
        (Filters(upvotes_max=5), "with at most 5 upvotes:"),
        (Filters(upvotes_max=0), "with no upvotes:"),
        (Filters(upvotes_min=2, upvotes_max=9), "with 2 to 9 upvotes:"),
        (Filters(upvotes_min=7, upvotes_max=7), "with exactly 7 upvotes:"),
        (Filters(not_from="2024-01-01", not_to="2024-12-31"), "not from 2024:"),
    ],
)
def test_periods_have_their_names(filters: Filters, said: str) -> None:
    text = by_quotes.compose(replace(query(), filters=filters), found(*BOTH)).text
    assert text.splitlines()[0].endswith(said)


def test_the_best_so_many_are_named_as_such() -> None:
    asked = ParsedQuestion(
        question="the two most upvoted papers",
        standalone="the two most upvoted papers",
        topic=Topic(),
        filters=Filters(sort="upvotes", order="desc", limit=2),
    )
    text = by_quotes.compose(asked, found(*BOTH)).text
    assert text.startswith("The two most upvoted papers:")


def test_the_best_tell_what_had_no_place_in_the_order() -> None:
    asked = replace(query(), topic=Topic(), filters=Filters(sort="upvotes", order="desc", limit=2))
    short = replace(found(*BOTH), searched=40, recorded=7)
    first = by_quotes.compose(asked, short).text.splitlines()[0]
    assert first == "The two most upvoted papers (33 without upvotes are left out):"


def test_an_order_is_not_told_of_papers_that_are_not_there() -> None:
    asked = replace(query(), filters=Filters(sort="upvotes", order="desc"))
    nothing = replace(found(), status="not_in_corpus", searched=40, recorded=7)
    text = by_quotes.compose(asked, nothing).text
    assert "upvoted first" not in text


def test_what_a_limit_leaves_out_is_told() -> None:
    text = by_quotes.compose(query(), found(*BOTH, total=9)).text
    assert text.startswith("Nine of 536 papers match; the two best:")


def test_the_part_of_a_question_that_finds_nothing_is_named() -> None:
    text = by_quotes.compose(query(), found(*BOTH, unmet=("which one flies",))).text
    assert text.endswith("Nothing in the corpus clearly answers “which one flies”.")


def test_a_comparison_sets_papers_side_by_side() -> None:
    items = (*quoted(STEER, "STEER"), *quoted(CURE, "We introduce", "It trains"))
    lines = by_quotes.compose(query("CURE vs STEER", "compare"), found(*items)).text.splitlines()
    assert lines[0] == "Two papers side by side:"
    assert [line.split(":")[0].strip("*") for line in lines if line and line[0] not in "-T"] == [
        STEER.title,
        "CURE",
    ]
    assert lines[-1].startswith("- “It trains on 1,200 prompts")


def test_declining_says_so_and_puts_no_paper_forward() -> None:
    near = Selection(status="not_in_corpus", papers=(), evidence=(), near=(CURE,), searched=536)
    draft = by_quotes.compose(query(), near)
    assert draft.text == "None of the 536 papers in the corpus clearly answers this."
    assert (draft.status, draft.papers, draft.near) == ("not_in_corpus", (), ("cure",))


def test_what_comes_nearest_is_shown_apart_when_there_is_any() -> None:
    items = quoted(CURE, "We introduce")
    draft = by_quotes.compose(query(), found(*items, status="not_in_corpus", papers=()))
    assert "What comes nearest:" in draft.sentences[0].text
    assert draft.sentences[1].citations == (1,)
    assert draft.papers == ()


def test_not_stated_quotes_what_the_nearest_abstract_does_say() -> None:
    items = quoted(CURE, "It trains")
    draft = by_quotes.compose(
        query("How many GPUs does CURE use?", "fact"),
        found(*items, status="not_stated", papers=(), near=(CURE,)),
    )
    assert draft.text.startswith("The abstracts do not clearly state this. What comes nearest:")
    assert CURE.title in draft.text
    assert items[0].quote in draft.text


def declined(filters: Filters, **fields: object) -> str:
    selection = replace(Selection(status="not_in_corpus", papers=(), evidence=()), **fields)  # type: ignore[arg-type]
    return by_quotes.compose(replace(query(), filters=filters), selection).text


def test_a_refusal_under_constraints_names_them_and_what_they_left_out() -> None:
    filters = Filters(date_from="2025-01-01", date_to="2025-12-31")
    assert declined(filters, near=(CURE,), searched=40, recorded=7) == (
        "None of the papers from 2025 clearly answers this. 7 of the 40 papers have a date; the "
        "others were left out."
    )
    assert declined(Filters(upvotes_min=3), searched=40, recorded=1) == (
        "No paper of the corpus has at least 3 upvotes. 1 of the 40 papers has upvotes; the "
        "others were left out."
    )
    assert "left out" not in declined(filters, near=(CURE,), searched=40, recorded=40)
    among = declined(Filters(paper_ids=("a", "b")), near=(CURE,), searched=40)
    assert among == "Neither of the two papers asked about clearly answers this."


def test_a_question_without_words_gets_a_hint() -> None:
    asked = ParsedQuestion(question="???", standalone="???", topic=Topic())
    nothing = Selection(status="not_in_corpus", papers=(), evidence=(), searched=40)
    text = by_quotes.compose(asked, nothing).text
    assert text.startswith("There is nothing in this question to look for.")


def test_who_wrote_a_paper_is_said_to_be_unknown_where_it_is() -> None:
    asked = query("papers written by Yann LeCun", unrecorded=("authors",))
    known = replace(CURE, authors=("Yann LeCun",))
    said = "Who wrote these papers is not recorded"
    assert by_quotes.compose(asked, found(*BOTH)).text.startswith(said)
    (item,) = quoted(known, "It trains")
    assert said not in by_quotes.compose(asked, found(item)).text
    assert said not in by_quotes.compose(query("papers by means of RL"), found(*BOTH)).text


def test_a_quote_that_begins_or_ends_within_its_sentence_reads_as_one() -> None:
    abstract = r"However, we add noise \footnote{Code at https://x.y"
    paper = Paper(paper_id="p", title="Noise", abstract=abstract)
    item = Evidence(key="E1", paper=paper, start=9, end=abstract.index(r" \footnote"), score=1.0)
    draft = by_quotes.compose(query(), found(item))
    assert draft.sentences[1].text == "Noise: “We add noise.”"
    assert draft.citations[0].quote == "we add noise"


@pytest.mark.parametrize(
    "title",
    [
        "ReST-MCTS*: *Tree* Search",
        "_init_ and `code`",
        "<b>Bold</b> &lt;",
        "Zhou [1]",
        "# 1. A | B",
    ],
)
def test_titles_and_quotes_are_shown_as_they_are(title: str) -> None:
    paper = Paper(paper_id="p", title=title, abstract=f"{title} by Zhou [1].")
    item = Evidence(key="E1", paper=paper, start=0, end=len(paper.abstract), score=1.0)
    for kind in ("list", "fact", "compare"):
        draft = by_quotes.compose(query(kind=kind), found(item))  # type: ignore[arg-type]
        assert draft.sentences[-1].text in rendered(draft.text)
        assert draft.text.count("[1]") == 1  # the citation, and nothing that passes for one


def test_a_selection_without_evidence_still_names_its_papers() -> None:
    draft = by_quotes.compose(query(), Selection(status="answered", papers=(CURE,), evidence=()))
    assert CURE.title in draft.text
    assert not draft.citations


sentences = st.text(alphabet="abc DE-%\\{}~'*_`[]<>&#|12.", min_size=3, max_size=120).map(
    lambda text: "W" + text.strip() + "."
)


@given(st.lists(st.lists(sentences, min_size=1, max_size=6), min_size=1, max_size=4), st.data())
def test_every_sentence_stands_in_the_text_and_every_quote_in_its_abstract(
    abstracts: list[list[str]], data: st.DataObject
) -> None:
    items = []
    for n, parts in enumerate(abstracts):
        paper = Paper(paper_id=f"p{n}", title=f"Title {n}", abstract=" ".join(parts))
        start = 0
        for part in parts:
            if data.draw(st.booleans()) or not start:
                items.append(
                    Evidence(key="E", paper=paper, start=start, end=start + len(part), score=1)
                )
            start += len(part) + 1
    kind = data.draw(st.sampled_from(["list", "fact", "compare", "explain"]))
    status = data.draw(st.sampled_from(["answered", "not_stated", "not_in_corpus"]))
    draft = by_quotes.compose(query(kind=kind), found(*items, status=status))
    shown = rendered(draft.text)
    for sentence in draft.sentences:
        assert " ".join(sentence.text.split()) in shown
        assert set(sentence.citations) <= {c.n for c in draft.citations}
    texts = {item.paper.paper_id: item.paper.abstract for item in items}
    for citation in draft.citations:
        assert texts[citation.paper_id][citation.start : citation.end] == citation.quote
    assert len({(c.paper_id, c.start) for c in draft.citations}) == len(draft.citations)


@given(st.text(alphabet=st.sampled_from("ab 12.)*_`[]<>&#|~\\\\!-+=:;/\"'()"), max_size=60))
def test_escaped_text_is_what_markdown_shows(text: str) -> None:
    text = " ".join(text.split())
    assert rendered(escaped(text, opens_line=True)) == text
    assert rendered(f"- x {escaped(text)}") == f"x {text}".strip()
    if text:
        assert rendered(f"- {bold(text)}: x") == f"{text}: x"


def test_no_sentence_is_said_twice_by_papers_that_share_their_words() -> None:
    twin = replace(CURE, paper_id="twin", title="A Twin of CURE")
    shared = ("We introduce", "On Qwen")
    items = (*quoted(CURE, *shared), *quoted(twin, *shared))
    for kind in ("list", "explain", "compare"):
        draft = by_quotes.compose(query(kind=kind), found(*items))
        for item in quoted(CURE, *shared):
            assert rendered(draft.text).count(readable(item.quote)) == 1
        assert f"The same words as in “{CURE.title}”. [3]" in rendered(draft.text)
        assert [c.paper_id for c in draft.citations] == ["cure", "cure", "twin"]
    one = found(items[0], searched=1)
    assert by_quotes.compose(query(), one).text.startswith("The one paper matches:")
    both = found(*BOTH, searched=2)
    assert by_quotes.compose(query(), both).text.startswith("Both papers match:")
