"""Kinds of papers that a question does not want: surveys, reviews, benchmark, dataset and position
papers. Whether a paper is one is read off its title and off what its abstract says that it does;
that it mentions a survey or uses a benchmark makes it none.
"""

from __future__ import annotations

from rag.text.phrases import compiled

_PAPERS = r"(?:papers?|articles?|works?|studies)"
NAMES = (
    r"(?:(?:literature|systematic|scoping)\s+)?(?:survey|review|overview|tutorial)(?:s\b|\b(?!\s*(?:-|\w)))"
    r"|benchmarks\b|data\s?sets\b"
    r"|(?:(?:literature|systematic|scoping)\s+)?(?:survey|review|overview|tutorial|benchmark(?:s|ing)?|data\s?sets?|position"
    rf"|opinion|perspective)\s+{_PAPERS}"
)
"""`surveys`, `a survey`, `review papers`; `benchmarks` and `datasets` in the plural alone: a method
does `without a dataset`."""
_MADE = r"(?:present|provid|conduct|offer|giv|contribut)\w*"
_WE = r"(?:\bwe|\bthis\s+(?:paper|work|article|study))\s+(?:\w+\s+){0,2}?"
_SURVEY = (
    compiled(
        r"(?<!peer\ )(?<!code\ )(?<!user\ )(?<!product\ )\b(?:survey|review|overview|tutorial)\b"
        r"(?=\s*(?:\Z|[:,.?(]|of\b|on\b|and\b|for\b|from\b|in\b))"
    ),
    compiled(
        r"\bthis\s+(?:[\w-]+\s+){0,3}(?:survey|review|overview|tutorial)\b"
        rf"|{_WE}(?:survey|review|overview)(?:s|ed)?\b"
        rf"|{_WE}{_MADE}\s+an?\s+(?:[\w,-]+\s+){{0,5}}?(?:survey|review|overview|tutorial)\b"
        r"|\bin\s+this\s+(?:survey|review|overview)\b|\bour\s+(?:survey|review)\b"
    ),
)
_BENCHMARK = (
    compiled(r"\w*bench(?:mark(?:s|ing)?)?\b"),
    compiled(r"\b(?:this|our)\s+(?:[\w-]+\s+)?benchmark\b(?!\s+(?:results|performance))"),
)
_DATASET = (
    compiled(r"\b(?:data\s?set|corpus)\b(?=\s*(?:\Z|[:,]|for\b|of\b|from\b|with\b))"),
    compiled(r"\bthis\s+(?:data\s?set|corpus)\b"),
)
_POSITION = (
    compiled(r"\Aposition\b\s*:|\bposition\s+paper\b"),
    compiled(rf"\bthis\s+(?:position|opinion|perspective)\s+{_PAPERS}|\bposition\s+paper\b"),
)
_SIGNS = (
    (compiled(r"survey|review|overview|tutorial"), _SURVEY),
    (compiled(r"benchmark"), _BENCHMARK),
    (compiled(r"data\s?set"), _DATASET),
    (compiled(r"position|opinion|perspective"), _POSITION),
)
_GENRE = compiled(rf"(?:{NAMES})\Z")


def is_genre(term: str) -> bool:
    """Whether a term that a question leaves out names a kind of papers."""
    return bool(_GENRE.match(term))


def is_of_kind(title: str, abstract: str, term: str) -> bool:
    """Whether a paper is of the kind that `term` names."""
    signs = next((s for name, s in _SIGNS if name.search(term)), None)
    return bool(signs and (signs[0].search(title) or signs[1].search(abstract)))
