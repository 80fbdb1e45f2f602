"""`citewell user` and `citewell token`, and whose things are whose afterwards."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.ui.commands import Run, loaded
from tests.ui.web.chat.test_conversations import answered_turn
from ui.access import store
from ui.access.people import People
from ui.access.tokens import Tokens
from ui.vault import chosen
from ui.web.chat.conversations import Conversations, digest
from ui.web.judging.judgements import Judgement
from ui.web.marks.kept import Change
from ui.web.searches.kept import Wish
from ui.web.store import HERE

WORDS = "four unrelated words here"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))


def add(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, *how: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))
    code, out, err = run("user", "add", name, "--password-stdin", *how)
    assert code == 0, err
    return out


def test_people_are_added_listed_and_changed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add(run, monkeypatch, "ada", "--admin")
    add(run, monkeypatch, "bert")
    assert run("user", "role", "bert", "admin")[0] == 0
    assert [(p["name"], p["role"]) for p in loaded(run, "user", "list", "--json")] == [
        ("ada", "admin"),
        ("bert", "admin"),
    ]
    assert "ada" in run("user", "list")[1]
    monkeypatch.setattr("sys.stdin", io.StringIO("other words of a sentence\n"))
    assert run("user", "password", "ada", "--password-stdin")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["user", "add", "bert"], "--password-stdin"),
        (["user", "password", "nobody", "--password-stdin"], "citewell user list"),
        (["user", "role", "nobody", "king"], "admin or member"),
        (["user", "remove", "nobody"], "citewell user list"),
        (["token", "remove", "nothing"], "citewell token list"),
        (["token", "add", "x", "--expires", "soon"], "--expires 12h"),
        (["token", "add", "x", "--user", "nobody"], "citewell user list"),
    ],
)
def test_what_cannot_be_is_told_with_its_remedy(
    run: Run, typed: None, arguments: list[str], said: str
) -> None:
    code, _, err = run(*arguments)
    assert code == 2 and said in err and "Traceback" not in err


def test_a_token_is_shown_once(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("token", "add", "ci", "--expires", "90d", "--data-dir", tmp_path)
    token = out.strip()
    assert code == 0 and len(token) > 43
    listed = run("token", "list", "--data-dir", tmp_path)[1]
    assert token not in listed and token[:9] in listed
    base = store.opened(tmp_path)
    assert Tokens(base).find(token)
    assert run("token", "remove", "ci", "--data-dir", tmp_path)[0] == 0
    assert Tokens(base).find(token) is None
    base.close()


def owner(folder: Path, name: str) -> str:
    base = store.opened(folder)
    found = digest(People(base).get(name).owner)
    base.close()
    assert found
    return found


def test_what_was_kept_before_there_were_people_is_the_first_admins(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = Conversations(tmp_path / "data")
    kept.marks.change(HERE, "p1", "One", Change(note="of the machine", add=("a",)))
    kept.marks.change("a browser", "p1", "One", Change(note="of a browser", add=("b",)))
    for one in (HERE, "a browser"):
        kept.searches.save(one, "Same", Wish(listed={"words": "x"}), 1)
    assert kept.here == HERE
    add(run, monkeypatch, "bert")
    bert = owner(tmp_path / "data", "bert")
    kept.marks.change(bert, "p1", "One", Change(note="of bert"))
    add(run, monkeypatch, "ada", "--admin")
    ada = owner(tmp_path / "data", "ada")
    marks = kept.marks.all(ada)["p1"]
    assert "of the machine" in marks.note and "of a browser" in marks.note
    assert sorted(marks.tags) == ["a", "b"]
    assert [one.name for one in kept.searches.all(ada)] == ["Same", "Same (2)"]
    assert kept.marks.all(bert)["p1"].note == "of bert"
    assert kept.marks.all(HERE) == {} and kept.here == ada
    add(run, monkeypatch, "carla", "--admin")
    assert kept.marks.all(ada) and not kept.marks.all(owner(tmp_path / "data", "carla"))
    kept.close()


def test_whoever_goes_takes_their_things_along_or_gives_them(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ada", "bert", "carla"):
        add(run, monkeypatch, name, "--admin")
    kept = Conversations(tmp_path / "data")
    for name in ("bert", "carla"):
        kept.marks.change(owner(tmp_path / "data", name), "p1", "One", Change(note=f"of {name}"))
    bert = owner(tmp_path / "data", "bert")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, err = run("user", "remove", "bert")
    assert code == 2 and "1 marked paper" in err and kept.marks.all(bert)
    assert run("user", "remove", "bert", "--yes")[0] == 0
    assert not kept.marks.all(bert)
    assert run("user", "remove", "carla", "--give-to", "ada")[0] == 0
    assert kept.marks.all(owner(tmp_path / "data", "ada"))["p1"].note == "of carla"
    kept.close()


def test_notes_of_the_terminal_are_made_of_what_the_first_admin_judged_good(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ada", "bert"):
        add(run, monkeypatch, name, *(["--admin"] if name == "ada" else []))
    kept = Conversations(tmp_path / "data")
    base = store.opened(tmp_path / "data")
    for name in ("ada", "bert"):
        account, turn = People(base).get(name), answered_turn(f"a question of {name}?")
        kept.keep(account.owner, f"of-{name}", [turn])
        said = Judgement(verdict="up")
        kept.judgements.put(owner(tmp_path / "data", name), f"of-{name}", turn.id, "", said)
    found = chosen.answers(kept, named=[], noted=[], good=True)
    assert [one.title for one in found] == ["a question of ada?"]
    base.close()
    kept.close()
