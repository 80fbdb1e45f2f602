"""The corpus in chains of LangChain, which talk to nobody unless they are told to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from citewell import CitewellError, Corpus, Filters
from tests.citewell.loops import in_a_loop
from tests.documents import ROOT

ENTROPY = "which papers mitigate entropy collapse in RLVR?"
installed = pytest.mark.skipif(
    find_spec("langchain_core") is None, reason="langchain-core not installed: make langchain"
)
ASKS = """
import sys
seen = []
names = ["socket." + name for name in ("connect", "sendto", "getaddrinfo", "gethostbyname")]
sys.addaudithook(lambda name, args: seen.append(f"{name} {args}") if name in names else None)
from citewell import Corpus
from citewell.langchain import CitewellRetriever
from langchain_core.runnables import RunnableLambda
with Corpus.open(sys.argv[1], mode="extractive") as corpus:
    chain = CitewellRetriever(corpus=corpus, k=2) | RunnableLambda(len)
    print(chain.invoke("entropy collapse"), seen)
"""


@pytest.fixture(scope="module")
def corpus(bundled_dir: Path) -> Iterator[Corpus]:
    with Corpus.open(bundled_dir, mode="extractive") as corpus:
        yield corpus


def retriever(corpus: Corpus, **options: Any) -> Any:
    from citewell.langchain import CitewellRetriever

    return CitewellRetriever(corpus=corpus, **options)


@installed
@pytest.mark.parametrize("passages", [False, True])
def test_documents_are_the_papers_that_search_ranks(corpus: Corpus, passages: bool) -> None:
    hits = corpus.search(ENTROPY, k=5).hits
    found = retriever(corpus, k=5, passages=passages)
    documents = found.invoke(ENTROPY)
    assert len(documents) == len(hits) == 5
    for document, hit in zip(documents, hits, strict=True):
        told, text = document.metadata, hit.paper.abstract
        assert (told["paper_id"], told["citekey"]) == (hit.paper.paper_id, hit.paper.citekey)
        assert told["score"] == pytest.approx(hit.score)
        assert document.page_content == (hit.quote if passages else text)
        assert document.page_content == text[told["start"] : told["end"]]
        assert document.id.startswith(hit.paper.paper_id)
    assert documents == in_a_loop(found.ainvoke(ENTROPY))


@installed
def test_filters_leave_out_what_they_leave_out_elsewhere(corpus: Corpus) -> None:
    since = Filters(date_from="2025-06-01")
    documents = retriever(corpus, k=5, filters=since).invoke("entropy collapse")
    wanted = corpus.search("entropy collapse", k=5, filters=since)
    assert [d.metadata["paper_id"] for d in documents] == [h.paper.paper_id for h in wanted.hits]


@installed
def test_a_chain_gets_the_documents_and_a_mistake_its_error(corpus: Corpus) -> None:
    from langchain_core.runnables import RunnableLambda

    chain = retriever(corpus, k=3) | RunnableLambda(lambda found: [d.page_content for d in found])
    assert chain.batch([ENTROPY]) == [[h.paper.abstract for h in corpus.search(ENTROPY, k=3).hits]]
    with pytest.raises(CitewellError):
        chain.invoke("")


@installed
def test_a_chain_talks_to_nobody(bundled_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKS, str(bundled_dir)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout == "2 []\n"


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("langchain_core", "langchain_core.documents"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "citewell.langchain", raising=False)
    with pytest.raises(ImportError, match="langchain-core") as caught:
        import citewell.langchain  # noqa: F401
    assert isinstance(caught.value, CitewellError)
    assert 'pip install "citewell[langchain]"' in caught.value.remedy
