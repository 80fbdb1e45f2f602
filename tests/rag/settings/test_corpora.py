"""Several corpora in a data folder: names, folders and settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.config import Config, load
from rag.errors import ConfigError, UnknownCorpus
from rag.settings import corpora


def made(root: Path, *names: str) -> None:
    for name in names:
        corpora.folder(root, name).mkdir(parents=True)
        (corpora.folder(root, name) / corpora.CATALOG).touch()


def loaded(root: Path, corpus: str | None = None, **environ: str) -> Config:
    return load(data_dir=root, corpus=corpus, environ=environ)


@given(st.text(alphabet=st.sampled_from("aZ9._-/\\: \0é\n"), max_size=6))
def test_a_name_is_one_folder_below_the_others(name: str) -> None:
    if corpora.is_name(name):
        place = corpora.folder(Path("/data"), name)
        assert place.resolve().parent == Path("/data/corpora")
        assert not name.startswith(".")
        assert not name.endswith(".")


@pytest.mark.parametrize(
    "name", ["..", ".", "a/b", "a\\b", "C:", "nul", "COM1.txt", "-a", ".a", "a.", "é", "a" * 65]
)
def test_what_is_no_name_is_refused_with_what_set_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="--corpus cannot be"):
        loaded(tmp_path, name)
    with pytest.raises(ConfigError, match="CITEWELL_CORPUS cannot be"):
        loaded(tmp_path, CITEWELL_CORPUS=name)


def test_option_then_variable_then_file_then_the_folder_itself(tmp_path: Path) -> None:
    made(tmp_path, "a", "b", "c")
    assert loaded(tmp_path).data_dir == tmp_path
    (tmp_path / "config.toml").write_text('corpus = "a"\nmode = "extractive"\n')
    chosen = loaded(tmp_path)
    assert (chosen.corpus, chosen.data_dir) == ("a", tmp_path / "corpora" / "a")
    assert (chosen.root, chosen.mode) == (tmp_path, "extractive")
    assert loaded(tmp_path, CITEWELL_CORPUS="b").corpus == "b"
    assert loaded(tmp_path, "c", CITEWELL_CORPUS="b").corpus == "c"
    assert loaded(tmp_path, corpora.DEFAULT, CITEWELL_CORPUS="b").data_dir == tmp_path


def test_an_unknown_corpus_is_told_with_those_there_are(tmp_path: Path) -> None:
    made(tmp_path, "tea", "coffee")
    with pytest.raises(UnknownCorpus, match="There are: default, coffee, tea") as told:
        loaded(tmp_path, "milk")
    assert told.value.remedy.endswith("citewell --corpus milk ingest FILES")
    assert load(data_dir=tmp_path, corpus="milk", new_corpus=True, environ={}).corpus == "milk"
    with pytest.raises(UnknownCorpus, match="but one called 'tea'"):
        load(data_dir=tmp_path, corpus="Tea", new_corpus=True, environ={})


def test_settings_of_its_own_take_the_place_of_the_shared_ones(tmp_path: Path) -> None:
    made(tmp_path, "a", "b")
    (tmp_path / "config.toml").write_text('base_url = "http://one.test/v1"\napi_key = "k"\n')
    (corpora.folder(tmp_path, "b") / "config.toml").write_text('base_url = "http://two.test/v1"\n')
    assert (loaded(tmp_path, "a").base_url, loaded(tmp_path, "a").api_key) == (
        "http://one.test/v1",
        "k",
    )
    assert (loaded(tmp_path, "b").base_url, loaded(tmp_path, "b").api_key) == (
        "http://two.test/v1",
        None,
    )
