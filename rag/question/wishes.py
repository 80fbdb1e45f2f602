"""What a turn wants of an answer as such: its form (`in a table`, `translate`), its references
(`give me the bibtex`), or whether it holds (`is that true?`). No paper is about that: what was
asked before is answered once more, and a note says what can be had.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.question.constraints import asks_for_form
from rag.question.dialogue_acts import OPENING
from rag.text.phrases import DOCUMENT, compiled

_LANGUAGES = (
    r"(?:english|german|french|spanish|italian|portuguese|dutch|russian|chinese|japanese|korean)"
)
_PLEASE = r"(?:\s+(?:please|this\s+time|instead|now|for\s+me))*[\s,.!?]*\Z"
_CAN_YOU = (
    r"(?:please\s+)?(?:(?:can|could|would)\s+you\s+|i\s+(?:need|want)\s+(?=(?:the|its|their)\b))?"
    r"(?:please\s+)?"
)
_THAT = r"(?:it|that|this|them|those|these|all|everything|(?:this|that|the)\s+answer)"
_LANGUAGE = compiled(
    rf"""\A\W*{_CAN_YOU}(?:(?:answer|reply|write|(?:say|put|translate)(?:\s+{_THAT})?)\s+)?
    (?:in(?:to)?|to)\s+(?:plain\s+|simple\s+)?{_LANGUAGES}{_PLEASE}
    |\A{OPENING}{_CAN_YOU}translate(?:\s+{_THAT})?{_PLEASE}"""
)
_REFERENCES = compiled(
    rf"""\A{OPENING}{_CAN_YOU}(?:(?:give|show|get|export|send|print|write)(?:\s+me)?\s+|as\s+|in\s+)?
      (?:(?:{_THAT}|both)\s+(?:in|as)\s+)?(?:(?:the|an?|its|their|all|these|those)\s+)*(?:bib\s?tex|bib|ris|csl|bibliography|references?|citations?)
      (?:\s+(?:entry|entries|files?|keys?|records?|formats?))?(?:\s+(?:for|of)\s+(?P<of>\S.*?))?{_PLEASE}
    |\A{OPENING}(?:{_CAN_YOU}|how\s+(?:do|can|should)\s+(?:i|we)\s+)(?:cite|export|download|save)\s+(?P<these>\S.*?){_PLEASE}"""
)
_TRUE = compiled(
    rf"""\A{OPENING}(?:(?:(?:is|are|was)\s+(?:that|this|it|they|those|these)|(?:that|this)\s+(?:is|can['’]?t\s+be))\s+(?:all\s+|really\s+)?
      (?:true|right|correct|accurate|so|certain|reliable)
    |really|(?:are\s+)?you\s+sure(?:\s+about\s+{_THAT})?|says\s+who|how\s+do\s+you\s+know(?:\s+{_THAT})?|prove\s+it
    |can\s+i\s+trust\s+{_THAT}){_PLEASE}"""
)
_POINTS = compiled(
    rf"{_THAT}(?:\s+(?:{DOCUMENT}|ones|answers?|results))?|the\s+(?:{DOCUMENT}|answer|results)"
)

AS_IT_STANDS = "The same answer once more: quoted sentences are shown as they stand."
EXPORTED = (
    "BibTeX, RIS and other formats of an answer: below it on the page, `--format` in the terminal."
)
WORD_FOR_WORD = (
    "Each quote stands word for word in the abstract that it is cited from; whether what it says"
    " holds is not checked here."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """note: what can be had, empty where nothing needs to be said. asking: the question whose
    answer is wanted, empty where that is the one before."""

    note: str = ""
    asking: str = ""


def wished(turn: str) -> Wish | None:
    """What a turn wants of an answer; None where it asks for something else."""
    if _LANGUAGE.match(turn):
        return Wish(note="" if "english" in turn.lower() else AS_IT_STANDS)
    if _TRUE.match(turn):
        return Wish(note=WORD_FOR_WORD)
    if match := _REFERENCES.match(turn):
        about = match["of"] or match["these"] or ""
        asking = f"tell me about {about}" if about and not _POINTS.fullmatch(about) else ""
        return Wish(note=EXPORTED, asking=asking)
    return Wish(note=AS_IT_STANDS) if asks_for_form(turn) else None
