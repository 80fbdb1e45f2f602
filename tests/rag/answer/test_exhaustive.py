"""All papers that match, through the assistant: order, where it ends, failures, what is kept."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.fakes import HashEmbedder, ScriptedChat
from rag.answer.batches import Batch
from rag.answer.instructions import NOTHING_FOUND
from rag.answer.judging import read_reply
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import BadReply, ConfigError, ServerBusy, ServerRejected
from rag.events import Event, Fallback, Finished, Progress, Selected
from rag.filters import Filters
from rag.ports import Delta, Message
from rag.records import Answer, Evidence
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from tests.corpus import filled, paper

QUESTION = "which papers propose a method for robots?"
Papers = dict[str, list[tuple[str, str]]]
"""Of a prompt: the keyed sentences of each paper, by title."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    catalog = filled(tmp_path_factory.mktemp("exhaustive"), 30)
    yield catalog
    catalog.close()


class JudgingModel(ScriptedChat):
    """Says of a batch what `reply` makes of its papers: entries, a text or an error to raise."""

    def __init__(self, reply: Callable[[Papers], Any], **settings: Any) -> None:
        super().__init__([], **settings)
        self._reply = reply
        self._lock = threading.Lock()
        self.read: list[list[str]] = []

    def stream(self, messages: Sequence[Message], **asked: Any) -> Iterator[Delta]:
        blocks = re.findall(r"Paper: (.*)\n((?:\[E\d+\] .*\n?)+)", messages[-1].content)
        papers = {
            title.partition(" (")[0]: re.findall(r"\[(E\d+)\] (.*)", block)
            for title, block in blocks
        }
        reply = self._reply(papers)
        with self._lock:
            self.read.append(list(papers))
            self._script = [reply if not isinstance(reply, list) else entries(*reply)]
            pieces = list(super().stream(messages, **asked))
        yield from pieces


def entries(*matches: tuple[Sequence[str], str]) -> str:
    return json.dumps({"matches": [{"keys": list(keys), "says": says} for keys, says in matches]})


def about(*titles: str) -> Callable[[Papers], list[tuple[list[str], str]]]:
    """Judges that the papers of these titles match, by their second sentence."""
    return lambda papers: [
        ([papers[title][1][0]], papers[title][1][1]) for title in titles if title in papers
    ]


@pytest.fixture
def look(catalog: Catalog, tmp_path: Path) -> Callable[..., list[Event]]:
    def looked(
        model: ScriptedChat, question: str = QUESTION, *, keeping: Any = "resume", **settings: Any
    ) -> list[Event]:
        return list(stream(catalog, tmp_path, model, question, keeping=keeping, **settings))

    return looked


def stream(
    catalog: Catalog,
    folder: Path,
    model: ScriptedChat | None,
    question: str = QUESTION,
    *,
    keeping: Any = "resume",
    mode: Any = None,
    filters: Filters | None = None,
    **settings: Any,
) -> Iterator[Event]:
    config = Config(
        data_dir=folder,
        model=model.name if model else None,
        **{"read_papers": 5, "thorough_calls": 2, **settings},
    )
    assistant = Assistant(
        index_manager=IndexManager(catalog), embedder=HashEmbedder(), config=config, model=model
    )
    return assistant.stream(question, depth="thorough", keeping=keeping, mode=mode, filters=filters)


def flat(batches: Sequence[Sequence[str]]) -> list[str]:
    return sorted(title for batch in batches for title in batch)


def finished(events: Sequence[Event]) -> Answer:
    assert isinstance(events[-1], Finished)
    return events[-1].answer


@pytest.fixture
def ranked(catalog: Catalog, tmp_path: Path) -> list[str]:
    """Titles, the best first."""
    assistant = Assistant(
        index_manager=IndexManager(catalog),
        embedder=HashEmbedder(),
        config=Config(data_dir=tmp_path),
    )
    papers = {p.paper_id: p.title for p in catalog.papers()}
    return [papers[one] for one, _ in assistant.rank(QUESTION)]


