"""Names of people: what can mean the same person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.people import families, family, in_order, is_by, is_by_initials

names = st.text(max_size=30)


@pytest.mark.parametrize(
    ("author", "asked"),
    [
        ("Jane Smith", "Jane Smith"),
        ("Jane Smith", "jane smith"),
        ("Jane Smith", "Smith"),
        ("Jane Smith", "J. Smith"),
        ("Jane Smith", "Smith, Jane"),
        ("Smith, Jane A.", "Jane Smith"),
        ("J. A. Smith", "Jane Smith"),
        ("Smith JA", "Jane Smith"),
        ("Jane Smith", "Jane A. Smith"),
        ("José García", "Jose Garcia"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Jürgen Müller", "muller"),
        ("Ana-María López García", "Lopez Garcia"),
        ("Ana Maria Smith", "Maria Smith"),
        ("Søren Kierkegaard", "Soren Kierkegaard"),
        ("Laurens van der Maaten", "van der Maaten"),
        ("Laurens van der Maaten", "Maaten"),
        ("Laurens van der Maaten", "L. Maaten"),
        ("Jean-Baptiste Alayrac", "J.-B. Alayrac"),
        ("Martin Luther King, Jr.", "Martin Luther King"),
        ("Conan O'Brien", "OBrien"),
        ("Ana Ruiz-Gómez", "Gomez"),
        ("Jose\u0301 Garci\u0301a", "José García"),
        ("Wei Zhang", "Zhang"),
    ],
)
def test_the_same(author: str, asked: str) -> None:
    assert is_by(author, asked)


@pytest.mark.parametrize(
    ("author", "asked"),
    [
        ("Jane Smith", "John Smith"),
        ("J. A. Smith", "J. B. Smith"),
        ("Jane Smith", "Smithson"),
        ("Jane Smithson", "Smith"),
        ("Jane Smith", "Jane"),
        ("Jane Smith", "K. Smith"),
        ("Jane Smith", ""),
        ("", "Smith"),
        ("Anne Berg", "van der Berg"),
        ("Ana López García", "Pérez García"),
    ],
)
def test_somebody_else(author: str, asked: str) -> None:
    assert not is_by(author, asked)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Smith, Jane A.", "Jane A. Smith"),
        ("van der Berg, Hans", "Hans van der Berg"),
        ("Jane Smith", "Jane Smith"),
        ("John Smith, Jr.", "John Smith, Jr."),
        ("Kettle Works, Inc.", "Kettle Works, Inc."),
        ("Smith,", "Smith,"),
    ],
)
def test_a_name_as_it_stands_in_a_sentence(name: str, told: str) -> None:
    assert in_order(name) == told


@given(names)
def test_everybody_is_the_same_as_themselves(author: str) -> None:
    if family(author):
        assert is_by(author, author)


def test_a_family_name_in_each_of_its_spellings() -> None:
    assert families("Philipp Krähenbühl") == {"krahenbuhl", "kraehenbuehl"}
    assert families("Jane Smith") == {"smith"}
    assert families(":") == set()


@pytest.mark.parametrize(
    ("author", "asked", "unsure"),
    [
        ("Z. Hao", "Zhao Hao", True),
        ("Z. Hao", "Z. Hao", False),
        ("Z. Hao", "Hao", False),
        ("Zhao Hao", "Z. Hao", False),
        ("Zhao Hao", "Zhao Hao", False),
        ("Y. Hao", "Zhao Hao", False),
    ],
)
def test_who_is_known_by_an_initial_alone(author: str, asked: str, unsure: bool) -> None:
    assert is_by_initials(author, asked) is unsure
