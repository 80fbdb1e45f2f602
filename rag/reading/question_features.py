"""What a question asks for, from its wording, and which sentences could hold it.

`How many`, `what accuracy`, `by what factor` ask for a figure, often of a kind that the wording
tells (money, time, a share); other facts are names and phrases that no pattern tells, but the noun
asked for (`which kind of search`, `what is the root cause`) tends to stand beside them. Names in
the question (GSM8K, CodeRL, Dual-Swin-L) tell which paper is meant and under which conditions: a
paper that never mentions one is not the one that answers.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.reading.answer_types import HOW_MANY, Sought, sought, wants_figure
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

_FOCUS = lazy(
    r"\b(?:what|which)(?:['’]s|\s+(?:is|was|are|were))?\s+(?:the\s+)?"
    r"(?P<noun>(?!(?:is|are|was|were|does|do|did|has|have|had|can|could)\b)[\w@+/-]+"
    r"(?:\s+of\s+[\w-]+|\s+(?!(?:is|are|was|were|does|do|did|has|have|had|can|could|of|in|on|for|from"
    r"|to|that|was)\b)[\w@+/-]+)?)",
    re.IGNORECASE,
)
_NAME = lazy(
    r"(?<!\w)(?:[A-Za-z]*[A-Z]+[A-Za-z]*\d[\w.+^-]*|\w*[a-z]\w*[A-Z]\w*|[A-Z]{2,}[\w+^-]*"
    r"|[A-Z][\w+^-]*|\d+[BMK])(?!\w)"
)
_PLAIN = lazy(r"[A-Z][a-z]+(?:-[a-z]+)?")
_BETWEEN = r"[\W_]{0,2}"
"""What may stand between the letters of a name: `Dual-Swin-L`, `Dual Swin L`."""
_ADDRESS = lazy(r"https?://[^\s<>\"]+")
_SHORT = 3
"""Letters of a name that may stand in an address by chance."""
_GENERIC = frozenset("llm llms lm lms rl ai ml nlp vlm vlms mlp mlps gpu gpus cpu cpus i a".split())
_WORD = lazy(r"[^\W_]+")
_RESULT = lazy(r"\d\s?\\?(?:%|x\b|×|times|-?fold)|(?<![\w.-])\d+\.\d+")
_SENTENCE = lazy(r"[.?!:]\s")
_CLAUSE = lazy(
    r"[?;:]\s+|(?<=\w\w)\.\s+|\s[-–—]+\s"
    r"|(?:,\s+(?:(?:and|but|or)\s+)?|\s+(?:and|but|or)\s+)"
    r"(?=(?:how|which|what|why|who|whom|when|where|does|do|did|is|are|was|were|can|could|should)\b)",
    re.IGNORECASE,
)
_ITS_VERB = lazy(r"\b(?:do|does|did|is|are|was|were|has|have|had)\s+(?:the\s+)?\Z", re.IGNORECASE)
_OF = lazy(r"\bof\s+(?:the\s+)?\Z", re.IGNORECASE)
_EITHER = lazy(r"\bor\b|/|\be\.g\b|\bsuch\s+as\b", re.IGNORECASE)
_ASKS_FOR = lazy(r"\W*(?:and\s+|but\s+)?(?:which|what|who)\b", re.IGNORECASE)
_JOINT = lazy(r"[,;:?!]\s|\.\s|\s[-–—]\s|\b(?:and|or|versus|vs\.?)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """sought: the type of thing asked for. focus: (start, end) of the noun asked for. parts:
    stretches of the last question, each an aspect of a comparison. clauses: stretches of all of it
    that ask or tell for themselves. compared: how many things are, by the wording. names: of
    methods and the like. titles: of papers. words: how many different words carry meaning, titles
    apart."""

    text: str
    sought: Sought
    focus: tuple[int, int] | None
    parts: tuple[tuple[int, int], ...]
    clauses: tuple[tuple[int, int], ...]
    compared: int
    names: tuple[tuple[int, int], ...]
    titles: tuple[tuple[int, int], ...]
    words: int

    @property
    def subject(self) -> str:
        """The name that the question asks something of: `how large is GPT-4?`, `the size of BERT`;
        empty where it asks about something else, be it under a name (`… on GSM8K`)."""
        for start, end in self.names:
            name, before, after = self.text[start:end], self.text[:start], self.text[end:]
            whole = len(name) > 1 and name[0].isalpha() and after[:1] != "-"
            ends = _OF.search(before) and not _WORD.search(after)
            if whole and (ends or _ITS_VERB.search(before)):
                return name
        return ""

    def named(self) -> list[str]:
        """Its names, as written."""
        return [self.text[start:end] for start, end in self.names]

    def unmentioned(self, source: str, *, capital: bool = False) -> list[str]:
        """Names of the question that `source` does not mention in any spelling; see `mentions`."""
        return [name for name in self.named() if not mentions(source, name, capital=capital)]

    def offers(self, start: int, end: int) -> bool:
        """Whether the text between two words leaves the choice of one of them: `X or Y`, `X/Y`."""
        return bool(_EITHER.search(self.text[start:end]))

    def halves(self) -> tuple[int, ...]:
        """Which clauses each ask for something: `which paper does X, and which does Y?` has two;
        none where fewer do."""
        asking = tuple(
            i for i, (a, b) in enumerate(self.clauses) if _ASKS_FOR.match(self.text[a:b])
        )
        return asking if len(asking) > 1 else ()

    def wants_figure(self, part: tuple[int, int]) -> bool:
        """Whether a part of the question is about a quantity: `the speed-up`, `reported gains`."""
        return wants_figure(self.text[part[0] : part[1]])

    @property
    def quantity(self) -> bool:
        """Whether a figure is asked for."""
        return self.sought.figure is not None


def read(text: str, *, titles: Sequence[tuple[int, int]] = ()) -> Asked:
    """`text`: a question, without the words that state constraints. `titles`: those in it, whose
    words ask for nothing."""
    whole, text = text, _blank(text, titles)
    how_many = HOW_MANY.search(text)
    counted = how_many.span("noun") if how_many else (0, 0)
    names = []
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()
        opens = not before or before[-1] in ".?!:"
        if counted[0] <= match.start() < counted[1]:
            continue  # `how many APIs`
        if match[0].lower() not in _GENERIC and not (opens and _PLAIN.fullmatch(match[0])):
            names.append(match.span())
    content = {w for w in _WORD.findall(text.lower()) if len(w) > 1 and w not in STOPWORDS}
    asked_noun = how_many or _FOCUS.search(text)
    return Asked(
        text=whole,
        sought=sought(text),
        focus=asked_noun.span("noun") if asked_noun else None,
        parts=tuple(_parts(text)),
        clauses=tuple(_clauses(text)),
        compared=_compared(text),
        names=tuple(names),
        titles=tuple(titles),
        words=len(content),
    )


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` with a word that says nothing in place of each span, as long as it was."""
    for start, end in spans:
        text = f"{text[:start]}{'it'.ljust(end - start)}{text[end:]}"
    return text


