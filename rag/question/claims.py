"""Whether a turn asks if a statement holds: yes-or-no questions, claims, and words that ask for
the evidence on both sides.

A grammar of closed words: the auxiliaries that open such a question, who may not be their subject
(`can you list …`, `is there a paper …`, `has anyone …` ask for papers), and words of agreement.
Whether papers at large are asked, or one that is named, is not decided here.
"""

from __future__ import annotations

import re

from rag.question.schema import (
    ComparisonAsked,
    ExplanationAsked,
    FactAsked,
    Intent,
    ListAsked,
    SynthesisAsked,
)
from rag.text.patterns import lazy
from rag.text.phrases import DOCUMENT

_LEAD = (
    r"\A\W*(?:(?:hi|hey|hello|ok(?:ay)?|so|and|but|well|please|generally|in\s+general|overall|actually"
    r"|really|quick\s+question|i\s+wonder|i\s+am\s+wondering|i['’]m\s+wondering|i\s+want\s+to\s+know"
    r"|i['’]d\s+like\s+to\s+know|do\s+you\s+know|can\s+you\s+(?:please\s+)?tell\s+me)[\s,:;–-]+)*"
)
_AUXILIARY = (
    r"(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should|must|may|might)"
    r"(?:n['’]?t)?"
)
_NOT_ITS_SUBJECT = (
    r"(?!(?:not\s+)?(?:you|u|we|i|me|there|any(?:one|body)|some(?:one|body)|any|one\s+of|they|them"
    r"|these|those|this|that|he|she|its?|their|the\s+(?:authors?|"
    rf"{DOCUMENT}))\b(?!\s+(?:true|correct|right|the\s+case|possible|evidence|proof)\b))"
)
_ASKED = lazy(
    rf"{_LEAD}(?:{_AUXILIARY}\s+{_NOT_ITS_SUBJECT}\S+\s+\S|whether\s+\S+\s+\S)", re.IGNORECASE
)
"""`does X …?`, `isn't X …?`, `is it true that …`, `I wonder whether …`."""
_BOTH_SIDES = lazy(
    r"\bevidence\s+(?:for\s+and\s+against|for\s+or\s+against|against|that)\b"
    r"|\b(?:is|are)\s+there\s+(?:\w+\s+)?(?:evidence|proof|consensus|agreement|disagreement)\b"
    rf"|\bdo(?:es)?\s+(?:the\s+|these\s+)?(?:{DOCUMENT}|researchers|authors|abstracts)\s+(?:dis)?agree\b"
    r"|\b(?:true|correct|the\s+case|a\s+myth|proven|debunked)\s+that\b"
    r"|\A\W*(?:claim|hypothesis|statement)\s*:",
    re.IGNORECASE,
)
_REQUEST = lazy(
    rf"{_LEAD}(?:(?:in|on|at|by|for|to|with|under|from|of)\s+)?(?:who|whom|whose|what|which|when"
    r"|where|why|how|list|show|give|find|name|tell|explain|describe|compare|summari[sz]e|write"
    r"|define|suggest|recommend|search|look|get|make|help|need|looking|papers?|works?|articles?"
    r"|studies|abstracts?|any|anything|everything|all|some|more|other|others|only|thanks?|i)\b",
    re.IGNORECASE,
)
_STATED = lazy(r"\A\W*\w\S*(?:\s+\S+){3,39}\s*\.\s*\Z")
"""One sentence of four to forty words with a full stop."""
_WANTS_TEXT = lazy(
    r"\b(?:i|me|my|we|our|us|you|your|papers?|literature|related\s+work|reports?|paragraphs?"
    r"|sentences|synthesis|overview|surveys?|trends|points)\b",
    re.IGNORECASE,
)
_WANTS_MORE = lazy(
    r"\?.*\w|\A\W*ha(?:s|ve)\b.*\bbeen\b|\b(?:ever|anywhere|anybody|anyone)\b|\bor\b(?!\s+(?:not|against)\b)"
    r"|(?:\band|,)\s+(?:by\s+)?(?:how|where|why|what|which|when)\b"
    r"|\b(?:papers|literature|sources|references|publications)\b",
    re.IGNORECASE | re.DOTALL,
)
"""A second question, work that has been done, a choice between two things, a list of papers."""


_OPEN = (ListAsked, FactAsked, ComparisonAsked, ExplanationAsked, SynthesisAsked)
"""What is asked of papers for what they say. A claim may be guessed to be any of it."""


def asks_agreement(text: str, intent: Intent, *, guessed: bool) -> bool:
    """Whether papers are asked if a statement holds. `guessed`: the classifier says that a yes or
    no is wanted, which tells a claim without its full stop from words to search for."""
    if not isinstance(intent, _OPEN) or (isinstance(intent, ListAsked) and intent.counted):
        return False
    stop = "." if guessed and "?" not in text else ""
    return _asks_whether(text) or _states(text + stop)


def _asks_whether(text: str) -> bool:
    if _BOTH_SIDES.search(text):
        return True
    return bool(_ASKED.match(text)) and not _WANTS_MORE.search(text)


def _states(text: str) -> bool:
    """`text` is a claim: a sentence that ends in a full stop and neither asks nor requests."""
    return bool(_STATED.match(text)) and not (_REQUEST.match(text) or _WANTS_TEXT.search(text))
