"""A server in this process, and a person at a browser."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = Path(__file__).parents[1] / "build" / "shots"

SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    shifts.push(...list.getEntries().filter((e) => !e.hadRecentInput).map((e) => e.value));
  }).observe({ type: "layout-shift" });
}"""
"""Gathers what moves without having been asked to, as browsers measure it, in `shifts`."""


@contextlib.contextmanager
def served(make_app: Callable[[], Any], port: int = 0) -> Iterator[str]:
    """An app on a (free) port of this machine, made and run in a thread; yields its address."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        make_app,
        factory=True,
        log_level="critical",
        timeout_graceful_shutdown=1,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 120
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        sock.close()


@dataclass
class Visitor:
    """A person at a browser: does what people do, and notes what the browser asks of whom."""

    page: Any
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def ask(self, question: str, *, until: str | None = "done") -> None:
        before = self.page.locator(".cw-turn").count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "n => document.querySelectorAll('.cw-turn').length > n", arg=before
        )
        if until:
            self.wait(until)

    def more(self, place: Any) -> None:
        """Opens the menu of an answer or a card."""
        place.get_by_role("button", name="More about").click()

    def wait(self, state: str) -> None:
        self.page.wait_for_selector(f".cw-turn:last-child[data-state={state}]")

    def text(self, part: str = "") -> str:
        place = f".cw-turn:last-child [data-part={part}]" if part else ".cw-turns"
        return str(self.page.inner_text(place))

    def sees(self, selector: str) -> bool:
        """Whether the place can be seen: not scrolled away, not under what is fixed."""
        return bool(
            self.page.locator(selector).evaluate(
                """place => {
                  const box = place.getClientRects()[0];
                  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                  return place.contains(document.elementFromPoint(x, y));
                }"""
            )
        )

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


# Among the papers.

ROWS = ".pp-table tbody tr"


def go(visitor: Visitor, place: str = "") -> None:
    visitor.page.evaluate("place => { location.hash = place }", f"#/papers{place}")
    visitor.page.wait_for_selector(f"{ROWS}, .pp-two, .pp-clusters li, .pp-drop >> visible=true")


def listed(visitor: Visitor) -> list[str]:
    return [str(text) for text in visitor.page.locator(f"{ROWS} .pp-title a").all_inner_texts()]


def counted(visitor: Visitor, text: str) -> None:
    visitor.page.wait_for_function(
        "text => document.querySelector('.pp-count [role=status]').textContent === text", arg=text
    )
