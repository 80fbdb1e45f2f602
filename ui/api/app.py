"""The HTTP door: its routes behind the gate, and the server that offers it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings

from rag.answer.fingerprint import software_version
from rag.assistant import Assistant
from rag.errors import UsageError
from ui import terminal
from ui.access.hosts import Hosts, is_loopback
from ui.access.listening import listening, run
from ui.api import faults, native, openai_chat, openai_models, openai_responses
from ui.api.chat_text import Remembered
from ui.api.gate import MAX_BODY, Gate
from ui.api.work import Work
from ui.mcp.server import create as for_agents

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
    hosts: Hosts | None = None,
    root_path: str = "",
    at_once: int = AT_ONCE,
    waiting: int = WAITING,
) -> FastAPI:
    """The door as an ASGI application, for requests under one of the names `hosts` (None: those of
    this machine to itself).
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
    app.add_middleware(Gate, token=token, hosts=hosts or Hosts(), root_path=root_path)
    return app


def check(host: str, token: str | None) -> None:
    """Raises UsageError where others could ask without a token, or with one that can be guessed."""
    make = "Make one: export CITEWELL_SERVE_TOKEN=$(openssl rand -hex 24)"
    if token is not None and (len(token) < MIN_TOKEN or not token.isascii() or " " in token):
        raise UsageError(
            f"A token has {MIN_TOKEN} characters at least, without spaces or accents.", remedy=make
        )
    if token is None and not is_loopback(host):
        raise UsageError(
            f"Others can reach {host}, so whoever asks there needs a token.", remedy=make
        )


def serve(
    assistant: Assistant,
    *,
    host: str,
    port: int,
    token: str | None,
    root_path: str,
    allowed_hosts: Sequence[str] = (),
) -> None:
    """Serve until Ctrl-C. Raises CitewellError where `host` and `port` cannot be had, ConfigError
    for a name of `allowed_hosts` that is none."""
    hosts = Hosts(host, allowed_hosts)
    sock = listening(host, port, command="citewell serve")
    shown = f"[{host}]" if ":" in host else host
    terminal.out(f"Citewell answers programs at http://{shown}:{port}/v1 (Ctrl-C stops it)")
    run(partial(create_app, assistant, token=token, hosts=hosts, root_path=root_path), sock)
