"""Whether a question asks for what no record of a paper holds: who wrote it and where they work,
where it appeared, how often it is cited; and what no single one holds, averages and sums.

A name alone tells little: `papers from Stanford` asks for a place, `transfer from ImageNet` for a
method, `papers from October` for a date. So a name counts right behind a word for papers; further
off only where it is known to be an institution or reads like a person's at the end of a clause.
Whether the papers found have authors after all is not known here.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from rag.question.dates import MONTHS, SEASONS
from rag.text.patterns import lazy
from rag.text.phrases import compiled

Unrecorded = Literal["authors", "affiliations", "venues", "citations"]

_CALENDAR = "|".join([*MONTHS, *SEASONS])
_DOC = (
    r"(?i:papers?|works?|articles?|publications?|preprints?|studies|research|anything"
    r"|everything|stuff)"
)
_DONE = (
    r"(?i:(?:(?:that\s+(?:was|were)\s+)?(?:written|published|authored|released|posted|done|coming)\s+)?"
    r"(?:out\s+)?)"
)
_DATED = (
    rf"(?!(?i:{_CALENDAR}|[qh][1-4]|arxiv|hugging\s*face|monday|tuesday|wednesday|thursday"
    r"|friday)\b)"
)
_NAME = rf"{_DATED}(?!(?:I|We|The|A|An|This)\b)[A-Z][\w.'’-]+"
_TECHNICAL = (
    r"\w*(?:ing|tion|ment|sion|descent|networks?|search|models?|trees?|process|reward|policy)\b"
)
_PERSON = (
    rf"(?!(?i:{_TECHNICAL}))(?:[A-Z][a-z]+|[A-Z]\.)(?:[\s-]+(?:(?:van|der|de|von|di|la|le)\s+)*"
    rf"(?!(?i:{_TECHNICAL}))(?:[A-Z]\.|[A-Z][a-zA-Z'’-]+))+"
)
_END = (
    r"(?=\s*(?:[?.!,;:)]|\Z)|\s+(?i:on|about|from|since|in|and|or|before|after|please|with|that)\b)"
)
ORGANISATION = (
    r"(?:Google|DeepMind|OpenAI|Meta(?!-)|Facebook|FAIR|Microsoft|Apple|N[Vv][Ii][Dd][Ii][Aa]|Amazon|AWS"
    r"|IBM|Anthropic|Baidu|Alibaba|Tencent|ByteDance|Huawei|Samsung|Intel|Salesforce|DeepSeek|Mistral"
    r"|Adobe|Bosch|Siemens|Stanford|(?:UC\s+)?Berkeley|MIT|CMU|Carnegie|Harvard|Princeton|Oxford|Cambridge"
    r"|ETH|EPFL|Tsinghua|Peking|Mila|MILA|Caltech|Cornell|Yale|Columbia|NYU|UCLA|KAIST|I(?:NRIA|nria)"
    r"|Max\s+Planck|(?:the\s+)?(?:University|Universit\w+|Institute)\s+(?:of|for)|[A-Z]\w+\s+(?:University"
    r"|Institute|Labs?|College|Research))\b"
)
_VENUE = (
    r"(?:NeurIPS|NIPS|ICML|ICLR|AISTATS|UAI|COLT|JMLR|TMLR|AAAI|IJCAI|ACL|EMNLP|NAACL|EACL|COLING|TACL|CVPR"
    r"|ICCV|ECCV|WACV|BMVC|TPAMI|CoRL|ICRA|IROS|KDD|WWW|SIGIR|WSDM|RecSys|INTERSPEECH|ICASSP|SIGGRAPH"
    r"|CHI|Nature|Science|PNAS)"
)
_BY = rf"(?i:by)(?!\s+(?i:{_CALENDAR})\b(?!\s+[A-Z][a-z]))(?!\s+\d)"
"""Not `by March 2025`, though `by April Jones`."""
_SHAPES: dict[Unrecorded, re.Pattern[str]] = {
    "authors": lazy(
        r"(?i:\bwho\s+(?:wrote|authored|published|(?:is|are|was|were)\s+(?:the\s+)?(?:first\s+|lead\s+)?authors?))\b"
        rf"|(?i:\b(?:written|authored|published))\s+{_BY}"
        r"|(?i:\b(?:first|lead|last|senior|co-?)\s*-?authors?|\bauthors?\s+of(?!\s+(?:this|these|those)\b))\b"
        rf"|\b{_DOC}\s+{_DONE}(?:{_BY}|(?i:of))\s+(?!(?i:Google|OpenAI))(?![A-Z]{{2}})[A-Z][a-z]+"
        rf"|\b(?i:by)\s+{_PERSON}{_END}"
        r"|\b[A-Z][\w-]+(?:\s+(?:and|&)\s+[A-Z][\w-]+)?\s+et\s+al\b"
        r"|\b(?!(?i:today|yesterday|year|month|week|let)\b)[A-Z][a-z]+['’]s\s+(?:(?:latest|recent|newest|other|own)\s+)?"
        r"(?i:papers|publications|articles)\b"
        r"|(?i:\b(?:has|have|did))\s+(?:[A-Z][a-z.]+\s+){1,3}(?:ever\s+)?"
        r"(?i:publish(?:ed)?|write|written|author(?:ed)?)\b"
    ),
    "affiliations": lazy(
        rf"\b{_DOC}\s+{_DONE}(?i:from|by|at|of|out\s+of)\s+(?i:the\s+)?{ORGANISATION}"
        rf"|\b{_DOC}\s+{_DONE}(?i:from|out\s+of)\s+(?i:the\s+)?(?!{_VENUE}\b){_NAME}"
        rf"|\b(?i:from|by|at)\s+{ORGANISATION}(?![’'-])(?:\s+[A-Z]\w+)*{_END}"
        r"|(?i:\baffiliat(?:ed|ions?)\b|\b(?:researchers|authors|scientists|people|folks|teams?|groups?)\s+(?:from|at)\s+)"
        r"(?:the\s+)?[A-Z]"
        r"|(?i:\b(?:which|what)\s+(?:labs?|universit(?:y|ies)|institutions?|institutes?|compan(?:y|ies)|countr(?:y|ies))\b)"
        r"|(?i:\baffiliations?\b)"
        r"|\b[A-Z]\w+['’]s\s+(?:lab|group|team)\b"
    ),
    "venues": lazy(
        rf"\b(?i:at|in|from|to|by)\s+(?i:the\s+)?(?:{_VENUE})(?:\s*['’]?\d{{2,4}})?{_END}"
        rf"|\b(?:{_VENUE})(?:\s*['’]?\d{{2,4}})?\s+(?i:papers?|publications?|best\s+papers?|spotlights?|orals?)\b"
        r"|(?i:\b(?:which|what)\s+(?:venues?|journals?|conferences?)\b|\bpeer-?\s?reviewed\s+papers)"
    ),
    "citations": compiled(
        r"""\b(?:most|highly|widely|least|well)[-\s]cited\b|\bcitation\s+counts?\b|\bnumber\s+of\s+citations\b
        |\b(?:with|by)\s+(?:the\s+)?(?:most\s+|many\s+|more\s+than\s+\d+\s+)citations\b
        |\bhow\s+(?:often|many\s+times)\s+[^?]*\bcited\b"""
    ),
}


def unrecorded(question: str) -> tuple[Unrecorded, ...]:
    """What `question` asks for that is not recorded of papers."""
    return tuple(what for what in get_args(Unrecorded) if _SHAPES[what].search(question))


_SUMS_UP = compiled(
    r"""\b(?:average|mean|median|typical|total|sum|overall|combined)\b[^?.]{0,40}
      \b(?:up-?votes?|(?:number\s+of|co-?)\s*authors?|publication\s+(?:year|date)|authors?\s+per)\b
    |\b(?:up-?votes?|authors?)\b[^?.]{0,40}\b(?:on\s+average|in\s+total|altogether|per\s+paper|combined)\b"""
)


def sums_up(question: str) -> bool:
    """Whether `question` asks for an average or a sum over records."""
    return bool(_SUMS_UP.search(question))
