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

from rag.words import STOPWORDS

_FIGURE = r"(?<![A-Za-z\d.,-])\d[\d.,]*(?!D\b|\)|\w*-[A-Za-z])"
_COUNT = (
    r"(?:(?<![A-Za-z\d.,-])\d[\d.,]*[kKMB]?\+?|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|dozens?|hundreds?|thousands?)|\b(?:\w+\s+)?(?:million|billion|trillion))"
)
_KINDS: tuple[tuple[str, str, str], ...] = (
    # kind, how it is asked for, how it is stated
    (
        "money",
        r"how\s+much\s+money|\bdollars?\b|\bprice\b|how\s+expensive",
        r"\$\s?\d|\d\s?(?:dollars|USD)",
    ),
    (
        "time",
        r"how\s+long|how\s+many\s+(?:\w+\s+)?(?:seconds|minutes|hours|days|weeks|months|years)"
        r"|\bduration\b|\blatency\b",
        r"\d\+?(?:\s|-)?(?:ms|s|seconds?|minutes?|min|hours?|days?|weeks?|months?|years?)\b",
    ),
    (
        "factor",
        r"\bfactor\b|speed-?ups?\b|how\s+(?:much|many\s+times)\s+(?:\w+er|more|less|fewer)\b",
        r"\d\s?\\?(?:x\b|×|times|-?fold|%)|\b(?:twice|half|double[sd]?|triple[sd]?)\b",
    ),
    (
        "share",
        r"percent|\bshare\b|\brate\b|\baccurac|\bfraction\b|\bportion\b|\bprecision\b|\brecall\b"
        r"|\bpass@|\bhow\s+much\s+(?!\w+\s+(?:is|are)\b)|by\s+how|\bsavings?\b|\bgains?\b|\bimprov",
        r"\d\s?\\?%|\d\s?per\s?cent|\d\s?(?:points?|pp)\b|(?<![\w.-])\d{1,2}\.\d+",
    ),
)
_QUANTITY = re.compile(
    r"\bhow\s+(?:many|much|long|far|large|big|small|fast|often|old|high|low|quickly|deep|expensive"
    r"|few|heavy|wide|tall)\b|\bby\s+(?:how|what|which|up\s+to)\b|\bfrom\s+what\s+to\s+what\b"
    r"|\b(?:score|accuracy|rate|percentage|percent|share|number|size|factor|speed-?up|savings?|gains?"
    r"|m?ap|f-?1|auc|auroc|pass@\S+|error|latency|perplexity|length|cost|price|footprint|bleu|elo"
    r"|iqm|m?iou|batch|spl)\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    r"(?:how\s+many|number\s+of)\s+(?:different\s+|distinct\s+|various\s+)?(?:[\w-]+\s+){0,1}?"
    r"(?P<noun>[A-Za-z-]{3,})",
    re.IGNORECASE,
)
_FOCUS = re.compile(
    r"\b(?:what|which)(?:['’]s|\s+(?:is|was|are|were))?\s+(?:the\s+)?"
    r"(?P<noun>(?!(?:is|are|was|were|does|do|did|has|have|had|can|could)\b)[\w@+/-]+"
    r"(?:\s+of\s+[\w-]+|\s+(?!(?:is|are|was|were|does|do|did|has|have|had|can|could|of|in|on|for|from"
    r"|to|that|was)\b)[\w@+/-]+)?)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<!\w)(?:[A-Za-z]*[A-Z]+[A-Za-z]*\d[\w.+^-]*|\w*[a-z]\w*[A-Z]\w*|[A-Z]{2,}[\w+^-]*"
    r"|[A-Z][\w+^-]*|\d+[BMK])(?!\w)"
)
_PLAIN = re.compile(r"[A-Z][a-z]+(?:-[a-z]+)?")
_BETWEEN = r"[\W_]{0,2}"
"""What may stand between the letters of a name: `Dual-Swin-L`, `Dual Swin L`."""
_GENERIC = frozenset("llm llms lm lms rl ai ml nlp vlm vlms mlp mlps gpu gpus cpu cpus i a".split())
_WORD = re.compile(r"[^\W_]+")
_RESULT = re.compile(r"\d\s?\\?(?:%|x\b|×|times|-?fold)|(?<![\w.-])\d+\.\d+")
_SENTENCE = re.compile(r"[.?!:]\s")
_CLAUSE = re.compile(
    r"[?;:]\s+|(?<=\w\w)\.\s+|\s[-–—]+\s"
    r"|(?:,\s+(?:(?:and|but|or)\s+)?|\s+(?:and|but|or)\s+)"
    r"(?=(?:how|which|what|why|who|whom|when|where|does|do|did|is|are|was|were|can|could|should)\b)",
    re.IGNORECASE,
)
_ITS_VERB = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had)\s+(?:the\s+)?\Z", re.IGNORECASE
)
_OF = re.compile(r"\bof\s+(?:the\s+)?\Z", re.IGNORECASE)
_EITHER = re.compile(r"\bor\b|/|\be\.g\b|\bsuch\s+as\b", re.IGNORECASE)
_ASKS_FOR = re.compile(r"\W*(?:and\s+|but\s+)?(?:which|what|who)\b", re.IGNORECASE)
_JOINT = re.compile(r"[,;:?!]\s|\.\s|\s[-–—]\s|\b(?:and|or|versus|vs\.?)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """quantity: a figure is asked for. stated: how such a figure is written, where the wording
    tells. focus: (start, end) of the noun asked for. parts: stretches of the last question, each an
    aspect of a comparison. clauses: stretches of all of it that ask or tell for themselves.
    compared: how many things are, by the wording. names: of methods and the like. titles: of
    papers. words: how many different words carry meaning, titles apart."""

    text: str
    quantity: bool
    stated: re.Pattern[str] | None
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

    def unmentioned(self, source: str) -> list[str]:
        """Names of the question that `source` does not mention in any spelling."""
        names = (self.text[start:end] for start, end in self.names)
        return [name for name in names if not mentions(source, name)]

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
        return bool(_QUANTITY.search(self.text[part[0] : part[1]]))

    def fits(self, sentence: str) -> float:
        """Whether `sentence` holds a figure as it is asked for (1), any figure (0.5), or none.
        Always 1 where no figure is asked for."""
        if not self.quantity or (self.stated and self.stated.search(sentence)):
            return 1.0
        return 0.5 if re.search(_COUNT, sentence) else 0.0


def read(text: str, *, titles: Sequence[tuple[int, int]] = ()) -> Asked:
    """`text`: a question, without the words that state constraints. `titles`: those in it, whose
    words ask for nothing."""
    whole, text = text, _blank(text, titles)
    names = []
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()
        opens = not before or before[-1] in ".?!:"
        if match[0].lower() not in _GENERIC and not (opens and _PLAIN.fullmatch(match[0])):
            names.append(match.span())
    content = {w for w in _WORD.findall(text.lower()) if len(w) > 1 and w not in STOPWORDS}
    quantity = bool(_QUANTITY.search(text))
    how_many, focus = _HOW_MANY.search(text), _FOCUS.search(text)
    asked_noun = how_many or focus
    return Asked(
        text=whole,
        quantity=quantity,
        stated=_stated(text, how_many) if quantity else None,
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


def mentions(source: str, name: str) -> bool:
    """Whether `name` stands in `source` as a name of its own: GPT-4 is written GPT4 as well, and is
    neither GPT-4o nor part of MiniGPT-4; Qwen is mentioned by Qwen2.5."""
    letters = re.findall(r"[a-z0-9]", name.lower())
    while len(letters) > 1 and letters[-1] == "s":
        letters.pop()
    if not letters:
        return True
    ends = r"(?![A-Za-z0-9])" if letters[-1].isdigit() else r"s*(?![A-Za-z])"
    written = rf"(?<![A-Za-z0-9]){_BETWEEN.join(letters)}{ends}"
    return bool(re.search(written, source, re.IGNORECASE))


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


def _stated(text: str, how_many: re.Match[str] | None) -> re.Pattern[str]:
    for _, asked, stated in _KINDS[:2]:
        if re.search(asked, text, re.IGNORECASE):
            return re.compile(stated, re.IGNORECASE)
    if how_many:
        stem = re.escape(how_many["noun"].rstrip("s")[:8])
        return re.compile(rf"{_COUNT}[\s-]+(?:[\w-]+[\s-]+){{0,3}}?{stem}", re.IGNORECASE)
    for _, asked, stated in _KINDS[2:]:
        if re.search(asked, text, re.IGNORECASE):
            return re.compile(stated, re.IGNORECASE)
    return re.compile(_FIGURE)
