"""Does what a sentence cites carry it? Every number and name must stand there, and some word.

Numbers must stand in the quotes themselves, or in the titles and dates of their papers. Names may
stand anywhere in the cited papers' abstracts: "STEER" for a quote that says "our method" tells the
reader whose claim it is.

The check is literal on purpose: it finds invented figures and names, and it can be explained to
the user in one line; `citations` marks what fails. It does not know whether a sentence follows
from its sources. It is lenient about spelling (GPT4 and GPT-4, LLMs and large language models, see
also `rag.text.numbers`), but not about what tells a name from a word ("STEER" is not "steer"),
because a correct sentence that is marked as unsupported costs trust as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.records import Evidence, Paper
from rag.text.latex import readable
from rag.text.numbers import Number, numbers
from rag.text.patterns import lazy

_MONTHS = re.findall(
    r"\w+",
    "January February March April May June July August September October November December",
)
_ENUMERATOR = lazy(r"\([0-9]{1,2}\)|(?<![\w.])[0-9]{1,2}\)")
_WORD = lazy(r"(?<!\w)[^\W\d_][\w]*(?:[-–/.+'’^][\w]+)*")
_RUN = lazy(r"\b[A-Z][a-z]+(?:[\s-]+(?:(?:of|with|from|and|in|for|the)\s+)?[A-Z][a-z]+)+\b")
_RUNS = lazy(r"[^\W_]*[0-9](?:\.[0-9]+)+[^\W_]*|[^\W_]+")
"""Words, and numbers with their decimals: 4.5 holds no 4."""
_STARTS_CLAUSE = lazy(r"(?:^|[:;!?…—–|•>]|\s-\s)[\s*_\"“‘'(\[`]*$")
_SMALL = frozenset(re.findall(r"\w+", "a an and as at by for from in of on the to via with"))
_GENERIC = frozenset(["ai", "ml", "dl", "llm", "lm", "nlp"])


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """What a sentence may draw on, taken apart for looking things up."""

    words: frozenset[str]
    """Lower-case words, singular, and two to four neighbours run together (`gpt`, `4`, `gpt4`)."""
    initials: str
    figures: frozenset[Decimal]
    """Numbers written in digits, or in words before `percent`."""
    worded: frozenset[Decimal]
    names: frozenset[str] = frozenset()
    """Of `words`, those that stand somewhere as a name, or may: not as an ordinary word alone."""
    phrases: tuple[str, ...] = ()
    """Dates and upvotes in full: a sentence may say them, but not their numbers alone."""

    @classmethod
    def of(cls, texts: Iterable[str], *, phrases: Iterable[str] = ()) -> SourceTerms:
        words: set[str] = set()
        names: set[str] = set()
        initials: list[str] = []
        found: list[Number] = []
        for text in _spellings(texts):
            written = [word.replace(".", "") for word in _RUNS.findall(text)]
            run = [word.casefold() for word in written]
            words.update(map(_singular, run))
            names.update(
                _singular(word.casefold())
                for word, before in zip(written, ["", *written], strict=False)
                if _may_be_name(word, before)
            )
            for size in range(2, 5):
                joined = ("".join(run[i : i + size]) for i in range(len(run) - size + 1))
                names.update(map(_singular, joined))
            initials.append("".join(word[0] for word in run))
            initials.append("".join(word[0] for word in run if word not in _SMALL))
            found += numbers(text)
        return cls(
            words=frozenset(words | names),
            names=frozenset(names),
            initials=" ".join(initials),
            figures=frozenset(v for n in found if not n.word or n.percent for v in n.values),
            worded=frozenset(v for n in found if n.word for v in n.values),
            phrases=tuple(phrases),
        )

    def or_else(self, other: SourceTerms) -> SourceTerms:
        """What stands in either."""
        return SourceTerms(
            words=self.words | other.words,
            names=self.names | other.names,
            initials=f"{self.initials} {other.initials}",
            figures=self.figures | other.figures,
            worded=self.worded | other.worded,
            phrases=(*self.phrases, *other.phrases),
        )

    def naming(self, texts: Iterable[str]) -> SourceTerms:
        """The same, with the words and names of `texts` but none of their numbers."""
        other = SourceTerms.of(texts)
        return self.or_else(replace(other, figures=frozenset(), worded=frozenset()))

    def dated(self, papers: Iterable[Paper]) -> SourceTerms:
        return replace(self, phrases=tuple(p for paper in papers for p in _phrases(paper)))

    def has_number(self, number: Number, before: str) -> bool:
        """`before` is what stands before the number: AIME 24 is fine where AIME24 stands."""
        if number.values & self.figures or (not number.percent and number.values & self.worded):
            return True
        word = re.search(r"([^\W\d_]+)[\s-]*$", before)
        return word is not None and _squeezed(word[1] + number.shown) in self.words

    def has_name(self, word: str) -> bool:
        """Whether a designator (GRPO, Llama-3, LoRA) stands here, in whatever spelling."""
        return self._has(word) or all(
            self._has(part) if _is_designator(part) or part[0].isdigit() else self.has_proper(part)
            for part in re.split(r"[-–/+]", word)
        )

    def has_proper(self, word: str) -> bool:
        """Whether a capitalised word stands here, or one that begins alike (Markov, Markovian)."""
        return self._has(word) or all(
            any(known.startswith(part[:5].casefold()) for known in self.words)
            for part in re.split(r"[-–/'’.]", word)
            if part[:1].isupper() and len(part) > 1
        )

    def _has(self, word: str) -> bool:
        squeezed = _squeezed(word)
        if sum(map(str.isupper, word)) < 2:
            return squeezed in self.words or squeezed in _GENERIC
        # STEER is not "steer". LLM may stand where the source says "large language models".
        return squeezed in self.names or squeezed in _GENERIC or squeezed in self.initials


def source_of(evidence: Iterable[Evidence]) -> SourceTerms:
    """What a sentence that cites `evidence` may say."""
    evidence = list(evidence)
    papers = _papers(evidence)
    said = SourceTerms.of([item.quote for item in evidence] + [_heading(paper) for paper in papers])
    return said.naming(paper.abstract for paper in papers).dated(papers)


def heading_source(evidence: Iterable[Evidence], question: str) -> SourceTerms:
    """What a sentence may mention that cites nothing because it claims nothing: the names that
    the question or any evidence has, and the figures of the question, the titles and dates."""
    evidence = list(evidence)
    papers = _papers(evidence)
    asked = SourceTerms.of([question, *map(_heading, papers)])
    return asked.naming(item.quote for item in evidence).dated(papers)


def missing(sentence: str, source: SourceTerms, *, counts: Iterable[int] = ()) -> list[str]:
    """The numbers and names of `sentence` that do not stand in `source`, as they are written.

    `counts` are numbers that the sentence may state of itself: how many papers it cites."""
    counted = {Decimal(count) for count in counts}
    sentence = _ENUMERATOR.sub(" ", _plain(sentence))
    for phrase in source.phrases:
        sentence = re.sub(rf"\b{re.escape(phrase)}\b", " ", sentence, flags=re.IGNORECASE)
    lost = []
    for number in numbers(sentence):
        before = sentence[max(0, number.start - 40) : number.start]
        if (
            not (number.glued or number.loose)
            and not (number.values & counted and not number.percent)
            and not source.has_number(number, before)
        ):
            lost.append(number.shown)
    return list(dict.fromkeys([*lost, *_lost_names(sentence, source)]))


def coverage(sentence: str, quote: str) -> float:
    """The share of the sentence's longer words that `quote` has too, inflection aside; 0 to 1."""
    words = _stems(sentence)
    return len(words & _stems(quote)) / len(words) if words else 0.0


