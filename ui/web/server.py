"""The page served: Gradio behind a guard, on an address of this machine, quietly."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from rag.errors import CitewellError
from ui.web import views

if TYPE_CHECKING:
    from fastapi import FastAPI

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
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

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
    allowed_hosts: Sequence[str] = LOOPBACK,
    local: bool = True,
    place: Place | None = None,
) -> FastAPI:
    """The page as an ASGI application, for requests that name one of `allowed_hosts`.

    `settings` (None: those of the assistant's folder) can be changed on the page where it
    is `local`: nobody beyond this machine can reach it, so whoever does may also change things.
    `place`: where the page is among those of several corpora."""
    os.environ.update(SWITCHES)
    with _without_proxies():
        import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import Response
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from ui.settings import Settings
    from ui.web import remedies
    from ui.web.chat.conversations import Conversations
    from ui.web.current_assistant import CurrentAssistant
    from ui.web.guard import Guard
    from ui.web.notes import OpenConversations
    from ui.web.page import build
    from ui.web.suggestions import Suggestions

    app = FastAPI(title="Citewell", docs_url=None, redoc_url=None, openapi_url=None)

    def serve_ours(name: str, media_type: str) -> None:
        content = (files("ui.web") / name).read_bytes()

        @app.get(f"/citewell/{name}")
        async def ours() -> Response:
            return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})

    for name in (*_STYLES, *_SCRIPTS, *_LATER, "icon.svg"):
        serve_ours(name, _TYPES[name.rpartition(".")[2]])
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
        local=local,
        place=place,
    )
    app.state.site = site
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
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts), www_redirect=False)
    app.add_middleware(
        Guard,
        routes=ROUTES,
        max_body=MAX_BODY,
        dress=_dress,
        larger=LARGER,
        sandboxed=[f"{views.API}/evaluation/report"],
    )
    return app


def serve(assistant: Answers, *, host: str, port: int, settings: Settings | None = None) -> None:
    """Serve the page until Ctrl-C. Raises CitewellError where `host` and `port` cannot be had."""
    import uvicorn

    from ui import terminal
    from ui.settings import Settings
    from ui.web.switch import CorpusPages

    sock = listening(host, port)
    # Made by uvicorn, in its event loop: outside of one, Gradio leaves loops lying about.
    local = host in LOOPBACK or f"[{host}]" in LOOPBACK
    make = partial(create_app, allowed_hosts=_names(host), local=local)
    own = assistant.config
    settings = settings or Settings(own.root, own.corpus)
    app = partial(CorpusPages, assistant, settings, make)
    shown = "localhost" if _is_any(host) else f"[{host}]" if ":" in host else host
    terminal.out(f"Citewell is at http://{shown}:{port} (Ctrl-C stops it)")
    if not local:
        terminal.notice("Everyone who can reach this machine can ask here; there is no password.")
    config = uvicorn.Config(
        app,
        factory=True,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[sock])


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


def listening(host: str, port: int) -> socket.socket:
    """A bound socket, so that what is announced is true. Raises CitewellError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise CitewellError(
                f"Port {port} of {host} is taken, perhaps by a Citewell that is still running.",
                remedy=f"Choose another one: --port {port % 65535 + 1}",
            ) from error
        raise CitewellError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}.",
            remedy="Name an address of this machine and a port above 1023: "
            "citewell ui --host 127.0.0.1 --port 7860",
        ) from error
    return sock


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _names(host: str) -> list[str]:
    """What a browser may call us: DNS rebinding comes under a name of somebody else's."""
    names = [*LOOPBACK, host, f"[{host}]"]
    if _is_any(host):
        own = socket.gethostname()
        names += [own, f"{own}.local", socket.getfqdn()]
        names += [f"[{a}]" if ":" in a else a for a in _addresses(own)]
    return list(dict.fromkeys(name for name in names if "*" not in name))


def _addresses(name: str) -> Iterable[str]:
    try:
        return [str(info[4][0]) for info in socket.getaddrinfo(name, None)]
    except OSError:
        return []
