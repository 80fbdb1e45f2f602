"""Whose a name is: records and comparisons asked for by names that a paper owns, or mentions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.corpus.owners import puts_forward
from rag.records import Paper
from rag.storage.catalog import Catalog


@pytest.fixture(scope="module")
def bundled(bundled_dir: Path) -> Iterator[Assistant]:
    catalog = Catalog(bundled_dir)
    config = Config(data_dir=bundled_dir)
    yield wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    catalog.close()


def paper(abstract: str, title: str = "On Tea") -> Paper:
    return Paper(paper_id="p", title=title, abstract=abstract)


@pytest.mark.parametrize(
    ("abstract", "own"),
    [
        ("We propose TeaNet, a net.", True),
        ("To this end, we develop a multi-turn approach, TeaNet, that pours.", True),
        ("Our method, TeaNet, pours.", True),
        ("A new brew (TeaNet) is known. Here TeaNet (Tea Network) is proposed.", True),
        ("We build on TeaNet and pour more.", False),
        ("We compare our pot against TeaNet.", False),
        ("Our pot outperforms TeaNet.", False),
        ("We fine-tune a pot using TeaNet.", False),
        ("Pots such as TeaNet leak. We mend them.", False),
        ("Recently, researchers have proposed TeaNet (Tea Network).", False),
    ],
)
def test_a_mention_is_no_identity(abstract: str, own: bool) -> None:
    assert puts_forward(paper(abstract), "TeaNet") is own


def test_a_title_is() -> None:
    assert puts_forward(paper("Nothing.", "TeaNet: How to Pour"), "TeaNet")
    assert not puts_forward(paper("Nothing.", "TeaNet-like Pots"), "TeaNet")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("who wrote the DAPO paper?", "DAPO"),
        ("who wrote the dapo paper?", "dapo"),
        ("when was DAPO published?", "DAPO"),
        ("who wrote CLIP?", "CLIP"),
        ("when was GPT-4 released?", "GPT-4"),
        ("who are the authors of the PPO paper?", "PPO"),
        ("how many upvotes does ResNet have?", "ResNet"),
    ],
)
def test_no_record_is_told_of_a_name_that_is_only_mentioned(
    bundled: Assistant, question: str, name: str
) -> None:
    answer = bundled.ask(question)
    assert answer.status == "not_in_corpus"
    assert not answer.papers
    told = answer.sentences[0].text
    assert told == f"No paper of the corpus is known by the name {name}. These mention it:"
    assert answer.citations
    letters = name.replace("-", "").lower()
    assert all(letters in cited.quote.replace("-", "").lower() for cited in answer.citations)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("when was the SCoRe paper published?", "Training Language Models to Self-Correct"),
        ("who wrote CUBER?", "Beyond Not-Forgetting"),
        ("how many authors does CURE have?", "CURE:"),
        ("when was S-Mamba released?", "Is Mamba Effective"),
    ],
)
def test_a_record_is_told_of_the_paper_that_puts_the_name_forward(
    bundled: Assistant, question: str, title: str
) -> None:
    assert bundled.ask(question).sentences[0].text.startswith(title)


@pytest.mark.parametrize(
    ("question", "names", "status"),
    [
        ("compare PPO and DPO", "PPO or DPO", "answered"),
        ("what is the difference between SuperHF and PPO?", "PPO", "answered"),
        ("CURE vs DAPO", "DAPO", "answered"),
    ],
)
def test_a_side_that_is_nobodys_is_told_of(
    bundled: Assistant, question: str, names: str, status: str
) -> None:
    answer = bundled.ask(question)
    assert answer.status == status
    assert answer.sentences[0].text.startswith(f"No paper of the corpus puts forward {names}.")


def test_the_other_side_speaks_first(bundled: Assistant) -> None:
    answer = bundled.ask("what is the difference between SuperHF and PPO?")
    first = [c.quote for c in answer.citations if c.paper_id == answer.papers[0]]
    assert answer.citations[0].title.startswith("SuperHF")
    assert any("PPO" in quote for quote in first)


def test_sides_that_nobody_speaks_of_are_not_compared(bundled: Assistant) -> None:
    answer = bundled.ask("compare GPT-5 and Claude-9")
    assert (answer.status, answer.papers) == ("not_stated", ())
    assert "puts forward “GPT-5” or “Claude-9”" in answer.text
