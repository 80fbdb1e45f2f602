"""Which words of a corpus are names, and to which papers they belong; its acronyms, gathered.

A name is the head of a title (`Name: what it does`), what a paper defines or says that it
introduces, or a token written like no ordinary word (`DeepX-2`) that few papers mention.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rag.corpus.acronyms import Meaning, definitions, meanings, singular
from rag.records import Paper
from rag.text.patterns import lazy

TOKEN = lazy(r"[A-Za-z][\w^*+]*(?:[-/][\w^*+]+)*")
WORD = lazy(r"[A-Za-z]+")
_ADDRESS = lazy(r"(?:https?://)?(?<![\w.-])[\w.-]{1,253}\.(?:com|io|org|net|edu|ai|cn|de)/\S*")
_INTRODUCED = lazy(
    r"\b(?:introduc|propos|present|develop|call|nam|dub|term|coin|releas)(?:e|es|ed|bed|ing)?\s+"
    r"(?:\w+\s+)??[\"“'*`]*([A-Za-z][\w-]{2,20})[\"”'*`]*\s*"
    r"(?=[,:(–—]|(?:--)|(?:an?|the|which|that)\b)"
)
_BRACKETED = lazy(r"\b([A-Z][\w-]{2,20})\s\([A-Z]|\(([A-Z][\w-]{2,20})\)")
"""A short form beside its long one, also where no rule finds the letters of one in the other."""
_RARE = 3
"""A name that more papers than this mention belongs to none of them."""
_TITLE_HEAD = 4
"""Longest head of a title, in words, that is a name."""
_INNER_CAPITAL = lazy(r"[A-Z][a-z]+(?:[A-Z]+[a-z]*)+|[a-z]+[A-Z][A-Za-z]*")
LONG = 6
"""Letters of a name that cannot be taken for another word."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What one reading of a corpus yields; see `Lexicon` for what the fields mean."""

    acronyms: dict[str, tuple[Meaning, ...]]
    names: dict[str, tuple[str, ...]]
    words: dict[str, int]


@dataclass
class _Seen:
    """Name → papers, by the kind of evidence."""

    mentioned: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    introduced: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bracketed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    titled: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def gather(papers: Sequence[Paper]) -> Gathered:
    """Read every title and abstract once for acronyms, names and words."""
    words: Counter[str] = Counter()
    defined: dict[str, list[tuple[str, str]]] = defaultdict(list)
    seen = _Seen()
    for paper in papers:
        text = _ADDRESS.sub(" ", f"{paper.title}. {paper.abstract}")
        for word in WORD.findall(text):
            words[word.lower()] += word.islower()
        for token in filter(distinctive, set(TOKEN.findall(text))):
            seen.mentioned[token].add(paper.paper_id)
        for name in _INTRODUCED.findall(paper.abstract):
            if not name.islower():
                seen.introduced[name].add(paper.paper_id)
        for before, inside in _BRACKETED.findall(paper.abstract):
            if distinctive(name := before or inside):
                seen.bracketed[name].add(paper.paper_id)
        for short, long_form in (*definitions(paper.abstract), *definitions(paper.title)):
            defined[singular(short)].append((long_form, paper.paper_id))
        head, colon, _ = paper.title.partition(":")
        if colon and len(head.split()) <= _TITLE_HEAD:
            seen.titled[head.strip()].add(paper.paper_id)
    acronyms = {short: meanings(pairs) for short, pairs in sorted(defined.items())}
    names = _names(seen, acronyms, _common(acronyms, papers), words)
    return Gathered(acronyms=acronyms, names=names, words=dict(words))


def owns(paper: Paper, name: str) -> bool:
    """Whether a paper has `name` in its title, or introduces or defines it; one that only mentions
    it does not. `BERT-like` in a title is no name of BERT."""
    if name.lower() in paper.title.lower() and re.search(
        rf"(?<![\w-]){re.escape(name)}s?(?!-?\w)", paper.title, re.IGNORECASE
    ):
        return True
    return singular(name).lower() in _told(paper.title, paper.abstract)


def introduced(paper: Paper) -> frozenset[str]:
    """Names that an abstract says it introduces, or spells out with capitals. What it abbreviates
    in small letters, as in `multi-agent systems (MAS)`, is a thing that others have as well."""
    spelt_out = {
        short
        for short, long_form in definitions(paper.abstract)
        if sum(word[:1].isupper() for word in long_form.split()) > len(long_form.split()) / 2
    }
    return frozenset(_INTRODUCED.findall(paper.abstract)) | spelt_out


