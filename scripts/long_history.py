"""How long a follow-up takes behind conversations of growing length, at each door without a page.

    python scripts/long_history.py --data-dir DIR --turns 10 300 3000 10000

Prints seconds: `ask` in this process (the median of several follow-ups), `citewell ask --history`
as a process of its own, `/v1/ask` and `/v1/chat/completions` of a `citewell serve` on a free port,
and what a turn of `citewell chat` takes on average where the chat has so many.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from citewell import Corpus
from rag.records import Turn

OPENING = "which papers mitigate entropy collapse in RLVR?"
FOLLOW_UPS = (
    "which one of them branches off at uncertain tokens?",
    "how do they differ?",
    "only since 2025",
    "show me more",
)
CITEWELL = (sys.executable, "-m", "ui")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--turns", type=int, nargs="+", default=[10, 300, 3000])
    given = parser.parse_args()
    folder = ("--data-dir", str(given.data_dir))
    with Corpus.open(given.data_dir, mode="extractive") as corpus, _serving(folder) as client:
        shown = corpus.ask(OPENING)
        for count in given.turns:
            # No two questions are the same: nothing is known from before.
            history = [
                Turn(role=turn.role, content=f"{turn.content} {n}", papers=turn.papers)
                for n in range(count)
                for turn in shown.turns
            ]
            told = [{"role": turn.role, "content": turn.content} for turn in history]
            took = {
                "ask": _median(lambda q, h=history: corpus.ask(q, history=h)),
                "ask --history": _by_file(folder, told),
                "/v1/ask": _median(
                    lambda q, h=told: _sent(client, "/v1/ask", {"question": q, "history": h})
                ),
                "/v1/chat/completions": _median(
                    lambda q, h=told: _sent(
                        client,
                        "/v1/chat/completions",
                        {"model": "citewell", "messages": [*h, {"role": "user", "content": q}]},
                    )
                ),
            }
            if count <= 1000:
                took["a turn of chat"] = _chat(folder, count)
            print(json.dumps({"turns": count, **{k: round(v, 3) for k, v in took.items()}}))


def _median(ask: Callable[[str], Any]) -> float:
    return statistics.median(_seconds(lambda q=q: ask(q)) for q in FOLLOW_UPS * 3)


def _seconds(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _sent(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    client.post(path, json=body).raise_for_status()


def _by_file(folder: tuple[str, ...], told: list[dict[str, str]]) -> float:
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "history.json"
        file.write_text(json.dumps(told), "utf-8")
        command = (*CITEWELL, "ask", FOLLOW_UPS[0], "--history", str(file), *folder, "--json")
        return _seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def _chat(folder: tuple[str, ...], count: int) -> float:
    lines = "\n".join([OPENING, *(FOLLOW_UPS[n % 4] for n in range(count - 1)), "/quit\n"])
    command = (*CITEWELL, "chat", "--private", *folder)
    return (
        _seconds(
            lambda: subprocess.run(command, input=lines, text=True, check=True, capture_output=True)
        )
        / count
    )


@contextmanager
def _serving(folder: tuple[str, ...]) -> Iterator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (*CITEWELL, "serve", "--port", str(port), *folder)
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as made:
            while True:
                try:
                    made.get("/v1/models")
                    break
                except httpx.ConnectError:
                    time.sleep(0.2)
            yield made
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
