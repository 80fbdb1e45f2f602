"""What a question wants of the papers or of the term that it names, where that is no sentence of an
abstract to be searched for: a record, an overview, a definition.

The names are taken for `this paper` first, so that a title's own words ask for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.corpus.lexicon import Lexicon
from rag.corpus.owners import strange
from rag.filters import Filters
from rag.question.coreference import content_of, only_to_see, picks
from rag.question.followup import ABOUT
from rag.question.foreign import in_other_words
from rag.question.kinds import kind_of
from rag.question.recorded import ASKING, THAT_PAPER, THIS, described, fields_asked
from rag.question.relative import beside
from rag.question.terms import term_asked
from rag.question.topic import is_filler
from rag.question.unrecorded import sums_up
from rag.records import Kind, Query, RecordAsked
from rag.text.phrases import compiled

_MARKS = r"[\"“”‘’'«»*_]*"
_PAPER = r"(?:\s+(?:paper|article|study|work|method)\b(?!s))?"
_AROUND = rf"(?:(?:the|a)\s+)?{_MARKS}{{}}[?!.,]?{_MARKS}{_PAPER}"
_OVERVIEW = frozenset(
    """
    achieve achieves advance approach conclude concludes conclusion conclusions define definition
    dr finding findings introduces novel report reported reports result results say says show
    shows stand stands takeaway takeaways title
    """.split()
)
"""With these too one asks what a paper does that is named, and nothing else of it."""
_FURTHER = compiled(
    r"\b(?:like|similar|related|others?|another|besides|except|without|not|versus|vs|compared?"
    r"|cit(?:e|es|ing))\b"
)
_SUPERLATIVE = compiled(
    r"\b(?:most|least|newest|latest|oldest|earliest|recent|up-?voted|popular|first|last|top|best|liked)\b"
)
_ABOUT_IT = compiled(rf"\b(?:on|about|for|using|with|that|which)\s+{THAT_PAPER}\b")
"""`the paper on BERT` need not be BERT's."""


def with_named(
    query: Query, text: str, lexicon: Lexicon, *, picked: Sequence[str], constrained: Filters | None
) -> Query:
    """`query`, read off `text`, with what it wants of what it names. `picked`: the papers of an
    answer before that it speaks of. `constrained`: constraints that the user set, which stay."""
    query = in_other_words(query, text, lexicon)
    names = lexicon.names_in(text)
    if sums_up(text) and not names:
        return replace(query, topic="", search="", nothing_asked=True)
    masked = _masked(text, names)
    # `which is the newest?` of several papers ranks them, and is no question about one record.
    papers = _owners(names, lexicon) or tuple(() if query.filters.sort else picked)
    topic = _masked(query.topic, names)
    if names and (other := beside(query, masked, topic, papers, names)):
        return replace(other, filters=constrained) if constrained is not None else other
    recorded = _of_a_name(query, masked, papers, tuple(names), lexicon)
    recorded = recorded or _recorded(query, masked, papers, tuple(names))
    if recorded is not None:
        return replace(recorded, filters=constrained) if constrained is not None else recorded
    titled = [mention.paper for mention in lexicon.titled(text)]
    single = tuple(dict.fromkeys(p for owners in names.values() for p in owners))
    if len(lexicon.meanings_of(term_asked(text))) > 1:
        single = ()  # whatever it is a name of, it means something else as well
    alone = all(len(owners) == 1 for owners in names.values()) and not picks(text)
    continues = ABOUT in query.standalone  # `and DeepX?` asks what was asked before
    if (
        single
        and alone
        and not continues
        and not query.expansions
        and _only_to_be_told(masked)
        and kind_of(masked) != "compare"
    ):
        plain = query.topic if not titled else lexicon.titles[titled[0]]
        filters = query.filters if constrained is not None else Filters()
        query = replace(
            query, overview=single, kind="explain", topic=plain, filters=filters, without=()
        )
        query = replace(query, search="") if titled else query
    elif titled and query.kind == "list" and kind_of(masked) != "list":
        query = replace(query, kind=kind_of(masked))
    return _defining(query, text, lexicon) if not titled and not query.history else query


