"""Questions that records answer: authors, what is on record, papers beside one that is named; over
a small catalogue of our own, and the bundled one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.build import ingest
from ingest.readers import read_bytes
from rag import wiring
from rag.adapters.fakes import ScriptedChat
from rag.assistant import Assistant
from rag.config import Config
from rag.filters import Filters
from rag.records import Answer, Turn
from rag.storage.catalog import Catalog

SMALL = [
    ("TeaNet: Pouring with Networks", "2024-03-15", ["Jane Smith", "Wei Lee", "José García"], 12),
    ("PotBench: A Benchmark for Tea Robots", "2024-09", ["Wei Lee", "Jane Smith"], 30),
    ("Steeping Curves and Water Temperature", "2022", ["John Smith"], None),
    ("Coffee Grinders: A Survey", None, ["Laurens van der Maaten", "J. A. Smith"], 0),
    ("KettleFormer: Transformers for Boiling", "2025-01-20", ["Maria Müller"], 5),
    ("Anonymous Notes on Milk", "2023-05-01", [], None),
    ("A Large Study of Cups", "2025-06-02", [f"Ann{c} Person{c}" for c in "ABCDEFGHIJKL"], 7),
]
ABSTRACT = (
    "We propose {0}, which is about {1} in this kitchen. {0} is measured with care and spoons."
)


@contextmanager
def kitchen(folder: Path, *, named: bool = True) -> Iterator[Assistant]:
    """The small catalogue; not `named`: without its authors."""
    lines = [
        json.dumps(
            {
                "title": title,
                "abstract": ABSTRACT.format(title.partition(":")[0], title.lower()),
                "date": day,
                "authors": authors if named else [],
                "upvotes": votes,
            }
        )
        for title, day, authors, votes in SMALL
    ]
    reading = read_bytes("\n".join(lines).encode(), "small.jsonl")
    assert not reading.problems
    config = Config(data_dir=folder)
    embedder = wiring.make_embedder(config)
    catalog = Catalog(folder)
    ingest(reading.records, catalog, embedder)
    yield wiring.assistant(config, catalog=catalog, embedder=embedder)
    catalog.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with kitchen(tmp_path_factory.mktemp("small")) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with kitchen(tmp_path_factory.mktemp("nameless"), named=False) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def bundled(bundled_dir: Path) -> Iterator[Assistant]:
    catalog = Catalog(bundled_dir)
    config = Config(data_dir=bundled_dir)
    yield wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    catalog.close()


def heads(assistant: Assistant, answer: Answer) -> set[str]:
    papers = assistant.index_manager.catalog.papers(answer.papers)
    return {paper.title.partition(":")[0].split()[0] for paper in papers}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("papers by Jane Smith", {"TeaNet", "PotBench", "Coffee"}),
        ("papers by jane smith", {"TeaNet", "PotBench", "Coffee"}),
        ("Jane Smith's papers", {"TeaNet", "PotBench", "Coffee"}),
        ("what did Smith publish in 2024?", {"TeaNet", "PotBench"}),
        ("papers by Smith and Lee", {"TeaNet", "PotBench"}),
        ("papers by Mueller or Garcia", {"TeaNet", "KettleFormer"}),
        ("which papers did Wei Lee write?", {"TeaNet", "PotBench"}),
        ("the newest paper by Smith", {"PotBench"}),
        ("papers by van der Maaten", {"Coffee"}),
        ("papers with at least 10 authors", {"A"}),
        ("which paper has the most authors?", {"A"}),
        ("single-author papers", {"Steeping", "KettleFormer"}),
        ("papers with two or three authors", {"TeaNet", "PotBench", "Coffee"}),
        ("papers with fewer than 3 authors and more than 10 upvotes", {"PotBench"}),
        ("papers without a date", {"Coffee"}),
        ("undated papers", {"Coffee"}),
        ("papers without upvotes", {"Steeping", "Coffee", "Anonymous"}),
        ("how many papers have upvotes?", {"TeaNet", "PotBench", "KettleFormer", "A"}),
        ("papers without authors", {"Anonymous"}),
        ("papers newer than PotBench", {"KettleFormer", "A"}),
        ("papers published before TeaNet", {"Steeping", "Anonymous"}),
        ("papers with more upvotes than KettleFormer", {"TeaNet", "PotBench", "A"}),
    ],
)
def test_lists(small: Assistant, question: str, expected: set[str]) -> None:
    answer = small.ask(question)
    assert (answer.status, answer.kind) == ("answered", "list")
    assert heads(small, answer) == expected


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("who wrote TeaNet?", "is by Jane Smith, Wei Lee and José García."),
        ("how many authors does KettleFormer have?", "has 1 author"),
        ("papers by Bob Nobody", "No paper of the corpus is by Bob Nobody."),
    ],
)
def test_sentences(small: Assistant, question: str, told: str) -> None:
    assert told in small.ask(question).text


def test_in_order_of_their_number_of_authors(small: Assistant) -> None:
    answer = small.ask("papers sorted by number of authors")
    counts = [len(paper.authors) for paper in small.index_manager.catalog.papers(answer.papers)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 1  # whoever names none has no place


def test_who_narrows_a_list_stays_with_the_author(small: Assistant) -> None:
    first = small.ask("papers by Smith")
    history = (
        Turn(role="user", content="papers by Smith"),
        Turn(role="assistant", content=first.text, papers=first.papers),
    )
    then = small.ask("only from 2024", history=history)
    assert then.filters.authors == ("Smith",)
    assert heads(small, then) == {"TeaNet", "PotBench"}


@pytest.mark.parametrize("question", ["papers by Jane Smith", "what did Smith publish in 2024?"])
def test_where_nobody_is_named_that_is_said(nameless: Assistant, question: str) -> None:
    answer = nameless.ask(question)
    assert answer.filters.authors is None
    assert answer.text.startswith("Who wrote these papers is not recorded")


@pytest.mark.parametrize(
    "question",
    [
        "papers by Schröder",
        "papers by Schroeder",
        "what did Christopher Schroder write?",
        "Schröder's papers",
        "what has C. Schröder written on active learning?",
    ],
)
def test_a_bundled_paper_is_found_by_its_author(bundled: Assistant, question: str) -> None:
    answer = bundled.ask(question)
    assert heads(bundled, answer) == {"Self-Training"}


def test_who_is_known_by_initials_alone_may_be_somebody_else(bundled: Assistant) -> None:
    answer = bundled.ask("papers by Zhao Hao")
    assert heads(bundled, answer) == {"Rethinking"}
    assert "name only “Z. Hao”, who may be somebody else than Zhao Hao." in " ".join(answer.notices)
    assert not bundled.ask("papers by Z. Hao").notices


@pytest.mark.parametrize(
    ("question", "authors"),
    [
        ("papers by Junxian He", ("Junxian He",)),
        ("which papers did Junxian He write?", ("Junxian He",)),
        ("papers by Sergey Levine and Chelsea Finn together", ("Sergey Levine", "Chelsea Finn")),
        ("papers not by Sergey Levine", None),
        ("does He initialization help?", None),
        ("how many AI research tasks are there?", None),
        ("when was Embodied Executable Policy Learning published?", None),
    ],
)
def test_who_is_meant(bundled: Assistant, question: str, authors: tuple[str, ...] | None) -> None:
    assert bundled.search(question, k=1).parsed.filters.authors == authors


def test_nobody_of_that_name_is_said(bundled: Assistant) -> None:
    answer = bundled.ask("what has Donald Knuth written?")
    assert answer.status == "not_in_corpus"
    assert "No paper of the corpus is by Donald Knuth." in answer.text


def test_an_arxiv_id_dates_a_paper_that_states_no_date(bundled: Assistant) -> None:
    found = bundled.search("papers from April 2025", k=50).hits
    assert {hit.paper.date[:7] for hit in found if hit.paper.date} == {"2025-04"}
    by_id = [hit.paper for hit in found if hit.paper.published is None]
    assert by_id
    told = bundled.ask(f"when was “{by_id[0].title}” published?")
    assert "is dated April 2025 by its arXiv id." in told.sentences[0].text
    assert bundled.search("papers with no date on record", k=200).hits
    assert all(h.paper.date is None for h in bundled.search("undated papers", k=200).hits[:50])


@pytest.mark.parametrize("question", ["papers like CURE", "papers similar to CURE"])
def test_what_is_like_a_paper_is_not_that_paper(bundled: Assistant, question: str) -> None:
    answer = bundled.ask(question)
    (cure,) = bundled.ask("when was CURE published?").papers
    assert answer.status == "answered"
    assert cure not in answer.papers
    assert len(answer.papers) == 10
    assert answer.sentences[0].text.endswith("nearest to that of CURE:")
    nearest = bundled.index_manager.catalog.papers(answer.papers[:1])[0]
    assert nearest.title.startswith("Rethinking Entropy Interventions in RLVR")


def test_the_bound_is_read_off_the_record_of_the_paper_named(bundled: Assistant) -> None:
    answer = bundled.ask("papers on reasoning newer than CURE")
    assert answer.filters == Filters(date_from="2025-08-15")
    dates = [paper.published or "" for paper in bundled.index_manager.catalog.papers(answer.papers)]
    assert dates and min(dates) > "2025-08-14"


def test_two_papers_named_are_compared_as_before(bundled: Assistant) -> None:
    answer = bundled.ask("is SPIRAL newer than CURE?")
    assert "(dated 14 August 2025) is newer than" in answer.sentences[0].text


@pytest.mark.parametrize(("wording", "falling"), [("newest first", True), ("oldest first", False)])
def test_search_heeds_the_order_asked_for(bundled: Assistant, wording: str, falling: bool) -> None:
    found = bundled.search(f"reinforcement learning for reasoning, {wording}", k=20).hits
    dates = [hit.paper.date for hit in found if hit.paper.date]
    assert len(dates) > 2
    assert dates == sorted(dates, reverse=falling)
    assert all(hit.paper.date for hit in found[: len(dates)])
    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))


def test_what_records_lack_is_told_beside_an_answer_by_a_model(bundled: Assistant) -> None:
    chat = ScriptedChat(["It addresses entropy collapse [E1]."] * 2)
    by_model = Assistant(
        index_manager=bundled.index_manager,
        embedder=bundled.embedder,
        config=bundled.config,
        model=chat,
    )
    answer = by_model.ask("papers on entropy collapse in RLVR at Google from 2025", mode="llm")
    told = " ".join(answer.notices)
    assert "104 without a date are left out." in told
    assert "Where their authors work is not recorded" in told
