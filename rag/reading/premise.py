"""Does an abstract say the opposite of what a question takes for granted?

`Why does X need labels?` presumes that X needs labels; an abstract that says `without labels`
denies it. `Why is X slower?` is denied by `X is 3 times faster`, `why train X on 10k samples?` by
`2k samples`. Four patterns are read: a thing needed or used that stands within the reach of a
negation; a change (more or less, better or worse, faster or slower) whose opposite the abstract
tells of the same thing; failing where the abstract tells of succeeding; a number whose unit has
another number in the abstract. Whatever the abstract also affirms is not denied: to accuse a right
question costs more than to miss a wrong one. Two things swapped in a comparison, or a claim in
other words, are beyond it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.reading.views import Line, View
from rag.retrieval.ranking import Matches, Ranking
from rag.text.numbers import Number, numbers
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

_WHY_OR_HOW = lazy(r"\b(?:why|how|what\s+makes)\b", re.IGNORECASE)
_NEEDS = lazy(
    r"\bwhy\b[^?]*?\b(?:needs?|requires?|ha(?:ve|s)\s+to|must|rel(?:y|ies)\s+on|depends?\s+on|keeps?"
    r"|retains?|insists?\s+on)\s+(?!(?:only|just|merely|so\s+(?:few|little))\b)(?P<thing>[^?,;]{3,60})",
    re.IGNORECASE,
)
_USES = lazy(
    r"\b(?:why|how)\s+(?:do|does|did|is|are|can)\b[^?]*?\b(?:uses?|using|employs?|appl(?:y|ies)"
    r"|exploits?|leverages?|(?:re-?)?trains?\s+(?:with|on)|trained\s+(?:with|on))\s+(?P<thing>[^?,;]{3,60})",
    re.IGNORECASE,
)
_TRAINS = lazy(
    r"\b(?:why|how)\s+(?:do|does|did|is|are)\b[^?]*?\b(?P<thing>(?:re-?)?train(?:s|ed)?\b|fine-?tun(?:e|es|ed)\b)",
    re.IGNORECASE,
)
_ENDS = lazy(r"\b(?:to|for|in|on|when|before|after|while|so|and|as|at|by|from)\b", re.IGNORECASE)
_NEGATION = lazy(
    r"\b(?:not(?!\s+(?:only|just|merely))|without|no(?!\s+longer)|never|nor|n['’]t|cannot|avoid(?:s|ing)?"
    r"|eliminat(?:e|es|ing)|remov(?:e|es|ing)|obviat(?:e|es|ing)|instead\s+of|rather\s+than|free\s+of"
    r"|unnecessary)\b",
    re.IGNORECASE,
)
_FREE = lazy(r"[\w-]+-(?:free|less)\b|\b\w+less\b", re.IGNORECASE)
_REACH = 45
"""Characters behind a negation in which it holds."""
_ALIKE = 0.6
"""Cosine from which two word pieces are taken for the same thing."""
_CHANGES = (
    (
        r"faster|quicker|speed(?:s|ed|ing)?[\s-]?ups?|speeds?\s+up|accelerat\w+|speedups?",
        r"slower|slow(?:s|ed|ing)?(?:\s+down)?|slowdowns?",
    ),
    (
        r"increas(?:e|es|ed|ing)|more|higher|larger|greater|bigger|rais(?:e|es|ed|ing)|grows?|enlarg\w+",
        r"decreas(?:e|es|ed|ing)|fewer|less|lower(?:s|ed|ing)?|smaller|reduc(?:e|es|ed|ing|tions?)"
        r"|cut(?:s|ting)?|shrinks?|minimi[sz]\w+|lessen\w*|mitigat\w+|alleviat\w+",
    ),
    (
        r"improv(?:e|es|ed|ing|ements?)|better|enhanc(?:e|es|ed|ing)|boost(?:s|ed|ing)?|strengthen\w*",
        r"degrad(?:e|es|ed|ing|ation)|worse(?:ns?|ned|ning)?|hurts?|harm(?:s|ed|ing)?|deteriorat\w+"
        r"|weaken(?:s|ed|ing)?|impair\w*",
    ),
    (r"cheap(?:er)?|inexpensive|affordable", r"expensive|costly|costlier"),
)
_BARE = (0, 3)
"""Of `_CHANGES`, those that say of what: `slower` and `costly` need no noun."""
_FAILS = lazy(
    r"\b(?:fail(?:s|ed|ing)?|underperform(?:s|ed)?|los(?:e|es)\s+to|struggl(?:e|es|ed)|(?:perform|do|does)"
    r"\s+(?:so\s+)?(?:badly|poorly|worse)|(?:un(?:able|successful))|break(?:s)?\s+down)\b",
    re.IGNORECASE,
)
_SUCCEEDS = lazy(
    r"\b(?:outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|state-of-the-art\s+(?:performance|results?)"
    r"|succe(?:ed(?:s|ed)?|ss(?:es|ful(?:ly)?)?)|achiev(?:e|es|ed|ing)|excels?|effectively|superior)\b",
    re.IGNORECASE,
)
_WEAK = lazy(
    r"\b(?:fail\w*|underperform\w*|struggl\w+|worse|degrad\w+|drops?|limit(?:s|ed|ation)s?|however|poor\w*"
    r"|but|although|despite|not)\b",
    re.IGNORECASE,
)
_WORD = lazy(r"[A-Za-z][A-Za-z-]{2,}")
_NEAR = 4
"""Words between a change and what changes."""
_CLOSE = 0.12
"""Share by which a number may be off: 2.3 times is about twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Claims:
    """What is looked at of one paper: its question, its abstract and those of its sentences that
    tell the authors' own work, (place, sentence)."""

    question: str
    abstract: str
    own: tuple[tuple[int, str], ...]


