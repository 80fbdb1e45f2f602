"""Where the corpora of a data folder are: the one without a name in the folder itself, the others
in `corpora/NAME/`, each laid out as the folder is. What is in them is not known here."""

from __future__ import annotations

import re
from pathlib import Path

from rag.errors import UnknownCorpus
from rag.settings.file import FILE

FOLDER = "corpora"
"""Within the data folder."""
DEFAULT = "default"
"""How the corpus of the data folder itself is called where a name is asked for."""
CATALOG = "catalog.sqlite3"
"""The file that makes a folder a corpus."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_OF_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
ALLOWED = (
    "up to 64 letters (a to z), digits, “-”, “_” and “.”, the first a letter or digit, the last no"
    " “.”, and no name that Windows reserves"
)
"""What a name may be, in words."""


def is_name(text: str) -> bool:
    """Whether a corpus may be called so: a name is a folder on every system, and no path."""
    return bool(_NAME.fullmatch(text)) and not _OF_WINDOWS.fullmatch(text)


def folder(root: Path, name: str | None) -> Path:
    """Where the corpus `name` of the data folder `root` is, or would be; None: the one without."""
    return root if name is None else root / FOLDER / name


def names(root: Path) -> list[str]:
    """The named corpora there are, in alphabetical order."""
    try:
        held = [one.parent.name for one in (root / FOLDER).glob(f"*/{CATALOG}")]
    except OSError:
        return []
    return sorted(filter(is_name, held), key=str.casefold)


def known(root: Path, name: str) -> str:
    """`name` where there is such a corpus. Raises UnknownCorpus."""
    there = names(root)
    if name in there:
        return name
    others = ", ".join([DEFAULT, *there])
    raise UnknownCorpus(
        f"There is no corpus {name!r} in {root}. There are: {others}.",
        remedy=f"Name one of them, or make it: citewell --corpus {name} ingest FILES",
    )


def free(root: Path, name: str) -> str:
    """`name` for a corpus that is there or may be made. Raises UnknownCorpus where only one is
    there whose name differs in capitals, which is the same folder on many systems."""
    there = names(root)
    alike = [one for one in there if one.casefold() == name.casefold()]
    if alike and name not in alike:
        raise UnknownCorpus(
            f"There is no corpus {name!r}, but one called {alike[0]!r}.",
            remedy=f"Choose another name, or say: --corpus {alike[0]}",
        )
    return name


def folders(root: Path) -> list[Path]:
    """Of all corpora there may be, that of the data folder itself first."""
    return [root, *(folder(root, name) for name in names(root))]


def root_of(corpus: Path) -> Path:
    """The data folder that the folder of a corpus is in, or is."""
    return corpus.parent.parent if corpus.parent.name == FOLDER else corpus


def settings_file(root: Path, name: str | None) -> Path:
    """The `config.toml` that counts: the corpus's own where it has one, else the data folder's."""
    own = folder(root, name) / FILE
    return own if own.exists() else root / FILE
