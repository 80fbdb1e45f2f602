"""What the view `evaluation` asks of the server."""

from __future__ import annotations

from fastapi import APIRouter

from ui.web.views import API, Site


def routes(site: Site) -> APIRouter:
    return APIRouter(prefix=f"{API}/evaluation")
