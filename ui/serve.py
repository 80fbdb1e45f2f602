"""`citewell serve`: the corpus for other programs, over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from rag import config as settings
from ui.access.options import AllowedHosts, NoAuth, ProxyHeader, TrustedProxies, rules
from ui.options import CorpusName, DataDir, Debug, Mode

app = typer.Typer()


@app.command(
    epilog="Examples:\n\ncitewell serve\n\n"
    "curl -G localhost:7861/v1/search --data-urlencode 'question=entropy collapse'\n\n"
    "CITEWELL_SERVE_TOKEN=… citewell serve --host 0.0.0.0 --root-path /citewell",
)
def serve(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 7861,
    token: Annotated[
        str | None,
        typer.Option(
            help="What programs have to send as Authorization: Bearer TOKEN; needed with another"
            " --host (better by CITEWELL_SERVE_TOKEN, which no list of processes shows).",
            envvar="CITEWELL_SERVE_TOKEN",
            show_default=False,
            show_envvar=False,
        ),
    ] = None,
    root_path: Annotated[
        str,
        typer.Option(help="Path prefix under which a reverse proxy offers it.", show_default=False),
    ] = "",
    allowed_hosts: AllowedHosts = None,
    trust_proxy_header: ProxyHeader = None,
    trusted_proxies: TrustedProxies = None,
    no_auth: NoAuth = False,
    mode: Mode = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Serve search, answers and tables to other programs, and to OpenAI's clients as a model."""
    from ui.api import app as door

    door.check(token or None)
    config = settings.load(data_dir=data_dir, corpus=corpus, mode=mode)
    how = rules(
        config,
        allowed_hosts=allowed_hosts,
        proxy_header=trust_proxy_header,
        trusted_proxies=trusted_proxies,
        no_auth=no_auth,
    )
    from ui import terminal
    from ui.access.opening import opened

    # Before the papers are read: it may be refused.
    opened(config.root, host, how, token=token or None, for_programs=True)
    assistant = context.obj.ready(config)

    with terminal.working("Opening the corpus"):
        assistant.warm()
    prefix = root_path.strip("/")
    door.serve(
        assistant,
        host=host,
        port=port,
        token=token or None,
        root_path=f"/{prefix}" if prefix else "",
        rules=how,
    )
