"""Phrase patterns over the words of a question, in a small language of their own.

    `[the] {n} newest`      a word stands for itself, `[x]` may be missing, `(x|y z)` is a choice,
    `<most popular> papers` `{n}` is a macro, `{low:n}` the same under another name, `<x>` is what
    `^ first {n} $`         states something, the rest is context, `^` and `$` are ends of a clause

Macros are phrases with a value, or functions that read on from a word, such as dates. A pattern
neither begins nor ends within a word that a hyphen joins: `4 papers` is not in `GPT-4 papers`.
What patterns mean is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag.text.patterns import lazy

_TOKEN = lazy(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?(?!\d)|\d\d?[/.]\d\d?[/.]\d{4}(?!\d)|\d{4}[-/](?:0[1-9]|1[0-2])(?!\d)"
    r"|(?:0?[1-9]|1[0-2])/\d{4}(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)|\d+\.\d+|['’]\d\d(?!\w)|['’]s\b"
    r"|w/o?(?!\w)|[^\W_]+(?:['’](?!s\b|\d)[^\W_]+)*|[<>=≥≤]+|\S"
)
_SIGNS = {
    "<": "_below", "<=": "_up-to", "≤": "_up-to", "=<": "_up-to", ">": "_above", ">=": "_at-least",
    "≥": "_at-least", "=>": "_at-least", "=": "_equal", "==": "_equal", "(": "_open", ")": "_close",
}  # fmt: skip
"""Comparisons and brackets, as patterns write them."""
MOST_TOKENS = 800
_CLAUSE_ENDS = frozenset(["", ".", "?", "!", ";", ",", ":", "_close", "please", "pls", "thanks"])
_SYNTAX = lazy(r"[\[\]()<>|^$]|\{[\w:]+\}|[^\s\[\](){}<>|^$]+")

Found = Mapping[str, Any]
Ends = Iterator[tuple[int, "Found"]]
Node = Callable[["Text", int, Found], Ends]
Starts = frozenset[str] | None
"""The words that a node begins with; None where it may be any."""
Reader = Callable[["Text", int], Iterator[tuple[int, Any]]]
Macro = tuple[Reader, Starts]
DIGITS = "0-9"


@dataclass(frozen=True, slots=True)
class Token:
    """`raw[start:end]` in small letters; `joined` to the word before by a hyphen."""

    word: str
    start: int
    end: int
    joined: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A question as tokens, their words and keys, and what its reading depends on: `today`."""

    raw: str
    tokens: tuple[Token, ...]
    lower: tuple[str, ...]
    keys: tuple[str, ...]
    around: Mapping[str, Any] = field(default_factory=dict)

    def word(self, at: int) -> str:
        """The word at a place; empty beyond the ends."""
        return self.lower[at] if 0 <= at < len(self.lower) else ""

    def words(self, start: int, end: int) -> tuple[str, ...]:
        """The words from one place up to another."""
        return self.lower[max(0, start) : end]

    def written(self, at: int) -> str:
        """The same in the letters of the question."""
        return self.raw[self.tokens[at].start : self.tokens[at].end]

    def touches(self, at: int) -> bool:
        """Whether nothing stands between a word and the one before it."""
        return 0 < at < len(self.tokens) and self.tokens[at - 1].end == self.tokens[at].start

    def within_word(self, at: int) -> bool:
        """Whether a hyphen joins what is before `at` to what is behind it."""
        return 0 < at < len(self.tokens) and self.tokens[at].joined


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens `start` to `end` with their context; `first` to `last` state it. Half-open."""

    start: int
    end: int
    first: int
    last: int
    found: Found


def tokenise(raw: str, **around: Any) -> Text:
    """The words of a question, up to a number of them that no typed question has."""
    tokens: list[Token] = []
    hyphen = False
    for match in _TOKEN.finditer(raw):
        word = match[0].lower().replace("’", "'")
        start, end = match.span()
        touches = bool(tokens) and tokens[-1].end == start
        if word in "-‐‑" and touches and raw[end : end + 1].isalnum() and tokens[-1].word.isalnum():
            hyphen = True
            continue
        tokens.append(Token(_SIGNS.get(word, word), start, end, hyphen))
        hyphen = False
        if len(tokens) == MOST_TOKENS:
            break
    lower = tuple(token.word for token in tokens)
    return Text(raw, tuple(tokens), lower, (*map(_key, lower), ""), around)


def _key(word: str) -> str:
    """What alternatives are looked up by: the word, or one key for all that begin as numbers."""
    return DIGITS if word[0] in "0123456789'" else word


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled part of a pattern. empty: it may match nothing. needs: of each of these sets a
    text has a key wherever the part matches. skips: before another key than these it is empty."""

    node: Node
    starts: Starts
    empty: bool = False
    needs: tuple[frozenset[str], ...] = ()
    skips: Starts = None


