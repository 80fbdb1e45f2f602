"""Titles that a question names, whole or in good part, with or without quotation marks.

A title is matched word by word, in order, whatever its case and punctuation. A whole title of five
words counts wherever it stands, also with a word missing. A shorter one, and a part of one (the
words before its colon, most of its beginning), counts where the question treats it as a name
(quotes it, capitalises it, asks about it, or is nothing else) and one of its words is rare in the
corpus: `in-context learning` is a topic, whoever has it for a title.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from rag.text.patterns import lazy
from rag.text.phrases import compiled
from rag.text.words import STOPWORDS, unaccented

_WORD = lazy(r"[^\W_]+(?:['’][^\W_]+)*")
_PART = lazy(r":|\s[-–—]+\s|\?\s")
_QUOTED = lazy(r"[\"“”«„*_]+(?P<said>[^\"“”«»„*_]{6,300})[\"“”»*_]+|‘([^‘’]{6,300})’")
_ASKED_ABOUT = compiled(
    r"""\A\W*(?:(?:please|can\s+you|could\s+you)\s+)*(?:summari[sz]e|explain|describe|outline|tell\s+me\s+(?:more\s+)?about
      |(?:what|who|when|where|how)\b|give\s+me\s+(?:a|the)\s+\w+\s+of|tl;?dr)
    |\b(?:paper|article|work|study)\s+(?:called|titled|entitled|named)\b|\bwhat\s+is\s+it\s+about\b"""
)
_WHOLE, _PIECE, _RUN = 5, 4, 5
"""Words from which a whole title, the part before a colon, and any other part count."""
_COVERED, _PURE, _HALF = 0.84, 0.8, 0.5
"""Shares: of a title's words that are there, of the words there that are the title's, of a title
that a part of it has to be."""
_COMMON, _RARE, _LEAST = 0.1, 0.02, 5
"""Shares of the papers: as many as whose titles a word may lead to, and as often as which a rare
word stands in the corpus; at least so many."""
_TELLING = 3
"""Words of a title, its rarest ones, that lead to it however common they are."""
_LONG, _SLIP = 10, 0.75
"""Words of a title from which a foreign one in it changes nothing, and how alike (as difflib has
it) a slip is to the word that was meant."""
_GAP = 2
"""Words left out or put in between two stretches of one title."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """`text[start:end]` names `paper` by its title."""

    start: int
    end: int
    paper: str


@dataclass(frozen=True, slots=True)
class _Word:
    plain: str
    start: int
    end: int


class Titles:
    """The titles of a corpus. words: lower case → how often the corpus has it."""

    def __init__(self, titles: Mapping[str, str], words: Mapping[str, int]) -> None:
        self._titles = {paper: _pieces(title) for paper, title in titles.items()}
        self._words = words
        self._few = max(_LEAST, int(_RARE * len(titles)))
        spread = Counter(word for pieces in self._titles.values() for word in set(pieces[0]))
        most = max(_LEAST, int(_COMMON * len(titles)))
        holding: dict[str, dict[str, None]] = defaultdict(dict)
        for paper, pieces in self._titles.items():
            for piece in pieces:
                rarest = sorted(set(piece), key=lambda word: (spread[word], word))
                leads = {w for w in piece if spread[w] <= most and w not in STOPWORDS}
                for word in leads.union(rarest[:_TELLING]):
                    holding[word][paper] = None
        self._holding = {word: tuple(papers) for word, papers in holding.items()}

    def named_in(self, text: str) -> tuple[Mention, ...]:
        """The titles that `text` names, in its order; none that overlap."""
        words = _words(text)
        plain = [word.plain for word in words]
        shared = Counter(p for word in set(plain) for p in self._holding.get(word, ()))
        found: list[tuple[float, Mention]] = []
        for paper, count in shared.items():
            pieces = self._titles[paper]
            if count < 2 and len(pieces[0]) >= _WHOLE:
                continue
            for at, piece in enumerate(pieces):
                stretch = _stretch(plain, piece)
                if stretch is None:
                    continue
                first, last, matched = stretch
                if matched < _PURE * (last - first) or _another(plain[first:last], piece):
                    continue
                if self._names(text, words, first, last, matched, piece, whole=at == 0):
                    mention = Mention(
                        start=words[first].start, end=words[last - 1].end, paper=paper
                    )
                    found.append((matched + matched / len(piece), mention))
        kept: list[Mention] = []
        for _, mention in sorted(found, key=lambda pair: (-pair[0], pair[1].start)):
            if all(mention.end <= k.start or k.end <= mention.start for k in kept):
                kept.append(mention)
        return tuple(sorted(kept, key=lambda mention: mention.start))

    def _names(
        self,
        text: str,
        words: Sequence[_Word],
        first: int,
        last: int,
        matched: int,
        piece: Sequence[str],
        *,
        whole: bool,
    ) -> bool:
        """Whether a stretch of the question that is like a title, or a part of one, means it."""
        covered = matched / len(piece)
        if whole and len(piece) >= _WHOLE and covered >= _COVERED:
            return True
        good = covered >= _COVERED if not whole or len(piece) < _WHOLE else covered >= _HALF
        if not good or matched < (min(_PIECE, len(piece)) if covered >= _COVERED else _RUN):
            return False
        start, end = words[first].start, words[last - 1].end
        quoted = any(
            m.start() <= start and end <= m.end() and matched >= _PURE * len(_words(m[0]))
            for m in _QUOTED.finditer(text)
        )
        if quoted:
            return True
        capital = _capitalised(text, words[first:last])
        asked = bool(_ASKED_ABOUT.search(text))
        said = [word.plain for word in words[first:last]]
        if any(self._rare(word) for word in said):
            return asked or capital or last - first == len(words)
        exact = covered == 1 and matched == last - first
        return exact and asked and capital and matched >= (_PIECE if whole else _WHOLE)

    def _rare(self, word: str) -> bool:
        times = max(self._words.get(word, 0), self._words.get(f"{word}s", 0))
        return len(word) > 3 and times <= self._few


def _words(text: str) -> list[_Word]:
    return [_Word(_plain(m[0]), *m.span()) for m in _WORD.finditer(text)]


def _plain(word: str) -> str:
    """As titles are compared: small, without accents, apostrophes and the ending of a plural."""
    word = re.sub(r"['’]", "", re.sub(r"['’]s\Z", "", unaccented(word).lower()))
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _pieces(title: str) -> list[list[str]]:
    """The words of a title, then those of its parts."""
    parts = [part for part in _PART.split(title) if part.strip()]
    pieces = [title, *parts] if len(parts) > 1 else [title]
    found = [[word.plain for word in _words(piece)] for piece in pieces]
    return [found[0], *(piece for piece in found[1:] if len(piece) >= _PIECE)]


def _stretch(question: Sequence[str], title: Sequence[str]) -> tuple[int, int, int] | None:
    """Where the title stands in the question, (first, last), and how many words they share: from
    the longest run of shared words on, those close by."""
    matcher = SequenceMatcher(None, question, title, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return None
    at = max(range(len(blocks)), key=lambda i: blocks[i].size)
    first = last = at
    while first and _close(blocks[first - 1], blocks[first]):
        first -= 1
    while last + 1 < len(blocks) and _close(blocks[last], blocks[last + 1]):
        last += 1
    kept = blocks[first : last + 1]
    return kept[0].a, kept[-1].a + kept[-1].size, sum(block.size for block in kept)


def _another(said: Sequence[str], title: Sequence[str]) -> bool:
    """Whether a word that carries meaning has been put into a title of few words, or in another's
    place: `faking in vision-language models` is not `Faking in Language Models`. A slip of the pen
    is no other word."""
    if len(title) >= _LONG:
        return False
    strange = [word for word in said if word not in title and word not in STOPWORDS]
    return any(not get_close_matches(word, title, n=1, cutoff=_SLIP) for word in strange)


def _close(before: tuple[int, int, int], after: tuple[int, int, int]) -> bool:
    (a, b, size), (c, d, _) = before, after
    return c - a - size <= _GAP and d - b - size <= _GAP


def _capitalised(text: str, words: Sequence[_Word]) -> bool:
    """Whether a stretch is written as a title is: capitals where its words carry meaning."""
    content = [text[w.start] for w in words if w.plain not in STOPWORDS and text[w.start].isalpha()]
    return len(words) > 1 and sum(map(str.isupper, content)) > len(content) / 2
