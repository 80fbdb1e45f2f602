"""Answers from records, overviews of named papers and definitions, through the assistant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder, ScriptedChat
from rag.assistant import Assistant
from rag.config import Config
from rag.records import Answer, Paper, Source
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from tests.corpus import papers


def opened(answer: Answer) -> str:
    return answer.sentences[0].text


def test_a_date_is_told_from_the_record_and_not_cited(bundled: Assistant) -> None:
    answer = bundled.ask("when was SinkLoRA published?")
    assert opened(answer).endswith("is dated 9 June 2024.")
    assert answer.sentences[0].citations == ()
    assert len(answer.papers) == 1
    catalog = {paper.paper_id: paper for paper in bundled.index_manager.catalog.papers()}
    assert answer.citations
    for cited in answer.citations:
        assert cited.quote == catalog[cited.paper_id].abstract[cited.start : cited.end]
        assert cited.paper_id == answer.papers[0]


@pytest.mark.parametrize(
    ("question", "status", "told"),
    [
        ("when was DeepCache published?", "answered", "is dated December 2023 by its arXiv id."),
        ("when was Embodied Executable Policy Learning published?", "not_stated",
         "carries no date in the corpus."),
        ("how many upvotes does SPIRAL have?", "answered", "has 5 upvotes in the corpus."),
        ("who wrote Nash Learning from Human Feedback?", "answered", "is by Rémi Munos, Michal"),
        ("who wrote Self-Refine: Iterative Refinement with Self-Feedback?", "not_stated",
         "carries no authors"),
        ("how many authors does SkillBlender have?", "answered", "has 8 authors"),
        ("is there a link to InfiMed-ORBIT?", "answered",
         "is to be found at https://arxiv.org/abs/2510.15859."),
        ("is there a link to I2D2?", "not_stated",
         "carries no link, DOI or arXiv id"),
        ("is MALT newer than SPIRAL?", "answered", "(dated 30 June 2025) is newer than MALT"),
        ("which came first, CURE or STEER?", "answered", "(dated 14 August 2025) is older than"),
        ("does HERMES have more upvotes than SPIRAL?", "answered", "(5 upvotes) is more upvoted"),
        ("when was the paper on curriculum in federated learning published?", "answered",
         "When Do Curricula Work in Federated Learning? is dated 24 December 2022."),
        ("which has more authors, SkillBlender or TULU 3?", "answered", "(23 authors) has more"),
        ("how many authors does Tulu 3 have?", "answered", "has 23 authors"),
    ],
)  # fmt: skip
def test_records(bundled: Assistant, question: str, status: str, told: str) -> None:
    answer = bundled.ask(question)
    assert answer.status == status
    assert told in opened(answer)
    assert bool(answer.papers) == (status == "answered")


def test_a_paper_that_is_not_there_has_no_record(bundled: Assistant) -> None:
    assert bundled.ask("when was the TXL-PBC paper published?").status == "not_in_corpus"


@pytest.mark.parametrize(
    "question",
    [
        "Rethinking Entropy Interventions in RLVR – what is it about?",
        "explain STEER to me",
        "TL;DR: STEER",
        "give me a tl;dr of STEER",
        "summarize STEER in one sentence",
    ],
)
def test_a_named_paper_is_told_of_alone(bundled: Assistant, question: str) -> None:
    answer = bundled.ask(question)
    assert answer.kind == "explain"
    (paper,) = bundled.index_manager.catalog.papers(answer.papers)
    assert paper.title.startswith("Rethinking Entropy Interventions")
    starts = [cited.start for cited in answer.citations]
    assert len(starts) > 2
    assert starts == sorted(starts)
    assert "STEER" in answer.text


def test_named_papers_are_compared_however_little_they_share(bundled: Assistant) -> None:
    answer = bundled.ask("compare DeepCache and HyperInterval")
    assert (answer.kind, answer.status, len(answer.papers)) == ("compare", "answered", 2)
    assert bundled.ask("compare DeepCache and quantum gravity").status != "answered"


def test_a_common_phrase_stays_a_topic(bundled: Assistant) -> None:
    assert len(bundled.ask("in-context learning").papers) > 3


def test_both_meanings_of_an_acronym(bundled: Assistant) -> None:
    text = bundled.ask("what is CPL?").text
    assert "CPL: Contrastive Preference Learning" in text
    assert "CPL: Critical Plan Step Learning" in text


def test_a_definition_comes_first(bundled: Assistant) -> None:
    answer = bundled.ask("what is curriculum learning?")
    assert answer.citations[0].quote.startswith("Curriculum Learning (CL) refers to")
    assert "known as catastrophic forgetting" in bundled.ask("define catastrophic forgetting").text


def test_what_is_told_beside_a_definition_has_the_term_in_it(bundled: Assistant) -> None:
    for term in ("GRPO", "RLVR", "LoRA"):
        for citation in bundled.ask(f"what is {term}?").citations:
            assert term.lower() in citation.quote.lower()


def test_yes_or_no_is_decided_by_the_title_as_well(bundled: Assistant) -> None:
    answer = bundled.ask("is SCoRe an RL method?")
    assert answer.status == "answered"
    assert "reinforcement learning (RL) approach" in opened(answer)


def test_another_language_is_told(bundled: Assistant) -> None:
    answer = bundled.ask("Quels articles traitent de l'oubli catastrophique ?")
    assert any("French" in notice for notice in answer.notices)
    assert "Ask in English" in answer.text


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path_factory.mktemp("known"))
    full = Paper(
        paper_id="arxiv-2510.10150",
        title="Grasping with Two Hands and a *Foot*",
        abstract="We propose to grasp with two hands. It gains 5%.",
        published="2025-10",
        authors=("A. One", "B. Two"),
        upvotes=1,
        arxiv_id="2510.10150",
        doi="10.1000/grasp.1",
        url="https://example.org/grasp",
        sources=(Source(name="a.bib", line=3),),
    )
    ingest([*papers(8), full], catalog, HashEmbedder())
    yield catalog
    catalog.close()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("when was arXiv:2510.10150v2 published?", "is dated October 2025."),
        ("who wrote https://doi.org/10.1000/grasp.1?", "is by A. One and B. Two."),
        ("how many upvotes does “Grasping with Two Hands and a Foot” have?", "has 1 upvote in"),
        ("is there a link to 2510.10150?", "DOI 10.1000/grasp.1 and arXiv 2510.10150."),
        ("which page is 2510.10150 from?", "was read from a.bib (line 3)."),
    ],
)
def test_papers_are_found_by_identifiers_that_records_hold(
    known: Catalog, question: str, told: str
) -> None:
    model = ScriptedChat(["no model is asked for a record"], name="tiny")
    assistant = Assistant(
        index_manager=IndexManager(known),
        embedder=HashEmbedder(),
        config=Config(data_dir=Path("unused"), model="tiny"),
        model=model,
    )
    answer = assistant.ask(question)
    assert told in opened(answer)
    assert (answer.mode, answer.papers) == ("extractive", ("arxiv-2510.10150",))
    assert "\\*Foot\\*" in answer.text
