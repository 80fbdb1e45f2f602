"""What each setting may be: a value as somebody wrote it becomes the value, or is refused with what
is allowed. Where it was written is not known here."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

from rag.settings import corpora
from rag.text.addresses import host_of

AnswerMode = Literal["auto", "extractive", "llm"]
Understand = Literal["auto", "rules", "model"]
Rerank = Literal["auto", "off", "endpoint", "model"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "mode": get_args(AnswerMode),
    "understand": get_args(Understand),
    "rerank": get_args(Rerank),
}
_MOST: Mapping[str, int] = {
    "context_tokens": 10_000_000,
    "read_papers": 100,
    "max_calls": 100,
    "max_prompt_tokens": 10_000_000,
    "max_answer_tokens": 10_000_000,
    "max_thorough_tokens": 100_000_000,
    "thorough_calls": 32,
    "model_timeout": 86_400,
    "threads": 1024,
    "session_idle_hours": 8760,
    "session_days": 3650,
}
"""The whole numbers, each from 1 to this."""
_PRICES = ("price_prompt", "price_completion")


class NotAllowedError(ValueError):
    """`str(error)` says what is allowed: `auto, extractive or llm`."""


def value(name: str, given: Any) -> Any:
    """What `given` means as the setting `name`; a blank text is None. Raises NotAllowedError."""
    if name in _CHOICES:
        return _choice(given, _CHOICES[name])
    if name in _MOST:
        return _whole(given, _MOST[name])
    if name in _PRICES:
        return _price(given)
    if not isinstance(given, str):
        raise NotAllowedError("a text in quotes")
    text = given.strip()
    if text and name == "corpus" and not corpora.is_name(text):
        raise NotAllowedError(corpora.ALLOWED)
    if text and name.endswith("_url") and not _is_address(text):
        raise NotAllowedError("a web address such as http://localhost:11434/v1")
    if text and name == "contact" and not re.fullmatch(r"[!-~]+@[!-~]+\.[!-~]+", text):
        raise NotAllowedError("an e-mail address such as ann@example.org")
    return text or None


def shown(name: str, given: Any) -> str:
    """`given` as an error may show it: short, in one line, without a key or a password."""
    if name.endswith("api_key"):
        return "what it is"
    try:
        text = json.dumps(given, ensure_ascii=False, default=str)
    except ValueError:  # an integer of thousands of digits
        return "a number that long"
    text = re.sub(r"//[^/@]*@", "//…@", text)
    return text if len(text) <= 60 else text[:59] + "…"


def _choice(given: Any, choices: tuple[str, ...]) -> str:
    *most, last = choices
    if not isinstance(given, str) or given.strip() not in choices:
        raise NotAllowedError(f"{', '.join(most)} or {last}")
    return given.strip()


def _whole(given: Any, most: int) -> int:
    number = 0
    if isinstance(given, int | str) and not isinstance(given, bool):
        with contextlib.suppress(ValueError):
            number = int(given)
    if not 1 <= number <= most:
        raise NotAllowedError(f"a whole number from 1 to {most:,}")
    return number


def _price(given: Any) -> float:
    number = -1.0
    if isinstance(given, int | float | str) and not isinstance(given, bool):
        with contextlib.suppress(ValueError, OverflowError):
            number = float(given)
    if not 0 <= number < math.inf:
        raise NotAllowedError("a number from 0 up, the price of a million tokens")
    return number


def _is_address(text: str) -> bool:
    return bool(host_of(text)) and text.isprintable() and not re.search(r"\s", text)
