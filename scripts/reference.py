"""The parts of the reference that come from the program: the help of every command, and the routes
of `citewell serve`. `make docs` has them written to a folder, and puts them into the site.

    python scripts/reference.py build/reference
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import typer
from typer.cli import get_docs_for_click

from ui.api.app import create_app
from ui.cli import app

_EXAMPLES = re.compile(r"^Examples?:\n\n(.+?)(?=\n## |\Z)", re.MULTILINE | re.DOTALL)
_BOLD = re.compile(r"\[bold\](.*?)\[/bold\]")
_TYPES = re.compile(r" <(?:str|int|int range|Path|path|list\[\w+\])>`:")
_OWN_OPTIONS = re.compile(r"^\* `--(?:help|debug)`: .*\n", re.MULTILINE)


def commands() -> str:
    """A table of the commands, and a section each: what it does, what it takes, examples."""
    rows, parts = [], []
    for name, command in sorted(_commands("citewell", typer.main.get_command(app))):
        context = typer.Context(command, info_name=name)
        told = get_docs_for_click(obj=command, ctx=context, name=name, indent=1)
        first = (command.help or "").split("\n\n")[0].replace("\n", " ")
        rows.append(f"| [`{name}`](#{name.replace(' ', '-')}) | {first} |")
        parts.append(_shown(told))
    table = "\n".join(["| command | what it does |", "|---|---|", *rows])
    return "\n\n".join([table, *parts]) + "\n"


def _commands(prefix: str, group: Any) -> Iterator[tuple[str, Any]]:
    """By their whole names, those of groups too."""
    for name, held in group.commands.items():
        within = hasattr(held, "commands")
        if within:
            yield from _commands(f"{prefix} {name}", held)
        if not within or held.invoke_without_command:
            yield f"{prefix} {name}", held


def _shown(told: str) -> str:
    told = _OWN_OPTIONS.sub("", _BOLD.sub(r"`\1`", told))
    told = _TYPES.sub("`:", told).replace("**Usage**:\n\n```console\n$ ", "```sh\n")
    told = re.sub(r"\*\*Options\*\*:\s+(?=\*\*|Example|\Z)", "", told)
    return _EXAMPLES.sub(_examples, told).strip()


def _examples(match: re.Match[str]) -> str:
    lines = [line for line in match[1].splitlines() if line]
    return "**Examples**:\n\n```sh\n" + "\n".join(lines) + "\n```\n"


def routes(document: Mapping[str, Any]) -> str:
    """A section a route: what it does, what it takes, what it sends; then the objects in these."""
    schemas = document["components"]["schemas"]
    parts, shown = [], set()
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            taken, sent = _schema(route.get("requestBody", {})), _schema(_done(route))
            shown |= {taken, sent}
            rows = [*_parameters(route), *_fields(schemas.get(taken, {}), "body")]
            told = " ".join(route.get("description", "").split())
            parts += [f"## `{method.upper()} {path}`", told, _table(rows)]
            if sent in schemas:
                parts += ["It sends:", _table(_fields(schemas[sent]))]
    parts.append("## Objects")
    for name, schema in schemas.items():
        if name not in shown and "properties" in schema:
            parts += [f"### {name}", schema.get("description", ""), _table(_fields(schema))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _done(route: Mapping[str, Any]) -> Mapping[str, Any]:
    return route.get("responses", {}).get("200", {})  # type: ignore[no-any-return]


def _schema(said: Mapping[str, Any]) -> str:
    """The name of the schema of a body, empty for none."""
    schema = said.get("content", {}).get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").rsplit("/", 1)[-1]  # type: ignore[no-any-return]


def _table(rows: Iterable[str]) -> str:
    told = list(rows)
    return "\n".join(["| field | type | what it may be |", "|---|---|---|", *told]) if told else ""


def _parameters(route: Mapping[str, Any]) -> Iterator[str]:
    for one in route.get("parameters", ()):
        yield _row(one["name"], one["schema"], needed=one["required"], where=one["in"])


def _fields(schema: Mapping[str, Any], where: str = "") -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        needed = bool(where) and name in schema.get("required", ())
        yield _row(name, field, needed=needed, where=where)


def _row(name: str, schema: Mapping[str, Any], *, needed: bool, where: str) -> str:
    limits = {
        "maxLength": "at most {} characters",
        "minimum": "from {}",
        "maximum": "to {}",
        "maxItems": "at most {}",
    }
    told = [*([where] if where else []), *(["needed"] if needed else [])]
    told += [form.format(f"{schema[key]:,}") for key, form in limits.items() if key in schema]
    default = schema.get("default")
    is_told = bool(where) and default not in (None, "", [])
    told += [f"default `{json.dumps(default)}`"] if is_told else []
    about = " ".join(schema.get("description", "").split())
    return f"| `{name}` | {_type(schema)} | {'. '.join(filter(None, [', '.join(told), about]))} |"


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if inner := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(map(_type, inner)))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def main(folder: Path) -> None:
    # The routes are the same over whatever assistant.
    document = create_app(MagicMock()).openapi()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "commands.md").write_text(commands(), "utf-8")
    as_file = "The whole document as a file: [openapi.json](openapi.json).\n\n"
    (folder / "routes.md").write_text(as_file + routes(document), "utf-8")
    (folder / "openapi.json").write_text(json.dumps(document, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
