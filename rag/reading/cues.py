"""Cue words of a sentence: what it may be doing in its abstract. How much each tells is learned."""

from __future__ import annotations

import functools
import re

from rag.text.patterns import lazy

_PATTERNS = {
    "we": r"\b(?:we|our|this (?:paper|work|study|article|survey|thesis)|here,)\b",
    "puts": r"\b(?:propos|introduc|present|develop|design|releas|construct|formulat)\w*|\bdubbed\b",
    "finds": r"\b(?:experiments?|results?|evaluations?|outperform\w*|surpass\w*|achiev\w*"
    r"|demonstrat\w*|shows?|find|observe|reveal\w*|state-of-the-art)\b",
    "cause": r"\b(?:because|due to|caus\w+|stem\w* from|lead\w* to|result\w* in|thereby|since"
    r"|driven by)\b",
    "negation": r"\b(?:not|no|without|never|nor|cannot|n't|neither|rather than|free)\b",
    "contrast": r"\b(?:however|existing|prior|previous|current|conventional|traditional|but|yet)\b",
    "compares": r"\b(?:than|compared|versus|vs|baselines?|over|against|better|worse)\b",
    "code": r"https?://|\b(?:code|data|models?|weights)\b[^.]{0,50}\b(?:available|released?|public)",
    "digit": r"(?<![A-Za-z\d-])\d",
    "share": r"\d\s?\\?(?:%|x\b|×|times|-?fold|points?|percent)|(?<![\w.-])\d+\.\d+",
    "dangles": r"\A(?:\w+ly,? |however, |moreover, |thus, )?(?:it|its|they|their|these|those|such"
    r"|this|that|both)\b(?! (?:paper|work|study|article|survey))",
}
CUES = tuple(_PATTERNS)
_COMPILED = [lazy(pattern, re.IGNORECASE) for pattern in _PATTERNS.values()]
_NAME = lazy(r"(?<!\w)(?:\w*[a-z]\w*[A-Z]\w*|[A-Z]{2,}[\w+-]*|[A-Z][\w-]*\d[\w.]*)")


@functools.lru_cache(maxsize=8192)  # the same sentences are looked at with each question
def read_cues(sentence: str) -> tuple[float, ...]:
    """Its words, its names, and for each of `CUES` whether it has one."""
    words, names = len(sentence.split()), len(_NAME.findall(sentence))
    return (words, names, *(float(bool(one.search(sentence))) for one in _COMPILED))


def cue(name: str, sentence: str) -> bool:
    """Whether a sentence has that cue."""
    return bool(read_cues(sentence)[2 + CUES.index(name)])
