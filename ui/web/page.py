"""The page as Gradio sees it: two HTML components, the chat and the list of conversations,
and their events.

Gradio gives sessions and the stream; what is seen is HTML of our own (chat/render.py), placed by
chat/script.js. What the events do is known to chat/handlers.py, and who has to wait to
chat/job_queue.py: Gradio's own queue holds nobody up, since it could not say so.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.web.answers import Answers
from ui.web.chat.conversations import Conversations
from ui.web.chat.handlers import Handlers
from ui.web.notes import OpenConversations
from ui.web.suggestions import Suggestions
from ui.web.views import VIEWS, template

# Names in quotation marks are a component's events (gr.HTML finds them by reading this).
_CHAT = """
window.citewell.mountChat(element, props, watch, {
  ask: (data) => trigger("ask", data),
  stop: () => trigger("stop"),
  fresh: (data) => trigger("fresh", data),
  open: (data) => trigger("open", data),
});
"""
_CONVERSATION_LIST = """
window.citewell.mountConversationList(element, props, watch, {
  list: (data) => trigger("list", data),
  rename: (data) => trigger("rename", data),
  forget: (data) => trigger("forget", data),
});
"""

SESSIONS = 500
"""Pages whose state is held at most. One that was forgotten goes on with its conversation as kept
(`Handlers.ask`)."""


def build(
    assistant: Answers,
    *,
    papers: int,
    conversations: Conversations | None,
    open_conversations: OpenConversations,
    suggestions: Suggestions,
    trouble: str = "",
) -> gr.Blocks:
    """The page over `assistant`, whose corpus holds `papers` papers. Without `conversations`
    nothing is kept, and `trouble` says why."""
    handlers = Handlers(assistant, papers, conversations, open_conversations, suggestions, trouble)
    quietly: Any = {"show_progress": "hidden", "api_visibility": "private"}
    at_once: Any = {**quietly, "queue": False}

    def forget(request: gr.Request) -> None:
        # A page was left: Gradio would hold its state for an hour, its HTML as long as it runs.
        blocks.state_holder.session_data.pop(request.session_hash, None)
        blocks.state_holder.time_last_used.pop(request.session_hash, None)

    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_width=True) as blocks:
        conversation = gr.State(None)
        chat = gr.HTML(
            {},  # the browser asks: what is put in here would stay as it was at the start
            html_template=template("chat"),
            js_on_load=_CHAT,
            apply_default_css=False,
            elem_id="citewell",
        )
        conversation_list = gr.HTML(
            {},
            html_template=template("chat", "conversation_list"),
            js_on_load=_CONVERSATION_LIST,
            apply_default_css=False,
            elem_id="citewell-conversations",
        )
        for name in VIEWS:
            gr.HTML(
                {},
                html_template=template(name),
                js_on_load=f"window.citewell.mountView({name!r}, element);",
                apply_default_css=False,
                elem_id=f"citewell-{name}",
                elem_classes="citewell-view",
            )
        # Multiple: a question that comes before the last answer has wholly ended would be lost.
        # Two at once in one conversation are prevented by Conversation.
        chat.ask(
            handlers.ask,
            conversation,
            [chat, conversation],
            concurrency_limit=None,
            trigger_mode="multiple",
            **quietly,
        )
        chat.stop(handlers.stop, conversation, None, trigger_mode="multiple", **at_once)
        chat.fresh(handlers.fresh, conversation, [chat, conversation], **at_once)
        chat.open(handlers.open, conversation, [chat, conversation], **at_once)
        conversation_list.list(
            handlers.list, None, conversation_list, trigger_mode="multiple", **at_once
        )
        conversation_list.rename(handlers.rename, None, conversation_list, **at_once)
        conversation_list.forget(
            handlers.forget, conversation, [conversation_list, chat, conversation], **at_once
        )
        blocks.unload(forget)
    blocks.queue(max_size=None)
    blocks.state_session_capacity = SESSIONS
    return blocks