def denial(ranking: Ranking, view: View, *, named: bool) -> list[int]:
    """Places of the sentences of `view` that say the opposite of what the question presumes; none
    where they do not. `named`: the question names the paper, so that what it says of its own work
    is about the same thing."""
    question, matches = ranking.question, ranking.matches(view.at)
    if question is None or matches is None or not _WHY_OR_HOW.search(question.text):
        return []
    if _NEGATION.search(question.text):
        return []
    begins = question.places[:, 0]
    if presumed := _NEEDS.search(question.text):
        return _negated(view, matches, begins, presumed.span("thing"), every=False)
    if not named:
        return []
    text = view.paper.abstract
    own = tuple((at, text[li.start : li.end]) for at, li in enumerate(view.lines) if li.own)
    claims = _Claims(question=question.text, abstract=text, own=own)
    found = _opposed(claims, ranking) or _failing(claims, ranking) or _counted(claims)
    for pattern in (_USES, _TRAINS):
        presumed = None if found else pattern.search(question.text)
        if presumed:
            start, end = presumed.span("thing")
            stop = _ENDS.search(question.text, start, end)
            span = (start, stop.start() if stop and stop.start() > start else end)
            found = _negated(view, matches, begins, span, every=True)
    return found


def _negated(
    view: View,
    matches: Matches,
    begins: NDArray[np.int32],
    span: tuple[int, int],
    *,
    every: bool,
) -> list[int]:
    """Sentences in which what stands at `span` of the question is within reach of a negation.
    `every`: all its words have to be, and the paper's own work has to affirm them nowhere."""
    thing = (begins >= span[0]) & (begins < span[1])
    text, places = view.paper.abstract, matches.spans[:, 0]
    negated = np.zeros(len(places), bool)
    for match in _NEGATION.finditer(text):
        reach = min(match.end() + _REACH, _clause_end(text, match.end()) if every else len(text))
        negated |= (places >= match.end()) & (places < reach)
    for match in _FREE.finditer(text):
        negated |= (places >= match.start()) & (places < match.end())
    if not thing.any() or not negated.any():
        return []
    cosines = matches.cosines[:, thing]
    if every:
        starts = [line.start for line in view.lines if line.own]
        affirmed = ~negated & (places >= (starts[0] if starts else 0))
        least = cosines[negated].max(axis=0).min()
        if least < _ALIKE or cosines[affirmed].max(initial=0.0) >= _ALIKE:
            return []
    hits = places[negated & (cosines.max(axis=1) >= _ALIKE)]
    return [at for at, line in enumerate(view.lines) if _holds(line, hits)]


def _holds(line: Line, places: NDArray[np.int32]) -> bool:
    return bool(((places >= line.start) & (places < line.end)).any())


