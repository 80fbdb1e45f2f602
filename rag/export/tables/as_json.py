"""JSON: `rag.export.json_records.table`."""

from __future__ import annotations

import json

from rag.export import json_records
from rag.table.records import Table


def json_text(table: Table) -> str:
    return json.dumps(json_records.table(table), ensure_ascii=False, indent=2) + "\n"
