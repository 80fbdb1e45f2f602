"""Visitors of the routes, each with a cookie of their own."""

from __future__ import annotations

from typing import Any

import httpx

from ingest.dedupe import paper_id
from tests.ui.web.small_corpus import paper
from ui.web.guard import VISITOR

ANNA, BERT = "anna-has-a-secret-cookie", "bert-has-a-secret-cookie"
IDS = [paper_id(paper(at).title) for at in range(8)]


def client(address: str, owner: str | None) -> httpx.Client:
    cookies = {VISITOR: owner} if owner else {}
    return httpx.Client(base_url=f"{address}/citewell/api/", cookies=cookies, timeout=120)


def told(client: httpx.Client, path: str, **asked: Any) -> Any:
    """What is answered to a POST, or to a GET where nothing is `asked`."""
    reply = client.post(path, json=asked) if asked else client.get(path)
    assert reply.status_code == 200, reply.text
    return reply.json()


def refused(client: httpx.Client, path: str, **asked: Any) -> str:
    reply = client.post(path, json=asked)
    assert reply.status_code in (400, 404), reply.text
    return str(reply.json()["error"])
