"""RIS with rispy, which writes a value as it is: a line break in one would begin a new field, so
references come with single lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.adapters.bibtexparser_entries import name_parts
from rag.export.references import Reference


def ris(references: Sequence[Reference]) -> str:
    import rispy

    class Writer(rispy.RisWriter):  # type: ignore[misc]
        def set_header(self, count: int) -> str:
            return ""  # the format has no numbers between its records

    return str(rispy.dumps([_record(r) for r in references], implementation=Writer))


def _record(r: Reference) -> dict[str, Any]:
    record = {
        "type_of_reference": "UNPB" if r.arxiv_id else "GEN",
        "id": r.key,
        "title": r.title,
        "authors": [str(name_parts(name)) for name in r.authors],
        "year": r.iso_date[:4],
        "date": "/".join([*r.iso_date.split("-"), "", ""][:3]) if r.date else "",
        "name_of_database": r.arxiv_id and "arXiv",
        "accession_number": r.arxiv_id,
        "doi": r.doi,
        # Readers take a semicolon for the next address.
        "urls": [r.url.replace(";", "%3B")] if r.url else [],
        "abstract": r.abstract,
        "keywords": list(r.tags),
        "notes": [
            *r.remarks,
            *filter(None, [" ".join(r.note)]),
            *(f"“{quote}”" for quote in r.quotes),
        ],
    }
    return {name: value for name, value in record.items() if value}
