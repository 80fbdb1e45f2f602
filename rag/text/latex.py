"""Scars of LaTeX made readable for the eye. Stored text, quotes and spans stay as they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from rag.text.patterns import lazy

# TeX accent → combining character
_ACCENTS = {'"': "̈", "'": "́", "`": "̀", "^": "̂", "~": "̃", "=": "̄", ".": "̇"}
_ACCENTED = lazy(r"""\\(["'`^~=.])(?:\{([A-Za-z])\}|([A-Za-z]))""")
_BRACED = lazy(r"""\{\\(["'`^~=.])\s?(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))\}""")
_DOTLESS = lazy(r"""\\(["'`^~=.])\s?(?:\{\\([ij])\}|\\([ij])(?![A-Za-z]))""")
_ACCENTS |= {
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a",
    "d": "\u0323", "b": "\u0331",
}  # fmt: skip
_NAMED = r"\\([cvuHkrdb])(?:\{([A-Za-z])\}|\s([A-Za-z])(?![A-Za-z]))"
_NAMED_ACCENT = lazy(_NAMED)
_BRACED_NAMED = lazy(rf"\{{{_NAMED}\}}")
_SPECIALS = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "dh": "ð", "th": "þ",
}  # fmt: skip
_SPECIAL = lazy(
    r"\{\\(o|O|l|L|ss|ae|AE|oe|OE|aa|AA|i|dh|th)\}"
    r"|\\(o|O|l|L|ss|ae|AE|oe|OE|aa|AA|i|dh|th)(?:\{\}|\s|(?![A-Za-z]))"
)
_ESCAPED = lazy(r"\\([%&#$_{}])")
_DELIMITER = lazy(r"\\[()\[\]]")
_STYLED = lazy(
    r"\\(?:emph|em|textbf|textit|texttt|textsc|textrm|text|url)\s?\{([^{}]*)\}"
    r"|\\?\b(?:mathrm|mathcal|mathbb|mathbf|mathit|operatorname)\{([^{}]*)\}"
)
_CITED = lazy(r"[~ ]?\\cite[a-z]*\*?(?:\[[^\[\]]*\])*\{[^{}]*\}")
# As in pandoc: no space inside, no digit behind, so that prices stay.
_FORMULA = lazy(r"\$(?=[^\s$])([^$\n]{1,200}?)(?<=[^\s$])\$(?!\d)")
_DASH = lazy(r"(?<=\s)--(?=\s)|(?<=[a-z)])--(?=[A-Za-z(])")
_TEXT = lazy(r"\\(?:emph|em|textbf|textit|texttt|text|mathrm|mathcal|url)\b\s?\{?")
_SYMBOLS = {"times": "×", "approx": "≈", "sim": "~", "leq": "≤", "geq": "≥", "pm": "±", "to": "→"}
_SYMBOL = lazy(rf"\\({'|'.join(_SYMBOLS)})\b")
_GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon theta lambda mu pi rho sigma tau phi psi omega"
        " Gamma Delta Theta Lambda Pi Sigma Phi Psi Omega".split(),
        "αβγδεθλμπρστφψωΓΔΘΛΠΣΦΨΩ",
        strict=True,
    )
)
_LETTER = lazy(rf"\\({'|'.join(_GREEK)})(?![A-Za-z])")
_FOOTNOTE = lazy(r"\s*\\footnote\{([^{}]*)\}?")
_ETC = lazy(r"\\(etc|eg|ie)\b")
_QUOTED = lazy(r"``|(?<!')''(?!')")
_TIE = lazy(r"(?<=[A-Za-z)])~(?=[A-Za-z(])")
_GROUP = lazy(r"(?<![\^_\w\\}])\{([^{}\\]*)\}")
_SPACES = lazy(r"\s+")
# Control characters do things to a terminal, and overrides of direction turn figures around.
_UNSEEN = lazy(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_CUT = "\ue00c"
"""Stands at the cuts while a text is made readable."""


def accents(text: str) -> str:
    """`M{\\"u}ller`, `Dupr\\'e`, `\\v{C}apek` and `\\o` with the letters they mean."""
    if "\\" not in text:
        return text
    for pattern in (_BRACED, _DOTLESS, _BRACED_NAMED, _NAMED_ACCENT):
        text = pattern.sub(_accented, text)
    return _SPECIAL.sub(lambda m: _SPECIALS[m[1] or m[2]], _ACCENTED.sub(_accented, text))


def _accented(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", (match[2] or match[3]) + _ACCENTS[match[1]])


def seen(text: str) -> str:
    """`text` without characters that are not shown and change how others are."""
    return _UNSEEN.sub("", text)


def readable(text: str) -> str:
    """`text` in one line, without TeX escapes: `37\\%` → `37%`, `T\\"ULU` → `TÜLU`. What it does
    not know it leaves alone: a wrong symbol would be worse than a strange one."""
    text = _ACCENTED.sub(_accented, seen(text))
    text = _SYMBOL.sub(lambda m: _SYMBOLS[m[1]], text)
    text = _LETTER.sub(lambda m: _GREEK[m[1]], text)
    text = _FORMULA.sub(r"\1", _CITED.sub("", text))
    text = _STYLED.sub(lambda m: m[1] or m[2] or "", text)
    text = _DASH.sub(lambda m: "–" if m.string[m.start() - 1].isspace() else "—", text)
    text = _ETC.sub(r"\1", _FOOTNOTE.sub(r" (\1)", text))
    text = _QUOTED.sub(lambda m: "“" if m[0] == "``" else "”", text)
    text = _GROUP.sub(r"\1", _TIE.sub(" ", text))
    text = _TEXT.sub("", _DELIMITER.sub("", _ESCAPED.sub(r"\1", text)))
    return _SPACES.sub(" ", text).strip()


def readable_pieces(text: str, cuts: Sequence[int]) -> list[str]:
    """The pieces of `text` between `cuts`, readable, also where a cut goes through an escape."""
    pieces = [text[start:end] for start, end in pairwise(cuts)]
    if _CUT in text:
        return pieces
    shown = readable(_CUT.join(pieces)).split(_CUT)
    return shown if len(shown) == len(pieces) else pieces
