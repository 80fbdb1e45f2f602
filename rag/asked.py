"""What a fact question asks for, from its wording, and whether a sentence could hold it.

`How many`, `what accuracy`, `by what factor` ask for a figure; other facts are names and phrases
that no pattern tells. Names in the question (GSM8K, CodeRL, Dual-Swin-L) tell which paper is
meant and under which conditions: a paper that never mentions one is not the one that answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.words import STOPWORDS

_QUANTITY = re.compile(
    r"\bhow\s+(?:many|much|long|far|large|big|small|fast|often|old|high|low|quickly|deep|expensive"
    r"|few|heavy|wide|tall)\b|\bby\s+(?:how|what|which)\b"
    r"|\b(?:score|accuracy|rate|percentage|percent|share|number|size|factor|speed-?up|savings?|gain"
    r"|m?ap|f-?1|auc|auroc|pass@\S+|error|latency|perplexity|length|cost|price|footprint|bleu|elo"
    r"|iqm|m?iou|batch|spl)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![A-Za-z\d])\$?\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|dozens?|hundreds?|thousands?|millions?|billions?|half|twice|double[sd]?|triple[sd]?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<!\w)(?:[A-Za-z]*[A-Z]+[A-Za-z]*\d[\w.+^-]*|\w*[a-z]\w*[A-Z]\w*|[A-Z]{2,}[\w+^-]*"
    r"|[A-Z][\w+^-]*|\d+[BMK])(?!\w)"
)
_PLAIN = re.compile(r"[A-Z][a-z]+(?:-[a-z]+)?")
_GENERIC = frozenset("llm llms lm lms rl ai ml nlp vlm vlms mlp mlps gpu gpus cpu cpus i a".split())
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """quantity: a figure is asked for. names: (start, end) in the text. words: how many different
    words carry meaning."""

    text: str
    quantity: bool
    names: tuple[tuple[int, int], ...]
    words: int

    def unmentioned(self, source: str) -> list[str]:
        """Names of the question that `source` does not mention in any spelling."""
        plain = _squeezed(source)
        names = (self.text[start:end] for start, end in self.names)
        return [name for name in names if _squeezed(name).rstrip("s") not in plain]


def read(text: str) -> Asked:
    """`text`: a question, without the words that state constraints."""
    names = []
    for match in _NAME.finditer(text):
        opens = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in ".?!:"
        if match[0].lower() in _GENERIC or (opens and _PLAIN.fullmatch(match[0])):
            continue
        names.append(match.span())
    content = {w for w in _WORD.findall(text.lower()) if len(w) > 1 and w not in STOPWORDS}
    return Asked(
        text=text,
        quantity=bool(_QUANTITY.search(text)),
        names=tuple(names),
        words=len(content),
    )


def has_figure(sentence: str) -> bool:
    """Whether a sentence gives any figure, in digits or in words."""
    return bool(_FIGURE.search(sentence))


def _squeezed(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]", text.lower()))
