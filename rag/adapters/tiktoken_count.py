"""Tokens as tiktoken counts them, with the vocabularies that llama_index.core ships.

tiktoken downloads its vocabularies on first use. Citewell never does: the files are found on
disk, without importing llama_index (1.4 s), checked, and loaded from there. For models whose
tokenizer is another one (Llama, Qwen, Mistral …) the count is an estimate.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import ModelMissing
from rag.ports import Message
from rag.text.patterns import lazy

if TYPE_CHECKING:
    import tiktoken

# encoding → (file in the cache, its sha256); both as tiktoken_ext.openai_public has them
_FILES = {
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
}
_loading = threading.Lock()

# What the chat format adds: a frame around each message, and the opening of the reply.
_PER_MESSAGE, _PER_REPLY = 4, 3

_PIECE = 4000  # characters
_SINGLE_SPACE = lazy(r"\S (?=\S)")


def count_text(text: str, *, model: str = "") -> int:
    """Tokens of `text`; control tokens written in it count as the plain text they are.

    Long texts are counted in pieces: over a million spaces tiktoken's expression gives up with an
    error, and over a million letters in one word it takes minutes. A piece ends before a single
    space, where no token spans, unless there is none for thousands of characters."""
    encoding = _encoding(encoding_name(model))
    return sum(len(encoding.encode_ordinary(piece)) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > _PIECE:
        spaces = _SINGLE_SPACE.finditer(text, start + _PIECE // 2, start + _PIECE)
        end = max((match.start() + 1 for match in spaces), default=start + _PIECE)
        yield text[start:end]
        start = end
    yield text[start:]


def count_messages(messages: Sequence[Message], *, model: str = "") -> int:
    """Tokens of a chat prompt. Raises ModelMissing when the vocabulary is not installed."""
    return _PER_REPLY + sum(
        _PER_MESSAGE + count_text(message.content, model=model) for message in messages
    )


@cache
def encoding_name(model: str) -> str:
    """`o200k_base` for OpenAI's newer models, `cl100k_base` for all else."""
    from tiktoken.model import encoding_name_for_model

    try:
        name = encoding_name_for_model(model)
    except KeyError:
        return "cl100k_base"
    return "o200k_base" if name.startswith("o200k") else "cl100k_base"


@cache
def _encoding(name: str) -> tiktoken.Encoding:
    import tiktoken

    folder = _bundled(name)
    with _loading:
        # tiktoken takes the folder from the environment alone, and downloads what it misses.
        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
        try:
            return tiktoken.get_encoding(name)
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before


def _bundled(name: str) -> Path:
    """The folder with the vocabulary, checked: tiktoken would delete and download a wrong file."""
    file, digest = _FILES[name]
    # llama_index is a namespace package: looking for it imports nothing.
    spec = importlib.util.find_spec("llama_index")
    for root in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(root) / "core" / "_static" / "tiktoken_cache"
        path = folder / file
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return folder
    raise ModelMissing(
        f"The vocabulary {name} is not installed, or not the right one.",
        remedy="Install Citewell again: make setup",
    )
