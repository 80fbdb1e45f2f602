"""What cannot be looked for as it stands: questions in another language, and identifiers by which
no paper is known. The rest of such a question still is, and the user is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rag.corpus.identifiers import identifiers
from rag.corpus.lexicon import Lexicon
from rag.corpus.names import TOKEN
from rag.question.coreference import is_topic
from rag.question.language import language_of
from rag.records import Query

_SHORT, _OFTEN = 4, 10
"""Letters up to which a word may be one of any language, and how often one that languages share
stands in the corpus."""


def in_other_words(query: Query, text: str, lexicon: Lexicon) -> Query:
    """`query`, read off `text`: known identifiers replaced by the titles that they stand for, the
    others left out; of another language only the terms that the corpus has as well."""
    if language := language_of(text):
        topic = " ".join(_shared_terms(text, lexicon)) or query.topic
        spelt = lexicon.spelt_out(topic)
        search = spelt if spelt != topic else ""
        query = replace(query, language=language, topic=topic, search=search)
    topic, unknown = query.topic, []
    for one in reversed(identifiers(topic)):
        stands = lexicon.titled(topic[one.start : one.end])
        if not stands:
            unknown.append(one.text)
        title = lexicon.titles[stands[0].paper] if stands else " "
        topic = f"{topic[: one.start]}{title}{topic[one.end :]}"
    if topic == query.topic:
        return query
    nothing = not query.filters and not is_topic(topic)
    return replace(
        query,
        topic=query.topic if nothing else " ".join(topic.split()),
        search="",
        identifiers=tuple(reversed(unknown)),
        nothing_asked=nothing,
    )


def _shared_terms(text: str, lexicon: Lexicon) -> Iterator[str]:
    """The words of a text, in another language than the corpus, that the corpus uses too: names,
    acronyms, and words that stand there often."""
    named = {word for name in lexicon.names_in(text) for word in TOKEN.findall(name)}
    for word in TOKEN.findall(text):
        used = len(word) > _SHORT and lexicon.words.get(word.lower(), 0) >= _OFTEN
        if used or word in named or lexicon.meanings_of(word):
            yield word


def told(query: Query) -> Iterator[str]:
    """What the user should know of how the question was read."""
    if query.language:
        yield (
            f"This question seems to be in {query.language}. Questions are read in English here, so"
            " only terms that the abstracts use as well could be looked for."
        )
    if query.identifiers:
        yield (
            f"No paper here is known by {' or '.join(query.identifiers)}: its record would have to"
            " state that. Ask by title, by what the paper introduces, or by topic."
        )
