"""Yes-or-no questions through the assistant: with and without a model, and down the ranking."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.adapters.fakes import HashEmbedder, ScriptedChat
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import ServerBusy
from rag.events import Event, Fallback, Finished, Progress, TextDelta
from rag.export.json_records import answer as as_json
from rag.export.json_records import read_answer
from rag.ports import Delta, Message
from rag.records import Answer
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from tests.corpus import filled

QUESTION = "does the method for robots gain over the best baseline?"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    catalog = filled(tmp_path_factory.mktemp("agreement"), 30)
    yield catalog
    catalog.close()


class Weighing(ScriptedChat):
    """Of the papers on robots, even ones support by their last sentence, odd ones contradict."""

    def stream(self, messages: Sequence[Message], **asked: Any) -> Iterator[Delta]:
        text = messages[-1].content
        paper = r"Paper: Paper (\d+) on robots.*\n(?:\[E\d+\] .*\n)*?\[(E\d+)\] It gains"
        found = re.findall(paper, text)
        papers = [
            {"stance": "contradicts" if int(n) % 2 else "supports", "keys": [key]}
            for n, key in found
        ]
        self._script = [json.dumps({"claim": "The method for robots gains.", "papers": papers})]
        yield from super().stream(messages, **asked)


def ask(catalog: Catalog, folder: Path, model: ScriptedChat | None, **asked: Any) -> list[Event]:
    config = Config(
        data_dir=folder, model=model.name if model else None, read_papers=5, thorough_calls=2
    )
    assistant = Assistant(
        index_manager=IndexManager(catalog), embedder=HashEmbedder(), config=config, model=model
    )
    return list(assistant.stream(QUESTION, **asked))


def finished(events: Sequence[Event]) -> Answer:
    assert isinstance(events[-1], Finished)
    return events[-1].answer


def test_by_a_model_from_the_best_papers(catalog: Catalog, tmp_path: Path) -> None:
    events = ask(catalog, tmp_path, Weighing([]))
    answer = finished(events)
    assert answer.agreement
    assert answer.agreement.read == 5
    assert answer.text.startswith("Of 5 papers read, ")
    streamed = "".join(e.delta for e in events if isinstance(e, TextDelta))
    assert streamed.count("\n") == len(answer.papers) == len(answer.agreement.stances) > 0


def test_down_the_ranking_counts_add_up(catalog: Catalog, tmp_path: Path) -> None:
    events = ask(catalog, tmp_path, Weighing([]), depth="thorough")
    answer, seen = finished(events), [e for e in events if isinstance(e, Progress)]
    found = answer.agreement
    assert found
    assert found.read == seen[-1].read
    named = [one.paper_id for one in found.stances]
    assert len({*named, *found.silent}) == found.read
    assert len(named) == 5
    assert re.search(r"\n\nRead the \d+ best of 30 papers: 5 speak to it; the last", answer.text)
    assert found.claim == "The method for robots gains."


def test_kept_judgements_give_the_same_answer(catalog: Catalog, tmp_path: Path) -> None:
    first = finished(ask(catalog, tmp_path, Weighing([]), depth="thorough"))
    model = Weighing([])
    again = finished(ask(catalog, tmp_path, model, depth="thorough"))
    assert model.calls == []
    assert (again.text, again.agreement) == (first.text, first.agreement)


def test_without_a_model_nobody_is_said_to_agree(catalog: Catalog, tmp_path: Path) -> None:
    answer = finished(ask(catalog, tmp_path, None))
    assert answer.agreement is None
    opening = answer.text.partition("\n")[0]
    assert "may speak to this. No model has judged whether " in opening
    assert not re.search("support|contradict|qualif", opening)
    assert answer.citations


def test_a_server_that_fails_leaves_the_quotes(catalog: Catalog, tmp_path: Path) -> None:
    events = ask(catalog, tmp_path, ScriptedChat([ServerBusy("The server is busy.")]))
    assert any(isinstance(event, Fallback) for event in events)
    assert finished(events).agreement is None


def test_json_there_and_back(catalog: Catalog, tmp_path: Path) -> None:
    answer = finished(ask(catalog, tmp_path, Weighing([])))
    written = json.loads(json.dumps(as_json(answer)))
    assert set(written["agreement"]) == {"claim", "stances", "silent"}
    assert set(written["agreement"]["stances"][0]) == {"paper_id", "stance", "citations"}
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(written), "utf-8")
    assert read_answer(file) == answer
    del written["agreement"]  # as an earlier version wrote it
    file.write_text(json.dumps(written), "utf-8")
    assert read_answer(file).agreement is None