class Phrases:
    """Patterns with what each stands for, tried together. macros: by name a function with the words
    that it begins with, or the phrases of each value: `{"asc": "oldest|earliest"}`. Raises
    ValueError or KeyError for patterns that are not well formed."""

    def __init__(
        self,
        macros: Mapping[str, Macro | str | Mapping[Any, str]],
        patterns: Iterable[tuple[str, Any]],
    ) -> None:
        self._macros = macros
        self._parts: dict[str, Part] = {}
        self._patterns = [(self._compiled(pattern), meaning) for pattern, meaning in patterns]

    def matches(self, text: Text) -> Iterator[tuple[Match, Any]]:
        """Each pattern at each place, with what it stands for; of matches that end alike, one."""
        places: dict[str, list[int]] = {}
        for at, token in enumerate(text.tokens):
            if not token.joined:
                places.setdefault(text.keys[at], []).append(at)
        keys = frozenset(text.keys)
        for part, meaning in self._patterns:
            if any(keys.isdisjoint(need) for need in part.needs):
                continue
            starts = places if part.starts is None else part.starts & places.keys()
            for at in (at for word in starts for at in places[word]):
                for end, found in dict(reversed([*part.node(text, at, {})])).items():
                    if end > at and not text.within_word(end):
                        first, last = found.get("<", at), found.get(">", end)
                        yield Match(at, end, first, last, found), meaning

    def _compiled(self, pattern: str) -> Part:
        if pattern not in self._parts:
            signs = _SYNTAX.findall(pattern)
            self._parts[pattern] = self._choice(signs)
            if signs:
                raise ValueError(f"{pattern!r} has a closing bracket too many")
        return self._parts[pattern]

    def _choice(self, signs: list[str]) -> Part:
        """Alternatives up to a closing bracket, which is left."""
        options = [self._sequence(signs)]
        while signs and signs[0] == "|":
            signs.pop(0)
            options.append(self._sequence(signs))
        return _either(options)

    def _sequence(self, signs: list[str]) -> Part:
        parts: list[Part] = []
        starts: Starts = frozenset()
        needs: list[frozenset[str]] = []
        empty = True
        while signs and signs[0] not in ("|", ")", "]"):
            part = self._item(signs)
            parts.append(part)
            if empty:
                starts = None if starts is None or part.starts is None else starts | part.starts
            if not part.empty:
                empty = False
                needs += part.needs or ([part.starts] if part.starts else [])
        node = _chain([(part.node, part.skips) for part in parts])
        return Part(node, None if empty else starts, empty, tuple(needs))

    def _item(self, signs: list[str]) -> Part:
        sign = signs.pop(0)
        if sign in "([":
            inner = self._choice(signs)
            if not signs or signs.pop(0) != (")" if sign == "(" else "]"):
                raise ValueError("an opening bracket is not closed")
            optional = replace(_either([inner, _NOTHING]), skips=inner.starts)
            return inner if sign == "(" else optional
        if sign in "<>^$":
            node = {"^": _at_start, "$": _at_end}.get(sign) or _mark(sign)
            return Part(node, frozenset(), empty=True)
        if not sign.startswith("{"):
            return Part(_word(sign), frozenset([_key(sign)]))
        name, _, macro = sign[1:-1].partition(":")
        known = self._macros[macro or name]
        if isinstance(known, tuple):
            return Part(_read(known[0], name), known[1])
        phrases = {True: known} if isinstance(known, str) else known
        parts = [(self._compiled(phrase), value) for value, phrase in phrases.items()]
        return _either([replace(p, node=_value(p.node, name, value)) for p, value in parts])


def _nothing(_text: Text, at: int, found: Found) -> Ends:
    yield at, found


_NOTHING = Part(_nothing, None, empty=True)


def _word(word: str) -> Node:
    def node(text: Text, at: int, found: Found) -> Ends:
        if text.word(at) == word:
            yield at + 1, found

    return node


def _chain(nodes: Sequence[tuple[Node, Starts]]) -> Node:
    def chain(text: Text, at: int, found: Found) -> Ends:
        ends = [(at, found)]
        for node, skips in nodes:
            if skips is not None and len(ends) == 1 and text.keys[ends[0][0]] not in skips:
                continue
            ends = [end for here, so_far in ends for end in node(text, here, so_far)]
            if not ends:
                return
        yield from ends

    return nodes[0][0] if len(nodes) == 1 else chain


def _either(options: Sequence[Part]) -> Part:
    """Alternatives in their order, looked up by the word that they begin with."""
    if len(options) == 1:
        return options[0]
    starting: frozenset[str] = frozenset().union(*(part.starts or () for part in options))
    open_ones = [part.node for part in options if part.starts is None]
    table = {
        word: [part.node for part in options if part.starts is None or word in part.starts]
        for word in starting
    }

    def either(text: Text, at: int, found: Found) -> Ends:
        for one in table.get(text.keys[at], open_ones):
            yield from one(text, at, found)

    return Part(either, None if open_ones else starting, any(part.empty for part in options))


def _mark(sign: str) -> Node:
    def node(text: Text, at: int, found: Found) -> Ends:
        yield at, {**found, sign: at}

    return node


def _at_start(text: Text, at: int, found: Found) -> Ends:
    if at == 0 or text.word(at - 1) in (".", "?", "!", ";", ":"):
        yield at, found


def _at_end(text: Text, at: int, found: Found) -> Ends:
    if text.word(at) in _CLAUSE_ENDS:
        yield at, found


def _value(inner: Node, name: str, value: Any) -> Node:
    def node(text: Text, at: int, found: Found) -> Ends:
        for end, so_far in inner(text, at, found):
            yield end, {**so_far, name: value}

    return node


def _read(macro: Reader, name: str) -> Node:
    def node(text: Text, at: int, found: Found) -> Ends:
        for end, value in macro(text, at):
            yield end, {**found, name: value}

    return node
