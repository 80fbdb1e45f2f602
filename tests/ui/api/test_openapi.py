"""The OpenAPI document, held against the server by Schemathesis: requests made from it, valid and
not, and replies that have to look as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from rag.assistant import Assistant
from tests.browser import served
from tests.ui.web.world import small
from ui.api.app import create_app

ROUTES = (
    "GET /v1/search",
    "POST /v1/ask",
    "GET /v1/papers",
    "GET /v1/papers/{paper_id}",
    "POST /v1/tables",
    "GET /v1/models",
    "GET /v1/models/{name}",
    "POST /v1/chat/completions",
    "POST /v1/responses",
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return small(tmp_path_factory.mktemp("openapi"))


@pytest.fixture(scope="module")
def document(assistant: Assistant) -> Iterator[Any]:
    with served(lambda: create_app(assistant)) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


@pytest.mark.parametrize(
    ("route", "mode"),
    [(route, GenerationMode.POSITIVE) for route in ROUTES]
    + [(route, GenerationMode.NEGATIVE) for route in ROUTES if "POST" in route],
)
def test_every_reply_is_as_the_document_says(document: Any, route: str, mode: Any) -> None:
    method, path = route.split()
    operation = document[path][method]

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        # What is accepted is wider than the document (`1` for true), and narrower (no such paper).
        case.call_and_validate(excluded_checks=[positive_data_acceptance, negative_data_rejection])

    check()


def test_every_route_is_tried(document: Any) -> None:
    found = (one.ok() for one in document.get_all_operations())
    assert sorted(f"{one.method.upper()} {one.path}" for one in found) == sorted(ROUTES)
