"""CSL-JSON, as Zotero, pandoc and citeproc read it (schema 1.0.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rag.export.references import Reference


def papers(given: Sequence[Reference]) -> str:
    return json.dumps([_item(r) for r in given], ensure_ascii=False, indent=2) + "\n"


def _item(r: Reference) -> dict[str, Any]:
    from rag.adapters.bibtexparser_entries import name_parts

    item = {
        "id": r.key,
        "type": "article" if r.arxiv_id else "document",
        "title": r.title,
        "author": [name_parts(name).as_csl() for name in r.authors],
        "issued": {"date-parts": [list(r.date)]} if r.date else None,
        "abstract": r.abstract,
        "publisher": "arXiv" if r.arxiv_id else None,
        "number": r.arxiv_id and f"arXiv:{r.arxiv_id}",
        "DOI": r.doi,
        "URL": r.url,
        "keyword": ", ".join(r.tags),
        "annote": "\n".join([*r.remarks, *r.note, *(f"“{quote}”" for quote in r.quotes)]),
    }
    return {name: value for name, value in item.items() if value}
