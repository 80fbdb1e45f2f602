"""The language of a question, as far as it matters here: English, or another one.

Told from the script, or from the commonest words of a few languages: none of them is looked up in
a corpus or a dictionary. A question of which too little tells is taken for English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rag.corpus.lexicon import Lexicon
from rag.corpus.names import TOKEN
from rag.text.patterns import lazy

_SCRIPTS = (
    ("Japanese", lazy(r"[\u3040-\u30ff]")),
    ("Korean", lazy(r"[\uac00-\ud7af]")),
    ("Chinese", lazy(r"[\u4e00-\u9fff]")),
    ("Russian or another language in Cyrillic", lazy(r"[\u0400-\u04ff]")),
    ("Arabic", lazy(r"[\u0600-\u06ff]")),
    ("Hebrew", lazy(r"[\u0590-\u05ff]")),
    ("Hindi or another language in Devanagari", lazy(r"[\u0900-\u097f]")),
    ("Thai", lazy(r"[\u0e00-\u0e7f]")),
    ("Greek", lazy(r"[\u0370-\u03ff\u1f00-\u1fff]{3}")),
)
_LEAST = 4
"""Letters of a script that make a question one in it; a Greek letter is a symbol."""
_COMMON: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "German": """
            der die das und ist nicht ein eine einen einem eines mit von für auf dem den des zu
            zum zur wie was welche welcher welches warum wann wer wo gibt es sind sich bei wird
            werden über kann man im oder auch nach aus als wirkt arbeiten funktioniert verwendet
            ohne
        """,
        "French": """
            le la les des du un une et est que qui quels quelles quel quelle dans pour sur avec
            sont comment pourquoi quoi fonctionne y a-t-il au aux ce cette ces par pas ne ou où il
            elle articles traitent de d l c'est qu'est-ce
        """,
        "Spanish": """
            el la los las un una unos unas y es que qué quien quién cómo como por para con del al
            en son sobre cuál cuáles hay se no su artículos de papers usan tratan
        """,
        "Italian": """
            il lo la gli le un una e è che chi come quali quale perché per con del della dei delle
            nel nella nei sono di si non cosa articoli funziona su
        """,
        "Portuguese": """
            o a os as um uma e é que quais qual como por para com do da dos das no na em são não
            se artigos sobre usam quem de
        """,
        "Dutch": """
            de het een en is van dat die niet met voor op zijn welke wat hoe waarom er gaan over
            bij wordt worden aan ook naar wie
        """,
        "Polish": """
            jest nie się na do co jak jakie które który dla o od czy są w z i przez
        """,
        "Turkish": """
            ve bir bu ne nasıl hangi için ile mi mı var olan hakkında nedir
        """,
        "Swedish": """
            och är att det en ett som på för med vilka hur vad inte av om till den
        """,
    }.items()
}
_ENGLISH = frozenset(
    """
    the of and to in is are were a an that which what how why who when where does do did for on
    with by as from or not it its this these those be can could has have about papers paper any
    there me my i you use uses using work works show find tell explain
    """.split()
)
_WORD = lazy(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARGIN = 2
"""Common words by which another language has to lead."""


def language_of(text: str) -> str:
    """The English name of the language that `text` is in, empty for English or in doubt."""
    letters = sum(map(str.isalpha, text))
    for language, script in _SCRIPTS:
        found = sum(len(run) for run in script.findall(text))
        if found >= _LEAST and 4 * found >= letters:
            return language
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    english = sum(word in _ENGLISH for word in words)
    told = {language: sum(w in common for w in words) for language, common in _COMMON.items()}
    best = max(told, key=lambda language: told[language])
    foreign = sum(not word.isascii() for word in words)
    if told[best] > 1 and told[best] + foreign >= english + _MARGIN:
        return best
    short = told[best] > english == 0 and 2 * told[best] >= len(words)
    return best if short and len(words) > 1 else ""


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
