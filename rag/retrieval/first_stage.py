"""ParsedQuestion → ranked papers: late interaction, dense and lexical evidence, fused per paper.

    score = (S + 0.1 N) / 1.1,    S = L + 0.5 D + 0.3 B

L   for each word piece of the question the best cosine to any word piece of the paper, averaged
    by idf; stop words weigh nothing, words carried over from earlier turns half
D   the cosine of the question to the paper as a whole, the mean of its chunks' vectors
B   BM25 as a share of the most that any paper could score, so that a question whose words the
    corpus does not use lets the other two decide
N   the mean S of the paper's three nearest papers: what stands among matches is likelier to match

Where the question leaves a choice (`speech or audio`), L and B are those of the alternative that
the paper comes nearest to. L, D and B are absolute, so a score means the same for every question.
Chroma (nearest chunks), D and B nominate, the latter two exactly; the best of the nominees get L.
Where the question states constraints, all papers that satisfy them are nominees: filtering
afterwards loses some. The shares and their trials are in docs/log.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from rag.corpus.genres import is_genre, is_of_kind
from rag.corpus.mentions import is_about, is_mentioned, may_hold, wording
from rag.corpus.uses import plainly_uses
from rag.ports import Embedder, Encoded, TokenEncoder, Vectors
from rag.question.schema import ParsedQuestion, Topic
from rag.retrieval.alternatives import masks, weighed, wordings
from rag.retrieval.fusion import Fusion, fused
from rag.retrieval.ranking import EncodedQuestion, Ranking, Rows
from rag.storage.generations import Indexes
from rag.storage.papers import PaperStore
from rag.storage.token_vectors import TokenStore, project
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """How ranking is done; the baselines of the evaluation are other values of this.

    `without`: what closeness to something left out costs (`outside of robotics`); papers plainly
    about it are no nominees at all. `rescored` papers get late interaction; the others the least L
    seen among these. `nominated`: nearest chunks, and best papers by D and by BM25, that are looked
    at. `fusion` is how D and B are put together; all but `sum` leave L out.
    """

    fusion: Fusion = "sum"
    late: float = 1.0
    dense: float = 0.5
    lexical: float = 0.3
    neighbours: float = 0.1
    carried: float = 0.5
    without: float = 0.3
    rescored: int = 100
    nominated: int = 200


_REMEMBERED = 32
"""Topics whose encoding is kept: a table puts the same questions to every paper."""
_LIKE = 100
"""Papers nearest to one among which others like it are looked for that do something besides."""


class Retriever:
    """Ranks the papers of one generation of indexes. Cheap to make; safe to share."""

    def __init__(
        self,
        catalog: PaperStore,
        indexes: Indexes,
        embedder: Embedder,
        weights: Weights | None = None,
    ) -> None:
        self.catalog = catalog
        self.indexes = indexes
        self._embedder = embedder
        self._weights = weights or Weights()
        self._read = lru_cache(_REMEMBERED)(self._encoded)

    def rank(self, parsed: ParsedQuestion) -> Ranking:
        """All nominees, best first. Raises IndexDamaged, ModelMissing, ModelServerError."""
        allowed = self._allowed(parsed)
        if parsed.related:
            near, cosines = self._nearest_to(parsed.related.paper, allowed)
            if not parsed.topic:
                rows = self._asked_for(parsed, near)
                parts = {"dense": cosines[rows]}
                return Ranking(self.catalog, self.indexes, parsed, rows, cosines[rows], parts, None)
            allowed = np.sort(near[:_LIKE])
        if not parsed.topic:
            # Nothing to match on: the constraints' own order is the ranking.
            rows = np.arange(len(self.indexes.paper_ids)) if allowed is None else allowed
            rows = rows[:0] if parsed.nothing_asked else self._asked_for(parsed, rows)
            return Ranking(
                self.catalog, self.indexes, parsed, rows, np.ones(len(rows), np.float32), {}, None
            )
        # Papers are ranked by the long forms of acronyms too, and judged by what was asked: a long
        # form's plain words (`language`, `models`) match many papers that have nothing to say.
        question = self._read(parsed.search)
        # Words of earlier turns say what the question is about, not what it is looking for.
        text = parsed.search.own or parsed.search.carried
        lexical = self._lexical(text, offered=bool(question.choices))
        dense = self._dense(question.vector)
        nominated = self._nominated(question.vector, dense, lexical) if allowed is None else allowed
        rows = self._asked_for(parsed, np.sort(nominated))
        if not len(rows):
            return Ranking(
                self.catalog, self.indexes, parsed, rows, np.zeros(0, np.float32), {}, question
            )
        parts = {"dense": dense[rows], "lexical": lexical[rows]}
        shares = {"dense": self._weights.dense, "lexical": self._weights.lexical}
        scores = fused(parts, shares, self._weights.fusion)
        store = self.indexes.tokens
        late = self._weights.late and self._weights.fusion == "sum"
        if store is not None and len(question.weights) and late:
            parts["late"] = self._late(store, question, rows, scores)
            scores = scores + self._weights.late * parts["late"]
        if self._weights.neighbours:
            parts["neighbours"] = self._neighbouring(rows, scores)
            share = self._weights.neighbours
            scores = np.asarray((scores + share * parts["neighbours"]) / (1 + share), np.float32)
        if parsed.left_out.about:
            scores = scores - self._weights.without * self._near(
                parsed.left_out.about, rows, scores
            )
        order = np.argsort(-scores, kind="stable")
        return Ranking(
            self.catalog,
            self.indexes,
            parsed,
            rows[order],
            scores[order],
            {name: part[order] for name, part in parts.items()},
            question,
            partial(self._read, parsed.topic) if parsed.search != parsed.topic else None,
        )

    def _nearest_to(self, paper: str, allowed: Rows | None) -> tuple[Rows, Vectors]:
        """`allowed`, or all rows, nearest to a paper first, and (papers,) their cosines with it."""
        cosines = self._dense(self.indexes.paper_vectors[self.indexes.row_of[paper]])
        rows = np.arange(len(cosines)) if allowed is None else allowed
        return rows[np.argsort(-cosines[rows], kind="stable")], cosines

    def _asked_for(self, parsed: ParsedQuestion, rows: Rows) -> Rows:
        """`rows` without papers already seen, those about what the question leaves out, and those
        that plainly use what it wants done without."""
        if parsed.seen:
            rows = rows[[self.indexes.paper_ids[row] not in parsed.seen for row in rows]]
        if parsed.left_out and len(rows):
            papers = self.catalog.papers(self.indexes.paper_ids[row] for row in rows)
            about = {p.paper_id for p in papers if _turned_down(parsed, p.title, p.abstract)}
            rows = rows[[self.indexes.paper_ids[row] not in about for row in rows]]
        return rows

    def _near(self, without: Sequence[str], rows: Rows, scores: Vectors) -> Vectors:
        """(rows,) how far each of the best papers stands out from their median in being close to
        what the question leaves out, in whatever words; 0 for the others."""
        most = min(self._weights.rescored, len(rows))
        best = np.argpartition(-scores, most - 1)[:most]
        near = np.zeros(len(rows), np.float32)
        for term in (term for term in without if not is_genre(term)):
            asked = self._read(Topic(own=term))
            close = self._weights.dense * self._dense(asked.vector)[rows[best]]
            if self.indexes.tokens is not None and len(asked.weights):
                late = self.indexes.tokens.best(asked.tokens, rows[best]) @ asked.weights
                close = close + self._weights.late * late
            near[best] = np.maximum(near[best], close - np.median(close))
        return near

    def _encoded(self, topic: Topic) -> EncodedQuestion:
        """Both encodings of the question from one pass, the earlier turns first."""
        text = topic.text
        tokens = self.indexes.tokens
        if tokens is None or not isinstance(self._embedder, TokenEncoder):
            return EncodedQuestion(vector=self._embedder.embed_query(text))
        encoded = self._embedder.encode_query(text)
        idf = tokens.idf(encoded.ids)
        weights = idf * _content(text, encoded)
        weights[encoded.offsets[:, 0] < topic.own_start] *= self._weights.carried
        kept = weights > 0
        if not kept.any():
            return EncodedQuestion(vector=encoded.embedding, encoded=encoded, idf=idf)
        return EncodedQuestion(
            vector=encoded.embedding,
            tokens=project(encoded.tokens[kept]),
            weights=weights[kept] / weights[kept].sum(),
            text=text,
            places=encoded.offsets[kept].astype(np.int32),
            choices=masks(text, encoded.offsets[kept][:, 0], weights[kept]),
            encoded=encoded,
            idf=idf,
        )

    def _allowed(self, parsed: ParsedQuestion) -> Rows | None:
        """Rows of the papers that satisfy the constraints, in the order these ask for; None where
        none of them says which papers may be found."""
        filters = replace(parsed.filters, limit=None, skip=None, not_about=None, lacking=None)
        if parsed.topic and not parsed.filters.limit:
            # `recent papers on X` are papers on X: what has no date is put behind, not left out.
            filters = replace(filters, sort=None, order=None)
        if not filters:
            return None
        rows = self.indexes.row_of
        ids = self.catalog.matching(filters)
        return np.array([rows[i] for i in ids if i in rows], np.int64)

    def _nominated(self, vector: Vectors, dense: Vectors, lexical: Vectors) -> Rows:
        """Papers of the nearest passages, and the best by D and by B: a passage that the graph
        does not find costs no paper that these two would put high."""
        most = min(self._weights.nominated, len(dense))
        nearest = self.indexes.nearest.search(vector, self._weights.nominated)
        chunk_rows = [self.indexes.chunk_row_of[chunk_id] for chunk_id, _ in nearest]
        by_paper = np.argpartition(-dense, most - 1)[:most]
        words = np.argpartition(-lexical, most - 1)[:most]
        passages = self.indexes.chunk_paper[chunk_rows]
        return np.unique(np.concatenate([passages, by_paper, words[lexical[words] > 0]])).astype(
            np.int64
        )

    def _lexical(self, text: str, *, offered: bool) -> Vectors:
        """(papers,) BM25 as a share of the most that it could be; where the question leaves a
        choice, of the wording that suits each paper best."""
        lexical = self.indexes.lexical
        texts = wordings(text) if offered else [text]
        shares = [lexical.scores(one) / max(lexical.bound(one), 1e-9) for one in texts]
        return np.asarray(np.max(shares, axis=0), np.float32)

    def _dense(self, vector: Vectors) -> Vectors:
        """(papers,) cosines of the question with the papers' vectors."""
        return np.asarray(self.indexes.paper_vectors @ vector, np.float32)

    def _neighbouring(self, rows: Rows, scores: Vectors) -> Vectors:
        """(rows,) the mean score of each paper's nearest papers, by their similarity; one that is
        no nominee counts as the last of these."""
        everywhere = np.full(len(self.indexes.paper_ids), scores.min(), np.float32)
        everywhere[rows] = scores
        say = np.maximum(self.indexes.neighbour_cosines[rows], 1e-6)
        found = (everywhere[self.indexes.neighbours[rows]] * say).sum(axis=1)
        return np.asarray(found / say.sum(axis=1), np.float32)

    def _late(
        self, store: TokenStore, question: EncodedQuestion, rows: Rows, scores: Vectors
    ) -> Vectors:
        most = min(self._weights.rescored, len(rows))
        best = np.argpartition(-scores, most - 1)[:most]
        nearest = store.best(question.tokens, rows[best])
        found = (nearest * weighed(nearest, question.weights, question.choices)).sum(axis=1)
        late = np.full(len(rows), found.min(), np.float32)
        late[best] = found
        return late


