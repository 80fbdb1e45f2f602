"""Under which other keys catalogues in JSON keep what a paper is made of, and in which other forms:
`year`, `publicationDate`, CSL-JSON's `issued` and `author`, a time of day behind a date.

What a value has to be, and that one which is not is reported, is the reader's to know.
"""

from __future__ import annotations

import re
from typing import Any

from rag.patterns import lazy

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
    told = _TIME.sub("", published.strip())
    slashed = _SLASHES.match(told)
    return "-".join(part.zfill(2) for part in slashed.groups() if part) if slashed else told


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
