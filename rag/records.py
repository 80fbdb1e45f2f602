"""The nouns of Citewell: frozen, keyword-only records that every part passes to the next.

This module knows no storage, no model and no user interface; of ours it imports `filters`, words
and `display` alone.
Spans are half-open character offsets into `Paper.abstract` as stored: `abstract[start:end]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.display import Displayed
from rag.filters import Filters
from rag.text.addresses import of_paper
from rag.text.arxiv import month_of
from rag.text.words import dated

DatePrecision = Literal["day", "month", "year"]
Kind = Literal["list", "fact", "compare", "explain"]
Mode = Literal["extractive", "llm"]
Depth = Literal["normal", "thorough"]
"""How far a model reads: the best papers, or down the ranking until nothing matches any more."""
Keeping = Literal["resume", "fresh", "private"]
"""What becomes of judgements of papers: kept on disk and gone on from, kept and made anew, or not
kept at all."""
Status = Literal["answered", "not_stated", "not_in_corpus"]
Stance = Literal["supports", "qualifies", "contradicts"]
"""Of a paper towards a claim. One that says nothing on it is silent and has none."""
RecordField = Literal["date", "upvotes", "source", "link", "authors", "author_count"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a paper's record was read: a page or file name and the 1-based line of its title."""

    name: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper(Displayed):
    """One paper. Text is stored as it was read, scars and all; unknown fields are None."""

    paper_id: str
    title: str
    abstract: str
    published: str | None = None
    """ISO 8601, as precise as known: `2025-10-11`, `2025-10` or `2025`."""
    date_precision: DatePrecision | None = None
    author_count: int | None = None
    authors: tuple[str, ...] = ()
    upvotes: int | None = None
    sources: tuple[Source, ...] = ()
    doi: str | None = None
    arxiv_id: str | None = None
    url: str | None = None
    citekey: str = ""

    @property
    def arxiv_month(self) -> str | None:
        """`2025-10`, as its arXiv id tells it."""
        return month_of(self.arxiv_id)

    @property
    def date(self) -> str | None:
        """`published`, or the month of the arXiv id: what constraints and orders go by."""
        return self.published or self.arxiv_month

    @property
    def dated(self) -> str:
        """`2025-10-11`, or `arXiv 2025-10` where its id alone tells a date; empty for none."""
        return dated(self.published, self.arxiv_month)

    @property
    def address(self) -> str | None:
        """Where it can be opened, by `url`, arXiv id or DOI."""
        return of_paper(self.url, self.arxiv_id, self.doi)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Half-open character range `[start, end)` into one text."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """What is embedded and indexed: a run of whole sentences of one abstract."""

    chunk_id: str
    paper_id: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One message of a conversation; `papers` are those an assistant's answer put forward, () where
    it declined, None where nobody noted them."""

    role: Literal["user", "assistant"]
    content: str
    papers: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Expansion:
    """A meaning of an acronym and the papers that define it so."""

    short: str
    long: str
    papers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A ranked paper with the passage that matches best.

    `score` is the fused score on its absolute scale (`rag.retrieval.first_stage`);
    `parts` holds what it was fused from, by name (`dense` is a cosine, `lexical` a share of the
    most that BM25 could give).
    """

    paper: Paper
    rank: int
    score: float
    start: int
    end: int
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def quote(self) -> str:
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A sentence of an abstract offered to the answer. `key` is short and opaque (`E1`, `E2`)."""

    key: str
    paper: Paper
    start: int
    end: int
    score: float

    @property
    def quote(self) -> str:
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperGroup:
    """Some of the papers of an answer, by id, and the words that set them apart from the others."""

    name: str
    papers: tuple[str, ...]
    unsure: bool = False
    """Whether these only may match."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What the answer may rest on: the papers put forward, their evidence, and the near misses."""

    status: Status
    papers: tuple[Paper, ...]
    evidence: tuple[Evidence, ...]
    near: tuple[Paper, ...] = ()
    total: int = 0
    """How many papers of the corpus match, when a limit shows fewer of them."""
    confidence: float = 0.0
    searched: int = 0
    """How many papers the corpus has."""
    unmet: tuple[str, ...] = ()
    """Parts of the question, in its words, that ask for something of their own and find nothing."""
    recorded: int = 0
    """How many papers state what the constraints are about (a date, upvotes); the others were left
    out. 0 where these are about neither."""
    silent: int = 0
    """How many of `papers`, the last ones, do not say that they do without what the question wants
    to be done without."""
    unsure: int = 0
    """How many of `total` only may match: their probability is too low to say that they do."""
    groups: tuple[PaperGroup, ...] = ()
    """Of a list of two kinds of papers, or a long one; together they hold each of `papers` once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """A checked span: `quote == abstract[start:end]` of the paper, numbered as in the text."""

    n: int
    paper_id: str
    title: str
    quote: str
    start: int
    end: int
    published: str | None = None
    url: str | None = None
    """Where the paper can be opened: its address, else by its arXiv id or DOI."""
    arxiv_month: str | None = None

    @property
    def dated(self) -> str:
        """As `Paper.dated`."""
        return dated(self.published, self.arxiv_month)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence of an answer. `text` is without markers; `citations` are the numbers behind it.

    `supported` is False for a claim that no checked citation carries; `why` then says so.
    A sentence that claims nothing about a paper (an opening line, a refusal) is supported.
    """

    text: str
    citations: tuple[int, ...] = ()
    supported: bool = True
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperStance:
    """What a paper says on a claim: `citations` are the numbers of the spans that say so."""

    paper_id: str
    stance: Stance
    citations: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """What the papers that a model has read say on `claim`, each of them in one place: in `stances`
    in the order of the text, or by its id among the `silent`."""

    claim: str
    stances: tuple[PaperStance, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        return len(self.stances) + len(self.silent)

    def count(self, stance: Stance) -> int:
        return sum(one.stance == stance for one in self.stances)


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What the model was asked for an answer, also when it failed half-way: tokens as the server
    counted them, or as tiktoken did where it does not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    estimated: bool = False
    cost: float | None = None
    """By the configured prices; None where there are none."""

    def __add__(self, other: Usage) -> Usage:
        """Both together, without a cost: that is worked out at the end."""
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            calls=self.calls + other.calls,
            estimated=self.estimated or other.estimated,
        )