def test_a_list_of_all_that_match_with_the_words_that_prove_it(
    look: Any, ranked: list[str], catalog: Catalog
) -> None:
    wanted = [ranked[7], ranked[1], ranked[3]]
    model = JudgingModel(about(*wanted))
    events = look(model)
    answer = finished(events)
    papers = {p.paper_id: p for p in catalog.papers()}
    assert [papers[one].title for one in answer.papers] == [ranked[1], ranked[3], ranked[7]]
    assert (answer.status, answer.mode, answer.kind) == ("answered", "llm", "list")
    for n, (sentence, citation) in enumerate(
        zip(answer.sentences, answer.citations, strict=False), 1
    ):
        cited = papers[citation.paper_id]
        assert citation.quote == cited.abstract[citation.start : citation.end]
        assert citation.quote.startswith("We propose method M")
        assert sentence.text == f"{cited.title}: {citation.quote}"
        assert sentence.citations == (citation.n,) == (n,)
    assert answer.text.splitlines()[0].startswith(f"- **{ranked[1]}**: We propose method M")
    # The batches behind the last match are the third and the fourth.
    assert answer.text.endswith(
        "\n\nRead the 20 best of 30 papers: 3 match; the last 12 held none."
    )
    assert flat(model.read) == sorted(ranked[:20])
    assert answer.usage.calls == len(model.calls) == 4
    assert answer.usage.prompt_tokens == sum(map(model.count_tokens, model.calls))
    told = [event for event in events if isinstance(event, Progress)]
    assert [event.total for event in told] == [30] * 4
    assert [event.read for event in told] == [5, 10, 15, 20]
    assert told[-1].matched == 3
    assert isinstance(events[-3], Selected)
    assert [p.paper_id for p in events[-3].papers] == list(answer.papers)
    assert not any(isinstance(event, Fallback) for event in events)


@pytest.mark.parametrize(
    ("at_once", "matching", "read"),
    [
        (1, [], 10),  # two batches in a row without a match
        (1, [0], 15),
        (1, [0, 6, 12], 25),
        (2, [0, 9, 14, 19, 24], 30),
        (4, [], 10),  # no more calls than it takes to know
        (4, [0], 15),
        (4, [0, 6], 25),  # one more was under way
        (4, [0, 6, 17], 30),
        (9, [], 10),
    ],
)
def test_it_ends_behind_two_batches_without_a_match(
    look: Any, ranked: list[str], at_once: int, matching: list[int], read: int
) -> None:
    model = JudgingModel(about(*(ranked[at] for at in matching)))
    answer = finished(look(model, thorough_calls=at_once))
    assert flat(model.read) == sorted(ranked[:read])
    assert len(answer.papers) == len(matching)
    told = answer.sentences[-1].text
    assert told.startswith("Read all 30" if read == 30 else f"Read the {read} best of 30 papers: ")


def test_no_more_calls_at_a_time_than_allowed(look: Any, ranked: list[str]) -> None:
    running, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(2)

    class Counting(JudgingModel):
        def stream(self, messages: Sequence[Message], **asked: Any) -> Iterator[Delta]:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            both.wait(20)  # none goes on alone
            yield from super().stream(messages, **asked)
            with lock:
                running -= 1

    answer = finished(look(Counting(about(*ranked)), thorough_calls=3))
    assert 2 <= most <= 3
    assert len(answer.papers) == 30
    assert answer.text.endswith("Read all 30 papers: 30 match.")


def test_nothing_found_is_said_with_what_comes_nearest(look: Any, ranked: list[str]) -> None:
    answer = finished(look(JudgingModel(about())))
    assert (answer.status, answer.papers, answer.citations) == ("not_in_corpus", (), ())
    assert answer.text.startswith(f"{NOTHING_FOUND} What comes nearest:\n\n- **{ranked[0]}**")
    assert answer.text.endswith("Read the 10 best of 30 papers: none matches.")
    assert len(answer.near) == 5


