"""From a guessed intent and the names in a question to what exactly is asked.

The classifier (`rag.question.intent`) says which intent a question has; here that is tied to what
the corpus knows: whose a name is, what a term stands for, which record a word asks for. An intent
that cannot be tied to anything becomes the nearest one that needs nothing: a search.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.corpus.lexicon import Lexicon
from rag.corpus.owners import puts_forward, strange
from rag.question.intent import Intent as Guessed
from rag.question.intent import IntentGuess
from rag.question.relative_to_papers import Lookup
from rag.question.schema import (
    ComparisonAsked,
    DefinitionAsked,
    ExplanationAsked,
    FactAsked,
    Intent,
    ListAsked,
    OverviewAsked,
    RecordAsked,
    RelatedAsked,
    SynthesisAsked,
)
from rag.records import RecordField
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

Names = Mapping[str, tuple[str, ...]]

_RECORD_WORDS: tuple[tuple[RecordField, str], ...] = (
    ("author_count", r"(?:how\s+many|number\s+of|more|fewer)\s+(?:co-?)?(?:authors?|people)"),
    ("authors", r"who|whose|authors?|by\s+whom"),
    (
        "date",
        r"when|came\s+first|year|month|date|day|how\s+(?:old|new|recent)|newer|older|newest|oldest|came\s+out"
        r"|earlier|later|(?:published|released)\s+(?:first|earlier|later)",
    ),
    ("upvotes", r"up-?votes?|votes?|upvoted|popular|likes?|liked"),
    (
        "link",
        r"links?|urls?|dois?|arxiv|pdf|web\s?(?:page|site)"
        r"|where\s+can\s+i\s+(?:read|get|find|download)",
    ),
    ("source", r"source|listing|which\s+(?:page|file|list)"),
)
"""Words that ask for a field of a record, the first of two that overlap."""
_LOWEST = lazy(r"\b(?:older|oldest|earlier|earliest|first|before|fewer|fewest|less|least)\b", re.I)
_BESIDE = lazy(
    r"\b(?:newer|older|earlier|later|more\s+recent|(?:more|less)\s+upvot\w+|more\s+upvotes)\b", re.I
)
_YES_OR_NO = lazy(
    r"\A\W*(?:is|are|was|were|does|do|did|has|have|can|could)\s+(?:the\s+)?", re.IGNORECASE
)
_QUOTED = lazy(r"[\"“][^\"“”]{2,}[\"”]")
_ASKING = frozenset(
    """
    published publish released release appear appeared wrote written write authored author authors
    made created proposed introduced paper papers article come came out up get got received many
    exactly date year month day when who whose link url doi arxiv pdf find download page website
    upvote upvotes votes number full text behind team online posted post submitted preprint first
    lead last senior upload uploaded give show tell send
    """.split()
)
"""Words that only ask for a record."""
_TERM = lazy(
    r"\A\W*(?:(?:hi|hey|hello|ok(?:ay)?|so|and|please|sorry|quick(?:\s+question)?)[\s,:!-]+)*"
    r"(?:(?:can|could)\s+(?:you|someone)\s+(?:please\s+)?(?:explain|tell\s+me|define)\s+)?"
    r"(?:what(?:['’]?s|\s+(?:is|are|does|do|exactly\s+is|exactly\s+are))|whats|define|explain(?:\s+what)?"
    r"|(?:the\s+)?(?:meaning|definition)\s+of|what\s+is\s+meant\s+by|what\s+do\s+(?:you|people|they|we)\s+mean\s+by)"
    r"(?:\s+(?:exactly|actually))?(?:\s+(?:meant\s+by|the\s+(?:meaning|definition)\s+of))?"
    r"(?:\s+(?:an?|the))?(?:\s+(?:term|word|acronym|abbreviation|concept)(?:\s+of)?)?"
    r"\s+(?P<term>.+?)"
    r"(?:\s+(?:mean|means|stand(?:s)?\s+for|refer(?:s)?\s+to|is|are|meaning|short\s+for))?(?:\s+exactly)?\W*\Z",
    re.IGNORECASE,
)
_MEANING = lazy(
    r"\A\W*(?P<term>[\w.+*/-]+(?:\s+[\w.+*/-]+){0,4}?)\W+(?:meaning|definition|acronym"
    r"|stands?\s+for\s+what|what\s+is\s+(?:it|that))\W*\Z",
    re.IGNORECASE,
)
_LONGEST_TERM = 6
"""Words."""
_MOST = 5
"""Papers that share a name, of which one may be its owner."""
_VERSUS = lazy(
    r"\s+(?:vs\.?|versus|compared\s+(?:to|with)|against|as\s+opposed\s+to|and|or|than|from|with|to)\s+",
    re.IGNORECASE,
)


def tied(
    guess: IntentGuess, text: str, names: Names, named: Sequence[str], lexicon: Lexicon
) -> Intent:
    """What `text` asks, by `guess`. `names`: those in it, with their papers; `named`: the papers
    whose own they are, else those of an answer before that it speaks of."""
    named = tuple(named)
    intent: Intent = ListAsked(counted=guess.answer_type == "count")
    match _corrected(guess.intent, text, names, named, lexicon):
        case "record" if fields := fields_asked(text):
            lowest = bool(_LOWEST.search(text))
            unknown = () if named else strange(text, lexicon)
            intent = RecordAsked(fields=fields, papers=named, strange=unknown, lowest=lowest)
        case "define":
            intent = _definition(text, named, lexicon)
        case "overview" if named:
            intent = OverviewAsked(papers=named)
        case "related" if named:
            name = next(iter(names), lexicon.titles.get(named[0], ""))
            intent = RelatedAsked(paper=named[0], name=name)
        case "compare":
            intent = ComparisonAsked(sides=sides(text, names))
        case "fact" if guess.intent != "fact":
            intent = FactAsked(answer_type="yes_no")
        case "fact" | "record":
            intent = FactAsked(answer_type=guess.answer_type)
        case "explain" | "overview":
            intent = ExplanationAsked(why=guess.answer_type == "reason")
        case "synthesis":
            intent = SynthesisAsked()
    return intent


def _corrected(
    asked: Guessed, text: str, names: Names, named: Sequence[str], lexicon: Lexicon
) -> Guessed:
    """The guess, where the names in `text` do not say otherwise."""
    if asked in ("fact", "explain") and lexicon.meanings_of(term_asked(text)):
        asked = "define"
    if asked in ("compare", "fact") and len(named) == 2 and _BESIDE.search(text):
        asked = "record"  # `is X newer than Y?`
    if named and asked in ("list", "define", "explain") and _of_a_name(text, names):
        asked = "fact"  # `is X an RL method?`
    rest = _QUOTED.sub(" ", text) if named else text
    for name in names:
        rest = rest.replace(name, " ")
    if (
        named
        and asked in ("fact", "list", "compare")
        and fields_asked(rest)
        and not described(rest)
    ):
        asked = "record"  # nothing is asked of the named paper but words of its record
    return asked


def _of_a_name(text: str, names: Names) -> bool:
    """Whether `text` asks yes or no with one of `names` as its subject."""
    match = _YES_OR_NO.match(text)
    return match is not None and text[match.end() :].startswith(tuple(names))


def owners(names: Names, lexicon: Lexicon, lookup: Lookup) -> tuple[str, ...]:
    """The papers whose own the names are: those which have it in their title, else those which say
    that they put it forward. To mention a name makes it nobody's."""
    found: dict[str, None] = {}
    for name, papers in names.items():
        titled = [p for p in papers if name.lower() in lexicon.titles.get(p, "").lower()]
        known = name.lower() in lexicon.identifiers or lexicon.titled(name)
        own = (
            papers
            if known
            else [p.paper_id for p in lookup(papers[:_MOST]) if puts_forward(p, name)]
        )
        found.update(dict.fromkeys(titled or own))
    return tuple(found)


