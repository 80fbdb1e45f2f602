"""Settings: precedence, refusals, and that a key never goes to a server it was not meant for."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.config import ENVIRONMENT, Config, load
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


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_every_wrong_value_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, name: str
) -> None:
    """From the file by line, from a variable by the variable that holds it; no key is shown."""
    for written, value in [('"\\u0007x y"', "\x07x y"), ("-3", "-3"), ("true", ""), ("[]", "")]:
        for wrong in (f"# mine\n\n{name} = {written}\n", value):
            try:
                in_file = "\n" in wrong
                held = {} if in_file else dict.fromkeys(ENVIRONMENT[name][:1], wrong)
                made(tmp_path, wrong if in_file else "", **held)
            except ConfigError as told:
                place = f"config.toml:3: {name} cannot be" if in_file else ENVIRONMENT[name][0]
                assert place in str(told)
                assert "; it takes " in str(told)
                assert told.remedy
            else:  # any text will do for the name of a model
                assert not value or not in_file or name.endswith(("model", "api_key"))


@pytest.mark.parametrize("variable", ["CITEWELL_BASE_URL", "OPENAI_BASE_URL"])
@pytest.mark.parametrize(
    "address",
    ["http://", "localhost:11434", "http://a b/v1", "http://h:99999/v1", "ftp://h", "http://[::1"],
)
def test_a_broken_address_names_the_variable_that_holds_it(
    tmp_path: Path, variable: str, address: str
) -> None:
    with pytest.raises(ConfigError) as told:
        made(tmp_path, CITEWELL_MODEL="m", **{variable: address})
    assert str(told.value).startswith(f'{variable} cannot be "{address}"; it takes a web address')
    assert variable in told.value.remedy


def test_an_error_shows_no_secret(tmp_path: Path) -> None:
    for wrong in ('api_key = ["sk-real"]', 'base_url = "htp://me:sk-real@a.test"'):
        with pytest.raises(ConfigError) as told:
            made(tmp_path, wrong)
        assert "sk-real" not in f"{told.value} {told.value.remedy}"


def test_a_misspelt_setting_and_a_broken_file_are_told_by_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml:2: there is no setting 'modle'") as told:
        made(tmp_path, '# mine\nmodle = "x"\n')
    assert told.value.remedy == "Did you mean mode or model?"
    with pytest.raises(ConfigError, match=r"config\.toml:2: this is not TOML"):
        made(tmp_path, 'model = "x"\nmode = \n')
    (tmp_path / "config.toml").write_bytes(b'model = "x"\n# \xff\n')
    with pytest.raises(ConfigError, match=r"config\.toml:2: this is not UTF-8"):
        load(data_dir=tmp_path, environ={})


def test_blank_is_unset(tmp_path: Path) -> None:
    assert made(tmp_path, 'model = ""', CITEWELL_MODE=" ", OPENAI_API_KEY="\n") == made(tmp_path)


def test_what_is_missing_names_what_asked_for_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CITEWELL_MODE=llm"):
        made(tmp_path, CITEWELL_MODE="llm")
    with pytest.raises(ConfigError, match=r"mode in .*config\.toml"):
        made(tmp_path, 'mode = "llm"')
    with pytest.raises(ConfigError, match="--mode llm"):
        load(data_dir=tmp_path / "none", environ={}, mode="llm")


def test_a_remedy_names_the_variable_that_is_heard(tmp_path: Path) -> None:
    local = "http://localhost:1/v1"
    ours = made(tmp_path, CITEWELL_MODEL="m", CITEWELL_BASE_URL=local)
    named = [ours.named(name) for name in ("model", "base_url", "api_key")]
    assert named == ["CITEWELL_MODEL", "CITEWELL_BASE_URL", "CITEWELL_API_KEY"]
    theirs = made(tmp_path, OPENAI_MODEL="m", OPENAI_BASE_URL=local)
    named = [theirs.named(name) for name in ("model", "base_url", "api_key")]
    assert named == ["OPENAI_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"]
    filed = made(tmp_path, f'base_url = "{local}"')
    assert filed.named("base_url") == f"base_url in {tmp_path / 'config.toml'}"
    assert filed.named("api_key") == "CITEWELL_API_KEY"
    assert made(tmp_path).named("api_key") == "OPENAI_API_KEY"


@pytest.mark.parametrize("folder", ["~no-such-user-here/x"])
def test_a_home_that_is_not_there_is_told(folder: str) -> None:
    with pytest.raises(ConfigError, match="CITEWELL_DATA_DIR"):
        load(environ={"CITEWELL_DATA_DIR": folder})
