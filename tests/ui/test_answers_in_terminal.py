"""What `ask`, `search` and `papers` print: JSON fields, follow-ups, constraints in words."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import BUNDLED, read
from tests.rag.evidence import rendered
from tests.ui.commands import Run, loaded


def test_ask_prints_the_contract(run: Run, bundled_dir: Path) -> None:
    question = "which papers mitigate entropy collapse in RLVR?"
    answer = loaded(run, "ask", question, "--json", "--data-dir", bundled_dir)
    assert {
        *("question", "standalone_question", "kind", "filters", "status", "mode", "text"),
        *("sentences", "citations", "papers", "timings_ms", "usage", "fingerprint"),
    } <= set(answer)
    assert answer["question"] == answer["standalone_question"] == question
    assert (answer["status"], answer["mode"], answer["kind"]) == ("answered", "extractive", "list")
    assert answer["timings_ms"]["total"] > 0
    titles = {c["paper_id"]: c["title"] for c in answer["citations"]}
    assert "Rethinking Entropy Interventions in RLVR" in titles[answer["papers"][0]]
    assert titles[answer["papers"][1]].startswith("CURE")
    for sentence in answer["sentences"]:
        assert set(sentence) >= {"text", "citations", "supported"}
        assert sentence["text"] in rendered(answer["text"])
    numbers = [c["n"] for c in answer["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for s in answer["sentences"] for n in s["citations"]} == set(numbers)
    assert set(answer["citations"][0]) >= {
        *("n", "paper_id", "title", "quote", "start", "end", "published", "url"),
        "arxiv_month",
    }


def test_search_prints_one_entry_a_paper(run: Run, bundled_dir: Path) -> None:
    asked = ("search", "continual learning", "-k", 7, "--json")
    result = loaded(run, *asked, "--data-dir", bundled_dir)
    assert set(result) >= {"query", "hits", "timings_ms"}
    assert [h["rank"] for h in result["hits"]] == [1, 2, 3, 4, 5, 6, 7]
    assert len({h["paper_id"] for h in result["hits"]}) == 7
    scores = [h["score"] for h in result["hits"]]
    assert scores == sorted(scores, reverse=True)
    abstracts = {
        p["paper_id"]: p["abstract"]
        for p in loaded(run, "papers", "--json", "--data-dir", bundled_dir)
    }
    for hit in result["hits"]:
        assert abstracts[hit["paper_id"]][hit["start"] : hit["end"]] == hit["quote"] != ""


def test_papers_equal_the_corpus(run: Run, bundled_dir: Path) -> None:
    listed = loaded(run, "papers", "--json", "--data-dir", bundled_dir)
    records = read([BUNDLED]).records
    assert len(listed) == 536
    assert {(p["title"], p["abstract"]) for p in listed} == {(r.title, r.abstract) for r in records}
    assert sum(p["published"] is not None for p in listed) == 93
    assert sum(p["published"] is None and p["arxiv_month"] is not None for p in listed) == 339
    assert sum(bool(p["authors"]) for p in listed) == 384
    assert sum(p["upvotes"] is not None for p in listed) == 25
    facts = {"papers.facts.jsonl"}
    assert sum(len({*p["sources"]} - facts) for p in listed) == len(
        {(r.title, s.name) for r in records for s in r.sources}
    )
    assert set(listed[0]) >= {
        *("paper_id", "title", "abstract", "published", "date_precision", "author_count"),
        *("authors", "upvotes", "sources"),
    }


def test_history_makes_a_follow_up(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    history.write_text(
        json.dumps(
            [
                {"role": "user", "content": "which papers mitigate entropy collapse in RLVR?"},
                {"role": "assistant", "content": "STEER and CURE do."},
            ]
        )
    )
    question = "which one of them branches off at uncertain tokens?"
    answer = loaded(run, "ask", question, "--history", history, "--json", "--data-dir", bundled_dir)
    assert "branches off at uncertain tokens" in answer["standalone_question"]
    assert "CURE" in answer["standalone_question"]
    assert {cited["title"].partition(":")[0] for cited in answer["citations"]} == {"CURE"}


def test_control_characters_of_a_question_reach_no_terminal(run: Run, bundled_dir: Path) -> None:
    question = "entropy\x1b[31m collapse\x07\x9b"
    answer = loaded(run, "ask", question, "--json", "--data-dir", bundled_dir)
    assert not set("\x1b\x07\x9b") & set(answer["question"] + answer["text"])


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({}, ""),
        ({"paper_ids": ("a", "b")}, ""),
        ({"date_from": "2025-10-01", "date_to": "2025-10-31"}, "from October 2025"),
        ({"upvotes_min": 1, "sort": "date"}, "at least 1 upvote, latest first"),
        ({"sort": "upvotes", "order": "asc", "limit": 3}, "least upvoted first, at most 3 papers"),
        ({"sort": "date", "limit": 1}, "latest first, at most 1 paper"),
        ({"limit": 5}, "at most 5 papers"),
    ],
)
def test_constraints_are_told_in_words(filters: dict[str, Any], told: str) -> None:
    from rag.filters import Filters
    from ui.words import constraints

    assert constraints(Filters(**filters)) == told


def test_a_follow_up_shows_no_ids(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    question = "which papers mitigate entropy collapse in RLVR?"
    answer = loaded(run, "ask", question, "--json", "--data-dir", bundled_dir)
    history = tmp_path / "history.json"
    turns = [
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer["text"], "papers": answer["papers"]},
    ]
    history.write_text(json.dumps(turns))
    asked = ("ask", "which of those is newer?", "--data-dir", bundled_dir)
    code, _, err = run(*asked, "--history", history)
    assert code == 0
    assert "2 papers of the previous answer" in " ".join(err.split())
    assert not [name for name in answer["papers"] if name in err]
    asked = ("ask", "which of those branches off?", "--data-dir", bundled_dir)
    again = tmp_path / "again.json"
    again.write_text(json.dumps(loaded(run, *asked, "--history", history, "--json")))
    code, _, err = run("ask", "--again", again, "--data-dir", bundled_dir)
    assert "Constraints: among the two asked about" in " ".join(err.split())


def test_a_pipe_gets_unbroken_lines_and_each_source_once(run: Run, bundled_dir: Path) -> None:
    question = "which papers mitigate entropy collapse in RLVR?"
    _, out, _ = run("ask", question, "--mode", "extractive", "--data-dir", bundled_dir)
    answer, _, sources = out.partition("Sources")
    assert all(line.startswith(("- **", "Two")) for line in answer.splitlines() if line)
    titles = [line.split("] ")[-1] for line in sources.splitlines()[1:]]
    assert len(titles) == len(set(titles)) == 2


def piped(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_on_standard_input(
    run: Run, bundled_dir: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    piped(monkeypatch, "entropy collapse in RLVR – \n".encode() + b"\xff?\n")
    asked = loaded(run, command, "-", "--json", "--data-dir", bundled_dir)
    assert asked.get("question", asked.get("query")).startswith("entropy collapse in RLVR –")


@pytest.mark.parametrize("nothing", [b"", b" \n\n"])
def test_nothing_on_standard_input(
    run: Run, monkeypatch: pytest.MonkeyPatch, nothing: bytes
) -> None:
    piped(monkeypatch, nothing)
    code, out, err = run("ask", "-")
    assert (code, out) == (2, "")
    assert "No question came on standard input." in err
    assert "| citewell ask -" in err


def test_standard_input_may_be_closed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run("ask", "-")[0] == 2
