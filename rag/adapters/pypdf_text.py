"""The text of a PDF's first pages with pypdf, an optional extra, line by line with the size of its
letters."""

from __future__ import annotations

import importlib.util
import io
import logging
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    text: str
    size: float


def is_installed() -> bool:
    return importlib.util.find_spec("pypdf") is not None


def first_pages(data: bytes, pages: int = 2) -> tuple[dict[str, str], list[Line]]:
    """What the document says of itself (`title`, `author`), and the lines of its first pages.
    Raises ValueError for what cannot be read."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            reader.decrypt("")
        about = {
            name: str(value)
            for name in ("title", "author")
            if (value := getattr(reader.metadata, name, None))
        }
        lines: list[Line] = []
        for page in reader.pages[:pages]:
            lines += _lines(page)
    except Exception as error:  # whatever a broken file makes it do
        raise ValueError(str(error) or type(error).__name__) from error
    return about, lines


def _lines(page: Any) -> list[Line]:
    pieces: list[tuple[str, float]] = []

    def visit(text: str, user: Any, matrix: Any, font: Any, size: float) -> None:
        scale = abs(matrix[3]) or abs(matrix[0]) or 1.0
        pieces.append((text, round(float(size or 0) * scale * abs(user[3] or 1.0), 1)))

    page.extract_text(visitor_text=visit)
    lines: list[Line] = []
    words, size = "", 0.0
    for text, its in pieces:
        for at, part in enumerate(text.split("\n")):
            if at and words.strip():
                lines.append(Line(text=" ".join(words.split()), size=size))
                words, size = "", 0.0
            words += part
            if part.strip():
                size = max(size, its)
    if words.strip():
        lines.append(Line(text=" ".join(words.split()), size=size))
    return lines
