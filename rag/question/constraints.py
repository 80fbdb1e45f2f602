"""A question as the constraints that it states, the form of answer it wishes for, and its topic.

Knows nothing of the corpus: whether any paper satisfies the constraints is found out later. What
is not surely a constraint stays in the topic, and is searched for.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from rag.fields import merge
from rag.filters import Filters
from rag.question.excluded import LeftOut
from rag.question.phrases import Match, Text, tokenise
from rag.question.schema import Form, Stated
from rag.question.topic import about_papers, is_filler, left_of, surely_papers, topic_of, written
from rag.question.vocabulary import words
from rag.question.wordings import phrases


@dataclass(frozen=True, kw_only=True, slots=True)
class Constraints:
    """`filters` are those stated, merged. `topic` is the question without the words that state
    constraints, ask for a form or merely ask; empty where nothing else was said. What papers do
    without is stated in words that stay. `asked` is the question without the other
    constraints alone. `unused`: of `filters.not_about`, what papers may
    not even use."""

    filters: Filters
    topic: str
    asked: str
    stated: tuple[Stated, ...]
    form: Form | None = None
    unused: tuple[str, ...] = ()


_SUBSTANCE = {"reading_order": 1, "summary": 2}
"""Forms that say what is to be told; those that say how it is to look go before them."""


def read_constraints(
    text: str, *, today: date, people: Container[str] = frozenset()
) -> Constraints:
    """Read what a question states. `today` anchors `last year`; `people` are the family names of
    those who have written papers here."""
    said = tokenise(text, today=today, people=people)
    stated: list[Stated] = []
    cut: list[tuple[int, int]] = []
    only_asked: list[tuple[int, int]] = []
    form: Form | None = None
    unused: list[str] = []
    for match, meaning in _chosen(said):
        if isinstance(meaning, LeftOut):
            out = meaning.terms
            filters = Filters(lacking=out) if meaning.lacking else Filters(not_about=out)
            unused += meaning.terms if meaning.unused else ()
            stated.append(_stated(said, match, filters))
        elif isinstance(meaning, Filters):
            stated.append(_stated(said, match, meaning))
        elif isinstance(meaning, Form):
            form = min(form or meaning, meaning, key=lambda one: _SUBSTANCE.get(one.kind, 0))
        if not (isinstance(meaning, LeftOut) and meaning.lacking):
            cut.append((match.first, match.last))
            if isinstance(meaning, Filters | LeftOut):
                only_asked.append((match.first, match.last))
    stated = _outside(text, stated)
    filters = merge(one.filters for one in stated)
    topic = topic_of(said, cut)
    asked = written(said, left_of(said, only_asked))
    if not filters.sort and not topic and (filters.limit or {"best", "top"} & set(said.lower)):
        # `top 3 papers` of everything can only mean the three that readers liked best.
        filters = replace(filters, sort="upvotes", order="desc")
    return Constraints(
        filters=filters,
        topic=topic,
        asked="" if is_filler(asked) else asked,
        stated=tuple(stated),
        form=form,
        unused=tuple(unused),
    )


def _chosen(text: Text) -> list[tuple[Match, object]]:
    """The readings of a question that do not overlap, longer ones before shorter, in its order."""
    said = frozenset(text.lower)
    found = [
        (match, meaning)
        for match, (field, state) in phrases().matches(text)
        if _fits(field, match, text, said) and (meaning := state(match, text)) is not None
    ]
    found.sort(key=lambda one: _by_length(one[0]))
    chosen: list[tuple[Match, object]] = []
    taken: set[int] = set()
    for match, meaning in found:
        places = range(match.first, match.last)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append((match, meaning))
    return sorted(chosen, key=lambda one: one[0].first)


def _by_length(match: Match) -> tuple[int, int, int]:
    return match.start - match.end, match.first - match.last, match.start


_LOOSE = frozenset(["vote", "votes", "like", "likes", "author", "authors", "rated"])
_POINTING = frozenset(["those", "these", "them", "ones", "one", "which"])


def _fits(field: str, match: Match, text: Text, said: frozenset[str]) -> bool:
    """Whether it is papers that the words are about: votes are cast on answers as well, `who won
    the cup in 2022?` asks about the world."""
    if field in ("upvotes", "author_count", "order"):
        loose = not _LOOSE.isdisjoint(text.words(match.first, match.last))
        return not loose or about_papers(said)
    if field in ("recorded", "unrecorded"):
        return about_papers(said) or not _POINTING.isdisjoint(said)
    if field in ("not_about", "lacking") or (field == "dates" and match.last - match.first < 4):
        first, second = text.words(0, 2) if len(text.tokens) > 1 else ("", "")
        fact = first in words("of_facts") or (field == "dates" and first == "how")
        return surely_papers(said) or not fact or second == "there"
    return True


def _stated(text: Text, match: Match, filters: Filters) -> Stated:
    start, end = text.tokens[match.first].start, text.tokens[match.last - 1].end
    return Stated(start=start, end=end, text=text.raw[start:end].strip(" ,;()"), filters=filters)


def _outside(text: str, stated: Sequence[Stated]) -> list[Stated]:
    """`before 2020 or after 2024`, `before 2020 and after 2024`: what lies between is left out, and
    both are one constraint."""
    for at, (first, second) in enumerate(pairwise(stated)):
        until, since = first.filters, second.filters
        if until.date_from:
            until, since = since, until
        between = text[first.end : second.start].strip(" ,").lower()
        if (
            Filters(date_to=until.date_to) == until
            and Filters(date_from=since.date_from) == since
            and until.date_to
            and since.date_from
            and until.date_to < since.date_from
            and (between == "or" or (between == "and" and first.filters is until))
        ):
            from_, to = date.fromisoformat(until.date_to), date.fromisoformat(since.date_from)
            if (to - from_).days < 2:
                return list(stated)
            day = timedelta(days=1)
            both = Stated(
                start=first.start,
                end=second.end,
                text=text[first.start : second.end],
                filters=Filters(not_from=str(from_ + day), not_to=str(to - day)),
            )
            return [*stated[:at], both, *stated[at + 2 :]]
    return list(stated)
