"""Readings at work on papers: what is left out or seen before, acronyms, questions of nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rag.adapters.fakes import HashEmbedder
from rag.answer.quoted import compose
from rag.question import understand
from rag.reading import select
from rag.records import Query
from rag.retrieval.first_stage import Retriever
from rag.retrieval.ranking import Ranking
from rag.storage.index_manager import open_or_rebuild
from tests import corpus


def ranked(retriever: Retriever, question: str) -> Ranking:
    lexicon = retriever.indexes.lexicon
    return retriever.rank(understand(question, lexicon=lexicon, today=date(2026, 1, 31)).query)


def titles(ranking: Ranking) -> list[str]:
    return [paper.title for paper in ranking.papers(10)]


def test_leaving_out_a_field(retriever: Retriever) -> None:
    everything = titles(ranked(retriever, "human-in-the-loop learning"))
    elsewhere = titles(ranked(retriever, "human-in-the-loop learning outside of robotics"))
    assert sum("Robot" in title for title in everything) > 1
    assert not any("Robot" in title for title in elsewhere)
    assert any("Human-in-the-Loop" in title for title in elsewhere)


def test_a_property_leaves_nothing_out(retriever: Retriever) -> None:
    found = titles(ranked(retriever, "class-incremental learning without replay"))
    assert any("Replay" in title or "Exemplar" in title for title in found)


def test_leaving_out_with_nothing_else_asked(retriever: Retriever) -> None:
    ranking = ranked(retriever, "everything except robotics")
    assert 300 < len(ranking) < ranking.corpus_size
    assert not any("Robot" in p.title for p in ranking.papers(len(ranking)))


@pytest.mark.parametrize("topic", ["method for robots", ""])
def test_without_token_vectors_and_seen(tmp_path: Path, topic: str) -> None:
    catalog = corpus.filled(tmp_path)
    retriever = Retriever(catalog, open_or_rebuild(catalog), HashEmbedder())
    seen = tuple(paper.paper_id for paper in catalog.papers()[:5])
    query = Query(question="?", standalone="?", topic=topic, seen=seen, without=("diffusion",))
    ranking = retriever.rank(query)
    assert not set(seen) & set(ranking.ids())
    assert not any("diffusion" in paper.title for paper in ranking.papers(30))
    assert len(ranking)
    catalog.close()


def test_leaving_out_everything(tmp_path: Path) -> None:
    catalog = corpus.filled(tmp_path)
    retriever = Retriever(catalog, open_or_rebuild(catalog), HashEmbedder())
    query = Query(question="?", standalone="?", topic="method", without=("Paper",))
    assert len(retriever.rank(query)) == 0
    catalog.close()


def test_nothing_asked_finds_nothing_and_says_what_to_ask(retriever: Retriever) -> None:
    query = understand("🤷", lexicon=retriever.indexes.lexicon, today=date(2026, 1, 31)).query
    draft = compose(query, select(query, retriever.rank(query)))
    assert (draft.status, draft.papers, draft.near) == ("not_in_corpus", (), ())
    assert "Name a topic" in draft.text


@pytest.mark.parametrize(
    ("question", "widened"),
    [
        ("RLVR with small models", True),
        ("which papers use RLVR?", True),
        ("RLVR makes models forget what they knew.", False),
        ("how much does RLVR cost?", False),
    ],
)
def test_long_forms_widen_requests_and_no_claims(
    retriever: Retriever, question: str, widened: bool
) -> None:
    lexicon = retriever.indexes.lexicon
    query = understand(question, lexicon=lexicon, today=date(2026, 1, 31)).query
    assert bool(query.search) == widened


def test_what_an_acronym_stands_for_is_quoted(retriever: Retriever) -> None:
    asked = "what does CPL stand for?"
    query = understand(asked, lexicon=retriever.indexes.lexicon, today=date(2026, 1, 31)).query
    draft = compose(query, select(query, retriever.rank(query)))
    assert draft.status == "answered"
    assert len(draft.papers) == 2
    for citation, long in zip(draft.citations, ("Preference", "Plan"), strict=True):
        assert f"{long}" in citation.quote
        assert "(CPL)" in citation.quote
    assert draft.text.startswith("CPL: Contrastive Preference Learning. ")


def test_long_forms_find_what_acronyms_alone_do_not(retriever: Retriever) -> None:
    query = understand(
        "papers about MCTS", lexicon=retriever.indexes.lexicon, today=date(2026, 1, 31)
    ).query
    assert select(query, retriever.rank(query)).status == "answered"
