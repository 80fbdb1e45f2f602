"""The terminal: `citewell`. Commands only parse, call and render; nothing heavy is imported
before the command that needs it runs."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

# Before numpy is imported: our matrices are small, and OpenBLAS's threads spin while they wait
# for each other. The embedded model has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from eval.cli import app as evaluation
from eval.options import Host
from rag import config as settings
from rag.errors import ModelServerError, Stopped, UsageError
from rag.fields import prefer
from rag.filters import Filters
from rag.records import Depth
from ui import backup, corpora, desk, ending, exporting
from ui.access.options import AllowedHosts, NoAuth, ProxyHeader, TrustedProxies, rules
from ui.access.token_command import app as tokens_of_programs
from ui.access.user_command import app as users
from ui.chat.command import app as chat
from ui.enriching import app as enriching
from ui.fetching import app as fetching
from ui.ingesting import app as ingesting
from ui.library import app as library
from ui.mcp.command import app as agents
from ui.options import AsJson, Authors, CorpusName, DataDir, Debug, FormatName, Mode, Output
from ui.removing import app as removing
from ui.serve import app as serving
from ui.tables import app as tables
from ui.vault.command import app as notes
from ui.zotero.command import app as zotero

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Config
    from rag.retrieval.first_stage import Weights
    from ui.session import ProgressDisplay

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Chat with a corpus of paper abstracts; every claim cites the exact words it rests on.\n\n"
        "Where nothing is indexed yet, the bundled corpus is indexed first; with"
        " [bold]citewell ingest FILES[/bold] it is papers of your own."
    ),
    epilog=(
        'Start with: [bold]citewell ask "which papers mitigate entropy collapse in RLVR?"[/bold]'
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from rag.answer.fingerprint import software_version

        typer.echo(f"citewell {software_version()}")
        raise typer.Exit


@app.callback()
def _program(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
    corpus: CorpusName = None,
) -> None:
    if corpus is not None:  # `citewell --corpus NAME ask` is `citewell ask --corpus NAME`
        context.default_map = _everywhere(context.command, {"corpus": corpus})


def _everywhere(command: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    """`defaults` for the options of `command` and of all commands below it."""
    below = getattr(command, "commands", {})
    return defaults | {name: _everywhere(one, defaults) for name, one in below.items()}


app.add_typer(ingesting)
app.add_typer(fetching)
app.add_typer(enriching)
app.add_typer(library)
app.add_typer(removing)
app.add_typer(tables)
app.add_typer(serving)
app.add_typer(desk.app)
app.add_typer(chat)
app.add_typer(agents)
app.add_typer(users, name="user")
app.add_typer(tokens_of_programs, name="token")
app.add_typer(notes, name="notes")
app.add_typer(zotero, name="zotero")
app.add_typer(corpora.app)
app.add_typer(backup.app)
app.add_typer(evaluation, name="eval")


@app.command(
    epilog='Examples:\n\ncitewell search "class-incremental learning without replay"\n\n'
    'citewell search "offline reinforcement learning" --author "Sergey Levine"\n\n'
    'citewell search "robot learning papers from 2025" -k 5 --json',
)
def search(
    question: Annotated[
        list[str], typer.Argument(help="What to look for, in quotes; constraints count.")
    ],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many papers.")] = 10,
    authors: Authors = None,
    save: Annotated[
        str | None,
        typer.Option(help="Save it under this name, to see what is new.", show_default=False),
    ] = None,
    format_name: FormatName = None,
    output: Output = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Rank papers for a question, without an answer."""
    from rag.export import json_records as jsons
    from ui import asking, terminal

    target = exporting.wanted(format_name, output, as_json=as_json)
    words = asking.one(question, command="search")
    if authors and save is not None:
        raise UsageError(
            "A search is saved by its words alone.",
            remedy=f'Name the author in them: citewell search "{words} by {authors[0]}" --save …',
        )
    assistant = _ready(settings.load(data_dir=data_dir, corpus=corpus, mode="extractive"))
    result = assistant.search(words, k=k)
    if authors:
        stated = prefer(Filters(authors=tuple(authors)), result.parsed.filters)
        result = assistant.search(words, k=k, filters=stated)
    if save is not None:
        desk.save(assistant, save, words)
    if target:
        target.write(target.kind.of_papers(hit.paper for hit in result.hits))
    elif as_json:
        exporting.print_json(jsons.search(result))
    else:
        terminal.hits(result)


