"""Whatever a body holds, the reply is an answer or an error in one shape, and never a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser import served
from tests.ui.web.scripted import Scripted
from ui.api.app import create_app

TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": TEXT | ANY}
)
BODIES = {
    "/v1/ask": st.fixed_dictionaries(
        {"question": TEXT | ANY},
        optional={"history": st.lists(MESSAGE, max_size=3) | ANY, "papers": ANY, "stream": ANY},
    ),
    "/v1/chat/completions": st.fixed_dictionaries(
        {"model": st.just("citewell") | TEXT, "messages": st.lists(MESSAGE, max_size=3) | ANY},
        optional={"stream": ANY, "n": ANY, "stream_options": ANY, "response_format": ANY},
    ),
    "/v1/responses": st.fixed_dictionaries(
        {"model": st.just("citewell"), "input": TEXT | st.lists(MESSAGE, max_size=3) | ANY},
        optional={"stream": ANY, "previous_response_id": ANY},
    ),
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        served(lambda: create_app(Scripted())) as where,  # type: ignore[arg-type]
        httpx.Client(base_url=where) as client,
    ):
        yield client


@pytest.mark.parametrize("path", BODIES)
@settings(max_examples=60)
@given(data=st.data())
def test_any_body_gets_an_answer_or_an_error(
    client: httpx.Client, path: str, data: st.DataObject
) -> None:
    content = json.dumps(data.draw(BODIES[path])).encode()
    reply = client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert reply.status_code in (200, 400, 404), reply.text
    if reply.status_code != 200:
        assert reply.json()["error"]["message"]
