"""The term that a question wants defined: `what is RLVR?`, `define catastrophic forgetting`."""

from __future__ import annotations

from rag.text.phrases import DOCUMENT, compiled

_TERM = (
    r"[\"'“‘]?(?P<term>\w[\w./+*^'’-]*"
    r"(?:\s+(?!(?:and|or|vs|versus|about|used|doing|like)\b)[\w./+*^'’-]+){0,4}?)[\"'”’]?"
)
_KIND = r"(?:(?:the\s+)?(?:term|word|phrase|acronym|abbreviation|concept|notion)\s+(?:of\s+)?)?"
_FORMS = tuple(
    compiled(rf"\A\W*{before}{_TERM}{behind}\W*\Z")
    for before, behind in (
        (
            rf"(?:what(?:['’]?s|\s+(?:is|are)))\s+(?:exactly\s+)?(?:an?\s+|{_KIND})",
            r"(?:\s+exactly)?",
        ),
        (rf"what\s+do(?:es)?\s+{_KIND}", r"\s+(?:mean|refer\s+to|denote|stand\s+for)"),
        (rf"(?:please\s+)?define\s+(?:an?\s+|{_KIND})", ""),
        (
            r"(?:what(?:['’]s|\s+is)\s+)?(?:the\s+)?(?:definition|meaning)\s+of\s+"
            rf"(?:an?\s+|{_KIND})",
            "",
        ),
        (
            r"what\s+(?:do\s+(?:you|people|we|they)\s+mean|is\s+meant)\s+by\s+"
            rf"(?:an?\s+|{_KIND})",
            "",
        ),
        (
            rf"(?:explain|describe)\s+(?:to\s+me\s+)?(?:what\s+)?(?:an?\s+|{_KIND})",
            r"(?:\s+(?:is|are|means?))?(?:\s+to\s+me)?",
        ),
    )
)
_NO_TERM = compiled(
    rf"""\A(?:the|an?)\b|(?<![\w-])(?:{DOCUMENT}|in|for|on|with|that|which|how|why|between|from|by|to
    |is|are|was|were|does|do|did|best|most|new|newest|latest|known|there|this|it|its|they|them|these
    |those|first|second|third|last|ones?|differences?|limitations?|advantages?|benefits?|main|key
    |results?|state[\s-]of[\s-]the[\s-]art|methods|approaches|techniques|ways|going|up|your|you
    |next)(?![\w-])"""
)
"""What asks for more than the meaning of a term, or for papers."""


def term_asked(question: str) -> str:
    """The term, as written; empty where the question asks for none, or for something of it."""
    for form in _FORMS:
        match = form.search(question.strip())
        if match and not _NO_TERM.search(match["term"]) and not match["term"].isdigit():
            return match["term"].strip("'’ ")
    return ""
