"""Plain text as Markdown that shows just this text.

Titles and quotes hold stars, brackets and the like (`ReST-MCTS*`, `Zhou [2016]`). CommonMark reads
some as markup, and pages take bracketed numbers for citations. Only what would be read as more
than a character is escaped, so that the text stays legible where nothing renders it.
"""

from __future__ import annotations

import re

from rag.text.patterns import lazy

_MARKUP = lazy(
    r"""[*`\[\]|]                              # emphasis, code, links, tables
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])    # emphasis, unless within a word
    | <(?=[A-Za-z/!?])                        # HTML, addresses
    | &(?=\#?\w+;)                            # entities
    | ~(?=~) | (?<=~)~                        # struck out
    | \\(?=[!-/:-@\[-`{-~]|\Z)               # what is an escape already, or would be
    """,
    re.VERBOSE,
)
_OPENING = lazy(r"(?:[#>+=-]|\d{1,9}(?=[.)]))")
_ORDERED = lazy(r"\d{1,9}")


def escaped(text: str, *, opens_line: bool = False) -> str:
    """`text`, one line of it, such that CommonMark shows it as it is. `opens_line`: it stands at
    the beginning of one, where `#`, `-` or `1.` would begin a block."""
    plain = _MARKUP.sub(lambda match: "\\" + match[0], text)
    if opens_line and (first := _OPENING.match(plain)):
        number = _ORDERED.match(plain)
        at = number.end() if number else first.start()
        plain = plain[:at] + "\\" + plain[at:]
    return plain


def bold(text: str) -> str:
    """`text` in bold. White space at its ends would keep it from being."""
    return f"**{escaped(text.strip())}**" if text.strip() else ""
