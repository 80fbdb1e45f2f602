"""Facts of a paper in a few words: days, people, addresses."""

from __future__ import annotations

import pytest

from rag.records import Paper
from ui.web.chat import cards
from ui.web.paper_facts import address, day, people


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2025-10-11", "11 Oct 2025"),
        ("2025-10", "Oct 2025"),
        ("2025", "2025"),
        (None, ""),
        ("2025-13-41", "2025-13-41"),
        ("soon", "soon"),
    ],
)
def test_dates_are_as_precise_as_known(published: str | None, shown: str) -> None:
    assert day(published) == shown


@pytest.mark.parametrize(
    ("given_fields", "start"),
    [
        ({"url": "https://a.test/x"}, "https://a.test/x"),
        ({"url": "javascript:alert(1)", "arxiv_id": "2510.10150"}, "https://arxiv.org/abs/2510"),
        ({"doi": "10.1/a b<"}, "https://doi.org/10.1/a%20b%3C"),
        ({"url": "data:text/html,x"}, "https://www.semanticscholar.org/search?q=T"),
    ],
)
def test_where_papers_are_opened(given_fields: dict[str, str], start: str) -> None:
    paper = Paper(paper_id="p", title="T", abstract="A", **given_fields)  # type: ignore[arg-type]
    assert address(paper)[0].startswith(start)


@pytest.mark.parametrize(
    ("authors", "count", "told"),
    [
        ((), None, ""),
        ((), 1, "1 author"),
        ((), 1204, "1,204 authors"),
        (("A. One",), 1, "A. One"),
        (("A. One", "B. Two"), 2, "A. One and B. Two"),
        (("A. One", "B. Two", "C. Three"), 3, "A. One et al."),
    ],
)
def test_who_wrote_it_in_a_few_words(
    authors: tuple[str, ...], count: int | None, told: str
) -> None:
    paper = Paper(paper_id="p", title="T", abstract="A.", authors=authors, author_count=count)
    assert people(paper) == told
    assert not told or told in cards.card(paper)


def test_a_month_by_an_arxiv_id_is_told_as_such() -> None:
    paper = Paper(paper_id="p", title="T", abstract="A", arxiv_id="2510.10150")
    assert paper.dated == "arXiv 2025-10"
    assert day(paper.dated) == "arXiv Oct 2025"
    shown = cards.card(paper)
    assert (
        '<time datetime="2025-10" title="The month by its arXiv id">arXiv Oct 2025</time>' in shown
    )


def test_a_title_leads_to_the_paper() -> None:
    paper = Paper(paper_id="p", title="A <b> & B", abstract="A", arxiv_id="2510.10150")
    link = (
        '<a class="cw-title" href="https://arxiv.org/abs/2510.10150" target="_blank"'
        ' rel="noopener noreferrer" referrerpolicy="no-referrer">A &lt;b&gt; &amp; B<'
    )
    assert link in cards.card(paper)
    for url in (None, "javascript:alert(1)", "data:text/html,x"):
        without = Paper(paper_id="p", title="T", abstract="A", url=url)
        assert "cw-title" not in cards.card(without)
