"""Judge answers by a model without one: somebody writes its replies, the product does the rest.

    .venv/bin/python scripts/play_model.py SET DIR --json OUT [--today 2026-01-31]

Asks every question of SET with a model whose server is this script. A call is known by what it
sends: the reply to `DIR/HASH.request.json` (its messages) is what stands in `DIR/HASH.reply.txt`.
Calls without a reply are written down and fail, so that their answers fall back to quotes. Write
the replies, run again, and go on until nothing is missing: a follow-up's answer is asked for once
its question has been read, a repair once an answer has failed its checks. Then the figures are
those of whoever wrote the replies. They know nothing but the messages.

The corpus, the settings and, for relative dates, the day must stay the same between the runs.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from eval import session as evaluation
from eval import terminal
from eval.options import Host
from rag import config as settings
from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import CitewellError
from ui.session import ready

MODEL = "played"


class Player(BaseHTTPRequestHandler):
    """The model's server: replies come from `folder`, and calls without one go there."""

    folder: Path
    context: int
    missing: set[str]

    def do_GET(self) -> None:
        listed = [{"id": MODEL, "object": "model", "max_model_len": self.context}]
        found = self.path.endswith("/models")
        self._json(200 if found else 404, {"object": "list", "data": listed} if found else {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if not self.path.endswith("/chat/completions"):
            self._json(404, {})
            return
        asked = {name: body[name] for name in ("messages", "response_format") if name in body}
        name = hash_of(asked)
        reply = self.folder / f"{name}.reply.txt"
        if reply.exists():
            self._stream(reply.read_text("utf-8").strip())
            return
        self.missing.add(name)
        text = json.dumps(asked, ensure_ascii=False, indent=1)
        (self.folder / f"{name}.request.json").write_text(text, "utf-8")
        # Not to be tried again: the script ends sooner.
        self._json(404, {"error": {"message": f"there is no {reply.name} yet"}})

    def _json(self, status: int, body: Mapping[str, Any]) -> None:
        self._head(status, "application/json")
        self.wfile.write(json.dumps(body).encode())

    def _stream(self, text: str) -> None:
        self._head(200, "text/event-stream")
        choice = {"index": 0, "delta": {"content": text}}
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        for event in ({"choices": [choice]}, {"choices": [end]}):
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _head(self, status: int, kind: str) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def hash_of(asked: Mapping[str, Any]) -> str:
    text = json.dumps(asked, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


@contextlib.contextmanager
def serving(folder: Path, context: int) -> Iterator[tuple[str, set[str]]]:
    """The server's address, and the calls that had no reply so far."""
    missing: set[str] = set()
    handler = type("Bound", (Player,), {"folder": folder, "context": context, "missing": missing})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/v1", missing
    finally:
        httpd.shutdown()
        httpd.server_close()


@contextlib.contextmanager
def progress(title: str) -> Iterator[Any]:
    def told(stage: str, done: int, total: int) -> None:
        print(f"\r{title}: {done} of {total}", end="", file=sys.stderr)

    yield told
    print(file=sys.stderr)


def asking(today: date | None) -> Any:
    """What makes an assistant of settings, for which it is always the day `today`."""

    def made(config: Config, *, weights: Any = None) -> Assistant:
        found = ready(config, progress, weights=weights)
        if today is None:
            return found
        return Assistant(
            index_manager=found.index_manager,
            embedder=found.embedder,
            config=config,
            model=found.model,
            reranker=wiring.make_reranker(config),
            weights=weights,
            today=lambda: today,
        )

    return made


def play(
    questions: Path,
    folder: Path,
    out: Path,
    *,
    data_dir: Path | None = None,
    context: int = 16_384,
    today: date | None = None,
    limit: int | None = None,
) -> set[str]:
    """Ask all questions, print the figures, and return the calls without a reply. Raises
    CitewellError."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.request.json"):  # what an earlier run asked may be asked no more
        if not stale.with_name(stale.name.replace(".request.json", ".reply.txt")).exists():
            stale.unlink()
    host = Host(ready=asking(today), progress=progress, notice=print)
    with serving(folder, context) as (url, missing):
        given = {"mode": "llm", "model": MODEL, "base_url": url, "api_key": "none"}
        config = settings.load(data_dir=data_dir, **given)
        done = evaluation.run(host, config, questions, out, [], limit=limit, judges=["none"])
    terminal.run(done)
    return missing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("questions", type=Path, metavar="SET")
    parser.add_argument("folder", type=Path, metavar="DIR", help="requests and replies")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT", dest="out")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--context", type=int, default=16_384, help="tokens that the model reads")
    parser.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--limit", type=int, help="the first so many questions")
    try:
        missing = play(**vars(parser.parse_args()))
    except CitewellError as error:
        sys.exit(f"{error} {error.remedy}".strip())
    if missing:
        sys.exit(f"{len(missing)} calls have no reply yet: write *.reply.txt, then run this again.")
    print("Every call had its reply.")


if __name__ == "__main__":
    main()
