"""Title and abstract of a PDF's first page. Skipped without the extra."""

from __future__ import annotations

import io

import pytest

from ingest.readers import read_bytes

pytest.importorskip("pypdf")

ABSTRACT = (
    "We listen to gears in cold rooms for a year.",
    "The hum rises by four decibels below zero degrees,",
    "and oil of a lower viscosity takes half of it away.",
    "Tests with forty gears of three makers agree on this.",
    "Nothing of it depends on how old the gears are.",
)


def drawn(*lines: tuple[str, int]) -> bytes:
    """A page of one column: texts with the size of their letters."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    held = io.BytesIO()
    with rc_context({"pdf.fonttype": 42}):
        page = Figure(figsize=(8, 11))
        for at, (text, size) in enumerate(lines):
            page.text(0.1, 0.9 - at * 0.04, text, fontsize=size)
        page.savefig(held, format="pdf")
    return held.getvalue()


def test_the_first_page_gives_title_and_abstract() -> None:
    body = [(line, 10) for line in ABSTRACT]
    data = drawn(
        ("Gears That Hum in Cold Rooms", 18), ("Ann Roe", 11), ("Abstract", 12), *body,
        ("1 Introduction", 12), ("Gears hum.", 10),
    )  # fmt: skip
    (paper,) = (reading := read_bytes(data, "gears")).records
    assert reading.files[0].format == "PDF"
    assert paper.title == "Gears That Hum in Cold Rooms"
    assert paper.abstract == " ".join(ABSTRACT)


def test_a_pdf_without_an_abstract_is_told() -> None:
    reading = read_bytes(drawn(("A Poster", 20), ("with few words", 10)), "poster.pdf")
    assert (reading.read, reading.losses) == (1, {"without an abstract": 1})
    assert "PDF" in read_bytes(b"%PDF-1.7 broken", "x.pdf").problems[0].message