class _BesidePapers(Displayed):
    """Room for what is no field: whoever writes or compares fields does not meet it."""

    __slots__ = ("_named",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer(_BesidePapers):
    """One answer, the same from every path and at every door."""

    question: str
    standalone_question: str
    kind: Kind
    filters: Filters
    status: Status
    mode: Mode
    text: str
    """Markdown: the sentences in order, markers `[n]` behind them."""
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    papers: tuple[str, ...]
    """Papers put forward, best first. Empty when the corpus has nothing to say."""
    near: tuple[str, ...] = ()
    """Papers close to the question that the answer does not rest on."""
    confidence: float = 0.0
    """What the decision to answer or to decline rests on; see `rag.reading`. A model that reads
    the abstracts gives no probability: 1 where it answers, 0 where it declines."""
    notices: tuple[str, ...] = ()
    """What the user should know: a failed server, a key that does not exist."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    usage: Usage = Usage()
    fingerprint: str = ""
    model: str | None = None
    """The model that wrote it; None for quoted sentences, whoever was asked before them."""
    agreement: Agreement | None = None
    """Where a model has judged who agrees with a claim; the text tells the same."""
    may_match: tuple[str, ...] = ()
    """Those of `papers` of which a list of quotes says no more than that they may match."""

    @property
    def named_papers(self) -> tuple[Paper, ...]:
        """The papers that it cites or names, whole, so that quotes can be shown in their abstracts.
        In Python alone: no part of JSON or of what is kept, and lost with `dataclasses.replace`."""
        return getattr(self, "_named", ())

    def with_papers(self, papers: Iterable[Paper]) -> Answer:
        """The same answer, with these as `named_papers`."""
        told = replace(self)
        object.__setattr__(told, "_named", tuple(papers))
        return told

    @property
    def turns(self) -> tuple[Turn, Turn]:
        """The question and the answer, as the next question is told of them."""
        return (
            Turn(role="user", content=self.question),
            Turn(role="assistant", content=self.text, papers=self.papers),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What an answerer makes of papers, before the assistant adds times and fingerprint."""

    status: Status
    mode: Mode
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    papers: tuple[str, ...]
    near: tuple[str, ...] = ()
    confidence: float = 0.0
    notices: tuple[str, ...] = ()
    usage: Usage = Usage()
    agreement: Agreement | None = None
    may_match: tuple[str, ...] = ()