def unrelated(sentence: str, evidence: Iterable[Evidence]) -> bool:
    """Whether a sentence without a number or acronym to check by has not even one longer word in
    common with the quotes and titles that it cites: its key is that of something else."""
    words = set() if re.search(r"[0-9]|[A-Z]{2}", sentence) else _stems(sentence)
    cited = " ".join(f"{item.quote} {item.paper.title}" for item in evidence)
    return len(words) > 1 and not words & _stems(cited)


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W\d_]{4,}", text.casefold())}


def _lost_names(sentence: str, source: SourceTerms) -> Iterator[str]:
    # "Large Language Models" is fine where the source says LLMs.
    for run in _RUN.findall(sentence):
        initials = "".join(w[0] for w in re.findall(r"\w+", run) if w not in _SMALL)
        if initials.casefold() in source.words:
            sentence = sentence.replace(run, " ")
    for match in _WORD.finditer(sentence):
        word = re.sub(r"['’]s$", "", match.group())
        if _is_designator(word):
            if not source.has_name(word):
                yield word
        elif word[0].isupper() and len(word) > 1:
            # The first word of a clause is capitalised for its place, not for being a name.
            before = sentence[max(0, match.start() - 20) : match.start()]
            if not _STARTS_CLAUSE.search(before) and not source.has_proper(word):
                yield word


