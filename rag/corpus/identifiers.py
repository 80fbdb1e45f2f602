"""Identifiers in a question: arXiv ids, DOIs, addresses, citekeys, and the ids of Citewell's own
papers.

A paper is found by one where its record has it. Who has which is the lexicon's to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.text.patterns import lazy

_ADDRESS = lazy(r"https?://[^\s<>\"“”]+|\bwww\.[^\s<>\"“”]+|\barxiv\.org/[^\s<>\"“”]+", re.I)
_DOI = lazy(r"\b(?:doi:\s*)?(10\.\d{4,9}/[^\s<>\"“”]+)", re.IGNORECASE)
_ARXIV = lazy(
    r"(?<![\w.])(?:arxiv[:\s]\s*)?(\d\d(?:0[1-9]|1[0-2])\.\d{4,5})(?:v\d+)?(?![\w.]*\d)",
    re.IGNORECASE,
)
_OLD_ARXIV = lazy(r"\barxiv[:\s]\s*([a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?\b", re.IGNORECASE)
_OURS = lazy(r"(?<![\w-])((?:t-[0-9a-f]{12}|arxiv-\d{4}\.\d{4,5}))(?![\w-])")
_CITEKEY = lazy(
    r"(?<![\w@./-])(?:@(?P<cited>[a-z\d]+(?:-[a-z\d]+)*)|(?P<plain>[a-z\d]+(?:-[a-z\d]+){2,}))(?![\w/-])"
)
_END = ".,;:!?)]}'’"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identifier:
    """`text[start:end]` is an identifier; `keys` are the forms in which a record may have it."""

    start: int
    end: int
    text: str
    keys: tuple[str, ...]


def identifiers(text: str) -> tuple[Identifier, ...]:
    """In the order of the text; an address that holds an id is one, not two."""
    found: list[Identifier] = []
    for one in _all(text):
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def citekeys(text: str) -> Iterator[Identifier]:
    """What may be a citekey (`@long-name-2025`, or without its mark where it has three parts): only
    what a record has is one."""
    for match in _CITEKEY.finditer(text):
        said = match["cited"] or match["plain"]
        yield Identifier(start=match.start(), end=match.end(), text=match[0], keys=(key(said),))


def _all(text: str) -> Iterator[Identifier]:
    for match in _ADDRESS.finditer(text):
        said = match[0].rstrip(_END)
        ids = [re.sub(r"\.pdf\Z", "", m[1]) for p in (_DOI, _ARXIV) for m in p.finditer(said)]
        keys = (key(said), *(key(one) for one in ids))
        yield Identifier(start=match.start(), end=match.start() + len(said), text=said, keys=keys)
    for pattern in (_DOI, _OLD_ARXIV, _ARXIV, _OURS):
        for match in pattern.finditer(text):
            said = match[1].rstrip(_END)
            whole = match[0].rstrip(_END)
            end = match.start() + len(whole)
            yield Identifier(start=match.start(), end=end, text=whole, keys=(key(said),))


def key(identifier: str) -> str:
    """The form in which identifiers are compared."""
    plain = re.sub(r"\Ahttps?://|\Adoi:\s*|\Aarxiv:\s*", "", identifier.strip().lower())
    plain = re.sub(r"\A(?:www\.)?(?:(?:dx\.)?doi\.org/)?", "", plain)
    plain = re.sub(r"\Aarxiv\.org/(?:abs|pdf|html)/", "", plain)
    return re.sub(r"(?:v\d+)?(?:\.pdf)?/?\Z", "", plain)
