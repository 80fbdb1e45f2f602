"""Text cleaned once, before it is stored: tags, entities, TeX accents, white space, and what stands
for an abstract where there is none. What is quoted later is quoted from the cleaned text.

Mathematics and other TeX stay as they are written. It does not know where a text comes from.
"""

from __future__ import annotations

import html
import re
import unicodedata

from rag.text.latex import accents
from rag.text.patterns import lazy

_TAGS = """
    a abbr annotation annotation-xml article-title b bdi bdo big blockquote body br
    caption center cite code dd del dfn disp-formula disp-quote div dl dt em ext-link fig
    fn font foreign graphic h1 h2 h3 h4 h5 h6 head hr html i img inf inline-formula
    inline-graphic ins italic kbd label li list list-item maction math menclose merror
    mfenced mfrac mi mmultiscripts mn mo monospace mover mpadded mphantom mprescripts
    mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder
    munderover named-content none ol overline p pre q roman s sans-serif sc scp sec
    section semantics small span strike strong styled-content sub sup svg table tbody td
    tex-math tfoot th thead title tr tt u ul underline var xref abstract bold
"""
_BLOCKS = frozenset(
    "blockquote body br caption dd disp-quote div dl dt h1 h2 h3 h4 h5 h6 head hr html li list"
    " list-item ol p pre sec section table tbody td th thead tr ul abstract".split()
)
_TAG = lazy(
    r"<(/?)(?:[a-z]{2,6}:)?(" + "|".join(sorted(_TAGS.split(), key=len, reverse=True)) + r")"
    r"(?:\s[^<>]{0,1000})?\s?/?>",
    re.IGNORECASE,
)
_COMMENT = lazy(r"<!--.{0,2000}?-->|<!\[CDATA\[|\]\]>|<\?xml[^<>]{0,1000}\?>", re.DOTALL)
_UNSEEN_INNER = lazy(
    r"<(script|style|annotation(?:-xml)?|mml:annotation(?:-xml)?|xref)\b[^<>]{0,1000}>"
    r"[^<]{0,5000}</\1>",
    re.IGNORECASE,
)
_HEADING = lazy(
    r"<(?:jats:)?(title|h[1-6]|label)\b[^<>]{0,200}>\s*([^<>]{1,60}?)\s*[.:]?\s*</(?:jats:)?\1>",
    re.IGNORECASE,
)
_ENTITY = lazy(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_INVISIBLE = lazy(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_SPACE_BEFORE = lazy(r"(?<=\w) (?=[.,;:](?:\s|$))")
_LABEL = lazy(
    r"(?:Abstract|ABSTRACT|A B S T R A C T)\s*(?:[:.—–]|-\s)\s*|A ?B ?S ?T ?R ?A ?C ?T\s+(?=[A-Z])"
    r"|Abstract\s+(?=(?:We|The|This|In|An?|Background|Objectives?|Purpose|Introduction|Aims?)\b)"
)
_LABEL_TAG = lazy(
    r"\s*<(?:jats:)?(title|h[1-6])\b[^<>]{0,200}>\s*abstract\s*[.:]?\s*</[^<>]{1,20}>",
    re.IGNORECASE,
)
_COPYRIGHT = (
    lazy(r"\s*\[abstract from (?:author|publisher)\]\.?\s*\Z", re.IGNORECASE),
    lazy(
        r"\s?\(?(?:copyright|©|\(c\))\s*(?:©|\(c\))?\s*(?:the authors?,?\s*)?"
        r"(?:19|20)\d\d\b[^©]{0,160}\Z",
        re.IGNORECASE,
    ),
    lazy(r"\s?(?:published by|all rights reserved)[^.]{0,60}\.?\s*\Z", re.IGNORECASE),
)
_OWNED = ("©", "(c)", "copyright", "published by", "rights reserved", "abstract from")
_TAIL, _SPARED = 260, 40
"""Characters at the end in which a copyright is looked for, and at the beginning that stay."""
_COPYRIGHT_FIRST = lazy(
    r"(?:[Cc]opyright\s*)?©\s*(?:[Cc]opyright\s*)?(?:19|20)\d\d,?\s"
    r"(?:[^.©]|\b[A-Z]\.|\b(?:[Ii]nc|[Ll]td|[Cc]o|[Cc]orp)\.){0,90}\.\s+(?=[A-Z])"
)
_LETTERS = lazy(r"[^\W\d_]+")
_NOTHING = frozenset(
    "na nan none null nil tba tbd unavailable missing empty abstract summary nd untitled".split()
)
_ABSENT_WORDS = frozenset(
    """a an the no not abstract abstracts summary available unavailable is are was be has have been
    does do there this that these of for in on at from with without found provided present given
    supplied missing yet article paper content item record document publication entry entries
    contains include includes included exists exist could its it here online english submitted
    added entered applicable any only title""".split()
)
_OTHER_LANGUAGES = frozenset(
    (
        "resumen no disponible|sin resumen|pas de résumé|pas de résumé disponible"
        "|résumé non disponible|kein abstract|kein abstract verfügbar|keine zusammenfassung"
        "|keine zusammenfassung verfügbar|resumo não disponível|sem resumo|nessun abstract"
        "|abstract non disponibile|无摘要|暂无摘要|抄録なし"
    ).split("|")
)


def cleaned(text: str, *, markup: bool = True) -> str:
    """`text` in one line as it is read aloud. `markup`: it may hold tags, entities and TeX accents;
    without, only its white space and what cannot be seen are put right."""
    if markup:
        text = accents(_unmarked(text))
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def abstract_of(text: str, *, markup: bool = True) -> str:
    """The same for an abstract, without the word `Abstract` before it and the publisher's copyright
    around it; empty for what only stands in place of one."""
    if markup:
        text = _LABEL_TAG.sub(" ", text, count=1)
    text = cleaned(text, markup=markup)
    if is_placeholder(text):
        return ""
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    text = _without_copyright(text)
    if match := _COPYRIGHT_FIRST.match(text):
        text = text[match.end() :]
    return "" if is_placeholder(text) else text


def _without_copyright(text: str) -> str:
    at = max(_SPARED, len(text) - _TAIL) if len(text) > _SPARED else min(len(text), 8)
    head, tail = text[:at], text[at:]
    small = tail.lower()
    if not any(mark in small for mark in _OWNED):
        return text
    for pattern in _COPYRIGHT:
        tail = pattern.sub("", tail)
    return (head + tail).rstrip()


def is_placeholder(text: str) -> bool:
    """Whether it says that there is nothing: `N/A`, `[No abstract available]`, `…`."""
    if len(text) > 150:
        return False
    words = [word.casefold() for word in _LETTERS.findall(text)]
    if not words:
        return not any(map(str.isalnum, text))
    joined = " ".join(words)
    if "".join(words) in _NOTHING or joined in _OTHER_LANGUAGES:
        return not any(map(str.isdigit, text))
    denied = {"no", "not", "unavailable", "missing", "without", "none"} & set(words)
    about = {"abstract", "abstracts", "summary"} & set(words)
    return bool(denied and about) and _ABSENT_WORDS.issuperset(words)


def _unmarked(text: str) -> str:
    """Without tags and with entities as characters, also where they were escaped twice."""
    for _ in range(3):
        before = text
        if "<" in text:
            text = _without_tags(text)
        if "&" in text and ";" in text:
            text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
        if text == before:
            break
    return text


def _without_tags(text: str) -> str:
    text = _UNSEEN_INNER.sub("", _COMMENT.sub(" ", text))
    text = _HEADING.sub(r" \2: ", text)
    return _SPACE_BEFORE.sub("", _TAG.sub(_instead, text)) if _TAG.search(text) else text


def _instead(match: re.Match[str]) -> str:
    return " " if match[2].lower() in _BLOCKS else ""
