"""The page as Gradio sees it: one HTML component that shows a conversation, and three events.

Gradio gives sessions, the queue and the stream; what is seen is HTML of our own (render.py),
placed by script.js. No handler raises: a `gr.Blocks` page has no good way to show that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr

from ui.web import render
from ui.web.chips import CHIPS, without
from ui.web.talk import Answers, Exchange, Talk
from ui.web.work import Crew

ANSWERS_AT_ONCE = 4
WAITING_AT_MOST = 32

# Names in quotation marks are the component's events (gr.HTML finds them by reading this).
_ON_LOAD = """
window.citewell.mount(element, props, watch, {
  ask: (data) => trigger("ask", data),
  stop: () => trigger("stop"),
  fresh: () => trigger("fresh"),
});
"""


def build(assistant: Answers, *, papers: int) -> gr.Blocks:
    """The page over `assistant`, whose corpus holds `papers` papers."""
    crew = Crew(2 * ANSWERS_AT_ONCE)  # an answer that was stopped may hold its thread for a while

    finished: WeakKeyDictionary[Exchange, dict[str, str]] = WeakKeyDictionary()

    def turn(exchange: Exchange) -> dict[str, str]:
        if exchange.busy:
            return render.turn(exchange)
        return finished.get(exchange) or finished.setdefault(exchange, render.turn(exchange))

    def view(talk: Talk | None) -> dict[str, Any]:
        return {
            "head": render.head(assistant.config, papers),
            "intro": render.intro(papers),
            "turns": [turn(exchange) for exchange in talk.exchanges] if talk else [],
        }

    async def ask(
        talk: Talk | None, event: gr.EventData
    ) -> AsyncIterator[tuple[dict[str, Any], Talk]]:
        talk = talk or Talk(assistant, crew)
        async for _ in _asked(talk, event._data):
            yield view(talk), talk
        yield view(talk), talk

    async def stop(talk: Talk | None) -> None:
        if talk:
            talk.stop()

    async def fresh(talk: Talk | None) -> tuple[dict[str, Any], None]:
        if talk:
            talk.stop()
        return view(None), None

    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_width=True) as page:
        talk = gr.State(None)
        desk = gr.HTML(
            view(None),
            html_template=(files("ui.web") / "shell.html").read_text("utf-8"),
            js_on_load=_ON_LOAD,
            apply_default_css=False,
            elem_id="citewell",
        )
        shared: Any = {"show_progress": "hidden", "api_visibility": "private"}
        desk.ask(
            ask,
            talk,
            [desk, talk],
            concurrency_limit=ANSWERS_AT_ONCE,
            trigger_mode="once",
            **shared,
        )
        desk.stop(stop, talk, None, queue=False, trigger_mode="multiple", **shared)
        desk.fresh(fresh, talk, [desk, talk], queue=False, **shared)
    page.queue(max_size=WAITING_AT_MOST)
    return page


def _asked(talk: Talk, data: object) -> AsyncIterator[Exchange]:
    """What the browser asks for: a question, one once more, or one less a constraint. Whatever
    else it sends is as good as an empty question."""
    given = data if isinstance(data, dict) else {}
    exchange = talk.find(str(given.get("again", "")))
    if exchange is None:
        return talk.ask(str(given.get("question", "")))
    if exchange.query is None or given.get("without") not in CHIPS:
        return talk.again(exchange.id)
    return talk.again(exchange.id, filters=without(exchange.query.filters, given["without"]))