def fields_asked(text: str) -> tuple[RecordField, ...]:
    """The fields of a record that words of `text` ask for, in the order of the table."""
    found: list[RecordField] = []
    for name, words in _RECORD_WORDS:
        if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE):
            found.append(name)
            text = re.sub(rf"\b(?:{words})\b", " ", text, flags=re.IGNORECASE)
    return tuple(found)


def described(text: str) -> str:
    """What is left of a question about a record without the words that only ask: the description
    of the paper."""
    kept = [
        word
        for word in text.split()
        if word.strip("?.,!:;\"'“”").lower() not in STOPWORDS | _ASKING
    ]
    return " ".join(kept).strip(" ?.,!")


def term_asked(text: str) -> str:
    """The term that `text` wants defined, as written; empty where it is none of a few words."""
    match = _TERM.match(text) or _MEANING.match(text)
    term = match["term"].strip(" \"'“”‘’?.!,") if match else ""
    return term if 0 < len(term.split()) <= _LONGEST_TERM else ""


def _definition(text: str, named: Sequence[str], lexicon: Lexicon) -> Intent:
    term = term_asked(text)
    if not term:
        return ExplanationAsked()
    meanings = lexicon.meanings_of(term)
    if len(named) == 1 and len(meanings) < 2:
        return OverviewAsked(papers=tuple(named))  # `what is CURE?`
    clear = [other for other in lexicon.expand(term) if len(lexicon.meanings_of(other)) < 2]
    terms = tuple(dict.fromkeys([term, *(clear if len(meanings) < 2 else ())]))
    return DefinitionAsked(terms=terms, expansions=meanings)


def sides(text: str, names: Names) -> tuple[str, ...]:
    """What a comparison sets side by side: the names in it, else what stands on both sides of
    `vs`; () where the wording does not tell."""
    if len(names) > 1:
        return tuple(names)
    parts = _VERSUS.split(text)
    near = [_edge(parts[0], last=True), _edge(parts[1], last=False)] if len(parts) > 1 else []
    return tuple(near) if all(near) else ()


def _edge(text: str, *, last: bool) -> str:
    """The run of words that carry meaning at the end (`last`) or the beginning of `text`."""
    words = re.findall(r"[^\s,;:?!()]+|[,;:?!()]", text)
    run: list[str] = []
    for word in reversed(words) if last else words:
        if word.lower() in STOPWORDS or not any(map(str.isalnum, word)) or len(run) == 3:
            break
        run.append(word)
    return " ".join(reversed(run) if last else run)