def _clause_end(text: str, start: int) -> int:
    match = re.compile(r"[,.;:]\s|\bbut\b").search(text, start)
    return match.start() if match else len(text)


def _opposed(claims: _Claims, ranking: Ranking) -> list[int]:
    """A change told in the question, whose opposite the abstract tells of the same thing."""
    for kind, (up, down) in enumerate(_CHANGES):
        for here, there in ((up, down), (down, up)):
            asked = re.search(rf"(?<![\w-])(?:{here})(?![\w-])", claims.question, re.IGNORECASE)
            if asked is None:
                continue
            things = _changed(claims.question, asked, ranking)
            if not things and kind not in _BARE:
                continue
            same = any(_changes(s, here, things) for _, s in claims.own)
            same = same or any(_changes(claims.abstract, here, {thing}) for thing in things)
            found = [at for at, s in claims.own if _changes(s, there, things)]
            if found and not same:
                return found
    return []


def _changed(question: str, change: re.Match[str], ranking: Ranking) -> set[str]:
    """What changes, by the question: the noun phrase behind the change (`reduce memory`), else in
    front of it, in stems; names are none."""
    names = " ".join(ranking.named()).lower()
    behind = question[change.end() :]
    stop = re.search(
        r"[?,;]|\b(?:than|on|in|for|by|with|when|of|at|to|from|and|under|over)\b", behind
    )
    phrase = behind[: stop.start()] if stop else behind
    found = [w for w in _WORD.findall(phrase.lower()) if w not in STOPWORDS and w not in names]
    return {_stem(found[-1])} if found else set()


def _changes(sentence: str, change: str, things: set[str]) -> bool:
    """Whether `sentence` tells that `things` change so; any change where there are none."""
    for match in re.finditer(rf"(?<![\w-])(?:{change})(?![\w-])", sentence, re.IGNORECASE):
        if not things:
            return True
        behind = re.split(r"[,.;:]\s|\bwhile\b|\band\b|\bby\b|\bwith\b", sentence[match.end() :])[0]
        if things & {_stem(w) for w in _WORD.findall(behind.lower())[:_NEAR]}:
            return True
    return False


def _failing(claims: _Claims, ranking: Ranking) -> list[int]:
    """Failing at something where the abstract tells of nothing but succeeding at it."""
    fails = _FAILS.search(claims.question)
    if fails is None:
        return []
    names = " ".join(ranking.named()).lower()
    words = _WORD.findall(claims.question[fails.end() :].lower())
    things = {_stem(w) for w in words if w not in STOPWORDS and w not in names}
    found = []
    for at, sentence in claims.own:
        said = {_stem(word) for word in _WORD.findall(sentence.lower())}
        if things and things <= said:
            if _WEAK.search(sentence):
                return []
            if _SUCCEEDS.search(sentence):
                found.append(at)
    return found


def _counted(claims: _Claims) -> list[int]:
    """A number whose unit has other numbers in the abstract, and none like it."""
    told = list(numbers(claims.abstract))
    for asked in numbers(claims.question):
        unit = _unit(claims.question, asked)
        if asked.glued or asked.loose or not unit or any(_close(asked, other) for other in told):
            continue
        found = []
        for at, sentence in claims.own:
            for other in numbers(sentence):
                if not other.glued and not other.loose and unit & _unit(sentence, other):
                    found.append(at)
        if found:
            return sorted(set(found))
    return []


def _unit(text: str, number: Number) -> set[str]:
    """The nouns that a number counts, in stems: the words behind it up to a preposition. Of a share
    the thing it is of, with the sign."""
    start = number.start + len(number.shown)
    behind = re.split(
        r"[.,;:?()]|\b(?:of|in|on|for|with|to|and|from|at|over|per|than)\b", text[start:]
    )[0]
    words = [_stem(w) for w in _WORD.findall(behind.lower())[:3] if w not in STOPWORDS]
    if number.percent:
        return {f"%{word}" for word in words}
    return set(words[-1:])


def _close(one: Number, other: Number) -> bool:
    return any(
        abs(float(a) - float(b)) <= _CLOSE * max(abs(float(a)), abs(float(b)))
        for a in one.values
        for b in other.values
    )


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|ing|ed)\Z", "", word)
