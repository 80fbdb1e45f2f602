"""The tools by the official client: over standard input and output, and over HTTP."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from citewell import Corpus
from rag.assistant import Assistant
from rag.config import load
from rag.events import Event
from tests.browser import served
from tests.ui.web.scripted import Scripted
from ui import session
from ui.api.app import create_app
from ui.mcp.server import create
from ui.progress import progress

ENTROPY = "which papers mitigate entropy collapse in RLVR?"


@pytest.fixture(scope="module")
def assistant(bundled_dir: Path) -> Assistant:
    return session.ready(load(data_dir=bundled_dir, mode="extractive"), progress)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with served(lambda: create_app(assistant)) as where:
        yield f"{where}/mcp"


@pytest.fixture(params=["stdio", "http"])
def connect(request: pytest.FixtureRequest, bundled_dir: Path, address: str) -> Any:
    command = ["-m", "ui", "mcp", "--data-dir", str(bundled_dir), "--mode", "extractive"]
    here = {"PYTHONPATH": str(Path(__file__).parents[3])}
    stdio = StdioServerParameters(command=sys.executable, args=command, env=here)
    return lambda: Client(stdio if request.param == "stdio" else address)


def run(client: Callable[..., Any], *given: Any) -> Any:
    """In a thread of its own: a test before may have left this one an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, client, *given).result()


@asynccontextmanager
async def calling(server: Any) -> AsyncIterator[Any]:
    async with Client(server) as client:
        yield client


def test_an_answer_is_the_one_of_every_other_door(connect: Any, bundled_dir: Path) -> None:
    with Corpus.open(bundled_dir, mode="extractive") as corpus:
        expected = corpus.ask(ENTROPY)
        follow = corpus.ask("which of those reweights tokens?", history=expected.turns)
        abstracts = {p.paper_id: p.abstract for p in corpus.papers(expected.papers)}

    async def ask() -> Any:
        async with connect() as client:
            told: list[tuple[float, float | None, str | None]] = []

            async def note(done: float, total: float | None, message: str | None) -> None:
                told.append((done, total, message))

            first = await client.call_tool(
                "ask_corpus", {"question": ENTROPY}, progress_callback=note
            )
            found = first.structured_content
            before = [{"question": ENTROPY, "answer": found["text"],
                       "papers": [p["paper_id"] for p in found["papers"]]}]  # fmt: skip
            second = await client.call_tool(
                "ask_corpus",
                {"question": "which of those reweights tokens?", "history": before},
            )
            return first, second.structured_content, told

    first, second, told = run(ask)
    found = first.structured_content
    assert found["text"] == expected.text
    assert found["status"] == expected.status
    assert [(s["paper_id"], s["start"], s["end"]) for s in found["sources"]] == [
        (c.paper_id, c.start, c.end) for c in expected.citations
    ]
    for source in found["sources"]:
        assert source["quote"] == abstracts[source["paper_id"]][source["start"] : source["end"]]
        assert source["quote"] in first.content[0].text
    assert second["text"] == follow.text
    assert [message for *_, message in told] == [
        "Question read",
        "Papers ranked",
        "2 papers chosen",
    ]
    assert [done for done, *_ in told] == [1, 2, 3]


def test_each_tool_does_what_it_says(connect: Any) -> None:
    async def use() -> Any:
        async with connect() as client:
            found = await client.call_tool("search_papers", {"question": ENTROPY, "k": 3})
            ids = [paper["paper_id"] for paper in found.structured_content["papers"]]
            paper = await client.call_tool("get_paper", {"paper_id": ids[0]})
            table = await client.call_tool(
                "make_table", {"papers": ids, "columns": ["method", "how many tasks?"]}
            )
            bibtex = await client.call_tool("export_citations", {"papers": ids})
            text = await client.read_resource(f"citewell://papers/{ids[0]}")
            return found, paper, table, bibtex, text

    found, paper, table, bibtex, text = run(use)
    papers = found.structured_content["papers"]
    assert [p["rank"] for p in papers] == [1, 2, 3]
    abstract = paper.structured_content["abstract"]
    assert papers[0]["quote"] == abstract[papers[0]["start"] : papers[0]["end"]]
    assert abstract in text.contents[0].text and abstract in paper.content[0].text
    rows = table.structured_content["rows"]
    assert [row["paper_id"] for row in rows] == [p["paper_id"] for p in papers]
    assert [c["column"] for c in rows[0]["cells"]] == table.structured_content["columns"]
    assert rows[0]["cells"][0]["quotes"][0] in abstract
    for p in papers:
        assert f"{{{p['citekey']}," in bibtex.structured_content["text"]


