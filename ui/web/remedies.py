"""What mends an error, as the page says it: what can be done there instead of in a terminal.

Errors name variables, options and commands, since most of them are read in a terminal. Where the
page has a place for the same thing, that is named instead; the others stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.errors import CitewellError

SETTINGS = "Settings"
ADDING = "Add papers"
_WORDS: Sequence[tuple[str, str]] = (
    ("Check the server and the model with: citewell doctor", "Test the connection in Settings."),
    ("with CITEWELL_MODEL; citewell doctor tests it.", "in Settings, which also tests it."),
    (", or ask for an extractive answer: --mode extractive", ", or choose quoted sentences."),
    ("Set OPENAI_API_KEY to a key", "Enter a key in Settings"),
    ("set OPENAI_API_KEY or OPENAI_BASE_URL to another", "in Settings, choose another"),
    ("Set OPENAI_API_KEY, or OPENAI_BASE_URL for", "Enter one in Settings, or the address of"),
    ("into OPENAI_API_KEY again", "into Settings again"),
    ("set OPENAI_BASE_URL to its address", "enter its address in Settings"),
    ("Set OPENAI_BASE_URL to", "Change the address in Settings to"),
    ("Set CITEWELL_MODEL to", "Change the model in Settings to"),
    ("(CITEWELL_MODEL)", "in Settings"),
    ("Set CITEWELL_CONTEXT_TOKENS to", "Change the context in Settings to"),
    ("say so in CITEWELL_CONTEXT_TOKENS", "say so in Settings"),
    ("raise CITEWELL_CONTEXT_TOKENS", "raise the context in Settings"),
    ("OPENAI_BASE_URL is no web address", "The address in Settings is no web address"),
    ("OPENAI_BASE_URL mostly ends", "The address in Settings mostly ends"),
    ("a key that is set in OPENAI_API_KEY", "the key in Settings"),
    ("OPENAI_BASE_URL", "the address"),
    ("OPENAI_API_KEY", "the key"),
    ("CITEWELL_MODEL", "the model in Settings"),
    ("Add some: citewell ingest (the bundled ones) or citewell ingest PATH …",
     "Add some under Papers, Add papers; for the bundled ones: citewell ingest"),
    ("Compare runs of one question set, with the same --limit. Where only labels have changed,"
     " --questions SET puts the same under both.",
     "Compare runs of one question set with as many questions each."),
    ('Ask something: citewell ask "…"', "Type a question."),
    (" Ask for the table again to go on from there.", ""),
    ("Take the nearest ones with -k 10, or name papers with --id.",
     "Take the 10 nearest, or choose papers under Papers."),
    ("List the ids with: citewell papers", "See the list of papers."),
)  # fmt: skip
"""What errors say, longer ones first, and what the page says for it."""
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
_HELD = re.compile(r"\b(base_url|api_key|model|context_tokens) in [^\n]*?config\.toml")
_VARIABLES = {
    "base_url": "OPENAI_BASE_URL",
    "api_key": "OPENAI_API_KEY",
    "model": "CITEWELL_MODEL",
    "context_tokens": "CITEWELL_CONTEXT_TOKENS",
}
"""Settings are named by where they are held: those of the file as those of the environment."""


def on_page(text: str) -> str:
    text = _HELD.sub(lambda held: _VARIABLES[held[1]], text)
    for terminal, page in _WORDS:
        text = text.replace(terminal, page)
    return _NUMBER.sub("", text)


def told(error: CitewellError) -> str:
    """What happened and what mends it, in one line."""
    return on_page(f"{error} {error.remedy}".strip())


def ways(text: str) -> list[tuple[str, str]]:
    """The places on the page that a text (already `on_page`) speaks of: address and label."""
    places = ((SETTINGS, "#/settings", "Open Settings"), (ADDING, "#/papers/add", "Add papers"))
    return [(where, label) for name, where, label in places if name in text]