@app.command(
    epilog='Examples:\n\ncitewell ask "which papers mitigate entropy collapse in RLVR?"\n\n'
    'citewell ask "and for image models?" --history history.json  # earlier turns\n\n'
    'citewell ask "why does reward hacking happen?" -o hacking.md  # with footnotes\n\n'
    'citewell ask "entropy collapse in RLVR?" --json > answer.json\n\n'
    "citewell ask - < question.txt  # or: echo question | citewell ask -\n\n"
    "citewell ask --again answer.json  # the answer of today, and what has changed\n\n"
    'citewell ask "all work on entropy collapse" --depth thorough  # all that match\n\n'
    'CITEWELL_MODEL=llama3.1 OPENAI_BASE_URL=http://localhost:11434/v1 citewell ask "why?"',
)
def ask(
    question: Annotated[
        list[str] | None,
        typer.Argument(help="The question, in quotes; - for standard input.", show_default=False),
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(help='Earlier turns: a JSON list of {"role", "content"}.', show_default=False),
    ] = None,
    again: Annotated[
        Path | None,
        typer.Option(
            help="An answer as --json printed it: ask that again, and show what has changed.",
            show_default=False,
        ),
    ] = None,
    depth: Annotated[
        Depth,
        typer.Option(help="thorough: a model looks through all papers and lists those that match."),
    ] = "normal",
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="With --depth thorough: judge anew what was judged before."),
    ] = False,
    mode: Mode = None,
    format_name: FormatName = None,
    output: Output = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Answer a question with checked citations."""
    from ui import asking

    target = exporting.wanted(format_name, output, as_json=as_json)
    config = settings.load(data_dir=data_dir, corpus=corpus, mode=mode)
    request = asking.read(
        asking.one(question), history=history, again=again, depth=depth, fresh=fresh
    )
    assistant = _ready(config)
    if target:
        text = exporting.answer(
            assistant,
            request.question,
            target.kind,
            **request.how,
        )
        target.write(text)
    elif as_json:
        exporting.print_json(asking.as_json(assistant, request))
    else:
        asking.show(assistant, request)


_KEPT = "Until it is through, the vectors of before are kept, and used under their settings."


@app.command(epilog="Example:\n\ncitewell reindex --embed  # after changing the embedding model")
def reindex(
    embed: Annotated[
        bool, typer.Option("--embed", help="Chunk and embed all papers anew as well.")
    ] = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Rebuild the indexes from the catalog."""
    from ingest.build import rebuild, reembed
    from rag.storage.catalog import Catalog
    from rag.wiring import make_embedder
    from ui import terminal
    from ui.words import papers_in_words

    config = settings.load(data_dir=data_dir, corpus=corpus)
    catalog = Catalog(config.data_dir)
    try:
        with terminal.progress("Rebuilding the indexes") as progress:
            if embed:
                reembed(catalog, make_embedder(config), report=progress)
            else:
                rebuild(catalog, progress)
    except KeyboardInterrupt as stop:
        kept = f" {_KEPT}" if embed else ""
        raise Stopped(f"Stopped. No paper is lost; the same command goes on.{kept}") from stop
    except ModelServerError:
        terminal.notice(f"The same command goes on where this one ends. {_KEPT}")
        raise
    terminal.out(f"Indexes of {papers_in_words(len(catalog))} rebuilt.")


@app.command(epilog="Example:\n\ncitewell ui --port 8080")
def ui(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 7860,
    allowed_hosts: AllowedHosts = None,
    trust_proxy_header: ProxyHeader = None,
    trusted_proxies: TrustedProxies = None,
    no_auth: NoAuth = False,
    mode: Mode = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Serve the chat page."""
    from ui import terminal
    from ui.access.opening import opened
    from ui.settings import Settings
    from ui.web.server import serve

    config = settings.load(data_dir=data_dir, corpus=corpus, mode=mode)
    how = rules(
        config,
        allowed_hosts=allowed_hosts,
        proxy_header=trust_proxy_header,
        trusted_proxies=trusted_proxies,
        no_auth=no_auth,
    )
    opened(config.root, host, how)  # before the papers are read: it may be refused
    assistant = _ready(config)
    with terminal.working("Opening the page"):
        assistant.warm()
    changeable = Settings(config.root, config.corpus, given={"mode": mode})
    serve(assistant, host=host, port=port, settings=changeable, rules=how)


@app.command(epilog="Examples:\n\ncitewell doctor\n\ncitewell doctor --offline --json")
def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Check settings, servers and indexes, and show what leaves the machine."""
    from ui import terminal
    from ui.doctor import examine

    config = settings.load(data_dir=data_dir, corpus=corpus)
    with terminal.working("Looking at everything"):
        report = examine(config, offline=offline)
    if as_json:
        exporting.print_json(report.as_json())
    else:
        terminal.doctor(report)
    if not report.healthy:
        raise typer.Exit(1)


def _ready(config: Config, *, weights: Weights | None = None) -> Assistant:
    from ui import session

    return session.ready(config, _progress, weights=weights)


def _progress(title: str) -> AbstractContextManager[ProgressDisplay]:
    from ui import terminal

    return terminal.progress(title)


def _notice(text: str) -> None:
    from ui import terminal

    terminal.notice(text)


def _rated(config: Config) -> list[dict[str, Any]]:
    from ui import session

    return session.judged(config)


def main(arguments: list[str] | None = None) -> None:
    """The console command."""
    arguments = sys.argv[1:] if arguments is None else arguments
    host = Host(ready=_ready, progress=_progress, notice=_notice, rated=_rated)
    sys.exit(
        ending.code(
            lambda: app(args=arguments, prog_name="citewell", obj=host),
            debug="--debug" in arguments,
            corpus=_named(arguments),
        )
    )


def _named(arguments: list[str]) -> str:
    """The corpus that `--corpus` names, so that the commands of errors name it too."""
    for at, word in enumerate(arguments):
        option, sign, name = word.partition("=")
        if option == "--corpus":
            return name if sign else "".join(arguments[at + 1 : at + 2])
    return ""


if __name__ == "__main__":
    main()
