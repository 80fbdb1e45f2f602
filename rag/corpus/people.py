"""Names of people: whether two ways to write one can mean the same person.

The family name decides, case and accents aside; given names and initials must not contradict each
other where both are stated. Nicknames, and family names written first without a comma, are not
known here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rag.text.patterns import lazy

PARTICLES = frozenset(
    "van von der den de del della di da dos das du la le ter ten bin ibn al el zu zur af".split()
)
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_SUFFIX = lazy(r"[\s,]+(?:jr|sr|ii|iii|iv|phd|md|et\s+al)\b\.?(?:\s*,)?", re.IGNORECASE)
_FIRM = lazy(r"\b(?:inc|ltd|llc|corp|co|gmbh)\b", re.IGNORECASE)
_INITIALS = lazy(r"(?:[A-Z]\.?[\s-]?){1,3}")


@dataclass(frozen=True, slots=True)
class Person:
    """given, family: words of the name, small and without accents; initials are single letters."""

    given: tuple[str, ...]
    family: tuple[str, ...]


def person(name: str) -> Person:
    """`Jane A. Smith`, `Smith, Jane A.`, `Smith JA`, `van der Berg`, `Smith`."""
    name = _SUFFIX.sub(" ", unicodedata.normalize("NFC", name)).strip(" ,")
    family, comma, given = name.partition(",")
    if comma:
        return Person(_words(given), _words(family))
    words = name.split()
    if len(words) > 1 and _INITIALS.fullmatch(words[-1]) and not _INITIALS.fullmatch(words[0]):
        return Person(tuple(_plain(words[-1]).replace(" ", "")), _words(" ".join(words[:-1])))
    at = len(words) - 1
    while at > 0 and words[at - 1].lower() in PARTICLES:
        at -= 1
    return Person(_words(" ".join(words[:at])), _words(" ".join(words[at:])))


def family(name: str) -> str:
    """The last word of the family name, as names are compared; empty where there is none."""
    return next(iter(person(name).family[-1:]), "")


def families(name: str) -> set[str]:
    """`family` in each of its spellings: `schroder` and `schroeder` of Schröder."""
    return {family(name), family(_spelt_out(name))} - {""}


def in_order(name: str) -> str:
    """`Smith, Jane` as `Jane Smith`, to stand in a sentence; other names as they are."""
    family, _, given = name.partition(",")
    whole = not given.strip() or "," in given or _SUFFIX.match(name, len(family))
    return name if whole or _FIRM.search(given) else f"{given.strip()} {family.strip()}"


def is_by(author: str, asked: str) -> bool:
    """Whether `author` can be the one `asked` for: `J. Smith` and `Smith` are Jane Smith."""
    return any(_same(person(one), person(asked)) for one in {author, _spelt_out(author)})


def is_by_initials(author: str, asked: str) -> bool:
    """Whether `author` can be the one `asked` for, and has an initial where that one has a name:
    `Z. Hao` may be Zhao Hao, or somebody else."""
    both = zip(person(author).given, person(asked).given, strict=False)
    return is_by(author, asked) and any(len(a) == 1 < len(b) for a, b in both)


def _same(author: Person, asked: Person) -> bool:
    if not asked.family or author.family[-len(asked.family) :] != asked.family:
        return False
    tail, named = (*author.given, *author.family), (*asked.given, *asked.family)
    if tail[-len(named) :] == named:  # two family names without a hyphen: `López García`
        return True
    both = zip(asked.given, author.given, strict=False)
    return all(
        a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in both
    )  # an initial stands for any name that begins so


def _spelt_out(name: str) -> str:
    """`Müller` as `Mueller`, as those write who lack the letter."""
    return unicodedata.normalize("NFC", name).lower().translate(_UMLAUTS)


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _plain(name)))


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    kept = "".join(c for c in bare if not unicodedata.combining(c))
    return re.sub(r"['’`]", "", kept)
