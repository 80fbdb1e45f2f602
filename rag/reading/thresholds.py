"""What selection decides by hand-set numbers: probabilities, shares and how many papers."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.reading.quotes import Taste

EVEN = 0.5
"""The confidence from which a question is answered, whichever probability decides."""
NAMED_LEAST = 0.1
"""The confidence from which a question is answered whose name is that of a paper's own work."""
NAMED_TRIED = 3
"""Papers that a question names, in which its fact is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cuts:
    """`in_corpus`, `stated`: probabilities below which the answer declines; `narrowed` stands for
    `in_corpus` where constraints leave a part of the corpus: whatever is nearest in it satisfies at
    least these; `among` where a follow-up asks among the papers of the answer before: how much of
    its words, by weight, one of them has to meet, and `among_one` where it is one
    word; `half` where the question has halves, of those
    of each; `held` of a sentence that holds the type of thing asked for. `offered`: confidence from
    which a refusal shows what came nearest. `considered`: papers looked at closely. `least`:
    probability below which a paper is in no list, unless it is the first. `share`: of the best
    score, from which a paper is listed where scores are not calibrated. `most_listed` and so on:
    papers in an answer. `phrase`: what of a topic in `few` words the best paper has to have.
    """

    in_corpus: float = 0.35
    narrowed: float = 0.1
    among: float = 0.45
    among_one: float = 0.62
    half: float = 0.7
    stated: float = 0.45
    held: float = 0.8
    few: int = 3
    phrase: float = 0.8
    share: float = 0.86
    considered: int = 30
    least: float = 0.3
    most_listed: int = 20
    most_alike: int = 10
    most_explained: int = 5
    most_compared: int = 5
    most_halved: int = 5
    offered: float = 0.1
    most_offered: int = 3
    near: int = 5
    taste: Taste = field(default_factory=Taste)
