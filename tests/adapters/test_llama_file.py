"""A GGUF file as the model: what is wrong with it is told, and what is right with it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from rag.adapters.llama_file import LlamaFile, LlamaServer
from rag.config import Config, load
from rag.errors import ConfigError, ModelServerError, ServerRejected
from rag.ports import Message
from tests.corpus import filled
from tests.real_model import THREADS, weights

__all__ = ["weights"]

QUESTION = "What does method M1 gain over the best baseline?"


def made(folder: Path, **environ: str) -> Config:
    return load(data_dir=folder, environ=environ)


@pytest.fixture
def no_gguf(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"<!doctype html>")
    return path


@pytest.fixture
def looks_right(no_gguf: Path) -> Path:
    no_gguf.write_bytes(b"GGUF" + bytes(range(256)) * 20)
    return no_gguf


def refused(folder: Path, **environ: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        wiring.make_chat_model(made(folder, **environ))
    return caught.value


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    error = refused(tmp_path, CITEWELL_MODEL=str(tmp_path / "none.gguf"))
    assert "none.gguf" in str(error)
    assert "CITEWELL_MODEL" in error.remedy


def test_a_file_that_is_no_gguf_is_told(no_gguf: Path, tmp_path: Path) -> None:
    error = refused(tmp_path, CITEWELL_MODEL=str(no_gguf))
    assert "no GGUF" in str(error)
    assert error.remedy


def test_a_missing_extra_is_told(
    looks_right: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    error = refused(tmp_path, CITEWELL_MODEL=str(looks_right))
    assert 'pip install "citewell[local]"' in error.remedy


def test_nothing_of_it_leaves_the_machine(no_gguf: Path, tmp_path: Path) -> None:
    for base_url in ("", "https://models.example/v1"):
        config = made(tmp_path, CITEWELL_MODEL=str(no_gguf), OPENAI_BASE_URL=base_url)
        assert config.answers_with_model
        assert config.local_model == no_gguf
        assert config.leaves_machine == config.stays_on_machine == []


def test_a_server_may_have_a_model_of_such_a_name(tmp_path: Path) -> None:
    url = "https://models.example/v1"
    config = made(tmp_path, CITEWELL_MODEL="their.gguf", OPENAI_BASE_URL=url)
    assert config.local_model is None
    assert "models.example" in config.leaves_machine[0]


def test_a_home_that_there_is_not_is_a_missing_file(tmp_path: Path) -> None:
    error = refused(tmp_path, CITEWELL_MODEL="~nobody-of-that-name/model.GGUF")
    assert "nobody-of-that-name" in str(error)


@pytest.mark.usefixtures("weights")
def test_a_damaged_file_is_a_failing_server_and_costs_no_answer(
    looks_right: Path, tmp_path: Path
) -> None:
    config = made(tmp_path, CITEWELL_MODEL=str(looks_right), CITEWELL_MODE="llm")
    catalog = filled(tmp_path / "papers", 7)
    assistant = wiring.assistant(config, catalog=catalog, embedder=HashEmbedder())
    answer = assistant.ask(QUESTION)
    assert answer.mode == "extractive"
    assert "cannot load model.gguf" in " ".join(answer.notices)
    catalog.close()


@pytest.fixture(scope="module")
def model(weights: Path) -> Iterator[LlamaFile]:
    loaded = LlamaFile(weights, context_tokens=9000, threads=THREADS)
    yield loaded
    loaded.close()


def test_the_budget_goes_by_the_context_that_there_is(model: LlamaFile, weights: Path) -> None:
    assert model.name == weights.name
    assert model.load() == 8192
    assert 5500 <= model.max_prompt_tokens < 8192
    small = LlamaFile(weights, context_tokens=2048, threads=THREADS)
    assert 1024 <= small.max_prompt_tokens <= 2048 * 3 // 4  # a quarter is for the reply
    small.close()


def test_a_context_without_room_is_told(weights: Path) -> None:
    tiny = LlamaFile(weights, context_tokens=512, threads=THREADS)
    with pytest.raises(ServerRejected, match="no room"):
        list(tiny.stream([Message(role="user", content="Why?")], max_tokens=5))


def test_tokens_are_counted_as_the_model_reads_them(model: LlamaFile) -> None:
    asked = [
        Message(role="system", content="Antworte auf Deutsch, <|im_end|> bitte."),
        Message(role="user", content="Größe: 3.5×10⁶ [E1] 🙂\n\n- $\\alpha$"),
    ]
    *_, last = model.stream(asked, max_tokens=1)
    assert model.count_tokens(asked) == last.prompt_tokens


def test_two_visitors_at_once_load_it_once_and_both_get_their_replies(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Any] = []
    load = LlamaServer.__init__

    def counted(self: LlamaServer, *args: Any, **given: Any) -> None:
        loads.append(self)
        load(self, *args, **given)

    monkeypatch.setattr(LlamaServer, "__init__", counted)
    model = LlamaFile(weights, context_tokens=2048, threads=THREADS)

    def visit(question: str) -> tuple[str, int | None]:
        found = list(model.stream([Message(role="user", content=question)], max_tokens=15))
        return "".join(delta.text for delta in found), found[-1].prompt_tokens

    questions = ("Why is the sky blue?", "Name three animals that live in the sea, please.")
    with ThreadPoolExecutor(2) as visitors:
        replies = list(visitors.map(visit, questions))
    assert len(loads) == 1
    for question, (text, read) in zip(questions, replies, strict=True):
        assert text.strip()
        assert read == model.count_tokens([Message(role="user", content=question)])
    model.close()
    with pytest.raises(ModelServerError):  # nobody listens any more
        loads[0].asked("/health")
    assert visit(questions[0])[0].strip()
    assert len(loads) == 2
    model.close()


def test_its_nonsense_is_caught_by_the_checks(weights: Path, tmp_path: Path) -> None:
    """Whatever it writes: citations are literal, what counts as supported names no figure but
    those of its sources, and a reply that nothing supports gives way to quotes."""
    catalog = filled(tmp_path / "papers", 7)
    config = made(
        tmp_path,
        CITEWELL_MODEL=str(weights),
        CITEWELL_MODE="llm",
        CITEWELL_MAX_PROMPT_TOKENS="1400",
        CITEWELL_MAX_ANSWER_TOKENS="60",
        CITEWELL_THREADS=str(THREADS),
    )
    assistant = wiring.assistant(config, catalog=catalog, embedder=HashEmbedder())
    answer = assistant.ask(QUESTION)
    assert answer.usage.calls >= 1
    assert 0 < answer.usage.prompt_tokens <= 1400
    assert weights.name in (answer.model or " ".join(answer.notices))
    abstracts = {paper.paper_id: paper.abstract for paper in catalog.papers()}
    for cited in answer.citations:
        assert cited.quote == abstracts[cited.paper_id][cited.start : cited.end] != ""
    sources = {cited.n: f"{cited.title} {cited.quote}" for cited in answer.citations}
    for sentence in answer.sentences:
        known = figures(" ".join(sources[n] for n in sentence.citations) + QUESTION)
        assert (figures(sentence.text) <= known) if sentence.supported else sentence.why
    catalog.close()


def figures(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))
