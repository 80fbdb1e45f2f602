"""Visitors at the page over HTTP, as a browser has it, and what the server holds meanwhile.

    python scripts/load.py --data-dir DIR --visitors 12 --seconds 300

Starts `citewell ui` on a free port over DIR. Each visitor opens a page, asks a few questions one
after another, and leaves for the next page; every so often `--burst` requests for lists of papers
come at once. Prints answers, memory and open descriptors over time (Linux: from /proc).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

QUESTIONS = (
    "which papers mitigate entropy collapse in RLVR?",
    "how does the first one work?",
    "papers about web agents from 2025",
    "what is catastrophic forgetting?",
    "compare STEER and CURE",
    "which of them need a reward model?",
    "what do ensembles help with?",
    "most upvoted papers on reasoning",
)


@dataclass
class Load:
    """What became of it so far."""

    url: str
    questions: int
    counts: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0

    async def visit(self, cookies: httpx.Cookies, until: float, first: int) -> None:
        """One page: opened, some questions asked, left."""
        asked = itertools.islice(itertools.cycle(QUESTIONS), first, first + self.questions)
        limits = httpx.Limits(max_keepalive_connections=4)
        async with httpx.AsyncClient(
            base_url=self.url, cookies=cookies, timeout=60, limits=limits, trust_env=False
        ) as client:
            await client.get("/")
            cookies.update(client.cookies)
            events = _events((await client.get("/config")).json())
            session = secrets.token_hex(5)
            alive = asyncio.create_task(self._keep_alive(client, session))
            try:
                await self._do(client, session, events["open"], {"conversation": ""})
                for question in asked:
                    if time.monotonic() > until:
                        return
                    began = time.monotonic()
                    sent = await self._do(client, session, events["ask"], {"question": question})
                    self.counts["answered" if '"done"' in sent else "not answered"] += 1
                    self.slowest_s = max(self.slowest_s, time.monotonic() - began)
            finally:
                alive.cancel()
                await asyncio.gather(alive, return_exceptions=True)

    async def _keep_alive(self, client: httpx.AsyncClient, session: str) -> None:
        async with client.stream("GET", f"/gradio_api/heartbeat/{session}") as beats:
            async for _ in beats.aiter_bytes():
                pass

    async def _do(
        self, client: httpx.AsyncClient, session: str, event: int, data: dict[str, Any]
    ) -> str:
        """All that the server sends for it."""
        asked = {"data": [None], "fn_index": event, "session_hash": session, "trigger_id": 1}
        join = "run/predict" if event in self.at_once else "queue/join"
        reply = await client.post(f"/gradio_api/{join}", json={**asked, "event_data": data})
        reply.raise_for_status()
        if join == "run/predict":
            return reply.text
        sent = []
        async with client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": session}
        ) as stream:
            async for line in stream.aiter_lines():
                sent.append(line)
                if "process_completed" in line or "close_stream" in line:
                    break
        return "\n".join(sent)

    at_once: frozenset[int] = frozenset()

    async def visitor(self, number: int, until: float) -> None:
        cookies = httpx.Cookies()
        for page in itertools.count():
            if time.monotonic() > until:
                return
            try:
                await self.visit(cookies, until, number + page)
            except (httpx.HTTPError, OSError, ValueError) as error:
                self.counts[f"failed: {type(error).__name__}"] += 1
                await asyncio.sleep(0.5)

    async def bursts(self, size: int, every_s: float, until: float) -> None:
        """Lists of papers, `size` at once."""
        while size and time.monotonic() < until:
            async with httpx.AsyncClient(base_url=self.url, timeout=60, trust_env=False) as client:
                asked = {"words": "reward", "offset": 0}
                replies = await asyncio.gather(
                    *(client.post("/citewell/api/papers/list", json=asked) for _ in range(size)),
                    return_exceptions=True,
                )
            for reply in replies:
                fine = isinstance(reply, httpx.Response) and reply.status_code == 200
                self.counts["lists" if fine else "lists refused"] += 1
            await asyncio.sleep(every_s)


def _events(config: dict[str, Any]) -> dict[str, int]:
    """The page's events by name."""
    return {
        name: dependency["id"]
        for dependency in config["dependencies"]
        for _, name in dependency["targets"]
    }


@contextlib.contextmanager
def server(command: list[str]) -> Iterator[tuple[str, int]]:
    """Its address and process id, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(url, trust_env=False, timeout=5)
                break
            time.sleep(0.1)
        yield url, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def held(pid: int) -> dict[str, int]:
    """Memory in MB, descriptors and threads of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    facts = dict(line.split(":", 1) for line in status.splitlines())
    return {
        "memory_mb": int(facts["VmRSS"].split()[0]) // 1024,
        "descriptors": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "threads": int(facts["Threads"]),
    }


async def watched(load: Load, pid: int, options: argparse.Namespace) -> list[dict[str, int]]:
    began = time.monotonic()
    until = began + options.seconds
    at_work = [load.visitor(number, until) for number in range(options.visitors)]
    at_work.append(load.bursts(options.burst, options.every, until))
    work = asyncio.gather(*at_work)
    found = []
    print(f"{'s':>5} {'answers':>8} {'MB':>6} {'descr.':>7} {'threads':>8}  other", flush=True)
    while True:
        done, _ = await asyncio.wait([asyncio.ensure_future(work)], timeout=options.report)
        now = {
            "seconds": int(time.monotonic() - began),
            "answers": load.counts["answered"],
            **held(pid),
        }
        found.append(now)
        other = {k: v for k, v in load.counts.items() if k != "answered"}
        print(
            f"{now['seconds']:>5} {now['answers']:>8} {now['memory_mb']:>6}"
            f" {now['descriptors']:>7} {now['threads']:>8}  {other or ''}",
            flush=True,
        )
        if done:
            print(f"slowest answer {load.slowest_s:.1f} s")
            return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--visitors", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--questions", type=int, default=4, help="a page")
    parser.add_argument("--burst", type=int, default=24, help="lists at once")
    parser.add_argument("--every", type=float, default=11, help="seconds between bursts")
    parser.add_argument("--report", type=float, default=15, help="seconds between lines")
    options = parser.parse_args()
    command = [sys.executable, "-m", "ui", "ui", "--data-dir", str(options.data_dir)]
    with server(command) as (url, pid):
        load = Load(url, options.questions)
        config = httpx.get(f"{url}/config", trust_env=False).json()
        load.at_once = frozenset(d["id"] for d in config["dependencies"] if not d["queue"])
        found = asyncio.run(watched(load, pid, options))
    print(json.dumps(found[-1]))


if __name__ == "__main__":
    main()
