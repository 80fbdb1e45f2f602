"""From a model's prose with keys to sentences with checked, numbered citations.

A key (`[E1]`) becomes the span of the evidence it names; a sentence keeps its citations only
when the checks of `rag.answer.checks` pass, else it stays visible, marked, with the reason. Model
text is untrusted: it is parsed leniently, kept as written apart from its markers, and never
rendered here. Which evidence was offered, and what the model is, this module does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rag.answer.attribution import Attribute, attributed
from rag.answer.checks import SourceTerms, coverage, heading_source, missing, source_of, unrelated
from rag.answer.markers import MARKER, NOUN, Unit, canonical_keys, units
from rag.records import Citation, Evidence, Paper, Sentence
from rag.text.latex import readable
from rag.text.patterns import lazy
from rag.text.words import enumerated

UNSUPPORTED = "[unsupported]"
"""Stands in an answer's text behind a sentence that no checked citation carries."""

_TITLE_WORDS = 4
"""A shorter title may stand in a sentence as mere words."""
_ANY_KEY = lazy(rf"{MARKER.pattern}|{NOUN.pattern}")
_SAYING = "say|state|mention|specify|report|give|provide|include|contain|describe|address|name"
_ABSENCE = lazy(
    r"\b(?:evidence|abstracts?|quotes?|quoted sentences|excerpts?|papers?|sources?)\b"
    r"(?:(?!\b(?:which|that|who)\b)[^.]){0,60}?\b(?:do|does|did)(?: not|n['’]t) (?:\w+ )?"
    rf"(?:{_SAYING}|cover|discuss|compare|explain|examine|show|tell|quantify)\b"
    r"|\b(?:no(?:ne)?(?: of the)? (?:other )?(?:evidence|abstract|paper|quote)s?)\b[^.]{0,40}"
    rf"\b(?:(?:{_SAYING})s?|(?:is|are) about)\b",
    re.IGNORECASE,
)
_TURNS = lazy(
    r"(?:[,;:]|\s[—–-])?\s+(?:but|however|only\s+that|though|although|yet|while|whereas)\s+|;\s+",
    re.IGNORECASE,
)
"""Between what is not said and what is claimed in one sentence."""
_COURTESY = lazy(r"(?:sure|certainly|of course|i hope|let me know|feel free)\b", re.I)


class Numbering:
    """Numbers spans in the order of their first use; the same span keeps its number."""

    def __init__(self) -> None:
        self._citations: dict[tuple[str, int, int], Citation] = {}

    def number(self, evidence: Evidence) -> int:
        """Raises ValueError for a span that is empty or outside the abstract."""
        paper, start, end = evidence.paper, evidence.start, evidence.end
        if not 0 <= start < end <= len(paper.abstract):
            raise ValueError(f"{evidence.key}: [{start}, {end}) is no span of {paper.paper_id}")
        citation = Citation(
            n=len(self._citations) + 1,
            paper_id=paper.paper_id,
            title=paper.title,
            quote=evidence.quote,
            start=start,
            end=end,
            published=paper.published,
            url=paper.address,
            arxiv_month=paper.arxiv_month,
        )
        return self._citations.setdefault((paper.paper_id, start, end), citation).n

    def numbers(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.number(item) for item in evidence))

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._citations.values())


