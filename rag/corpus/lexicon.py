"""The words of a corpus: acronyms with their meanings, names with their papers, spelling.

Built from the papers at ingest, loaded before the first question; how it is stored is not known
here (`lexicon_json`). It holds what the corpus says of itself and nothing else: an acronym has the
meanings that some paper defines, all of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Self

from rag.corpus import spelling
from rag.corpus.acronyms import Meaning, acronym_asked, singular
from rag.corpus.identifiers import citekeys, identifiers, key
from rag.corpus.names import TOKEN, WORD, gather, normal, spotted, unmistakable
from rag.corpus.people import families
from rag.corpus.titles import Mention, Titles
from rag.records import Expansion, Paper
from rag.text.patterns import lazy
from rag.text.phrases import COUNTS

_PLAIN_WORD = lazy(r"(?<![\w'’.@/^])[A-Za-z]+(?![\w'’@/^])")
_ANY_WORD = lazy(r"[^\W\d_]{4,}")
_LETTERED = lazy(r"\d*[a-z][a-z\d]*")
"""A run of letters and digits, not of digits alone."""
_REMEMBERED = 32
"""Texts whose names and titles are kept."""


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """acronyms: short form → meanings, most common first. names: as written → papers.
    titles: paper id → title. words: lower case → how often it stands in lower case (0 where it is
    only ever capitalised). identifiers: arXiv id, DOI or address, as `identifiers.key` has
    it → paper id. english: further words that are not misspelt, of no corpus. people: the last
    words of the authors' family names, as `people.families` has them."""

    acronyms: Mapping[str, tuple[Meaning, ...]]
    names: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    words: Mapping[str, int]
    identifiers: Mapping[str, str] = field(default_factory=dict)
    english: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    @classmethod
    def from_papers(cls, papers: Iterable[Paper], *, english: Iterable[str] = ()) -> Self:
        """Read every title and abstract once. `english` may hold any list of common words."""
        papers = tuple(papers)
        found = gather(papers)
        return cls(
            acronyms=found.acronyms,
            names=found.names,
            titles={paper.paper_id: paper.title for paper in papers},
            words=found.words,
            identifiers={
                key(one): paper.paper_id
                for paper in papers
                for one in (paper.paper_id, paper.arxiv_id, paper.doi, paper.url, paper.citekey)
                if one
            },
            english=frozenset(
                w for w in english if len(w) > 2 and w.isalpha() and not found.words.get(w)
            ),
            people=frozenset(
                name for paper in papers for author in paper.authors for name in families(author)
            ),
        )

    def expand(self, text: str) -> list[str]:
        """Other wordings of what a text names, none that it has already: meanings of its acronyms,
        acronyms of its phrases, the corpus's spelling of its British or American words."""
        found: dict[str, None] = {}
        plain = f" {normal(text)} "
        for token in TOKEN.findall(text):
            for short in self._short_forms(token):
                for meaning in self.acronyms[short]:
                    found.setdefault(meaning.long)
        for long_form, shorts in self._by_long_form.items():
            if f" {long_form} " in plain:
                found.update(dict.fromkeys(s for s in shorts if len(s) > 2 or self._established(s)))
        for word in WORD.findall(text.lower()):
            other = spelling.variant(word, self.words) if len(word) > 4 else None
            if other:
                found.setdefault(other)
        return [wording for wording in found if f" {normal(wording)} " not in plain]

    def spelt_out(self, text: str) -> str:
        """`text` with its acronyms in their long form as well: `Monte Carlo Tree Search (MCTS)`.
        One with several meanings is left as it is, and finds the papers of all of them."""

        def spelt(match: re.Match[str]) -> str:
            longs = {m.long for short in self._short_forms(match[0]) for m in self.acronyms[short]}
            long = longs.pop() if len(longs) == 1 else None
            if long is None or long in done or f" {normal(long)} " in plain:
                return match[0]
            done.add(long)
            return f"{long} ({match[0]})"

        done, plain = set[str](), f" {normal(text)} "
        return TOKEN.sub(spelt, text)

    def expansions(self, question: str) -> tuple[Expansion, ...]:
        """What the acronym stands for that `question` asks about: all meanings, common ones
        first; none where it asks something else or no paper defines it."""
        asked = acronym_asked(question)
        return self.meanings_of(asked) if asked else ()

    def meanings_of(self, acronym: str) -> tuple[Expansion, ...]:
        """All meanings of an acronym, common ones first; none where no paper defines it."""
        return tuple(
            Expansion(short=short, long=meaning.long, papers=meaning.papers)
            for short in self._short_forms(acronym)
            for meaning in self.acronyms[short]
        )

    def wordings(self, term: str) -> list[str]:
        """`term` and its other wordings, acronyms of what ends in it among them: a large language
        model (LLM) is a language model."""
        plain = normal(term)
        longer = [
            short
            for long_form, shorts in self._by_long_form.items()
            if plain and long_form.endswith(f" {plain}")
            for short in shorts
            if self._established(short)
        ]
        return list(dict.fromkeys([term, *self.expand(term), *longer]))

    def names_in(self, text: str) -> dict[str, tuple[str, ...]]:
        """Names of methods, data sets and the like in a text, titles among them, in its order, with
        their papers.

        A name that is also an ordinary word (RISE) counts only when written as the corpus does.
        """
        return dict(self._named(text))

    @cached_property
    def _named(self) -> Callable[[str], Mapping[str, tuple[str, ...]]]:
        """Remembers: reading one question asks several times for the names of the same words."""
        return lru_cache(_REMEMBERED)(self._look_for_names)

    @cached_property
    def titled(self) -> Callable[[str], tuple[Mention, ...]]:
        """The titles in a text, whole or in good part, and what else stands for one paper: the
        identifiers by which it is known. Remembers, as names are."""
        return lru_cache(_REMEMBERED)(self._look_for_titles)

    def _look_for_names(self, text: str) -> Mapping[str, tuple[str, ...]]:
        found = spotted(text, self._spotting)
        titled = {text[m.start : m.end]: (m.paper,) for m in self.titled(text)}
        found += [(text.index(title), -text.index(title) - len(title), title) for title in titled]
        # The longest name wins where names overlap.
        kept: list[tuple[int, int, str]] = []
        for at, minus_end, name in sorted(found):
            if not kept or at >= kept[-1][1]:
                kept.append((at, -minus_end, name))
        return {name: titled.get(name) or self.names[name] for _, _, name in kept}

    def _look_for_titles(self, text: str) -> tuple[Mention, ...]:
        known = [
            Mention(start=one.start, end=one.end, paper=self.identifiers[found])
            for one in (*identifiers(text), *citekeys(text))
            if (found := next((k for k in one.keys if k in self.identifiers), None))
        ]
        return (*self._title_index.named_in(text), *known)

    @cached_property
    def unmistakable(self) -> Mapping[str, str]:
        """What `names.unmistakable` finds among the names."""
        return unmistakable(self.names, self._stems)

    def papers_in(self, text: str) -> tuple[str, ...]:
        """Papers that a text (an earlier answer) mentions by title or name, in its order. A name
        that several papers use stands for those which have it in their title."""
        plain = f" {normal(text)} "
        found = {
            paper: plain.find(f" {title} ")
            for paper, title in self._normal_titles.items()
            if f" {title} " in plain
        }
        for name, papers in self.names_in(text).items():
            at = plain.find(normal(name))
            owned = [p for p in papers if name.lower() in self.titles.get(p, "").lower()]
            for paper in papers if len(papers) == 1 else owned:
                found[paper] = min(found.get(paper, at), at)
        return tuple(sorted(found, key=lambda paper: found[paper]))

    def mend(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """The text with its misspellings mended, and what was changed into what. A text in which
        more words are strange than known is in another language, and is left alone."""
        changes: list[tuple[str, str]] = []
        known = strange = 0

        def mended(match: re.Match[str]) -> str:
            nonlocal known, strange
            word = match[0]
            known_word = word in spelling.ASKING or word in COUNTS or self._knows(word)
            if not word.islower() or known_word:
                known += len(word) > 3
                return word
            doubtful = spelling.composed(word, self._stems)
            right = spelling.correction(word, self.words, least=20 if doubtful else 3)
            right = right or spelling.asking(word)
            if right is None:
                strange += len(word) > 3 and not doubtful
                return word
            changes.append((word, right))
            return right

        read = _PLAIN_WORD.sub(mended, text)
        strange += sum(not word.isascii() for word in _ANY_WORD.findall(text))
        return (text, []) if strange > known else (read, changes)

    def _knows(self, word: str) -> bool:
        return spelling.plausible(word, self._known, self._stems)

    def ordinary(self, word: str) -> bool:
        """Whether a lower-case word is one that people use without meaning a name."""
        return self.words.get(word, 0) > 0 or word in self.english

    def _short_forms(self, token: str) -> list[str]:
        """The acronyms that a token is, also written small where it is no ordinary word."""
        token = singular(token)
        if token in self.acronyms:
            return [token]
        return [] if self.ordinary(token.lower()) else self._by_lower.get(token.lower(), [])

    def _established(self, short: str) -> bool:
        """Whether more than one paper defines an acronym; `FN` (fine-tuning) is one author's."""
        return sum(len(meaning.papers) for meaning in self.acronyms[short]) > 1

    @cached_property
    def _known(self) -> frozenset[str]:
        names = " ".join((*self.names, *self.acronyms)).lower()
        return self.english.union(self.words, WORD.findall(names))

    @cached_property
    def _stems(self) -> frozenset[str]:
        """Words, without the parts of names, which make a word of nearly anything."""
        return self.english.union(word for word, times in self.words.items() if times)

    @cached_property
    def _by_lower(self) -> dict[str, list[str]]:
        lowered: dict[str, list[str]] = defaultdict(list)
        for short in self.acronyms:
            lowered[short.lower()].append(short)
        return dict(lowered)

    @cached_property
    def _by_long_form(self) -> dict[str, list[str]]:
        shorts: dict[str, list[str]] = defaultdict(list)
        for short, meanings in self.acronyms.items():
            for meaning in meanings:
                shorts[normal(meaning.long)].append(short)
        return dict(shorts)

    @cached_property
    def _spotting(self) -> dict[str, bool]:
        """Name → whether it has to be written exactly so."""
        return {
            name: all(self.ordinary(word) for word in _LETTERED.findall(name.lower()))
            for name in self.names
        }

    @cached_property
    def _title_index(self) -> Titles:
        return Titles(self.titles, self.words)

    @cached_property
    def _normal_titles(self) -> dict[str, str]:
        return {paper: normal(title) for paper, title in self.titles.items()}