def test_a_claim_that_fails_its_check_gives_way_to_the_quote(look: Any, ranked: list[str]) -> None:
    def claims(papers: Papers) -> Any:
        if ranked[0] not in papers:
            return []
        return [
            ([papers[ranked[0]][1][0]], "It gains 77% on ImageNet."),
            ([papers[ranked[1]][1][0], "E99"], papers[ranked[1]][1][1]),
            (["E98"], "Who knows."),
        ]

    answer = finished(look(JudgingModel(claims)))
    assert len(answer.papers) == 2
    assert "77" not in answer.text
    assert answer.sentences[0].text.startswith(f"{ranked[0]}: “We propose method M")
    assert all(sentence.supported for sentence in answer.sentences)
    assert answer.notices == (
        "The model cited what is not among its evidence: [E99], [E98].",
        "Of one paper the quote stands alone: what the model wrote did not pass the check.",
    )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ServerBusy("It is busy.", remedy="Wait."), "It is busy. Wait."),
        ("Sorry, I cannot.", "scripted wrote no list of papers."),
        (("{", BadReply("It broke off.")), "It broke off."),
    ],
    ids=["busy", "prose", "broken"],
)
def test_a_batch_that_fails_is_told_and_asked_again(
    look: Any, ranked: list[str], fault: Any, said: str
) -> None:
    wanted = about(ranked[1], ranked[6], ranked[11])
    answer = finished(look(JudgingModel(lambda p: fault if ranked[6] in p else wanted(p))))
    assert len(answer.papers) == 2
    assert answer.notices[0].startswith(f"5 papers could not be judged. {said}")
    assert answer.notices[0].endswith("Ask again to go on from there.")
    assert "Read 20 of the 25 best of 30 papers: 2 match; the last 13 held none." in answer.text
    model = JudgingModel(wanted)
    again = finished(look(model))
    assert model.read == [ranked[5:10]], "what was judged is not asked again"
    assert len(again.papers) == 3
    assert again.notices == ("20 papers had been judged before, by the same model.",)


def test_a_server_that_fails_twice_in_a_row_is_not_asked_on(look: Any, ranked: list[str]) -> None:
    fault = ServerBusy("It is busy.")
    wanted = about(ranked[1])
    model = JudgingModel(lambda p: wanted(p) if ranked[1] in p else fault)
    answer = finished(look(model, thorough_calls=1))
    assert len(model.read) == 3
    assert len(answer.papers) == 1
    assert answer.notices[0].startswith("10 papers could not be judged. It is busy.")


def test_where_all_fails_quotes_answer(look: Any) -> None:
    events = look(JudgingModel(lambda _: ServerRejected("No key.", remedy="Set one.")))
    assert sum(isinstance(event, Fallback) for event in events) == 1
    answer = finished(events)
    assert (answer.mode, answer.usage.calls) == ("extractive", 2)
    assert answer.notices[0] == "No key. Set one."


def test_the_budget_ends_it_and_asking_again_goes_on(look: Any, ranked: list[str]) -> None:
    model = JudgingModel(about(*ranked))
    finished(look(model, keeping="private", thorough_calls=1))
    each = max(map(model.count_tokens, model.calls))
    budget = 2 * each + each // 2
    read: list[list[str]] = []
    for past in (10, 20, 30):
        model = JudgingModel(about(*ranked))
        answer = finished(look(model, max_thorough_tokens=budget))
        assert sum(map(model.count_tokens, model.calls)) <= budget
        read += model.read
        assert len(answer.papers) == past
    assert flat(read) == sorted(ranked), "each once"
    assert "the 20 best" not in answer.text
    assert answer.text.endswith("Read all 30 papers: 30 match.")


