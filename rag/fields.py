"""Every constraint on papers once: how it is merged, met in SQL, told, and asked of a model.

Whoever stores, tells, shows or merges constraints goes through `FIELDS`. How questions word them is
in `rag.question.wordings`, under the same names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, get_args

from rag.filters import NONE_ON_RECORD, ON_RECORD, ORDERS, Filters, OnRecord, Order, SortKey
from rag.text.words import count, days_in_words, enumerated, nth, number_of

AUTHOR_COUNT = "coalesce(author_count, nullif(json_array_length(authors), 0))"
"""SQL over the table of papers, as are the conditions of `FIELDS`."""
FIRST_DAY = "coalesce(published_from, arxiv_month(arxiv_id) || '-01')"
LAST_DAY = "coalesce(published_to, date(arxiv_month(arxiv_id) || '-01', '+1 month', '-1 day'))"
"""Of the days that a date may mean; where none is stated, an arXiv id tells the month."""
SORTED_BY: dict[SortKey, str] = {
    "date": FIRST_DAY,
    "upvotes": "upvotes",
    "authors": AUTHOR_COUNT,
}
HOLDS: dict[OnRecord, str] = {
    "date": f"{FIRST_DAY} IS NOT NULL",
    "upvotes": "coalesce(upvotes, 0) > 0",
    "authors": "authors != '[]'",
    "author_count": f"{AUTHOR_COUNT} IS NOT NULL",
    "link": "coalesce(url, doi, arxiv_id) IS NOT NULL",
    "doi": "doi IS NOT NULL",
}
"""What of a record answers depend on, as a condition that is never NULL."""
Condition = tuple[str, tuple[object, ...]]
Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A constraint: the attributes of `Filters` that make it up, and what can be done with it.

    words: in a sentence, behind `papers`; empty where it is not told there. chip: on a chip, where
    that differs. conditions: SQL, where `written_by(authors, name)` and `arxiv_month(arxiv_id)` may
    stand, and bound values.
    merge: values of the attributes for several statements, in their order. schemas: JSON schema of
    each attribute. lasts: it holds for the questions that lean on this one, too.
    """

    attributes: tuple[str, ...]
    schemas: tuple[Mapping[str, Any], ...]
    words: Callable[[Filters], str]
    chip: Callable[[Filters], str] | None = None
    merge: Callable[[Field, Sequence[Filters]], Values]
    conditions: Callable[[Filters], list[Condition]] = lambda _: []
    lasts: bool = True

    def of(self, filters: Filters) -> Values:
        """The attributes by name."""
        return {name: getattr(filters, name) for name in self.attributes}

    def label(self, filters: Filters) -> str:
        """What a chip says; empty where nothing is constrained."""
        return (self.chip or self.words)(filters)

    def stated(self, filters: Filters) -> bool:
        """Whether it is constrained."""
        return any(value is not None for value in self.of(filters).values())


def merge(stated: Iterable[Filters]) -> Filters:
    """Several statements together, each field by its rule in the table."""
    found = list(stated)
    values = (field.merge(field, found).items() for field in FIELDS.values())
    return Filters(**dict(chain.from_iterable(values)))


def prefer(own: Filters, other: Filters) -> Filters:
    """`own`, with the fields that it says nothing of as in `other`."""
    return replace(
        own,
        **{
            name: value
            for field in FIELDS.values()
            if not field.stated(own)
            for name, value in field.of(other).items()
        },
    )


def json_schema() -> dict[str, Any]:
    """A JSON schema of the constraints that a question may state: an object whose keys are
    attributes of `Filters`, all optional. Papers are chosen by other means."""
    schemas = {
        name: dict(schema)
        for key, field in FIELDS.items()
        if key != "papers"
        for name, schema in zip(field.attributes, field.schemas, strict=True)
    }
    return {"type": "object", "properties": schemas, "additionalProperties": False}


def _first(field: Field, found: Sequence[Filters]) -> Values:
    """The statement that comes first, whole."""
    return field.of(next((one for one in found if field.stated(one)), Filters()))


