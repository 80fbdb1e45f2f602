"""Links of the documents lead somewhere, paths exist, and the tree is the real one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.documents import README, ROOT, code, every_document


@cache
def anchors(path: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", path.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        if "://" not in target and not (
            path.exists() and path.is_relative_to(ROOT) and (not anchor or anchor in anchors(path))
        ):
            dead.append(target)
    assert dead == []


@every_document
def test_paths_exist(document: Path) -> None:
    for name in code(document.read_text("utf-8")):
        if re.fullmatch(r"(?:rag|ingest|ui|eval|tests|scripts|docs|\.ci)/[\w./-]*", name):
            assert (ROOT / name).exists(), name


def test_the_tree_is_the_real_one() -> None:
    blocks = re.findall(r"```\n(citewell/ .*?)```", README.read_text("utf-8"), re.DOTALL)
    (tree,) = blocks
    parent = ""
    for line in tree.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            parent = name
        path = ROOT / (name if name == parent else parent + name)
        assert path.is_dir() if name.endswith("/") else path.is_file(), name