def mentions(source: str, name: str, *, capital: bool = False) -> bool:
    """Whether `name` stands in `source` as a name of its own: GPT-4 is written GPT4 as well, and is
    neither GPT-4o nor part of MiniGPT-4; Qwen is mentioned by Qwen2.5.
    `capital`: with a capital at least, so that no score is SCoRe."""
    letters = re.findall(r"[a-z0-9]", name.lower())
    while len(letters) > 1 and letters[-1] == "s":
        letters.pop()
    if not letters:
        return True
    ends = r"(?![A-Za-z0-9])" if letters[-1].isdigit() else r"s*(?![A-Za-z])"
    written = rf"(?<![A-Za-z0-9]){_BETWEEN.join(letters)}{ends}"
    found = (match[0] for match in re.finditer(written, source, re.IGNORECASE))
    return any(not (capital and one.islower()) for one in found)


def has_page(source: str, name: str) -> bool:
    """Whether `name` stands in an address that `source` gives: what a paper calls its work is often
    written out nowhere else."""
    return len(name) > _SHORT and any(
        mentions(one, name.lower()) for one in _ADDRESS.findall(source)
    )


@functools.lru_cache(maxsize=8192)  # the same sentences are looked at with each question
def measures(sentence: str) -> bool:
    """Whether a sentence gives a share, a factor or a score, as results are stated."""
    return bool(_RESULT.search(sentence))


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _CLAUSE.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between commas and conjunctions of the last question. The first of them needs two
    words of meaning, else it only asks."""
    asks = [m.end() for m in _SENTENCE.finditer(text) if text[m.end() :].strip()]
    start = first = asks[-1] if asks else 0
    for match in (*_JOINT.finditer(text, start), None):
        end = match.start() if match else len(text)
        words = [w for w in _WORD.findall(text[start:end].lower()) if w not in STOPWORDS]
        if len(words) > 1 or (words and start > first):
            yield start, end
        start = match.end() if match else end


def _compared(text: str) -> int:
    """`A vs B vs C` are three, `three papers` as well; two where nothing tells."""
    versus = len(re.findall(r"\b(?:vs\.?|versus)\b", text, re.IGNORECASE))
    named = re.search(r"\b(three|four|five)\s+(?:[\w-]+\s+)?\w+s\b", text, re.IGNORECASE)
    stated = {"three": 3, "four": 4, "five": 5}[named[1].lower()] if named else 2
    return max(versus + 1, stated)