@lru_cache(maxsize=4096)
def _told(title: str, abstract: str) -> frozenset[str]:
    """What a text introduces or defines, singular and in small letters. The same papers are asked
    for one name after another."""
    short_forms = (short for pair in definitions(f"{title}. {abstract}") for short in pair)
    bracketed = (inside or before for before, inside in _BRACKETED.findall(abstract))
    told = {*_INTRODUCED.findall(abstract), *bracketed, *short_forms}
    return frozenset(singular(other).lower() for other in told)


def normal(text: str) -> str:
    """Lower case, words only, plural endings off: for comparing wordings."""
    words = re.findall(r"[^\W_]+", re.sub(r"['’]s\b", "", text.lower()))
    return " ".join(
        w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words
    )


def _common(acronyms: Mapping[str, tuple[Meaning, ...]], papers: Sequence[Paper]) -> set[str]:
    """Long forms that many papers use: `fine-tuning` names no paper, whoever abbreviates it."""
    texts = [f" {normal(paper.title)} | {normal(paper.abstract)} " for paper in papers]
    long_forms = {
        meaning.long: f" {normal(meaning.long)} "
        for found in acronyms.values()
        for meaning in found
    }
    return {
        long_form
        for long_form, plain in long_forms.items()
        if sum(plain in text for text in texts) > _RARE
    }


def _names(
    seen: _Seen,
    acronyms: Mapping[str, tuple[Meaning, ...]],
    common: Container[str],
    words: Mapping[str, int],
) -> dict[str, tuple[str, ...]]:
    """Names belong to the paper that has them at the head of its title, else to those that define
    or introduce them, else to the few that mention them."""
    names: dict[str, Iterable[str]] = {}
    for token, papers in seen.mentioned.items():
        plain_capitals = singular(token).isupper()
        spelt_out = token[0].islower() and words.get(token.lower())  # `trAnslator` in a definition
        described = "-" in token and words.get(token.rpartition("-")[2].lower())  # `PPO-based`
        if len(papers) <= _RARE and not (plain_capitals or spelt_out or described):
            names[token] = papers

    def known_elsewhere(name: str) -> bool:
        return len(seen.mentioned.get(name, ())) > 2 * _RARE

    for short, found in acronyms.items():
        for meaning in found:
            if len(meaning.papers) <= _RARE and meaning.long not in common:
                names[meaning.long] = meaning.papers
        definers = {paper for meaning in found for paper in meaning.papers}
        if len(definers) <= _RARE and not known_elsewhere(short):
            names[short] = definers
    for name, papers in seen.bracketed.items():
        if len(seen.mentioned.get(name, ())) <= _RARE:
            names.setdefault(name, papers)
    for name, papers in seen.introduced.items():
        if not known_elsewhere(name):
            names[name] = papers
    names.update(seen.titled)
    return {name: tuple(sorted(papers)) for name, papers in sorted(names.items())}


def distinctive(token: str) -> bool:
    """Whether a token is written like a name: a capital inside it (`S-Mamba` as well), or letters
    with digits."""
    inner = re.sub(r"-[A-Z]", "-", token[1:]) if token[1:2] != "-" else token[2:]
    return len(token) > 2 and any(c.isupper() or c.isdigit() for c in inner)


def unmistakable(names: Mapping[str, tuple[str, ...]], words: Container[str]) -> dict[str, str]:
    """Lower-cased name → name, of names in one word with a capital inside that are of one paper.
    What is also one of `words` (`FineTuning`) is none."""
    return {
        name.lower(): name
        for name, papers in names.items()
        if len(papers) == 1
        and len(name) >= LONG
        and _INNER_CAPITAL.fullmatch(name)
        and name.lower() not in words
    }


def spotted(text: str, names: Mapping[str, bool]) -> list[tuple[int, int, str]]:
    """(start, -end, name) of each of `names` in a text, told for each whether it has to be written
    exactly so; where it stands first."""
    found = []
    lowered = text.lower()
    for name, exactly in names.items():
        needle, haystack = (name, text) if exactly else (name.lower(), lowered)
        at = haystack.find(needle)
        while at >= 0:
            end = at + len(needle)
            if not _inside_word(text, at, end):
                found.append((at, -end, name))
                break
            at = haystack.find(needle, at + 1)
    return found


def _inside_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    joined = after == "-" and text[end + 1 : end + 2].isalnum()
    return (before.isalnum() or before == "-") or after.isalnum() or joined
