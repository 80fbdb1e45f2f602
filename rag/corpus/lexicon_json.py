"""The lexicon as it is stored beside the indexes: one JSON object."""

from __future__ import annotations

import json

from rag.corpus.acronyms import Meaning
from rag.corpus.lexicon import Lexicon

_TABLES = ("acronyms", "names", "titles", "words", "identifiers")


def to_json(lexicon: Lexicon) -> str:
    """Everything, as one JSON object."""
    data = {
        "acronyms": {
            short: [[meaning.long, list(meaning.papers)] for meaning in meanings]
            for short, meanings in lexicon.acronyms.items()
        },
        "names": {name: list(papers) for name, papers in lexicon.names.items()},
        "titles": dict(lexicon.titles),
        "words": dict(lexicon.words),
        "identifiers": dict(lexicon.identifiers),
        "english": " ".join(sorted(lexicon.english)),
        "people": sorted(lexicon.people),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Lexicon:
    """The lexicon that `to_json` wrote. Raises KeyError, TypeError or ValueError on others."""
    data = json.loads(text)
    if not isinstance(data, dict) or not all(isinstance(data[k], dict) for k in _TABLES):
        raise ValueError("not a lexicon")
    return Lexicon(
        acronyms={
            short: tuple(Meaning(long=long, papers=tuple(papers)) for long, papers in meanings)
            for short, meanings in data["acronyms"].items()
        },
        names={name: tuple(papers) for name, papers in data["names"].items()},
        titles=dict(data["titles"]),
        words=dict(data["words"]),
        identifiers=dict(data["identifiers"]),
        english=frozenset(data["english"].split()),
        people=frozenset(data["people"]),
    )
