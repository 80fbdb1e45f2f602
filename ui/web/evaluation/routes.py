"""What the view `evaluation` asks of the server: question sets, runs, their figures and reports."""

from __future__ import annotations

import json
import threading
from typing import Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import HTMLResponse

from eval import drafts
from rag.errors import UsageError
from ui.web.chat.conversations import digest
from ui.web.evaluation.run_files import titles
from ui.web.evaluation.run_manager import RANKINGS, RunManager
from ui.web.guard import VISITOR
from ui.web.replies import refused, told
from ui.web.views import API, Site

NOT_HERE = (
    "Runs are started on the machine that Citewell runs on. This page can be reached from other"
    " machines (--host), so it only shows them."
)
_SIDE_BY_SIDE = 6
"""Runs at a time, as in evaluation.js."""


def routes(site: Site) -> APIRouter:
    router = APIRouter(prefix=f"{API}/evaluation")
    manager = RunManager(site.assistant)
    drawing = threading.Lock()  # matplotlib's settings are the process's

    @router.get("")
    @told
    def overview() -> Any:
        config, work = site.assistant.config, manager.state()
        return {
            "sets": manager.sets.listed(),
            "rankings": [{"name": name, "title": title} for name, title in RANKINGS.items()],
            "model": config.model,
            "server": "" if config.local_model else config.base_url or "api.openai.com",
            "measures": titles(),
            "runs": manager.runs.listed(but=work["name"] if work["state"] == "running" else ""),
            "work": work,
            "is_local": site.local,
            "why": "" if site.local else NOT_HERE,
        }

    @router.get("/work")
    def work() -> Any:
        return manager.state()

    @router.post("/start")
    @told
    def start(wanted: dict[str, Any] = Body()) -> Any:  # noqa: B008 - how FastAPI is told
        if not site.local:
            return refused(NOT_HERE)
        if name := _text(wanted, "resume"):
            manager.go_on(name)
        else:
            manager.start(
                _text(wanted, "set"),
                mode="llm" if wanted.get("mode") == "llm" else "extractive",
                ranking=_text(wanted, "ranking") or "default",
                limit=_limit(wanted.get("limit")),
                name=_text(wanted, "name"),
            )
        return manager.state()

    @router.post("/stop")
    def stop() -> Any:
        if not site.local:
            return refused(NOT_HERE)
        manager.work.stop()
        return manager.state()

    @router.post("/sets")
    @told
    def add(given: dict[str, Any] = Body()) -> Any:  # noqa: B008
        if not site.local:
            return refused(NOT_HERE)
        papers = site.assistant.index_manager.catalog.papers()
        return manager.sets.add(_text(given, "name"), _text(given, "text"), papers)

    @router.get("/drafts")
    @told
    def drafted(request: Request) -> Any:
        """What this visitor has judged in the chat, as drafts to be completed."""
        owner = digest(request.cookies.get(VISITOR) or None)
        if site.conversations is None or owner is None:
            return {"text": "", "count": 0}
        papers = {paper.paper_id: paper for paper in site.assistant.index_manager.catalog.papers()}
        judged = [drafts.parse(one) for one in site.conversations.judgements.rated(owner)]
        entries = drafts.draft(judged, papers)
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        return {"text": text, "count": len(entries)}

    @router.post("/forget")
    @told
    def forget(given: dict[str, Any] = Body()) -> Any:  # noqa: B008
        if not site.local:
            return refused(NOT_HERE)
        if file := _text(given, "set"):
            manager.sets.forget(file)
        else:
            manager.runs.forget(_text(given, "run"))
        return overview()

    @router.get("/figures")
    @told
    def figures(run: list[str] = Query()) -> Any:  # noqa: B008
        from ui.web.evaluation import figures as drawn

        with drawing:
            return drawn.figures(manager.runs.load(_few(run)))

    @router.get("/report")
    @told
    def report(run: list[str] = Query()) -> Any:  # noqa: B008
        """The report itself, which the guard sends as a page without any rights (guard.py)."""
        from eval.report import page

        with drawing:
            html = page.render(manager.runs.load(_few(run)), title=" and ".join(run))
        return HTMLResponse(html)

    return router


def _few(names: list[str]) -> list[str]:
    if len(names) > _SIDE_BY_SIDE:
        raise UsageError(
            f"{len(names)} runs are asked for; {_SIDE_BY_SIDE} can be compared at a time.",
            remedy="Choose fewer.",
        )
    return names


def _text(wanted: dict[str, Any], key: str) -> str:
    value = wanted.get(key)
    return value.strip() if isinstance(value, str) else ""


def _limit(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not str(value).isdecimal() or not int(str(value)):
        raise UsageError("The number of questions is a whole number from 1 up.")
    return int(str(value))
