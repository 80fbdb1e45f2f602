"""What a question leaves out: `outside of robotics`, `other than search`, `that do not use RL`.

Two wordings look alike and mean different things. `besides`, `except`, `not about` and their like
take papers out of what is asked for: no abstract says that it is not about robotics, so what they
name is looked for in order to avoid it. `without replay`, `no labels`, `rather than humans` state
a property, in the words in which an abstract states it: they stay part of the topic, and what is
to be done without is read in `without`. But `no surveys` speaks of papers: see `genres`.

Either way a turn takes back what it negates of the turns before: after `robots learning from
people`, `and outside of robotics?` asks about learning from people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rag.corpus.genres import NAMES, is_genre
from rag.corpus.mentions import WORD, stem, wording, words_of
from rag.text.patterns import lazy
from rag.text.phrases import DOCUMENT, compiled, listed
from rag.text.words import STOPWORDS

_FUNCTION = "|".join(sorted(STOPWORDS | {"otherwise"}))
_NOUNS = rf"(?!(?:{_FUNCTION})\b){WORD}(?:\s+(?!(?:{_FUNCTION})\b){WORD}){{0,3}}"
ONE = (
    r"(?:(?:the|an?|any|all|anything|using|on|about|for|in|with|(?:field|area|domain|topic)\s+of)\s+)"
    rf"{{0,3}}{_NOUNS}"
)
OR = rf"{ONE}(?:\s+n?or\s+{ONE})*"
_END = r"(?=(?:\s+please)?\s*(?:[?.!,;:)]|\Z))"
_AND = rf"{ONE}(?:\s*(?:,|,?\s+(?:n?or|and))\s+{ONE}{_END})*"
"""Noun phrases; several, where nothing but the end of the clause comes behind them."""
_NOT = r"(?:\s+not|n['’]t)\s+(?:\w+ly\s+)?"
_REALLY = (
    r"(?!(?:only|just|merely|simply|necessarily|yet|even|always|sure|enough|too|so|very|every)\b)"
)
_LINK = r"(?<![\w'’-])(?:[,(–—-]\s*)?(?:\b(?:and|but|or|also|so|now|ones|that|which|who)\s+){0,3}"

_UNWANTED = r"(?:i|we)\s+(?:do\s+not|don['’]t)\s+(?:want|need)(?:\s+to\s+see)?"
_MEMBERS = (
    rf"(?:(?:the|any|all)\s+)?(?:those|ones|{DOCUMENT}|anything|everything|stuff)\s+(?:(?:that|which)\s+(?:are\s+)?)?"
    r"(?:about|on|with|using|us(?:e|es)|involv(?:e|es|ing)|mention(?:s|ing)?|cover(?:s|ing)?|deal(?:s|ing)?\s+with"
    r"|focus(?:es|ing|ed)?\s+on)\s+"
)
"""`those about`, `papers that use`"""
_SETS = compiled(
    rf"""{_LINK}\b(?:(?<!in\ )(?<!from\ )(?<!with\ )(?<!to\ )outside(?:\s+of)?
      (?!\s+(?:the|its|their|an?)\b)|besides|other\s+than|apart\s+from|aside\s+from|except(?:ing|\s+for)?|exclud(?:e|ing)|leaving\s+(?:out|aside)
      |leave\s+out|ignoring|(?:anything|everything|all)\s+but|{_UNWANTED}(?=\s+(?:any\s+)?{_MEMBERS}))
      \s+{_REALLY}(?:{_MEMBERS})?(?P<out>{_AND})"""
)
_ADDING = compiled(
    r"\s+(?:you|they|it|we|one|there|he|she|i)\s+\w|,\s+(?:you|it|we|one)\s+(?:can|could|may|also)\b"
)
"""`besides the text you can give poses` has poses added to the text."""
_SAID_OF_PAPERS = compiled(
    rf"""{_LINK}\b(?:(?:(?:is|are|was|were){_NOT}|not\s+|nothing\s+)(?:about|on|related\s+to|concerned\s+with
        |focused\s+on|dealing\s+with|using|involving|including|covering|mentioning)
      |nothing\s+with|(?:(?:is|are)\s+)?unrelated\s+to
      |(?:do|does|did){_NOT}(?:use|involve|include|deal\s+with|focus\s+on|concern|cover|mention|employ))
      \s+{_REALLY}(?P<out>{OR})(?:\s+but\b)?"""
)
_USED = compiled(r"\b(?:us(?:e|es|ing)|involv\w+|includ\w+|employ\w*|mention\w*)\b")
_ABOUT = compiled(r"\b(?:about|related\s+to|unrelated|concerned|mention\w*)\b")
_ALONE = compiled(
    rf"""(?:(?<=[,;(]\ )|(?<=[,;(])|(?<=\ but\ )|(?<=\ and\ )|\A(?:(?:and|but|so|ok)[\s,]+)*)
    not\s+{_REALLY}(?P<out>{_AND})"""
)
"""`curricula (not RL)`, `and not with images?`"""
_KINDS = compiled(
    rf"""{_LINK}(?:-+\s*)?(?<!\w)(?:no|not|nor|without|minus|skip(?:ping)?|ignoring|exclud(?:e|ing)|except(?:\s+for)?
      |leav(?:e|ing)\s+out|other\s+than|(?:is|are|was|were)(?:\s+not|n['’]t)|{_UNWANTED})\s+(?:any\s+|an?\s+|the\s+)*
    (?P<out>(?:{NAMES})(?:\s*(?:,|,?\s+(?:n?or|and))\s+(?:no\s+|not\s+)?(?:{NAMES}))*)(?:\s+please\b)?
    (?=\s*(?:[?.!,;:)]|\Z)|\s+(?:on|about|from|in|since|before|after|but|and|that|which|please)\b)"""
)
"""`no surveys please`, `without benchmark papers`"""
_MINUS = compiled(r"""(?<=\s)[-–−](?P<out>[a-z][\w-]{2,}|"[^"]{3,60}")(?=\s|\Z)""")
"""`curriculum learning -robotics`, as search boxes have it."""
_NOT_THIS = compiled(rf"(?<![\w-])(?:(?:AND|BUT)\s+)?(?-i:NOT)\s+(?P<out>{OR})")
"""`tea NOT milk`"""
_MARKS = lazy(
    r"\bno|not\b|n['’]t|cant\b|without|minus|skip|ignor|exclud|except|leav|other|outside|besides|apart"
    r"|aside|\bbut\b|unrelated|\bdrop|instead|rather|avoid|\brid\b|never|(?<=\s)[-–−]",
    re.IGNORECASE,
)
"""Some of this stands in all that the shapes of this module find: most questions have none of it,
and need not be looked through for each of them."""
_LEFT_OUT = (_KINDS, _SETS, _SAID_OF_PAPERS, _ALONE, _MINUS, _NOT_THIS)
_ASKED_FOR = compiled(
    rf"\b(?:{DOCUMENT}|methods|approaches|techniques|ones|those|research|anything)\b"
)
_ACTORS = compiled(
    r"""\b(?:models?|llms?|agents?|networks?|systems?|robots?|polic(?:y|ies)|humans?|people|users?|it|they
    |this|that|we|you|i)\W*\Z"""
)
_DONE_WITHOUT = compiled(
    rf"""\b(?:without(?:\s+(?:using|training|having))?|no(?:\s+more)?|drop|dropping|skip|instead\s+of
      |rather\s+than|avoid(?:s|ing)?|get\s+rid\s+of|never
      |(?:do|does)(?:\s+not|n['’]t)(?:\s+(?:need|require|have|use))?)\s+(?P<out>{ONE})"""
)
_CANNOT = compiled(
    rf"""\b(?:if\s+)?(?:i|we)\s+(?:can(?:\s?not|n?['’]?t)|am\s+not\s+able\s+to|are\s+not\s+able\s+to|do(?:\s+not|n['’]t)
      \s+want\s+to|may\s+not|must\s+not)\s+(?P<out>{ONE})(?:\s+(?:anything|it|them))?(?:\s+and\b)?"""
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
_BOUNDS = frozenset(
    listed("box context distribution distributions domain range support vocabulary window")
)
"""One generalises outside of these; no paper is about them."""
_DANGLING = compiled(r"\s+(?:but|and)(?=\s*(?:[?.!,)]|\Z))")


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusions:
    """`topic`: the question without the words that leave something out. `terms`: what it leaves
    out, as written. `unused`: those of them that papers are not to use, rather than not to be
    about."""

    topic: str
    terms: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def read_exclusions(text: str) -> Exclusions:
    """What the wording of `text` takes out of what it asks for."""
    if not _MARKS.search(text):
        return Exclusions(topic=text)
    found: list[str] = []
    unused: list[str] = []

    def taken(match: re.Match[str]) -> str:
        terms = terms_of(match["out"])
        if shape is _SAID_OF_PAPERS and not _of_papers(match):
            return match[0]
        if shape is _SETS and _ADDING.match(match.string, match.end()):
            return match[0]
        if not terms or any(term.split()[-1].lower() in _BOUNDS for term in terms):
            return match[0]
        found.extend(terms)
        if _USED.search(match[0][: match.start("out") - match.start()]):
            unused.extend(terms)
        return "(" if match[0].lstrip().startswith("(") else " "

    rest = text
    for shape in _LEFT_OUT:
        rest = shape.sub(taken, rest)
    rest = _DANGLING.sub("", rest)
    return Exclusions(
        topic=_tidy(rest) if found else text,
        terms=tuple(dict.fromkeys(found)),
        unused=tuple(dict.fromkeys(unused)),
    )


def _of_papers(match: re.Match[str]) -> bool:
    """Whether it is papers that do not use something: of `models that do not use context` the
    topic is that they do not."""
    before = match.string[: match.start()].rstrip()
    if _ABOUT.search(match[0]) and _ASKED_FOR.search(before):
        return True  # robots are about nothing
    link = re.match(r"\W*(?:and|but)\b", match[0], re.IGNORECASE)
    return not before or bool(_ASKED_FOR.search(before) and (link or not _ACTORS.search(before)))


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
