"""Where sentences begin and end, in abstracts and in prose that a model wrote.

Rules instead of nltk's punkt, which takes long to import and splits behind `e.g.` and `et al.`
A stop with white space behind it ends a sentence, unless what stands before it is an
abbreviation, an initial or an item's number, or what follows goes on in lower case.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from rag.records import Span
from rag.text.patterns import lazy

_STOP = lazy(
    r"""
    (?P<line_end> [\n\r\u2028\u2029]+ )
    | (?P<wide> [。！？]+ [」』”’）]* )
    | (?<![.!?…]) (?P<stop> [.!?…]++ ) (?P<closers> ["'”’»)\]}*_`]*+ )
      (?P<markers> (?:[ \t]?\[E?\d+(?:\s*[,;–-]\s*E?\d+)*\])++ \.?
                   (?= [ \t]* (?: [\n\r] | $ | (?<=[ \t])[^a-z\s] ) ) )?
      (?: (?P<gap> (?=\s|\Z) ) | (?P<glued> (?=["“(\[]?[A-Z]) ) )
    """,
    re.VERBOSE,
)
# A stop within an address or a formula ends nothing. Dollar signs pair as in pandoc: no space
# inside, no digit behind.
_OPAQUE = lazy(r"https?://\S*[^\s.,;:!?)\]}'\"”’]|\$(?=\S)[^$\n]{0,200}?(?<=\S)\$(?!\d)")
_REACH = 40
"""How many characters before and behind a stop are looked at."""

_NEVER_LAST = frozenset({"e.g", "eg", "i.e", "ie", "vs", "cf", "viz", "resp", "approx", "ca"})
"""Abbreviations that something always follows."""
_NUMBERED = frozenset(
    {"fig", "figs", "eq", "eqs", "eqn", "sec", "sect", "tab", "ref", "refs", "thm", "lem", "prop"}
    | {"alg", "app", "ch", "vol", "no", "nos", "p", "pp"}
)
"""Abbreviations with a number behind them."""
_NUMBER = lazy(r"[A-Z]?\d|[IVX]+\b")
_SELDOM_LAST = frozenset({"al", "inc", "ltd", "dr", "prof", "st", "ph.d"})
"""Abbreviations behind which a sentence ends only where a plain opening word follows."""
_INITIAL = lazy(r"[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]")
"""Of a person, or `i.i.d.`, `w.r.t.`, `U.S.`: as `_SELDOM_LAST`."""
_OPENERS = frozenset(
    {"A", "Additionally", "After", "All", "Also", "Although", "An", "And", "As", "At", "Based"}
    | {"Because", "Both", "But", "By", "Code", "Despite", "Each", "Experiments", "Extensive"}
    | {"Finally", "First", "For", "From", "Further", "Furthermore", "Given", "Hence", "Here"}
    | {"How", "However", "If", "In", "Instead", "It", "Its", "Many", "More", "Moreover", "Most"}
    | {"On", "One", "Our", "Recent", "Results", "Second", "Several", "Since", "Some"}
    | {"Specifically", "Such", "That", "The", "Their", "Then", "There", "Therefore", "These"}
    | {"They", "This", "Thus", "To", "Under", "Unlike", "Using", "We", "What", "When", "Where"}
    | {"While", "With", "Yet"}
)
"""Words that open sentences and are no names."""
_ORDINARY_END = lazy(r"(?<![A-Za-z0-9_.])[A-Za-z]?[a-z]{2,}$|[a-z]-[a-z]{3,}$")
_METHOD_NAME = lazy(r"[a-z]{1,8}-?[A-Z]|[a-z]+\d")
"""`iCaRL`, `t-SNE`, `pix2pix`: names that stay in lower case where a sentence opens."""
_OPENING = "([{\"'“‘*_~"
_TOKEN = lazy(r"\S*$")
_WORD = lazy(r"\w+")


@functools.lru_cache(maxsize=2048)  # the same abstracts are looked at again and again
def sentence_spans(text: str) -> tuple[Span, ...]:
    """The sentences of `text` in order, without white space around them.

    They do not overlap and leave out nothing but white space. Closing quotes and brackets and
    citation markers (`[E1][E2]`, `[1, 2]`) behind a stop belong to the sentence before; a line
    end always ends a sentence; a bullet or number belongs to the sentence behind it.
    """
    spans: list[Span] = []
    start = 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        if stripped := piece.strip():
            first = start + len(piece) - len(piece.lstrip())
            spans.append(Span(start=first, end=first + len(stripped)))
        start = end
    return tuple(spans)


def _ends(text: str) -> Iterator[int]:
    plain = _OPAQUE.sub(lambda match: "x" * len(match.group()), text)
    for match in _STOP.finditer(plain):
        if match["stop"] is None or _is_end(plain, match):
            yield match.end()


def _is_end(text: str, match: re.Match[str]) -> bool:
    at = match.start()
    token = _TOKEN.search(text, max(0, at - _REACH), at)
    before = token.group().lstrip(_OPENING) if token else ""
    following = text[match.end() : match.end() + _REACH].lstrip(_OPENING + " \t\n\r")
    if match["gap"] is None:
        # `end.Next` has lost a space, `torch.Tensor` has not.
        return bool(_ORDINARY_END.search(before)) and _opens(following)
    if match["markers"]:
        return True
    if match["stop"] == "." and _is_abbreviation(text, at, before, following):
        return False
    if not following[:1].islower() or _METHOD_NAME.match(following):
        return True
    return len(match["stop"]) == 1 and not match["closers"] and bool(_ORDINARY_END.search(before))


def _is_abbreviation(text: str, at: int, before: str, following: str) -> bool:
    """Whether the full stop at `at` belongs to `before`, and no sentence ends there as well."""
    name = before[:1].lower() + before[1:]
    if name in _NEVER_LAST or _is_item_number(text, at, before):
        return True
    if name in _NUMBERED:
        return bool(_NUMBER.match(following))
    if name in _SELDOM_LAST or _INITIAL.fullmatch(before):
        return not _opens(following)
    return name.lstrip("\\") == "etc" and not following[:1].isupper()


def _opens(following: str) -> bool:
    word = _WORD.match(following)
    return word is not None and word.group() in _OPENERS


def _is_item_number(text: str, at: int, before: str) -> bool:
    """Whether `before` is the `1` of an item: it stands at a line's start or behind a colon."""
    if not re.fullmatch(r"\d{1,2}|[a-z]", before):
        return False
    line = text[max(0, at - _REACH) : at - len(before)].rstrip(" \t([*_-#>")
    return not line or line[-1] in ":;\n\r"
