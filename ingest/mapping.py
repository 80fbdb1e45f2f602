"""Raw records into papers, the same for every format. Title and abstract decide whether a record
is a paper; of its other values those that are what they should be are taken, and what is left out
is noted. It knows no format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from ingest.cleaning import abstract_of, cleaned, is_placeholder
from ingest.dates import day_of, is_no_date
from ingest.dedupe import normalise_doi, paper_id
from ingest.people import people
from ingest.readers.base import NO_ABSTRACT, NO_TITLE, TOO_LONG, Lost, Raw, shown
from rag.records import DatePrecision, Paper, Source
from rag.text.arxiv import arxiv_in, normalise_arxiv
from rag.text.patterns import lazy

MOST_TITLE = 1_000
MOST_ABSTRACT = 20_000
"""Characters; the longest abstract of the bundled corpus has a tenth of it."""
_MOST_RAW = 20 * MOST_ABSTRACT
"""With its tags. What is longer is not even cleaned."""
_LARGEST_COUNT = 10**9
_PRECISION: dict[int, DatePrecision] = {4: "year", 7: "month", 10: "day"}
_COMPLETE = "Complete or remove this record."
_URL = lazy(r"https?://\S+", re.IGNORECASE)
_BARE_URL = lazy(r"(?:[\w-]+\.)+[a-z]{2,}/\S*", re.IGNORECASE)
_BARE_ARXIV = lazy(r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?")
_NO_TEXT = lazy("[\0\ud800-\udfff]")
"""What JSON can spell, and neither UTF-8 nor SQLite can hold."""
_DOI_PREFIX = lazy(r"\A(?:info:doi/|urn:doi:|https?://(?:dx\.)?doi\.org/doi:)", re.IGNORECASE)
_TEXT_KEYS = ("text", "value", "#text", "_", "content", "abstract", "en", "a", "html", "p")

Note = Callable[[str, str], None]
"""Hears what of a record was left out: the field, and how its value looked."""


def paper(raw: Raw, name: str, note: Note) -> Paper | Lost:
    """`name`: of the source that the record stands in. A fact is a paper without an abstract."""
    texts = (_text(raw, "title"), "" if raw.is_fact else _text(raw, "abstract"))
    for field, text, most in zip(
        ("title", "abstract"), texts, (MOST_TITLE, MOST_ABSTRACT), strict=True
    ):
        if len(text) > most:
            message = f"the {field} has {len(text):,} characters; {most:,} is the most"
            remedy = "Give the abstract alone, not the whole paper."
            return Lost(line=raw.line, message=message, remedy=remedy, kind=TOO_LONG)
    title, abstract = texts
    if lost := _without(raw, "title", title, NO_TITLE):
        return lost
    if not raw.is_fact and (lost := _without(raw, "abstract", abstract, NO_ABSTRACT, of=title)):
        return lost
    published = _published(raw, note)
    authors, count = _authors(raw, note)
    doi, arxiv_id = _identifiers(raw, note)
    return Paper(
        paper_id=paper_id(title, doi, arxiv_id),
        title=title,
        abstract=abstract,
        published=published,
        date_precision=_PRECISION[len(published)] if published else None,
        author_count=count,
        authors=authors,
        upvotes=_count(raw, "upvotes", note),
        sources=(Source(name=name, line=raw.line),),
        doi=doi,
        arxiv_id=arxiv_id,
        url=_url(raw, note),
    )


def as_text(value: object) -> str:
    """The words that a value of any type holds: a list's parts one after another."""
    match value:
        case str():
            return value
        case bool() | None:
            return ""
        case int() | float():
            return str(value) if math.isfinite(value) else ""
        case list() | tuple():
            return " ".join(filter(None, map(as_text, value)))
        case dict():
            plain = {str(key).lower(): each for key, each in value.items()}
            return next((t for key in _TEXT_KEYS if (t := as_text(plain.get(key)))), "")
    return ""


def _candidates(raw: Raw, field: str) -> Iterator[object]:
    """The values that are there, in the order of their worth."""
    value = raw.fields.get(field)
    for one in value if isinstance(value, tuple) else (value,):
        if one is not None and one not in ("", [], {}):
            yield one


def _text(raw: Raw, field: str) -> str:
    clean = abstract_of if field == "abstract" else cleaned
    for value in _candidates(raw, field):
        text = as_text(value)
        if len(text) > _MOST_RAW:
            return text
        if raw.verbatim or raw.is_fact:  # a title is matched with one that stands as it was read
            text = _NO_TEXT.sub("", text).strip()
            text = "" if field == "abstract" and is_placeholder(text) else text
        else:
            text = clean(text)
        if text and not (field == "title" and text.casefold() in ("na", "n/a", "nan", "none")):
            return text
    return ""


