"""What the view `settings` asks of the server: what is set, what is indexed, and changes of both.

The key goes in and never comes out: whether one is set is all that is told.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from rag.errors import UsageError
from rag.storage import index_manager as indexes
from ui.access import person
from ui.web import failures
from ui.web.background import Background, Report
from ui.web.settings import model_server, payload
from ui.web.views import Site

_STAGES = 5  # of a build: reading, vectors, tokens, words, checking


Changes = dict[str, str | int | float | None]
"""Setting → its new value; None takes it away."""


def routes(site: Site) -> APIRouter:
    router = failures.router("settings")
    work = Background("Rebuilding the indexes")

    @router.get("")
    def settings(request: Request) -> dict[str, Any]:
        return payload.settings(site, person.of(request))

    @router.post("")
    def save(request: Request, changes: Changes) -> dict[str, Any]:
        person.of(request).require_admin(payload.NOT_HERE)
        site.assistant.settle(site.settings.save(payload.cleaned(changes)))
        return payload.settings(site, person.of(request))

    @router.post("/test")
    def test(request: Request, changes: Changes) -> dict[str, Any]:
        person.of(request).require_admin(payload.NOT_HERE)
        return model_server.test(site.settings.tried(payload.cleaned(changes)))

    @router.get("/index")
    def index(request: Request) -> dict[str, Any]:
        return {"rows": payload.index(site, person.of(request)), "work": work.state()}

    @router.get("/rebuild")
    def rebuilding() -> dict[str, Any]:
        return work.state()

    @router.post("/rebuild")
    def rebuild(request: Request) -> dict[str, Any]:
        person.of(request).require_admin(payload.NOT_HERE)
        catalog = site.assistant.index_manager.catalog
        if not len(catalog):
            raise UsageError("No papers are there to be indexed.", remedy="Add some first.")

        def build(report: Report) -> str:
            stages: list[str] = []

            def stage(name: str) -> None:
                stages.append(name)
                report(name, len(stages) - 1, _STAGES)

            indexes.rebuild(catalog, stage).close()
            return f"The indexes of {len(catalog):,} papers are new."

        work.start(build)
        return work.state()

    return router
