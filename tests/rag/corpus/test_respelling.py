"""Names written otherwise than their papers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.lexicon import Lexicon
from rag.corpus.respelling import respelt

LEXICON = Lexicon(
    acronyms={},
    names={"DeepCache": ("p1",), "FineTuning": ("p2",), "SkillBlender": ("p3",), "DAPO": ("p4",)},
    titles={},
    words={"deep": 9, "cache": 5, "finetuning": 7, "how": 3, "work": 3, "does": 3},
    english=frozenset({"skill", "blender"}),
)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("deep cache", "DeepCache"),
        ("Deep-Cache", "DeepCache"),
        ("DeepCahce", "DeepCache"),
        ("deepcahce", "DeepCache"),
        ("skill blender", "SkillBlender"),
    ],
)
def test_a_name_is_put_as_its_paper_writes_it(written: str, name: str) -> None:
    text, changes = respelt(f"how does {written} work?", LEXICON)
    assert text == f"how does {name} work?"
    assert changes == [(written, name)]


@pytest.mark.parametrize(
    "text", ["how does fine-tuning work?", "deep, cache", "DeepCache", "deepcache", "a deep one"]
)
def test_what_is_a_name_or_an_ordinary_word_already_stays(text: str) -> None:
    assert respelt(text, LEXICON) == (text, [])


ACCENTED = Lexicon(
    acronyms={},
    names={"TÜLU 3": ("p1",), "Résumé": ("p2",)},
    titles={},
    words={"resume": 4},
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("who wrote TULU 3?", "who wrote TÜLU 3?"),
        ("is tulu 3 open?", "is TÜLU 3 open?"),
        ("is TÜLU 3 open?", "is TÜLU 3 open?"),
        ("what of TULU 30?", "what of TULU 30?"),
        ("how to resume training?", "how to resume training?"),
    ],
)
def test_accents_are_put_where_the_name_has_them(text: str, read: str) -> None:
    assert respelt(text, ACCENTED)[0] == read


@given(st.text(max_size=80))
def test_only_what_is_told_is_changed(text: str) -> None:
    changed, told = respelt(text, LEXICON)
    for before, name in told:
        assert before in text
        assert name in changed
    assert told or changed == text
