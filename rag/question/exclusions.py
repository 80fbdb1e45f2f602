"""What a turn takes back of the turns before: `without labels`, `if I drop the reward model`; and
whether it wants papers other than those shown.

What a question leaves out by itself is read in `excluded`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rag.corpus.genres import is_genre
from rag.corpus.mentions import WORD, stem, wording, words_of
from rag.text.patterns import lazy
from rag.text.phrases import compiled, listed
from rag.text.words import STOPWORDS

_FUNCTION = "|".join(sorted(STOPWORDS | {"otherwise"}))
_NOUNS = rf"(?!(?:{_FUNCTION})\b){WORD}(?:\s+(?!(?:{_FUNCTION})\b){WORD}){{0,3}}"
_ONE = (
    r"(?:(?:the|an?|any|all|anything|using|on|about|for|in|with|(?:field|area|domain|topic)\s+of)\s+)"
    rf"{{0,3}}{_NOUNS}"
)
_MARKS = lazy(
    r"\bno|not\b|n['’]t|cant\b|without|minus|skip|ignor|exclud|except|leav|other|outside|besides|apart"
    r"|aside|\bbut\b|unrelated|\bdrop|instead|rather|avoid|\brid\b|never|(?<=\s)[-–−]",
    re.IGNORECASE,
)
"""Some of this stands in all that takes something back."""
_DONE_WITHOUT = compiled(
    rf"""\b(?:without(?:\s+(?:using|training|having))?|no(?:\s+more)?|drop|dropping|skip|instead\s+of
      |rather\s+than|avoid(?:s|ing)?|get\s+rid\s+of|never
      |(?:do|does)(?:\s+not|n['’]t)(?:\s+(?:need|require|have|use))?)\s+(?P<out>{_ONE})"""
)
_CANNOT = compiled(
    rf"""\b(?:if\s+)?(?:i|we)\s+(?:can(?:\s?not|n?['’]?t)|am\s+not\s+able\s+to|are\s+not\s+able\s+to|do(?:\s+not|n['’]t)
      \s+want\s+to|may\s+not|must\s+not)\s+(?P<out>{_ONE})(?:\s+(?:anything|it|them))?(?:\s+and\b)?"""
)
"""What the person who asks cannot do; no abstract speaks of that."""
_FURTHER = compiled(
    r"""\A(?:(?:ok(?:ay)?|so|and|but|well|hm+|great|thanks?|nice|good|cool)\b[\s,.!]*)*
      (?:(?:are|is)\s+there\s+|(?:do|have)\s+you\s+(?:have|got|know)\s+|(?:show|give|find|list)\s+(?:me\s+)?|what\s+|who\s+
        |which\s+|can\s+you\s+(?:find|show|list)\s+(?:me\s+)?)?
      (?:any(?:thing|one|body)?\s+|some\s+|\w+\s+(?=more\b)|the\s+)?
      (?:others?(?!\s+than)|else|more(?=\s*(?:[?.!]|\Z)|\s+(?:papers|works|studies|of|like|ones|please)\b)
        |another|further|additional)\b(?!\s+(?:question|thing|way|word|detail))
    |\b(?:besides|apart\s+from|aside\s+from|other\s+than|except(?:\s+for)?|similar\s+to|like)\s+
      (?:those|these|them)\b(?!\s+[a-z])
    |\b(?:ones?|something|anything|papers?|work)\s+(?:[^?.]*\binstead\b(?!\s+of)
      |(?:in\s+(?:that|this|the\s+same|a\s+similar)\s+(?:spirit|vein|direction|style)
        |along\s+(?:th(?:ese|ose)|the\s+same|similar)\s+lines|like\s+(?:that|this|it))\b)
    |\b(?:some|any)(?:one|body)\s+\w+\s+(?:on\s+|upon\s+)?(?:it|that|this|these|those|them)\b"""
)
_GENERIC = frozenset(
    listed("""
    anything application applications approach approaches area areas domain domains field fields
    kind kinds method methods new old one ones other setting settings something sort sorts stuff
    technique techniques thing things topic topics
    """)
)


def turned_down(text: str, earlier: str) -> tuple[str, tuple[str, ...]]:
    """A turn, and the terms in it that take back words of the turns before (`without labels`, `if I
    drop the reward model`). What the asker cannot do is left out of the turn as well."""
    if not _MARKS.search(text):
        return text, ()
    found = [term for match in _DONE_WITHOUT.finditer(text) for term in terms_of(match["out"])]

    def cannot(match: re.Match[str]) -> str:
        terms = terms_of(match["out"])
        if taken_back(earlier, terms) == earlier:
            return match[0]
        found.extend(terms)
        return " "

    rest = _CANNOT.sub(cannot, text)
    return (_tidy(rest) if rest != text else text), tuple(found)


def asks_for_others(text: str) -> bool:
    """Whether a turn wants papers that the answers before did not show: `any others?`."""
    return bool(_FURTHER.search(text))


def taken_back(text: str, terms: Iterable[str]) -> str:
    """`text` of an earlier turn without `terms`: as they stand there, or else word by word."""
    rest = text
    for term in terms:
        without = wording(term).sub("", rest)
        rest = without if without != rest else re.sub(WORD, _forms_out(term), rest)
    return _tidy(rest) if rest != text else text


def _forms_out(term: str) -> Callable[[re.Match[str]], str]:
    stems = [stem(word) for word in words_of(term) if len(word) > 2]

    def kept(match: re.Match[str]) -> str:
        word, mine = match[0].lower(), stem(match[0])
        return "" if any(word.startswith(s) or s.startswith(mine) for s in stems) else match[0]

    return kept


def terms_of(phrase: str) -> list[str]:
    """The noun phrases of an object, without articles and words such as `methods`."""
    terms = []
    for part in re.split(r"\s*(?:,|\b(?:and|n?or|no|not)\b)\s*", phrase):
        if is_genre(part):
            terms.append(part)
            continue
        words = [w for w in words_of(part) if w.lower() not in STOPWORDS | _GENERIC]
        if words and any(c.isalpha() for c in "".join(words)):
            terms.append(" ".join(words))
    return terms


def _tidy(text: str) -> str:
    text = re.sub(r"[(\[]\s*[)\]]", " ", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,.;:?!)])", r"\1", text)
    text = re.sub(r"[,;:]+(?=[.?!,;:])", "", text)
    return text.strip(" ,;:–—-")