def test_the_end_of_the_budget_is_told(look: Any, ranked: list[str]) -> None:
    answer = finished(look(JudgingModel(about(*ranked)), max_thorough_tokens=600))
    assert answer.notices[0].endswith(
        "prompt tokens (CITEWELL_MAX_THOROUGH_TOKENS). Ask again to go on from there."
    )
    told = finished(look(JudgingModel(about(*ranked)), max_thorough_tokens=600, keeping="private"))
    assert told.notices[0].endswith("(CITEWELL_MAX_THOROUGH_TOKENS).")


def test_what_was_judged_before_a_kill_is_not_asked_again(
    catalog: Catalog, tmp_path: Path, ranked: list[str]
) -> None:
    first = JudgingModel(about(*ranked))
    events = stream(catalog, tmp_path, first, thorough_calls=1)
    seen = 0
    for event in events:
        seen += isinstance(event, Progress)
        if seen == 2:
            break
    (file,) = (tmp_path / "judged").glob("*.jsonl")
    with file.open("a") as torn:
        torn.write('\n{"papers": ["' + ranked[11])
    second = JudgingModel(about(*ranked))
    answer = finished(list(stream(catalog, tmp_path, second, thorough_calls=1)))
    assert first.read[:2] == [ranked[:5], ranked[5:10]]
    assert flat(second.read) == sorted(ranked[10:])
    assert len(answer.papers) == 30
    third = JudgingModel(about())
    again = finished(list(stream(catalog, tmp_path, third)))
    assert (third.read, again.papers, again.usage.calls) == ([], answer.papers, 0)
    assert again.text == answer.text
    anew = JudgingModel(about())
    told = finished(list(stream(catalog, tmp_path, anew, keeping="fresh")))
    assert (told.papers, len(anew.read)) == ((), 2)


def test_closing_it_makes_no_further_call(
    catalog: Catalog, tmp_path: Path, ranked: list[str]
) -> None:
    model = JudgingModel(about(*ranked))
    events = stream(catalog, tmp_path, model, thorough_calls=1)
    next(event for event in events if isinstance(event, Progress))
    events.close()  # type: ignore[attr-defined]
    assert model.read == [ranked[:5]]


def test_what_is_private_is_not_kept(look: Any, ranked: list[str], tmp_path: Path) -> None:
    look(JudgingModel(about(*ranked)), keeping="private")
    assert not (tmp_path / "judged").exists()


def test_the_last_fifty_questions_are_kept(look: Any, tmp_path: Path) -> None:
    kept = tmp_path / "judged"
    kept.mkdir()
    for number in range(60):
        (kept / f"{number}.jsonl").touch()
    look(JudgingModel(about()))
    assert len(list(kept.iterdir())) == 50


def test_a_folder_that_cannot_be_written_costs_a_notice(look: Any, tmp_path: Path) -> None:
    (tmp_path / "judged").write_text("a file")
    answer = finished(look(JudgingModel(about())))
    assert answer.notices[-1].startswith("What was judged could not be kept in ")


@pytest.mark.parametrize(
    "line",
    ["no JSON", "null", "[]", '{"papers": []}', '{"papers": ["x"], "matches": [3]}'],
)
def test_what_is_kept_and_makes_no_sense_is_judged_anew(
    look: Any, ranked: list[str], tmp_path: Path, line: str
) -> None:
    look(JudgingModel(about(ranked[0])))
    (file,) = (tmp_path / "judged").glob("*.jsonl")
    kept = [json.loads(one) for one in file.read_text().split("\n") if one]
    (matching,) = [batch for batch in kept if batch["matches"]]
    matching["matches"][0]["spans"][0]["end"] = 10_000
    file.write_text("\n".join([line, *map(json.dumps, kept)]))
    model = JudgingModel(about(ranked[0]))
    assert len(finished(look(model)).papers) == 1
    assert model.read == [ranked[:5]]


