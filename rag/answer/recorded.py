"""What papers' records say, in words: dates, upvotes, sources, links and authors.

A record is no span of an abstract, so what it says is not cited: the sentence names the paper, and
a quote behind it, which is cited, shows which paper that is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.answer.templates import MarkedText
from rag.corpus.people import in_order
from rag.question.schema import ParsedQuestion
from rag.records import Paper, RecordField
from rag.text.latex import readable
from rag.text.markdown import bold, escaped
from rag.text.words import enumerated, number_of, when, when_told


def records_told(parsed: ParsedQuestion, papers: Sequence[Paper]) -> list[MarkedText]:
    """A sentence a paper and field, or one that compares two papers where both records tell."""
    found: list[MarkedText] = []
    if parsed.record is None:
        return []
    for name in parsed.record.fields:
        compared = _compared(name, papers, falling=not parsed.record.lowest)
        found += [compared] if compared else [_named(p, _TOLD[name](p)) for p in papers]
    return found


def _named(paper: Paper, says: str) -> MarkedText:
    title = readable(paper.title)
    return MarkedText(f"{title} {says}", f"{bold(title)} {escaped(says)}")


def _compared(name: RecordField, papers: Sequence[Paper], *, falling: bool) -> MarkedText | None:
    if len(papers) != 2 or name not in ("date", "upvotes", "author_count"):
        return None
    if name == "date":
        first, second = (paper.date or "" for paper in papers)
        # 2024 may be before or after 2024-06.
        known = bool(first and second) and (
            first == second or not (first.startswith(second) or second.startswith(first))
        )
        is_greater = first > second
        says = {True: "is newer", False: "is older"}[falling]
        values = [f"dated {when_told(p.published, p.arxiv_month)}" for p in papers]
        by = "" if any(paper.published for paper in papers) else " by their arXiv ids"
        same = f"are both dated {when(first)}{by}."
    else:
        thing = {"upvotes": "upvote", "author_count": "author"}[name]
        a, b = (_number(name, paper) for paper in papers)
        known, is_greater = a is not None and b is not None, (a or 0) > (b or 0)
        values = [number_of(number or 0, thing) for number in (a, b)]
        first, second, same = str(a), str(b), f"both have {number_of(a or 0, thing)}."
        says = _MORE[name][not falling]
    if not known:
        return None
    titles = [readable(paper.title) for paper in papers]
    if first == second:
        return MarkedText(
            f"{titles[0]} and {titles[1]} {same}",
            f"{bold(titles[0])} and {bold(titles[1])} {same}",
        )
    one, other = (0, 1) if is_greater == falling else (1, 0)

    def say(shown: Callable[[str], str]) -> str:
        return (
            f"{shown(titles[one])} ({values[one]}) {says} than"
            f" {shown(titles[other])} ({values[other]})."
        )

    return MarkedText(say(str), say(bold))


_MORE = {
    "upvotes": ("is more upvoted", "is less upvoted"),
    "author_count": ("has more authors", "has fewer authors"),
}


def _number(name: RecordField, paper: Paper) -> int | None:
    return paper.upvotes if name == "upvotes" else paper.author_count or len(paper.authors) or None


def _date(paper: Paper) -> str:
    return (
        f"is dated {when_told(paper.published, paper.arxiv_month)}."
        if paper.date
        else "carries no date in the corpus."
    )


def _upvotes(paper: Paper) -> str:
    if paper.upvotes is None:
        return "carries no upvotes in the corpus."
    return f"has {number_of(paper.upvotes, 'upvote')} in the corpus."


def _source(paper: Paper) -> str:
    if not paper.sources:
        return "carries no source in the corpus."
    return f"was read from {enumerated([f'{s.name} (line {s.line})' for s in paper.sources])}."


def _link(paper: Paper) -> str:
    doi = f"DOI {paper.doi}" if paper.doi else ""
    arxiv = f"arXiv {paper.arxiv_id}" if paper.arxiv_id else ""
    where = paper.address or ""
    doi, arxiv = doi if "doi.org" not in where else "", arxiv if "arxiv.org" not in where else ""
    if known := [one for one in (where, doi, arxiv) if one]:
        return f"is to be found at {enumerated(known)}."
    return f"carries no link, DOI or arXiv id in the corpus; it {_source(paper)}"


def _authors(paper: Paper) -> str:
    if paper.authors:
        return f"is by {enumerated([in_order(name) for name in paper.authors])}."
    if paper.author_count:
        many = number_of(paper.author_count, "author")
        return f"has {many}, whose names the corpus does not record."
    return "carries no authors in the corpus."


def _author_count(paper: Paper) -> str:
    n = paper.author_count or len(paper.authors)
    if not n:
        return "carries no number of authors in the corpus."
    return f"has {number_of(n, 'author')} by its record."


_TOLD: dict[RecordField, Callable[[Paper], str]] = {
    "date": _date,
    "upvotes": _upvotes,
    "source": _source,
    "link": _link,
    "authors": _authors,
    "author_count": _author_count,
}
