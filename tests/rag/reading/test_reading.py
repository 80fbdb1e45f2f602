"""What answers over the bundled corpus rest on. Expectations are about what any reader of these
abstracts would agree on; how good the reader is on questions, the evaluation tells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.adapters.fakes import HashEmbedder
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import UsageError
from rag.reading.reader import CONSIDERED, Read, Reading, Sentence
from rag.records import Answer, Paper, Turn
from rag.storage.index_manager import IndexManager
from rag.text.sentences import sentence_spans
from tests import corpus


def titles(assistant: Assistant, answer: Answer) -> list[str]:
    return [paper.title for paper in assistant.index_manager.catalog.papers(answer.papers)]


def test_a_list_has_the_papers_about_it(bundled: Assistant) -> None:
    answer = bundled.ask("which papers mitigate entropy collapse in RLVR?")
    assert answer.status == "answered"
    found = titles(bundled, answer)
    assert any(title.startswith("CURE") for title in found)
    assert any(title.startswith("Rethinking Entropy Interventions") for title in found)
    assert not set(answer.near) & set(answer.papers)


def test_lists_are_as_long_as_the_subject_is_broad(bundled: Assistant) -> None:
    narrow = bundled.ask("which papers are about symbolic regression?")
    broad = bundled.ask("papers on continual learning")
    assert len(narrow.papers) < len(broad.papers)


def test_a_fact_comes_from_the_paper_that_states_it(bundled: Assistant) -> None:
    answer = bundled.ask("which paper is STEER from, and what does STEER mitigate?")
    assert titles(bundled, answer)[0].startswith("Rethinking Entropy Interventions")


@pytest.mark.parametrize(
    "question",
    [
        "what is the boiling point of beryllium?",
        "which papers breed drought-resistant barley?",
        "who won the chess olympiad in Buenos Aires?",
    ],
)
def test_what_no_abstract_is_about_is_declined(bundled: Assistant, question: str) -> None:
    answer = bundled.ask(question)
    assert answer.status in ("not_in_corpus", "not_stated")
    assert answer.papers == ()


def test_of_a_claim_papers_are_quoted_and_nobody_is_said_to_agree(bundled: Assistant) -> None:
    answer = bundled.ask("do curricula help in federated learning?")
    assert answer.text.startswith("One of 536 papers may speak to this. No model has judged")
    assert titles(bundled, answer) == ["When Do Curricula Work in Federated Learning?"]
    assert "curriculum learning largely alleviates non-IIDness" in answer.text
    assert bundled.ask("does caffeine improve reaction times?").papers == ()


def test_a_named_paper_gives_its_short_answer(bundled: Assistant) -> None:
    answer = bundled.ask("does CURE improve math reasoning?")
    assert "may speak to this" not in answer.text
    assert len(answer.papers) == 1


def test_a_name_that_no_abstract_mentions_is_told(bundled: Assistant) -> None:
    answer = bundled.ask("compare CURE with Zyxfoo3")
    assert answer.status == "not_stated"
    assert "Zyxfoo3" in answer.text


def test_quotes_are_whole_sentences(bundled: Assistant) -> None:
    for question in ("how is entropy collapse prevented?", "diffusion models for video", "CURE"):
        answer = bundled.ask(question)
        assert answer.citations
        for cited in answer.citations:
            (paper,) = bundled.index_manager.catalog.papers([cited.paper_id])
            assert (cited.start, cited.end) in {
                (span.start, span.end) for span in sentence_spans(paper.abstract)
            }
            assert cited.quote == paper.abstract[cited.start : cited.end]


def test_that_a_paper_does_without_is_quoted_first(bundled: Assistant) -> None:
    answer = bundled.ask("continual learning without rehearsal")
    (paper,) = [
        paper
        for paper in bundled.index_manager.catalog.papers(answer.papers)
        if paper.title.startswith("A Closer Look at Rehearsal-Free Continual Learning")
    ]
    quotes = [cited.quote for cited in answer.citations if cited.paper_id == paper.paper_id]
    assert "rehearsal" in quotes[0].lower()


def test_a_silent_abstract_is_not_said_to_do_without(bundled: Assistant) -> None:
    """Those that say so come first, and those that do not are told apart."""
    answer = bundled.ask("which methods train without human labels?")
    opening = answer.sentences[0].text
    assert "says that it does without “human labels”" in opening
    assert "do not say" in opening
    assert "instead of relying on human labelers" in " ".join(c.quote for c in answer.citations[:3])
    none = bundled.ask("which RL methods need no value model?")
    assert "come nearest; none says that it does without “value model”" in none.sentences[0].text


def after(bundled: Assistant, first: str, then: str) -> Answer:
    shown = bundled.ask(first)
    history = [
        Turn(role="user", content=first),
        Turn(role="assistant", content=shown.text, papers=shown.papers),
    ]
    return bundled.ask(then, history=history)


def test_papers_shown_that_are_silent_are_not_said_to_say_so(bundled: Assistant) -> None:
    first = "which papers mitigate entropy collapse in RLVR?"
    assert not after(bundled, first, "which of them use whales?").papers
    assert len(after(bundled, first, "which of them reweight tokens?").papers) == 1
    without = after(
        bundled,
        "which papers do reinforcement learning for reasoning?",
        "which of those train without human labels?",
    )
    assert without.sentences[0].text.startswith(
        "None of the 20 papers asked about says that it does without “human labels”"
    )


@pytest.mark.parametrize("then", ["how do STEER and CURE differ?", "compare the two approaches"])
def test_papers_shown_are_compared_by_what_they_say(bundled: Assistant, then: str) -> None:
    answer = after(bundled, "which papers mitigate entropy collapse in RLVR?", then)
    assert len({cited.paper_id for cited in answer.citations}) == 2
    assert "does not say" not in answer.text


def test_a_long_list_is_in_groups_and_a_sorted_one_is_not(bundled: Assistant) -> None:
    answer = bundled.ask("papers on continual learning")
    assert len(re.findall(r"^\*\*[^*]+\*\*$", answer.text, re.MULTILINE)) > 1
    assert len(re.findall(r"^- \*\*", answer.text, re.MULTILINE)) == len(answer.papers)
    newest = bundled.ask("the newest papers on continual learning")
    assert not re.search(r"^\*\*[^*]+\*\*$", newest.text, re.MULTILINE)


@pytest.mark.parametrize("order", ["", ", newest first"])
def test_a_list_says_which_of_its_papers_only_may_match(bundled: Assistant, order: str) -> None:
    answer = bundled.ask(f"are there any papers on object detection?{order}")
    sure, may = answer.text.split("**May match**")
    assert re.match(r"\w+ of 536 papers match; \w+ more may", sure)
    assert "Object Detection**" in sure  # a title that names the topic
    assert "Object Detection**" not in may
    assert len(re.findall("^- ", sure + may, re.MULTILINE)) == len(answer.papers)
    assert len(re.findall("^- ", may, re.MULTILINE)) == len(answer.may_match)
    assert answer.papers[-len(answer.may_match) :] == answer.may_match


def test_the_form_is_kept_as_far_as_quotes_go(bundled: Assistant) -> None:
    bullets = bundled.ask("state of continual learning in five bullets")
    assert len(bullets.papers) == 5
    first = bundled.ask("what should I read first on continual learning?")
    (opens,) = bundled.index_manager.catalog.papers(first.papers[:1])
    assert "survey" in f"{opens.title} {opens.abstract}".lower()
    table = after(bundled, "papers on continual learning", "show me as a table")
    assert "run citewell table" in table.notices[-1]
    longer = bundled.ask("papers on continual learning")
    shorter = after(bundled, "papers on continual learning", "make it shorter")
    assert shorter.papers == longer.papers
    assert len(shorter.citations) < len(longer.citations)


def test_what_a_list_may_miss_is_shown_with_the_refusal(bundled: Assistant) -> None:
    answer = bundled.ask("how do people make diffusion sampling faster")
    assert answer.status == "not_in_corpus"
    assert len({cited.paper_id for cited in answer.citations}) == 3


def test_a_named_paper_beyond_the_best_keeps_its_place_when_reranked() -> None:
    papers = [Paper(paper_id=str(at), title="T", abstract="Text") for at in range(CONSIDERED + 1)]
    one = Sentence(start=0, end=4, words=1, answers=0.5)
    read = [
        Read(
            at=at,
            paper=paper,
            belongs=0.9 if at == CONSIDERED else 0.5 - at / 100,
            sentences=(one,),
        )
        for at, paper in enumerate(papers)
    ]
    reading = Reading(papers=tuple(read), any=1.0, near=1.0, calibrated=True)
    ids = [str(at) for at in reversed(range(CONSIDERED + 1))]
    again = reading.in_order_of([*ids[1:], ids[0]]).papers
    assert [one.paper.paper_id for one in again[:3]] == ids[:3]


def test_another_embedder_has_no_token_vectors_and_is_read_all_the_same(tmp_path: Path) -> None:
    catalog = corpus.filled(tmp_path)
    assistant = Assistant(
        index_manager=IndexManager(catalog),
        embedder=HashEmbedder(),
        config=Config(data_dir=tmp_path),
    )
    answer = assistant.ask("which papers are on robots?")
    assert answer.status == "answered"
    assert all("robots" in title for title in titles(assistant, answer)[:2])
    catalog.close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_question_gets_an_answer_with_literal_quotes(bundled: Assistant, text: str) -> None:
    for question in (text, f"which papers are about {text}?", f"how many {text} does CURE need?"):
        if any(0xD800 <= ord(char) < 0xE000 for char in question) or not question.strip():
            continue
        try:
            answer = bundled.ask(question)
        except UsageError:  # of control characters nothing is left
            continue
        except ValueError as error:
            pytest.fail(f"{question!r}: {error}")
        for cited in answer.citations:
            (paper,) = bundled.index_manager.catalog.papers([cited.paper_id])
            assert cited.quote == paper.abstract[cited.start : cited.end]
