"""The examples in Python of the documents are run, each as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from citewell import Corpus
from tests.documents import ROOT

_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
EXAMPLES = [
    pytest.param(name, block, id=f"{name} {block.split(chr(10))[0][:40]}")
    for name in ("python.md", "notebook.md", "frameworks.md", "tutorial.md")
    for block in _BLOCK.findall((ROOT / "docs" / name).read_text("utf-8"))
]


@pytest.fixture(scope="module")
def corpus(bundled_dir: Path) -> Iterator[Corpus]:
    with Corpus.open(bundled_dir) as corpus:
        yield corpus


@pytest.mark.parametrize(("document", "example"), EXAMPLES)
def test_examples_run(
    document: str,
    example: str,
    corpus: Corpus,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if "langchain_core" in example and find_spec("langchain_core") is None:
        pytest.skip("langchain-core not installed: make langchain")
    monkeypatch.setenv("CITEWELL_DATA_DIR", str(corpus.folder))
    code = compile(example, document, "exec")
    # In a thread of its own: a browser of other tests may have left a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(exec, code, {"corpus": corpus, "__name__": "example"}).result()
    assert ("print(" in example) == bool(capsys.readouterr().out.strip())
