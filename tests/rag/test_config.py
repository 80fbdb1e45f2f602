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
        'understand = "x"',
        'rerank = "yes"',
        "price_prompt = -1",
        "price_prompt = true",
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


def test_a_reranking_endpoint_has_a_key_of_its_own(tmp_path: Path) -> None:
    file = 'rerank_base_url = "http://a/v1"\nrerank_api_key = "key-for-a"'
    assert made(tmp_path, file).rerank_api_key == "key-for-a"
    elsewhere = made(tmp_path, file, CITEWELL_RERANK_BASE_URL="http://b/v1")
    assert elsewhere.rerank_api_key is None
    shells = made(tmp_path, 'rerank_base_url = "http://a/v1"', OPENAI_API_KEY="sk-real")
    assert shells.rerank_api_key is None
    assert "key-for-a" not in repr(made(tmp_path, file))


def test_reranking_is_on_where_an_endpoint_is_named(tmp_path: Path) -> None:
    assert not made(tmp_path).reranks_with_endpoint
    file = 'rerank_base_url = "http://a/v1"'
    assert made(tmp_path, file).reranks_with_endpoint
    assert not made(tmp_path, file, CITEWELL_RERANK="off").reranks_with_endpoint
    with pytest.raises(ConfigError) as caught:
        made(tmp_path, CITEWELL_RERANK="endpoint")
    assert "CITEWELL_RERANK_BASE_URL" in caught.value.remedy


def test_prices_are_numbers_from_nothing_up(tmp_path: Path) -> None:
    config = made(tmp_path, "price_prompt = 0\nprice_completion = 2.5")
    assert (config.price_prompt, config.price_completion) == (0.0, 2.5)
    assert made(tmp_path, CITEWELL_PRICE_PROMPT="0.15").price_prompt == 0.15
    for bad in ("-1", "nan", "inf", "much"):
        with pytest.raises(ConfigError, match="CITEWELL_PRICE_PROMPT"):
            made(tmp_path, CITEWELL_PRICE_PROMPT=bad)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:11434/v1", True), ("http://127.0.0.1/v1", True),
        ("http://127.8.8.8:1/v1", True), ("http://[::1]:8080/v1", True),
        ("https://LOCALHOST/v1", True), ("http://box.localhost/v1", True),
        ("http://localhost.evil.test/v1", False), ("http://box.lan:8000/v1", False),
        ("http://0.0.0.0/v1", False), ("https://127.0.0.1.nip.test/v1", False),
        ("https://127.0.0.1@evil.test/v1", False),
    ],
)  # fmt: skip
def test_what_goes_to_this_machine_does_not_leave_it(tmp_path: Path, url: str, here: bool) -> None:
    config = made(tmp_path, CITEWELL_MODEL="m", CITEWELL_BASE_URL=url, CITEWELL_RERANK_BASE_URL=url)
    assert len(config.stays_on_machine) == (2 if here else 0)
    assert len(config.leaves_machine) == (0 if here else 2)
    told = " ".join(config.stays_on_machine + config.leaves_machine)
    assert ("on this machine" in told) == here
    assert "reranking" in told


def test_a_password_in_an_address_is_not_told(tmp_path: Path) -> None:
    config = made(tmp_path, CITEWELL_MODEL="m", OPENAI_BASE_URL="http://me:hunter2@a.test:81/v1")
    assert config.leaves_machine[0].endswith("go to a.test:81 (model m).")


def test_without_a_server_nothing_is_sent(tmp_path: Path) -> None:
    config = made(tmp_path, CITEWELL_MODEL="m", CITEWELL_MODE="extractive")
    assert config.leaves_machine == config.stays_on_machine == []