def _each_first(field: Field, found: Sequence[Filters]) -> Values:
    """Of each attribute what is said first: a least and a most number go together."""
    return {
        name: next((v for one in found if (v := getattr(one, name)) is not None), None)
        for name in field.attributes
    }


def _union(field: Field, found: Sequence[Filters]) -> Values:
    (name,) = field.attributes
    return {name: tuple(dict.fromkeys(v for f in found for v in getattr(f, name) or ())) or None}


def _narrow(_field: Field, found: Sequence[Filters]) -> Values:
    """Dates narrow each other. Periods that exclude each other are alternatives (`from 2022 and
    from 2024`): the widest range that covers both. Bounds that do (`after 2024 and before 2022`)
    stay, to be told: no day is within both."""
    dated = [one for one in found if one.date_from or one.date_to]
    first_days = [one.date_from for one in dated if one.date_from]
    last_days = [one.date_to for one in dated if one.date_to]
    start, end = max(first_days, default=None), min(last_days, default=None)
    if start and end and start > end and any(one.date_from and one.date_to for one in dated):
        start = min(first_days) if len(first_days) == len(dated) else None
        end = max(last_days) if len(last_days) == len(dated) else None
    return {"date_from": start, "date_to": end}


def _where(*conditions: tuple[str, ...]) -> Callable[[Filters], list[Condition]]:
    """SQL with the attributes whose values it binds, each where they are constrained."""

    def stated(filters: Filters) -> list[Condition]:
        bound = [(sql, tuple(getattr(filters, n) for n in names)) for sql, *names in conditions]
        return [(sql, values) for sql, values in bound if None not in values]

    return stated


def _number(least: int | None, most: int | None, thing: str, lead: str = "") -> str:
    """`at least 5 upvotes`, `2 to 9 upvotes`; empty where there is no bound."""
    if most is None:
        return "" if least is None else f"{lead}at least {number_of(least, thing)}"
    if most in (least, 0):
        exactly = f"no {thing}s" if most == 0 else f"exactly {number_of(most, thing)}"
        return lead + exactly
    many = f"at most {number_of(most, thing)}"
    return lead + (many if least is None else f"{least:,} to {number_of(most, thing)}")


def _not_dates(f: Filters) -> str:
    return f"not {days_in_words(f.not_from, f.not_to)}" if f.not_from and f.not_to else ""


def _on_record(f: Filters) -> str:
    return ", ".join(f"with {ON_RECORD[what]} on record" for what in f.recorded or ())


def _off_record(f: Filters) -> str:
    return ", ".join(f"with no {NONE_ON_RECORD[what]} on record" for what in f.unrecorded or ())


def placed(filters: Filters) -> str:
    """What comes first in the order asked for, `most upvoted`; it needs one to be stated."""
    return ORDERS[filters.sort or "date", filters.order or "desc"]


def _limit(f: Filters) -> str:
    if not f.skip:
        return "" if f.limit is None else f"at most {number_of(f.limit, 'paper')}"
    return f"only the {nth(f.skip)}" if f.limit == 1 else f"from the {nth(f.skip)} on"


def _among(f: Filters) -> str:
    if f.paper_ids is None:
        return ""
    # Those of an answer before, or those that the user has chosen: either way, asked about.
    asked = len(f.paper_ids)
    return "the one asked about" if asked == 1 else f"among the {count(asked).lower()} asked about"


def _quoted(said: str, terms: Sequence[str] | None) -> str:
    return f"{said} {' or '.join(f'“{term}”' for term in terms)}" if terms else ""


_DAY = {"type": "string", "format": "date"}
_COUNT = {"type": "integer", "minimum": 0}
_POSITIVE = {"type": "integer", "minimum": 1}
_STRINGS = {"type": "array", "items": {"type": "string"}}
_RECORDS = {"type": "array", "items": {"enum": list(get_args(OnRecord))}}


