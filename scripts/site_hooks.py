"""What MkDocs is told beyond mkdocs.yml: pages take sections of the README and the generated
reference where their comments say so, links lead to where the site has what they name, and nothing
may be loaded from elsewhere.

    <!-- readme: Your data -->            that section of README.md, without its heading
    <!-- reference: commands -->          build/reference/commands.md (scripts/reference.py)
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
REFERENCE = ROOT / "build" / "reference"
_TAKEN = re.compile(r"<!-- (readme|reference): (.+?) -->")
_LINK = re.compile(r"(!?)\[((?:[^\[\]`]|`[^`]*`|!?\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)
_LOADS = re.compile(
    r"<(?:script|img|iframe|source|link(?=[^>]*rel=\"?(?:stylesheet|preload|preconnect|icon)))"
    r"[^>]*?(?:src|href)=\"?((?:https?:)?//[^\"\s>]+)|(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')]+)"
)
_FILE = re.compile(r"(?:docs/)?[\w/]+\.md")
_ELSEWHERE = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
}


def on_files(files: Files, config: Any) -> Files:
    for name, page in _ELSEWHERE.items():
        text = _linked((ROOT / name).read_text("utf-8"), ROOT, page)
        files.append(File.generated(config, page, content=text))
    files.append(
        File.generated(
            config, "reference/openapi.json", abs_src_path=str(REFERENCE / "openapi.json")
        )
    )
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    at = page.file.src_uri
    if at in _ELSEWHERE.values():
        return markdown

    def taken(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "reference":
            return (REFERENCE / f"{name}.md").read_text("utf-8")
        return _linked(_section(name), ROOT, at)

    return _TAKEN.sub(taken, _linked(markdown, (DOCS / at).parent, at))


def on_post_build(config: Any) -> None:
    """Raises PluginError where a page or a style loads something from elsewhere."""
    site = Path(config.site_dir)
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        if found := _LOADS.search(path.read_text("utf-8")):
            raise PluginError(f"{path.relative_to(site)} loads {found[1] or found[2]}")


def _section(heading: str) -> str:
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(rf"(?m)^## {re.escape(heading)}\n((?:(?!^## ).*\n?)*)", readme)
    if not found:
        raise PluginError(f"README.md has no section {heading!r}")
    return found[1].strip()


def _linked(text: str, base: Path, page: str) -> str:
    """`text`, which stands in `base`, with links that hold on `page`."""

    def link(match: re.Match[str]) -> str:
        mark, words, target = match.groups()
        words = _LINK.sub(link, words)
        if "://" in target:
            return f"{mark}[{words}]({target})"
        name, _, anchor = target.partition("#")
        path = (base / name).resolve() if name else None
        if path is None and base == ROOT and page not in _ELSEWHERE.values():
            path = ROOT / "README.md"  # the section is on a page of its own
        if path is None:
            return match[0]
        if path == ROOT / "README.md":
            led, anchor = _pages().get(anchor, "index.md"), ""
        elif path.is_relative_to(DOCS):
            led = path.relative_to(DOCS).as_posix()
        elif path.name in _ELSEWHERE:
            led = _ELSEWHERE[path.name]
        else:
            return words  # a file of the repository, which is not in the site
        if _FILE.fullmatch(words) and led not in _ELSEWHERE.values():
            words = _title(led)
        relative = posixpath.relpath(led, posixpath.dirname(page) or ".")
        return f"{mark}[{words}]({relative}{'#' if anchor else ''}{anchor})"

    pieces = _CODE.split(text)
    return "".join(piece if at % 2 else _LINK.sub(link, piece) for at, piece in enumerate(pieces))


def _title(page: str) -> str:
    heading = (DOCS / page).read_text("utf-8").split("\n", 1)[0]
    return heading.removeprefix("# ")


def _pages() -> dict[str, str]:
    """For the anchor of each section of the README the page that takes it."""
    found = {}
    for path in DOCS.rglob("*.md"):
        for kind, name in _TAKEN.findall(path.read_text("utf-8")):
            if kind == "readme":
                anchor = re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-")
                found[anchor] = path.relative_to(DOCS).as_posix()
    return found
