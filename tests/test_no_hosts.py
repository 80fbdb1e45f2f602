"""What must stand in no file of the repository: addresses and paths of registries and machines."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.documents import ROOT

# Put together from pieces, so that this file may be searched too.
_FORBIDDEN = re.compile(
    "|".join(
        [
            r"\bpy" r"pi\.org",
            r"python" r"hosted\.org",
            r"npm" r"js\.(?:org|com)",
            r"\bdeb" r"ian\.org",
            r"registry\." r"[a-z]",
            r"(?<![\w.~>*{}-])/(?:work|tmp|root|mnt|(?:home|Users)(?!/someone\b))" r"/\w",
            r"\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}\b(?!\.)",
        ]
    )
)


def kept() -> list[Path]:
    """Text files of the repository, the bundled pages aside: those are what others wrote."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not in a clone")
    files = [ROOT / name for name in listed if name and not name.startswith("ingest/corpus/")]
    return [f for f in files if f.is_file() and b"\0" not in f.read_bytes()[:4096]]


def test_no_address_or_path_of_a_registry_or_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in kept()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (match := _FORBIDDEN.search(line))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("see https://py" + "pi.org/simple", True),
        ("in /wo" + "rk/main", True),
        ("at 10.1.2" + ".3", True),
        ("make test/work/fine", False),
        ("version 10.1.2", False),
        ("~/.local/share/citewell", False),
    ],
)
def test_what_is_looked_for(line: str, bad: bool) -> None:
    assert bool(_FORBIDDEN.search(line)) == bad


@pytest.mark.parametrize("path", ROOT.glob("requirements*.lock"), ids=lambda path: path.name)
def test_the_lock_names_no_host(path: Path) -> None:
    lock = path.read_text("utf-8")
    assert "://" not in lock
    assert "index-url" not in lock
