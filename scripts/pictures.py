"""Takes the pictures of the page that README and docs show: python scripts/pictures.py [NAME …]

A data folder of its own with the bundled corpus, a real Chromium, no model and no network. Pictures
are kept as palettes of 128 colours: text stays sharp, and none is above 250 kB.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the browser of the tests drives the page here as well

from tests.browser import ARGUMENTS, Visitor, served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LIST = "which papers mitigate entropy collapse in RLVR?"
COMPARE = "how do STEER and CURE differ?"
TABLE = "class-incremental learning"


def answer(visitor: Visitor) -> None:
    visitor.ask(LIST)
    visitor.page.locator(".cw-prose .cw-cite").nth(1).click()


def compare(visitor: Visitor) -> None:
    visitor.ask(COMPARE)


def follow(visitor: Visitor) -> None:
    visitor.ask(LIST)
    visitor.ask("which of them were published in 2025?")


def conversations(visitor: Visitor) -> None:
    visitor.ask(LIST)
    visitor.ask(COMPARE)
    visitor.page.get_by_role("button", name="Conversations").click()
    visitor.page.wait_for_selector(".cw-entry")


def view(name: str, ready: str, *, after_answer: bool = False) -> Callable[[Visitor], None]:
    def shown(visitor: Visitor) -> None:
        if after_answer:
            visitor.ask(LIST)
        visitor.page.evaluate("name => { location.hash = `#/${name}`; }", name)
        visitor.page.wait_for_selector(ready, timeout=120_000)

    return shown


def run(visitor: Visitor) -> None:
    view("evaluation", "[data-form=run]")(visitor)
    for at, ranking in enumerate(("bm25", "default"), 1):
        visitor.page.get_by_label("Ranking").select_option(ranking)
        visitor.page.get_by_label("Questions", exact=True).fill("40")
        visitor.page.get_by_role("button", name="Start", exact=True).click()
        visitor.page.wait_for_selector(f".cw-list tbody tr:nth-child({at})", timeout=180_000)


def paper(visitor: Visitor) -> None:
    view("papers", ".pp-table tbody a")(visitor)
    visitor.page.locator(".pp-table tbody a").first.click()
    visitor.page.wait_for_selector(".pp-abstract")


def table(visitor: Visitor) -> None:
    view("tables", ".tb-new")(visitor)
    visitor.page.get_by_label("A table of").fill(TABLE)
    visitor.page.get_by_label("Which papers").select_option("10")
    visitor.page.get_by_role("button", name="Make table").click()
    visitor.page.wait_for_selector(".tb-table .tb-cell", timeout=60_000)
    visitor.page.get_by_placeholder("Add a column").fill("compared with")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_selector("thead :text-is('compared with')")
    visitor.page.wait_for_selector(".tb-fill", state="hidden", timeout=60_000)
    visitor.page.locator(".tb-box").evaluate("box => { box.scrollLeft = 0; }")


def cell(visitor: Visitor) -> None:
    table(visitor)
    visitor.page.locator("td[data-name='result'] .tb-cell").nth(1).click()
    visitor.page.wait_for_selector(".tb-abstract mark")


PICTURES: dict[str, tuple[Callable[[Visitor], None], dict[str, Any]]] = {
    "empty": (lambda visitor: None, {}),
    "answer": (answer, {}),
    "answer-dark": (answer, {"color_scheme": "dark"}),
    "compare": (compare, {}),
    "follow-up": (follow, {}),
    "phone": (answer, {"viewport": PHONE, "has_touch": True}),
    "conversations": (conversations, {}),
    "papers": (view("papers", ".pp-table tbody a"), {}),
    "papers-map": (view("papers/map", ".pp-clusters li", after_answer=True), {}),
    "papers-add": (view("papers/add", ".pp-drop"), {}),
    "papers-paper-dark": (paper, {"color_scheme": "dark"}),
    "papers-phone": (view("papers", ".pp-table tbody a"), {"viewport": PHONE, "has_touch": True}),
    "table": (table, {}),
    "table-cell": (cell, {}),
    "evaluation": (run, {}),
}


@contextmanager
def page() -> Iterator[str]:
    """The page over the bundled corpus."""
    from ingest.build import ingest
    from rag import wiring
    from rag.config import Config
    from rag.storage.catalog import Catalog
    from ui.session import BUNDLED, bundled
    from ui.web.server import create_app

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "citewell"
        config = Config(data_dir=folder, mode="extractive")
        embedder = wiring.make_embedder(config)
        catalog = Catalog(folder)
        pages = bundled()
        ingest(pages.records, catalog, embedder, facts=pages.facts, command=BUNDLED)
        assistant = wiring.assistant(config, catalog=catalog, embedder=embedder)
        with served(lambda: create_app(assistant)) as address:
            yield address


def keep(name: str, png: bytes) -> None:
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    few = image.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(IMAGES / f"{name}.png", optimize=True)


def main(names: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, page() as address:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for name in names or PICTURES:
            doing, given = PICTURES[name]
            context = browser.new_context(
                **{"viewport": WIDE, "reduced_motion": "reduce", "color_scheme": "light", **given}
            )
            visitor = Visitor(context.new_page())
            visitor.page.goto(address)
            visitor.page.wait_for_selector(".cw-hello")
            doing(visitor)
            visitor.page.wait_for_timeout(400)
            keep(name, visitor.page.screenshot())
            context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
