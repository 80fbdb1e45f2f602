"""Cells that a model has filled are kept, and what a table costs is bounded."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import ServerBusy
from rag.table.columns import KNOWN
from rag.table.records import CellFilled, Estimate, TableBegun
from tests.rag.table.filling import FillingModel, World, cells, checked

METHOD, RESULT = KNOWN["method"], KNOWN["result"]


def test_the_same_table_asks_for_nothing(world: World) -> None:
    first = world.table(FillingModel(), world.papers[:10])
    model = FillingModel()
    begun, *rest = events = list(world.events(model, world.papers[:10]))
    assert isinstance(begun, TableBegun)
    assert begun.estimate == Estimate()
    assert begun.table.cells == first.cells
    assert len(rest) == 1
    again = checked(events)
    assert (model.calls, again.usage.calls) == ([], 0)
    assert again.models == ("scripted",)


def test_a_paper_or_a_column_more_is_all_that_is_asked_for(world: World) -> None:
    world.table(FillingModel(), world.papers[:4], ["method"])
    model = FillingModel()
    table = world.table(model, world.papers[2:5], ["Approach", "result"])
    assert [(asked.titles, asked.columns) for asked in model.asked] == [
        ([one.title for one in world.papers[2:4]], [RESULT]),
        ([world.papers[4].title], [METHOD, RESULT]),
    ]
    assert len(table.cells) == 6


def test_another_text_model_or_question_is_another_cell(world: World) -> None:
    one = world.papers[0]
    world.table(FillingModel(), [one], ["method"])
    for papers, columns, name in (
        ([replace(one, abstract=f"{one.abstract} So it is.")], ["method"], "scripted"),
        ([one], ["method?"], "scripted"),
        ([one], ["method"], "another"),
    ):
        model = FillingModel(name=name)
        world.table(model, papers, columns)
        assert len(model.asked) == 1
    model = FillingModel()
    world.table(model, [replace(one, paper_id="elsewhere", upvotes=7)], ["method"])
    assert model.asked == []


def test_fresh_asks_anew_and_its_cells_count_from_then_on(world: World) -> None:
    world.table(FillingModel(), world.papers[:3], ["method"])
    anew = FillingModel(lambda asked: [e | {"value": "not stated"} for e in asked.entries()])
    table = world.table(anew, world.papers[:2], ["method"], fresh=True)
    assert len(anew.asked) == 1
    assert {cell.status for cell in table.cells.values()} == {"not_stated"}
    model = FillingModel()
    table = world.table(model, world.papers[:3], ["method"])
    assert [cell and cell.status for (cell,) in cells(table)] == [
        "not_stated",
        "not_stated",
        "stated",
    ]
    assert model.asked == []


def test_what_is_private_is_not_kept(world: World, tmp_path: Path) -> None:
    one = FillingModel(lambda asked: list(asked.entries())[:1])
    table = world.table(one, world.papers[:2], private=True)
    assert table.notices == ("1 cell could not be filled. The model left this cell out.",)
    world.table(FillingModel(), world.papers[:2], private=True)
    assert not (tmp_path / "cells").exists()


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "null",
        "[]",
        '{"text": 3, "reply": {}}',
        '{"text": "x"}',
        '{"text": "x", "reply": {"value": "v", "spans": [{"start": 0}]}}',
        '{"text": "torn',
        "\x00\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    ],
)
def test_a_line_that_makes_no_sense_costs_itself_alone(
    world: World, tmp_path: Path, line: str
) -> None:
    first = world.table(FillingModel(), world.papers[:4], ["method"])
    (file,) = (tmp_path / "cells").glob("*.jsonl")
    kept = [one for one in file.read_text().split("\n") if one]
    broken = json.loads(kept[1])
    broken["reply"]["spans"][0]["end"] = 10_000
    lines = [line, kept[0], json.dumps(broken), line, *kept[2:], line]
    file.write_text("\n".join(lines))
    model = FillingModel()
    again = world.table(model, world.papers[:4], ["method"])
    assert [asked.titles for asked in model.asked] == [[world.papers[1].title]]
    assert again.cells == first.cells
    assert world.table(FillingModel(), world.papers[:4], ["method"]).usage.calls == 0


def test_what_is_kept_is_checked_like_a_reply(world: World, tmp_path: Path) -> None:
    world.table(FillingModel(), world.papers[:1], ["method"])
    (file,) = (tmp_path / "cells").glob("*.jsonl")
    file.write_text(file.read_text().replace("We propose method M0", "It gains 99%"))
    ((cell,),) = cells(world.table(FillingModel(), world.papers[:1], ["method"]))
    assert cell
    assert cell.value == "We propose method M0 for entropy number 0."
    assert "99" in cell.note


def test_a_folder_that_cannot_be_written_costs_a_notice(world: World, tmp_path: Path) -> None:
    (tmp_path / "cells").write_text("a file")
    table = world.table(FillingModel(), world.papers[:3])
    assert {cell.status for cell in table.cells.values()} == {"stated"}
    (notice,) = table.notices
    assert notice.startswith("The table's cells could not be kept in ")


def test_the_budget_ends_it_and_asking_again_goes_on(world: World) -> None:
    whole = FillingModel()
    world.table(whole, world.papers, read_papers=5, private=True)
    each = max(map(whole.count_tokens, whole.calls))
    budget = 2 * each + each // 2
    titles: list[str] = []
    for done in (20, 40, 60):
        model = FillingModel()
        begun, *_ = events = list(
            world.events(model, world.papers, read_papers=5, max_thorough_tokens=budget)
        )
        table = checked(events)
        assert isinstance(begun, TableBegun)
        assert begun.estimate.calls == len(model.calls) == 2
        assert begun.estimate.prompt_tokens == sum(map(model.count_tokens, model.calls)) <= budget
        assert len(table.cells) == done
        titles += model.titles
        if done < 60:
            assert table.notices == (
                f"{60 - done} cells could not be filled: no more calls fit into {budget:,} prompt"
                " tokens (CITEWELL_MAX_THOROUGH_TOKENS). Ask for the table again to go on from"
                " there.",
            )
    assert sorted(titles) == sorted(one.title for one in world.papers), "each once"
    assert table.notices == ()


def test_what_is_asked_once_more_keeps_to_the_budget(world: World) -> None:
    def first_alone(asked: object) -> object:
        return list(asked.entries())[:1]  # type: ignore[attr-defined]

    model = FillingModel(first_alone)
    world.table(model, world.papers[:8], private=True)
    first, *_ = map(model.count_tokens, model.calls)
    assert len(model.calls) > 1
    bound = FillingModel(first_alone)
    table = world.table(bound, world.papers[:8], max_thorough_tokens=first + 10)
    assert len(bound.calls) == 1
    assert sum(cell.status == "failed" for cell in table.cells.values()) == 15


def test_a_server_that_fails_leaves_what_was_kept(world: World) -> None:
    world.table(FillingModel(), world.papers[:2], ["method"])
    down = FillingModel(lambda _: ServerBusy("Busy."))
    table = world.table(down, world.papers[:2])
    assert table.models == ("scripted",)
    assert [cell and cell.value[:10] for cell, _ in cells(table)] == ["We propose"] * 2
    assert len(table.cells) == 4
    assert table.notices == ("Busy. Quoted sentences stand in its place.",)
    model = FillingModel()
    world.table(model, world.papers[:2])
    assert [asked.columns for asked in model.asked] == [[RESULT]]


def test_two_tables_at_once_do_not_disturb_each_other(world: World) -> None:
    both = threading.Barrier(2)

    class Meeting(FillingModel):
        def stream(self, *given: object, **how: object):  # type: ignore[no-untyped-def]
            both.wait(20)
            yield from super().stream(*given, **how)  # type: ignore[arg-type]

    found: dict[int, object] = {}

    def fill(number: int) -> None:
        papers = world.papers[5 * number : 5 * number + 10]
        found[number] = world.table(Meeting(), papers, read_papers=5)

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {number: len(table.cells) for number, table in found.items()} == {0: 20, 1: 20}  # type: ignore[attr-defined]
    begun = next(world.events(FillingModel(), world.papers[:15]))
    assert isinstance(begun, TableBegun)
    assert len(begun.table.cells) == 30


def test_cells_are_kept_as_soon_as_they_are_told(world: World) -> None:
    events = world.events(FillingModel(), world.papers[:8])
    told: dict[tuple[str, str], object] = {}
    for event in events:
        if isinstance(event, CellFilled):
            told[event.paper_id, event.column.question] = event.cell
            begun = next(world.events(FillingModel(), world.papers[:8]))
            assert isinstance(begun, TableBegun)
            assert begun.table.cells == told
        if len(told) == 5:
            break
