"""The pages of several corpora behind one door, as `citewell ui` serves them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from rag.config import load
from rag.settings import corpora
from rag.storage.catalog import Catalog
from tests.browser import served
from tests.corpus import filled
from ui.access import store
from ui.access.entry import Access
from ui.access.hosts import Hosts
from ui.access.people import People
from ui.access.proxy import Proxies
from ui.settings import Settings
from ui.web.server import pages

PASSWORD = "correct horse battery staple"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with a corpus more, and with Ada."""
    folder = tmp_path / "data"
    for name in (None, "other"):
        filled(corpora.folder(folder, name), 3).close()
    base = store.opened(folder)
    People(base).add("ada", role="admin", password=PASSWORD)
    base.close()
    return folder


def client(root: Path, access: Access) -> Iterator[httpx.Client]:
    config = load(data_dir=root, environ={})
    first = wiring.assistant(config, catalog=Catalog(root), embedder=HashEmbedder())
    settings = Settings(root, environ={})
    with (
        served(lambda: pages(first, settings=settings, hosts=Hosts(), access=access)) as where,
        httpx.Client(base_url=where, timeout=60) as asking,
    ):
        yield asking


@pytest.fixture
def behind_a_proxy(root: Path) -> Iterator[httpx.Client]:
    yield from client(root, Access(root, proxies=Proxies(header="X-Forwarded-User")))


@pytest.fixture
def with_a_login(root: Path) -> Iterator[httpx.Client]:
    yield from client(root, Access(root))


@pytest.mark.parametrize("place", ["/", "/corpus/other/"])
@pytest.mark.parametrize("address", [{}, {"X-Forwarded-For": "192.0.2.7"}])
def test_who_has_logged_in_at_a_proxy_is_let_in(
    behind_a_proxy: httpx.Client, place: str, address: dict[str, str]
) -> None:
    assert behind_a_proxy.get(place, headers=address).status_code == 303
    let_in = behind_a_proxy.get(place, headers={"X-Forwarded-User": "ada", **address})
    assert let_in.status_code == 200


@pytest.mark.parametrize("place", ["/", "/corpus/other/"])
def test_a_login_counts_for_every_corpus(with_a_login: httpx.Client, place: str) -> None:
    who = f"{place}citewell/api/person"
    assert with_a_login.get(place).headers["location"] == "/citewell/login"
    assert with_a_login.get(who).status_code == 401
    begun = with_a_login.post("/citewell/login", data={"name": "ada", "password": PASSWORD})
    assert begun.status_code == 303
    assert with_a_login.get(who).json()["name"] == "ada"
