"""Which corpora there are, for the switch in the page's head."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ui.web import failures
from ui.web.views import Site


def routes(site: Site) -> APIRouter:
    router = failures.router("corpora")

    @router.get("")
    def corpora() -> dict[str, Any]:
        return {"corpora": site.place.links() if site.place else []}

    return router
