"""PDFs: title and abstract of a paper's first page, where they can be told. Needs the extra
`citewell[pdf]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.readers.base import NO_ABSTRACT, Item, Lost, Options, Raw
from ingest.readers.text import Text
from rag.adapters import pypdf_text
from rag.adapters.pypdf_text import Line
from rag.errors import BadInput
from rag.text.patterns import lazy

_ABSTRACT = lazy(r"(?:abstract|summary|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t)\b\s*[.:—–-]*\s*(.*)\Z", 2)
_ENDS = lazy(
    r"(?:(?:\d+|I)\.?\s*)?introduction\b.*|(?:index terms|key\s?words|ccs concepts)\b.*"
    r"|(?:1|I)\.?\s+[A-Z].*|references\Z|contents\Z",
    2,
)
_ARXIV = lazy(r"arXiv:(\d{4}\.\d{4,5})(?:v\d+)?", 2)
_DOI = lazy(r"\b(10\.\d{4,}/[^\s,;]+)", 2)
_HYPHEN = lazy(r"(?<=[a-z])-\n(?=[a-z])")
_FEWEST = 200
_MOST = 4_000


def read(page: Text, options: Options) -> Iterator[Item]:
    if not pypdf_text.is_installed():
        raise BadInput(
            "this is a PDF, and reading them is an extra that is not installed",
            remedy='Install it with: pip install "citewell[pdf]"',
        )
    try:
        about, lines = pypdf_text.first_pages(page.all())
    except ValueError as error:
        raise BadInput(
            f"the PDF cannot be read: {error}", remedy="Get the file again, or leave it out."
        ) from error
    title, abstract = _title(lines, about), _abstract(lines)
    if not (title and abstract):
        what = "title" if not title else "abstract"
        yield Lost(
            line=1,
            message=f"a PDF whose {what} cannot be told" + (f": “{title[:80]}”" if title else ""),
            remedy="Give its record from a reference manager instead.",
            kind=NO_ABSTRACT,
        )
        return
    whole = "\n".join(line.text for line in lines)
    arxiv, doi = _ARXIV.search(whole), _DOI.search(whole[:3000])
    yield Raw(
        line=1,
        fields={
            "title": title,
            "abstract": abstract,
            "authors": about.get("author"),
            "arxiv_id": arxiv and arxiv[1],
            "doi": doi and doi[1].rstrip("."),
        },
    )


def _title(lines: Sequence[Line], about: dict[str, str]) -> str:
    """The largest letters above the abstract; else what the document calls itself."""
    above = []
    for line in lines[:40]:
        if _ABSTRACT.match(line.text):
            break
        above.append(line)
    worded = [ln for ln in above if len(ln.text) > 3 and not _ARXIV.search(ln.text)]
    largest = max((line.size for line in worded), default=0.0)
    found: list[str] = []
    for line in worded:
        if line.size >= largest * 0.97:
            found.append(line.text)
        elif found:
            break
    title = " ".join(found)
    own = about.get("title", "").strip()
    if len(own) > 15 and " " in own and not own.lower().endswith((".dvi", ".tex", ".doc", ".pdf")):
        return own
    return title if 8 < len(title) <= 300 else ""


def _abstract(lines: Sequence[Line]) -> str:
    words: list[str] = []
    inside = False
    for line in lines:
        if not inside:
            match = _ABSTRACT.match(line.text)
            inside = match is not None and (not match[1] or line.text[:1].isupper())
            words = [match[1]] if match and inside and match[1] else []
        elif _ENDS.match(line.text):
            break
        else:
            words.append(line.text)
        if sum(map(len, words)) > _MOST:
            break
    text = " ".join(_HYPHEN.sub("", "\n".join(words)).split())
    return text if len(text) >= _FEWEST else ""
