"""A SQLite file shared by threads that come and go, as a server's do."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from rag.storage.database import Database

FDS = Path("/proc/self/fd")


@pytest.mark.skipif(not FDS.is_dir(), reason="no list of open files here")
@pytest.mark.skipif(sys.implementation.name != "cpython", reason="closed when collected there")
def test_a_connection_ends_with_its_thread(tmp_path: Path) -> None:
    base = Database(tmp_path, "x.sqlite3", schema="CREATE TABLE t (a);", version=1)
    for _ in range(20):
        thread = threading.Thread(target=lambda: base.db.execute("SELECT * FROM t").fetchall())
        thread.start()
        thread.join()
    held = [fd for fd in FDS.iterdir() if fd.exists() and fd.resolve() == base.path.resolve()]
    assert len(held) < 5, "SQLite keeps one of a connection that was closed, to use it again"
    base.close()
