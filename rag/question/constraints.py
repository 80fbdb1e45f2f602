"""A question as the constraints that it states, the form of answer it wishes for, and its topic.

Knows nothing of the corpus: whether any paper satisfies the constraints is found out later. What
is not surely a constraint stays in the topic, and is searched for.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date

from rag.fields import merge
from rag.filters import Filters
from rag.question.excluded import LeftOut
from rag.question.phrases import Match, Text, tokenise
from rag.question.schema import Form, Stated
from rag.question.topic import topic_of
from rag.question.wordings import phrases


@dataclass(frozen=True, kw_only=True, slots=True)
class Constraints:
    """`filters` are those stated, merged. `topic` is the question without the words that state
    constraints, ask for a form or merely ask; empty where nothing else was said. What papers do
    without is stated in words that stay. `unused`: of `filters.not_about`,
    what papers may not even use."""

    filters: Filters
    topic: str
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
    filters = merge(one.filters for one in stated)
    topic = topic_of(said, cut)
    if not filters.sort and not topic and (filters.limit or {"best", "top"} & set(said.lower)):
        # `top 3 papers` of everything can only mean the three that readers liked best.
        filters = replace(filters, sort="upvotes", order="desc")
    return Constraints(
        filters=filters,
        topic=topic,
        stated=tuple(stated),
        form=form,
        unused=tuple(unused),
    )


def _chosen(text: Text) -> list[tuple[Match, object]]:
    """The readings of a question that do not overlap, longer ones before shorter, in its order."""
    found = [
        (match, meaning)
        for match, state in phrases().matches(text)
        if (meaning := state(match, text)) is not None
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


def _stated(text: Text, match: Match, filters: Filters) -> Stated:
    start, end = text.tokens[match.first].start, text.tokens[match.last - 1].end
    return Stated(start=start, end=end, text=text.raw[start:end].strip(" ,;()"), filters=filters)