def test_a_small_context_makes_smaller_batches_of_whole_papers(
    look: Any, ranked: list[str]
) -> None:
    model = JudgingModel(about(*ranked), max_prompt_tokens=560)
    answer = finished(look(model, read_papers=30))
    assert len(model.read) > 3
    assert flat(model.read) == sorted(ranked)
    assert all(len(papers) > 1 for papers in model.read[:-1])
    assert all(model.count_tokens(call) <= 560 for call in model.calls)
    assert len(answer.papers) == 30


def test_a_cut_reply_counts_as_far_as_it_goes(look: Any, ranked: list[str]) -> None:
    answer = finished(look(JudgingModel(about(*ranked)), max_answer_tokens=45, thorough_calls=1))
    assert 0 < len(answer.papers) < 30
    assert answer.notices[0].startswith("A reply was cut (CITEWELL_MAX_ANSWER_TOKENS)")


@pytest.mark.parametrize("question", ["the two newest papers", "thanks!"])
def test_what_no_abstract_decides_is_not_put_to_the_model(look: Any, question: str) -> None:
    model = JudgingModel(about())
    answer = finished(look(model, question))
    assert (answer.mode, model.read) == ("extractive", [])
    assert answer.notices == ("No abstract was read for this: constraints and records decide it.",)


def test_a_number_asked_for_counts_in_the_list_alone(look: Any, ranked: list[str]) -> None:
    model = JudgingModel(about(*ranked[:4]))
    answer = finished(look(model, filters=Filters(limit=2)))
    assert len(answer.papers) == 2
    assert "4 match; " in answer.sentences[-1].text
    assert answer.sentences[-1].text.endswith("2 of them are listed.")
    assert all("at most" not in call[-1].content for call in model.calls)


def test_it_takes_a_model(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No model is configured to look through all papers"):
        next(iter(stream(catalog, tmp_path, None)))
    with pytest.raises(ConfigError, match="Quoted sentences are asked for") as refused:
        next(iter(stream(catalog, tmp_path, JudgingModel(about()), mode="extractive")))
    assert "--depth thorough" in refused.value.remedy


BATCH_PAPERS = [paper(n) for n in range(3)]
BATCH = Batch(
    papers=tuple(p.paper_id for p in BATCH_PAPERS),
    evidence=tuple(
        Evidence(key=f"E{n}", paper=p, start=0, end=10, score=0.0)
        for n, p in enumerate(BATCH_PAPERS, 1)
    ),
)


@pytest.mark.parametrize(
    ("reply", "places"),
    [
        ('{"matches": [{"keys": ["E2"], "says": "x"}]}', [1]),
        ('```json\n{"Matches": [{"Keys": "[E3], E1"}]}\n```', [0, 2]),
        ('<think>{"matches": [{"keys": ["E1"]}]}</think>{"matches": []}', []),
        ('{"matches": [{"keys": [2, true, null], "says": 4}, "E1"]}', [1]),
        ('{"matches": [{"keys": ["E1"], "says": "a"}, {"keys": ["E2"], "sa', [0]),
        ('{"matches": [{"keys": ["E1"], "says": "The abstract does not say it."}]}', []),
        ('{"matches": null}', []),
        ("[]", []),
    ],
)
def test_replies_are_read_leniently(reply: str, places: list[int]) -> None:
    judged, unknown = read_reply(reply, BATCH, model="m")
    assert [match.paper_id for match in judged.matches] == [BATCH.papers[at] for at in places]
    assert unknown == ()


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["matches", "keys", "says", "x"]), inner)
        ),
    ).map(json.dumps)
)
def test_whatever_comes_is_a_judgement_or_a_bad_reply(reply: str) -> None:
    try:
        judged, _ = read_reply(reply, BATCH, model="m")
    except BadReply:
        return
    assert judged.papers == BATCH.papers
    texts = {p.paper_id: p.abstract for p in BATCH_PAPERS}
    assert all(match.is_in(texts) for match in judged.matches)
