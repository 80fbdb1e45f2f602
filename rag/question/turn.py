"""One turn of the user by itself: mended, its constraints, names, intent and topic.

Closed vocabularies are a grammar (`constraints`), the intent is learned (`intent`), names and terms
come from the lexicon. What is not understood stays a search: words are never lost, and nothing is
refused here. The conversation is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from rag.corpus.identifiers import identifiers
from rag.corpus.lexicon import Lexicon
from rag.corpus.respelling import respelt
from rag.fields import FIELDS, prefer
from rag.filters import Filters
from rag.ports import Vectors
from rag.question import relative_to_papers
from rag.question.claims import asks_agreement
from rag.question.constraints import Constraints, read_constraints
from rag.question.coreference import POINTED, Papers
from rag.question.intent import IntentGuess, Wording, read_intent
from rag.question.intents import described, owners, tied
from rag.question.language import language_of, shared_terms
from rag.question.parts import parts_of
from rag.question.schema import (
    ComparisonAsked,
    DefinitionAsked,
    ExplanationAsked,
    FactAsked,
    Intent,
    IntentName,
    LeftOut,
    ListAsked,
    NothingAsked,
    ParsedQuestion,
    RecordAsked,
    RelatedAsked,
    SynthesisAsked,
    Topic,
)
from rag.question.unrecorded import unrecorded
from rag.text.phrases import DOCUMENT
from rag.text.words import content

Encode = Callable[[str], Vectors]

READ_AT_MOST = 4000
"""Characters of a question that are read for meaning: beyond that it is a pasted document."""
STEM = 5
"""Letters by which a word is found in a text, whatever its ending."""
LIKE = frozenset("like similar related resembling vein spirit comparable alike akin else".split())
_COURTESY = 0.6
"""Probability from which a first turn with hardly a word in it asks for nothing."""


_OVER_PAPERS = frozenset({"table", "paragraph", "summary", "reading_order"})
"""Forms of a text over several papers."""


@dataclass(frozen=True, kw_only=True)
class Alone:
    """One turn by itself."""

    text: str
    read: Constraints
    names: Mapping[str, tuple[str, ...]]
    owners: Papers
    """Papers whose own the names are."""
    vector: Vectors | None
    mended: tuple[tuple[str, str], ...]
    intent: IntentName | None = None
    """As somebody else has read it."""
    spoken: tuple[Wording, ...] = ()
    """The turn in the words of a question that stands by itself, for one in a conversation."""

    @property
    def topic(self) -> str:
        return self.read.topic

    def asks_agreement(self, intent: Intent) -> bool:
        """Whether papers at large are asked if a statement holds. Papers that are asked by their
        names give a short answer; a question that is a title itself names none."""
        rest = self.topic
        for name in self.names:
            rest = rest.replace(name, " ")
        named = 0 < len(self.owners) <= len(self.names) and content(rest)
        guessed = self.guess.answer_type == "yes_no"
        return not named and asks_agreement(self.text, intent, guessed=guessed)

    @cached_property
    def guess(self) -> IntentGuess:
        wordings = self.spoken or ((self.text, self.vector),)
        guess = read_intent(*wordings[0], *wordings[1:])
        return replace(guess, intent=self.intent, probability=1.0) if self.intent else guess


class TurnReader:
    """Reads single turns over one corpus. Thread-safe; cheap to make.

    `encode`: the question's vector by the embedded model, None where another embedder is used.
    `lookup`: papers by id, for what their records say. `today` anchors `last year`.
    """

    def __init__(
        self,
        *,
        lexicon: Lexicon,
        today: date,
        lookup: relative_to_papers.Lookup,
        encode: Encode | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._today = today
        self._lookup = lookup
        self._encode = encode

    def alone(self, question: str, intent: IntentName | None = None) -> Alone:
        named, renamed = respelt(question[:READ_AT_MOST], self._lexicon)
        text, changes = self._lexicon.mend(named)
        read = read_constraints(text, today=self._today, people=self._lexicon.people)
        names = self._lexicon.names_in(read.topic)
        return Alone(
            text=text,
            read=read,
            names=names,
            owners=owners(names, self._lexicon, self._lookup),
            vector=self._encode(text) if self._encode else None,
            mended=(*renamed, *changes),
            intent=intent,
        )

    def opens(self, question: str, alone: Alone) -> ParsedQuestion:
        """A turn that stands by itself."""
        if self._says_nothing(alone):
            unknown = self._unknown(alone.text)
            return nothing(question, unknown=unknown, alone=alone)
        bound = relative_to_papers.beside(
            alone.topic, tuple(alone.names), alone.owners, self._lookup
        )
        if bound:
            seen = alone.owners
            rest = bound.rest if content(bound.rest) else ""
            read = replace(
                alone.read, topic=rest, filters=joined(alone.read.filters, bound.filters)
            )
            alone = replace(alone, read=read, names={})
            parsed = self.asked(question, alone, ListAsked())
            return replace(parsed, seen=seen, notes=(*parsed.notes, bound.note))
        return self.asked(question, alone, self.intent(alone))

    def spoken(self, alone: Alone, before: str) -> Alone:
        """The turn as it is said behind the question `before`: half a question has no intent of its
        own, and what points at papers asks for papers."""
        text = POINTED.sub("papers", alone.text)
        both = f"{before.rstrip(' ?.!')}, {text}"
        wordings = tuple((t, self._encode(t) if self._encode else None) for t in (text, both))
        return replace(alone, spoken=wordings)

    def intent(self, alone: Alone, pointed: Papers = ()) -> Intent:
        named = alone.owners or pointed
        intent = tied(alone.guess, alone.text, alone.names, named, self._lexicon)
        form = alone.read.form
        if isinstance(intent, FactAsked) and not named and form and form.kind in _OVER_PAPERS:
            return SynthesisAsked()  # `related work on …` asks for no single fact
        return intent

    def asked(self, question: str, alone: Alone, intent: Intent) -> ParsedQuestion:
        language = language_of(alone.text)
        vague = isinstance(intent, RecordAsked) and not (intent.papers or intent.strange)
        plain = isinstance(intent, FactAsked | ExplanationAsked | SynthesisAsked)
        if alone.read.filters and (vague or (plain and not alone.topic)):
            intent = (
                ListAsked()
            )  # `which paper has the most authors?`: constraints alone make a list
        own = self._searched(alone, intent, language)
        if (
            not own
            and not alone.read.filters
            and not isinstance(intent, RecordAsked | RelatedAsked)
        ):
            own = alone.topic
        topic = Topic(own=own)
        parsed = ParsedQuestion(
            question=question,
            standalone=question,
            intent=intent,
            topic=topic,
            filters=alone.read.filters,
            form=alone.read.form,
            whether=alone.guess.answer_type == "yes_no",
            agreement=not language and alone.asks_agreement(intent),
            names=alone.names,
            seen=(intent.paper,) if isinstance(intent, RelatedAsked) else (),
            language=language,
            unknown=self._unknown(alone.text),
            unrecorded=unrecorded(alone.text, authors=bool(self._lexicon.people)),
            left_out=LeftOut(mentioned=alone.read.unused),
            stated=alone.read.stated,
            mended=alone.mended,
        )
        return replace(parsed, search=self.spelt(parsed))

    def _searched(self, alone: Alone, intent: Intent, language: str) -> str:
        """The words that papers are searched by."""
        if language:
            return " ".join(shared_terms(alone.text, self._lexicon)) or alone.topic
        match intent:
            case DefinitionAsked(terms=terms):
                return terms[0]
            case RecordAsked(papers=()):
                return described(alone.topic)
            case RelatedAsked(name=name):
                rest = described(alone.topic.replace(name, " "))
                return rest if content(rest) - LIKE else ""
        return self._titled(alone.topic) if content(alone.topic) else ""

    def _titled(self, topic: str) -> str:
        """`topic` with the titles that its identifiers stand for; unknown ones are left out."""
        for one in reversed(identifiers(topic)):
            stands = self._lexicon.titled(topic[one.start : one.end])
            title = self._lexicon.titles[stands[0].paper] if stands else " "
            topic = f"{topic[: one.start]}{title}{topic[one.end :]}"
        return " ".join(topic.split())

    def _unknown(self, text: str) -> tuple[str, ...]:
        return tuple(
            one.text
            for one in identifiers(text)
            if not self._lexicon.titled(text[one.start : one.end])
        )

    def spelt(self, parsed: ParsedQuestion) -> Topic:
        """A fact is found by its own words; for the rest the long forms of acronyms find more."""
        if parsed.kind == "fact":
            return parsed.topic
        spelt = self._lexicon.spelt_out
        return Topic(own=spelt(parsed.topic.own), carried=spelt(parsed.topic.carried))

    def _says_nothing(self, alone: Alone) -> bool:
        """Whether there is nothing to look up: no word that carries meaning, no constraint, or a
        courtesy of a word or two."""
        if alone.read.filters or alone.names:
            return False
        if not alone.topic and re.search(rf"\b{DOCUMENT}\b", alone.text, re.IGNORECASE):
            return False  # `all papers`
        words = content(alone.topic)
        courtesy = alone.guess.intent == "nothing" and alone.guess.probability >= _COURTESY
        known = {word for word in words if self._lexicon.words.get(word, 0) > 2}
        return not words or (courtesy and len(known) < 2)

    def parts_of(self, parsed: ParsedQuestion) -> list[ParsedQuestion]:
        """Each question of a compound one by itself; a later one with the names of the first."""
        if isinstance(parsed.intent, ComparisonAsked | RecordAsked) or parsed.among_shown:
            return []
        texts = parts_of(parsed.topic.own)
        found: list[ParsedQuestion] = []
        for text in texts:
            alone = self.alone(text)
            part = self.asked(text, alone, self.intent(alone))
            if found and not part.names:
                about = " ".join(found[0].names) or found[0].topic.own
                topic = Topic(own=part.topic.own or text, carried=about)
                part = replace(part, topic=topic, names=found[0].names)
                part = replace(part, search=self.spelt(part))
            found.append(part)
        return found


def nothing(
    question: str, *, unknown: tuple[str, ...] = (), alone: Alone | None = None
) -> ParsedQuestion:
    why: Intent = NothingAsked(
        why="unknown_identifier" if unknown else "no_words" if alone else "courtesy"
    )
    return ParsedQuestion(question=question, standalone=question, intent=why, unknown=unknown)


def joined(earlier: Filters, own: Filters) -> Filters:
    """Constraints of a turn before that still hold, and this turn's own. Order and number belong
    to the answer of their turn."""
    lasting = (field.of(earlier) for field in FIELDS.values() if field.lasts)
    return prefer(own, Filters(**{name: value for some in lasting for name, value in some.items()}))


def edited(read: Filters, given: Filters) -> Filters:
    """What the user has `given`; what they say nothing of is read all the same."""
    not_about = read.not_about if given.not_about is None else given.not_about
    lacking = read.lacking if given.lacking is None else given.lacking
    return replace(given, not_about=not_about, lacking=lacking)


def without(topic: Topic, terms: Sequence[str]) -> Topic:
    """`topic` without the words of what this turn leaves out (`and outside of robotics?`)."""
    stems = {word[:STEM] for term in terms for word in content(term)}

    def kept(text: str) -> str:
        return " ".join(w for w in text.split() if w.lower()[:STEM] not in stems)

    return Topic(own=kept(topic.own), carried=kept(topic.carried)) if stems else topic
