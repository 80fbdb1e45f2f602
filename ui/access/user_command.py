"""`citewell user`: the people of a data folder, in the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import UsageError
from ui.access.folder import day, opened
from ui.confirming import agreed
from ui.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from pathlib import Path

    from ui.access.people import Account, People

app = typer.Typer(no_args_is_help=True, help="People who may log in at the page.")

Name = Annotated[str, typer.Argument(help="As it is typed to log in.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
]
_AGAIN = "Type it again: the two are not the same."


@app.command(
    "add",
    epilog="Examples:\n\ncitewell user add ada --admin\n\n"
    "citewell user add bert --password-stdin < password.txt",
)
def add_user(
    name: Name,
    *,
    admin: Annotated[
        bool, typer.Option("--admin", help="May add papers, change settings, start runs.")
    ] = False,
    password_stdin: FromStdin = False,
    no_password: Annotated[
        bool,
        typer.Option("--no-password", help="Comes in by a proxy alone (--trust-proxy-header)."),
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Add somebody. From then on the page asks everybody to log in."""
    from ui import terminal
    from ui.access import people as named

    with opened(data_dir) as (folder, base):
        people = named.People(base)
        name = named.checked_name(name)
        if people.find(name):
            raise UsageError(
                f"There is somebody called {name} already.",
                remedy=f"Another password: citewell user password {name}",
            )
        password = None if no_password else _password(from_stdin=password_stdin)
        is_first = people.first_admin() is None
        account = people.add(name, role="admin" if admin else "member", password=password)
        terminal.out(f"{account.name} is added{', as an admin' if admin else ''}.")
        if admin and is_first and _inherit(folder, people, account):
            terminal.out("What was kept here before is theirs now: conversations, tables, marks.")
        if not admin and is_first:
            terminal.notice(
                f"There is no admin yet; one is made with: citewell user role {account.name} admin"
            )


@app.command("list", epilog="Example:\n\ncitewell user list --json")
def list_users(as_json: AsJson = False, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Who may log in."""
    from ui import exporting, terminal
    from ui.access.people import People

    with opened(data_dir) as (_, base):
        found = People(base).all()
    if as_json:
        exporting.print_json(
            [
                {"name": a.name, "role": a.role, "password": a.has_password, "added": day(a.added)}
                for a in found
            ]
        )
    elif not found:
        terminal.out("Nobody. Add somebody: citewell user add NAME --admin")
    else:
        width = max(len(a.name) for a in found)
        for a in found:
            by = "" if a.has_password else "  no password"
            terminal.out(f"{a.name:<{width}}  {a.role:<6}  since {day(a.added)}{by}")


@app.command("remove", epilog="Example:\n\ncitewell user remove bert --give-to ada")
def remove_user(
    name: Name,
    *,
    give_to: Annotated[
        str | None,
        typer.Option(help="Who gets what they have kept, else it is deleted.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Remove somebody, with sessions, tokens, and what they have kept."""
    from ui import terminal
    from ui.access.people import People
    from ui.web import handover
    from ui.web.chat.conversations import digest

    with opened(data_dir) as (folder, base):
        people = People(base)
        account = people.get(name)
        heir = people.get(give_to) if give_to is not None else None
        if heir and heir.id == account.id:
            raise UsageError("What somebody has kept cannot go to themselves.")
        owner = digest(account.owner) or ""
        told = _told(handover.kept(folder, owner))
        if told and not heir and not yes:
            question = f"{account.name} has kept {told}. Delete all of it?"
            remedy = f"citewell user remove {account.name} --yes, or --give-to somebody else"
            if not agreed(question, otherwise=remedy):
                raise UsageError("Nothing was removed.")
        people.remove(account)
        if heir:
            handover.hand_over(folder, owner, digest(heir.owner) or "")
        else:
            handover.delete(folder, owner)
        where = f"; {told} went to {heir.name}" if heir and told else ""
        terminal.out(f"{account.name} is removed{where}.")
        left = people.all()
        if not left:
            terminal.notice("Nobody is left: once started anew, the page asks nobody to log in.")
        elif not any(one.role == "admin" for one in left):
            terminal.notice(f"No admin is left. Make one: citewell user role {left[0].name} admin")


@app.command("password", epilog="Example:\n\ncitewell user password ada")
def set_password(
    name: Name, password_stdin: FromStdin = False, data_dir: DataDir = None, debug: Debug = False
) -> None:
    """Give somebody another password. It ends their sessions."""
    from ui import terminal
    from ui.access.people import People

    with opened(data_dir) as (_, base):
        people = People(base)
        account = people.get(name)
        people.set_password(account, _password(from_stdin=password_stdin))
        terminal.out(f"{account.name} has another password, and has to log in anew everywhere.")


@app.command("role", epilog="Example:\n\ncitewell user role bert admin")
def set_role(
    name: Name,
    role: Annotated[str, typer.Argument(help="admin or member.")],
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Make somebody an admin, or a member."""
    from ui import terminal
    from ui.access.people import People

    if role not in ("admin", "member"):
        raise UsageError(f"There is no role {role!r}.", remedy="Say admin or member.")
    with opened(data_dir) as (folder, base):
        people = People(base)
        account = people.get(name)
        is_first = people.first_admin() is None
        people.set_role(account, "admin" if role == "admin" else "member")
        if role == "admin" and is_first:
            _inherit(folder, people, account)
        terminal.out(f"{account.name} is {'an admin' if role == 'admin' else 'a member'} now.")


def _password(*, from_stdin: bool) -> str:
    from ui.access.passwords import checked

    if from_stdin:
        return checked(sys.stdin.readline().rstrip("\r\n"))
    if not sys.stdin.isatty():
        raise UsageError(
            "A password is typed at a terminal, and there is none.",
            remedy="Or hand it in: --password-stdin < FILE",
        )
    password = checked(typer.prompt("Password", hide_input=True, err=True))
    if typer.prompt("And again", hide_input=True, err=True) != password:
        raise UsageError(_AGAIN)
    return password


def _inherit(folder: Path, people: People, heir: Account) -> bool:
    """What was kept before there were people becomes the first admin's; whether there was any."""
    from ui.web import handover
    from ui.web.chat.conversations import digest

    others = [digest(one.owner) or "" for one in people.all()]
    return handover.inherit(folder, digest(heir.owner) or "", but=others)


def _told(kept: dict[str, int]) -> str:
    words = {
        "conversations": ("conversation", "conversations"),
        "tables": ("table", "tables"),
        "marks": ("marked paper", "marked papers"),
        "searches": ("saved search", "saved searches"),
    }
    return ", ".join(f"{n:,} {words[kind][n > 1]}" for kind, n in kept.items() if n)
