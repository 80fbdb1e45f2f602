"""Every service is asked as it documents, politely, and a run that ends early goes on."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.fetch import kept as kept_on_disk
from ingest.fetch.asked import Query, Source
from ingest.fetch.download import Downloader
from ingest.fetch.jobs import first_of, search
from ingest.fetch.services import (
    ARXIV,
    CROSSREF,
    HF_DAILY,
    OPENALEX,
    PUBMED,
    SEARCHED,
    SEMANTIC_SCHOLAR,
)
from ingest.readers import read
from rag.errors import BadInput, CatalogLocked, CitewellError, FetchFailed, UsageError
from tests.replay import Replay, papers, replaying

Made = Callable[..., Downloader]
LANTERNS = Query(words="lanterns")
DAY = datetime.date(2025, 3, 1)


def query_of(source: Source) -> Query:
    if source is HF_DAILY:
        return Query(since=datetime.date(2025, 1, 1), until=datetime.date(2025, 1, 12))
    return LANTERNS


@pytest.mark.parametrize("source", SEARCHED.values(), ids=SEARCHED)
def test_what_a_service_sends_is_kept_and_read_as_papers(
    source: Source, replay: Replay, downloader: Made
) -> None:
    kept = downloader().fetch(source, query_of(source), most=10_000)
    assert kept.next is None
    reading = read(kept.files)
    assert reading.read == kept.records
    assert not any(file.problems for file in reading.files if not file.losses)
    titles = {paper.title for paper in reading.records}
    if source is HF_DAILY:
        assert titles == {p.title for p in replay.written if p.day <= "2025-01-12"}
    elif source is SEMANTIC_SCHOLAR:  # the even ones have no abstract there
        assert titles == {p.title for p in replay.written if p.number % 2}
    else:
        assert titles == {p.title for p in replay.written}
    assert all(paper.authors[1] == "Bo Marsh" for paper in reading.records)


@pytest.mark.parametrize("source", SEARCHED.values(), ids=SEARCHED)
def test_the_whole_folder_can_be_ingested_as_it_stands(source: Source, downloader: Made) -> None:
    kept = downloader().fetch(source, query_of(source), most=120)
    assert read([kept.folder]).read == read(kept.files).read == kept.records


@pytest.mark.parametrize("source", [ARXIV, OPENALEX, CROSSREF, PUBMED], ids=lambda s: s.name)
def test_no_more_is_asked_than_is_wanted_and_a_larger_number_goes_on(
    source: Source, replay: Replay, downloader: Made
) -> None:
    made = downloader()
    assert made.fetch(source, LANTERNS, most=7).records == 7
    asked = len(replay.asked)
    assert made.fetch(source, LANTERNS, most=7).records == 7
    assert len(replay.asked) == asked
    kept = made.fetch(source, LANTERNS, most=21)
    assert kept.records == 21
    numbers = [int(paper.title.split()[3]) for paper in read(kept.files).records]
    assert numbers == list(range(1, 22))


PAGED = [source for source in SEARCHED.values() if source is not SEMANTIC_SCHOLAR]


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
@pytest.mark.parametrize("after", [1, 2])
def test_a_run_that_is_cut_short_goes_on(
    source: Source, after: int, replay: Replay, downloader: Made
) -> None:
    query, made = query_of(source), downloader()
    whole = downloader(where=made.where / "whole").fetch(source, query, most=10_000)
    assert len(whole.pages) > after
    before = len(replay.asked)

    def break_off(_: object) -> None:
        if len(replay.asked) > before + after:
            raise ConnectionAbortedError

    replay.hook = break_off
    with pytest.raises(FetchFailed, match="broke off"):
        made.fetch(source, query, most=10_000)
    assert len(made.kept(source, query).pages) == after
    replay.hook = lambda _: None
    before = len(replay.asked)
    again = made.fetch(source, query, most=10_000)
    assert len(replay.asked) - before == len(whole.pages) - after
    assert [f.read_bytes() for f in again.files] == [f.read_bytes() for f in whole.files]


def test_a_page_longer_than_wanted_is_kept_whole_and_its_token_followed(tmp_path: Path) -> None:
    with replaying(papers(1_200)) as server:
        made = Downloader(where=tmp_path, agent="c", mirror=server.url, sleep=lambda _: None)
        assert made.fetch(SEMANTIC_SCHOLAR, LANTERNS, most=5).records == 1_000
        kept = made.fetch(SEMANTIC_SCHOLAR, LANTERNS, most=1_100)
    assert [page.records for page in kept.pages] == [1_000, 200]
    assert [len(f.records) for f in first_of(read(kept.files), 520).files] == [500, 20]


def test_fresh_asks_anew_and_keeps_what_was_there(replay: Replay, downloader: Made) -> None:
    made = downloader()
    first = made.fetch(ARXIV, LANTERNS, most=5)
    kept = made.fetch(ARXIV, LANTERNS, most=5, fresh=True)
    assert len(replay.asked) == 2
    aside = [f for f in made.where.iterdir() if f.is_dir() and f != kept.folder]
    assert [sorted(p.name for p in f.iterdir()) for f in aside] == [
        sorted(p.name for p in first.folder.iterdir())
    ]


def test_days_are_asked_for_in_each_services_way(replay: Replay, downloader: Made) -> None:
    query = Query(words="a OR b", since=DAY, until=datetime.date(2025, 4, 2))
    for source in SEARCHED.values():
        downloader().fetch(source, query, most=1)
    told = {a.path.split("/")[1]: a.params for a in reversed(replay.asked)}
    assert told["arxiv"]["search_query"] == (
        "(a OR b) AND submittedDate:[202503010000 TO 202504022359]"
    )
    assert told["openalex"]["filter"].endswith(
        "from_publication_date:2025-03-01,to_publication_date:2025-04-02"
    )
    assert told["semanticscholar"]["publicationDateOrYear"] == "2025-03-01:2025-04-02"
    assert told["crossref"]["filter"].endswith("from-pub-date:2025-03-01,until-pub-date:2025-04-02")
    assert told["pubmed"]["mindate"] == "2025/03/01"
    assert told["pubmed"]["maxdate"] == "2025/04/02"
    assert told["hf-daily"]["date"] == "2025-03-01"


def test_requests_are_as_far_apart_as_the_service_wants(
    downloader: Made, waits: list[float], replay: Replay
) -> None:
    downloader().fetch(ARXIV, LANTERNS, most=450)
    downloader().fetch(ARXIV, Query(words="another run"), most=1)
    assert len(replay.asked) == 4
    assert len(waits) == 3
    assert all(0 < wait <= ARXIV.interval_s for wait in waits)


def test_a_busy_service_is_asked_again_when_it_says(
    replay: Replay, downloader: Made, waits: list[float]
) -> None:
    source = replace(OPENALEX, interval_s=0)
    replay.faults += [(429, b"", {"Retry-After": "31"}), (503, b"", {}), (500, b"", {})]
    told: list[str] = []
    assert downloader(tell=told.append).fetch(source, LANTERNS, most=5).records == 5
    assert waits == [31.0, 4.0, 8.0]
    assert "busy or failing (429)" in told[0]
    assert told[0].endswith("It is asked again in 31 s.")


@pytest.mark.parametrize(
    ("status", "headers", "asked", "told"),
    [
        (429, {"Retry-After": "4000"}, 1, "asks to wait 4,000 s"),
        (429, {}, 5, "busy or failing (429)"),
        (403, {"Content-Type": "text/html"}, 1, "does not allow it (403)"),
        (400, {"Content-Type": "text/plain"}, 1, "refused what was asked (400), saying “no”"),
        (302, {"Location": "http://elsewhere.invalid/"}, 1, "another address (302)"),
    ],
)
def test_what_does_not_pass_is_told_and_nothing_good_is_lost(
    status: int,
    headers: dict[str, str],
    asked: int,
    told: str,
    replay: Replay,
    downloader: Made,
) -> None:
    made = downloader()
    made.fetch(ARXIV, LANTERNS, most=3)
    replay.faults += [(status, b"no", headers)] * 9
    with pytest.raises(FetchFailed) as failed:
        made.fetch(ARXIV, LANTERNS, most=9)
    assert told in str(failed.value)
    assert failed.value.remedy
    assert len(replay.asked) == 1 + asked
    assert made.kept(ARXIV, LANTERNS).records == 3
    replay.faults.clear()
    assert made.fetch(ARXIV, LANTERNS, most=9).records == 9


@pytest.mark.parametrize("source", SEARCHED.values(), ids=SEARCHED)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Welcome to the router</body></html>",
        b'{"results": 3}',
        b"[" * 100_000,
        b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>',
        b'<!DOCTYPE a [<!ENTITY b "c">]><feed>&b;</feed>',
        b"\0\xff\xfe",
    ],
)
def test_an_odd_body_is_asked_for_again_and_never_kept(
    source: Source, body: bytes, replay: Replay, downloader: Made
) -> None:
    made = downloader()
    replay.faults += [(200, body, {})]
    assert made.fetch(source, query_of(source), most=1).records
    replay.faults += [(200, body, {})] * 4
    with pytest.raises(FetchFailed):
        made.fetch(source, replace(query_of(source), words="other"), most=1)
    assert not made.kept(source, replace(query_of(source), words="other")).pages


def test_a_query_that_arxiv_does_not_understand(replay: Replay, downloader: Made) -> None:
    error = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
        "<id>http://arxiv.org/api/errors#bad_query</id><title>Error</title>"
        "<summary>unbalanced brackets</summary></entry></feed>"
    )
    replay.faults += [(200, error.encode(), {})]
    with pytest.raises(BadInput, match="unbalanced brackets"):
        downloader().fetch(ARXIV, LANTERNS, most=1)
    assert len(replay.asked) == 1


def test_an_empty_page_among_full_ones_is_asked_for_again(replay: Replay, downloader: Made) -> None:
    """arXiv is known to send such."""
    empty = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
        "<o:totalResults>450</o:totalResults></feed>"
    )
    replay.faults += [(200, empty.encode(), {})]
    assert downloader().fetch(ARXIV, LANTERNS, most=450).records == 450


def test_a_service_that_goes_in_circles_is_left(replay: Replay, downloader: Made) -> None:
    page = {"meta": {"count": 900, "next_cursor": "same"}, "results": [{"id": "W1"}]}
    replay.faults += [(200, json.dumps(page).encode(), {})] * 9
    kept = downloader().fetch(OPENALEX, LANTERNS, most=900)
    assert len(kept.pages) == 2
    assert kept.next is None


def test_contact_and_key_go_to_the_service_and_into_no_file(
    replay: Replay, downloader: Made, tmp_path: Path
) -> None:
    keys = {"openalex_api_key": "hidden-1", "semanticscholar_api_key": "hidden-2"}
    made = downloader(mirror=None, contact="ann@example.org", keys=keys)
    for source in (OPENALEX, SEMANTIC_SCHOLAR):
        made.fetch(replace(source, base=f"{replay.url}/{source.name}"), LANTERNS, most=1)
    openalex, s2 = replay.asked
    assert openalex.params["mailto"] == "ann@example.org"
    assert openalex.params["api_key"] == "hidden-1"
    assert s2.headers["x-api-key"] == "hidden-2"
    assert "mailto:ann@example.org" in s2.headers["User-Agent"]
    written = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert b"hidden" not in written
    assert b"ann@example.org" not in written
    assert "hidden" not in repr(made)


def test_a_mirror_gets_no_key_and_no_error_repeats_one(replay: Replay, downloader: Made) -> None:
    keys = {"openalex_api_key": "hidden-1"}
    downloader(keys=keys).fetch(OPENALEX, LANTERNS, most=1)
    assert "api_key" not in replay.asked[0].params
    replay.faults += [(403, b"who is hidden-1?", {"Content-Type": "text/plain"})]
    source = replace(OPENALEX, base=f"{replay.url}/openalex")
    with pytest.raises(FetchFailed) as failed:
        downloader(mirror=None, keys=keys).fetch(source, Query(words="b"), most=1)
    assert "hidden" not in f"{failed.value} {failed.value.remedy}"
    assert "who is …?" in str(failed.value)


def test_one_process_at_a_time_asks_a_service(downloader: Made) -> None:
    made = downloader()
    made.where.mkdir()
    with FileLock(made.where / ".arxiv.lock"), pytest.raises(CatalogLocked, match="arXiv"):
        made.fetch(ARXIV, LANTERNS, most=1)


@pytest.mark.parametrize(
    "damaged",
    ["{", "[]", '{"pages": 3}', '{"pages": [{}]}', "\udc80", '{"pages": [{"file": "../x"}]}'],
)
def test_a_damaged_manifest_is_told_and_fresh_mends_it(damaged: str, downloader: Made) -> None:
    made = downloader()
    kept = made.fetch(ARXIV, LANTERNS, most=1)
    (kept.folder / kept_on_disk.MANIFEST).write_bytes(damaged.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match="manifest"):
        made.fetch(ARXIV, LANTERNS, most=1)
    assert made.fetch(ARXIV, LANTERNS, most=1, fresh=True).records == 1


def test_a_page_whose_file_is_gone_is_fetched_again(replay: Replay, downloader: Made) -> None:
    made = downloader()
    kept = made.fetch(ARXIV, LANTERNS, most=450)
    kept.files[1].unlink()
    asked = len(replay.asked)
    again = made.fetch(ARXIV, LANTERNS, most=450)
    assert [page.records for page in again.pages] == [page.records for page in kept.pages]
    assert len(replay.asked) == asked + 2


def test_a_folder_that_cannot_be_written_is_told(downloader: Made, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CitewellError, match="cannot be written"):
        downloader(where=tmp_path / "file" / "fetched").fetch(ARXIV, LANTERNS, most=1)


def test_an_address_where_nobody_listens(downloader: Made) -> None:
    from tests.scripted_server import refusing_url

    with pytest.raises(FetchFailed, match="cannot be reached: Connection refused") as failed:
        downloader(mirror=refusing_url()).fetch(ARXIV, LANTERNS, most=1)
    assert "network" in failed.value.remedy


@pytest.mark.parametrize(
    ("name", "words", "first", "last", "told"),
    [
        ("arixv", "x", None, None, "no service"),
        ("arxiv", "  ", None, None, "no query"),
        ("arxiv", "x", DAY, datetime.date(2025, 1, 1), "is before"),
        ("hf-daily", None, None, None, "by their days"),
        ("hf-daily", "x", DAY, None, "by their days"),
        ("hf-daily", None, datetime.date(2999, 1, 1), None, "still to come"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    name: str,
    words: str | None,
    first: datetime.date | None,
    last: datetime.date | None,
    told: str,
) -> None:
    with pytest.raises(UsageError, match=told) as refused:
        search(name, words, first, last, 10)
    assert refused.value.remedy
