"""Phrase patterns over the words of a question, in a small language of their own.

    `[the] {n} newest`      a word stands for itself, `[x]` may be missing, `(x|y z)` is a choice,
    `<most popular> papers` `{n}` is a macro, `{low:n}` the same kept under another name, `<x>` is
    `^ first {n} $`         what states the constraint and the rest context, `^`, `$` begin and end a clause

Macros are phrases with a value (`Macros.words`) or functions that read on from a word, such as
dates. A pattern neither begins nor ends within a word that a hyphen joins: `4 papers` is not in
`GPT-4 papers`. What patterns mean is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.text.patterns import lazy
from rag.text.phrases import COUNTS

_TOKEN = lazy(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?(?!\d)|\d\d?[/.]\d\d?[/.]\d{4}(?!\d)|\d{4}[-/](?:0[1-9]|1[0-2])(?!\d)"
    r"|(?:0?[1-9]|1[0-2])/\d{4}(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)|\d+\.\d+|['’]\d\d(?!\w)|['’]s\b"
    r"|w/o?(?!\w)|[^\W_]+(?:['’](?!s\b)[^\W_]+)*|[<>=≥≤]+|\S"
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
Macro = tuple[Callable[["Text", int], Iterator[tuple[int, Any]]], Starts]
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
    """A question as tokens, their words apart, and what reading it depends on (`today`, names of people)."""

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


class Phrases:
    """Patterns with what each stands for, tried together. macros: by name a function with the words
    that it begins with, or the phrases of each value: `{"asc": "oldest|earliest"}`. Patterns are compiled at the first use."""

    def __init__(
        self,
        macros: Mapping[str, Macro | Mapping[Any, str]],
        patterns: Iterable[tuple[str, Any]],
    ) -> None:
        self._macros = macros
        self._patterns = list(patterns)
        self._nodes: dict[str, tuple[Node, Starts]] = {}
        self._by_word: dict[str, list[tuple[Node, Any]]] = {}
        self._anywhere: list[tuple[Node, Any]] = []

    def matches(self, text: Text) -> Iterator[tuple[Match, Any]]:
        """Each pattern at each place, with what it stands for; of matches that end alike, one."""
        self._compile()
        for at, token in enumerate(text.tokens):
            if token.joined:
                continue
            for node, meaning in (*self._by_word.get(text.keys[at], ()), *self._anywhere):
                for end, found in dict(reversed([*node(text, at, {})])).items():
                    if end > at and not text.within_word(end):
                        first, last = found.get("<", at), found.get(">", end)
                        yield Match(at, end, first, last, found), meaning

    def _compile(self) -> None:
        while self._patterns:
            pattern, meaning = self._patterns.pop(0)
            node, words = self.node(pattern)
            if words is None:
                self._anywhere.append((node, meaning))
            for word in words or ():
                self._by_word.setdefault(word, []).append((node, meaning))

    def node(self, pattern: str) -> tuple[Node, Starts]:
        """A compiled pattern and the words it can begin with; None where it may be any. Raises
        ValueError or KeyError for one that is not well formed."""
        if pattern not in self._nodes:
            parts = _SYNTAX.findall(pattern)
            node, words, _ = self._choice(parts)
            if parts:
                raise ValueError(f"{pattern!r} has a closing bracket too many")
            self._nodes[pattern] = node, words
        return self._nodes[pattern]

    def _choice(self, parts: list[str]) -> tuple[Node, Starts, bool]:
        """Alternatives up to a closing bracket, which is left: node, first words, may be empty."""
        options = [self._sequence(parts)]
        while parts and parts[0] == "|":
            parts.pop(0)
            options.append(self._sequence(parts))
        node, words = _either([(node, words) for node, words, _ in options])
        return node, words, any(empty for _, _, empty in options)

    def _sequence(self, parts: list[str]) -> tuple[Node, Starts, bool]:
        nodes: list[Node] = []
        words: Starts = frozenset()
        empty = True
        while parts and parts[0] not in ("|", ")", "]"):
            node, starts, missing = self._item(parts)
            nodes.append(node)
            if empty:
                words = None if words is None or starts is None else words | starts
                empty = missing
        return _chain(nodes), None if empty else words, empty

    def _item(self, parts: list[str]) -> tuple[Node, Starts, bool]:
        part = parts.pop(0)
        if part in "([":
            node, words, empty = self._choice(parts)
            if not parts or parts.pop(0) != (")" if part == "(" else "]"):
                raise ValueError("an opening bracket is not closed")
            if part == "(":
                return node, words, empty
            return _either([(node, words), (_nothing, None)])[0], words, True
        if part in "<>":
            return _mark(part), frozenset(), True
        if part in "^$":
            return (_at_start if part == "^" else _at_end), frozenset(), True
        if part.startswith("{"):
            name, _, macro = part[1:-1].partition(":")
            known = self._macros[macro or name]
            if isinstance(known, tuple):
                return _read(known[0], name), known[1], False
            options = [(*self.node(phrases), value) for value, phrases in known.items()]
            valued = [(_value(node, name, value), words) for node, words, value in options]
            return *_either(valued), False
        return _word(part), frozenset([_key(part)]), False


def _nothing(_text: Text, at: int, found: Found) -> Ends:
    yield at, found


def _word(word: str) -> Node:
    def node(text: Text, at: int, found: Found) -> Ends:
        if text.word(at) == word:
            yield at + 1, found

    return node


def _chain(nodes: Sequence[Node]) -> Node:
    def node(text: Text, at: int, found: Found) -> Ends:
        ends = [(at, found)]
        for one in nodes:
            ends = [end for here, so_far in ends for end in one(text, here, so_far)]
            if not ends:
                return
        yield from ends

    return nodes[0] if len(nodes) == 1 else node


def _either(options: Sequence[tuple[Node, Starts]]) -> tuple[Node, Starts]:
    """Alternatives in their order, looked up by the word that they begin with."""
    open_ones = [node for node, words in options if words is None]
    known = frozenset().union(*(words for _, words in options if words is not None))
    table = {
        word: [node for node, words in options if words is None or word in words] for word in known
    }

    def either(text: Text, at: int, found: Found) -> Ends:
        for one in table.get(text.keys[at], open_ones):
            yield from one(text, at, found)

    node = options[0][0] if len(options) == 1 else either
    return node, None if open_ones else known


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


def _read(macro: Macro, name: str) -> Node:
    def node(text: Text, at: int, found: Found) -> Ends:
        for end, value in macro(text, at):
            yield end, {**found, name: value}

    return node


NUMBERS = frozenset([*COUNTS, DIGITS, "zero", "half", "dozen", "couple", "single", "a"])


def number(text: Text, at: int) -> Iterator[tuple[int, int]]:
    """A macro: `3`, `three`, `1,000`, `a couple of`, `half a dozen`; no more than nine digits."""
    word, following = text.word(at), text.word(at + 1)
    plain = word.replace(",", "")
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        yield at + 1, int(plain)
    elif word in COUNTS or word == "zero":
        yield at + 1, COUNTS.get(word, 0)
    elif word == "half" and text.word(at + 2) == "dozen":
        yield at + 3, 6
    elif word in ("dozen", "couple", "single"):
        yield at + 1 + (following == "of"), {"dozen": 12, "couple": 2, "single": 1}[word]
    elif word == "a" and following in ("dozen", "couple", "single"):
        yield from number(text, at + 1)
