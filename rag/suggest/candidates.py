"""Questions that go on from an answer, before anybody has looked whether the corpus answers them.

They ask what abstracts tend to state (the columns of an evidence table) of the papers that the
answer rests on, by the names that these papers go by, and for the terms that they share with
others. A paper without a name of its own is asked about by its title where that is short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from rag.corpus.lexicon import Lexicon
from rag.corpus.names import TOKEN, distinctive, introduced
from rag.records import Paper, Span
from rag.retrieval.first_stage import Retriever
from rag.table.columns import KNOWN
from rag.table.quoted import quoted
from rag.table.records import Column
from rag.text.latex import readable
from rag.text.patterns import lazy

_RESOURCE = lazy(
    r"\b(?:benchmark|data\s?set|corpus|suite|test\s?bed|leaderboard|survey|review)s?\b"
)
"""What a paper is called that offers something to measure with or to read, and no method."""
_SHORT_TITLE = 70
"""Characters of a title that still reads well in the middle of a question."""
_SHARED = (3, 0.1)
"""Papers that define a term which is worth a list: so many at least, this share at most."""
_LETTERS = 3
"""Of an acronym that is worth a list: fields as wide as AI, ML and RL have two."""
_ASKS_OF_NAME = {
    "result": "what results does {} achieve?",
    "data sets": "which data sets or benchmarks is {} evaluated on?",
    "limitation": "what are the limitations of {}?",
    "compared with": "what is {} compared with?",
}
_ASKS_OF_RESOURCE = {
    "result": "what was found with {}?",
    "limitation": _ASKS_OF_NAME["limitation"],
}
_ASKS_OF_TITLE = {
    "result": "what does the paper “{}” find?",
    "limitation": "what are the limitations of “{}”?",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """`form`: questions of one form differ only in what they ask about. `term`: it adds nothing
    where this was named before. `papers`: its answer must
    quote each of them; none for a list. `span`: of the first one's abstract, where the answer is
    expected."""

    form: str
    question: str
    term: str = ""
    papers: tuple[str, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A paper, what a question can call it, the form of questions about it, and what its abstract
    states to columns of an evidence table."""

    paper: Paper
    name: str
    asks: Mapping[str, str]
    stated: Mapping[str, Span]

    @property
    def is_method(self) -> bool:
        return self.asks is _ASKS_OF_NAME


def subject(paper: Paper, lexicon: Lexicon, retriever: Retriever) -> Subject | None:
    """None where no question can call the paper by anything short."""
    columns = [Column(name=name, question=KNOWN[name]) for name in ("method", *_ASKS_OF_NAME)]
    stated = {
        filled.column.name: filled.cell.spans[0]
        for filled in quoted(paper, columns, retriever)
        if filled.cell.spans
    }
    method = stated.get("method", Span(start=0, end=0))
    proposed = paper.abstract[method.start : method.end]
    title = readable(paper.title)
    asks: Mapping[str, str]
    if name := _own_name(paper, lexicon, method):
        asks = _ASKS_OF_RESOURCE if is_resource(f"{title} {proposed}") else _ASKS_OF_NAME
    elif len(title) <= _SHORT_TITLE:
        name, asks = title.rstrip(" .?!"), _ASKS_OF_TITLE
    else:
        return None
    return Subject(paper=paper, name=name, asks=asks, stated=stated)


def title_name(paper: Paper, lexicon: Lexicon) -> str:
    """The name that a title begins with (`CURE: …`); empty where that is none."""
    head = paper.title.partition(":")[0].strip()
    return head if TOKEN.fullmatch(head) and _names(head, paper, lexicon) else ""


def is_resource(text: str) -> bool:
    """Whether a title, or what a paper says that it proposes, is about something to measure with
    or to read rather than a method."""
    return bool(_RESOURCE.search(text.lower()))


def _own_name(paper: Paper, lexicon: Lexicon, method: Span) -> str:
    """That of its title, else the name that its abstract first tells where it says what it
    proposes (`method`); empty where it has none."""
    told = introduced(paper)
    found = (
        match[0]
        for match in TOKEN.finditer(paper.abstract, method.start, method.end)
        if match[0] in told and paper.abstract.index(match[0]) >= method.start
    )
    return title_name(paper, lexicon) or next(
        (token for token in found if _names(token, paper, lexicon)), ""
    )


def _names(token: str, paper: Paper, lexicon: Lexicon) -> bool:
    """Whether a token is written like a name and is this paper's alone. `SEnsitive`, of which an
    acronym is made, is a word."""
    is_word = not token.isupper() and lexicon.ordinary(token.lower())
    return distinctive(token) and not is_word and lexicon.names.get(token) == (paper.paper_id,)


def candidates(
    papers: Sequence[Paper], lexicon: Lexicon, retriever: Retriever, *, compared: bool
) -> Iterator[Candidate]:
    """Of the papers that an answer rests on, the best first; what leads further comes after two
    about these. `compared`: the answer was a comparison."""
    found = (subject(paper, lexicon, retriever) for paper in papers)
    subjects = list(islice(filter(None, found), 2))
    about = _about(subjects, compared=compared)
    terms = _of_terms(papers, lexicon, len(retriever.indexes.paper_ids))
    for three in zip_longest(about, about, terms):
        yield from (one for one in three if one is not None)


def _about(subjects: Sequence[Subject], *, compared: bool) -> Iterator[Candidate]:
    if len(subjects) == 2 and all(one.is_method for one in subjects) and not compared:
        a, b = subjects
        yield Candidate(
            form="compare",
            question=f"how do {a.name} and {b.name} differ?",
            papers=(a.paper.paper_id, b.paper.paper_id),
        )
    for column in _ASKS_OF_NAME:
        for one in subjects:
            if column in one.asks and column in one.stated:
                yield Candidate(
                    form=column,
                    question=one.asks[column].format(one.name),
                    papers=(one.paper.paper_id,),
                    span=one.stated[column],
                )
    for one in subjects:
        if one.is_method:
            yield Candidate(
                form="how",
                question=f"how does {one.name} work?",
                papers=(one.paper.paper_id,),
                span=one.stated.get("method"),
            )
    for one in subjects:
        if one.asks is not _ASKS_OF_TITLE:
            yield Candidate(form="similar", question=f"which papers are similar to {one.name}?")


def _of_terms(papers: Sequence[Paper], lexicon: Lexicon, count: int) -> Iterator[Candidate]:
    """Lists of the papers on a term that is in the title of one of `papers`, or in two of them."""
    titled = {token for paper in papers for token in TOKEN.findall(paper.title)}
    held = [set(TOKEN.findall(f"{paper.title}. {paper.abstract}")) for paper in papers]
    for term in terms(lexicon, count):
        if term.short in titled or sum(term.short in own for own in held) > 1:
            yield Candidate(form="term", question=term.asks, term=term.long)


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    short: str
    long: str

    @property
    def asks(self) -> str:
        return f"which papers are about {self.long} ({self.short})?"


def terms(lexicon: Lexicon, count: int) -> Iterator[Term]:
    """Terms with one meaning that several of the `count` papers of the corpus define, and not too
    many: the most common first."""
    least, share = _SHARED
    found = [(short, one[0]) for short, one in lexicon.acronyms.items() if len(one) == 1]
    for short, meaning in sorted(found, key=lambda pair: (-len(pair[1].papers), pair[0])):
        long = readable(meaning.long)
        is_name = len(short) >= _LETTERS and " " in long  # not `state-of-the-art`
        if is_name and least <= len(meaning.papers) <= share * count:
            yield Term(short=short, long=long)