def _is_designator(word: str) -> bool:
    """GRPO, LoRA, o1, Llama-3: a capital behind the first letter, or a digit."""
    return any(
        re.search(r"[^\W\d_]", part) and (re.search(r"[A-Z]", part[1:]) or re.search(r"\d", part))
        for part in re.split(r"[-–/+]", word)
    ) or bool(re.search(r"[^\W\d_][-–]\d", word))


def _may_be_name(word: str, before: str) -> bool:
    """Whether a word of a source, by its looks, need not be an ordinary one: it has a capital
    where none is due, or a digit, or no vowel (llms). `before`: the word before it. A title's
    capitals are due."""
    return bool(
        re.search(r"[A-Z]", word[1:])
        or re.search(r"\d", word)
        or not re.search(r"[aeiouy]", word, re.IGNORECASE)
        or (word[:1].isupper() and before.islower() and before not in _SMALL)
    )


def _papers(evidence: Iterable[Evidence]) -> list[Paper]:
    return list({item.paper.paper_id: item.paper for item in evidence}.values())


def _heading(paper: Paper) -> str:
    """A paper's title, and its year and month in words."""
    year, _, rest = (paper.date or "").partition("-")
    told = paper.dated.removesuffix(paper.date or "")  # that its arXiv id tells them
    return f"{paper.title} {told}{year} {_MONTHS[int(rest[:2]) - 1] if rest else ''}"


def _phrases(paper: Paper) -> Iterator[str]:
    if paper.date:
        yield from (paper.dated, paper.date)
        yield paper.date[:7]
        if len(paper.date) == len("2025-08-14"):
            name, day = _MONTHS[int(paper.date[5:7]) - 1], int(paper.date[8:])
            for month in (name, name[:3]):
                yield from (f"{day} {month}", f"{month} {day}", f"{month} {day:02}")
    if paper.upvotes is not None:
        yield from (f"{paper.upvotes} upvotes", f"{paper.upvotes} upvote")


def _plain(text: str) -> str:
    """LaTeX and typography out of the way: 37\\% → 37%, 1{,}000 → 1,000, $\\pi_0$ → pi_0."""
    return re.sub(r"[\\{}$~]", "", text.replace("{,}", ",")).replace("‑", "-")


def _spellings(texts: Iterable[str]) -> Iterator[str]:
    """Each text as it is written, and as it is shown and prompted with."""
    for text in texts:
        yield _plain(text)
        if (shown := _plain(readable(text))) != _plain(text):
            yield shown


def _squeezed(word: str) -> str:
    return _singular("".join(re.findall(r"[^\W_]+", word.casefold())))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 2 and word.endswith("s") else word
