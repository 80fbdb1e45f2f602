"""What type of thing a question asks for, and how a sentence holds one: a share, a factor, a speed,
money, time, a number of something, the name of a model or of data.

`How many percent does X gain?` and `what percentage gain does X get?` want the same, and no
abstract says `percentage`: it says `5%`. So the words that only tell the type, and the verbs that
say no more than that a paper has it, are met by whatever sentence holds the type. Which models and
data sets there are is not known: a name is told by its letters and by what stands around it. Nor is
it known whether a figure is the one that is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.patterns import lazy

_FIGURE = r"(?<![A-Za-z\d.,-])\d[\d.,]*(?!D\b|\)|\w*-[A-Za-z])"
_SPELT = r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PARTS = (
    r"\bhalf\b|\bhal(?:f|v(?:e|es|ed|ing))\b|\b(?:an?|one|two|three)[\s-]"
    r"(?:third|quarter|fifth|sixth|tenth)s?\b"
)
_MULTIPLES = (
    rf"\b(?:twice|thrice|double[sd]?|doubling|triple[sd]?|tripling|quadrupl(?:e[sd]?|ing))\b"
    rf"|\b(?:{_SPELT}|several|many|hundred|thousand)[\s-]?fold\b|\borders?[\s-]of[\s-]magnitude\b"
)
_COUNT = (
    rf"(?:(?<![A-Za-z\d.,-])\d[\d.,]*[kKMB]?\+?|\b(?:{_SPELT}|dozens?|hundreds?|thousands?)"
    rf"|\b(?:\w+\s+)?(?:million|billion|trillion)|{_PARTS}|{_MULTIPLES})"
)
_SHARE = (
    rf"\d\s?\\?%|\d\s?per\s?cent|\d\s?(?:points?|pp)\b|(?<![\w.-])\d{{1,2}}\.\d+(?!\s?\\?(?:x\b|×|times))"
    rf"|{_PARTS}"
)
_FACTOR = rf"\d\s?\\?(?:x\b|×|times|-?fold|%)|{_PARTS}|{_MULTIPLES}"
_SPEED = r"fast|speed|accelerat|quick|slow|latenc|throughput|runtime|\btime\b"
_UNITS = r"(?:milli|micro)?seconds?|minutes?|hours?|days?|weeks?|months?|years?"
_KINDS: tuple[tuple[str, str], ...] = (
    # how it is asked for, how it is stated
    (r"how\s+much\s+money|\bdollars?\b|\bprice\b|how\s+expensive", r"\$\s?\d|\d\s?(?:dollars|USD)"),
    (
        rf"how\s+long|how\s+many\s+(?:\w+\s+)?(?:{_UNITS})|\bduration\b|\blatency\b",
        rf"\d\+?(?:\s|-)?(?:ms|s|min|{_UNITS})\b|\b(?:{_SPELT}|an?|within|few)\s+(?:\w+\s+)?(?:{_UNITS})\b",
    ),
    (
        r"speed-?ups?\b|how\s+(?:much|many\s+times)\s+(?:faster|quicker|slower)\b|\baccelerat",
        rf"\A(?=.*(?:{_FACTOR})).*(?:{_SPEED})",
    ),
    (
        r"\bpercent|\b(?:percentage|how\s+many)\s+points?\b",
        _SHARE,
    ),
    (r"\borders?\s+of\s+magnitude\b", r"\borders?[\s-]of[\s-]magnitude\b|\d\s?\\?x\b|10\^"),
    (
        r"\bfactor\b|how\s+many\s+times\b|how\s+much\s+(?:\w+er|more|less|fewer)\b|\bratio\b",
        rf"{_FACTOR}",
    ),
)
_LOOSER: tuple[tuple[str, str], ...] = (
    (r"\brate\b", rf"{_SHARE}|{_FACTOR}"),
    (
        r"\bshare\b|\baccurac|\bfraction\b|\bproportion\b|\bportion\b|\bprecision\b|\brecall\b"
        r"|\bpass@|\bhow\s+much\s+(?!\w+\s+(?:is|are)\b)|by\s+how|\bsavings?\b|\bgains?\b|\bimprov",
        _SHARE,
    ),
)
"""Asked for in words that say more than the type."""
_QUANTITY = lazy(
    r"\bhow\s+(?:many|much|long|far|large|big|small|fast|often|old|high|low|quickly|deep|expensive"
    r"|few|heavy|wide|tall)\b|\bby\s+(?:how|what|which|up\s+to)\b|\bfrom\s+what\s+to\s+what\b"
    r"|\bin\s+percent\b"
    r"|\b(?:score|accuracy|rate|percentage|percent|share|number|size|factor|speed-?up|savings?|gains?"
    r"|m?ap|f-?1|auc|auroc|pass@\S+|error|latency|perplexity|length|cost|price|footprint|bleu|elo"
    r"|iqm|m?iou|batch|spl|fid)\b",
    re.IGNORECASE,
)
HOW_MANY = lazy(
    r"(?:how\s+many|number\s+of)\s+(?:different\s+|distinct\s+|various\s+)?(?:[\w-]+\s+){0,1}?"
    r"(?P<noun>[A-Za-z-]{3,})",
    re.IGNORECASE,
)
_TYPE = (
    r"percent(?:age)?(?:\s+points?)?|points?|factor|times|orders?\s+of\s+magnitude|speed-?ups?|faster"
    rf"|quicker|dollars?|money|number|{_UNITS}"
)
_HAVING = (
    r"report(?:s|ed)?|achiev(?:e|es|ed)|reach(?:es|ed)?|attain(?:s|ed)?|obtain(?:s|ed)?|get(?:s)?|got"
    r"|yield(?:s|ed)?|gain(?:s|ed)?|giv(?:e|es|en)|need(?:s|ed)?|requir(?:e|es|ed)|tak(?:e|es|en)"
    r"|us(?:e|es|ed)|appl(?:y|ies|ied)|evaluat(?:e|es|ed)|test(?:s|ed)?|(?:re-?)?run|ran|tried"
    r"|validat(?:e|es|ed)|improv(?:e|es|ed|ement|ements)|buil(?:d|ds|t)|based|has|have"
)
_MODEL = (
    r"(?:(?:base|backbone|foundation|underlying|pre-?trained|(?:large\s+)?(?:vision-)?language|teacher|student|open)[\s-]+)*"
    r"(?:models?|llms?|vlms?|mllms?|backbones?|(?:neural\s+)?networks?|architectures?|encoders?)"
)
_DATA = (
    r"(?:(?:training|test|evaluation|public)\s+)?(?:data\s?-?sets?|benchmarks?|corp(?:us|ora)|environments?|testbeds?|simulators?"
    r"|suites?|games?)"
)
_ASKED = (
    r"\b(?:which|what)\s+(?:(?:are|is|were|was)\s+(?:the\s+)?)?(?P<noun>{})"
    r"\s+(?:do|does|did|is|are|was|were|has|have)\b"
)
_NAMED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (lazy(_ASKED.format(noun), re.IGNORECASE), kind)
    for noun, kind in ((_MODEL, "model"), (_DATA, "data"))
)
_NAME = lazy(
    r"(?<![\w/.-])(?:[A-Z][a-z]+\s\d[\w.]*|[A-Z][\w.+*^-]*\d[\w.+-]*|\w*[a-z][A-Z][\w-]*|[A-Z]{3,}[\w+-]*"
    r"|[A-Z][a-z]{2,}[\w-]*)"
)
_PLAIN = lazy(r"[A-Z][a-z]+(?:-[A-Za-z][a-z]+)*")
_CAPITALS = lazy(r"[A-Z]+s?(?:-[a-z]+)*")
_OPENS = lazy(r"(?:\A|[.:;!?(]\s?|\d\)\s)\Z")
_BEATEN = lazy(
    r"\b(?:outperform\w*|surpass\w*|exceed\w*|than(?!\s+\d)|compared\s+(?:to|with)|against|rival\w*|beats?|like"
    r"|unlike|baselines?(?:\s+such\s+as)?|methods?\s+such\s+as|algorithms?\s+such\s+as)\b"
    r"[^.;]*?(?=\s(?:on|across|in\s+terms|with|using|while)\s|[.;]|\Z)",
    re.IGNORECASE,
)
_ASKS_BEATEN = lazy(
    r"\b(?:beat\w*|outperform\w*|surpass\w*|exceed\w*|compar\w+|baselines?)\b", re.IGNORECASE
)
_BEFORE = {
    "model": lazy(
        r"\b(?:using|use[sd]?|with|on|of|by|from|via|to|including|as|and)\s+(?:the\s+)?\Z|,\s\Z"
    ),
    "data": lazy(
        r"\b(?:on|in|across|over|from|of|including|namely|and|as|e\.g\.,?)\s+(?:the\s+)?\Z|,\s\Z"
    ),
}
_GOES_ON = lazy(r"[\s-]+[A-Z]")
_BESIDE = {
    "model": lazy(rf"\A[\s-]+(?:\w+\s+)?{_MODEL}\b", re.IGNORECASE),
    "data": lazy(rf"\A[\s-]+(?:\w+\s+)?(?:{_DATA}|tasks?)\b", re.IGNORECASE),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """figure: how a figure as asked for is written; None where none is asked for. named: `model` or
    `data`, where the name of one is. beaten: of those that are beaten, too. words: spans of the
    question that are met by whatever holds the type."""

    figure: re.Pattern[str] | None = None
    named: str = ""
    beaten: bool = False
    words: tuple[tuple[int, int], ...] = ()

    def held(self, sentence: str, known: frozenset[str] = frozenset()) -> float:
        """Whether `sentence` holds the type (1); any figure where one of some kind is asked for, or
        no name where one is (0.5); or no figure. 1 where no type is asked for. `known`: names
        that are no answer, of the question and of the paper itself, in small letters."""
        if self.named:
            return 1.0 if self._names(sentence, known) else 0.5
        if self.figure is None or self.figure.search(sentence):
            return 1.0
        return 0.5 if _ANY.search(sentence) else 0.0

    def _names(self, sentence: str, known: frozenset[str]) -> bool:
        text = sentence if self.beaten else _BEATEN.sub(lambda m: " " * len(m[0]), sentence)
        for match in _NAME.finditer(text):
            name, before, behind = match[0], text[: match.start()], text[match.end() :]
            if f"({name})" in sentence or _spells(name, known):
                continue
            plain = bool(_PLAIN.fullmatch(name))
            if plain and (_OPENS.search(before) or _GOES_ON.match(behind)):
                continue
            versioned = self.named == "model" and not plain and not _CAPITALS.fullmatch(name)
            led = not (self.named == "model" and _CAPITALS.fullmatch(name))
            if (
                versioned
                or _BESIDE[self.named].match(behind)
                or (led and _BEFORE[self.named].search(before))
            ):
                return True
        return False


_ANY = lazy(_COUNT)


def _spells(name: str, known: frozenset[str]) -> bool:
    """Whether `name` is one of `known`, or its large letters spell one: `Self-ALignMent`."""
    large = "".join(re.findall(r"[A-Z]", name)).lower()
    short = not any(map(str.isdigit, name)) and len(large) > 1
    return name.lower() in known or (short and any(large in other for other in known))


def sought(text: str) -> Sought:
    """What `text`, a question, asks for."""
    for pattern, kind in _NAMED:
        if match := pattern.search(text):
            words = (match.span("noun"), *_spans(_HAVING, text))
            return Sought(
                named=kind,
                beaten=bool(_ASKS_BEATEN.search(text)),
                words=words,
            )
    if not _QUANTITY.search(text):
        return Sought()
    counted = HOW_MANY.search(text)
    words = _spans(_TYPE, text) + ((counted.span("noun"),) if counted else ())
    if words:  # `what learning rate does it use?` asks for more than a type
        words += _spans(_HAVING, text)
    return Sought(figure=re.compile(_stated(text), re.IGNORECASE), words=words)


def _stated(text: str) -> str:
    for asked, stated in _KINDS:
        if re.search(asked, text, re.IGNORECASE):
            return stated
    if how_many := HOW_MANY.search(text):
        stem = re.escape(how_many["noun"].rstrip("s")[:8])
        return rf"{_COUNT}[\s-]+(?:[\w-]+[\s-]+){{0,3}}?{stem}"
    for asked, stated in _LOOSER:
        if re.search(asked, text, re.IGNORECASE):
            return stated
    return _FIGURE


def _spans(words: str, text: str) -> tuple[tuple[int, int], ...]:
    return tuple(
        m.span() for m in re.finditer(rf"(?<![\w-])(?:{words})(?![\w-])", text, re.IGNORECASE)
    )
