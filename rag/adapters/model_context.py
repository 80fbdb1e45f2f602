"""How much a server's model can read at once: asked of the server, where it can be asked.

There is no standard question. vLLM, SGLang, OpenRouter, Groq and Mistral tell it in `/v1/models`,
llama.cpp in `/props`, LM Studio in `/api/v0/models`, Ollama in `/api/ps` for a loaded model and in
`/api/show` for one with a fixed `num_ctx`. What a model was trained for is not taken: servers
mostly give it less. Asking takes two seconds at most and never fails. Nothing of the corpus is
sent.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rag.adapters.bounded_http import bound
from rag.adapters.openai_server import Server
from rag.text.addresses import is_this_machine

_ASSUMED = 16_384
_UNLOADED = 4096
"""What Ollama and LM Studio give most models that nobody has set a context for."""
_MOST = 10_000_000
_FIELDS = ("max_model_len", "context_length", "context_window", "max_context_length")
"""Names of the context in entries of `/v1/models`."""

WAIT_S = 2.0
"""How long a server is waited for before its context is assumed."""

Ask = Callable[..., Any]
"""A path below the server's root, and a JSON body for POST → the reply's JSON, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """`source` says who told, in words. `settled`: asking again would tell the same."""

    tokens: int
    source: str
    settled: bool = True


UNREACHED = Context(tokens=_ASSUMED, source="assumed, as the server did not answer", settled=False)
_UNTOLD = Context(tokens=_ASSUMED, source="assumed, as the server does not say")


def context_of(server: Server) -> Context:
    """The context of `server.model`. Returns within `WAIT_S`, whatever the server does."""
    found: list[Context] = []
    wait_s = WAIT_S

    def ask() -> None:
        try:
            found.append(_asked(server, wait_s))
        except Exception:  # noqa: BLE001 - no server may break an answer with this
            return

    # A thread, because a server that sends a byte a second is never late for a time-out.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(wait_s)
    return found[0] if found else UNREACHED


def _asked(server: Server, wait_s: float) -> Context:
    import httpx

    headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
    root = re.sub(r"/v1$", "", server.url)
    failed = False
    with httpx.Client(
        timeout=wait_s, headers=headers, trust_env=not is_this_machine(server.url)
    ) as http:
        bound(
            http,
            deadline=time.monotonic() + wait_s,
            late=TimeoutError,
            much=ValueError,
        )

        def ask(path: str, body: Mapping[str, str] | None = None) -> Any:
            nonlocal failed
            reply = http.post(root + path, json=body) if body else http.get(root + path)
            failed = failed or reply.status_code >= 500
            try:
                return reply.json() if reply.status_code == 200 else None
            except (ValueError, RecursionError):
                return None

        told = next(_told(ask, server.url.removeprefix(root), server.model), None)
    return told or (UNREACHED if failed else _UNTOLD)


def _told(ask: Ask, base: str, model: str) -> Iterator[Context]:
    """What the server says, the first being what holds. `base`: `/v1`, mostly."""
    entry = _entry(_get(ask(f"{base}/models"), "data"), model)
    for name in _FIELDS:
        if tokens := _whole(entry.get(name)):
            yield Context(tokens=tokens, source=f"told by the server ({name} in /models)")
    # `autoload`: a llama.cpp that serves several models would load one for being asked about it.
    props = ask(f"/props?model={quote(model, safe='')}&autoload=false")
    if tokens := _whole(_get(_get(props, "default_generation_settings"), "n_ctx")):
        yield Context(tokens=tokens, source="told by llama.cpp (/props)")
    entry = _entry(_get(ask("/api/v0/models"), "data"), model)
    if tokens := _whole(entry.get("loaded_context_length")):
        yield Context(tokens=tokens, source="told by LM Studio (/api/v0/models)")
    if entry:
        yield _unloaded("LM Studio", _whole(entry.get("max_context_length")))
    entry = _entry(_get(ask("/api/ps"), "models"), model)
    if tokens := _whole(entry.get("context_length")):
        yield Context(tokens=tokens, source="told by Ollama (/api/ps)")
    shown = ask("/api/show", {"model": model})
    fixed = re.search(r"(?m)^\s*num_ctx\s+(\d{1,9})\s*$", str(_get(shown, "parameters") or ""))
    if tokens := _whole(int(fixed[1]) if fixed else None):
        yield Context(tokens=tokens, source="told by Ollama (num_ctx in /api/show)")
    if isinstance(info := _get(shown, "model_info"), dict):
        lengths = (_whole(n) for key, n in info.items() if key.endswith(".context_length"))
        yield _unloaded("Ollama", next(lengths, None))


def _unloaded(server: str, most: int | None) -> Context:
    return Context(
        tokens=min(_UNLOADED, most or _UNLOADED),
        source=f"what {server} mostly gives; it tells once the model is loaded",
        settled=False,
    )


def _entry(listed: Any, model: str) -> Mapping[str, Any]:
    """The model's own entry in a list of models; empty for none."""
    for entry in listed if isinstance(listed, list) else ():
        names = [_get(entry, name) for name in ("id", "name", "model")]
        if model in names or f"{model}:latest" in names:
            return entry  # type: ignore[no-any-return]
    return {}


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _whole(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST
    return value if is_count else None
