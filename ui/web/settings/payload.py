"""Settings and indexes as the page is told them: JSON, without any key."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from rag.errors import ConfigError
from rag.settings import values as allowed
from ui import doctor
from ui.access.person import Person
from ui.settings import EDITABLE
from ui.web.views import Site

NOT_HERE = (
    "Settings are changed on the machine that Citewell runs on. This page can be reached from"
    " other machines (--host), so it only shows them."
)
_LONGEST = 2000  # characters of a value
_NUMBERS = {
    "context_tokens": "The context",
    "price_prompt": "The price of reading",
    "price_completion": "The price of writing",
}
_CORPUS = "Corpus and indexes"


def settings(site: Site, who: Person) -> dict[str, Any]:
    config = site.assistant.config
    fields = {}
    for name in EDITABLE:
        origin, fixed = site.settings.origin(name), site.settings.fixed(name)
        value = getattr(config, name)
        fields[name] = {
            # The key is told apart from all others here, and nowhere is it read.
            **({"is_set": bool(value)} if name == "api_key" else {"value": value}),
            "origin": origin.kind,
            "set_by": origin.name,
            "fixed_by": fixed.name if fixed else "",
        }
    return {
        "fields": fields,
        "may_change": who.is_admin,
        "why": "" if who.is_admin else who.why_not(NOT_HERE),
        "file": str(site.settings.file) if who.is_admin else "",
        "writes": config.answers_with_model,
        "leaves": config.leaves_machine,
        "stays": getattr(config, "stays_on_machine", []),
        "embedder": config.embed_model or "",
    }


def cleaned(changes: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends, blanks as None. Raises ConfigError for what is too long."""
    return {name: _cleaned(name, value) for name, value in changes.items()}


def _cleaned(name: str, value: Any) -> str | float | None:
    if value is None or isinstance(value, int | float):
        return value
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ConfigError(f"{name} takes a text or a number, and no longer one.")
    value = value.strip()
    if not value:
        return None
    if name not in _NUMBERS:
        return str(value)
    try:  # a price may be written with a comma
        return cast(float, allowed.value(name, value.replace(",", ".")))
    except allowed.NotAllowedError as error:
        raise ConfigError(f"{_NUMBERS[name]} takes {error}.") from error


def index(site: Site, who: Person) -> list[dict[str, Any]]:
    """What is indexed and how it is, as `citewell doctor` tells it, and how large its parts are."""
    config = site.assistant.config
    report = doctor.examine(config).as_json()
    rows = [
        {"name": name, "value": found["value"], "fine": found["fine"]}
        for name, found in report[_CORPUS].items()
        if who.is_admin or name != "data folder"
    ]
    sizes = [
        ("catalog", _size(config.data_dir, "catalog.sqlite3*")),
        ("indexes", _size(config.data_dir, "index/**/*")),
        ("model cache", _size(config.root, "models/**/*")),
        ("conversations", _size(config.data_dir, "conversations.sqlite3*")),
        ("evaluation runs", _size(config.data_dir, "runs/**/*")),
    ]
    told = ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in sizes if size > 50_000)
    if told:
        rows.append({"name": "sizes", "value": told, "fine": True})
    return rows


def _size(folder: Path, pattern: str) -> int:
    total = 0
    for file in folder.glob(pattern):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:  # swept away meanwhile
            continue
    return total
