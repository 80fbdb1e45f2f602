"""`citewell token`: tokens of programs, in the terminal."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ui.access.folder import day, opened
from ui.options import AsJson, DataDir, Debug

app = typer.Typer(no_args_is_help=True, help="Tokens for programs: HTTP, OpenAI's clients, MCP.")


@app.command(
    "add",
    epilog="Examples:\n\ncitewell token add notebook --user ada\n\n"
    "citewell token add ci --expires 90d",
)
def add_token(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    *,
    user: Annotated[str | None, typer.Option(help="Whose it is.", show_default=False)] = None,
    expires: Annotated[
        str | None,
        typer.Option(help="After how long it ends: 12h, 90d, 4w.", show_default="never"),
    ] = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Make a token and print it, once. From then on `citewell serve` wants one of everybody."""
    from ui import terminal
    from ui.access.people import People
    from ui.access.tokens import Tokens, seconds_of

    seconds = None if expires is None else seconds_of(expires)
    with opened(data_dir) as (_, base):
        account = None if user is None else People(base).get(user)
        token = Tokens(base).add(name, account=account, seconds=seconds)
    sys.stdout.write(f"{token}\n")
    terminal.notice("Keep it now: it is not shown again. Programs send it as Authorization: Bearer")


@app.command("list", epilog="Example:\n\ncitewell token list --json")
def list_tokens(as_json: AsJson = False, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Which tokens there are, by what they begin with."""
    from ui import exporting, terminal
    from ui.access.tokens import Tokens

    with opened(data_dir) as (_, base):
        found = Tokens(base).all()
    if as_json:
        rows = [
            {
                "name": t.name,
                "user": t.user or None,
                "prefix": t.prefix,
                "made": day(t.made),
                "expires": None if t.expires is None else day(t.expires),
                "expired": t.is_over,
            }
            for t in found
        ]
        exporting.print_json(rows)
    elif not found:
        terminal.out("None. Make one: citewell token add NAME")
    else:
        width, user = max(len(t.name) for t in found), max(len(t.user or "-") for t in found)
        for t in found:
            end = "never ends" if t.expires is None else f"ends {day(t.expires)}"
            terminal.out(
                f"{t.name:<{width}}  {t.prefix}…  {t.user or '-':<{user}}  "
                f"{'has ended' if t.is_over else end}"
            )


@app.command("remove", epilog="Example:\n\ncitewell token remove notebook")
def remove_token(
    name: Annotated[str, typer.Argument(help="As it is listed.")],
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Remove a token; whoever uses it is refused from then on."""
    from ui import terminal
    from ui.access.tokens import Tokens

    with opened(data_dir) as (_, base):
        Tokens(base).remove(name)
    terminal.out(f"The token {name} is removed.")
