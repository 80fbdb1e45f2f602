"""Lists and comparisons: `select` on rankings of the bundled corpus. Expectations are about what
any reader of these abstracts would agree on; how good it is on a question set, the evaluation
tells."""

from __future__ import annotations

import re
from pathlib import Path

from rag.adapters.fakes import HashEmbedder
from rag.question.schema import ParsedQuestion, Topic
from rag.reading import Cuts, select
from rag.reading.calibration import best_length
from rag.retrieval.first_stage import Retriever
from rag.storage.index_manager import open_or_rebuild
from tests import corpus
from tests.rag.selections import Ask, said, titles


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


def test_constraints_say_how_many_papers_they_could_look_at(ask: Ask) -> None:
    _, selection = ask("protein folding papers from 2025")
    assert selection.status == "not_in_corpus"
    assert selection.recorded == 93
    _, unconstrained = ask("papers about quantum machine learning")
    assert unconstrained.recorded == 0


def test_all_papers_are_all_papers(ask: Ask) -> None:
    _, selection = ask("all papers")
    assert (selection.status, selection.total) == ("answered", 536)
    _, others = ask("papers that are not about language models")
    assert others.status == "answered"
    assert 0 < others.total < 536


def test_either_alternative_is_enough(ask: Ask) -> None:
    _, selection = ask("papers on Mamba or RWKV")
    assert selection.status == "answered"
    assert titles(selection)[0].startswith("Is Mamba Effective")


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


def test_a_comparison_has_the_papers_that_are_named_in_their_order(ask: Ask) -> None:
    deep, inner = "DeepCache", "Accelerate High-Quality Diffusion Models with Inner Loop Feedback"
    query, selection = ask("How do DeepCache and Inner Loop Feedback differ in the speed-up?")
    assert query.kind == "compare"
    assert [title.split(":")[0] for title in titles(selection)] == [deep, inner]
    _, selection = ask("How do Inner Loop Feedback and DeepCache differ in the speed-up?")
    assert [title.split(":")[0] for title in titles(selection)] == [inner, deep]


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
    query = ParsedQuestion(
        question="entropy",
        standalone="entropy",
        topic=Topic(own="entropy methods"),
        search=Topic(own="entropy methods"),
    )
    selection = select(query, retriever.rank(query))
    assert selection.status == "answered"
    assert all("entropy" in title for title in titles(selection))


def test_cuts_can_be_set(ask: Ask, retriever: Retriever) -> None:
    query, _ = ask("deep learning for tabular data")
    ranking = retriever.rank(query)
    assert select(query, ranking, Cuts(in_corpus=0.9999)).status == "not_in_corpus"
    assert len(select(query, ranking, Cuts(most_listed=2)).papers) == 2


def test_the_best_length_is_where_expected_f1_peaks() -> None:
    assert best_length([0.9, 0.9, 0.05, 0.05]) == 2
    assert best_length([0.5] * 6) == 6
    assert best_length([0.01]) == 1
    assert best_length([0.4, 0.3, 0.2, 0.2], least=0.25) == 2
    assert best_length([0.1, 0.1], least=0.25) == 1