def test_what_cannot_be_done_is_told_in_words(connect: Any) -> None:
    async def use() -> Any:
        async with connect() as client:
            return (
                await client.call_tool("get_paper", {"paper_id": "no such paper"}),
                await client.call_tool("ask_corpus", {"question": ""}),
                await client.call_tool("ask_corpus", {"question": "a", "thorough": True}),
            )

    unknown, empty, thorough = run(use)
    assert unknown.is_error and "no such paper" in unknown.content[0].text
    assert empty.is_error and "question" in empty.content[0].text
    assert thorough.is_error and "model" in thorough.content[0].text
    assert not any("Traceback" in one.content[0].text for one in (unknown, empty, thorough))


def test_prompts_and_tools_explain_themselves(assistant: Assistant) -> None:
    async def look() -> Any:
        async with calling(create(assistant)) as client:
            tools = (await client.list_tools()).tools
            prompts = (await client.list_prompts()).prompts
            note = await client.get_prompt("literature_note", {"topic": "entropy collapse"})
            return tools, prompts, note

    tools, prompts, note = run(look)
    assert {tool.name for tool in tools} == {
        "search_papers", "ask_corpus", "get_paper", "make_table", "export_citations",
    }  # fmt: skip
    assert all(tool.description and tool.output_schema for tool in tools)
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert {prompt.name for prompt in prompts} == {"literature_note", "compare_papers"}
    assert "entropy collapse" in note.messages[0].content.text


class Watched(Scripted):
    """Notes how far an answer came before it was closed."""

    drawn = 0
    closed = False

    def stream(self, *args: Any, **options: Any) -> Iterator[Event]:
        try:
            for event in super().stream(*args, **options):
                self.drawn += 1
                yield event
        finally:
            self.closed = True


def test_an_answer_that_is_cancelled_is_stopped() -> None:
    watched = Watched(pace=0.5)

    async def cancel() -> None:
        async with calling(create(watched)) as client:  # type: ignore[arg-type]
            with anyio.move_on_after(1.2):
                await client.call_tool("ask_corpus", {"question": "slow"})
            with anyio.fail_after(10):
                while not watched.closed:
                    await anyio.sleep(0.05)

    run(cancel)
    assert 0 < watched.drawn < len(list(Watched(pace=0).stream("slow")))


def test_over_http_the_gate_is_before_it(assistant: Assistant) -> None:
    with served(lambda: create_app(assistant, token="a" * 16)) as where:

        async def call(token: str) -> Any:
            import httpx

            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(headers=headers) as http:
                transport = streamable_http_client(f"{where}/mcp", http_client=http)
                async with Client(transport) as client:
                    return await client.list_tools()

        assert run(call, "a" * 16).tools
        with pytest.raises(Exception):  # noqa: B017 - the client wraps it in a group
            run(call, "b" * 16)


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("literature_note", {}, "needs the argument topic"),
        ("literature_note", {"topic": " "}, "needs the argument topic"),
        ("nope", {}, "There are: literature_note, compare_papers"),
    ],
)
def test_a_prompt_that_cannot_be_written_says_why(
    assistant: Assistant, name: str, arguments: dict[str, str], told: str
) -> None:
    async def look() -> Any:
        async with calling(create(assistant)) as client:
            with pytest.raises(MCPError, match=told):
                await client.get_prompt(name, arguments)
            return True

    assert run(look)
