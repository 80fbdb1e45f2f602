"""Definitions of acronyms, read from running text.

The algorithm is that of Schwartz and Hearst (A Simple Algorithm for Identifying Abbreviation
Definitions in Biomedical Text, Pacific Symposium on Biocomputing 2003): take `long form (SF)`, and
match the letters of the short form, from the last to the first, in the words before it; the first
letter has to start a word. `SF (long form)`, `SF, short for long form` and `SF stands for long
form` are read the same way, with the words inside or behind.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.text.patterns import lazy
from rag.text.phrases import listed

_SHORT = r"[A-Za-z][\w^*/+-]{1,11}"
_INSIDE = lazy(r"(?<=\w)[”\"']?\s*[~ ]?\(\s*([^()\[\]]{2,120}?)\s*\)")
_SPELLED = lazy(
    rf"\b({_SHORT})\b[\"”']?,?\s+(?:is\s+|being\s+)?(?:short\s+for|stands?\s+for|standing\s+for"
    r"|an?\s+(?:acronym|abbreviation)\s+(?:of|for))\s+([^.,;()]{3,120})"
)
_ABBREVIATED = lazy(rf"((?:[\w’'-]+\s+){{1,12}})\(?,?\s*abbreviated\s+(?:as|to|by)?\s*({_SHORT})\b")
_ASKED = lazy(
    rf"\bwhat\s+(?:do|does|did)\s+(?:the\s+)?(?:acronym\s+|abbreviation\s+|letters\s+)?[\"'“]?({_SHORT})[\"'”]?\s+"
    r"(?:stand|stands|standing)\s+for"
    rf"|\bwhat\s+(?:is|are)\s+(?:the\s+)?[\"'“]?({_SHORT})[\"'”]?\s+(?:short|an?\s+\w+)\s+for\b"
    rf"|\b(?:acronym|abbreviation)\s+[\"'“]?({_SHORT})\b[\"'”]?(?=\s+(?:mean|stand|refer|denote)|\W*\Z)"
    r"|\b(?:full|long|expanded|spelled-?out)\s+(?:form|name|version)\s+of\s+(?:the\s+)?(?:acronym\s+)?[\"'“]?"
    rf"({_SHORT})\b"
    rf"|\A\W*(?:expand|spell\s+out)\s+(?:the\s+)?(?:acronym\s+)?[\"'“]?({_SHORT})[\"'”]?\W*\Z"
    rf"|\A\W*({_SHORT})\s+(?:stands?|is\s+short)\s+for\W*\Z",
    re.IGNORECASE,
)
_MAX_PAIR = 12
_SMALL = frozenset(listed("a an and by for from in of on the through to via with"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """One meaning of an acronym: the long form as most often written, and who defines it."""

    long: str
    papers: tuple[str, ...]


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """All (short form, long form) that a text defines, as written there."""
    for match in _INSIDE.finditer(text):
        inside = re.split(r"[;,]|\bi\.e\.|\be\.g\.", match[1])[0].strip(" \"'“”*")
        before = text[max(0, match.start() - 200) : match.start() + 1]
        before = re.split(r"[.;:,!?()]\s", before)[-1].strip(" \"'“”*~")
        if _is_short(inside):
            words = before.split()
            window = words[-min(len(inside) + 5, 2 * len(inside), _MAX_PAIR) :]
            long_form = _best_long_form(inside, " ".join(window))
            if long_form:
                yield inside, long_form
                continue
        short = before.split()[-1].strip("\"'“”*") if before.split() else ""
        several = len(inside.split()) > 1
        if _is_short(short) and several and _best_long_form(short, inside) == inside:
            yield short, inside
    for match in _SPELLED.finditer(text):
        long_form = _shortest_prefix(match[1], match[2])
        if _is_short(match[1]) and long_form:
            yield match[1], long_form
    # The pattern tries every word, and few texts have any use for it.
    for match in _ABBREVIATED.finditer(text) if "abbreviated" in text else ():
        long_form = _best_long_form(match[2], match[1].strip(" ,"))
        if _is_short(match[2]) and long_form:
            yield match[2], long_form


def meanings(pairs: Sequence[tuple[str, str]]) -> tuple[Meaning, ...]:
    """The different meanings among the (long form, paper)s of one acronym, most papers first.

    Wordings of one meaning are gathered: `learning from` and `learning with human feedback`.
    """
    kept = _merged(_gist(long_form) for long_form, _ in pairs)
    gathered: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for long_form, paper in pairs:
        gathered[kept[_gist(long_form)]].append((long_form, paper))
    found = [
        Meaning(
            long=Counter(wording for wording, _ in same).most_common(1)[0][0],
            papers=tuple(sorted({paper for _, paper in same})),
        )
        for same in gathered.values()
    ]
    return tuple(sorted(found, key=lambda meaning: (-len(meaning.papers), meaning.long)))


def acronym_asked(question: str) -> str | None:
    """The short form whose meaning a question asks for: `what does RLVR stand for?`."""
    match = _ASKED.search(question)
    return next(filter(None, match.groups()), None) if match else None


def singular(short: str) -> str:
    """`LLMs` → `LLM`."""
    plural = len(short) > 2 and short.endswith("s") and short[-2].isupper()
    return short[:-1] if plural else short


def _is_short(word: str) -> bool:
    """At least two characters, one token, and two capitals (`RL`, `LLMs`, `SMECa`; not `Fig`)."""
    return (
        re.fullmatch(_SHORT, word) is not None
        and sum(c.isupper() for c in word) >= 2
        and sum(c.isupper() for c in word) * 3 >= len(word)
    )


def _best_long_form(short: str, candidate: str) -> str | None:
    """Schwartz and Hearst's `findBestLongForm`: the shortest tail of `candidate` to spell `short`.

    Letters may come from inside words; the first must start one.
    """
    initials = _initials(short, candidate)
    if initials:
        return initials
    at = len(candidate) - 1
    for position in range(len(short) - 1, -1, -1):
        letter = short[position].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and (
            candidate[at].lower() != letter
            or (position == 0 and at > 0 and candidate[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return None
        at -= 1
    found = candidate[candidate.rfind(" ", 0, at + 1) + 1 :].strip(" -\"'“”‘’*`")
    words = found.split()
    short_plain = re.sub(r"\W", "", short).lower()
    if len(found) <= len(short) or len(words) > min(len(short) + 5, 2 * len(short)):
        return None
    if short_plain in (re.sub(r"\W", "", word).lower() for word in words):
        return None
    return found


def _initials(short: str, candidate: str) -> str | None:
    """The tail of `candidate` whose words begin with just the letters of `short`, if there is one.

    Our addition: without it `proximal policy optimization (PPO)` ends at `policy`.
    """
    letters = re.sub(r"[^a-z]", "", singular(short).lower())
    parts = list(re.finditer(r"[A-Za-z][\w’']*", candidate))
    if len(letters) < 2 or len(parts) < len(letters):
        return None
    tail = parts[-len(letters) :]
    if [part[0][0].lower() for part in tail] != list(letters):
        return None
    found = candidate[tail[0].start() :].strip(" -\"'“”‘’*`")
    return found if tail[0].start() == 0 or candidate[tail[0].start() - 1] != "-" else None


def _shortest_prefix(short: str, text: str) -> str | None:
    """The shortest head of `text` that spells `short`; the last letter ends the search."""
    words = text.split()
    for size in range(2, min(len(words), len(short) + 5) + 1):
        head = " ".join(words[:size])
        if _best_long_form(short, head) == head and words[size - 1][:1].lower() in short.lower():
            return head
    return None


def _gist(long_form: str) -> str:
    """What wordings of one long form share, small words and endings left out."""
    words = re.findall(r"[^\W_]+", re.sub(r"['’]s\b", "", long_form.lower()))
    return "".join(w[:5] for w in words if w not in _SMALL)


def _merged(gists: Iterable[str]) -> dict[str, str]:
    """Gist → the shortest that begins it: `chain of thought prompting` is `chain of thought`."""
    shortest: dict[str, str] = {}
    for gist in sorted(gists, key=len):
        shortest[gist] = next((kept for kept in shortest.values() if gist.startswith(kept)), gist)
    return shortest
