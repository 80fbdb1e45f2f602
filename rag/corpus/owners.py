"""Which paper a name is that of: the one which has it in its title or says that it puts it forward.
To mention a name, to spell out an acronym or to beat a method makes it nobody's own.

What is read is the words around the name in its sentence, `we propose X`, `X is proposed`. A paper
that never says so in any such words is not found.
"""

from __future__ import annotations

import re

from rag.corpus.lexicon import Lexicon
from rag.corpus.names import TOKEN, distinctive, owns
from rag.records import Paper
from rag.text.patterns import lazy
from rag.text.sentences import sentence_spans

_BORROWED = (
    r"\b(?:classical|existing|well-known|popular|such\s+as|like|including|against|over|baselines?|than"
    r"|compar\w+|follow\w*|based\s+on|improv\w+|outperform\w*|surpass\w*"
    r"|employ\w*|adopt\w*|appl(?:y|ies|ied|ying)|leverag\w+|utili[sz]\w+|us(?:e|es|ed|ing))\b"
)
_FORWARD = (
    r"\b(?:(?:we|this\s+\w+|paper|authors?)\b[^.]{0,120}?\b(?:propos|introduc|present|develop|design|devis"
    r"|formulat|build|releas|creat|implement|motivat|establish|contribut|construct|call|term|nam|dub|coin)\w*"
    r"|our|(?<!have\ )(?<!has\ )(?<!been\ )proposed|called|named|dubbed|termed|introducing"
    r"|(?:is|are)\s+(?:proposed|introduced|presented))\b"
)
_BETWEEN = (
    r"\b(?:on|of|with|using|use|uses|for|in|over|to|from|by|via|at|that|which|and|into|upon|as)\b"
)
_BEFORE = lazy(rf"{_FORWARD}(?:(?!{_BORROWED})[^.]){{0,140}}\Z", re.IGNORECASE)
_RIGHT_BEFORE = lazy(rf"{_FORWARD}(?:(?!{_BORROWED}|{_BETWEEN})[^.]){{0,90}}\Z", re.IGNORECASE)
"""The same, with nothing between that makes it another thing: `our method on X` is none."""
_BEHIND = lazy(
    r"\W*(?:\([^()]*\)\s*)?(?:is|are)\s+(?:proposed|introduced|presented|developed)\b",
    re.IGNORECASE,
)

_CALLED = lazy(
    r"\bthe\s+(?P<name>[\w-]{3,})\s+(?:paper|article|preprint)\b(?!\s+(?:on|about)\b)",
    re.IGNORECASE,
)


def puts_forward(paper: Paper, name: str) -> bool:
    """Whether `name` is that of the paper's own work."""
    written = re.compile(rf"(?<![\w-]){re.escape(name)}s?(?!-?\w)", re.IGNORECASE)
    if written.search(paper.title):
        return True
    shape = _BEFORE if owns(paper, name) else _RIGHT_BEFORE
    for span in sentence_spans(paper.abstract):
        sentence = paper.abstract[span.start : span.end]
        for match in written.finditer(sentence):
            if _BEHIND.match(sentence, match.end()):
                return True
            if shape.search(sentence[: match.start()].rstrip(" (“”\"'‘`*~—–-,")):
                return True
    return False


def wordings(name: str, lexicon: Lexicon) -> list[str]:
    """`name`, and what it stands for where it is an acronym."""
    return list(dict.fromkeys([name, *(one.long for one in lexicon.meanings_of(name))]))


def candidates(name: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Ids of the papers whose own `name` may be: those that it leads to, in any of its wordings."""
    found = (
        paper
        for wording in wordings(name, lexicon)
        for papers in lexicon.names_in(wording).values()
        for paper in papers
    )
    return tuple(dict.fromkeys(found))


def strange(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Names in `text` by their look: capitals or digits inside a word, or a word that nobody uses
    where a paper's name stands, `the dapo paper`."""
    called = {match["name"] for match in _CALLED.finditer(text)}
    return tuple(
        token
        for token in TOKEN.findall(text)
        if distinctive(token) or (token in called and not lexicon.ordinary(token.lower()))
    )
