"""The page served: Gradio behind a guard, on an address of this machine, quietly."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from rag.errors import CitewellError
from ui.access.entry import Access
from ui.access.hosts import Hosts, is_any
from ui.access.listening import listening, run
from ui.access.opening import OPEN, Rules, opened
from ui.web import views

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from ui.settings import Settings
    from ui.web.answers import Answers
    from ui.web.switch import Place

# Read by Gradio (and the hub's client that it brings) when it is imported.
SWITCHES = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_MCP_SERVER": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}
MAX_BODY = 64 * 1024
"""Bytes of a request: a question has 4,000 characters at most."""
LARGER = {
    "/gradio_api/queue/join": 4 * MAX_BODY,  # a question with the papers that it keeps to
    f"{views.API}/evaluation/sets": 8 * 1024 * 1024,
    f"{views.API}/notes/papers": 4 * MAX_BODY,
    f"{views.API}/papers/list": 1024 * 1024,  # a selection of thousands, to be looked at
    f"{views.API}/tables": 4 * MAX_BODY,  # the ids of 200 papers
    f"{views.API}/papers/preview": 20 * 1024 * 1024,
}
"""Bytes of a request to paths that take more than a question."""

# What the page needs. Gradio serves much more: files, proxies, uploads, an API, monitoring.
ROUTES = (
    "/",
    r"/citewell/[\w./-]+",
    r"/(?:assets|static)/.+",
    r"/(?:config|theme\.css|favicon\.ico|manifest\.json|robots\.txt)",
    r"/gradio_api/(?:queue/join|queue/data|startup-events|theme\.css|app_id|cancel|reset)/?",
    r"/gradio_api/(?:run/predict|heartbeat/\w+)/?",
)
_FIRST = """<div id="citewell-first"><p>Citewell</p>
<noscript>This page needs JavaScript; all of it comes from this machine.</noscript></div>
<gradio-app"""
_SOCIAL = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*', re.DOTALL)
_STYLES = (
    "theme.css",
    "chat/style.css",
    "chat/prose.css",
    "chat/agreement.css",
    "icons.css",
    "head.css",
    "menus.css",
    "chat/composer.css",
    "chat/sources.css",
    "chat/conversation_list.css",
    "notes/notes.css",
    "chat/scope.css",
    "judging/judging.css",
    "suggestions/suggestions.css",
    "switch/switch.css",
    "views.css",
    *views.styles(),
    "touch.css",
    "print.css",
)
_SCRIPTS = (
    "tab.js",
    "address.js",
    "connection.js",
    "person.js",
    "texts.js",
    "chat/turn.js",
    "chat/script.js",
    "chat/composer.js",
    "chat/modes.js",
    "chat/sources.js",
    "chat/quotes.js",
    "menus.js",
    "chat/conversation_list.js",
    "notes/notes.js",
    "chat/scope.js",
    "judging/judging.js",
    "suggestions/suggestions.js",
    "switch/switch.js",
    "views.js",
    *views.scripts(),
)
_LATER = (
    "marks/mine.js",
    "marks/marks.js",
    "marks/marks.css",
    "searches/searches.js",
    "searches/searches.css",
)
"""What the page loads when it is needed (`citewell.load`)."""
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_HEAD = "".join(
    [
        "<title>Citewell</title>",
        '<link rel="icon" href="/citewell/icon.svg" type="image/svg+xml">',
        *(f'<link rel="stylesheet" href="/citewell/{name}">' for name in _STYLES),
        *(f'<script src="/citewell/{name}"></script>' for name in _SCRIPTS),
        "</head>",
    ]
)


def create_app(
    assistant: Answers,
    *,
    settings: Settings | None = None,
    hosts: Hosts | None = None,
    access: Access | None = None,
    local: bool = True,
    place: Place | None = None,
) -> FastAPI:
    """The page as an ASGI application, for requests under one of the names `hosts` (None: those
    of this machine to itself), from those whom `access` lets in. Without `access`: where there are
    people in the data folder, they; else everybody, who may change things where the page is
    `local`, which is that nobody beyond this machine reaches it. `settings` None: those of the
    data folder. `place`: where the page is among those of several corpora."""
    os.environ.update(SWITCHES)
    with _without_proxies():
        import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import Response

    from ui.access.page_door import PageDoor
    from ui.access.proxy import Forwarded
    from ui.settings import Settings
    from ui.web import remedies
    from ui.web.chat.conversations import Conversations
    from ui.web.current_assistant import CurrentAssistant
    from ui.web.guard import Guard
    from ui.web.login.routes import routes as login
    from ui.web.notes import OpenConversations
    from ui.web.own_sessions import OwnSessions
    from ui.web.page import build
    from ui.web.suggestions import Suggestions

    app = FastAPI(title="Citewell", docs_url=None, redoc_url=None, openapi_url=None)

    def serve_ours(name: str, media_type: str, *, at: str = "") -> None:
        content = (files("ui.web") / name).read_bytes()

        @app.get(f"/citewell/{at or name}")
        async def ours() -> Response:
            return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})

    for name in (*_STYLES, *_SCRIPTS, *_LATER, "icon.svg"):
        serve_ours(name, _TYPES[name.rpartition(".")[2]])
    serve_ours("login/login.css", "text/css", at="login.css")
    conversations, trouble = None, ""
    try:
        conversations = Conversations(assistant.config.data_dir)
    except CitewellError as error:
        trouble = f"Conversations are not kept. {remedies.told(error)}"
    current = CurrentAssistant(assistant, place.settled if place else None)
    site = views.Site(
        assistant=current,
        conversations=conversations,
        open_conversations=OpenConversations(),
        suggestions=Suggestions(current),
        settings=settings or Settings(assistant.config.root, assistant.config.corpus),
        place=place,
    )
    app.state.site = site
    if access is None:
        access = Access(assistant.config.root, local=local, is_open=not local)
    app.include_router(login(access))
    for router in views.routers(site):
        app.include_router(router)
    page = build(
        current,
        papers=len(assistant.index_manager.catalog),
        conversations=conversations,
        open_conversations=site.open_conversations,
        suggestions=site.suggestions,
        trouble=trouble,
    )
    fonts = ["Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif"]
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path=place.prefix if place else None,
        theme=gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size=MAX_BODY,
    )

    def owns_event(page_number: str, event: str) -> bool:
        return event in page._queue.pending_event_ids_session.get(page_number, ())

    # From the inside to the outside.
    app.add_middleware(OwnSessions, owns_event=owns_event)
    app.add_middleware(PageDoor, access=access)
    app.add_middleware(
        Guard,
        hosts=hosts or Hosts(),
        routes=ROUTES,
        max_body=MAX_BODY,
        dress=_dress,
        larger=LARGER,
        sandboxed=[f"{views.API}/evaluation/report"],
    )
    app.add_middleware(Forwarded, proxies=access.proxies)
    return app


def pages(
    assistant: Answers, *, settings: Settings | None = None, hosts: Hosts, access: Access
) -> ASGIApp:
    """The pages of all corpora of the data folder, that of `assistant` first. One is made when
    somebody goes to it: not by those whom `access` does not let in."""
    from ui.access.page_door import PageDoor
    from ui.access.proxy import Forwarded
    from ui.settings import Settings
    from ui.web.switch import CorpusPages

    own = assistant.config
    make = partial(create_app, hosts=hosts, access=access)
    held = CorpusPages(assistant, settings or Settings(own.root, own.corpus), make)
    return Forwarded(PageDoor(held, access=access), proxies=access.proxies)


def serve(
    assistant: Answers,
    *,
    host: str,
    port: int,
    settings: Settings | None = None,
    rules: Rules | None = None,
) -> None:
    """Serve the page until Ctrl-C. Raises CitewellError where `host` and `port` cannot be had,
    UsageError where others could come in and `rules` do not say who."""
    from ui import terminal

    rules = rules or Rules()
    hosts, access = opened(assistant.config.root, host, rules)
    sock = listening(host, port, command="citewell ui")
    # Made by uvicorn, in its event loop: outside of one, Gradio leaves loops lying about.
    app = partial(pages, assistant, settings=settings, hosts=hosts, access=access)
    shown = "localhost" if is_any(host) else f"[{host}]" if ":" in host else host
    terminal.out(f"Citewell is at http://{shown}:{port} (Ctrl-C stops it)")
    if rules.no_auth and not hosts.is_loopback:
        terminal.notice(OPEN.format(host=host))
    run(app, sock)


def _dress(html: str, nonce: str) -> str:
    """Gradio's page with our style (before the first paint), and its scripts allowed to run."""
    html = _SOCIAL.sub("", html)
    html = html.replace("</head>", _HEAD, 1).replace("<gradio-app", _FIRST, 1)
    return re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)


@contextlib.contextmanager
def _without_proxies() -> Iterator[None]:
    """Gradio makes an HTTP client, which the page never uses, when it is imported: proxies and
    certificates of the environment that are of no use would stop it."""
    names = [n for n in os.environ if n.lower().endswith("_proxy") or n.startswith("SSL_CERT_")]
    held = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(held)
