"""Lines of JSON as they come: whatever a file holds, a fault has its line and none is a crash."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import jsonl
from rag.errors import BadInput, UsageError


def read(path: Path, content: bytes) -> list[tuple[int, object]]:
    path.write_bytes(content)
    return [
        (number, str(value).removeprefix(f"{path}:") if isinstance(value, BadInput) else value)
        for number, value in jsonl.objects(path)
    ]


def test_what_editors_leave_behind_is_no_fault(tmp_path: Path) -> None:
    content = codecs.BOM_UTF8 + b'{"a": 1}\r\n\r\n  \r\n{"a": "\xe2\x80\xa8"}'
    assert read(tmp_path / "f", content) == [(1, {"a": 1}), (4, {"a": "\u2028"})]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{oops", "is not JSON: Expecting property name enclosed in double quotes (column 2)"),
        (b'{"a": 1', "is not JSON: Expecting ',' delimiter (column 8)"),
        (b"[1]", "is not a JSON object"),
        (b"{} {}", "is not JSON: more than one value, where a line has one (column 4)"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": 1, "b": 2, "a": 3}', "field 'a' is given twice"),
        (b'{"a": "\xff"}', "is not UTF-8 text"),
        (b'{"a": "\\ud800"}', "has half of a surrogate pair, which is no text"),
        (b'{"a": ' + 50_000 * b"[" + 50_000 * b"]" + b"}", "is nested too deeply"),
    ],
)
def test_a_fault_has_its_line_and_hides_nothing(tmp_path: Path, line: bytes, said: str) -> None:
    found = read(tmp_path / "f", b'{"a": 1}\n' + line + b'\n{"a": 2}\n')
    assert found == [(1, {"a": 1}), (2, f"2: {said}"), (3, {"a": 2})]
    with pytest.raises(BadInput, match=":2: "):
        list(jsonl.every(tmp_path / "f"))


def test_a_line_of_ten_megabytes_is_a_line(tmp_path: Path) -> None:
    long = json.dumps({"a": "x" * 10_000_000}).encode()
    (_, value), (second, _) = read(tmp_path / "f", long + b'\n{"a": 1}\n')
    assert isinstance(value, dict) and len(value["a"]) == 10_000_000 and second == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_named_or_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "f"
    path.write_bytes('{"a": "é"}\n'.encode(encoding))
    with pytest.raises(BadInput, match="is UTF-16 text"):
        list(jsonl.every(path))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file") as caught:
        list(jsonl.objects(tmp_path / "absent", remedy="Look there."))
    assert caught.value.remedy == "Look there."
    with pytest.raises(BadInput, match="cannot be read"):
        list(jsonl.objects(tmp_path))


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_give_objects_or_faults(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("any") / "f"
    path.write_bytes(b"\n".join(lines))
    try:
        for number, value in jsonl.objects(path):
            assert number <= path.read_bytes().count(b"\n") + 1
            assert isinstance(value, dict | BadInput)
    except BadInput as error:
        assert "UTF-16" in str(error)


@dataclass(frozen=True, kw_only=True)
class Thing:
    name: str
    size: float = 0.0
    parts: tuple[int, ...] = ()


def test_records_have_every_field_of_its_type() -> None:
    made = jsonl.as_record(Thing, {"name": "a", "size": 2, "parts": [1], "more": 1}, "a thing")
    assert made == Thing(name="a", size=2.0, parts=(1,))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "a thing: name: Field required"),
        ({"name": 3}, "a thing: name: Input should be a valid string"),
        ({"name": "a", "size": "2"}, "a thing: size: Input should be a valid number"),
        ({"name": "a", "parts": [1, "2"]}, r"a thing: parts\.1: Input should be a valid integer"),
        ({"name": "a", "size": float("nan")}, "a thing: a number in it is none"),
        (None, "a thing: "),
    ],
)
def test_what_is_no_record_is_refused(value: object, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        jsonl.as_record(Thing, value, "a thing")


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for target, said in (
        (tmp_path, "is no file"),
        (tmp_path / "file" / "below.json", "cannot be written"),
    ):
        with pytest.raises(UsageError, match=said):
            jsonl.write(target, {})
