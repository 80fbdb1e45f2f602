"""Listing pages, through `ingest.readers`."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import BUNDLED, ReadResult, read, read_bytes
from rag.records import Paper

HEADER = "\n\n".join(
    [
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "byAK and the research community",
    ]
)
ABSTRACT = "We study how a page is read. It is read line by line, and nothing is made up."


@pytest.fixture(scope="module")
def corpus() -> ReadResult:
    return read([BUNDLED])


def page(text: str, year: int | None = None) -> ReadResult:
    return read_bytes(text.encode(), "page.txt", year=year)


def told(reading: ReadResult) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in reading.problems]


def titles(reading: ReadResult) -> list[str]:
    return [record.title for record in reading.records]


# The bundled corpus


def test_corpus_has_the_known_counts(corpus: ReadResult) -> None:
    assert corpus.problems == ()
    counts = Counter(record.sources[0].name[:3] for record in corpus.records)
    assert counts == {"000": 104, "001": 93, "002": 200, "003": 127, "004": 88}
    assert len({record.paper_id for record in corpus.records}) == 536
    dated = [record for record in corpus.records if record.published]
    assert len(dated) == 93
    assert {record.sources[0].name[:3] for record in dated} == {"001"}
    assert sum(record.upvotes is not None for record in dated) == 25
    assert all(record.author_count for record in dated)
    assert {record.date_precision for record in dated} == {"day"}


def test_corpus_dates_without_a_year_get_the_year_after_the_latest(corpus: ReadResult) -> None:
    text = (BUNDLED / "001_ecbeae0e07e1d581.txt").read_text("utf-8")
    bare = re.findall(r"·\n[A-Z][a-z]{2} \d+(?: \d+)?$", text, re.MULTILINE)
    of_2025 = [r for r in corpus.records if r.published and r.published.startswith("2025")]
    assert len(of_2025) == len(bare) > 0


def test_corpus_agrees_with_a_naive_reader(corpus: ReadResult) -> None:
    """In the bundled pages length alone tells titles, abstracts and the rest apart."""
    expected = []
    for path in sorted(BUNDLED.glob("*.txt")):
        lines = [line.strip() for line in path.read_text("utf-8").split("\n") if line.strip()]
        expected += [
            (title.replace("SubscribeHard-aware", "Hard-aware"), abstract)
            for title, abstract in pairwise(lines)
            if len(abstract) > 300
        ]
    assert [(r.title, r.abstract) for r in corpus.records] == expected


def test_corpus_records_stand_where_their_source_says(corpus: ReadResult) -> None:
    for record in corpus.records:
        (source,) = record.sources
        lines = (BUNDLED / source.name).read_text("utf-8").split("\n")
        assert lines[source.line - 1].endswith(record.title)
        assert record.title and record.abstract


# Layouts: what is rendered is read back

_MONTHS = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_ALPHABET = string.ascii_letters + string.digits + " .,:;-()$\\\"'{}%éΨ中"
_words = st.text(_ALPHABET, min_size=1, max_size=40).map(lambda text: " ".join(text.split()))
_titles = _words.map(lambda words: f"A title of {words}".rstrip(" .")).filter(
    lambda title: title.strip() == title
)
_abstracts = st.lists(_words, min_size=1, max_size=8).map(
    lambda words: f"We find that {' '.join(words).strip()} matters."
)
_dates = st.tuples(
    st.sampled_from(_MONTHS[1:]),
    st.integers(1, 28),
    st.none() | st.integers(2001, 2030),
    st.none() | st.integers(0, 5000),
    st.integers(1, 400),
)


def _date_line(month: str, day: int, year: int | None, upvotes: int | None) -> str:
    of_year = f", {year}" if year else ""
    return f"{month} {day}{of_year}" + (f" {upvotes}" if upvotes is not None else "")


@given(st.lists(st.tuples(_titles, _abstracts), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_spaced_layout_is_read_back(pairs: list[tuple[str, str]], end: str) -> None:
    text = "\n\n".join([HEADER, "Mar 12", *(line for pair in pairs for line in pair)]) + "\n"
    reading = page(text.replace("\n", end))
    assert told(reading) == []
    assert [(r.title, r.abstract) for r in reading.records] == pairs
    assert all(record.published is None for record in reading.records)


@given(st.lists(st.tuples(_titles, _abstracts), min_size=1), st.booleans())
def test_dense_layout_is_read_back(pairs: list[tuple[str, str]], bom: bool) -> None:
    teasers = "Get trending papers in your email inbox once a day!\n"
    teasers += "Get trending papers in your email inbox!\nSubscribe"
    text = teasers + "\n".join(line for pair in pairs for line in pair)
    reading = page(("\ufeff" if bom else "") + text)
    assert told(reading) == []
    assert [(r.title, r.abstract) for r in reading.records] == pairs


@given(st.lists(st.tuples(_titles, _abstracts, _dates), min_size=1))
def test_dated_layout_is_read_back(rows: list[tuple[str, str, tuple]]) -> None:  # type: ignore[type-arg]
    blocks = [
        f"{title}\n\n{abstract}\n\n  • {authors} author{'s' * (authors > 1)}\n·\n"
        + _date_line(month, day, year, upvotes)
        for title, abstract, (month, day, year, upvotes, authors) in rows
    ]
    header = HEADER.replace("byAK", "Daily Papers\n\nbyAK")
    reading = page("\n\n".join([header, "Oct 29", *blocks]), year=2024)
    assert told(reading) == []
    for record, (title, abstract, (month, day, year, upvotes, authors)) in zip(
        reading.records, rows, strict=True
    ):
        assert (record.title, record.abstract) == (title, abstract)
        assert record.published == f"{year or 2024}-{_MONTHS.index(month):02}-{day:02}"
        assert (record.upvotes, record.author_count) == (upvotes, authors)


def test_pages_one_after_another_are_read_as_one() -> None:
    pages = [path.read_text("utf-8") for path in sorted(BUNDLED.glob("*.txt"))]
    reading = page("\n".join(pages))
    assert told(reading) == []
    assert len(reading.records) == 612


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Subscribe", "Subscribe or Not"], "Subscribe or Not"),
        (["SubscribeSubscribe or Not"], "Subscribe or Not"),
        (["SubscribeiCaRL"], "iCaRL"),
        (["Subscribe", "new"], None),
    ],
)
def test_subscribe_is_cut_off_only_where_it_is_glued(lines: list[str], title: str | None) -> None:
    text = "\n".join(["Get trending papers in your email inbox!", *lines, ABSTRACT])
    assert titles(page(text)) == ([title] if title else [])


# Years


DATED = f"A title\n\n{ABSTRACT}\n\n  • 2 authors\n·\n"


def test_year_argument_beats_the_inferred_one() -> None:
    text = f"{DATED}Jan 16, 2023\n\n{DATED}Oct 29 7\n"
    assert [r.published for r in page(text).records] == ["2023-01-16", "2024-10-29"]
    assert [r.published for r in page(text, 2020).records] == ["2023-01-16", "2020-10-29"]


def test_date_without_any_year_is_left_out_and_told_once() -> None:
    reading = page(f"{DATED}Oct 29 7\n\n{DATED}Oct 30\n")
    assert [(r.published, r.date_precision, r.upvotes) for r in reading.records] == [
        (None, None, 7),
        (None, None, None),
    ]
    assert told(reading) == [(7, "2 dates state no year, and no other date of the page does")]
    assert "--year" in reading.problems[0].remedy


def test_impossible_day_is_told_and_left_out() -> None:
    reading = page(f"{DATED}Feb 30, 2023\n")
    assert [r.published for r in reading.records] == [None]
    assert told(reading) == [(7, "2023 has no such day as “Feb 30, 2023”; the date is left out")]


# Damage


def test_title_without_abstract_costs_itself_alone() -> None:
    reading = page(f"First\n\n{ABSTRACT}\n\nSecond\n\nThird\n\n{ABSTRACT}\n\nFourth\n")
    assert titles(reading) == ["First", "Third"]
    assert told(reading) == [
        (5, "a title without an abstract: “Second”"),
        (11, "a title without an abstract: “Fourth”"),
    ]


def test_abstract_without_title_costs_itself_alone() -> None:
    long = ABSTRACT * 5
    reading = page(f"{long}\nFirst\n{long}\n{long}\nSecond\n{long}\n")
    assert titles(reading) == ["First", "Second"]
    assert [line for line, _ in told(reading)] == [1, 4]
    assert all("without a title" in message for _, message in told(reading))


def test_every_cut_of_a_page_is_reported_unless_a_record_ends_there() -> None:
    name = "001_ecbeae0e07e1d581.txt"
    whole = (BUNDLED / name).read_bytes()
    before = read_bytes(whole, name).records
    for cut in range(len(whole) - 4000, len(whole) - 20, 7):
        reading = read_bytes(whole[:cut], name)
        good = reading.records[:-1]
        assert good == before[: len(good)]
        assert len(good) >= len(before) - 5
        ends_with_date = re.search(rb"\xc2\xb7\n[A-Z][a-z]{2} \d[^\n]*\s*$", whole[:cut])
        assert reading.problems or ends_with_date


def test_cut_in_the_last_abstract_is_told_and_the_record_kept() -> None:
    reading = page(f"First\n\n{ABSTRACT}\n\nSecond\n\n{ABSTRACT * 3} But then the net")
    assert titles(reading) == ["First", "Second"]
    assert told(reading) == [(7, "the page's last abstract ends in mid-sentence")]


def test_abstract_that_ends_in_mid_sentence_within_the_page_is_fine() -> None:
    text = f"First\n\n{ABSTRACT * 3} and transition\n\nSecond\n\n{ABSTRACT} See https://a.b/c."
    assert told(page(text)) == []


def test_missing_authors_or_date_are_told() -> None:
    reading = page(f"{DATED}Jan 16, 2023\n\n{DATED}")
    assert len(reading.records) == 2
    assert told(reading) == [(14, "the record's number of authors or its date is missing")]
    assert reading.records[1].author_count == 2


def test_windows_1252_is_read_and_told() -> None:
    text = f"First\n\n{ABSTRACT}\n\nSecond\n\nA caf\xe9 serves {ABSTRACT}\n\nThird\n\n{ABSTRACT}\n"
    reading = read_bytes(text.encode("latin-1"), "page.txt")
    assert titles(reading) == ["First", "Second", "Third"]
    assert "café" in reading.records[1].abstract
    assert "the first is line 7" in reading.notices[0]


def test_a_damaged_line_costs_its_record() -> None:
    damaged = f"A café serves {ABSTRACT}".encode() + b" \xff"
    page = f"First\n\n{ABSTRACT}\n\nSecond\n\n".encode() + damaged + b"\n"
    reading = read_bytes(page, "page.txt")
    assert titles(reading) == ["First"]
    assert told(reading) == [(7, "the line is not UTF-8 text; its record is left out")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    (record,) = read_bytes(f"A title\n\n{ABSTRACT}".encode(encoding), "page.txt").records
    assert (record.title, record.abstract) == ("A title", ABSTRACT)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the page holds no paper"),
        (b" \n\n", "the page holds no paper"),
        (HEADER.encode(), "the page holds no paper"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0garbage " * 3, "this is a binary file, not text"),
        (b"A title\n\n", "a title without an abstract: “A title”"),
        (b"word word\n" * 50, "this is no listing page: 0 papers found in 50 lines of text"),
    ],
)
def test_page_with_nothing_usable_is_one_problem(data: bytes, message: str) -> None:
    reading = read_bytes(data, "page.txt")
    assert reading.records == ()
    assert [problem.message for problem in reading.problems] == [message]
    assert reading.problems[0].line == 1 and reading.problems[0].remedy


@given(st.data())
def test_removed_lines_never_mix_two_records(data: st.DataObject) -> None:
    """Whatever lines a page loses, a title keeps its own abstract; only the loss of an abstract
    together with the title behind it leaves no trace."""
    pairs = [(f"Title number {n}", f"Abstract {n}. " * 30) for n in range(8)]
    lines = [line.strip() for pair in pairs for line in pair]
    lines_lost = st.sets(st.integers(0, len(lines) - 1), max_size=6)
    lost = data.draw(lines_lost.filter(lambda ns: not any(n % 2 and n + 1 in ns for n in ns)))
    reading = page("\n".join(line for n, line in enumerate(lines) if n not in lost))
    for record in reading.records:
        assert record.abstract.startswith(f"Abstract {record.title.split()[-1]}.")
    assert len(reading.records) == sum(not lost & {2 * n, 2 * n + 1} for n in range(8))


def test_text_is_stored_as_is() -> None:
    title, abstract = 'T\\"ULU: 37\\% \u2013 \ufb01ne', f"{ABSTRACT}  Two spaces \\implname, 37\\%."
    (record,) = page(f"{title}\n{abstract}").records
    assert isinstance(record, Paper)
    assert (record.title, record.abstract) == (title, abstract)
    assert unicodedata.normalize("NFKC", title) != record.title
