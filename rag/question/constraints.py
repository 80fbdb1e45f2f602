"""The constraints that a question states, and the question without the words that state them.

Knows nothing of the corpus: whether any paper satisfies the constraints is found out later.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from rag.filters import Filters
from rag.question.authors import read_authors
from rag.question.chips import Chip, merge
from rag.question.dates import read_dates
from rag.question.having import read_having
from rag.question.kinds import kind_of
from rag.question.ranks import read_ranks
from rag.text.patterns import lazy
from rag.text.phrases import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Constraints:
    """`filters` are the chips taken together. `topic` is the question without their words, fit to
    be shown, and empty where nothing else was asked."""

    filters: Filters
    topic: str
    chips: tuple[Chip, ...]
    form: None = None

    @property
    def stated(self):
        return self.chips


_FILLER = frozenset(
    listed("""
    a about all also an and any anything appear appeared are article articles be been best but
    by came can citewell collection come corpus could database did display do does else entries
    entry everything exist fetch find for from get give got had has have here how i id in into
    is it its just kindly library like list literature look many me more much my name new of on
    one ones only or order our out paper papers please preprint preprints publication publications
    published recommend released research return see select show some sort studies study stuff
    suggest tell than that the their them there these they thing things this those to top us
    votes want was we were what what's whats which who with works work would you your
    """)
)
"""Words that ask for papers without saying about what."""


_PLEASANTRIES = frozenset(
    listed("""
    bye cheers cool fine good great hello help hey hi morning nice no ok okay perfect please sure
    thank thanks there very much well yes you
    """)
)
_OF_THE_CORPUS = lazy(
    r"\b(?:papers?|articles?|publications?|preprints?|stud(?:y|ies)|works?|abstracts?|entr(?:y|ies)"
    r"|everything|all|anything|corpus|collection|library|database|literature)\b",
    re.IGNORECASE,
)
_CAME_OUT = lazy(
    r"\A\W*what(?:['’]s|\s+(?:is|was|has|have|had))?\s+(?:been\s+)?(?:new|came\s+out|come\s+out|appeared"
    r"|published|released|written|posted|submitted)\b",
    re.IGNORECASE,
)
_YEAR_ALONE = lazy(r"(?:(?:in|of|during|for)\s+)?(?:the\s+year\s+)?(?:19|20)\d\d", re.IGNORECASE)
_BEST = lazy(r"\b(?:best|top)\b", re.IGNORECASE)
_DANGLING = lazy(
    r"(?:\s+(?:and|or|but|in|from|of|only|just|please|the|ideally|preferably|maybe))+(?=[\s?.!]*\Z)",
    re.IGNORECASE,
)
"""Words that hung on what was cut off behind them."""


def read_constraints(
    text: str, *, today: date, people: Container[str] = frozenset()
) -> Constraints:
    """Read dates, upvotes, authors, order and number off a question. `today` anchors `last year`;
    `people` are the family names of those who have written papers here."""
    written = list(read_authors(text, people)) if people else []
    chips: list[Chip] = []
    of_papers = _OF_THE_CORPUS.search(text) or _CAME_OUT.match(text) or written
    about_the_world = kind_of(text) == "fact" and not of_papers
    stated = (*written, *read_ranks(text), *read_having(text), *read_dates(text, today=today))
    for chip in stated:
        if about_the_world and _YEAR_ALONE.fullmatch(chip.text):
            continue  # `who won the cup in 2022?` asks about that year, not about papers of it
        if all(chip.end <= other.start or other.end <= chip.start for other in chips):
            chips.append(chip)
    chips.sort(key=lambda chip: chip.start)
    chips = _outside(text, chips)
    filters, topic = merge(chips), _without(text, chips)
    if not filters.sort and not topic and (filters.limit or _BEST.search(text)):
        # `top 3 papers` of everything can only mean the three that readers liked best.
        filters = replace(filters, sort="upvotes", order="desc")
    return Constraints(filters=filters, topic=topic, chips=tuple(chips))


def _outside(text: str, chips: list[Chip]) -> list[Chip]:
    """`before 2020 or after 2024`, `before 2020 and after 2024`: what lies between is left out, and
    both are one chip."""
    for at, (first, second) in enumerate(pairwise(chips)):
        until, since = first.filters, second.filters
        if until.date_from:
            until, since = since, until
        between = text[first.end : second.start].strip(" ,")
        if (
            Filters(date_to=until.date_to) == until
            and Filters(date_from=since.date_from) == since
            and until.date_to
            and since.date_from
            and until.date_to < since.date_from
            and (between.lower() == "or" or (between.lower() == "and" and first.filters is until))
        ):
            left_out = Filters(
                not_from=str(date.fromisoformat(until.date_to) + timedelta(days=1)),
                not_to=str(date.fromisoformat(since.date_from) - timedelta(days=1)),
            )
            if str(left_out.not_from) > str(left_out.not_to):
                return chips
            both = Chip(
                start=first.start,
                end=second.end,
                text=text[first.start : second.end],
                filters=left_out,
            )
            return [*chips[:at], both, *chips[at + 2 :]]
    return chips


def is_filler(text: str) -> bool:
    """Whether a text asks for papers without saying about what."""
    return all(word in _FILLER for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower()))


def asks_nothing(text: str, *, first: bool) -> bool:
    """Whether there is nothing to look up: `?`, `thanks!`, and as a `first` turn `the`, but not
    `all papers`."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if all(word in _PLEASANTRIES for word in words):
        return not re.search(r"\d", text)
    return first and is_filler(text) and not _OF_THE_CORPUS.search(text)


def _without(text: str, chips: list[Chip]) -> str:
    if not chips:
        return "" if is_filler(text) else text.strip()
    pieces, at = [], 0
    for chip in chips:
        pieces.append(text[at : chip.start])
        at = chip.end
    pieces.append(text[at:])
    # What joined two constraints, or hung on one, goes with them.
    kept = [pieces[0], *("" if _is_joint(p) else p for p in pieces[1:-1]), pieces[-1]]
    topic = " ".join(kept)
    topic = re.sub(r"[(\[]\s*[)\]]", " ", topic)
    topic = re.sub(r"\s+", " ", topic)
    topic = re.sub(r"\s+([,.;:?!)])", r"\1", topic)
    topic = re.sub(r"[,;:]+(?=[,.;:?!])", "", topic)
    topic = re.sub(r"\A[\s,;:.?!-]+|[\s,;:-]+\Z", "", topic)
    topic = _DANGLING.sub("", topic)
    return "" if is_filler(topic) else topic


def _is_joint(text: str) -> bool:
    return bool(re.fullmatch(r"[\s,;]*(?:and|but|or)?[\s,]*", text, re.IGNORECASE))
