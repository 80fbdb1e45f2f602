"""Settings: precedence, refusals, and that a key never goes to a server it was not meant for."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.config import Config, load
from rag.errors import ConfigError


def made(folder: Path, file: str = "", **environ: str) -> Config:
    (folder / "config.toml").write_text(file)
    return load(data_dir=folder, environ=environ)


def test_environment_outranks_the_file(tmp_path: Path) -> None:
    assert made(tmp_path, 'model = "a"', CITEWELL_MODEL="b").model == "b"
    assert made(tmp_path, 'model = "a"').model == "a"


def test_key_of_the_file_stays_with_its_server(tmp_path: Path) -> None:
    file = 'base_url = "http://a/v1"\napi_key = "key-for-a"'
    assert made(tmp_path, file).api_key == "key-for-a"
    assert made(tmp_path, file, OPENAI_BASE_URL="http://b/v1").api_key is None
    both = made(tmp_path, file, OPENAI_BASE_URL="http://b/v1", OPENAI_API_KEY="key-for-b")
    assert (both.base_url, both.api_key) == ("http://b/v1", "key-for-b")


def test_the_shells_openai_key_stays_with_openai(tmp_path: Path) -> None:
    file = 'base_url = "http://localhost:11434/v1"'
    assert made(tmp_path, file, OPENAI_API_KEY="sk-real").api_key is None
    assert made(tmp_path, file, CITEWELL_API_KEY="mine").api_key == "mine"
    assert made(tmp_path, "", OPENAI_API_KEY="sk-real").api_key == "sk-real"


def test_keys_are_not_shown(tmp_path: Path) -> None:
    assert "sk-real" not in repr(made(tmp_path, "", OPENAI_API_KEY="sk-real"))


@pytest.mark.parametrize(
    "file",
    [
        *("context_tokens = 0", "context_tokens = true", "threads = 1.5"),
        *('mode = "fast"', "model = 3", 'base_url = "foo"', "colour = 1", "("),
    ],
)
def test_nonsense_is_refused_with_its_place(tmp_path: Path, file: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml"):
        made(tmp_path, file)


@pytest.mark.parametrize("below", ["", "sub/folder"])
def test_a_file_is_no_data_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match="is a file") as caught:
        load(data_dir=tmp_path / "notes.txt" / below, environ={})
    assert "--data-dir" in caught.value.remedy
