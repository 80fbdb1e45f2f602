"""Question sets: what is read, and every fault with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.questions import check, load
from eval.session import DATA
from rag.errors import BadInput
from tests.eval.world import CURE, ENTRIES, PAPERS, entry, questions, write_set


def faults(folder: Path, *entries: Any) -> list[str]:
    return [str(f) for f in check(write_set(folder, entries), PAPERS.values()).faults]


def test_titles_become_ids_and_turns_are_read(tmp_path: Path) -> None:
    read = questions(tmp_path)
    assert list(read) == ["q1", "q2", "q3", "q4", "q5"]
    assert read["q1"].relevant == ("cure", "steer")
    assert read["q1"].partial == ("bandit",)
    assert [turn.role for turn in read["q4"].history] == ["user", "assistant"]


def test_null_is_as_good_as_leaving_an_optional_field_out(tmp_path: Path) -> None:
    plain = {**ENTRIES[0], "history": None, "filter": None, "note": None, "draft": None}
    assert faults(tmp_path, plain) == []
    assert "'relevant' is not a list" in faults(tmp_path, {**plain, "relevant": None})[0]


def test_a_flat_list_is_one_group_and_strings_that_a_nugget_needs_are_several(
    tmp_path: Path,
) -> None:
    read = questions(tmp_path)
    assert read["q2"].accepted == (("82.1%", "82.1 percent"),)
    assert read["q3"].accepted == (("42.9", "42.9%"), ("62.2", "62.2%"))


def test_lists_in_the_answer_state_groups_outright(tmp_path: Path) -> None:
    both = {**ENTRIES[2], "answer": [["42.9"], ["62.2", "62.2%"]], "nuggets": []}
    (read,) = load(write_set(tmp_path, [both]), PAPERS.values())
    assert read.accepted == (("42.9",), ("62.2", "62.2%"))


def test_titles_are_matched_without_case_and_punctuation(tmp_path: Path) -> None:
    (read,) = load(
        write_set(tmp_path, [entry(relevant=[CURE.title.upper().replace(":", " -")])]),
        PAPERS.values(),
    )
    assert read.relevant == ("cure",)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (entry(relevant=["No such paper"]), "no paper of the corpus has the title 'No such paper'"),
        (entry(nuggets=[{"paper": "Nor this", "must_contain": ["x"]}]), "title 'Nor this'"),
        (entry(type="riddle"), "type 'riddle' is none of topic, fact"),
        (entry(type="unanswerable"), "an unanswerable question has no relevant papers"),
        (entry(relevant=[]), "only an unanswerable question has no relevant papers"),
        (entry(partial=[CURE.title]), "is both relevant and partial"),
        (entry(type="followup"), "a follow-up needs its 'history'"),
        (entry(type="followup", history=[{"role": "me"}]), "turn 1 of 'history'"),
        (entry(question="  "), "field 'question' is empty"),
        (entry(relevant="CURE"), "field 'relevant' is not a list"),
        (entry(nuggets=[{"must_contain": ["x"]}]), "nugget 1 has no 'paper'"),
        (
            entry(nuggets=[{"paper": CURE.title, "must_contain": []}]),
            "no strings in 'must_contain'",
        ),
        (entry(answer=[3]), "neither a string nor a list of strings"),
        (entry(answer=["99.9%"]), "the answer '99.9%' is not in the abstract"),
        (entry(draft=True), "is a draft"),
        (entry(draft=1), "field 'draft' is not a truth value"),
        (entry(id=7), "field 'id' is not a text"),
        (entry(nuggets=[{"paper": CURE.title, "must_contain": "CURE"}]), "no strings in"),
        (entry(relevant=[None]), "field 'relevant' holds something that is not a title"),
        (entry(filter=[]), "field 'filter' is not a JSON object"),
        (entry(question="?" * 4001), "longer than can be asked (4,000 characters)"),
        (entry(answer=["Entropy Collapse"]), "is not in the abstract"),  # the title has it
        (
            entry(relevant=["CURE: Preventing Entropy Colapse"]),
            "'CURE: Preventing Entropy Colapse' (is 'CURE: Preventing Entropy Collapse' meant?)",
        ),
        (entry(relevant=["x" * 10_000_000]), "no paper of the corpus has the title 'xxx"),
        ("{oops", "is not JSON"),
        ("[]", "is not a JSON object"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, broken: Any, said: str) -> None:
    (fault,) = faults(tmp_path, entry(id="fine"), broken)
    assert fault.startswith(f"{tmp_path / 'set.jsonl'}:2: ")
    assert said in fault


@pytest.mark.parametrize("name", ["id", "type", "question", "relevant", "partial", "answer"])
def test_a_missing_field_is_named(tmp_path: Path, name: str) -> None:
    (fault,) = faults(tmp_path, {k: v for k, v in entry().items() if k != name})
    assert f"field {name!r} is missing" in fault


def test_a_misspelt_field_is_guessed(tmp_path: Path) -> None:
    broken = {k: v for k, v in entry().items() if k != "partial"} | {"partail": []}
    assert "field 'partial' is missing (is 'partail' meant?)" in faults(tmp_path, broken)[0]


def test_an_id_used_twice_names_both_lines(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, entry(), entry(id="q2"), entry())
    assert "set.jsonl:3: id 'q1' is taken: line 1 has it already" in fault


def test_a_title_that_two_papers_have_names_neither(tmp_path: Path) -> None:
    twin = replace(CURE, paper_id="twin", title=CURE.title.upper())
    path = write_set(tmp_path, [entry()])
    checked = check(path, [*PAPERS.values(), twin])
    assert "several papers of the corpus have the title 'CURE:" in str(checked.faults[0])


def test_a_fact_without_an_answer_is_a_warning(tmp_path: Path) -> None:
    checked = check(write_set(tmp_path, [entry(type="fact")]), PAPERS.values())
    assert not checked.faults
    assert "has no 'answer'" in str(checked.warnings[0])


def test_messages_stay_short_and_faults_hide_nothing(tmp_path: Path) -> None:
    found = faults(tmp_path, entry(type="t" * 1000), '{"id": NaN}', entry(id="q9", relevant=["No"]))
    assert all(len(fault) < 500 for fault in found)
    assert [fault.split(": ")[0].rpartition(":")[2] for fault in found] == ["1", "2", "3"]


def test_every_fault_is_found_and_load_names_the_first(tmp_path: Path) -> None:
    broken = [entry(relevant=["No", "Neither"]), entry(), "{"]
    assert len(faults(tmp_path, *broken)) == 4
    with pytest.raises(BadInput, match=r"set\.jsonl:1: .*'No' \(3 more") as caught:
        load(tmp_path / "set.jsonl", PAPERS.values())
    assert "citewell eval check" in caught.value.remedy


def test_a_misspelt_field_is_a_warning_and_one_of_ones_own_is_not(tmp_path: Path) -> None:
    path = write_set(tmp_path, [entry(notes="for people", reader="A. B.")])
    (warning,) = check(path, PAPERS.values()).warnings
    assert "nothing reads the field 'notes' (is 'note' meant?)" in str(warning)


def test_a_nugget_that_no_quotation_shows_is_a_warning(tmp_path: Path) -> None:
    odd = entry(nuggets=[{"paper": CURE.title, "must_contain": ["zebra"]}])
    checked = check(write_set(tmp_path, [odd]), PAPERS.values())
    assert not checked.faults
    assert "'zebra' is not in the nugget's paper" in str(checked.warnings[0])


def test_empty_and_unreadable_files(tmp_path: Path) -> None:
    assert "has no questions" in faults(tmp_path)[0]
    with pytest.raises(BadInput, match="cannot be read"):
        check(tmp_path / "absent.jsonl", [])
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="is UTF-16 text"):
        check(tmp_path / "binary", [])


def test_line_separators_inside_a_string_do_not_end_a_line(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    import json

    path.write_text(json.dumps(entry(question="a\u2028b"), ensure_ascii=False) + "\n", "utf-8")
    assert load(path, PAPERS.values())[0].question == "a\u2028b"


def test_the_dev_set_is_faultless_over_the_bundled_corpus() -> None:
    from importlib.resources import files

    from ingest.dedupe import merge
    from ingest.readers import read

    papers = merge(read([Path(str(files("ingest"))) / "corpus"]).records)
    checked = check(DATA / "dev.jsonl", papers)
    assert [str(f) for f in (*checked.faults, *checked.warnings)] == []
    assert len(checked.questions) == 120
    assert {q.id for q in checked.questions if len(q.accepted) > 1} == {"d060"}
