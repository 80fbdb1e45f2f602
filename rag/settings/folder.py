"""Which folder is the data folder, and that it can be used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path

from rag.errors import ConfigError
from rag.storage import versions


def usable(path: Path | None, environ: Mapping[str, str]) -> Path:
    """The data folder: `path`, else the one of the environment, else the user's own. It need not
    be there. Raises ConfigError for what is no folder, NewerData."""
    path = path or _named_folder(environ)
    _require_folder(path)
    versions.require_known(path)
    return path


def _named_folder(environ: Mapping[str, str]) -> Path:
    """The data folder where no option names one. Raises ConfigError."""
    named = environ.get("CITEWELL_DATA_DIR", "").strip()
    try:
        return Path(named).expanduser() if named else user_data_path("citewell", appauthor=False)
    except RuntimeError as error:  # ~somebody, or no home
        raise ConfigError(
            f"CITEWELL_DATA_DIR cannot be {named!r}: there is no such home folder."
            if named
            else "This user has no home folder to keep a catalog in.",
            remedy="Name a folder with --data-dir or CITEWELL_DATA_DIR.",
        ) from error


def _require_folder(path: Path) -> None:
    """Raises ConfigError where `path`, or what of it is there, is no folder that can be read."""
    try:
        there = next(place for place in (path, *path.parents) if place.exists())
        if not there.is_dir():
            raise ConfigError(
                f"The data folder cannot be {path}: {there} is a file.",
                remedy="Name a folder with --data-dir or CITEWELL_DATA_DIR.",
            )
        if there == path:
            next(path.iterdir(), None)
    except OSError as error:
        raise ConfigError(
            f"The data folder {path} cannot be read: {error.strerror or error}.",
            remedy="Name another one with --data-dir or CITEWELL_DATA_DIR.",
        ) from error
