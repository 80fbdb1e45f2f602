"""People, sessions, tokens and attempts, as the file keeps them and time passes."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import NotFound, UsageError
from rag.storage.database import Database
from ui.access import store
from ui.access.attempts import FORGOTTEN, Attempts, LoginAttempts
from ui.access.people import People
from ui.access.sessions import Sessions
from ui.access.tokens import Tokens, seconds_of

WORDS = "four unrelated words here"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Database]:
    base = store.opened(tmp_path)
    yield base
    base.close()


def test_the_file_is_for_its_owner_alone_and_holds_no_secret(base: Database) -> None:
    people = People(base)
    ada = people.add("Ada", role="admin", password=WORDS)
    cookie = Sessions(base, idle=60, age=60).begin(ada)
    token = Tokens(base).add("notebook", account=ada, seconds=None)
    for file in base.folder.glob(f"{store.FILE}*"):
        if not file.name.endswith(".lock"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
            held = file.read_bytes()
            assert not [one for one in (WORDS, cookie, token) if one.encode() in held]
    assert b"$argon2id$" in b"".join(f.read_bytes() for f in base.folder.glob(f"{store.FILE}*"))


def test_a_name_is_known_in_any_case_and_taken_once(base: Database) -> None:
    people = People(base)
    people.add("Ada", password=WORDS)
    assert people.with_password("ADA", WORDS) == people.find(" ada ")
    with pytest.raises(UsageError, match="already"):
        people.add("ada")
    for name in ("", " ", "a\nb", "x" * 101):
        with pytest.raises(UsageError):
            people.add(name)


def test_only_the_password_lets_in(base: Database) -> None:
    people = People(base)
    people.add("ada", password=WORDS)
    people.add("proxied")
    assert people.with_password("ada", WORDS + "x") is None
    assert people.with_password("nobody", WORDS) is None
    assert people.with_password("proxied", "") is None
    assert people.with_password("proxied", "the password of nobody") is None
    with pytest.raises(UsageError, match="10 characters"):
        people.add("bert", password="short")


def test_another_password_ends_the_sessions(base: Database) -> None:
    people, sessions = People(base), Sessions(base, idle=60, age=60)
    ada, bert = people.add("ada", password=WORDS), people.add("bert", password=WORDS)
    cookies = sessions.begin(ada), sessions.begin(bert)
    people.set_password(ada, "another four words please")
    assert sessions.find(cookies[0]) is None and sessions.find(cookies[1]) == bert
    assert people.with_password("ada", WORDS) is None
    people.remove(bert)
    assert sessions.find(cookies[1]) is None


def test_sessions_end_unused_and_at_the_latest_after_their_age(
    base: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    ada = People(base).add("ada", password=WORDS)
    sessions = Sessions(base, idle=1000, age=2500)

    def at(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: start + seconds)

    at(0)
    used, unused = sessions.begin(ada), sessions.begin(ada)
    for moment in (900, 1800):
        at(moment)
        assert sessions.find(used) == ada, moment
    assert sessions.find(unused) is None
    at(2400)
    assert sessions.find(used) == ada
    at(2600)
    assert sessions.find(used) is None
    sessions.begin(ada)
    with base.errors():
        assert base.db.execute("SELECT count(*) FROM sessions").fetchone()[0] == 1


def test_a_session_that_was_ended_or_never_was_is_nobodys(base: Database) -> None:
    sessions = Sessions(base, idle=60, age=60)
    cookie = sessions.begin(People(base).add("ada", password=WORDS))
    for wrong in ("", "x", cookie[:-1], store.digest(cookie), "\ud800"):
        assert sessions.find(wrong) is None
    sessions.end(cookie)
    assert sessions.find(cookie) is None


def test_tokens(base: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    people, tokens = People(base), Tokens(base)
    ada = people.add("ada", role="admin")
    own, ending = (
        tokens.add("own", account=ada, seconds=None),
        tokens.add("ending", account=None, seconds=seconds_of("2h")),
    )
    assert tokens.find(own) == ada.person
    found = tokens.find(ending)
    assert found and not found.is_admin and found.owner is None
    assert [(t.name, t.user, own.startswith(t.prefix)) for t in tokens.all()] == [
        ("ending", "", False),
        ("own", "ada", True),
    ]
    with pytest.raises(UsageError, match="already"):
        tokens.add("OWN", account=None, seconds=None)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * 3600 + 1)
    assert tokens.find(ending) is None and tokens.find(own)
    assert [t.is_over for t in tokens.all()] == [True, False]
    people.remove(ada)
    assert tokens.find(own) is None
    with pytest.raises(NotFound):
        tokens.remove("own")


@pytest.mark.parametrize("wrong", ["", "90", "0d", "d", "1y", "-1d", "1 000d"])
def test_what_is_no_time_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="no time"):
        seconds_of(wrong)


def test_attempts_wait_longer_each_time_and_are_forgotten() -> None:
    now = [0.0]
    attempts = Attempts(free=3, most=10, clock=lambda: now[0])
    waits = []
    for _ in range(8):
        attempts.count("ada")
        waits.append(attempts.wait("ada"))
        now[0] += waits[-1]
    assert waits == [0, 0, 1, 2, 4, 8, 10, 10]
    assert attempts.wait("bert") == 0
    now[0] += FORGOTTEN + 1
    attempts.count("ada")
    assert attempts.wait("ada") == 0


def test_an_account_of_ones_own_does_not_free_an_address() -> None:
    now = [0.0]
    attempts = LoginAttempts(clock=lambda: now[0])
    tried = 0
    for at in range(200):
        if attempts.begin(f"name-{at}", "192.0.2.1"):
            break
        tried += 1
        if not attempts.begin("own", "192.0.2.1"):
            attempts.succeeded("own", "192.0.2.1")
    assert tried == 20
    assert attempts.begin("other", "192.0.2.2") == 0


def test_an_ipv6_network_counts_as_one_address() -> None:
    attempts = LoginAttempts(clock=lambda: 0.0)
    waits = [attempts.begin(f"n{at}", f"2001:db8::{at:x}") for at in range(30)]
    assert waits[0] == 0 and waits[-1] > 0


def test_names_are_locked_for_a_minute_at_most() -> None:
    now = [0.0]
    attempts = LoginAttempts(clock=lambda: now[0])
    for at in range(100):
        wait = attempts.begin("ada", f"192.0.2.{at}")
        assert wait <= 60
        now[0] += wait
