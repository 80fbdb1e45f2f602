"""The page's HTML: Jinja2 macros in files beside the code that fills them (`*.html.j2`). Whatever
is put into one is escaped, unless it is HTML of another one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def fill(macro: str, *values: Any, **named: Any) -> str:
    """`macro` as `chat/cards:card`: the file and the macro in it. What comes back is not
    escaped again."""
    file, _, name = macro.partition(":")
    filled: str = getattr(_environment().get_template(f"{file}.html.j2").module, name)(
        *values, **named
    )
    return filled


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from rag.text.latex import readable
    from rag.text.words import number_of
    from ui.web.paper_facts import day

    folder = files("ui.web")
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"readable": readable, "day": day}
    environment.globals |= {"number_of": number_of}
    return environment
