"""Papers as items of Zotero's, and what an item there is known by. Nothing is sent here."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from ingest.cleaning import cleaned
from ingest.dedupe import names, normalise_title
from ingest.mapping import paper as mapped
from ingest.readers.base import Raw
from ingest.readers.json_sources import is_no_paper, recognised
from rag.adapters.bibtexparser_entries import name_parts
from rag.export import Reference
from rag.records import Paper


def item(paper_id: str, r: Reference) -> dict[str, Any]:
    """As Zotero's translators make one. Where a paper was published is not known: with an arXiv id
    it is a preprint, with a DOI alone an article, else a document."""
    kind = "preprint" if r.arxiv_id else "journalArticle" if r.doi else "document"
    extra = [f"Citation Key: {r.key}", *([f"arXiv: {r.arxiv_id}"] if r.arxiv_id else [])]
    fields = {
        "id": paper_id,
        "itemType": kind,
        "title": r.title,
        "creators": [_creator(name) for name in r.authors],
        "abstractNote": r.abstract,
        "date": r.iso_date,
        "url": r.url,
        "DOI": r.doi if kind != "document" else None,
        "repository": "arXiv" if r.arxiv_id else None,
        "archiveID": f"arXiv:{r.arxiv_id}" if r.arxiv_id else None,
        "extra": "\n".join([*extra, *r.remarks]),
        "tags": [{"tag": tag} for tag in r.tags],
        "notes": [{"note": _note(r.note)}] if r.note else None,
    }
    return {name: value for name, value in fields.items() if value} | {"attachments": []}


def _creator(name: str) -> dict[str, object]:
    told = name_parts(name)
    if not told.given:
        return {"lastName": name, "fieldMode": 1, "creatorType": "author"}
    family = " ".join(filter(None, [told.particle, told.family, told.suffix]))
    return {"firstName": told.given, "lastName": family, "creatorType": "author"}


def _note(paragraphs: tuple[str, ...]) -> str:
    return "".join(f"<p>{html.escape(one)}</p>" for one in paragraphs)


def known_by(item: Mapping[str, Any]) -> set[str]:
    """The names of an item of the API, as `ingest.dedupe.names` has them; none of no paper."""
    if is_no_paper(item):
        return set()
    raw = Raw(line=0, fields=recognised(item).fields, is_fact=True)
    read = mapped(raw, "Zotero", lambda field, value: None)
    if not isinstance(read, Paper):
        return set()
    return {*names(read), f"title {normalise_title(cleaned(read.title))}"}


def names_of(paper: Paper, r: Reference) -> set[str]:
    """The same of a paper, also by its title as it is shown."""
    return {*names(paper), f"title {normalise_title(r.title)}"}
