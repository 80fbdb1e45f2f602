"""Settings as they are seen and changed: where each comes from, the file, whose key goes where."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ConfigError
from ui.settings import Origin, Settings

KEY = "sk-test-0123456789"
LOCAL = "http://localhost:11434/v1"


def held(folder: Path, text: str = "", **environ: str) -> Settings:
    if text:
        (folder / "config.toml").write_text(text, "utf-8")
    return Settings(folder, environ=environ)


def test_saving_keeps_the_users_comments_and_other_settings(tmp_path: Path) -> None:
    settings = held(tmp_path, '# mine\nmax_prompt_tokens = 4000  # small\nmodel = "old"\n')
    config = settings.save({"model": "llama3.1", "base_url": LOCAL, "context_tokens": 16384})
    assert (config.model, config.base_url, config.max_prompt_tokens) == ("llama3.1", LOCAL, 4000)
    text = (tmp_path / "config.toml").read_text("utf-8")
    assert "# mine\n" in text
    assert "# small" in text
    assert settings.load() == config
    assert settings.save({"model": None, "base_url": None}).model is None
    assert "model" not in tomllib.loads((tmp_path / "config.toml").read_text("utf-8"))


def test_the_file_is_for_its_owner_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    settings = held(tmp_path, 'model = "m"\n')
    (tmp_path / "config.toml").chmod(0o644)
    settings.save({"base_url": LOCAL, "api_key": KEY})
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "localhost:11434"},
        {"base_url": "http://me:secret@localhost/v1"},
        {"base_url": "http://[::1/v1"},
        {"context_tokens": 0},
        {"context_tokens": "much"},
        {"context_tokens": 600, "model": "m", "base_url": LOCAL},
        {"mode": "llm"},
        {"mode": "loud"},
        {"model": "gpt-x"},  # OpenAI's service wants a key
        {"api_key": "two words", "model": "m", "base_url": LOCAL},
        {"embed_model": "x"},
        {"data_dir": "/"},
    ],
)
def test_what_cannot_be_is_refused_and_the_file_stays(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    settings = held(tmp_path, "threads = 2\n")
    with pytest.raises(ConfigError) as told:
        settings.save(changes)
    assert "secret" not in f"{told.value} {told.value.remedy}"
    assert (tmp_path / "config.toml").read_text("utf-8") == "threads = 2\n"


def test_a_key_never_follows_to_another_address(tmp_path: Path) -> None:
    settings = held(tmp_path)
    settings.save({"model": "m", "base_url": LOCAL, "api_key": KEY})
    assert settings.origin("api_key") == Origin(kind="file")
    assert settings.tried({"base_url": "https://elsewhere.test/v1"}).api_key is None
    assert settings.save({"base_url": "https://elsewhere.test/v1"}).api_key is None
    assert KEY not in (tmp_path / "config.toml").read_text("utf-8")
    both = settings.save({"base_url": LOCAL, "api_key": KEY})
    assert (both.base_url, both.api_key) == (LOCAL, KEY)
    assert settings.save({"model": "other"}).api_key == KEY
    assert settings.save({"api_key": None}).api_key is None


def test_openai_s_key_of_the_shell_stays_with_openai(tmp_path: Path) -> None:
    settings = held(tmp_path, OPENAI_API_KEY=KEY)
    assert settings.save({"model": "gpt-x"}).api_key == KEY
    assert settings.origin("api_key").name == "OPENAI_API_KEY"
    assert settings.save({"base_url": LOCAL}).api_key is None
    assert settings.origin("api_key") == Origin(kind="default")


def test_an_address_goes_with_the_key_of_the_environment(tmp_path: Path) -> None:
    settings = held(tmp_path, f'base_url = "{LOCAL}"\n', CITEWELL_API_KEY=KEY)
    assert settings.load().api_key == KEY
    with pytest.raises(ConfigError, match="CITEWELL_API_KEY"):
        settings.save({"base_url": "https://elsewhere.test/v1"})
    with pytest.raises(ConfigError, match="CITEWELL_API_KEY"):
        settings.save({"api_key": "other"})


def test_a_key_entered_for_an_address_of_the_environment_holds(tmp_path: Path) -> None:
    settings = held(tmp_path, CITEWELL_BASE_URL=LOCAL, CITEWELL_MODEL="m")
    assert settings.save({"api_key": KEY}).api_key == KEY
    assert settings.load().api_key == KEY
    elsewhere = Settings(tmp_path, environ={"CITEWELL_BASE_URL": "https://elsewhere.test/v1"})
    assert elsewhere.load().api_key is None


def test_what_is_set_from_outside_is_named_and_fixed(tmp_path: Path) -> None:
    settings = Settings(
        tmp_path, environ={"OPENAI_MODEL": "m", "OPENAI_BASE_URL": LOCAL}, given={"mode": "llm"}
    )
    assert settings.fixed("model") == Origin(kind="environment", name="OPENAI_MODEL")
    assert settings.fixed("mode") == Origin(kind="option", name="--mode")
    assert settings.fixed("context_tokens") is None
    with pytest.raises(ConfigError, match="OPENAI_MODEL") as told:
        settings.save({"model": "other"})
    assert "without OPENAI_MODEL" in told.value.remedy


def test_a_file_that_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml:1: this is not TOML"):
        held(tmp_path, "model = ").save({"model": "x"})
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ConfigError, match="cannot be"):
        Settings(blocked / "folder", environ={}).save({"context_tokens": 9000})


@given(model=st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_name_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, model: str
) -> None:
    settings = held(tmp_path_factory.mktemp("any"))
    settings.save({"model": model, "base_url": LOCAL})
    assert settings.load().model == (model.strip() or None)