def _of_a_name(
    query: Query, masked: str, papers: Sequence[str], names: tuple[str, ...], lexicon: Lexicon
) -> Query | None:
    """A question about the records of what is called by names, one of which leads to no paper."""
    if names and fields_asked(masked):
        return None
    unknown = tuple(word for word in strange(masked, lexicon) if word.lower() not in ASKING)
    rest = _masked(masked, unknown)
    if not unknown or not (fields := fields_asked(rest)) or _ABOUT_IT.search(rest):
        return None
    asked = RecordAsked(fields=fields, papers=tuple(papers), names=(*names, *unknown))
    topic = query.topic if names else " ".join(unknown)
    return replace(
        query, record=asked, topic=topic, search="", kind="fact", filters=Filters(), without=()
    )


def _recorded(
    query: Query, masked: str, papers: Sequence[str], names: tuple[str, ...]
) -> Query | None:
    fields = fields_asked(masked)
    if fields and papers and (THIS in masked or not described(masked)[0]):
        kind: Kind = "fact" if len(papers) == 1 else "compare"
        asked = RecordAsked(fields=fields, papers=tuple(papers), names=names)
        return replace(query, record=asked, kind=kind, filters=Filters(), overview=(), without=())
    description, rest = described(masked)
    fields = fields_asked(rest) if description else ()
    if not fields:
        return None
    asked = RecordAsked(fields=fields)
    if (query.filters.sort and not query.topic) or is_filler(_unsorted(description)):
        if not query.filters.sort:
            return None
        one = replace(query.filters, limit=query.filters.limit or 1)
        return replace(query, record=asked, topic="", search="", kind="fact", filters=one)
    if len(content_of(description)) == 0:
        return None
    topic = description.replace(THIS, " ").strip() or query.topic
    filters = replace(query.filters, date_from=None, date_to=None)
    if not query.filters.limit and "date" in fields:
        filters = replace(filters, sort=None, order=None)
    return replace(query, record=asked, topic=topic, search="", kind="fact", filters=filters)


def _unsorted(description: str) -> str:
    return _SUPERLATIVE.sub(" ", description)


def _masked(text: str, names: Sequence[str] | dict[str, tuple[str, ...]]) -> str:
    """`text` with `THIS` for each name that leads to few papers, and the words that hang on it."""
    for name in names:
        around = re.compile(_AROUND.format(re.escape(name)), re.IGNORECASE)
        text = around.sub(f" {THIS} ", text, count=1)
    return " ".join(text.split())


def _owners(names: dict[str, tuple[str, ...]], lexicon: Lexicon) -> tuple[str, ...]:
    """The papers named, one a name where titles tell which: a name that three papers mention is
    that of the one which has it for a title."""
    found: dict[str, None] = {}
    for name, papers in names.items():
        having = [p for p in papers if name.lower() in lexicon.titles.get(p, "").lower()]
        found.update(dict.fromkeys(having or papers))
    return tuple(found)


def _only_to_be_told(masked: str) -> bool:
    rest = re.sub(rf"\b{THIS}\b", " ", masked)
    words = [w for w in rest.split() if w.strip(".,?!:;-–—\"'").lower() not in _OVERVIEW]
    return not _FURTHER.search(rest) and only_to_see(" ".join(words))


def _defining(query: Query, text: str, lexicon: Lexicon) -> Query:
    term = term_asked(text)
    if not term or query.kind == "compare" or query.filters or query.record:
        return query
    meanings = lexicon.meanings_of(term)
    clear = [other for other in lexicon.expand(term) if len(lexicon.meanings_of(other)) < 2]
    wordings = tuple(dict.fromkeys([term, *(clear if len(meanings) < 2 else ())]))
    spelt = lexicon.spelt_out(term)
    return replace(
        query,
        term=wordings,
        topic=term,
        search=spelt if spelt != term else "",
        kind="explain" if query.kind != "fact" else query.kind,
        expansions=query.expansions or meanings,
    )
