"""What the page says instead of what a terminal would."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import rag
from ui.web.remedies import on_page, told, ways

ROOT = Path(rag.__file__).parent
FILES = (
    "adapters/openai_server.py",
    "adapters/openai_chat.py",
    "model_calls.py",
    "answer/written.py",
)
# What Settings has no place for: a variable is all there is.
NOWHERE_ELSE = {"CITEWELL_MAX_PROMPT_TOKENS", "CITEWELL_MAX_ANSWER_TOKENS"}
TERMINAL = re.compile(r"--\w[\w-]+|citewell \w+|\b(?:CITEWELL|OPENAI)_\w+")


def remedies(path: Path) -> list[str]:
    """Every remedy that the module gives, with its own constants and the names of settings."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {"model": "CITEWELL_MODEL", "key": "OPENAI_API_KEY", "url": "OPENAI_BASE_URL"}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names[ast.unparse(node.targets[0])] = str(node.value.value)
    if "LATER" in names:
        names["later"] = names["LATER"]

    def text(node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(text(part) for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return text(node.value)
        if isinstance(node, ast.Name | ast.Attribute):
            return names.get(ast.unparse(node).rpartition(".")[2], "…")
        return "…"

    given = [node for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    found = [text(node.value) for node in given if node.arg == "remedy"]
    found += [text(node.value) for node in assigned if ast.unparse(node.targets[0]) == "remedy"]
    return [*found, *(value for name, value in names.items() if name in ("LATER", "DOCTOR"))]


@pytest.mark.parametrize("name", FILES)
def test_a_models_errors_name_what_can_be_done_on_the_page(name: str) -> None:
    found = remedies(ROOT / name)
    assert found
    left = {word for text in found for word in TERMINAL.findall(on_page(text))}
    assert left <= NOWHERE_ELSE


def test_a_place_that_is_named_can_be_gone_to() -> None:
    from rag.adapters.openai_server import Server

    text = on_page(Server(model="m", base_url="http://localhost:11434/v1").start)
    assert text == (
        "Start the server, or enter its address in Settings. Test the connection in Settings."
    )
    assert ways(text) == [("#/settings", "Open Settings")]
    assert ways("Try again.") == []


def test_a_command_stays_where_nothing_else_helps() -> None:
    from rag.errors import CatalogDamaged

    error = CatalogDamaged("It is damaged.", remedy="Move it away, then: citewell ingest")
    assert told(error) == "It is damaged. Move it away, then: citewell ingest"


def test_a_setting_of_the_file_is_named_as_the_page_has_it(tmp_path: Path) -> None:
    from rag import config

    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / "config.toml").write_text('model = "m"\nbase_url = "http://127.0.0.1:9/v1"\n')
    settings = config.load(data_dir=folder)
    assert str(folder) in settings.named("base_url")
    text = on_page(f"Start it, or set {settings.named('base_url')} to its address.")
    assert text == "Start it, or enter its address in Settings."
    assert on_page(f"Set {settings.named('model')} to another.") == (
        "Change the model in Settings to another."
    )
