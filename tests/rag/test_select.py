"""What answers rest on: `select` on rankings of the bundled corpus. Expectations are about what any
reader of these abstracts would agree on; how good it is on a question set, the evaluation tells."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from rag.asked import mentions
from rag.catalog import Catalog
from rag.config import Config
from rag.indexes import open_or_rebuild
from rag.records import Filters, Query, Selection, Turn
from rag.retrieve import Retriever
from rag.rhetoric import dangles
from rag.select import Cuts, select
from rag.select.calibration import best_length
from rag.understand import understand
from tests import corpus

Ask = Callable[[str], tuple[Query, Selection]]
FollowUp = Callable[..., Selection]


@pytest.fixture(scope="module")
def ask(bundled_dir: Path) -> Ask:
    catalog = Catalog(bundled_dir)
    indexes = open_or_rebuild(catalog)
    retriever = Retriever(catalog, indexes, wiring.make_embedder(Config(data_dir=bundled_dir)))

    def asked(question: str) -> tuple[Query, Selection]:
        query = understand(question, lexicon=indexes.lexicon, today=date(2026, 1, 31)).query
        return query, select(query, retriever.rank(query))

    return asked


@pytest.fixture(scope="module")
def follow_up(bundled_dir: Path) -> FollowUp:
    catalog = Catalog(bundled_dir)
    indexes = open_or_rebuild(catalog)
    retriever = Retriever(catalog, indexes, wiring.make_embedder(Config(data_dir=bundled_dir)))

    def asked(*questions: str) -> Selection:
        history: list[Turn] = []
        for question in questions:
            query = understand(
                question, lexicon=indexes.lexicon, today=date(2026, 1, 31), history=history
            ).query
            selection = select(query, retriever.rank(query))
            papers = tuple(paper.paper_id for paper in selection.papers)
            history.append(Turn(role="user", content=question))
            history.append(Turn(role="assistant", content="These.", papers=papers))
        return selection

    return asked


def titles(selection: Selection) -> list[str]:
    return [paper.title for paper in selection.papers]


def said(selection: Selection) -> str:
    return " ".join(item.quote for item in selection.evidence)


def test_a_list_has_the_papers_about_it_with_what_they_do(ask: Ask) -> None:
    _, selection = ask("which papers mitigate entropy collapse in RLVR?")
    assert selection.status == "answered"
    # and none that only shares words with it
    assert [t.split(":")[0] for t in titles(selection)] == [
        "Rethinking Entropy Interventions in RLVR",
        "CURE",
    ]
    assert selection.searched == 536
    assert "STEER" in said(selection)  # what is done about it, not the problem
    assert "mitigates entropy collapse" in said(selection)
    assert "poses a critical risk" not in said(selection)


def test_lists_are_as_long_as_the_subject_is_broad(ask: Ask) -> None:
    _, narrow = ask("which papers are about symbolic regression?")
    _, broad = ask("papers on continual learning")
    assert len(narrow.papers) <= 3
    assert len(broad.papers) >= 8


def test_near_misses_stand_apart(ask: Ask) -> None:
    _, selection = ask("deep learning for tabular data")
    put_forward = {paper.paper_id for paper in selection.papers}
    assert selection.near
    assert not put_forward & {paper.paper_id for paper in selection.near}


@pytest.mark.parametrize(
    "question",
    [
        "papers about quantum machine learning",
        "radiology report generation from chest X-rays",
        "hyperbolic embeddings for hierarchical data",
        "What word error rate does Whisper reach on LibriSpeech?",
        # names that papers mention, and that are of none of them
        "papers from Google DeepMind",
        "capital of WebArena",
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


def test_each_half_of_a_question_has_its_own_answer(ask: Ask) -> None:
    _, selection = ask(
        "which paper breaks the reversal curse, and which one finds alignment faking?"
    )
    assert titles(selection)[0].startswith("Mitigating Reversal Curse")
    assert any(title.startswith("Alignment faking") for title in titles(selection))
    assert not selection.unmet
    _, selection = ask(
        "which paper mitigates entropy collapse, and which one predicts protein structures?"
    )
    assert titles(selection)[0].split(":")[0] in (
        "Rethinking Entropy Interventions in RLVR",
        "CURE",
    )
    assert selection.unmet == ("which one predicts protein structures",)


def test_none_of_those_is_an_answer_too(follow_up: FollowUp) -> None:
    first = "which papers mitigate entropy collapse in RLVR?"
    assert follow_up(first, "which of those use graph neural networks?").status == "not_in_corpus"
    chosen = follow_up(first, "which one of them branches off at uncertain tokens?")
    assert titles(chosen)[0].startswith("CURE")


def test_constraints_say_how_many_papers_they_could_look_at(ask: Ask) -> None:
    _, selection = ask("protein folding papers from 2025")
    assert selection.status == "not_in_corpus"
    assert selection.recorded == 93
    _, unconstrained = ask("papers about quantum machine learning")
    assert unconstrained.recorded == 0


def test_a_question_of_no_words_is_declined(bundled_dir: Path) -> None:
    catalog = Catalog(bundled_dir)
    retriever = Retriever(
        catalog, open_or_rebuild(catalog), wiring.make_embedder(Config(data_dir=bundled_dir))
    )
    nothing = Query(question="???", standalone="???", topic="", nothing_asked=True)
    empty = Query(question="where is she?", standalone="where is she?", topic="where is she?")
    for query in (nothing, empty):
        selection = select(query, retriever.rank(query))
        assert (selection.status, selection.papers, selection.near) == ("not_in_corpus", (), ())


def test_all_papers_are_all_papers(ask: Ask) -> None:
    _, selection = ask("all papers")
    assert (selection.status, selection.total) == ("answered", 536)
    _, others = ask("papers that are not about language models")
    assert others.status == "answered"
    assert 0 < others.total < 536


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


def test_how_a_method_works_is_told_by_its_own_paper_before_what_it_reached(ask: Ask) -> None:
    for question, own in (
        ("how does DeepCache speed up diffusion?", "DeepCache"),
        ("How does SkillBlender combine skills?", "SkillBlender"),
    ):
        _, selection = ask(question)
        assert [title.split(":")[0] for title in titles(selection)] == [own]
        assert "state-of-the-art" not in said(selection)
        starts = [item.start for item in selection.evidence]
        assert starts == sorted(starts)


def test_an_explanation_is_short_and_says_nothing_twice(ask: Ask) -> None:
    _, selection = ask("why do language models hallucinate?")
    assert len(selection.papers) > 1
    assert len(selection.evidence) <= 7  # six, and what one of them cannot do without
    ends = [(item.paper.paper_id, item.end) for item in selection.evidence]
    assert len(set(ends)) == len(ends)


def test_either_alternative_is_enough(ask: Ask) -> None:
    _, selection = ask("Mamba or RWKV")
    assert selection.status == "answered"
    assert titles(selection)[0].startswith("Is Mamba Effective")
    _, both = ask("which papers use Mamba and RWKV?")
    assert both.status == "not_in_corpus"


def test_a_comparison_says_which_side_is_missing(ask: Ask) -> None:
    _, selection = ask("compare CURE and FooBarNet")
    assert selection.status == "not_stated"
    assert selection.unmet == ("FooBarNet",)
    assert selection.near[0].title.startswith("CURE")


def test_two_subjects_are_compared_by_papers_on_both(ask: Ask) -> None:
    _, selection = ask("compare RL and SFT for reasoning")
    for paper in selection.papers:
        text = f"{paper.title} {paper.abstract}"
        assert re.search(r"\bRL\b|reinforcement", text)
        assert re.search(r"\bSFT\b|supervised fine", text)


def test_a_name_is_known_in_other_spellings(ask: Ask) -> None:
    for name in ("deep cache", "Deep-Cache", "DeepCahce"):
        _, selection = ask(f"what speedup does {name} get for stable diffusion?")
        assert titles(selection) == ["DeepCache: Accelerating Diffusion Models for Free"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what box AP does Dual-Swin-L get on COCO?", "59.4%"),
        ("How many tasks does LIBERO have?", "130 tasks"),
        ("how long does RL training of the quadrotor controller take on a laptop?", "18 seconds"),
        ("By what factor does SPARTN improve grasping success?", "2.8times"),
    ],
)
def test_a_fact_is_one_sentence_with_the_figure_asked_for(
    ask: Ask, question: str, answer: str
) -> None:
    query, selection = ask(question)
    assert query.kind == "fact"
    assert selection.status == "answered"
    assert len(selection.papers) == 1
    assert answer in said(selection)
    assert len({item.paper.paper_id for item in selection.evidence}) == 1


def test_a_comparison_has_the_papers_that_are_named_in_their_order(ask: Ask) -> None:
    deep, inner = "DeepCache", "Accelerate High-Quality Diffusion Models with Inner Loop Feedback"
    query, selection = ask("How do DeepCache and Inner Loop Feedback differ in the speed-up?")
    assert query.kind == "compare"
    assert [title.split(":")[0] for title in titles(selection)] == [deep, inner]
    _, selection = ask("How do Inner Loop Feedback and DeepCache differ in the speed-up?")
    assert [title.split(":")[0] for title in titles(selection)] == [inner, deep]


def test_no_quote_opens_with_a_pronoun_without_what_it_stands_for(ask: Ask) -> None:
    for question in (
        "papers on continual learning",
        "how does in-context learning come about?",
        "self-training methods",
    ):
        _, selection = ask(question)
        spans = {(item.paper.paper_id, item.end) for item in selection.evidence}
        for item in selection.evidence:
            if dangles(item.quote) == 1.0:
                before = item.paper.abstract[: item.start].rstrip()
                assert not before or (item.paper.paper_id, len(before)) in spans


def test_sentences_are_whole_and_none_is_quoted_twice(ask: Ask) -> None:
    _, selection = ask("reinforcement learning for language models")
    spans = [(item.paper.paper_id, item.start) for item in selection.evidence]
    assert len(set(spans)) == len(spans)
    for item in selection.evidence:
        assert item.quote == item.paper.abstract[item.start : item.end]
        assert re.match(r"\S.*\S\Z", item.quote, re.DOTALL)


def test_constraints_alone_give_every_paper_in_their_order(ask: Ask) -> None:
    _, selection = ask("What are the three most upvoted papers?")
    votes = [paper.upvotes or 0 for paper in selection.papers]
    assert len(votes) == 3
    assert votes == sorted(votes, reverse=True)
    assert selection.confidence == 1.0


def test_the_order_asked_for_is_kept_within_a_subject(ask: Ask) -> None:
    _, selection = ask("the most upvoted papers on reinforcement learning for reasoning")
    votes = [paper.upvotes or 0 for paper in selection.papers]
    assert votes == sorted(votes, reverse=True)


def test_what_has_no_date_stands_behind(ask: Ask) -> None:
    _, plain = ask("papers on continual learning")
    _, recent = ask("recent papers on continual learning")
    dates = [paper.published or "" for paper in recent.papers]
    assert dates == sorted(dates, reverse=True)
    assert dates[0]
    assert not dates[-1]
    assert recent.total == plain.total


def test_the_second_comes_after_the_first(ask: Ask) -> None:
    for asked in ("the {}most upvoted paper", "the {}newest paper on continual learning"):
        first, second = (ask(asked.format(nth))[1].papers for nth in ("", "second "))
        assert len(first) == len(second) == 1
        assert first != second
        assert first[0].upvotes is None or first[0].upvotes >= (second[0].upvotes or 0)
    _, none = ask("the tenth newest paper from October 2025")
    assert none.status in ("answered", "not_in_corpus")
    assert bool(none.papers) == (none.status == "answered")


def test_kinds_of_papers_are_left_out(ask: Ask) -> None:
    _, everything = ask("papers on continual learning")
    _, selection = ask("papers on continual learning, no surveys")
    assert any("Survey" in title for title in titles(everything))
    assert not any("Survey" in title or "Review" in title for title in titles(selection))


def test_without_token_vectors_the_share_of_the_best_score_decides(tmp_path: Path) -> None:
    catalog = corpus.filled(tmp_path, 30)
    retriever = Retriever(catalog, open_or_rebuild(catalog), HashEmbedder())
    query = Query(question="entropy", standalone="entropy", topic="entropy methods")
    selection = select(query, retriever.rank(query))
    assert selection.status == "answered"
    assert all("entropy" in title for title in titles(selection))


def test_an_empty_ranking_declines(tmp_path: Path) -> None:
    catalog = corpus.filled(tmp_path, 5)
    retriever = Retriever(catalog, open_or_rebuild(catalog), HashEmbedder())
    query = Query(
        question="x", standalone="x", topic="entropy", filters=Filters(date_from="2030-01-01")
    )
    selection = select(query, retriever.rank(query))
    assert (selection.status, selection.papers) == ("not_in_corpus", ())


def test_cuts_can_be_set(ask: Ask, bundled_dir: Path) -> None:
    catalog = Catalog(bundled_dir)
    indexes = open_or_rebuild(catalog)
    retriever = Retriever(catalog, indexes, wiring.make_embedder(Config(data_dir=bundled_dir)))
    query = understand(
        "deep learning for tabular data", lexicon=indexes.lexicon, today=date(2026, 1, 31)
    ).query
    ranking = retriever.rank(query)
    assert select(query, ranking, Cuts(in_corpus=0.9999)).status == "not_in_corpus"
    assert len(select(query, ranking, Cuts(most_listed=2)).papers) == 2


def test_the_best_length_is_where_expected_f1_peaks() -> None:
    assert best_length([0.9, 0.9, 0.05, 0.05]) == 2
    assert best_length([0.5] * 6) == 6
    assert best_length([0.01]) == 1
    assert best_length([0.4, 0.3, 0.2, 0.2], least=0.25) == 2
    assert best_length([0.1, 0.1], least=0.25) == 1


@pytest.mark.parametrize(
    ("question", "picked", "sentences"),
    [
        ("explain the first one", slice(0, 1), 3),
        ("give me details on the third one", slice(2, 3), 3),
        ("compare the first two", slice(0, 2), 3),
        ("summarise them", slice(None), 2),
        ("list them again", slice(None), 1),
    ],
)
def test_papers_picked_from_an_answer_are_shown(
    follow_up: FollowUp, question: str, picked: slice, sentences: int
) -> None:
    first = "papers about hypernetworks"
    papers = follow_up(first).papers
    shown = follow_up(first, question)
    assert (shown.status, shown.papers) == ("answered", papers[picked])
    for paper in shown.papers:
        quotes = [item for item in shown.evidence if item.paper == paper]
        assert 1 <= len(quotes) <= sentences + 1  # a sentence may bring the one before it along


def test_one_picked_paper_that_does_not_say_is_named(follow_up: FollowUp) -> None:
    first = "papers about hypernetworks"
    told = follow_up(first, "which of those cook spaghetti?")
    assert told.status == "not_in_corpus"
    told = follow_up(first, "papers in which the first one cooks spaghetti")
    assert told.status == "not_stated"
    assert told.evidence[0].paper == follow_up(first).papers[0]
