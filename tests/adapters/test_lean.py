"""Imports without what is not used (rag/adapters/lean.py)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rag.adapters.lean import without


def test_a_module_is_kept_out_and_let_in_again() -> None:
    sys.modules.pop("this", None)
    with without("this", "json"), pytest.raises(ImportError):
        import this  # noqa: F401
    assert "this" not in sys.modules
    assert sys.modules["json"] is not None  # it was there before


def test_what_a_question_needs_no_scipy_for_can_be_had_afterwards() -> None:
    program = (
        "import sys\n"
        "from rag.adapters.bm25_index import tokenize\n"
        "from rag.adapters.chroma_index import _client\n"
        "tokenize('learning to rank')\n"
        "import pathlib, tempfile; _client(pathlib.Path(tempfile.mkdtemp())).close()\n"
        "print(sorted({'scipy', 'httpx._main', 'rich'} & set(sys.modules)))\n"
        "import httpx, overrides, scipy.sparse\n"
        "print(httpx.Client.__name__, overrides.EnforceOverrides.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "Client EnforceOverrides"]
