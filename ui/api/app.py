"""The HTTP door: its routes behind the gate, and the server that offers it."""

from __future__ import annotations

import time
from functools import partial

from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings

from rag.answer.fingerprint import software_version
from rag.assistant import Assistant
from rag.errors import UsageError
from ui import terminal
from ui.access.entry import Access
from ui.access.hosts import Hosts
from ui.access.listening import listening, run
from ui.access.opening import OPEN, Rules, opened
from ui.access.proxy import Forwarded
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
    access: Access | None = None,
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
    access = access or Access(assistant.config.root, token=token)
    app.add_middleware(Gate, access=access, hosts=hosts or Hosts(), root_path=root_path)
    app.add_middleware(Forwarded, proxies=access.proxies)
    return app


def check(token: str | None) -> None:
    """Raises UsageError for a token that can be guessed."""
    if token is not None and (len(token) < MIN_TOKEN or not token.isascii() or " " in token):
        raise UsageError(
            f"A token has {MIN_TOKEN} characters at least, without spaces or accents.",
            remedy="Make one: export CITEWELL_SERVE_TOKEN=$(openssl rand -hex 24)",
        )


def serve(
    assistant: Assistant,
    *,
    host: str,
    port: int,
    token: str | None,
    root_path: str,
    rules: Rules | None = None,
) -> None:
    """Serve until Ctrl-C. Raises CitewellError where `host` and `port` cannot be had, UsageError
    where others could ask without a token, and `rules` do not let them."""
    rules = rules or Rules()
    hosts, access = opened(assistant.config.root, host, rules, token=token, for_programs=True)
    sock = listening(host, port, command="citewell serve")
    shown = f"[{host}]" if ":" in host else host
    terminal.out(f"Citewell answers programs at http://{shown}:{port}/v1 (Ctrl-C stops it)")
    if rules.no_auth and not hosts.is_loopback:
        terminal.notice(OPEN.format(host=host))
    run(partial(create_app, assistant, access=access, hosts=hosts, root_path=root_path), sock)