def _turned_down(parsed: ParsedQuestion, title: str, abstract: str) -> bool:
    """Whether a paper is about what the question leaves out, or plainly uses what it wants done
    without."""
    lowered = f"{title} {abstract}".lower()
    terms = [term for term in parsed.left_out.about if may_hold(term, lowered)]
    avoided = [wording(term) for term in parsed.left_out.used if may_hold(term, lowered)]
    mentioned = [term for term in parsed.left_out.mentioned if may_hold(term, lowered)]
    return (
        is_mentioned(title, abstract, mentioned)
        or is_about(title, abstract, [wording(term) for term in terms if not is_genre(term)])
        or any(
            is_of_kind(title, abstract, term) for term in parsed.left_out.about if is_genre(term)
        )
        or (bool(avoided) and plainly_uses(title, abstract, avoided))
    )


def _content(text: str, encoded: Encoded) -> Vectors:
    """(t,) 1 for word pieces that carry meaning, 0 for those of stop words and punctuation."""
    words = _words(text)
    return np.array(
        [words[a] * any(map(str.isalnum, text[a:b])) for a, b in encoded.offsets], np.float32
    )


_WORD = lazy(r"\w+(?:-\w+)*")


def _words(text: str) -> list[float]:
    """For each character whether it stands in a word that carries meaning. A hyphenated word is
    one: `on-policy` is no stop word."""
    marks = [0.0] * len(text)
    for word in _WORD.finditer(text):
        if word[0].lower() not in STOPWORDS:
            marks[word.start() : word.end()] = [1.0] * len(word[0])
    return marks
