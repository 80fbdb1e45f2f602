"""Names of methods written otherwise than their papers write them: apart (`deep cache`), with a
hyphen (`Deep-Cache`), with a slip (`DeepCahce`) or without accents, put as they should be.

Save for accents, only names in one word with a capital inside count, and of one paper: what is
written apart is then no ordinary phrase by chance alone, and a slip has one place to lead to.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from rag.corpus import spelling
from rag.corpus.lexicon import Lexicon
from rag.corpus.names import LONG
from rag.text.patterns import lazy
from rag.text.words import unaccented

_WORD = lazy(r"[A-Za-z]+")
_APART = lazy(r"[ -]")
_OFTEN = 99


def respelt(text: str, lexicon: Lexicon) -> tuple[str, list[tuple[str, str]]]:
    """`text` with names as their papers write them, and what was changed into what."""
    text, accents = _accented(text, lexicon)
    names = lexicon.unmistakable
    counts = dict.fromkeys(names, _OFTEN)
    words = list(_WORD.finditer(text))
    changes: list[tuple[int, int, str]] = []
    at = 0
    while at < len(words):
        behind = _apart(text, words, at, names)
        start, end = words[at].start(), words[behind - 1].end()
        lowered = "".join(word[0] for word in words[at:behind]).lower()
        name = names.get(lowered) if behind > at + 1 else None
        if behind == at + 1 and lowered not in names and _strange(words[at][0], lexicon):
            right = spelling.correction(lowered, counts)
            name = names[right] if right else None
        if name:
            changes.append((start, end, name))
        at = behind
    told = [(text[start:end], name) for start, end, name in changes]
    for start, end, name in reversed(changes):
        text = text[:start] + name + text[end:]
    return text, [*accents, *told]


def _accented(text: str, lexicon: Lexicon) -> tuple[str, list[tuple[str, str]]]:
    """Names with the accents that their papers give them; one that is an ordinary word without
    them stays as it is."""
    told = []
    for name in (name for name in lexicon.names if not name.isascii()):
        bare = unaccented(name)
        if all(lexicon.ordinary(word) for word in _WORD.findall(bare.lower())):
            continue
        shape = rf"(?<![\w-]){re.escape(bare)}(?![\w-])"
        match = re.search(shape, unaccented(text), re.IGNORECASE)
        if match and unaccented(written := text[match.start() : match.end()]) == written:
            text = text[: match.start()] + name + text[match.end() :]
            told.append((written, name))
    return text, told


def _apart(text: str, words: Sequence[re.Match[str]], at: int, names: Mapping[str, str]) -> int:
    """The place behind the words that, from `at` on, are a name written apart; else behind `at`."""
    for behind in (at + 3, at + 2):
        run = words[at:behind]
        gaps = [text[a.end() : b.start()] for a, b in itertools.pairwise(run)]
        joined = "".join(word[0] for word in run).lower()
        if len(run) == behind - at and joined in names and all(map(_APART.fullmatch, gaps)):
            return behind
    return at + 1


def _strange(word: str, lexicon: Lexicon) -> bool:
    """Whether the corpus and English know no such word."""
    lowered = word.lower()
    known = lexicon.words.get(lowered) or lowered in lexicon.english or word in lexicon.names
    return len(word) >= LONG and not known
