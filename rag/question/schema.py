"""What a question was read as: one record, made once, that everything behind it works from.

    ParsedQuestion = what is asked (an Intent) + what it is about (a Topic) + constraints (Filters)
                   + the form wished for + what it has to do with the turns before

Nothing behind `rag.question` looks at the question's text again. How a question is read, and by
whom, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from rag.filters import Filters
from rag.records import Expansion, Kind, RecordField, Turn

AnswerType = Literal[
    "percent", "factor", "count", "amount", "model", "dataset", "method", "entity", "yes_no",
    "reason", "manner", "condition", "finding", "none",
]  # fmt: skip
"""What the short answer to a fact question is."""
IntentName = Literal[
    "list", "fact", "compare", "explain", "define", "record", "overview", "related", "synthesis",
    "nothing",
]  # fmt: skip
FormKind = Literal["bullets", "table", "paragraph", "summary", "reading_order", "short"]
NothingWhy = Literal["no_words", "courtesy", "unknown_identifier"]
Unrecorded = Literal["authors", "affiliations", "venues", "citations"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAsked:
    """Papers are wanted; `counted`: how many there are as well."""

    kind: ClassVar[Kind] = "list"
    counted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FactAsked:
    """One short statement of one abstract is wanted."""

    kind: ClassVar[Kind] = "fact"
    answer_type: AnswerType = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonAsked:
    """Things side by side. `sides`: as the question names them, where that can be told."""

    kind: ClassVar[Kind] = "compare"
    sides: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplanationAsked:
    """How or why something is."""

    kind: ClassVar[Kind] = "explain"
    why: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinitionAsked:
    """What a term means. `terms`: as asked, then its other wordings. `expansions`: the meanings
    of an acronym that the corpus defines, common ones first."""

    kind: ClassVar[Kind] = "explain"
    terms: tuple[str, ...]
    expansions: tuple[Expansion, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordAsked:
    """What records hold and no abstract tells. `papers`: those that the question names; none where
    it describes one. `strange`: names in it that are no paper's own. `lowest`: of two papers, the
    older or less upvoted one is asked for."""

    kind: ClassVar[Kind] = "fact"
    fields: tuple[RecordField, ...]
    papers: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    lowest: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OverviewAsked:
    """To be told about these papers and nothing else."""

    kind: ClassVar[Kind] = "explain"
    papers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedAsked:
    """Papers like this one, which the question calls `name`."""

    kind: ClassVar[Kind] = "list"
    paper: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SynthesisAsked:
    """A text over several papers: the state of a field, related work, what to read."""

    kind: ClassVar[Kind] = "explain"


@dataclass(frozen=True, kw_only=True, slots=True)
class NothingAsked:
    """There is nothing to look up (`?`, `thanks`), as against a question for all papers."""

    kind: ClassVar[Kind] = "list"
    why: NothingWhy = "no_words"


Intent = (
    ListAsked
    | FactAsked
    | ComparisonAsked
    | ExplanationAsked
    | DefinitionAsked
    | RecordAsked
    | OverviewAsked
    | RelatedAsked
    | SynthesisAsked
    | NothingAsked
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The form of answer wished for, and of how many pieces."""

    kind: FormKind
    count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """What papers are searched by: the turn's own words, and those carried over from earlier
    turns, which say what it is about and not what it is looking for."""

    own: str = ""
    carried: str = ""

    @property
    def text(self) -> str:
        """Both in one text, the carried words first."""
        both = self.carried and self.own
        return f"{self.carried.rstrip(' ?.!')}. {self.own}" if both else self.own or self.carried

    @property
    def own_start(self) -> int:
        """Where in `text` the turn's own words begin."""
        return len(self.text) - len(self.own) if self.own else 0

    def __bool__(self) -> bool:
        return bool(self.own or self.carried)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """Words of the question, `text[start:end]`, and the constraint that they state."""

    start: int
    end: int
    text: str
    filters: Filters


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """What papers must not be about, not even mention, or plainly use, each in all its wordings."""

    about: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    used: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.about or self.mentioned or self.used)


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedQuestion:
    """A question, read once."""

    question: str
    """What the user typed."""
    standalone: str
    """The question with what it needs of the conversation; equals `question` for a first turn."""
    intent: Intent = ListAsked()
    topic: Topic = Topic()
    """Empty where the question states nothing but constraints."""
    search: Topic = Topic()
    """`topic` with acronyms spelt out, to rank by."""
    filters: Filters = field(default_factory=Filters)
    left_out: LeftOut = LeftOut()
    form: Form | None = None
    whether: bool = False
    """A yes or no is wanted."""
    agreement: bool = False
    """Whether a statement holds is asked of papers at large: a yes-or-no question, or a claim."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of methods, data sets and titles in the topic, with their papers."""
    seen: tuple[str, ...] = ()
    """Papers of earlier answers that are not wanted again (`any others?`)."""
    among_shown: bool = False
    """Asked of the papers in `filters.paper_ids`, which an earlier answer put forward."""
    parts: tuple[ParsedQuestion, ...] = ()
    """The questions that a compound one is made of; none for one."""
    searches: tuple[Topic, ...] = ()
    """What is searched for besides the topic: the sides of a comparison, the halves of a compound
    question."""
    language: str = ""
    """The language that the question seems to be in, where that is not English."""
    unknown: tuple[str, ...] = ()
    """Identifiers in the question by which no paper is known."""
    unrecorded: tuple[Unrecorded, ...] = ()
    """What it asks for that no record of a paper holds."""
    history: tuple[Turn, ...] = ()
    stated: tuple[Stated, ...] = ()
    """The words that state constraints, those of earlier turns that still hold included."""
    mended: tuple[tuple[str, str], ...] = ()
    """Words as typed and as read."""
    notes: tuple[str, ...] = ()
    """Sentences for the user on how the question was read."""
    reader: str = ""
    """The model that read it; empty for the offline reading."""

    @property
    def kind(self) -> Kind:
        return self.intent.kind

    def wishes_for(self, form: FormKind) -> bool:
        return self.form is not None and self.form.kind == form

    @property
    def record(self) -> RecordAsked | None:
        return self.intent if isinstance(self.intent, RecordAsked) else None

    @property
    def related(self) -> RelatedAsked | None:
        return self.intent if isinstance(self.intent, RelatedAsked) else None

    @property
    def expansions(self) -> tuple[Expansion, ...]:
        return self.intent.expansions if isinstance(self.intent, DefinitionAsked) else ()

    @property
    def nothing_asked(self) -> bool:
        return isinstance(self.intent, NothingAsked)
