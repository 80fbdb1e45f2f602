"""What the server keeps of visitors who have left, and of threads that have ended: nothing."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager, rebuild
from tests.corpus import filled
from ui.web.chat.conversation import Conversation


def test_a_conversation_goes_with_its_page(address: str) -> None:
    gc.collect()
    before = _alive()
    with httpx.Client(base_url=address, timeout=60) as client:
        client.get("/")  # gives it a cookie: what nobody can be told apart for is held for a while
        config = client.get("/config").json()
        number, component = next(
            (event["id"], component)
            for event in config["dependencies"]
            for component, name in event["targets"]
            if name == "ask"
        )
        body = {
            "data": [None],
            "event_data": {"question": "plain"},
            "fn_index": number,
            "session_hash": "leaving",
            "trigger_id": component,
        }
        with client.stream("GET", "/gradio_api/heartbeat/leaving") as heart:
            beats = heart.iter_bytes()
            next(beats)
            client.post("/gradio_api/queue/join", json=body).raise_for_status()
            told = client.get("/gradio_api/queue/data?session_hash=leaving").text
            assert '"state":"done"' in told
            gc.collect()
            assert _alive() == before + 1
    assert _in_time(lambda: _alive() == before)


def test_a_thread_takes_its_connections_along(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    catalog.papers()
    before = _open(tmp_path)
    for _ in range(20):
        thread = threading.Thread(target=catalog.papers)
        thread.start()
        thread.join()
    # SQLite may keep one that was closed, to use it again.
    assert _in_time(lambda: _open(tmp_path) <= before + 2)


def test_replaced_generations_are_closed(tmp_path: Path) -> None:
    """The one before waits until the next is opened."""
    catalog = filled(tmp_path)
    manager = IndexManager(catalog)
    manager.indexes()
    held = []
    for _ in range(5):
        rebuild(Catalog(tmp_path)).close()
        manager.indexes()
        gc.collect()
        held.append(_open(tmp_path))
    assert _in_time(lambda: _open(tmp_path) <= held[0] + 2), held


def _alive() -> int:
    gc.collect()
    return sum(isinstance(one, Conversation) for one in gc.get_objects())


def _open(folder: Path) -> int:
    """Descriptors of this process into `folder`."""
    held = 0
    for link in Path("/proc/self/fd").iterdir():
        try:
            held += link.readlink().is_relative_to(folder)
        except OSError:
            continue
    return held


def _in_time(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not (now := is_so()) and time.monotonic() < end:
        time.sleep(0.2)
    return now
