"""From a question and the turns before it to one ParsedQuestion, read offline.

    text ─mend→ constraints, form, names ─intent→ what is asked
    history ─act→ a new topic | refers to papers shown | refines | continues | another form

Closed vocabularies are a grammar (`constraints`), intent and act are learned (`intent`,
`dialogue`), names and terms come from the lexicon. What is not understood stays a search: words
are never lost, and nothing is refused here.

Only the last turns matter: a refinement is read together with at most `_DEPTH` turns before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from rag.corpus.genres import is_genre
from rag.corpus.identifiers import identifiers
from rag.corpus.lexicon import Lexicon
from rag.corpus.respelling import respelt
from rag.fields import FIELDS, prefer
from rag.filters import Filters
from rag.ports import Vectors
from rag.question import relative
from rag.question.constraints import Constraints, read_constraints
from rag.question.conversation import LOOKED_AT, Papers, Picked, Shown, picked, shown
from rag.question.dialogue import WINDOW, Act, TurnBefore, read_act
from rag.question.intent import IntentGuess, read_intent
from rag.question.intents import described, owners, tied
from rag.question.language import language_of, shared_terms
from rag.question.parts import parts_of
from rag.question.schema import (
    ComparisonAsked,
    DefinitionAsked,
    Intent,
    IntentName,
    LeftOut,
    ListAsked,
    NothingAsked,
    OverviewAsked,
    ParsedQuestion,
    RecordAsked,
    RelatedAsked,
    Topic,
)
from rag.question.unrecorded import unrecorded
from rag.records import Turn
from rag.text.words import STOPWORDS

_READ_AT_MOST = 4000
"""Characters of a question that are read for meaning: beyond that it is a pasted document."""
_DEPTH = 3
"""Turns before a refinement that it is read together with."""
_COURTESY = 0.6
"""Probability from which a first turn with hardly a word in it asks for nothing."""

Encode = Callable[[str], Vectors]


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

    @property
    def topic(self) -> str:
        return self.read.topic

    @cached_property
    def guess(self) -> IntentGuess:
        guess = read_intent(self.text, self.vector)
        return replace(guess, intent=self.intent, probability=1.0) if self.intent else guess


class QuestionParser:
    """Reads questions over one corpus. Thread-safe; cheap to make.

    `encode`: the question's vector by the embedded model, None where another embedder is used.
    `lookup`: papers by id, for what their records say. `today` anchors `last year`.
    """

    def __init__(
        self,
        *,
        lexicon: Lexicon,
        today: date,
        lookup: relative.Lookup,
        encode: Encode | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._today = today
        self._lookup = lookup
        self._encode = encode

    def parse(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        within: Sequence[str] | None = None,
        intent: IntentName | None = None,
    ) -> ParsedQuestion:
        """`intent`, where given, is taken for the guessed one. `filters`, where given, replace the
        constraints read (the user edited them). `within`, where given, are papers chosen
        beforehand: constraints narrow these further, and nothing leads out of them."""
        parsed = self._read(question, history, _DEPTH, intent)
        if filters is not None:
            parsed = replace(parsed, filters=_edited(parsed.filters, filters))
        parsed = replace(parsed, history=tuple(history))
        parts = [] if parsed.nothing_asked else self._parts(parsed)
        parsed = replace(parsed, parts=tuple(replace(p, filters=parsed.filters) for p in parts))
        return self._left_out(confined(replace(parsed, searches=_searches(parsed)), within))

    def _read(
        self,
        question: str,
        history: Sequence[Turn],
        depth: int,
        intent: IntentName | None = None,
    ) -> ParsedQuestion:
        alone = self._alone(question, intent)
        turns = [at for at, turn in enumerate(history) if turn.role == "user"]
        if not turns or not depth:
            return self._opens(question, alone)
        before = shown(history, self._lexicon)
        at = turns[-1]
        earlier_turns = [self._turn_before(history, one) for one in turns[-WINDOW:]]
        act = self._settled(read_act(alone.text, alone.vector, earlier_turns).act, alone, before)
        if act == "new_topic":
            parsed = self._opens(question, alone)
        elif act == "nothing":
            parsed = _nothing(question)
        elif act == "form_only":
            asked = self._last_answered(history, turns)
            again = self._read(history[asked].content, history[:asked], depth - 1)
            parsed = replace(again, question=question, form=alone.read.form or again.form)
        elif act == "refers" and before.last:
            parsed = self._refers(question, alone, before)
        else:
            earlier = self._read(history[at].content, history[:at], depth - 1)
            goes_on = act == "continues" and before.all
            parsed = (
                self._continues(question, alone, earlier, before)
                if goes_on
                else self._refines(question, alone, earlier)
            )
        return parsed

    # --- one turn ------------------------------------------------------------------------------

    def _alone(self, question: str, intent: IntentName | None = None) -> Alone:
        named, renamed = respelt(question[:_READ_AT_MOST], self._lexicon)
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

    def _opens(self, question: str, alone: Alone) -> ParsedQuestion:
        """A turn that stands by itself."""
        if self._says_nothing(alone):
            unknown = self._unknown(alone.text)
            return _nothing(question, unknown=unknown, alone=alone)
        bound = relative.beside(alone.topic, tuple(alone.names), alone.owners, self._lookup)
        if bound:
            seen = alone.owners
            rest = bound.rest if _content(bound.rest) else ""
            read = replace(
                alone.read, topic=rest, filters=_joined(alone.read.filters, bound.filters)
            )
            alone = replace(alone, read=read, names={})
            parsed = self._asked(question, alone, ListAsked())
            return replace(parsed, seen=seen, notes=(*parsed.notes, bound.note))
        return self._asked(question, alone, self._intent(alone))

    def _intent(self, alone: Alone, pointed: Papers = ()) -> Intent:
        named = alone.owners or pointed
        return tied(alone.guess, alone.text, alone.names, named, self._lexicon)

    def _asked(self, question: str, alone: Alone, intent: Intent) -> ParsedQuestion:
        language = language_of(alone.text)
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
            names=alone.names,
            seen=(intent.paper,) if isinstance(intent, RelatedAsked) else (),
            language=language,
            unknown=self._unknown(alone.text),
            unrecorded=unrecorded(alone.text),
            left_out=LeftOut(mentioned=alone.read.unused),
            stated=alone.read.stated,
            mended=alone.mended,
        )
        return replace(parsed, search=self._spelt(parsed))

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
                return rest if _content(rest) - _LIKE else ""
        return self._titled(alone.topic) if _content(alone.topic) else ""

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

    def _spelt(self, parsed: ParsedQuestion) -> Topic:
        """A fact is found by its own words; for the rest the long forms of acronyms find more."""
        if parsed.kind == "fact":
            return parsed.topic
        return replace(parsed.topic, own=self._lexicon.spelt_out(parsed.topic.own))

    def _says_nothing(self, alone: Alone) -> bool:
        """Whether there is nothing to look up: no word that carries meaning, no constraint, or a
        courtesy of a word or two."""
        if alone.read.filters or alone.names:
            return False
        words = _content(alone.topic)
        courtesy = alone.guess.intent == "nothing" and alone.guess.probability >= _COURTESY
        known = {word for word in words if self._lexicon.words.get(word, 0) > 2}
        return not words or (courtesy and len(known) < 2)

    def _parts(self, parsed: ParsedQuestion) -> list[ParsedQuestion]:
        """Each question of a compound one by itself; a later one with the names of the first."""
        if isinstance(parsed.intent, ComparisonAsked | RecordAsked) or parsed.among_shown:
            return []
        texts = parts_of(parsed.topic.own)
        found: list[ParsedQuestion] = []
        for text in texts:
            alone = self._alone(text)
            part = self._asked(text, alone, self._intent(alone))
            if found and not part.names:
                about = " ".join(found[0].names) or found[0].topic.own
                topic = Topic(own=part.topic.own or text, carried=about)
                part = replace(part, topic=topic, names=found[0].names)
                part = replace(part, search=self._spelt(part))
            found.append(part)
        return found

    # --- turns of a conversation ---------------------------------------------------------------

    def _settled(self, act: Act, alone: Alone, before: Shown) -> Act:
        """`act` as guessed, held against what was shown: a place in a list points at it, and of
        papers none of which has a word of it a turn without a pointing word asks nothing."""
        if act in ("nothing", "form_only"):
            return act
        place = picked(alone.topic, before, self._lexicon)
        if place is not None and place.papers:
            return "refers"
        words = _content(alone.topic)
        if act == "continues":
            return "refines" if words - _CONTINUING else act
        if act != "refers" or not words or place or _points(alone.text):
            return act
        texts = " ".join(f"{p.title} {p.abstract}" for p in self._lookup(before.last)).lower()
        return act if any(word[:_STEM] in texts for word in words) else "refines"

    def _refers(self, question: str, alone: Alone, before: Shown) -> ParsedQuestion:
        """Asked of papers that were shown: those at a place, those named, else the last ones."""
        place = picked(alone.topic, before, self._lexicon)
        named = alone.owners
        papers = self._meant(alone, place, named, before)
        if not papers:
            return self._opens(question, alone)
        rest = place.rest if place else alone.topic
        own = rest if _content(rest) - _POINTING else ""
        read = replace(alone.read, topic=own)
        intent = self._intent(alone, papers)
        if isinstance(intent, RelatedAsked):
            return self._asked(question, replace(alone, read=read), intent)
        if not own and not isinstance(intent, RecordAsked | ComparisonAsked):
            intent = OverviewAsked(papers=papers) if len(papers) <= _FEW else ListAsked()
        filters = replace(alone.read.filters, paper_ids=papers)
        parsed = self._asked(question, replace(alone, read=replace(read, filters=filters)), intent)
        return replace(
            parsed,
            standalone=self._with_titles(question, papers),
            topic=Topic(own=own),
            search=Topic(own=own),
            among_shown=bool(own),
            notes=(_restricted(len(papers)),),
        )

    def _meant(self, alone: Alone, place: Picked | None, named: Papers, before: Shown) -> Papers:
        if place is not None:
            return tuple(dict.fromkeys((*place.papers, *named)))
        if alone.guess.intent == "compare" and named:
            return tuple(dict.fromkeys((*before.last[:1], *named)))
        mine = tuple(paper for paper in named if paper in before.all)
        return mine or (() if named else before.last)

    def _refines(self, question: str, alone: Alone, earlier: ParsedQuestion) -> ParsedQuestion:
        """The question before with something added, changed or taken away."""
        own = alone.topic if _content(alone.topic) - _POINTING else ""
        keeps = isinstance(alone.guess.intent, str) and alone.guess.intent in ("list", "nothing")
        intent = earlier.intent if keeps or not own else self._intent(alone)
        carried = earlier.topic.text if own else earlier.topic.carried
        topic = Topic(own=own or earlier.topic.own, carried=carried)
        parsed = ParsedQuestion(
            question=question,
            standalone=f"{question.rstrip(' ?.!')} ({earlier.standalone})",
            intent=intent,
            topic=topic,
            filters=_joined(earlier.filters, alone.read.filters),
            form=alone.read.form or earlier.form,
            whether=alone.guess.answer_type == "yes_no",
            names=alone.names or earlier.names,
            stated=(*alone.read.stated, *earlier.stated),
            mended=alone.mended,
            left_out=LeftOut(mentioned=(*earlier.left_out.mentioned, *alone.read.unused)),
        )
        return replace(parsed, search=self._spelt(parsed))

    def _continues(
        self, question: str, alone: Alone, earlier: ParsedQuestion, before: Shown
    ) -> ParsedQuestion:
        """More of the same list, behind all that was shown."""
        bound = relative.beyond(alone.text, before.all, self._lookup)
        own = replace(alone.read.filters, sort=None, order=None)
        filters = _joined(replace(earlier.filters, limit=None, skip=None), own)
        filters = _joined(filters, bound.filters) if bound else filters
        left = "the paper" if len(before.all) == 1 else f"the {len(before.all)} papers"
        notes = (bound.note,) if bound else ()
        return replace(
            earlier,
            question=question,
            filters=replace(filters, paper_ids=None),
            intent=earlier.intent if earlier.kind == "list" else ListAsked(),
            seen=before.all,
            among_shown=False,
            notes=(*notes, f"Left out: {left} already shown."),
        )

    def _turn_before(self, history: Sequence[Turn], at: int) -> TurnBefore:
        """The turn of the user at `at`, with what was shown in answer to it."""
        text = history[at].content[:_READ_AT_MOST]
        answers = shown(history[at + 1 : at + 2], self._lexicon)
        return TurnBefore(
            text=text,
            vector=self._encode(text) if self._encode else None,
            papers=len(answers.last),
            names=self._names_of(answers.last),
        )

    def _last_answered(self, history: Sequence[Turn], turns: Sequence[int]) -> int:
        """Where the last question stands whose answer put papers forward; the last one for none."""
        for at in reversed(turns):
            answer = next((t for t in history[at + 1 :] if t.role == "assistant"), None)
            if answer and shown((answer,), self._lexicon).last and at >= len(history) - LOOKED_AT:
                return at
        return turns[-1]

    def _names_of(self, papers: Papers) -> tuple[str, ...]:
        """What the titles of papers call their methods: the words before a colon."""
        titles = (self._lexicon.titles.get(paper, "") for paper in papers)
        return tuple(title.partition(":")[0] for title in titles)

    def _with_titles(self, question: str, papers: Papers) -> str:
        names = self._names_of(papers[:_FEW])
        more = f" and {len(papers) - _FEW} more" if len(papers) > _FEW else ""
        return f"{question.rstrip(' ?.!')} ({', '.join(names)}{more})"

    def _left_out(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """With the wordings of what the constraints leave out."""
        about, used = parsed.filters.not_about or (), parsed.filters.lacking or ()
        wordings = self._lexicon.wordings
        left_out = LeftOut(
            about=tuple(w for t in about for w in ((t,) if is_genre(t) else wordings(t))),
            mentioned=tuple(
                w for t in about if t in parsed.left_out.mentioned for w in wordings(t)
            ),
            used=tuple(w for term in used for w in wordings(term)),
        )
        return replace(parsed, left_out=left_out)


_FEW = 3
"""Papers that a turn can be told about one by one, or whose titles stand in its wording."""
_LIKE = frozenset("like similar related resembling vein spirit comparable alike akin else".split())
_POINTING = frozenset(
    """
    those these them that this it its they their one ones former latter above paper papers more
    details detail tell summarise summarize summary explain describe show elaborate again both two
    first second third last answer results please also and
    """.split()
)
"""Words that say nothing of what is asked of the papers that they point at."""


_CONTINUING = frozenset(
    """
    more next further another additional newer older later earlier recent rest remaining list again
    continue keep going go different new two three four five ten few couple
    """.split()
)
"""Words that ask for more of the same and name nothing."""
_POINTERS = frozenset(
    """
    those these them they their it its this that both each which ones one either neither any all
    """.split()
)
_STEM = 5
"""Letters by which a word is found in a text, whatever its ending."""


def _points(text: str) -> bool:
    return not _POINTERS.isdisjoint(re.findall(r"[a-z]+", text.lower()))


def confined(parsed: ParsedQuestion, within: Sequence[str] | None) -> ParsedQuestion:
    """`parsed`, about none but the papers `within`, or fewer of these where it is about papers of
    an answer before; None leaves it as it is."""
    if within is None:
        return parsed
    meant = set(parsed.filters.paper_ids or within)
    papers = tuple(i for i in within if i in meant) or tuple(within)
    return replace(parsed, filters=replace(parsed.filters, paper_ids=papers))


def _searches(parsed: ParsedQuestion) -> tuple[Topic, ...]:
    """What is searched for besides the topic."""
    sides = parsed.intent.sides if isinstance(parsed.intent, ComparisonAsked) else ()
    if len(sides) > 1 and not parsed.among_shown:
        return tuple(Topic(own=side) for side in sides)
    return tuple(part.topic for part in parsed.parts)


def _joined(earlier: Filters, own: Filters) -> Filters:
    """Constraints of a turn before that still hold, and this turn's own. Order and number belong
    to the answer of their turn."""
    lasting = (field.of(earlier) for field in FIELDS.values() if field.lasts)
    return prefer(own, Filters(**{name: value for some in lasting for name, value in some.items()}))


def _edited(read: Filters, given: Filters) -> Filters:
    """What the user has `given`; what they say nothing of is read all the same."""
    not_about = read.not_about if given.not_about is None else given.not_about
    lacking = read.lacking if given.lacking is None else given.lacking
    return replace(given, not_about=not_about, lacking=lacking)


def _nothing(
    question: str, *, unknown: tuple[str, ...] = (), alone: Alone | None = None
) -> ParsedQuestion:
    why: Intent = NothingAsked(
        why="unknown_identifier" if unknown else "no_words" if alone else "courtesy"
    )
    return ParsedQuestion(question=question, standalone=question, intent=why, unknown=unknown)


def _restricted(papers: int) -> str:
    count = "the one paper" if papers == 1 else f"{papers} papers"
    return f"Restricted to {count} of the previous answer."


def _content(text: str) -> set[str]:
    """The words of a text that carry meaning, in lower case."""
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower())
    return {word for word in words if word not in STOPWORDS and len(word) > 1}
