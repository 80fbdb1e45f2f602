"""Lists of papers by DOI, arXiv id or address, one a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch import listed
from ingest.fetch.download import Downloader
from ingest.fetch.jobs import lookups, missing
from rag.errors import BadInput
from tests.replay import Replay


@pytest.mark.parametrize(
    ("line", "doi", "arxiv_id"),
    [
        ("10.1145/3292500.3330701", "10.1145/3292500.3330701", None),
        ("  doi:10.1000/XYZ.1  ", "10.1000/xyz.1", None),
        ("https://doi.org/10.1000/xyz123,", "10.1000/xyz123", None),
        ("https://dl.example.org/doi/abs/10.1145/12345.678?x=1", "10.1145/12345.678", None),
        ("https://doi.org/10.48550/arXiv.2503.01234", None, "2503.01234"),
        ("arXiv:2503.01234v2", None, "2503.01234"),
        ("2503.01234", None, "2503.01234"),
        ("https://arxiv.org/html/2504.00001v1", None, "2504.00001"),
        ("cs/0112017", None, "cs/0112017"),
    ],
)
def test_a_line_names_a_paper(line: str, doi: str | None, arxiv_id: str | None) -> None:
    named = listed.of_text(f"# mine\n\n{line}\n{line}\n", "list.txt")
    assert dict(named.dois) == ({doi: 3} if doi else {})
    assert dict(named.arxiv_ids) == ({arxiv_id: 3} if arxiv_id else {})
    assert not named.problems


def test_a_line_that_names_none_is_told_with_its_place() -> None:
    named = listed.of_text("10.1000/a\r\nsee below\r10.1000/b,c\n", "list.txt")
    assert list(named.dois) == ["10.1000/a"]
    assert [(p.line, str(p.path)) for p in named.problems] == [(2, "list.txt"), (3, "list.txt")]
    assert "comma" in str(named.problems[1])


@given(st.text())
def test_each_line_is_a_paper_or_a_problem(text: str) -> None:
    named = listed.of_text(text, "list.txt")
    lines = [p.line for p in named.problems]
    assert len(lines) == len(set(lines))
    assert all("," not in doi and "|" not in doi for doi in named.dois)
    assert not {*named.dois.values(), *named.arxiv_ids.values()} & set(lines)


@pytest.mark.parametrize("data", [None, b"", b"\n# nothing\n", b"words\n", b"\xff\0\n"])
def test_a_file_that_names_nothing_is_refused(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "list.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(BadInput, match="list") as refused:
        listed.read(path)
    assert refused.value.remedy


def test_they_are_looked_up_some_at_a_time_and_what_did_not_come_is_known(
    replay: Replay, downloader: Callable[..., Downloader]
) -> None:
    lines = [p.doi.upper() for p in replay.written[:90]] + ["10.5555/nowhere", "2501.99999"]
    lines += [p.arxiv_id for p in replay.written[100:250]]
    named = listed.of_text("\n".join(lines), "list.txt")
    files = []
    progress: list[tuple[str, int, int]] = []
    for job in lookups(named):
        files += (
            downloader()
            .fetch(job.source, job.query, most=job.most, report=lambda *told: progress.append(told))
            .files
        )
    assert progress == [
        ("DOIs", 40, 91),
        ("DOIs", 80, 91),
        ("DOIs", 91, 91),
        ("arXiv ids", 100, 151),
        ("arXiv ids", 151, 151),
    ]
    assert [a.path for a in replay.asked] == ["/crossref/works"] * 3 + ["/arxiv/api/query"] * 2
    assert missing(named, files) == {"10.5555/nowhere": 91, "2501.99999": 92}