FIELDS: dict[str, Field] = {
    "dates": Field(
        attributes=("date_from", "date_to"),
        schemas=(_DAY, _DAY),
        words=lambda f: days_in_words(f.date_from, f.date_to),
        conditions=_where((f"{FIRST_DAY} >= ?", "date_from"), (f"{LAST_DAY} <= ?", "date_to")),
        merge=_narrow,
    ),
    "not_dates": Field(
        attributes=("not_from", "not_to"),
        schemas=(_DAY, _DAY),
        words=_not_dates,
        conditions=_where((f"({LAST_DAY} < ? OR {FIRST_DAY} > ?)", "not_from", "not_to")),
        merge=_first,
    ),
    "authors": Field(
        attributes=("authors",),
        schemas=(_STRINGS,),
        words=lambda f: f"by {enumerated(f.authors)}" if f.authors else "",
        conditions=lambda f: [("written_by(authors, ?)", (name,)) for name in f.authors or ()],
        merge=_union,
    ),
    "upvotes": Field(
        attributes=("upvotes_min", "upvotes_max"),
        schemas=(_COUNT, _COUNT),
        words=lambda f: _number(f.upvotes_min, f.upvotes_max, "upvote", "with "),
        chip=lambda f: _number(f.upvotes_min, f.upvotes_max, "upvote"),
        conditions=_where(("upvotes >= ?", "upvotes_min"), ("upvotes <= ?", "upvotes_max")),
        merge=_each_first,
    ),
    "author_count": Field(
        attributes=("authors_min", "authors_max"),
        schemas=(_POSITIVE, _POSITIVE),
        words=lambda f: _number(f.authors_min, f.authors_max, "author", "with "),
        chip=lambda f: _number(f.authors_min, f.authors_max, "author"),
        conditions=_where(
            (f"{AUTHOR_COUNT} >= ?", "authors_min"), (f"{AUTHOR_COUNT} <= ?", "authors_max")
        ),
        merge=_each_first,
    ),
    "recorded": Field(
        attributes=("recorded",),
        schemas=(_RECORDS,),
        words=_on_record,
        conditions=lambda f: [(HOLDS[what], ()) for what in f.recorded or ()],
        merge=_union,
    ),
    "unrecorded": Field(
        attributes=("unrecorded",),
        schemas=(_RECORDS,),
        words=_off_record,
        conditions=lambda f: [(f"NOT ({HOLDS[what]})", ()) for what in f.unrecorded or ()],
        merge=_union,
    ),
    "papers": Field(
        attributes=("paper_ids",),
        schemas=(_STRINGS,),
        words=_among,
        conditions=lambda f: (
            [("paper_id IN (SELECT value FROM json_each(?))", (json.dumps(f.paper_ids),))]
            if f.paper_ids is not None
            else []
        ),
        merge=_first,
        lasts=False,
    ),
    "order": Field(
        attributes=("sort", "order"),
        schemas=({"enum": list(get_args(SortKey))}, {"enum": list(get_args(Order))}),
        words=lambda f: f"{placed(f)} first" if f.sort and not f.limit else "",
        chip=lambda f: f"{placed(f)} first" if f.sort else "",
        # What has no value cannot be ranked by it.
        conditions=lambda f: [(f"{SORTED_BY[f.sort]} IS NOT NULL", ())] if f.sort else [],
        merge=_first,
        lasts=False,
    ),
    "limit": Field(
        attributes=("limit", "skip"),
        schemas=(_POSITIVE, _POSITIVE),
        words=lambda _: "",
        chip=_limit,
        merge=_each_first,
        lasts=False,
    ),
    "not_about": Field(
        attributes=("not_about",),
        schemas=(_STRINGS,),
        words=lambda _: "",
        chip=lambda f: _quoted("not about", f.not_about),
        merge=_union,
    ),
    "lacking": Field(
        attributes=("lacking",),
        schemas=(_STRINGS,),
        words=lambda _: "",
        chip=lambda f: _quoted("does without", f.lacking),
        merge=_union,
        lasts=False,
    ),
}
"""Every constraint once, in the order in which they are told and shown. Subjects that are left out
are met by looking into papers and not by SQL."""
