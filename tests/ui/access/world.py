"""A server with people, what one of them has on it, and how everybody else may ask for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ui.access.strangers import JOIN, PREDICT, Browser

API = "/citewell/api"
SECRET = "glaciers XYZZY"
DOINGS = (
    "rename", "add_column", "rename_column", "remove_column", "put_back_column", "add_rows",
    "remove_row", "put_back_row", "renew_row", "set_cell", "clear_cell",
)  # fmt: skip


@dataclass
class World:
    """A server with people, and what Ada has on it."""

    folder: Path
    where: str
    routes: list[tuple[str, str]]
    people: dict[str, Browser] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    owner: str = ""

    def fill(self, path: str, *, private: bool = False) -> str:
        """With Ada's ids."""
        known = {
            "{table_id}": self.ids["table"],
            "{search_id}": self.ids["search"],
            "{conversation}": self.ids["private" if private else "conversation"],
            "{session_hash}": self.ids["page"],
            "{event_id}": self.ids["event"],
            "{api_name}": "predict",
        }
        for name, value in known.items():
            path = path.replace(name, value)
        for part in ("{path:path}", "{path_or_url:path}", "{url_path:path}"):
            path = path.replace(part, "config.toml")
        return path.replace("{", "").replace("}", "")

    def asked(self, *, private: bool) -> dict[str, Any]:
        """All that routes and events take, as far as it names something of Ada's."""
        return {
            "conversation": self.ids["private" if private else "conversation"],
            "turn": self.ids["private turn" if private else "turn"],
            "paper": self.ids["paper"],
            "id": self.ids["paper"],
            "ids": [self.ids["paper"]],
            "table": self.ids["table"],
            "search": self.ids["search"],
            "session_hash": self.ids["page"],
            "event_id": self.ids["event"],
            "kind": "markdown",
            "format": "markdown",
            "since": -1,
            "question": "",
            "mode": "extractive",
            "private": private,
            "name": "taken",
            "title": "taken",
            "verdict": "up",
            "note": "taken",
            "text": "taken",
            "token": "taken",
            "set": "taken",
            "run": "taken",
            "data": [None],
        }

    def body(self, path: str, *, private: bool = False) -> dict[str, Any]:
        """Settings take what is to be changed, all else what it knows of the rest."""
        is_settings = path.startswith(f"{API}/settings")
        return {"mode": "extractive"} if is_settings else self.asked(private=private)

    def events(self) -> list[int]:
        """Of the page, those last that end what the others would show."""
        ending = ("fresh", "rename", "forget", "unload")
        known = self.people["ada"].events
        return [known[name] for name in sorted(known, key=lambda one: one in ending)]

    def requests(self) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
        """Each route with Ada's ids: method, path, query, body. What ends something comes last."""
        ends = ("delete", "heartbeat", "cancel")
        for method, route in sorted(self.routes, key=lambda one: any(e in one[1] for e in ends)):
            for private in (False, True):
                path, told = self.fill(route, private=private), self.asked(private=private)
                query = {name: str(v) for name, v in told.items() if isinstance(v, str | int)}
                if path.endswith("/change"):
                    for do in DOINGS:
                        yield method, path, {}, {**told, "do": do}
                elif path.startswith((JOIN, PREDICT)):
                    for event in self.events():
                        data = {**told, "words": "", "again": told["turn"]}
                        body = {**told, "fn_index": event, "event_data": data}
                        yield method, path, {}, body
                else:
                    yield method, path, query, self.body(path, private=private)

    def kept(self) -> dict[str, Any]:
        """All rows that are Ada's, and what only an admin changes."""
        with closing(sqlite3.connect(self.folder / "conversations.sqlite3")) as db:
            own = "SELECT id FROM conversations WHERE owner = ?"
            rows = {
                kind: db.execute(f"SELECT * FROM {kind} WHERE owner = ?", (self.owner,)).fetchall()
                for kind in ("conversations", "tables", "marks", "searches")
            }
            for kind in ("turns", "judgements"):
                found = db.execute(
                    f"SELECT * FROM {kind} WHERE conversation IN ({own}) ORDER BY 1, 2",
                    (self.owner,),
                )
                rows[kind] = found.fetchall()
            found = db.execute(
                "SELECT c.* FROM table_cells c JOIN tables t ON t.id = c.of WHERE t.owner = ?"
                " ORDER BY 1, 2, 3",
                (self.owner,),
            )
            rows["cells"] = found.fetchall()
        with closing(sqlite3.connect(self.folder / "people.sqlite3")) as db:
            rows["people"] = db.execute("SELECT * FROM people").fetchall()
        with closing(sqlite3.connect(self.folder / "catalog.sqlite3")) as db:
            rows["papers"] = db.execute("SELECT paper_id FROM papers").fetchall()
        config = self.folder / "config.toml"
        rows["config"] = [config.read_bytes()] if config.exists() else []
        return rows


def settle(world: World) -> None:
    """What Ada has: all that can be kept, with a word in it that nothing else has."""
    ada = world.people["ada"]
    papers = ada.client.post(f"{API}/papers/list", json={"words": "glaciers"}).json()["rows"]
    paper = papers[0]["id"]

    def post(path: str, **body: Any) -> Any:
        reply = ada.client.post(f"{API}/{path}", json=body)
        assert reply.status_code == 200, (path, body, reply.text)
        return reply.json()

    asked = ada.ask(f"which papers are about {SECRET}?", "ada-page-1")
    private = ada.ask(f"privately, which are about {SECRET}?", "ada-page-2", private=True)
    world.ids = {
        **asked,
        "private": private["conversation"],
        "private turn": private["turn"],
        "page": "ada-page-1",
        "paper": paper,
        "table": post("tables", ids=[paper], title=SECRET)["id"],
        "search": post("searches", name=SECRET, listed={"words": SECRET})["id"],
    }
    post("marks", paper=paper, note=SECRET, add=SECRET)
    post("judging", conversation=asked["conversation"], turn=asked["turn"], note=SECRET)
