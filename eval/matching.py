"""Does a literal string stand in a text? The one notion of a match that all measures share.

Case, hyphens and white space are folded, so that `training-free` is found in "Training free" and
`2.3times` in "2.3 times". Numbers match at word boundaries and whole: `27.2` is not in "127.2",
"27.25" or "27.2B", and `200` not in "1,200". Backslashes (LaTeX escapes: `37\\%`) and Markdown's
`*` and backtick are no characters of the text.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"
_GAP = rf"[\s{re.escape(_HYPHENS)}]*"
_IGNORED = str.maketrans("", "", "\\*`")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\s]")


def stands_in(needle: str, text: str) -> bool:
    """Whether `needle` stands in `text`. An empty needle stands nowhere."""
    pattern = _pattern(needle)
    return pattern is not None and pattern.search(_plain(text)) is not None


def any_stands_in(needles: Iterable[str], text: str) -> bool:
    return any(stands_in(needle, text) for needle in needles)


def words(text: str) -> list[str]:
    """White-space-separated words: the unit of every length in the measures."""
    return text.split()


@functools.lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_IGNORED).casefold()


@functools.lru_cache(maxsize=4096)
def _pattern(needle: str) -> re.Pattern[str] | None:
    # A number is one token, so that nothing may stand between its digits.
    tokens = [t for t in _TOKEN.findall(_plain(needle)) if t not in _HYPHENS]
    if not tokens:
        return None
    pattern = _GAP.join(re.escape(token) for token in tokens)
    if any(token[0].isdigit() for token in tokens):
        if tokens[0][0].isalnum():
            pattern = r"(?<!\w)(?<!\d[.,])" + pattern
        if tokens[-1][-1].isalnum():
            pattern += r"(?!\w)(?![.,]\d)"
    return re.compile(pattern)
