"""Runs as files in the data folder, where `citewell eval run` puts them too: listed, read, deleted.
A file that cannot be read is listed with the reason, and harms none of the others."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval import runs
from eval.measures import BY_NAME
from eval.runs import Run
from rag.errors import BadInput, UsageError

FOLDER = "runs"
LISTED = {
    "ndcg@10": "nDCG@10",
    "list_f1": "Lists, F1",
    "fact": "Facts",
    "nugget_recall": "Nuggets",
    "balanced_accuracy": "Declining",
}
"""Figures that stand in the list, as its columns call them."""
_JOURNAL = ".json.rows.jsonl"


class KeptRuns:
    """The run files in `folder`. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}

    def listed(self, *, but: str = "") -> list[dict[str, Any]]:
        """Newest first, with what was begun and not ended; `but` is at work."""
        if not self.folder.exists():
            return []
        whole = [self._entry(path) for path in self.folder.glob("*.json")]
        begun = [_begun(path) for path in self.folder.glob(f"*{_JOURNAL}")]
        entries = [entry for entry in (*whole, *begun) if entry["name"] != but]
        return sorted(entries, key=lambda entry: -entry["at"])

    def load(self, names: Sequence[str]) -> list[Run]:
        """Raises UsageError for one that is not there, BadInput for one that cannot be read."""
        return [replace(runs.load(self.path(name)), name=name) for name in names]

    def path(self, name: str) -> Path:
        return self._there(name, ".json")

    def _there(self, name: str, suffix: str) -> Path:
        """The run's file as the folder has it: a name is compared and makes no path."""
        files = self.folder.glob(f"*{suffix}") if self.folder.exists() else ()
        for path in files:
            if path.name == name + suffix:
                return path
        raise UsageError(f"There is no run {name[:200]}.", remedy="It may have been deleted.")

    def free(self, name: str) -> str:
        """`name`, or with a number where it is taken."""
        number, free = 2, name
        while (self.folder / f"{free}.json").exists() or self._journal(free).exists():
            number, free = number + 1, f"{name}-{number}"
        return free

    def about(self, name: str) -> dict[str, Any]:
        """What a run that was not ended is about. Raises UsageError."""
        path = self._there(name, _JOURNAL)
        try:
            with path.open(encoding="utf-8") as file:
                return dict(json.loads(file.readline()))
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(f"{name} cannot be gone on with.", remedy="Start anew.") from error

    def forget(self, name: str) -> None:
        """Does nothing where it is gone already."""
        for suffix in (".json", _JOURNAL):
            with contextlib.suppress(UsageError):
                self._there(name, suffix).unlink(missing_ok=True)

    def _journal(self, name: str) -> Path:
        return self.folder / f"{name}{_JOURNAL}"

    def _entry(self, path: Path) -> dict[str, Any]:
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            return _unreadable(path, 0.0, "It is gone.")
        with self._lock:
            held = self._read.get(path)
        if held and held[0] == stamp:
            return held[1]
        entry = _summary(path, stat.st_mtime)
        with self._lock:
            self._read[path] = (stamp, entry)
        return entry


def _summary(path: Path, at: float) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
        summary, about = value["summary"], value["fingerprint"]
        return {
            "name": path.stem,
            "at": at,
            "questions": int(summary["questions"]),
            "failed": int(summary["failed"]),
            "about": _about(about),
            "fingerprint": str(about.get("answers", "")),
            "figures": {
                name: {k: float(found[k]) for k in ("value", "low", "high")}
                for name in LISTED
                if (found := summary["overall"].get(name))
            },
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _unreadable(path, at, str(BadInput("is not a whole run file", path=path.name)))


def _begun(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8") as file:
            about = json.loads(file.readline())
            rows = sum(1 for _ in file)
        return {
            "name": path.name.removesuffix(_JOURNAL),
            "at": path.stat().st_mtime,
            "begun": rows,
            "questions": int(about["asked"]),
            "about": _about(about),
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _unreadable(path, 0.0, f"{path.name} cannot be read.")


def _about(about: dict[str, Any]) -> dict[str, str]:
    """What was run, in words."""
    set_name = str(about.get("questions", "")).removesuffix(".jsonl")
    writer = about.get("model") if about.get("mode") == "llm" else "quoted sentences"
    ranking = ", ".join(about.get("config") or ()).removeprefix("retrieval=")
    return {"set": set_name, "writer": str(writer), "ranking": ranking}


def _unreadable(path: Path, at: float, why: str) -> dict[str, Any]:
    name = path.name.removesuffix(_JOURNAL).removesuffix(".json")
    return {"name": name, "at": at, "error": why}


def titles() -> list[dict[str, str]]:
    """The figures of the list, and what they mean."""
    return [
        {"name": name, "title": title, "definition": BY_NAME[name].definition}
        for name, title in LISTED.items()
    ]
