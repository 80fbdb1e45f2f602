"""Tagged records (RIS, PubMed's .nbib, Web of Science's plain text) with rispy's parsers, told to
be lenient about white space and to keep every tag under its own name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from rag.text.patterns import lazy

Kind = Literal["ris", "nbib", "wos"]

_RIS = lazy(r"([A-Z][A-Z0-9])\s{1,3}-(?:\s(.*))?\Z", 0)
_NBIB = lazy(r"([A-Z][A-Z0-9]{1,3})\s{0,3}-(?:\s(.*))?\Z", 0)
_REPEATED = {
    "ris": ("AU", "A1", "A2", "UR", "L1", "L2", "KW", "N1", "M1"),
    "nbib": ("FAU", "AU", "AID", "LID", "CN", "OT", "MH"),
    "wos": ("AU", "AF", "CA", "GP"),
}


class _SameName(dict[str, str]):
    def __missing__(self, tag: str) -> str:
        return tag


def tagged(lines: Sequence[str], kind: Kind) -> dict[str, str | list[str]]:
    """The values of one record by tag; those of tags that come many times are lists. Empty where
    the lines hold none. What has no tag goes on with the line before it."""
    import rispy

    class Ris(rispy.RisParser):  # type: ignore[misc]
        PATTERN = ""
        START_TAG = "TY" if kind == "ris" else "PMID"

        def parse_line(self, line: str) -> tuple[str | None, str]:
            match = (_RIS if kind == "ris" else _NBIB).match(line)
            return (match[1], (match[2] or "").strip()) if match else (None, line.strip())

    parser: type[Any] = rispy.WokParser if kind == "wos" else Ris
    made = parser(
        mapping=_SameName(),
        list_tags=list(_REPEATED[kind]),
        delimiter_tags_mapping={},
        newline="\n",
    )
    # Every record ends, also one that its file has cut.
    found = made.parse("\n".join([*(line for line in lines if line.strip()), "ER  - "]))
    return found[0] if found else {}


def tag(line: str, kind: Kind) -> str | None:
    """The tag that a line begins with; None for one that goes on."""
    if kind == "wos":
        named = line[:2].isalnum() and line[:2].isupper() and line[2:3] in ("", " ")
        return line[:2] if named else None
    match = (_RIS if kind == "ris" else _NBIB).match(line)
    return match[1] if match else None
