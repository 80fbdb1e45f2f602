"""Records as the JSON objects that every door gives: the terminal's `--json`, HTTP and Python."""

from __future__ import annotations

from typing import Any

from rag.assistant import SearchResult
from rag.events import Event
from rag.export import json_records as jsons
from rag.records import Answer, Paper
from rag.table.records import Table


def as_dict(value: Answer | SearchResult | Paper | Table | Event) -> dict[str, Any]:
    """`value` with the fields that `citewell ask`, `search`, `papers` and `table` print with
    `--json`, or of an event as `/v1/ask` streams it (docs/architecture.md, docs/http.md).

    Every value in it is one that `json.dumps` takes. Raises TypeError for anything else."""
    match value:
        case Answer():
            return jsons.answer(value)
        case SearchResult():
            return jsons.search(value)
        case Paper():
            return jsons.paper(value)
        case Table():
            return jsons.table(value)
        case _ if isinstance(value, Event):
            return jsons.event(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
