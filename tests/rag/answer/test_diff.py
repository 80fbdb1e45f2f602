"""What has changed between two answers, as records and in words; answers read back from JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.diff import changes, told
from rag.errors import BadInput
from rag.export import json_records as jsons
from rag.filters import Filters
from rag.records import Answer, Citation, Sentence

MADE = "extractive-0a1b2c3d-11111111"


def cited(paper: str, quote: str, n: int = 1) -> Citation:
    return Citation(n=n, paper_id=paper, title=paper.upper(), quote=quote, start=0, end=len(quote))


def answer(*citations: Citation, **fields: Any) -> Answer:
    papers = tuple(dict.fromkeys(c.paper_id for c in citations))
    text = " ".join(f"{c.quote} [{c.n}]" for c in citations)
    plain: dict[str, Any] = {
        "question": "Q?", "standalone_question": "Q?", "kind": "list", "filters": Filters(),
        "status": "answered", "mode": "extractive", "text": text, "citations": citations,
        "sentences": tuple(Sentence(text=c.quote, citations=(c.n,)) for c in citations),
        "papers": papers, "fingerprint": MADE,
    }  # fmt: skip
    return Answer(**{**plain, **fields})


BOTH = answer(cited("cure", "It cures."), cited("steer", "It steers.", 2))


def test_the_same_answer_is_the_same() -> None:
    found = changes(BOTH, replace(BOTH, timings_ms={"total": 3.0}))
    assert found.same
    assert (found.corpus, found.settings) == (False, False)
    assert told(found) == ["The answer is the same.", "The corpus is the same."]


def test_papers_that_came_and_went() -> None:
    after = answer(
        cited("steer", "It steers."), cited("new", "It is new.", 2),
        fingerprint=MADE.replace("0a1b", "ffff"),
    )  # fmt: skip
    found = changes(BOTH, after)
    assert [(p.paper_id, p.title) for p in found.new] == [("new", "NEW")]
    assert [p.paper_id for p in found.gone] == ["cure"]
    assert found.requoted == ()
    assert not found.same
    assert found.corpus
    assert told(found) == ["New: NEW", "Gone: CURE", "The corpus has changed."]


def test_other_quotes_of_the_same_papers() -> None:
    after = answer(cited("cure", "It heals."), cited("steer", "It steers.", 2))
    (paper,) = changes(BOTH, after).requoted
    assert (paper.paper_id, paper.gone, paper.new) == ("cure", ("It cures.",), ("It heals.",))
    lines = told(changes(BOTH, after))
    assert lines[:2] == ["CURE — no longer quoted: “It cures.”", "CURE — quoted now: “It heals.”"]


def test_another_order_and_other_words() -> None:
    turned = answer(cited("steer", "It steers."), cited("cure", "It cures.", 2))
    found = changes(BOTH, turned)
    assert found.reordered
    assert found.requoted == ()
    reworded = changes(BOTH, replace(BOTH, text="Both do [1][2]."))
    assert not reworded.same
    assert told(reworded)[0] == "The same papers and quotes, in other words."


def test_status_model_and_settings() -> None:
    declined = answer(status="not_in_corpus", text="Nothing.")
    assert told(changes(declined, BOTH))[0] == "Not in the corpus before; answered now."
    by_model = replace(BOTH, mode="llm", model="tiny", fingerprint="llm-0a1b2c3d-22222222")
    found = changes(BOTH, by_model)
    assert found.mode == ("extractive", "llm")
    assert found.same
    assert told(found)[-1] == "Written by quotes alone before, by tiny now."
    larger = replace(by_model, model="large", fingerprint="llm-0a1b2c3d-33333333")
    assert told(changes(by_model, larger))[-1] == "The model was tiny, and is large."
    newer = replace(BOTH, fingerprint="extractive-0a1b2c3d-44444444")
    assert "Settings" in told(changes(BOTH, newer))[-1]


def test_without_a_fingerprint_nothing_is_said_of_the_corpus() -> None:
    found = changes(replace(BOTH, fingerprint=""), BOTH)
    assert (found.corpus, found.settings) == (None, None)
    assert "not known" in told(found)[-1]


def test_titles_that_neither_answer_cites() -> None:
    before = replace(BOTH, papers=("gone", "lost"))
    found = changes(before, BOTH, titles={"gone": "A Paper"})
    assert [p.title for p in found.gone] == ["A Paper", "lost"]


ANSWERS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["x", "y", "z"])), max_size=5, unique=True
).map(lambda pairs: answer(*(cited(p, q, n) for n, (p, q) in enumerate(pairs, 1))))


@given(ANSWERS, ANSWERS)
def test_changes_turn_around(one: Answer, other: Answer) -> None:
    there, back = changes(one, other), changes(other, one)
    assert {p.paper_id for p in there.new} == {p.paper_id for p in back.gone}
    assert {(p.paper_id, p.gone) for p in there.requoted} == {
        (p.paper_id, p.new) for p in back.requoted
    }
    alike = (one.text, one.citations) == (other.text, other.citations)
    assert there.same == back.same == alike
    assert all(told(there))


def test_an_answer_is_read_back_from_its_json(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    whole = replace(
        BOTH, filters=Filters(date_from="2025-01-01", limit=3), timings_ms={"total": 1.5}, model="m"
    )
    file.write_text(json.dumps(jsons.answer(whole)))
    assert jsons.read_answer(file) == whole


def test_an_answer_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    value = jsons.answer(BOTH)
    del value["model"], value["usage"]["cost"], value["near"]
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({**value, "of_later": 1}))
    assert jsons.read_answer(file) == BOTH


@pytest.mark.parametrize(
    "change",
    [{"citations": 3}, {"papers": [1]}, {"question": ""}, {"text": None}, {"sentences": [{}]},
     {"filters": []}, {"filters": {"limit": "3"}}, {"citations": [{"n": "1"}]}],
)  # fmt: skip
def test_what_is_no_answer_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({**jsons.answer(BOTH), **change}))
    with pytest.raises(BadInput) as caught:
        jsons.read_answer(file)
    assert "answer.json" in str(caught.value)
    assert "--json" in caught.value.remedy


@pytest.mark.parametrize("content", ["[]", "{}", "3", "{", '"x"'])
def test_other_json_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "answer.json"
    file.write_text(content)
    with pytest.raises(BadInput):
        jsons.read_answer(file)
