"""What a sentence does in its abstract: background, or the authors' own work.

Argumentative zoning (Teufel and Moens 2002), reduced to what cue phrases and position tell: an
abstract opens with the field and its problem, and from the first sentence that speaks of `we` or
`this paper` on it tells what was done. A question about papers that solve a problem is answered
from the second part; the problem itself is described best in the first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from rag.text.patterns import lazy

_WE = lazy(
    r"\b(?:we|our|ours)\b|\bhere,"
    r"|\b(?:this|the\s+present)\s+(?:(?:position|technical|survey)\s+)?"
    r"(?:paper|work|study|article|survey|report|manuscript|research|thesis|review)\b",
    re.IGNORECASE,
)
_PUT_FORWARD = (
    r"propos|introduc|present|develop|design|describ|devis|formulat|build|releas|creat|establish|deriv"
    r"|formali[sz]"
)
_DONE = (
    r"study|studi|investigat|explor|examin|analy[sz]|address|tackl|provid|offer|argu|survey|review"
    r"|construct|extend|combin|advocat|show|demonstrat|find|prov|suggest|identif|discover"
)
_ENDING = r"(?:e|es|s|y|ies|ing)?"
_WHO = r"\b(?:we|this\s+\w+|paper)\s+(?:(?:\w+ly|then|also|first|further|thus|here)\s+)?"
_INTRODUCES = lazy(
    rf"{_WHO}(?:{_PUT_FORWARD}|{_DONE}){_ENDING}\b"
    r"|\b(?:is|are)\s+(?:proposed|introduced|presented)\b"
    r"|\b(?:dubbed|termed|named|coined|called|which\s+we\s+call)\b|\bintroducing\b",
    re.IGNORECASE,
)
_PROPOSES = lazy(rf"{_WHO}(?:{_PUT_FORWARD}){_ENDING}\b|\bdubbed\b", re.IGNORECASE)
_SUBJECT = lazy(
    r"(?:and\s+|but\s+|thus,?\s+|hence,?\s+|however,?\s+|moreover,?\s+|furthermore,?\s+)?"
    r"(?:together,?\s+|overall,?\s+|finally,?\s+)?(?:it|its|they|their|these|those|such|he|she|both|this|that)\b"
    r"(?!\s+(?:paper|work|study|article|survey|report|manuscript|research|thesis|review|position)\b)"
    r"(?!\s+is\s+(?:well[\s-])?known\b)",
    re.IGNORECASE,
)
_AIM = lazy(
    r"(?:to\s+(?:address|tackle|solve|overcome|mitigate|alleviate|remedy|resolve|bridge|fill|combat"
    r"|handle|counter|deal\s+with|achieve|do|answer|realise|realize)|motivated\s+by|inspired\s+by"
    r"|based\s+on|because\s+of|due\s+to|in\s+light\s+of|given|with|despite|building\s+on)\s+"
    r"(?:this|these|that|those|such|it)\b",
    re.IGNORECASE,
)

_TIE = lazy(
    r"(?:however|moreover|furthermore|therefore|thus|hence|additionally|also|besides|finally|lastly"
    r"|first(?:ly)?|second(?:ly)?|third(?:ly)?|specifically|consequently|accordingly|instead|meanwhile"
    r"|nevertheless|nonetheless|conversely|notably|together|similarly|likewise|then|next|here|overall|in\s+addition|as\s+a\s+result"
    r"|in\s+contrast|on\s+the\s+other\s+hand|for\s+(?:example|instance)|in\s+particular|in\s+summary"
    r"|as\s+such|in\s+turn|to\s+(?:this|that)\s+end|for\s+this\s+(?:purpose|reason)|in\s+this\s+\w+"
    r"|in\s+the\s+present\s+\w+|(?:address|tackl|overcom)ing\s+(?:this|these|those)\b[^,.;:]{0,60}),\s+"
    rf"|{_AIM.pattern}[^,.;:]{{0,60}},\s+",
    re.IGNORECASE,
)
_FOOTNOTE = lazy(r"\s*\\footnote\b")
_ELSEWHERE = lazy(
    r"https?://|\bgithub\b|\bhugging\s?face\.co\b"
    r"|\b(?:code|codes|implementation|scripts|checkpoints|weights|materials?|project\s+page|demos?)\b"
    r"[^.]{0,60}\b(?:available|released?|public(?:ly)?|open-?sourced?|found|accessible)\b"
    r"|\b(?:releas|open-?sourc|publish)(?:e|es|ed|ing)\b[^.]{0,40}\b(?:code|codes|weights|checkpoints)\b",
    re.IGNORECASE,
)

_REPORTS = lazy(
    r"\A\W*(?:(?:through|in|on|across|with|via|from|by|our|the|these|further|furthermore|moreover"
    r"|additionally|finally|extensive|comprehensive|thorough|empirical|large-scale|numerical)[\s,]+){0,4}"
    r"(?:experiment\w*|results?|evaluations?|ablations?|empirical(?:ly)?|findings?|code)\b"
    r"|\b(?:outperform|surpass|exceed)\w*|\bstate-of-the-art\s+(?:performance|results?|accuracy)"
    r"|\b(?:experiments?|results|evaluations?|studies)\b[^.]{0,90}\b(?:show|demonstrat|prov|indicat"
    r"|reveal|suggest|confirm|validat|verif)\w*"
    r"|\bwe\s+(?:\w+ly\s+)?(?:also\s+)?(?:demonstrate|find|observe|evaluate|validate|verify|conduct"
    r"|benchmark|test|show)\b"
    r"|\b(?:effectiveness|superiority|efficacy|competitive|comparable)\b",
    re.IGNORECASE,
)
_CAUSES = lazy(
    r"\b(?:because|due\s+to|owing\s+to|caus(?:e|es|ed|ing)|stem(?:s|ming)?\s+from|aris(?:e|es|ing)"
    r"|leads?\s+to|leading\s+to|led\s+to|results?\s+(?:in|from)|resulting\s+(?:in|from)"
    r"|attribut(?:e|ed|able)\b|driven\s+by|originat(?:e|es|ing)|reasons?\s+(?:for|why|is|behind)"
    r"|root\s+causes?|(?:occurs?|happens?|emerges?)\s+(?:when|because|as)|tends?\s+to|prone\s+to"
    r"|(?:key|primary|main|major|principal|crucial|critical|contributing)\s+(?:factors?|bottleneck)"
    r"|accounts?\s+for|responsible\s+for|explained\s+by|explains?\s+(?:why|how)|manifest(?:s|ed)?\s+as"
    r"|drives?|induces?|exacerbat(?:e|es|ed)|creat(?:e|es)\s+an?)\b",
    re.IGNORECASE,
)

_remembered = functools.lru_cache(maxsize=8192)
"""The same sentences of the same abstracts are looked at with each question."""
_SHORTEST = 20
"""Characters that have to be left of a sentence whose opening is cut off."""


def own_work(sentences: Sequence[str]) -> list[bool]:
    """For each sentence of an abstract whether it is about the authors' own work. Where no
    sentence speaks of the authors, all are."""
    begins = next((i for i, s in enumerate(sentences) if _WE.search(s) or introduces(s)), 0)
    return [i >= begins for i in range(len(sentences))]


@_remembered
def introduces(sentence: str) -> bool:
    """Whether a sentence says what the paper puts forward."""
    return bool(_INTRODUCES.search(sentence))


@_remembered
def proposes(sentence: str) -> bool:
    """Whether a sentence says so in the strictest words: a thing is proposed, built, released."""
    return bool(_PROPOSES.search(sentence))


@_remembered
def reports(sentence: str) -> bool:
    """Whether a sentence tells what came of the work: experiments, scores, who is beaten."""
    return bool(_REPORTS.search(sentence))


@_remembered
def gives_cause(sentence: str) -> bool:
    """Whether a sentence tells why something comes about."""
    return bool(_CAUSES.search(sentence))


@_remembered
def dangles(sentence: str) -> float:
    """How much a sentence leans on the one before: 1 where its subject is a pronoun, 0.5 where
    only its aim is (`To address this, we …`), else 0."""
    if _SUBJECT.match(sentence):
        return 1.0
    return 0.5 if _AIM.match(sentence) else 0.0


@_remembered
def standing(sentence: str) -> tuple[int, int]:
    """The part of a sentence, (start, end), that stands by itself: without what ties it to the
    sentence before (`To address this issue, …`, `However, …`) and without a footnote."""
    start = 0
    for _ in range(2):  # `To this end, in this paper, we …`
        tie = _TIE.match(sentence, start)
        if tie is None or len(sentence) - tie.end() < _SHORTEST:
            break
        start = tie.end()
    footnote = _FOOTNOTE.search(sentence, start)
    return start, footnote.start() if footnote and footnote.start() > start else len(sentence)


@_remembered
def points_elsewhere(sentence: str) -> bool:
    """Whether a sentence tells where to find code or data, and nothing about the work."""
    return bool(_ELSEWHERE.search(sentence))
