"""`config.toml` as a file: what it holds and on which line. What a setting means is not known
here."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from rag.errors import ConfigError

FILE = "config.toml"
"""In the data folder."""


def read(file: Path) -> dict[str, Any]:
    """What a `config.toml` holds, unchecked; nothing where there is none. Raises ConfigError."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        line = found[1] if (found := re.search(r"at line (\d+)", str(error))) else "1"
        raise ConfigError(
            f"{file}:{line}: this is not TOML: {error}.",
            remedy='Correct the line; a setting is written like this: mode = "auto"',
        ) from error
    except UnicodeDecodeError as error:
        line = str(1 + error.object[: error.start].count(b"\n"))
        raise ConfigError(
            f"{file}:{line}: this is not UTF-8 text.", remedy="Save the file as UTF-8."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"{file} cannot be read: {reason}.", remedy="Mend the file or move it away."
        ) from error


def line_of(file: Path, name: str) -> int | None:
    """The line of `file` that sets `name`, as far as it can be told."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return None
    sets = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(lines, 1) if sets.match(line)), None)
