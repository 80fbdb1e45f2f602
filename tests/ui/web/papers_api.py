"""The routes of the papers view, as they are asked without a browser."""

from __future__ import annotations

from typing import Any

import httpx

API = "/citewell/api/papers"


def post(client: httpx.Client, path: str, **asked: object) -> Any:
    answer = client.post(path, json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()
