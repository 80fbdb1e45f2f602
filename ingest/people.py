"""Authors' names out of whatever holds them: lists of names or of objects, names in one string with
semicolons, commas or `and` between them, the family name first or last.

A name is kept as it is spoken, `Jane Smith`; where the family name has several words, its comma
stays, for without it nobody could tell which they are: `García López, Ana`.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.cleaning import cleaned
from rag.corpus.people import PARTICLES
from rag.text.patterns import lazy

_OTHERS = lazy(r"[\s,;]*(?:\band\s+)?(?:\bet\s+al\b\.?|\band\s+others\b|\bothers\s*\Z|…|\.\.\.)", 2)
_AND = lazy(r"\s*,?\s+(?:and|und|et|&)\s+", re.IGNORECASE)
_PARENTHESES = lazy(r"\s*\([^()]*\)|\s*\[[^\[\]]*\]")
_MARKS = lazy(r"[\s\d*†‡§¶,.;]*[\d*†‡§¶,;]\Z|^[\d*†‡§¶,;\s]+")
_INITIALS = lazy(r"(?:[^\W\d_a-zß-öø-ÿ]\.?[\s-]?){1,4}")
_INITIALS_LAST = lazy(r"(\S.*?)\s((?:[^\W\d_a-zß-ÿ]\.?-?){1,3})")
_PLAIN = lazy(r"(?:[A-Z][a-z]+|[A-Z]\.)(?: (?:[A-Z][a-z]+|[A-Z]\.)){0,3} [A-Z][a-z]{2,30}")
"""As most names are, and nothing is to be done to them."""
_SUFFIX = lazy(r"(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|msc|bsc|dr|prof)\.?", re.IGNORECASE)
_TIGHT = lazy(r"\.\s+-")
_FAMILY = ("family", "lastname", "last", "surname", "familyname")
_GIVEN = ("given", "forename", "firstname", "first", "givenname", "givennames", "initials")
_WHOLE = (
    *("name", "displayname", "fullname", "literal", "collectivename", "authorname", "author"),
    *("rawauthorname", "preferredname", "value", "text", "creator", "label"),
)
_NOBODY = frozenset(
    ("", "na", "n/a", "none", "null", "nan", "unknown", "anonymous", "[no author name available]")
)
_MOST = 20_000
"""Characters of names in one string: thousands of them."""


@dataclass(frozen=True, slots=True)
class People:
    """`names` in order; `complete` unless more are said to be there; `odd` where something of it
    could not be read."""

    names: tuple[str, ...] = ()
    complete: bool = True
    odd: bool = False


def people(value: object) -> People:
    """The names that `value` holds, of whatever type it is."""
    match value:
        case str():
            return _of_text(value)
        case dict():
            name = _of_object(value)
            return People((name,) if name else (), True, not name)
        case list() | tuple():
            return _of_list(value)
    is_nan = isinstance(value, float) and math.isnan(value)
    return People(odd=value is not None and not is_nan)


def _of_list(values: Sequence[object]) -> People:
    names: list[str] = []
    complete, odd = True, False
    for value in values:
        match value:
            case str():
                text = _OTHERS.sub("", value)
                complete &= text == value and value.strip().lower() != "others"
                if name := _one(text):
                    names.append(name)
            case dict():
                name = _of_object(value)
                if name.lower() == "others":
                    complete = False
                elif name:
                    names.append(name)
                else:
                    odd = True
            case [str(family), *rest] if all(isinstance(part, str) for part in rest):
                given, suffix = ([*map(str, rest), "", ""])[:2]
                if name := _written(family, given, suffix=suffix):
                    names.append(name)
            case None:
                pass
            case _:
                odd = True
    return People(tuple(names), complete, odd)


def _of_object(value: dict[object, object]) -> str:
    held = {re.sub(r"[\W_]", "", str(key)).lower(): each for key, each in value.items()}
    family = _text_of(held, _FAMILY)
    if family:
        given = _text_of(held, _GIVEN)
        middle = held.get("middle") or held.get("middlename") or ""
        middle = " ".join(map(str, middle)) if isinstance(middle, list) else str(middle)
        particles = (held.get("droppingparticle"), held.get("nondroppingparticle"))
        particle = " ".join(p for p in particles if isinstance(p, str))
        suffix = held.get("suffix")
        return _written(
            family,
            f"{given} {middle}".strip(),
            particle=particle,
            suffix=suffix if isinstance(suffix, str) else "",
        )
    for key in _WHOLE:
        found = held.get(key)
        if isinstance(found, dict):
            return _of_object(found)
        if isinstance(found, str) and found.strip():
            return cleaned(found) if key in ("literal", "collectivename") else _one(found)
    return cleaned(_text_of(held, _GIVEN))


def _text_of(held: dict[str, object], keys: Iterable[str]) -> str:
    return next((v.strip() for k in keys if isinstance(v := held.get(k), str) and v.strip()), "")


def _of_text(value: str) -> People:
    text = value.strip()
    if text.casefold() in _NOBODY:
        return People()
    if len(text) > _MOST:
        return People(odd=True)
    if text[0] == "[" and text[-1] == "]" and len(text) > 2:
        try:
            return people(ast.literal_eval(text))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            pass
    text = cleaned("; ".join(filter(None, map(str.strip, text.splitlines()))))
    for _ in range(3):
        text = _PARENTHESES.sub("", text)
    told = _OTHERS.sub("", text)
    complete = told == text
    found = _split(told.strip(" ;,"))
    if found is None:
        return People(odd=True)
    return People(tuple(filter(None, map(_one, found))), complete)


def _split(text: str) -> list[str] | None:
    """Names out of one string, each with at most the commas of its own; None where it cannot be
    told which commas these are."""
    for mark in (";", "|", "•", "·"):
        if mark in text:
            return [re.sub(r"^and\s+", "", one.strip()) for one in text.split(mark)]
    pieces = _AND.split(text)
    if len(pieces) > 1 and all(piece.count(",") <= 1 for piece in pieces) and "," in pieces[-1]:
        return pieces  # BibTeX: `Smith, Jane and Doe, John`
    found: list[str] = []
    for piece in pieces:
        names = _by_commas(piece)
        if names is None:
            return None
        found += names
    return found


def _by_commas(text: str) -> list[str] | None:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    kept: list[str] = []
    for part in parts:
        if not (kept and _SUFFIX.fullmatch(part)):
            kept.append(part)
    if len(kept) < 2:
        return kept
    families, initials = kept[::2], kept[1::2]
    if len(families) == len(initials) and all(map(_INITIALS.fullmatch, initials)):
        return [f"{family}, {given}" for family, given in zip(families, initials, strict=True)]
    several = [" " in part for part in kept]
    if len(kept) == 2:  # `van der Berg, Hans A.` is one
        family = [word for word in kept[0].split() if word.lower() not in PARTICLES]
        return kept if len(family) > 1 and several[1] else [text]
    if sum(several) * 3 >= len(kept) * 2:
        return kept
    if not any(several) and len(kept) % 2 == 0:
        return [f"{family}, {given}" for family, given in zip(families, initials, strict=True)]
    return None


def _one(text: str) -> str:
    """One name as it is spoken."""
    if _PLAIN.fullmatch(text):
        return text
    name = _MARKS.sub("", _PARENTHESES.sub("", cleaned(text))).strip(" ;,")
    if name.casefold() in _NOBODY or not any(map(str.isalpha, name)):
        return ""
    family, *rest = (part.strip() for part in name.split(","))
    suffixes = [part for part in rest if _SUFFIX.fullmatch(part)]
    given = [part for part in rest if part and part not in suffixes]
    if len(given) == 1:
        return _written(family, given[0], suffix=" ".join(suffixes[:1]))
    if given:
        return name
    match = _INITIALS_LAST.fullmatch(family)
    if match and len(match[1]) > 1 and not _INITIALS.fullmatch(match[1]):
        return _written(match[1], match[2])
    return " ".join([family, *suffixes[:1]])


def _written(family: str, given: str, *, particle: str = "", suffix: str = "") -> str:
    family, given = cleaned(family).strip(" ,"), _TIGHT.sub(".-", cleaned(given)).strip(" ,")
    words = family.split()
    while len(words) > 1 and words[0].lower() in PARTICLES:
        particle, words = f"{particle} {words[0]}".strip(), words[1:]
    whole = f"{particle} {' '.join(words)}".strip()
    suffix = cleaned(suffix)
    if len(words) > 1 and given:
        return ", ".join(part for part in (whole, suffix, given) if part)
    return " ".join(part for part in (given, whole, suffix) if part)
