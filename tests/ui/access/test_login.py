"""The login as a browser meets it: forms, cookies, attempts, sessions, proxies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.config import Config
from rag.errors import ConfigError, FolderReadOnly, UsageError
from tests.browser import served
from tests.ui.web.scripted import Scripted
from ui.access import store
from ui.access.entry import Access
from ui.access.opening import Rules, opened
from ui.access.people import People
from ui.access.proxy import Proxies
from ui.access.sessions import COOKIE, Sessions
from ui.access.tokens import Tokens
from ui.api import app as api
from ui.web import server as page

ADA, BERT = "ada", "bert"
WORDS = {ADA: "four unrelated words here", BERT: "other words of a sentence"}
Open = Callable[..., httpx.Client]


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    base = store.opened(tmp_path)
    found = People(base)
    found.add(ADA, role="admin", password=WORDS[ADA])
    found.add(BERT, password=WORDS[BERT])
    yield found
    base.close()


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Open]:
    """A browser without cookies at the page of the folder."""
    with ExitStack() as stack:

        def visit(**how: Any) -> httpx.Client:
            assistant = Scripted(config=Config(data_dir=tmp_path))
            access = Access(tmp_path, **how)
            where = stack.enter_context(served(lambda: page.create_app(assistant, access=access)))
            return stack.enter_context(httpx.Client(base_url=where))

        yield visit


def login(client: httpx.Client, name: str, password: str = "", **how: Any) -> httpx.Response:
    form = {"name": name, "password": password or WORDS.get(name, "")}
    return client.post("/citewell/login", data=form, **how)


def cookie(reply: httpx.Response) -> Any:
    return SimpleCookie(reply.headers["set-cookie"])[COOKIE]


def test_without_people_nobody_logs_in(visit: Open) -> None:
    client = visit()
    assert client.get("/").status_code == 200
    assert client.get("/citewell/api/person").json()["name"] == ""
    assert client.get("/citewell/login").headers["location"] == "/"


def test_the_page_leads_to_the_login_and_back(visit: Open, people: People) -> None:
    client = visit()
    assert client.get("/").headers["location"] == "/citewell/login"
    assert client.get("/citewell/api/papers/facts").status_code == 401
    form = client.get("/citewell/login")
    assert form.status_code == 200 and "<script" not in form.text
    assert form.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in form.headers["content-security-policy"]
    reply = login(client, ADA)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert client.get("/").status_code == 200
    told = client.get("/citewell/api/person").json()
    assert told == {"name": ADA, "is_admin": True, "leaves": True}


def test_the_first_person_closes_the_door_at_once_and_the_last_opens_none(
    visit: Open, tmp_path: Path
) -> None:
    client = visit()
    assert client.get("/").status_code == 200
    base = store.opened(tmp_path)
    people = People(base)
    ada = people.add(ADA, password=WORDS[ADA])
    assert client.get("/").status_code == 303
    people.remove(ada)
    assert client.get("/").status_code == 303
    assert login(client, ADA).status_code == 401
    base.close()


def test_what_was_wrong_is_said_without_telling_who_is_known(visit: Open, people: People) -> None:
    client = visit()
    known, unknown = login(client, ADA, "wrong words"), login(client, "nobody", "wrong words")
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace(ADA, "") == unknown.text.replace("nobody", "")
    assert "do not fit together" in known.text and "set-cookie" not in known.headers
    hostile = login(client, '"><script>alert(1)</script>')
    assert "<script" not in hostile.text


def test_attempts_are_limited(visit: Open, people: People) -> None:
    client = visit()
    seen = [login(client, ADA, f"wrong words {at}") for at in range(7)]
    assert [one.status_code for one in seen[:5]] == [401] * 5
    late = next(one for one in seen[5:] if one.status_code == 429)
    assert int(late.headers["retry-after"]) >= 1 and "too often" in late.text
    assert login(client, BERT).status_code == 303


def test_flags_of_the_cookie(visit: Open, people: People) -> None:
    client = visit()
    plain = cookie(login(client, ADA))
    assert plain["httponly"] and plain["samesite"].lower() == "lax" and plain["path"] == "/"
    assert not plain["secure"] and int(plain["max-age"]) > 0 and not plain["domain"]
    tls = {"X-Forwarded-Proto": "https"}
    assert cookie(login(client, ADA, headers=tls))["secure"]
    page_cookies = visit(is_open=True).get("/", headers=tls).headers["set-cookie"]
    assert "; Secure" in page_cookies


def test_only_a_trusted_proxy_says_that_it_is_encrypted(visit: Open, people: People) -> None:
    client = visit(proxies=Proxies(["192.0.2.1"]))
    assert not cookie(login(client, ADA, headers={"X-Forwarded-Proto": "https"}))["secure"]


def test_the_session_is_another_after_each_login(visit: Open, people: People) -> None:
    client = visit()
    planted = "x" * 43
    client.cookies.set(COOKIE, planted)
    first = cookie(login(client, ADA)).value
    assert first != planted
    client.cookies.clear()
    client.cookies.set(COOKIE, planted)
    assert client.get("/").status_code == 303
    client.cookies.clear()
    client.cookies.set(COOKIE, first)
    second = cookie(login(client, BERT)).value
    assert second != first
    client.cookies.clear()
    client.cookies.set(COOKIE, first)
    assert client.get("/").status_code == 303


def test_logging_out_ends_the_session_wherever_it_is_known(visit: Open, people: People) -> None:
    client = visit()
    held = cookie(login(client, ADA)).value
    reply = client.post("/citewell/logout")
    assert reply.headers["location"] == "/citewell/login"
    assert cookie(reply).value == "" and cookie(reply)["max-age"] == "0"
    client.cookies.clear()
    client.cookies.set(COOKIE, held)
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_can_neither_log_in_nor_out(
    visit: Open, people: People, headers: dict[str, str]
) -> None:
    client = visit()
    assert login(client, ADA, headers=headers).status_code == 403
    login(client, ADA)
    assert client.post("/citewell/logout", headers=headers).status_code == 403
    assert client.get("/").status_code == 200


def test_whoever_is_removed_is_out_at_once(visit: Open, people: People) -> None:
    client = visit()
    login(client, BERT)
    assert client.get("/").status_code == 200
    people.remove(people.get(BERT))
    assert client.get("/").status_code == 303
    assert client.get("/citewell/api/papers/facts").status_code == 401


def test_a_damaged_file_lets_nobody_in(visit: Open, people: People, tmp_path: Path) -> None:
    (tmp_path / store.FILE).write_bytes(b"no database at all" * 100)
    for file in tmp_path.glob(f"{store.FILE}-*"):
        file.unlink()
    client = visit()
    assert client.get("/").status_code == 503
    assert client.get("/citewell/api/papers/facts").status_code == 503


def test_a_proxy_names_who_has_logged_in(visit: Open, people: People) -> None:
    client = visit(proxies=Proxies(header="X-Forwarded-User"))
    assert client.get("/").status_code == 303
    named = client.get("/citewell/api/person", headers={"X-Forwarded-User": "Ada"})
    assert named.json() == {"name": ADA, "is_admin": True, "leaves": False}
    new = client.get("/citewell/api/person", headers={"X-Forwarded-User": "carla@example.org"})
    assert new.json()["name"] == "carla@example.org" and not new.json()["is_admin"]
    twice = [("X-Forwarded-User", "ada"), ("X-Forwarded-User", "bert")]
    assert client.get("/citewell/api/person", headers=twice).status_code == 401
    assert client.get("/", headers={"X-Forwarded-User": "x" * 200}).status_code == 303


@pytest.mark.parametrize("how", [{}, {"proxies": Proxies(["192.0.2.1"], "X-Forwarded-User")}])
def test_the_header_of_whoever_is_not_trusted_is_nothing(
    visit: Open, people: People, how: dict[str, Any]
) -> None:
    client = visit(**how)
    spoofed = {"X-Forwarded-User": ADA, "X-Forwarded-For": "192.0.2.1"}
    assert client.get("/citewell/api/person", headers=spoofed).status_code == 401


def test_programs_need_a_token(people: People, tmp_path: Path) -> None:
    base = store.opened(tmp_path)
    token = Tokens(base).add("notebook", account=people.get(BERT), seconds=None)
    assistant: Any = Scripted(config=Config(data_dir=tmp_path))
    with (
        served(lambda: api.create_app(assistant)) as where,
        httpx.Client(base_url=where) as client,
    ):
        for path in ("/v1/models", "/v1/papers", "/openapi.json", "/mcp", "/nothing"):
            for given in ({}, {"Authorization": "Bearer x"}, {"Cookie": f"{COOKIE}={token}"}):
                reply = client.get(path, headers=given)
                assert reply.status_code == 401, path
                assert reply.headers["www-authenticate"] == "Bearer"
        good = {"Authorization": f"Bearer {token}"}
        assert client.get("/v1/models", headers=good).status_code == 200
        assert client.post("/mcp", headers=good).status_code != 401
        elsewhere = {"Origin": "https://client.test"}
        assert client.get("/v1/models", headers={**good, **elsewhere}).status_code == 200
        Tokens(base).remove("notebook")
        assert client.get("/v1/models", headers=good).status_code == 401
    base.close()


def test_beyond_this_machine_somebody_has_to_be_named(tmp_path: Path) -> None:
    for programs in (False, True):
        opened(tmp_path, "127.0.0.1", Rules(), for_programs=programs)
        for rules in (Rules(no_auth=True), Rules(proxy_header="X-Forwarded-User")):
            opened(tmp_path, "0.0.0.0", rules, for_programs=programs)
        with pytest.raises(UsageError) as told:
            opened(tmp_path, "0.0.0.0", Rules(), for_programs=programs)
        assert "citewell " in told.value.remedy
    base = store.opened(tmp_path)
    People(base).add("by-proxy")
    with pytest.raises(UsageError, match="password"):
        opened(tmp_path, "127.0.0.1", Rules())
    People(base).add(ADA, password=WORDS[ADA])
    opened(tmp_path, "0.0.0.0", Rules())
    Tokens(base).add("ci", account=None, seconds=None)
    opened(tmp_path, "0.0.0.0", Rules(), for_programs=True)
    base.close()


@pytest.mark.parametrize(
    "rules",
    [
        Rules(trusted_proxies=["192.0.2.300"]),
        Rules(proxy_header="X Forwarded"),
        Rules(proxy_header="X-Forwarded-User", no_auth=True),
    ],
)
def test_wrong_options_are_told(tmp_path: Path, rules: Rules) -> None:
    with pytest.raises((ConfigError, UsageError)) as told:
        opened(tmp_path, "127.0.0.1", rules)
    assert str(told.value)


def test_a_login_in_front_lets_no_other_site_ask_the_door_for_programs(
    people: People, tmp_path: Path
) -> None:
    """A proxy adds its header, and may add a token of its own, to whatever a browser sends."""
    assistant: Any = Scripted(config=Config(data_dir=tmp_path))
    access = Access(tmp_path, proxies=Proxies(header="X-Forwarded-User"))
    with (
        served(lambda: api.create_app(assistant, access=access)) as where,
        httpx.Client(base_url=where) as client,
    ):
        added = {"X-Forwarded-User": ADA, "Authorization": "Bearer of-the-proxy"}
        assert client.get("/v1/models", headers=added).status_code == 200
        foreign = {**added, "Origin": "https://evil.test"}
        assert client.get("/v1/models", headers=foreign).status_code == 403


def test_removing_the_last_token_opens_no_door(tmp_path: Path) -> None:
    base = store.opened(tmp_path)
    Tokens(base).add("only", account=None, seconds=None)
    assistant: Any = Scripted(config=Config(data_dir=tmp_path))
    with served(lambda: api.create_app(assistant)) as where:
        assert httpx.get(f"{where}/v1/models").status_code == 401
        Tokens(base).remove("only")
        assert httpx.get(f"{where}/v1/models").status_code == 401
    base.close()


def test_a_folder_that_cannot_be_written_to_is_told_in_words(
    visit: Open, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Sessions, account: Any) -> str:
        raise FolderReadOnly("The data folder is read-only.")

    client = visit()
    monkeypatch.setattr(Sessions, "begin", refused)
    reply = login(client, ADA)
    assert reply.status_code == 503 and "Nobody can log in" in reply.text
