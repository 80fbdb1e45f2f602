"""Text as it is stored, and what stands in place of an abstract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import abstract_of, cleaned, is_placeholder
from ingest.people import people


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("<p>Moss on <i>roofs</i> &amp; walls.</p>", "Moss on roofs & walls."),
        ("&amp;lt;p&amp;gt;Moss &amp;amp; walls&amp;lt;/p&amp;gt;", "Moss & walls"),
        ("CD8<sup>+</sup> cells, p &lt; 0.05", "CD8+ cells, p < 0.05"),
        ("where a < b and c > d, with <eos> tokens", "where a < b and c > d, with <eos> tokens"),
        (
            "<jats:sec><jats:title>Aim</jats:title><jats:p>A.</jats:p></jats:sec>"
            "<jats:sec><jats:title>Results:</jats:title><jats:p>B.</jats:p></jats:sec>",
            "Aim: A. Results: B.",
        ),
        (r"Dupr\'e, K\"uhn and {\v C}apek", "Dupré, Kühn and Čapek"),
        (r"it grows as $\omega^2$ by 37\%", r"it grows as $\omega^2$ by 37\%"),
        ("two\n  lines\u00a0here\u200b", "two lines here"),
    ],
)
def test_markup_is_gone_and_the_words_stay(text: str, clean: str) -> None:
    assert cleaned(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        *("NA", "N/A", "n.a.", "None", "…", "...", "-", "[No abstract available]", "ABSTRACT"),
        *("No abstract is available for this article.", "Abstract not found", "<p>N/A</p>"),
        *("There is no abstract for this paper.", "Abstract: not available", "Pas de résumé"),
    ],
)
def test_what_stands_for_an_abstract_is_none(text: str) -> None:
    assert abstract_of(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        *("We do it.", "No abstract interpreter is sound.", "Nan is a city in Thailand.", "x"),
        "Abstract interpretation is a method.",
    ],
)
def test_short_ones_are_abstracts(text: str) -> None:
    assert abstract_of(text) == text


def test_the_publisher_is_not_quoted() -> None:
    body = "We survey moss on roofs, and they carry twice as much."
    for around in (
        *(f"{body} © 2019 Elsevier B.V. All rights reserved.", f"Abstract: {body}"),
        *(f"© 2019 Small Lights B.V. {body}", f"{body} [ABSTRACT FROM AUTHOR]"),
    ):
        assert abstract_of(around) == body


@given(st.text())
def test_clean_text_is_one_line_and_stays(text: str) -> None:
    once = cleaned(text, markup=False)
    assert cleaned(once, markup=False) == once
    assert "\n" not in once and once == once.strip()
    once.encode()
    assert isinstance(is_placeholder(once), bool)
    abstract_of(text)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Alba Cor, Tat Vuk and Jose A. Zap", ("Alba Cor", "Tat Vuk", "Jose A. Zap")),
        ("Cor A., Vuk T., Zap J.A.", ("A. Cor", "T. Vuk", "J.A. Zap")),
        ("Cor, A; Vuk, T; Zap, JA", ("A Cor", "T Vuk", "JA Zap")),
        ("Cor, A. and Vuk, T. and others", ("A. Cor", "T. Vuk")),
        ("['Ann Bo', 'Cy Du']", ("Ann Bo", "Cy Du")),
        ("García López, Ana; van den Berg, Hans", ("García López, Ana", "Hans van den Berg")),
        ([["Dupré", "J. -M.", ""]], ("J.-M. Dupré",)),
        ([{"firstName": "Ann", "lastName": "Bo"}, None], ("Ann Bo",)),
        ("Zs\\'ofia Nagy (Lab (1)), Ann Roe (2)", ("Zsófia Nagy", "Ann Roe")),
    ],
)
def test_names_in_any_spelling(value: object, names: tuple[str, ...]) -> None:
    assert people(value).names == names
    assert people(value).complete == ("others" not in str(value))


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_any_value_gives_names_or_none(value: object) -> None:
    assert all(name.strip() for name in people(value).names)
