"""The language of a question, as far as it matters here: English, or another one.

Told from the script, or from three of the commonest words of a few languages. A question of which
too little tells is taken for English.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from rag.corpus.lexicon import Lexicon
from rag.corpus.names import TOKEN

_SCRIPTS = {
    "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean", "CJK": "Chinese",
    "CYRILLIC": "Russian or another language in Cyrillic", "ARABIC": "Arabic", "HEBREW": "Hebrew",
    "DEVANAGARI": "Hindi or another language in Devanagari", "THAI": "Thai",
}  # fmt: skip
"""By the first word of the Unicode names of their letters."""
_LEAST = 4
"""Letters of a script that make a question one in it."""
_COMMON = {
    "German": "der die das und ist nicht ein eine mit von für auf den wie was welche gibt es",
    "French": "le la les l de des du un une et est que qui quels quelles dans pour sur comment",
    "Spanish": "el la los las un una es que qué cómo por para con del en son sobre cuáles hay",
    "Italian": "il lo la gli un una è che come quali per con della dei nel sono di non cosa",
    "Portuguese": "o os as um uma é que quais como por para com do da dos no em são sobre",
    "Dutch": "de het een en is van dat die niet met voor op zijn welke wat hoe er",
}
_WORDS = 3
"""Different common words of a language that make a question one in it."""


def language_of(text: str) -> str:
    """The English name of the language that `text` is in, empty for English or in doubt."""
    letters = [unicodedata.name(c, "").partition(" ")[0] for c in text if c.isalpha()]
    scripts = Counter(_SCRIPTS[script] for script in letters if script in _SCRIPTS)
    found = {name: n for name, n in scripts.items() if n >= _LEAST and 4 * n >= len(letters)}
    if found:
        return "Japanese" if "Japanese" in found else max(found, key=lambda name: found[name])
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    told = {name: len(words.intersection(common.split())) for name, common in _COMMON.items()}
    best = max(told, key=lambda name: told[name])
    return best if told[best] >= _WORDS else ""


_SHORT, _OFTEN = 4, 10
"""Letters up to which a word may be one of any language, and how often one that languages share
stands in the corpus."""


def shared_terms(text: str, lexicon: Lexicon) -> Iterator[str]:
    """The words of a text, in another language than the corpus, that the corpus uses too: names,
    acronyms, and words that stand there often."""
    named = {word for name in lexicon.names_in(text) for word in TOKEN.findall(name)}
    for word in TOKEN.findall(text):
        used = len(word) > _SHORT and lexicon.words.get(word.lower(), 0) >= _OFTEN
        if used or word in named or lexicon.meanings_of(word):
            yield word
