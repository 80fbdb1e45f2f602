"""Words that carry no topic: function words, and those with which one asks for papers. And how
several things, and days, are written out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

STOPWORDS = frozenset(
    """
    a about above after again all also although am an and any are as at be because been before
    being below between both but by can could did do does doing done down during each either etc
    few for from further get gets give given gives had has have having he her here hers him his how
    however i if in into is it its itself just like made make makes many may me might more most
    much must my near no nor not now of off on once one only or other others our out over own
    please same say says see shall she should show shows so some such than that the their them
    then there these they this those through thus to too under until up upon us use used uses
    using very via was we were what when where whether which while who whom whose why will with
    within without would you your
    s t m re ve ll d don doesn isn aren
    anyone anybody anything someone somebody something everything nothing
    paper papers article articles study studies work works publication publications literature
    research author authors abstract abstracts corpus
    cite compare compares describe differ difference differences differs discuss discusses enumerate
    explain list mention mentions recommend suggest summarise summarize
    appear appears appeared came cause caused causes come comes happen happened happening happens
    occur occurred occurs
    exist exists existing find finds found tell know want need look looking called name named
    """.split()
)
_SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_PLACES = ("", "", "second", "third", "fourth", "fifth")
MONTHS = (
    "January February March April May June July August September October November December"
).split()


def content(text: str) -> set[str]:
    """The words of a text that carry meaning, in lower case."""
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower())
    return {word for word in words if word not in STOPWORDS and len(word) > 1}


def enumerated(things: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`; empty for none."""
    *others, last = things or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def unaccented(text: str) -> str:
    """`Tulu` for `Tülu`: letters without their marks, one for one, so that places stay."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKD", char)[:1] or char for char in text)


def when(published: str | None) -> str:
    """`2025-10-11` → 11 October 2025, as precise as it is known; empty for an unknown date."""
    year, *rest = (published or "").split("-")
    months = [MONTHS[int(month) - 1] for month in rest[:1]]
    return " ".join([*(str(int(day)) for day in rest[1:]), *months, year])


def dated(published: str | None, arxiv_month: str | None) -> str:
    """`2025-10-11`, or `arXiv 2025-10` where an arXiv id alone tells the month."""
    return published or (f"arXiv {arxiv_month}" if arxiv_month else "")


def when_told(published: str | None, arxiv_month: str | None) -> str:
    """The same in words: `11 October 2025`, `October 2025 by its arXiv id`."""
    return when(published) or (f"{when(arxiv_month)} by its arXiv id" if arxiv_month else "")


def count(n: int) -> str:
    """`Two`, `27`, `1,204`."""
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"


def number_of(n: int, thing: str) -> str:
    """`1 upvote`, `1,204 upvotes`."""
    return f"{n:,} {thing if n == 1 else f'{thing}s'}"


def nth(skip: int | None) -> str:
    """`second` where one is passed over; empty where none is."""
    at = (skip or 0) + 1
    if at < len(_PLACES):
        return _PLACES[at]
    ends = "th" if at % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(at % 10, "th")
    return f"{at}{ends}"


def days_in_words(first: str | None, last: str | None) -> str:
    """ISO days, both included: `from October 2025`, `published before 2023`; empty for none."""
    if first and first == last:
        return f"published on {when(first)}"
    if first and last and first > last:
        return f"both {days_in_words(first, None)} and {days_in_words(None, last)}"
    if first and last:
        return f"from {_whole(first, last) or f'{when(first)} to {when(last)}'}"
    if first:
        return f"from {first[:4] if first.endswith('-01-01') else when(first)} on"
    if last and last.endswith("-12-31"):
        return f"published before {int(last[:4]) + 1}"
    return f"published by {when(last)}" if last else ""


def _whole(first: str, last: str) -> str:
    """A whole year, month or run of months, named as such."""
    (y1, m1, d1), (y2, m2, d2) = first.split("-"), last.split("-")
    if d1 != "01" or d2 not in ("28", "29", "30", "31"):
        return ""
    if (m1, m2) == ("01", "12"):
        return y1 if y1 == y2 else f"{y1} to {y2}"
    start, end = MONTHS[int(m1) - 1], f"{MONTHS[int(m2) - 1]} {y2}"
    if (y1, m1) == (y2, m2):
        return end
    return f"{start} to {end}" if y1 == y2 else f"{start} {y1} to {end}"
