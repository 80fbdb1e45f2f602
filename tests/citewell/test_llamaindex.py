"""The corpus in LlamaIndex's own query engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

from citewell import Corpus, Filters
from citewell.llamaindex import CitewellQueryEngine, CitewellRetriever
from tests.citewell.loops import in_a_loop

ENTROPY = "which papers mitigate entropy collapse in RLVR?"


@pytest.fixture(scope="module")
def corpus(bundled_dir: Path) -> Iterator[Corpus]:
    with Corpus.open(bundled_dir, mode="extractive") as corpus:
        yield corpus


@pytest.mark.parametrize("passages", [False, True])
def test_nodes_are_the_papers_that_search_ranks(corpus: Corpus, passages: bool) -> None:
    hits = corpus.search(ENTROPY, k=5).hits
    nodes = CitewellRetriever(corpus, k=5, passages=passages).retrieve(ENTROPY)
    assert [node.metadata["paper_id"] for node in nodes] == [hit.paper.paper_id for hit in hits]
    assert [node.score for node in nodes] == pytest.approx([hit.score for hit in hits])
    for node, hit in zip(nodes, hits, strict=True):
        text = hit.paper.abstract
        assert node.text == (text[hit.start : hit.end] if passages else text)
        assert node.text == text[node.node.start_char_idx : node.node.end_char_idx]
    assert nodes == in_a_loop(CitewellRetriever(corpus, k=5, passages=passages).aretrieve(ENTROPY))


def test_filters_leave_out_what_they_leave_out_elsewhere(corpus: Corpus) -> None:
    since = Filters(date_from="2025-06-01")
    nodes = CitewellRetriever(corpus, k=5, filters=since).retrieve("entropy collapse")
    wanted = corpus.search("entropy collapse", k=5, filters=since)
    assert [n.metadata["paper_id"] for n in nodes] == [h.paper.paper_id for h in wanted.hits]


def test_a_query_engine_gives_its_model_titles_and_whole_abstracts(corpus: Corpus) -> None:
    engine = RetrieverQueryEngine.from_args(CitewellRetriever(corpus, k=2), llm=MockLLM())
    response = engine.query(ENTROPY)
    hits = corpus.search(ENTROPY, k=2).hits
    for hit in hits:  # a MockLLM repeats its prompt
        assert hit.paper.title in str(response)
        assert hit.paper.abstract in str(response)
        assert hit.paper.paper_id not in str(response)


def test_the_engine_of_our_own_cites_as_every_other_door(corpus: Corpus) -> None:
    engine = CitewellQueryEngine(corpus)
    response, answer = engine.query(ENTROPY), corpus.ask(ENTROPY)
    assert response.response == answer.text
    assert response.metadata["citewell"]["text"] == answer.text
    assert [(n.metadata["n"], n.metadata["paper_id"], n.text) for n in response.source_nodes] == [
        (c.n, c.paper_id, c.quote) for c in answer.citations
    ]
    assert in_a_loop(engine.aquery(ENTROPY)).response == answer.text
