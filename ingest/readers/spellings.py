"""Under which other keys catalogues in JSON keep what a paper is made of, and in which other forms:
`year`, `publicationDate`, CSL-JSON's `issued` and `author`, a time of day behind a date, a month
in letters, authors in one string as BibTeX has them.

What a value has to be, and that one which is not is reported, is the reader's to know.
"""

from __future__ import annotations

import re
from typing import Any

from rag.text.patterns import lazy
from rag.text.words import MONTHS

_KEYS: dict[str, tuple[str, ...]] = {
    "abstract": ("summary",),
    "published": (
        *("date", "publicationdate", "publisheddate", "datepublished", "pubdate", "releasedate"),
        *("publishedat", "publishedon", "releasedat", "submissiondate"),
        *("issued", "publicationyear", "publishedyear", "pubyear", "year"),
    ),
    "authors": ("author", "authornames", "authorlist", "creators"),
    "author_count": ("numauthors", "nauthors", "numberofauthors"),
    "upvotes": ("votes", "likes", "upvotecount", "numupvotes", "numvotes"),
    "doi": (),
    "arxiv_id": ("arxiv",),
    "url": ("link", "paperurl", "absurl"),
}
"""Key → its other spellings, small and without marks, the more precise first."""
_LENIENT_ABOUT = frozenset({"arxiv_id", "url", "upvotes"})
"""Other things stand under the other spellings of these, too: what does not fit is passed over."""
_TIME = lazy(r"[T ]\d\d:\d\d.*\Z", re.DOTALL)
_MONTHS = [month[:3].lower() for month in MONTHS]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY, _YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<year>[0-9]{4})"
_LETTERED = tuple(
    lazy(
        rf"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\ )?{shape}", re.I
    )
    for shape in (
        rf"(?:{_DAY}(?:\ of)?[\ -])?{_MONTH}[,]?[\ -]{_YEAR}(?:\ \d\d:\d\d.*)?",
        rf"{_MONTH}\ {_DAY},?\ {_YEAR}",
        rf"{_YEAR}[\ -]{_MONTH}(?:[\ -]{_DAY})?",
    )
)
_AND = lazy(r"\s*;\s*(?:and\s+)?|,?\s+(?:and|&)\s+", re.I)
_OTHERS = lazy(r"\b(?:others|et\s+al)\b", re.I)
_SLASHES = lazy(r"(\d{4})/(\d\d?)(?:/(\d\d?))?\Z")


def respelt(value: dict[Any, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The object with our keys where others stand for them, and ours → the key that was read, for
    those. A key of ours that says something stays."""
    plain = {_plain(key): key for key in value if isinstance(key, str)}
    found, read = dict(value), dict[str, str]()
    for ours, others in _KEYS.items():
        for other in (_plain(ours), *others):
            key = plain.get(other, ours)
            if value.get(ours) is not None or value.get(key) in (None, "", []):
                continue
            if ours in _LENIENT_ABOUT and not isinstance(value[key], str | int):
                continue
            found[ours], read[ours] = value[key], key
            break
    return found, read


def as_day(published: object) -> object:
    """A date in the form of ours where it is in one that can mean nothing else; as it is else."""
    if isinstance(published, dict) and "date-parts" in published:  # CSL-JSON
        parts = published["date-parts"]
        first = parts[0] if isinstance(parts, list) and parts else None
        if isinstance(first, list) and 0 < len(first) < 4:
            return "-".join(str(part).zfill(2) for part in first)
    if type(published) is int:
        return str(published)
    if not isinstance(published, str):
        return published
    told = " ".join(_TIME.sub("", published.strip()).split())
    for shape in _LETTERED:
        if match := shape.fullmatch(told):
            parts = match.groupdict()
            month = _MONTHS.index(parts["month"][:3].lower()) + 1
            day = f"-{parts['day'].zfill(2)}" if parts.get("day") else ""
            return f"{parts['year']}-{month:02}{day}"
    slashed = _SLASHES.match(told)
    return "-".join(part.zfill(2) for part in slashed.groups() if part) if slashed else told


def as_names(authors: object) -> object:
    """A list of the names in one string, where it can mean nothing else; as it is else, also where
    it leaves names out."""
    if not isinstance(authors, str) or _OTHERS.search(authors) or not authors.strip():
        return authors
    names: list[str] = []
    for one in _AND.split(authors.strip().rstrip("; ")):
        family, *given = (part.strip() for part in one.split(","))
        if not given or (len(given) == 1 and (" " not in family or ";" in authors)):
            names.append(one.strip())  # `Smith, Jane` is one
        elif len(given) > 1 and all(" " in part for part in (family, *given)):
            names += [family, *given]
        else:
            return authors
    return names


def as_name(author: object) -> object:
    """A name that is kept in parts, as one; as it is else."""
    if not isinstance(author, dict):
        return author
    if isinstance(author.get("name"), str):
        return author["name"]
    parts = (author.get(key) for key in ("given", "non-dropping-particle", "family"))
    told = " ".join(part for part in parts if isinstance(part, str) and part)
    return told or author.get("literal") or author


def _plain(key: str) -> str:
    return re.sub(r"[\s_.-]", "", key).lower()
