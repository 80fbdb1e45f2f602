"""From a question and the turns before it to one ParsedQuestion, read offline.

    text ─mend→ constraints, form, names ─intent→ what is asked
    history ─act→ a new topic | refers to papers shown | refines | continues | another form

Closed vocabularies are a grammar (`constraints`), intent and act are learned (`intent`,
`dialogue`), names and terms come from the lexicon. What is not understood stays a search: words
are never lost, and nothing is refused here.

Only the last turns matter: a refinement is read together with at most `_DEPTH` turns before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.corpus.genres import is_genre
from rag.filters import Filters
from rag.question import relative_to_papers
from rag.question.acts import CONTINUING, settled
from rag.question.coreference import (
    LOOKED_AT,
    POINTED,
    Papers,
    Shown,
    dangling,
    meant,
    passed_over,
    picked,
    restricted,
    shown,
)
from rag.question.dialogue import WINDOW, Act, ActGuess, TurnBefore, read_act
from rag.question.pronouns import pronouns
from rag.question.schema import (
    ComparisonAsked,
    FactAsked,
    IntentName,
    LeftOut,
    ListAsked,
    OverviewAsked,
    ParsedQuestion,
    RecordAsked,
    RelatedAsked,
    Topic,
)
from rag.question.turn import (
    LIKE,
    READ_AT_MOST,
    STEM,
    Alone,
    TurnReader,
    edited,
    joined,
    nothing,
    without,
)
from rag.records import Turn
from rag.text.words import content

_DEPTH = 3
"""Turns before a refinement that it is read together with."""


class QuestionParser(TurnReader):
    """Reads questions in their conversations. Thread-safe; cheap to make."""

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
            parsed = replace(parsed, filters=edited(parsed.filters, filters))
        chosen = within is not None or (filters is not None and filters.paper_ids)
        if not history and not chosen:
            parsed = replace(parsed, notes=(*parsed.notes, *dangling(question)))
        parsed = replace(parsed, history=tuple(history))
        parts = [] if parsed.nothing_asked else self.parts_of(parsed)
        parsed = replace(parsed, parts=tuple(replace(p, filters=parsed.filters) for p in parts))
        parsed = confined(replace(parsed, searches=_searches(parsed)), within)
        return self._left_out(replace(parsed, agreement=_of_several(parsed)))

    def _read(
        self,
        question: str,
        history: Sequence[Turn],
        depth: int,
        intent: IntentName | None = None,
    ) -> ParsedQuestion:
        alone = self.alone(question, intent)
        turns = [at for at, turn in enumerate(history) if turn.role == "user"]
        if not turns or not depth:
            return self.opens(question, alone)
        before = shown(history, self._lexicon)
        earlier_turns = [self._turn_before(history, one) for one in turns[-WINDOW:]]
        act = self._act(read_act(alone.text, alone.vector, earlier_turns), alone, before)
        if act == "new_topic":
            return self.opens(question, alone)
        if act == "nothing":
            return nothing(question)
        if act == "form_only":
            asked = self._last_answered(history, turns)
            again = self._read(history[asked].content, history[:asked], depth - 1)
            return replace(again, question=question, form=alone.read.form or again.form)
        earlier = self._topic_before(history, turns, depth)
        alone = self.spoken(alone, earlier.question)
        reads = {"refers": self._refers, "continues": self._continues}
        read = reads.get(act, self._refines) if before.last else self._refines
        return read(question, alone, earlier, before)

    def _act(self, guess: ActGuess, alone: Alone, before: Shown) -> Act:
        place = picked(alone.topic, before, self._lexicon)
        words = content(alone.topic)

        def could_say() -> bool:
            texts = " ".join(f"{p.title} {p.abstract}" for p in self._lookup(before.last)).lower()
            return not words or any(word[:STEM] in texts for word in words)

        named = set(alone.owners)
        picks = bool(place and place.papers) or bool(named & set(before.last))
        # A list of papers with something to do with those named narrows the list before.
        more = len(alone.names) > 1 or bool(words - content(" ".join(alone.names)))
        asks = more and alone.guess.intent != "list"
        others = bool(named) and asks and not named & set(before.all)
        return settled(
            guess, alone.text, words, before, picks=picks, names_others=others, could_say=could_say
        )

    def _refers(
        self, question: str, alone: Alone, earlier: ParsedQuestion, before: Shown
    ) -> ParsedQuestion:
        """Asked of papers that were shown: those at a place, those named, else the last ones."""
        place = picked(alone.topic, before, self._lexicon)
        compared = alone.guess.intent == "compare"
        points = pronouns(alone.text)
        papers = meant(
            place, alone.owners, before, compared=compared, one=points.one, several=points.several
        )
        if not papers:
            return self.opens(question, alone)
        rest = place.rest if place else alone.topic
        own = rest if content(rest) - _POINTING else ""
        read = replace(alone.read, topic=own)
        intent = self.intent(alone, papers)
        if isinstance(intent, RelatedAsked):
            if LIKE & content(alone.text):
                return self.asked(question, replace(alone, read=read), intent)
            intent = ListAsked()
        one = len(papers) == 1
        if isinstance(intent, ListAsked) and one:
            intent = FactAsked(answer_type=alone.guess.answer_type)  # one paper makes no list
        elif isinstance(intent, FactAsked | OverviewAsked) and POINTED.search(alone.text):
            intent = intent if one else ListAsked()  # `which of them …?`
        if not own and not isinstance(intent, RecordAsked | ComparisonAsked):
            listed = isinstance(intent, ListAsked) or len(papers) > _FEW
            intent = ListAsked() if listed else OverviewAsked(papers=papers)
        filters = replace(alone.read.filters, paper_ids=papers)
        parsed = self.asked(question, replace(alone, read=replace(read, filters=filters)), intent)
        # Earlier words are what all of them were shown for: they only hide what is asked now.
        topic = Topic(own=own)
        return replace(
            parsed,
            standalone=self._with_titles(question, papers),
            topic=topic,
            search=topic,
            among_shown=bool(own),
            notes=(restricted(len(papers)),),
        )

    def _refines(
        self, question: str, alone: Alone, earlier: ParsedQuestion, before: Shown
    ) -> ParsedQuestion:
        """The question before with something added, changed or taken away. Who asks for something
        else does not mean what was shown."""
        seen = before.all if pronouns(alone.text).others else ()
        own = alone.topic if content(alone.topic) - _POINTING else ""
        intent = self.intent(alone) if own else earlier.intent
        carried = earlier.topic.text if own else earlier.topic.carried
        topic = Topic(own=own or earlier.topic.own, carried=carried)
        topic = without(topic, alone.read.filters.not_about or ())
        parsed = ParsedQuestion(
            question=question,
            standalone=f"{question.rstrip(' ?.!')} ({earlier.standalone})",
            intent=intent,
            topic=topic,
            filters=joined(earlier.filters, alone.read.filters),
            form=alone.read.form or earlier.form,
            whether=alone.guess.answer_type == "yes_no",
            agreement=alone.asks_agreement(intent) or (earlier.agreement and not own),
            names=alone.names or earlier.names,
            seen=seen,
            notes=passed_over(len(seen)),
            stated=(*alone.read.stated, *earlier.stated),
            mended=alone.mended,
            left_out=LeftOut(mentioned=(*earlier.left_out.mentioned, *alone.read.unused)),
        )
        return replace(parsed, search=self.spelt(parsed))

    def _continues(
        self, question: str, alone: Alone, earlier: ParsedQuestion, before: Shown
    ) -> ParsedQuestion:
        """More of the same list, behind all that was shown."""
        bound = relative_to_papers.beyond(alone.text, before.all, self._lookup)
        own = replace(alone.read.filters, sort=None, order=None)
        filters = joined(replace(earlier.filters, limit=None, skip=None), own)
        filters = joined(filters, bound.filters) if bound else filters
        notes = (bound.note,) if bound else ()
        named = content(alone.topic) - CONTINUING and not bound
        topic = Topic(own=alone.topic, carried=earlier.topic.text) if named else earlier.topic
        continued = replace(earlier, topic=topic)
        return replace(
            continued,
            question=question,
            search=self.spelt(continued),
            filters=replace(filters, paper_ids=None),
            intent=earlier.intent if earlier.kind == "list" else ListAsked(),
            seen=before.all,
            among_shown=False,
            notes=(*notes, *passed_over(len(before.all))),
        )

    def _topic_before(
        self, history: Sequence[Turn], turns: Sequence[int], depth: int
    ) -> ParsedQuestion:
        """The last turn that was about more than papers shown before it."""
        for at in reversed(turns[-depth:]):
            earlier = self._read(history[at].content, history[:at], depth - 1)
            if not (earlier.among_shown or earlier.nothing_asked):
                break
        return earlier

    def _turn_before(self, history: Sequence[Turn], at: int) -> TurnBefore:
        """The turn of the user at `at`, with what was shown in answer to it."""
        text = history[at].content[:READ_AT_MOST]
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
_POINTING = frozenset(
    """
    those these them that this it its they their one ones former latter above paper papers more
    details detail tell summarise summarize summary explain describe show elaborate again both two
    first second third last answer results please also and exactly precisely actually work works
    """.split()
)
"""Words that say nothing of what is asked of the papers that they point at."""


def confined(parsed: ParsedQuestion, within: Sequence[str] | None) -> ParsedQuestion:
    """`parsed`, about none but the papers `within`, or fewer of these where it is about papers of
    an answer before; None leaves it as it is."""
    if within is None:
        return parsed
    meant = set(parsed.filters.paper_ids or within)
    papers = tuple(i for i in within if i in meant) or tuple(within)
    return replace(parsed, filters=replace(parsed.filters, paper_ids=papers))


def _of_several(parsed: ParsedQuestion) -> bool:
    """Whether it is still to be told who agrees: not of one paper, nor in a form wished for, and of
    a compound question part by part."""
    papers = parsed.filters.paper_ids
    plain = parsed.form is None and len(parsed.parts) < 2
    return parsed.agreement and plain and (papers is None or len(papers) > 1)


def _searches(parsed: ParsedQuestion) -> tuple[Topic, ...]:
    """What is searched for besides the topic."""
    sides = parsed.intent.sides if isinstance(parsed.intent, ComparisonAsked) else ()
    if len(sides) > 1 and not parsed.among_shown:
        return tuple(Topic(own=side) for side in sides)
    return tuple(part.topic for part in parsed.parts)