def _without(raw: Raw, field: str, text: str, kind: str, of: str = "") -> Lost | None:
    if any(map(str.isalnum, text)):
        return None
    of = f": {shown(of)}" if of else ""
    if text:
        return Lost(
            line=raw.line,
            message=f"the {field} holds no word: {shown(text)}",
            remedy=_COMPLETE,
            kind=kind,
        )
    stated = shown(value) if (value := next(_candidates(raw, field), None)) is not None else ""
    instead = f" (it says {stated})" if stated[:1] == "“" and len(stated) > 2 else ""
    remedy = "A paper has a title and an abstract. " + _COMPLETE
    return Lost(line=raw.line, message=f"a record {kind}{instead}{of}", remedy=remedy, kind=kind)


def _published(raw: Raw, note: Note) -> str | None:
    odd = ""
    for value in _candidates(raw, "published"):
        found, exact = day_of(value)
        if found:
            if not exact:
                note("date", f"{shown(value)}, of which the year is taken")
            return found
        if not is_no_date(value):
            odd = odd or shown(value)
    if odd:
        note("date", odd)
    return None


def _authors(raw: Raw, note: Note) -> tuple[tuple[str, ...], int | None]:
    names: tuple[str, ...] = ()
    complete = True
    for value in _candidates(raw, "authors"):
        if raw.verbatim and isinstance(value, list) and all(isinstance(v, str) for v in value):
            names = tuple(name for v in value if (name := cleaned(v, markup=False)))
            break
        found = people(value)
        if found.odd:
            note("authors", shown(value))
        if found.names:
            names, complete = found.names, found.complete
            break
    stated = _count(raw, "author_count", note)
    return names, stated if stated is not None or not complete else len(names) or None


def _count(raw: Raw, field: str, note: Note) -> int | None:
    for value in _candidates(raw, field):
        number = value
        if isinstance(value, str) and re.fullmatch(
            r"\s*\d{1,3}(?:,\d{3})+\s*|\s*\d{1,12}(?:\.0+)?\s*", value
        ):
            number = int(value.replace(",", "").partition(".")[0])
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if type(number) is int and 0 <= number <= _LARGEST_COUNT:  # True is an int to Python
            return number
        if isinstance(value, bool) or not _says_none(value):
            note(field.replace("_", " "), shown(value))
    return None


def _identifiers(raw: Raw, note: Note) -> tuple[str | None, str | None]:
    """DOI and arXiv id; the id also where an address, or arXiv's own DOI, tells it."""
    doi = arxiv_id = None
    for value in _candidates(raw, "doi"):
        text = _DOI_PREFIX.sub("", as_text(value).strip().rstrip(".,;"))
        if normalise_doi(text):
            doi = text if raw.verbatim else text[text.lower().index("10.") :]
            break
        if not _says_none(text):
            note("DOI", shown(text))
    for value in _candidates(raw, "arxiv_id"):
        text = as_text(value).strip()
        if found := normalise_arxiv(text) or arxiv_in(text):
            arxiv_id = text if raw.verbatim else found
            break
        if not _says_none(text) and raw.verbatim:
            note("arXiv id", shown(text))
    if arxiv_id is None and not raw.verbatim:
        places = [*_candidates(raw, "url"), *_candidates(raw, "arxiv_id"), doi or ""]
        arxiv_id = next((found for p in places if (found := arxiv_in(as_text(p)))), None)
        told = next(_candidates(raw, "arxiv_id"), None)
        if arxiv_id is None and isinstance(told, str) and not _says_none(told):
            note("arXiv id", shown(told))
    if doi is None and not raw.verbatim:
        addresses = (normalise_doi(as_text(url)) for url in _candidates(raw, "url"))
        doi = next(filter(None, addresses), None)
    return doi, arxiv_id


def _url(raw: Raw, note: Note) -> str | None:
    odd = ""
    for value in _candidates(raw, "url"):
        text = as_text(value).strip()
        if _URL.fullmatch(text):
            return text
        if _BARE_URL.fullmatch(text) and not raw.verbatim:
            return f"https://{text}"
        if first := _URL.match(text):
            return first[0].rstrip(";,")
        if not _says_none(text):
            odd = odd or shown(text)
    if odd:
        note("address", odd)
    return None


def _says_none(value: object) -> bool:
    text = as_text(value)
    return not text.strip() or text.strip().casefold() in (
        "na", "n/a", "none", "null", "nan", "-", "unknown", "not available"
    )  # fmt: skip