def with_markers(sentence: Sentence) -> str:
    """The sentence as an answer's text shows it: `…text. [1][2]`, or with the unsupported mark."""
    if not sentence.supported:
        return f"{sentence.text} {UNSUPPORTED}"
    marks = "".join(f"[{n}]" for n in sentence.citations)
    return f"{sentence.text} {marks}".rstrip()


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedReply:
    """A reply after the checks. `papers` are those that supported sentences cite, as they come."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    papers: tuple[str, ...]
    notices: tuple[str, ...] = ()

    @property
    def unsupported(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if not sentence.supported)


def check(
    reply: str,
    evidence: Sequence[Evidence],
    *,
    question: str = "",
    attribute: Attribute = lambda sentence, cited: "",
) -> CheckedReply:
    """Resolve and check every sentence of `reply` against the evidence that was offered.

    A sentence must cite, and every number and name in it must stand in what it cites (see
    `rag.answer.checks`). Keys at the end of a paragraph count for the sentences before them whose
    words they quote. A sentence needs no citation when it says nothing about a paper: a heading, a
    lead-in that ends with a colon, a question to the reader, a courtesy, or a statement that the
    abstracts do not say something. Even those may name only what the question or the evidence
    names, and give no figures but the question's, the titles' and dates', and counts of papers.

    What a supported sentence says of a paper that it does not cite is what those say that it cites:
    where `attribute` finds that, the sentence is shown with `(according to …)`.
    """
    offered = {item.key: item for item in evidence}
    checker = _Checker(offered, question, attribute)
    return checker.run(units(canonical_keys(reply, offered)))


class _Checker:
    def __init__(
        self, offered: Mapping[str, Evidence], question: str, attribute: Attribute
    ) -> None:
        self._attribute = attribute
        self._offered = offered
        self._question = question
        self._papers = {item.paper.paper_id: item.paper for item in offered.values()}
        self._paper_counts = range(len(self._papers) + 1)
        self._numbering = Numbering()
        self._unknown: dict[str, None] = {}

    def run(self, parts: Iterable[Unit]) -> CheckedReply:
        text, sentences, papers = "", [], dict[str, None]()
        for unit in self._with_shared_keys(list(parts)):
            sentence, cited = self._sentence(unit)
            if sentence is None:
                text += unit.lead + MARKER.sub("", unit.text)
                continue
            written = unit.text
            papers_cited = list({item.paper.paper_id: item.paper for item in cited}.values())
            if cited and (told := self._attribute(sentence.text, papers_cited)):
                sentence = replace(sentence, text=attributed(sentence.text, told))
                written = attributed(written, told)
            sentences.append(sentence)
            if not says_nothing_found(sentence.text) or _absent(sentence.text)[1]:
                papers |= dict.fromkeys(item.paper.paper_id for item in cited)
            text += unit.lead + self._rendered(written, sentence)
        notices = []
        if self._unknown:
            keys = ", ".join(self._unknown)
            notices.append(f"The model cited what is not among its evidence: {keys}.")
        return CheckedReply(
            text=text.strip(),
            sentences=tuple(sentences),
            citations=self._numbering.citations,
            papers=tuple(papers),
            notices=tuple(notices),
        )

    def _with_shared_keys(self, parts: list[Unit]) -> list[Unit]:
        """Keys at the end of a paragraph, shared with the sentences before them that have none.

        Only where half the words of such a sentence stand in one of the quotes: that one it
        gets. The check of numbers and names comes after, as for any other key."""
        shared: list[str] = []
        for i in reversed(range(len(parts))):
            unit = parts[i]
            if keys := [key for key in self._keys(unit) if key in self._offered]:
                shared = keys
            elif shared and not self._keys(unit) and not (unit.is_heading or _announces(unit.text)):
                quotes = {key: coverage(unit.text, self._offered[key].quote) for key in shared}
                best = max(quotes, key=lambda key: quotes[key])
                if quotes[best] >= 0.5:
                    parts[i] = replace(unit, text=f"{unit.text} [{best}]")
            if "\n" in unit.lead:
                shared = []
        return parts

    @staticmethod
    def _keys(unit: Unit) -> list[str]:
        return list(dict.fromkeys(m[1] or m[2] for m in _ANY_KEY.finditer(unit.text)))

    def _sentence(self, unit: Unit) -> tuple[Sentence | None, list[Evidence]]:
        keys = self._keys(unit)
        cited = [self._offered[key] for key in keys if key in self._offered]
        unknown = [f"[{key.lstrip('#')}]" for key in keys if key not in self._offered]
        self._unknown |= dict.fromkeys(unknown)
        shown = self._without_markers(unit.text)
        if not re.search(r"\w", shown):
            return None, []
        why = self._why(unit, shown, cited, unknown)
        if why:
            return Sentence(text=shown, supported=False, why=why), []
        return Sentence(text=shown, citations=self._numbering.numbers(cited)), cited

    def _why(
        self, unit: Unit, shown: str, cited: Sequence[Evidence], unknown: Sequence[str]
    ) -> str:
        """Why the sentence is not supported; empty when it is, or when it claims nothing."""
        if cited:
            papers = {item.paper.paper_id for item in cited}
            absent, claim = _absent(shown)
            counts = (len(papers), len(cited))
            lost = missing(claim, source_of(cited), counts=counts)
            if absent:  # what is not said stands in the question, and in no quote
                about = self._heading_source.or_else(source_of(cited))
                lost = [*missing(absent, about, counts=counts), *lost]
            verb = "does" if len(lost) == 1 else "do"
            if lost:
                quoted = enumerated([f"“{word}”" for word in lost])
                return f"{quoted} {verb} not stand in what it cites."
            if title := self._other_title(shown, cited):
                return f"It names “{title}”, which it does not cite."
            return "It has no word in common with what it cites." if unrelated(shown, cited) else ""
        if unknown:
            return f"It cites {', '.join(unknown)}: not among the evidence."
        if (unit.is_heading or _announces(shown)) and not missing(
            shown, self._heading_source, counts=self._paper_counts
        ):
            return ""
        return "It cites nothing."

    @cached_property
    def _heading_source(self) -> SourceTerms:
        return heading_source(self._offered.values(), self._question)

    def _other_title(self, shown: str, cited: Sequence[Evidence]) -> str:
        """The title of a paper that the sentence names and does not cite, where those it cites do
        not name it either; empty for none."""
        said = _words_of(shown)
        own = {item.paper.paper_id: item.paper for item in cited}
        known = _words_of(" ".join(f"{p.title} {p.abstract}" for p in own.values()))
        for title, paper in self._titles.items():
            if title in said and title not in known and paper.paper_id not in own:
                return readable(paper.title)
        return ""

    @cached_property
    def _titles(self) -> Mapping[str, Paper]:
        titles = {_words_of(paper.title): paper for paper in self._papers.values()}
        return {t: paper for t, paper in titles.items() if len(t.split()) >= _TITLE_WORDS}

    def _without_markers(self, text: str) -> str:
        text = re.sub(rf"\s*{MARKER.pattern}", "", text)
        return NOUN.sub(lambda m: self._title(m[1]), text).strip().strip("|").strip()

    def _title(self, key: str) -> str:
        return f"“{self._offered[key].paper.title}”" if key in self._offered else key

    def _rendered(self, text: str, sentence: Sentence) -> str:
        if not sentence.supported:
            body = re.sub(rf"\s*{MARKER.pattern}", "", text)
            body = NOUN.sub(lambda m: self._title(m[1]), body)
            end = len(body.rstrip(" |"))  # a table row stays one
            return f"{body[:end]} {UNSUPPORTED}{body[end:]}"

        def number(match: re.Match[str]) -> str:
            known = self._offered.get(match[2])
            return f"{match[1]}[{self._numbering.number(known)}]" if known else ""

        text = re.sub(rf"(\s*){MARKER.pattern}", number, text)
        text = NOUN.sub(
            lambda m: (
                f"{self._title(m[1])} [{self._numbering.number(self._offered[m[1]])}]"
                if m[1] in self._offered
                else m[1]
            ),
            text,
        )
        return re.sub(r"(\[\d+\])(?:\s*\1)+", r"\1", text)


def _announces(shown: str) -> bool:
    absent, claim = _absent(shown)
    return bool(
        shown.endswith((":", "?", ":**")) or (absent and not claim) or _COURTESY.match(shown)
    )


def _absent(text: str) -> tuple[str, str]:
    """What a sentence says that the abstracts do not say, and what it claims besides: `they do not
    say how much, but CURE gains`. All of another sentence is a claim."""
    if not says_nothing_found(text):
        return "", text
    parts = _TURNS.split(text)
    return (
        " ".join(part for part in parts if says_nothing_found(part)),
        " ".join(part for part in parts if not says_nothing_found(part)),
    )


def says_nothing_found(text: str) -> bool:
    """Whether a sentence states that the abstracts do not say something."""
    return bool(_ABSENCE.search(text))


def _words_of(text: str) -> str:
    """Words in lower case with a space around each, so that whole words alone are found in it."""
    words = re.findall(r"[^\W_]+", readable(text).casefold())
    return f" {' '.join(words)} "
