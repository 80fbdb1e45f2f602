"""A model's prose taken apart: its keys, however it writes them, and its sentences in place.

What a key stands for is not decided here, nor whether a sentence is supported. Put together
again, leads and texts are the reply as it was written, but for the keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rag.records import Evidence
from rag.text.patterns import lazy
from rag.text.sentences import sentence_spans

MARKER = lazy(r"\[(E[0-9]+|#[0-9]+)\]")
"""A key after `canonical_keys`: `[E1]`, or `[#3]` for a number that names no evidence."""
NOUN = lazy(r"“(E[0-9]+)”")
"""A key that stands for the paper itself: “according to E1”."""

_KEY = r"(?:evidence\s?#?|e\s?)[0-9]{1,3}(?![0-9])"
_LABEL = r"(?:(?:see|cf\.?|keys?|sources?|refs?\.?|evidence)[ ]?:?[ ]?)?"
_MORE = rf"(?:[ ,;&–\-\[\]【】]|and|to|{_KEY}|(?<![0-9])[0-9]{{1,3}}(?![0-9]))*"
_LINK = r"(?:\([^()\s]*\))?"
_WRITTEN = lazy(
    # [E1] [E1, E2] [^E1] [[E1]] 【E1†L3】 [E1: "as quoted"] {E1} <E1>, with a link behind it or not
    rf"(?P<keyed>[\[【{{<]{{1,3}}[ ]?\^?{_LABEL}{_KEY}{_MORE}"
    rf"(?:[:|†][^\[\]【】\n]{{0,300}})?[\]】}}>]{{1,3}}{_LINK})"
    # (E1) (E1, E2) (see E1)
    rf"|(?P<round>\([ ]?{_LABEL}{_KEY}{_MORE}\))"
    # [1] [1, 2] [Source 3]: the model's own numbering
    r"|(?P<numeric>[\[【][ ]?\^?(?:(?:source|paper|ref|citation)[ ])?"
    rf"[0-9]{{1,3}}(?:[ ]?[,;–-][ ]?[0-9]{{1,3}})*[ ]?[\]】]{_LINK})"
    # E1 in running text
    r"|(?P<bare>\b(?-i:E|[Ee]vidence )[0-9]{1,3}\b)",
    re.IGNORECASE,
)
_RANGE = lazy(r"([0-9]{1,3})\s*(?:[–-]|to)\s*[Ee]?\s?([0-9]{1,3})")
_BEFORE_NOUN = lazy(r"\b(?:according to|as (?:shown )?in|both|in|from|of|unlike)\s*$", re.I)
_AFTER_NOUN = lazy(r"(?:'s|’s|,? (?:and [\[“]|(?!and\b)[a-z]{2,}))")
_LOOK_BACK = 60
_SENTENCE_ENDS = lazy(r"(?:^|[.!?])[\s*_]*$")

_LEADING = lazy(rf"\s*(?:{MARKER.pattern}\s*)+[.,;]?")
_BLOCK = lazy(r"\s*(?:>\s*)*(?:#{1,6}\s+|(?:[-*+•–]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?)*")
_BOLD_LINE = lazy(r"(\*\*|__)[^*_]+\1(?: ?\([^()]*\))?:?")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence in its place: what stands before it (line breaks, bullets), then its text."""

    lead: str
    text: str
    is_heading: bool = False
    """A heading, a line in bold or a table's header: known by its form alone."""


def canonical_keys(reply: str, offered: Mapping[str, Evidence]) -> str:
    """Every way of writing a key, as `[E1]`; as `“E1”` where it stands for the paper itself.

    What the offered evidence says literally is text: E5 is an embedding model, [0, 1] an
    interval. A bare E7 that was not offered is text as well."""
    literal = " ".join(f"{item.paper.title} {item.quote}" for item in offered.values())

    def canonical(match: re.Match[str]) -> str:
        written, kind = match.group(), match.lastgroup
        if kind != "keyed" and re.search(rf"(?<!\w){re.escape(written)}(?!\w)", literal):
            return written
        numbers = _numbers(written)
        if kind == "numeric":
            return "".join(f"[#{n}]" for n in numbers)
        keys = [f"E{n}" for n in numbers]
        if kind == "bare" and not all(key in offered for key in keys):
            return written
        before = reply[max(0, match.start() - _LOOK_BACK) : match.start()].rpartition("\n")[2]
        before = _BLOCK.sub("", before, count=1)
        starts = _SENTENCE_ENDS.search(before) and _AFTER_NOUN.match(reply, match.end())
        if kind == "bare" or starts or _BEFORE_NOUN.search(before):
            return " and ".join(f"“{key}”" for key in keys)
        glued = match.start() > 0 and reply[match.start() - 1].isalnum()
        return " " * glued + "".join(f"[{key}]" for key in keys)

    return _WRITTEN.sub(canonical, reply)


def keys_in(reply: str, offered: Mapping[str, Evidence]) -> set[str]:
    """The keys of `offered` that `reply` has, however it writes them."""
    text = canonical_keys(reply, offered)
    found = (*MARKER.findall(text), *NOUN.findall(text))
    return {key for key in found if key in offered}


def _numbers(written: str) -> list[int]:
    """1, 2, 3 and 5 for `[E1-E3, E5: "…"](link)`."""
    keys = re.split(r"\]\(|(?<=\d)\s*[:|†]", written)[0]

    def whole(match: re.Match[str]) -> str:
        first, last = int(match[1]), int(match[2])
        inner = range(first, last + 1) if first < last <= first + 20 else (first, last)
        return " ".join(map(str, inner))

    return list(dict.fromkeys(map(int, re.findall(r"[0-9]+", _RANGE.sub(whole, keys)))))


def units(text: str) -> list[Unit]:
    """The sentences of `text`, after `canonical_keys`. Lines end sentences; a last unit without
    text holds what stands behind the last sentence."""
    found: list[Unit] = []
    lines = text.split("\n")
    lead = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        block = _BLOCK.match(line)
        start = block.end() if block else 0
        body = line[start:]
        if found and _LEADING.fullmatch(body):
            # Keys on a line of their own close the sentence before.
            found[-1] = replace(found[-1], text=f"{found[-1].text} {body.strip()}")
            continue
        is_heading = (
            "#" in line[:start]
            or _BOLD_LINE.fullmatch(body.strip()) is not None
            or (body.startswith("|") and "-" in following and set(following) <= set(" |:-"))
        )
        lead += line[:start]
        end = 0
        for low, high in _sentences(body):
            found.append(Unit(lead + body[end:low], body[low:high], is_heading))
            lead, end = "", high
        lead += body[end:] + "\n"
    return [*found, Unit(lead, "")]


def _sentences(body: str) -> Iterator[tuple[int, int]]:
    """Ranges of the sentences of one line. A table's row is one."""
    if body.startswith("|"):
        yield 0, len(body)
        return
    spans = [(span.start, span.end) for span in sentence_spans(body)]
    for i in range(len(spans) - 1):
        # Keys behind a full stop close the sentence before it.
        if leading := _LEADING.match(body, *spans[i + 1]):
            spans[i] = (spans[i][0], leading.end())
            spans[i + 1] = (leading.end(), spans[i + 1][1])
    yield from ((low, high) for low, high in spans if body[low:high].strip())
