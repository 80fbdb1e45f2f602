"""What the view `evaluation` asks of the server: question sets, runs, their figures and reports."""

from __future__ import annotations

import json
import threading
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, StringConstraints

from eval import drafts
from rag.errors import UsageError
from rag.records import Mode
from ui.access import person
from ui.web import failures
from ui.web.chat.conversations import digest
from ui.web.evaluation.run_files import titles
from ui.web.evaluation.run_manager import RANKINGS, RunManager
from ui.web.views import Site

NOT_HERE = (
    "Runs are started on the machine that Citewell runs on. This page can be reached from other"
    " machines (--host), so it only shows them."
)
_SIDE_BY_SIDE = 6
"""Runs at a time, as in evaluation.js."""

_Name = Annotated[str, StringConstraints(strip_whitespace=True)]


class NewRun(BaseModel):
    """`resume`: the name of a run that stopped, and nothing else counts then. `limit`: the number
    of questions as it was typed, empty for all."""

    resume: _Name = ""
    set: _Name = ""
    mode: Mode = "extractive"
    ranking: _Name = ""
    limit: int | _Name = ""
    name: _Name = ""


class NewSet(BaseModel):
    name: _Name = ""
    text: str = ""


class Forgotten(BaseModel):
    set: _Name = ""
    run: _Name = ""


def routes(site: Site) -> APIRouter:
    router = failures.router("evaluation")
    manager = RunManager(site.assistant)
    drawing = threading.Lock()  # matplotlib's settings are the process's

    @router.get("")
    def overview(request: Request) -> Any:
        who = person.of(request)
        config, work = site.assistant.config, manager.state()
        return {
            "sets": manager.sets.listed(),
            "rankings": [{"name": name, "title": title} for name, title in RANKINGS.items()],
            "model": config.model,
            "server": "" if config.local_model else config.base_url or "api.openai.com",
            "measures": titles(),
            "runs": manager.runs.listed(but=work["name"] if work["state"] == "running" else ""),
            "work": work,
            "may_change": who.is_admin,
            "why": "" if who.is_admin else who.why_not(NOT_HERE),
        }

    @router.get("/work")
    def work() -> Any:
        return manager.state()

    @router.post("/start")
    def start(request: Request, wanted: NewRun) -> Any:
        person.of(request).require_admin(NOT_HERE)
        if wanted.resume:
            manager.go_on(wanted.resume)
        else:
            manager.start(
                wanted.set,
                mode=wanted.mode,
                ranking=wanted.ranking or "default",
                limit=_limit(str(wanted.limit)),
                name=wanted.name,
            )
        return manager.state()

    @router.post("/stop")
    def stop(request: Request) -> Any:
        person.of(request).require_admin(NOT_HERE)
        manager.work.stop()
        return manager.state()

    @router.post("/sets")
    def add(request: Request, given: NewSet) -> Any:
        person.of(request).require_admin(NOT_HERE)
        papers = site.assistant.index_manager.catalog.papers()
        return manager.sets.add(given.name, given.text, papers)

    @router.get("/drafts")
    def drafted(request: Request) -> Any:
        """What this visitor has judged in the chat, as drafts to be completed."""
        owner = digest(person.of(request).owner)
        if site.conversations is None or owner is None:
            return {"text": "", "count": 0}
        papers = {paper.paper_id: paper for paper in site.assistant.index_manager.catalog.papers()}
        judged = [drafts.parse(one) for one in site.conversations.judgements.rated(owner)]
        entries = drafts.draft(judged, papers)
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        return {"text": text, "count": len(entries)}

    @router.post("/forget")
    def forget(request: Request, given: Forgotten) -> Any:
        person.of(request).require_admin(NOT_HERE)
        if given.set:
            manager.sets.forget(given.set)
        else:
            manager.runs.forget(given.run)
        return overview(request)

    @router.get("/figures")
    def figures(run: list[str] = Query()) -> Any:  # noqa: B008
        from ui.web.evaluation import figures as drawn

        with drawing:
            return drawn.figures(manager.runs.load(_few(run)))

    @router.get("/report")
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


def _limit(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or not int(typed):
        raise UsageError("The number of questions is a whole number from 1 up.")
    return int(typed)
