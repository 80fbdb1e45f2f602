"""Lists of papers that somebody can name: a DOI, an arXiv id or an address of either a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.dedupe import normalise_doi
from ingest.fetch.lookups import can_be_listed
from ingest.readers.base import Problem, shown
from rag.errors import BadInput
from rag.text.arxiv import arxiv_in, normalise_arxiv
from rag.text.patterns import lazy

_DOI_WITHIN = lazy(r"(?:^|[/=:\s])(10\.\d{4,9}/[^\s\"<>?#&]+)")
_ARXIV_DOI = "10.48550/arxiv."
_NEEDED = "Give a DOI (10.1234/abc), an arXiv id (2503.01234) or an address with one in each line."
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The papers of a list, each with the line that first names it."""

    dois: Mapping[str, int] = field(default_factory=dict)
    arxiv_ids: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read(path: Path) -> Named:
    """Raises BadInput for a file that cannot be read or names no paper; a line that names none is a
    problem."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(
            f"cannot be read: {error.strerror or error}", path=path, remedy="Check the path."
        ) from error
    if len(data) > _MOST_BYTES:
        raise BadInput("it is larger than 16 MB", path=path, remedy="Give a list of DOIs alone.")
    named = of_text(data.decode("utf-8-sig", "replace"), path)
    if not named.dois and not named.arxiv_ids:
        raise BadInput("no line names a paper", path=path, remedy=_NEEDED)
    return named


def of_text(text: str, path: Path | str) -> Named:
    """Blank lines and those that begin with # say nothing."""
    dois: dict[str, int] = {}
    arxiv_ids: dict[str, int] = {}
    problems: list[Problem] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        words = line.strip().strip("\"'<>,;")
        if not words or words.startswith("#"):
            continue
        doi, arxiv_id = _named(words)
        if arxiv_id:
            arxiv_ids.setdefault(arxiv_id, number)
        elif doi and can_be_listed(doi):
            dois.setdefault(doi, number)
        else:
            problems.append(
                Problem(
                    f"this names no paper: {shown(words)}"
                    if doi is None
                    else f"a DOI with a comma or a bar cannot be asked for: {shown(doi)}",
                    path=path,
                    line=number,
                    remedy=_NEEDED,
                )
            )
    return Named(dois=dois, arxiv_ids=arxiv_ids, problems=tuple(problems))


def _named(words: str) -> tuple[str | None, str | None]:
    """DOI and arXiv id of one line; arXiv's own DOIs are arXiv ids."""
    if arxiv_id := normalise_arxiv(words):
        return None, arxiv_id
    within = _DOI_WITHIN.search(words)
    doi = normalise_doi(words) or (normalise_doi(within[1]) if within else None)
    if doi:
        doi = doi.rstrip(".,;)")
        return doi, normalise_arxiv(doi.removeprefix(_ARXIV_DOI)) if _is_arxiv(doi) else None
    return None, arxiv_in(words)


def _is_arxiv(doi: str) -> bool:
    return doi.startswith(_ARXIV_DOI)
