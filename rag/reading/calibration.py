"""Whether the corpus answers a question at all: two logistic regressions over absolute measures.

Gaps between papers are wider in a small corpus than in a large one, so that nothing which holds in
every corpus can be learned from them. What holds: how good the best paper is, how far the words of
the question are torn apart between papers, and the one word that the best paper lacks most. Of a
fact it counts besides whether a sentence holds the type of thing asked for (`answer_types`).
`scripts/fit_calibration.py` fits both; docs/log.md has the figures and what else was tried.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors
from rag.question.schema import ParsedQuestion, SynthesisAsked
from rag.reading.answer_types import HOW_MANY, sought
from rag.reading.features import Views
from rag.reading.mentions import mentions
from rag.reading.pieces import Rows
from rag.retrieval.ranking import EncodedQuestion, Ranking
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

Spans = Sequence[tuple[int, int]]

IN_CORPUS = {"score": 3.17, "words": 0.45, "torn": -12.00, "lack": -6.71, "1": -4.34}
STATED = {
    "in_corpus": 0.48, "rest": 2.11, "typed": 3.40, "unmentioned": -0.97, "joint": 0.36, "1": -4.03,
}  # fmt: skip
AMONG = {
    "score": 6.44, "words": 0.07, "lack": -3.57, "meets": 8.12, "answers": 0.31, "belongs": 0.22,
    "1": -10.55,
}  # fmt: skip
IN_CORPUS_CUT, NARROWED_CUT, STATED_CUT, SHOWN_CUT, AMONG_CUT = 0.35, 0.1, 0.45, 0.3, 0.2
"""Probabilities below which nothing is answered; `NARROWED_CUT` where constraints leave a part of
the corpus, the question names papers, or a text over a field is wanted: whatever is nearest serves.
`SHOWN_CUT` for what is asked of a paper on the screen (scripts/score_shown.py): what it says is
mostly near. `AMONG_CUT` for each of several such papers (scripts/fit_among.py)."""
_MANY_WORDS = 12
"""Words of a question beyond which more of them change nothing."""
_HAS = 0.8
"""The cosine from which a paper has a word."""
_WORD = lazy(r"[^\W_]+")
_NAME = lazy(
    r"(?<!\w)(?:[A-Za-z]*[A-Z]+[A-Za-z]*\d[\w.+^-]*|\w*[a-z]\w*[A-Z]\w*|[A-Z]{2,}[\w+^-]*"
    r"|[A-Z][\w+^-]*|\d+[BMK])(?!\w)"
)
_PLAIN = lazy(r"[A-Z][a-z]+(?:-[a-z]+)?")
_GENERIC = frozenset("llm llms lm lms rl ai ml nlp vlm vlms mlp mlps gpu gpus cpu cpus i a".split())
_CLAUSE = lazy(
    r"[?;:]\s+|(?<=\w\w)\.\s+|\s[-–—]+\s"
    r"|(?:,\s+(?:(?:and|but|or)\s+)?|\s+(?:and|but|or)\s+)"
    r"(?=(?:how|which|what|why|who|whom|when|where|does|do|did|is|are|was|were|has|have|had|can|could|should)\b)",
    re.IGNORECASE,
)
_EITHER = lazy(r"\bor\b|/|\be\.g\b|\bsuch\s+as\b", re.IGNORECASE)


def confidence(
    parsed: ParsedQuestion, ranking: Ranking, views: Views, answers: Vectors, belongs: Vectors
) -> tuple[float, float]:
    """That the corpus has something on this, and that it answers, on the scale where 0.5 is even:
    the same but for facts, and what is asked of one paper that was shown: papers that are near may
    not state that."""
    found = _probability(IN_CORPUS, corpus_features(parsed, ranking, views))
    filters = parsed.filters
    named, over_a_field = any(parsed.names.values()), isinstance(parsed.intent, SynthesisAsked)
    narrowed = filters.dated or filters.voted or named or over_a_field
    near = _relative(found, NARROWED_CUT if narrowed else IN_CORPUS_CUT)
    shown = parsed.among_shown and len(views.papers) == 1
    if parsed.kind != "fact" and not shown:
        return near, near
    told = stated_features(parsed, ranking, views, answers, belongs, found)
    return near, _relative(_probability(STATED, told), SHOWN_CUT if shown else STATED_CUT)


def says_so(
    parsed: ParsedQuestion, ranking: Ranking, views: Views, answers: Vectors, belongs: Vectors
) -> Vectors:
    """(P,) that each of several papers that were shown is one of those asked for, on the scale
    where 0.5 is even. The reader's probabilities set papers against each other; of a few that have
    nothing on the question one is always the best, so that absolute measures have to count too."""
    rows = among_features(parsed, ranking, views, answers, belongs)
    return np.array([_relative(_probability(AMONG, row), AMONG_CUT) for row in rows], np.float32)


def among_features(
    parsed: ParsedQuestion, ranking: Ranking, views: Views, answers: Vectors, belongs: Vectors
) -> list[dict[str, float]]:
    """Of each paper by itself: `corpus_features`, how much of the question it meets, and what the
    reader makes of its best sentence and of the paper."""
    found = []
    for at, belonging in enumerate(belongs.tolist()):
        told = corpus_features(parsed, ranking, views, np.array([at]))
        best = float(answers[views.owner == at].max())
        found.append(
            {
                **{name: told[name] for name in ("score", "words", "lack")},
                "meets": float(views.meets[at] @ views.weights),
                "answers": _odds(best),
                "belongs": _odds(belonging),
            }
        )
    return found


def corpus_features(
    parsed: ParsedQuestion, ranking: Ranking, views: Views, kept: Rows | None = None
) -> dict[str, float]:
    """The best score; how many words the question has: the longer it is, the more of its words no
    abstract shares; how far they are torn apart; and the word that the best paper lacks most. A
    description in words of the asker's own misses many of them by a little; a question on something
    else is met in all but the one word that it is about. `kept`: the papers looked at that count;
    all of them unless given."""
    kept = np.arange(len(views.papers)) if kept is None else kept
    text, titles = _asked(parsed, ranking)
    plain = _blank(text, titles).lower()
    content = {w for w in _WORD.findall(plain) if len(w) > 1 and w not in STOPWORDS}
    question = ranking.question
    torn = lack = 0.0
    if question is not None and views.meets.size:
        words = _Words(question, text)
        meets = words.of(views.meets[kept])
        torn, lack = words.torn(meets), words.lack(meets[0])
    return {
        "score": float(ranking.scores[views.places[kept[0]]]),
        "words": float(min(len(content), _MANY_WORDS)),
        "torn": torn,
        "lack": lack,
    }


def stated_features(
    parsed: ParsedQuestion,
    ranking: Ranking,
    views: Views,
    answers: Vectors,
    belongs: Vectors,
    in_corpus: float,
) -> dict[str, float]:
    """Of the paper that most probably states it, among those that the question names if it does:
    what of the question, names apart, the best sentence covers that could hold the answer; how well
    a sentence holds the type asked for; whether the paper never mentions a name that the question
    has; and what the reader makes of its best sentence."""
    text, titles = _asked(parsed, ranking)
    names = _names(_blank(text, titles))
    named = {paper for own in parsed.names.values() for paper in own}
    able = np.array([paper.paper_id in named for paper in views.papers])
    joint = answers * belongs[views.owner] * (able[views.owner] if able.any() else 1)
    at = int(views.owner[int(joint.argmax())])
    paper = views.papers[at]
    wanted = sought(_blank(text, titles))
    known = frozenset(name.lower() for name in _texts(text, names))
    own = np.flatnonzero(views.owner == at)
    sentences = [paper.abstract[views.spans[i].start : views.spans[i].end] for i in own]
    fits = np.array([wanted.held(sentence, known) for sentence in sentences])
    begins = ranking.question.places[:, 0] if ranking.question else np.zeros(0, np.int32)
    weights = np.where(_within(begins, [*names, *titles]), 0, views.weights)
    weights = weights if weights.any() else views.weights
    typed = _within(begins, wanted.words)
    held = np.where(typed[None] & (fits == 1.0)[:, None], 1.0, views.inside[own])
    rest = (held @ (weights / weights.sum()))[fits > 0]
    source = f"{paper.title} {paper.abstract}"
    missing = any(not mentions(source, name.lower()) for name in _texts(text, names))
    return {
        "in_corpus": _odds(in_corpus),
        "rest": float(rest.max(initial=0.0)),
        "typed": float(fits.max()),
        "unmentioned": float(missing),
        "joint": _odds(float(joint.max())),
    }


class _Words:
    """The words of a question that carry meaning, each of one or more word pieces. clause: which
    clause each stands in. either: whether the question offers another in its place (`X or Y`)."""

    def __init__(self, question: EncodedQuestion, text: str) -> None:
        places = question.places
        self._first = np.flatnonzero(np.append(True, places[1:, 0] != places[:-1, 1]))
        self._counts = np.diff(np.append(self._first, len(places)))
        self.weights = np.add.reduceat(question.weights, self._first)
        begins = places[self._first, 0]
        ends = places[np.append(self._first[1:], len(places)) - 1, 1]
        offered = [bool(_EITHER.search(text[a:b])) for a, b in zip(ends, begins[1:], strict=False)]
        either = np.array([*offered, False]) | np.array([False, *offered])
        self.either: NDArray[np.bool_] = either[: len(begins)]
        openings = [0, *(match.end() for match in _CLAUSE.finditer(text))]
        self.clause = np.searchsorted(openings, begins, side="right") - 1

    def of(self, meets: Vectors) -> Vectors:
        """(P, words) how near papers come to each, from (P, q) by word piece."""
        return np.asarray(np.add.reduceat(meets, self._first, axis=1) / self._counts)

    def torn(self, meets: Vectors) -> float:
        """What all papers together meet of the question beyond what one of them does, clause by
        clause. A corpus on federated learning and on privacy need not hold a paper on both."""
        apart = 0.0
        for clause in np.unique(self.clause):
            weights = self.weights * ((self.clause == clause) & ~self.either)
            apart += float(meets.max(axis=0) @ weights - (meets @ weights).max())
        return apart

    def lack(self, meets: Vectors) -> float:
        """The largest of: how far a paper stays from having a word, by the word's weight; of words
        offered as a choice, the one it comes nearest to counts."""
        missed = self.weights * np.maximum(0, _HAS - meets)
        goes_on = np.zeros(len(missed), bool)
        goes_on[1:] = self.either[1:] & self.either[:-1] & (self.clause[1:] == self.clause[:-1])
        groups = np.cumsum(~goes_on)
        return max(float(missed[groups == group].min()) for group in np.unique(groups))


def _asked(parsed: ParsedQuestion, ranking: Ranking) -> tuple[str, list[tuple[int, int]]]:
    """What is looked for, and where it has titles of papers: their words ask for nothing."""
    question = ranking.question
    text = (question and question.text) or parsed.topic.text
    own = parsed.topic.own_start
    return text, [(one.start, one.end) for one in ranking.titled(text) if one.start >= own]


def _blank(text: str, spans: Spans) -> str:
    """`text` with a word that says nothing in place of each span, as long as it was."""
    for start, end in spans:
        text = f"{text[:start]}{'it'.ljust(end - start)}{text[end:]}"
    return text


@functools.lru_cache(maxsize=64)
def _names(text: str) -> tuple[tuple[int, int], ...]:
    """Names of methods and the like: which paper is meant, and under which conditions."""
    how_many = HOW_MANY.search(text)
    counted = how_many.span("noun") if how_many else (0, 0)
    found = []
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()
        opens = not before or before[-1] in ".?!:"
        plain = opens and _PLAIN.fullmatch(match[0])
        if not (plain or match[0].lower() in _GENERIC or counted[0] <= match.start() < counted[1]):
            found.append(match.span())
    return tuple(found)


def _texts(text: str, spans: Spans) -> list[str]:
    return [text[start:end] for start, end in spans]


def _within(begins: NDArray[np.int32], spans: Spans) -> NDArray[np.bool_]:
    """(q,) whether each word piece begins in one of `spans`."""
    inside = np.zeros(len(begins), bool)
    for start, end in spans:
        inside |= (begins >= start) & (begins < end)
    return inside


def _probability(model: Mapping[str, float], features: Mapping[str, float]) -> float:
    z = model["1"] + sum(model[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, z))))


def _relative(probability: float, cut: float) -> float:
    """A probability on the scale where `cut` is even: odds against the odds of the cut."""
    mine, others = probability * (1 - cut), (1 - probability) * cut
    return mine / (mine + others)


def _odds(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))
