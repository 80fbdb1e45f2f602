"""The HTTP door: its routes behind the gate, and the server that offers it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import uvicorn
from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings

from rag.answer.fingerprint import software_version
from rag.assistant import Assistant
from rag.errors import UsageError
from ui import terminal
from ui.api import faults, native, openai_chat, openai_models, openai_responses
from ui.api.chat_text import Remembered
from ui.api.gate import MAX_BODY, Gate
from ui.api.work import Work
from ui.mcp.server import create as for_agents
from ui.web.server import LOOPBACK, listening

AT_ONCE = 4
WAITING = 32
MIN_TOKEN = 16
"""Characters of a token: what is shorter can be guessed."""
_BEHIND_THE_GATE = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""Hosts and origins are looked at by `Gate`."""


def create_app(
    assistant: Assistant,
    *,
    token: str | None = None,
    hosts: Sequence[str] = LOOPBACK,
    root_path: str = "",
    at_once: int = AT_ONCE,
    waiting: int = WAITING,
) -> FastAPI:
    """The door as an ASGI application. `token` None: only for programs that name one of `hosts`.
    `root_path`: the prefix under which a reverse proxy offers it, whether it cuts that off or not.
    `at_once` questions are worked on, `waiting` more wait."""
    agents = for_agents(assistant, at_once=at_once).streamable_http_app(
        stateless_http=True, max_request_body_size=MAX_BODY, transport_security=_BEHIND_THE_GATE
    )
    app = FastAPI(
        title="Citewell",
        version=software_version(),
        description="Answers over paper abstracts; every claim cites the exact words it rests on.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=agents.router.lifespan_context,
    )
    faults.install(app)
    answers = Work(at_once=at_once, waiting=waiting)
    lookups = Work(at_once=2, waiting=4 * waiting)
    remembered = Remembered()
    for router in (
        native.router(assistant, answers, lookups),
        openai_models.router(assistant, int(time.time())),
        openai_chat.router(assistant, answers, remembered),
        openai_responses.router(assistant, answers, remembered),
    ):
        app.include_router(router)
    app.router.routes.extend(agents.routes)
    app.add_middleware(Gate, token=token, hosts=hosts, root_path=root_path)
    return app


def check(host: str, token: str | None) -> None:
    """Raises UsageError where others could ask without a token, or with one that can be guessed."""
    make = "Make one: export CITEWELL_SERVE_TOKEN=$(openssl rand -hex 24)"
    if token is not None and (len(token) < MIN_TOKEN or not token.isascii() or " " in token):
        raise UsageError(
            f"A token has {MIN_TOKEN} characters at least, without spaces or accents.", remedy=make
        )
    if token is None and not _is_here(host):
        raise UsageError(
            f"Others can reach {host}, so whoever asks there needs a token.", remedy=make
        )


def serve(assistant: Assistant, *, host: str, port: int, token: str | None, root_path: str) -> None:
    """Serve until Ctrl-C. Raises CitewellError where `host` and `port` cannot be had."""
    sock = listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    terminal.out(f"Citewell answers programs at http://{shown}:{port}/v1 (Ctrl-C stops it)")
    config = uvicorn.Config(
        partial(create_app, assistant, token=token, root_path=root_path),
        factory=True,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[sock])


def _is_here(host: str) -> bool:
    return host in LOOPBACK or f"[{host}]" in LOOPBACK
