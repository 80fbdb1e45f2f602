"""The terminal's contract: JSON fields, exit codes, errors in words, help with examples."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import BUNDLED, read
from tests.rag.evidence import rendered
from ui.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; exit code, standard output, standard error."""

    def command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return command


def loaded(run: Run, *arguments: object) -> Any:
    code, out, err = run(*arguments)
    assert code == 0, err
    return json.loads(out)


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
    assert sum(p["author_count"] is not None for p in listed) == 93
    assert sum(p["upvotes"] is not None for p in listed) == 25
    assert sum(len(p["sources"]) for p in listed) == len(
        {(r.title, s.name) for r in records for s in r.sources}
    )
    assert set(listed[0]) >= {
        *("paper_id", "title", "abstract", "published", "date_precision", "author_count"),
        *("authors", "upvotes", "sources"),
    }


def test_history_makes_a_follow_up(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    history = tmp_path / "talk.json"
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
    assert "CURE branches off at uncertain tokens" in answer["standalone_question"]
    assert [cited["title"].partition(":")[0] for cited in answer["citations"]] == ["CURE"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", ":1: is not JSON"),
        ("{}", "not a JSON list"),
        ('[{"role": "user"}]', "turn 1 is not one"),
        ('[{"role": "system", "content": "x"}]', "turn 1 is not one"),
    ],
)
def test_bad_history_is_refused(run: Run, tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "talk.json"
    file.write_text(content)
    code, out, err = run("ask", "x", "--history", file)
    assert (code, out) == (2, "")
    assert complaint in err


def test_fresh_folder_is_filled_first_and_json_stays_alone(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("papers", "--json", "--data-dir", tmp_path / "new")
    assert code == 0
    assert len(json.loads(out)) == 536


def test_ingest_counts_and_does_nothing_twice(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    code, out, _ = run("ingest", "--data-dir", folder)
    assert code == 0
    assert "records 612, papers 536, new 0, updated 0, unchanged 536, rejected 0" in out


def test_ingest_takes_what_is_good_and_says_what_is_not(
    run: Run, bundled_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    papers = tmp_path / "papers.jsonl"
    good = {"title": "Zebras at Night", "abstract": "We study zebras at night. They sleep."}
    papers.write_text(json.dumps(good) + "\nnonsense\n")
    binary = tmp_path / "page.txt"
    binary.write_bytes(bytes(range(256)) * 20)
    code, out, err = run("ingest", papers, binary, "--json", "--data-dir", folder)
    counts = json.loads(out)
    assert code == 2
    assert (counts["records"], counts["new"]) == (1, 1)
    assert counts["rejected"] >= 2
    assert "papers.jsonl:2" in err
    hits = loaded(run, "search", "zebras", "-k", 1, "--json", "--data-dir", folder)["hits"]
    assert hits[0]["title"] == "Zebras at Night"


def test_missing_path_is_told(run: Run, tmp_path: Path) -> None:
    code, _, err = run("ingest", tmp_path / "nowhere.txt")
    assert code == 2
    assert "no such file" in err


@pytest.mark.parametrize(
    "arguments",
    [("ask",), ("ask", "x", "--mode", "fast"), ("search", "x", "-k", "0"), ("frobnicate",)],
)
def test_wrong_usage_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


@pytest.mark.parametrize("question", ["", "   ", "word " * 2000])
def test_questions_that_are_none(run: Run, bundled_dir: Path, question: str) -> None:
    code, _, err = run("ask", question, "--data-dir", bundled_dir)
    assert code == 2
    assert "question" in err.lower()


def test_llm_mode_without_a_model_names_the_setting(run: Run) -> None:
    code, _, err = run("ask", "x", "--mode", "llm")
    assert code == 2
    assert "CITEWELL_MODEL" in err


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    from rag.errors import ConfigError

    with pytest.raises(ConfigError):
        main(["ask", "x", "--mode", "llm", "--debug"])


def test_damaged_catalog_is_told_with_its_remedy(run: Run, tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(b"not a database " * 1000)
    code, _, err = run("ask", "x", "--data-dir", tmp_path)
    assert code == 1
    assert "damaged" in err
    assert "citewell ingest" in err


def test_reindex_rebuilds(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    shutil.rmtree(folder / "index")
    code, out, _ = run("reindex", "--data-dir", folder)
    assert code == 0
    assert "536" in out


def test_doctor_tells_what_leaves_the_machine(
    run: Run, bundled_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = loaded(run, "doctor", "--json", "--data-dir", bundled_dir)
    assert report["healthy"]
    assert "nothing" in report["What leaves this machine"]
    monkeypatch.setenv("CITEWELL_MODEL", "gpt-x")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    code, out, err = run("doctor", "--offline", "--data-dir", bundled_dir)
    assert code == 0
    assert "api.openai.com" in out
    assert "sk-secret" not in out + err


@pytest.mark.parametrize(
    "command", ["ingest", "search", "ask", "papers", "reindex", "ui", "doctor"]
)
def test_help_gives_an_example(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"citewell {command}" in out
    assert "Example" in out


def test_question_path_imports_nothing_heavy(bundled_dir: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys; from ui.cli import main\n"
        "try: main(['ask', 'entropy collapse?', '--json', '--data-dir', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "heavy = {'gradio', 'llama_index.core', 'torch', 'openai', 'pandas', 'nltk', 'tiktoken'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bundled_dir)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["status"]
    assert done.stderr.split("\n")[-1] == ""


def test_what_is_no_text_is_refused(run: Run, tmp_path: Path, bundled_dir: Path) -> None:
    code, out, err = run("ask", os.fsdecode(b"entropy \xff"), "--data-dir", bundled_dir)
    assert (code, out) == (2, "")
    assert "not valid UTF-8" in err
    history = tmp_path / "talk.json"
    history.write_text('[{"role": "user", "content": "entropy \\ud800"}]')
    asked = ("ask", "and robots?", "--history", history, "--data-dir", bundled_dir)
    code, out, err = run(*asked)
    assert (code, out) == (2, "")
    assert "not valid UTF-8" in err


def test_control_characters_of_a_question_reach_no_terminal(run: Run, bundled_dir: Path) -> None:
    question = "entropy\x1b[31m collapse\x07\x9b"
    answer = loaded(run, "ask", question, "--json", "--data-dir", bundled_dir)
    assert not set("\x1b\x07\x9b") & set(answer["question"] + answer["text"])


def test_a_file_as_data_folder_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for command in (("ask", "x"), ("papers",), ("doctor",), ("ingest",), ("reindex",)):
        code, out, err = run(*command, "--data-dir", tmp_path / "notes.txt")
        assert (code, out) == (2, "")
        assert "is a file" in " ".join(err.split())


def test_judged_answers_become_drafts(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    from tests.ui.web.test_conversations import exchange
    from ui.web.conversations import Conversations, digest
    from ui.web.judgements import Judgement

    folder, out = tmp_path / "data", tmp_path / "drafts.jsonl"
    shutil.copytree(bundled_dir, folder)
    code, _, err = run("eval", "new", "-o", out, "--data-dir", folder)
    assert (code, out.exists()) == (2, False)
    assert "No answer has been judged" in err
    conversations = Conversations(folder)
    asked = exchange("plain")
    conversations.keep("someone", "c1", [asked])
    owner = digest("someone") or ""
    conversations.judgements.put(owner, "c1", asked.id, "", Judgement(verdict="up", note="so"))
    conversations.close()
    for _ in range(2):
        code, _, err = run("eval", "new", "-o", out, "--data-dir", folder)
        assert code == 0, err
    (draft,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (draft["question"], draft["draft"]) == ("plain", True)
    assert "rated up. so" in draft["note"]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({}, ""),
        ({"paper_ids": ("a", "b")}, ""),
        ({"date_from": "2025-10-01", "date_to": "2025-10-31"}, "from October 2025"),
        ({"upvotes_min": 1, "sort": "date"}, "with at least 1 upvote, latest first"),
        ({"sort": "upvotes", "order": "asc", "limit": 3}, "the 3 least upvoted"),
        ({"sort": "date", "limit": 1}, "the latest one"),
        ({"limit": 5}, "5 at most"),
    ],
)
def test_constraints_are_told_in_words(filters: dict[str, Any], told: str) -> None:
    from rag.records import Filters
    from ui.words import constraints

    assert constraints(Filters(**filters)) == told


def test_a_follow_up_shows_no_ids(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    question = "which papers mitigate entropy collapse in RLVR?"
    answer = loaded(run, "ask", question, "--json", "--data-dir", bundled_dir)
    history = tmp_path / "talk.json"
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
    assert "Constraints: the 2 asked about" in " ".join(err.split())
