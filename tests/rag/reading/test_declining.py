"""When the corpus has no answer, or the abstracts do not state it: `select` on rankings of the
bundled corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.adapters.fakes import HashEmbedder
from rag.filters import Filters
from rag.question.schema import NothingAsked, ParsedQuestion, Topic
from rag.reading import select
from rag.reading.question_features import mentions
from rag.retrieval.first_stage import Retriever
from rag.storage.index_manager import open_or_rebuild
from tests import corpus
from tests.rag.selections import Ask, said


@pytest.mark.parametrize(
    "question",
    [
        "papers about quantum machine learning",
        "radiology report generation from chest X-rays",
        "hyperbolic embeddings for hierarchical data",
        "What word error rate does Whisper reach on LibriSpeech?",
        # names that papers mention, and that are of none of them
        "papers from Google DeepMind",
        # each half is there, no paper on both
        "which papers combine differential privacy with federated learning?",
        "differentially private machine translation",
    ],
)
def test_what_the_corpus_does_not_have_is_declined(ask: Ask, question: str) -> None:
    _, selection = ask(question)
    assert selection.status == "not_in_corpus"
    assert not selection.papers
    assert selection.near
    assert selection.confidence < 0.5


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("How many GPUs were used to train Bohdi?", "Bohdi"),
        ("What learning rate was used to train MALT?", "MALT"),
        ("How many layers does the teacher of N2N have?", "N2N Learning"),
    ],
)
def test_what_the_abstract_does_not_state_is_told_with_the_paper(
    ask: Ask, question: str, paper: str
) -> None:
    _, selection = ask(question)
    assert selection.status == "not_stated"
    assert not selection.papers
    assert selection.near[0].title.startswith(paper)
    assert selection.evidence[0].paper == selection.near[0]


@pytest.mark.parametrize(
    "question",
    [
        # of ModernBERT, and of models trained on what GPT-4 wrote, there are figures
        "how many parameters does BERT have?",
        "how many parameters does GPT-4 have?",
    ],
)
def test_a_figure_of_another_thing_is_no_answer(ask: Ask, question: str) -> None:
    _, selection = ask(question)
    assert selection.status == "not_stated"
    assert selection.confidence < 0.5


def test_a_figure_of_the_thing_itself_is(ask: Ask) -> None:
    _, selection = ask("how many parameters does ModernBERT-Large-Instruct have?")
    assert selection.status == "answered"
    assert "0.4B" in said(selection)


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("BERT", "BERT, as it was", True),
        ("BERT", "several BERTs", True),
        ("BERT", "a ModernBERT", False),
        ("GPT-4", "GPT4", True),
        ("GPT4", "by GPT-4.", True),
        ("GPT4", "by GPT-4o.", False),
        ("GPT-4", "MiniGPT-4", False),
        ("Qwen", "Qwen2.5", True),
        ("Dual-Swin-L", "the Dual Swin L", True),
        ("LLaMAs", "a llama", True),
    ],
)
def test_names_are_mentioned_as_names_of_their_own(name: str, text: str, there: bool) -> None:
    assert mentions(text, name) is there


def test_a_paper_that_the_question_names_comes_before_those_that_score_better(ask: Ask) -> None:
    _, selection = ask("By how much does STEER improve on AIME 2024?")
    assert selection.status == "not_stated"
    assert selection.near[0].title.startswith("Rethinking Entropy Interventions in RLVR")
    assert "STEER" in said(selection)
    _, selection = ask("what pass@1 does CodeRL get on HumanEval?")
    assert selection.near[0].title.startswith("CodeRL")


def test_a_question_of_no_words_is_declined(retriever: Retriever) -> None:
    nothing = ParsedQuestion(question="???", standalone="???", intent=NothingAsked())
    empty = ParsedQuestion(
        question="where is she?",
        standalone="where is she?",
        topic=Topic(own="where is she?"),
        search=Topic(own="where is she?"),
    )
    for query in (nothing, empty):
        selection = select(query, retriever.rank(query))
        assert (selection.status, selection.papers, selection.near) == ("not_in_corpus", (), ())


def test_a_premise_that_the_abstract_denies_is_met_with_what_it_says(ask: Ask) -> None:
    _, selection = ask("Why does DIAYN need a hand-designed reward function?")
    assert selection.status == "not_stated"
    assert "without a reward function" in said(selection)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Why is DeepCache slower for Stable Diffusion?", "accelerates"),
        ("why does IBCL increase the training overhead?", "reduces the training overhead"),
        ("why does CorDA increase the forgetting of world knowledge?", "mitigates the forgetting"),
        ("why is HPCR made of five components?", "three components"),
        ("Why does AdaPlanner underperform state-of-the-art baselines?", "outperforms"),
        ("why is AlpacaFarm more expensive than crowdworkers?", "cheaper"),
    ],
)
def test_the_opposite_of_what_is_taken_for_granted_is_quoted(
    ask: Ask, question: str, says: str
) -> None:
    _, selection = ask(question)
    assert selection.status == "not_stated"
    assert selection.denied
    assert says in said(selection)


@pytest.mark.parametrize(
    "question",
    [
        "why is DeepCache faster for Stable Diffusion?",
        "how does IBCL reduce the training overhead?",
        "why does HPCR consist of three components?",
        "why does SMART need only a single inference pass?",
        "why does Q-Tuning need a globally shared prefix prompt?",
        "how does ArCHer reach 100x better sample efficiency?",
    ],
)
def test_what_is_rightly_taken_for_granted_is_not_denied(ask: Ask, question: str) -> None:
    _, selection = ask(question)
    assert not selection.denied


def test_an_empty_ranking_declines(tmp_path: Path) -> None:
    catalog = corpus.filled(tmp_path, 5)
    retriever = Retriever(catalog, open_or_rebuild(catalog), HashEmbedder())
    about = Topic(own="entropy")
    query = ParsedQuestion(
        question="x",
        standalone="x",
        topic=about,
        search=about,
        filters=Filters(date_from="2030-01-01"),
    )
    selection = select(query, retriever.rank(query))
    assert (selection.status, selection.papers) == ("not_in_corpus", ())
