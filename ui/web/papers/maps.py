"""The corpus map, drawn in a thread when it is first asked for and kept beside the indexes."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from rag.errors import CitewellError
from rag.storage import corpus_map
from rag.storage.corpus_map import CorpusMap
from rag.storage.index_manager import IndexManager, folder

_log = logging.getLogger("citewell.web")


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """`drawn`, once it is; else for how many `seconds` it has been in the making, or the
    `error` that it ended with."""

    drawn: CorpusMap | None = None
    seconds: float = 0.0
    error: CitewellError | None = None


class Maps:
    """The map of the current generation. Thread-safe."""

    def __init__(self, index_manager: IndexManager) -> None:
        self._index_manager = index_manager
        self._lock = threading.Lock()
        self._current = Drawing()
        self._generation = ""
        self._began = 0.0

    def current(self, *, again: bool = False) -> Drawing:
        """Begins to draw where there is none of this generation; `again` after an error as well.
        Raises CatalogError as the index manager does."""
        generation = self._index_manager.indexes().generation
        with self._lock:
            if self._generation != generation or (again and self._current.error):
                self._generation, self._current = generation, Drawing()
                kept = corpus_map.load(folder(self._index_manager.catalog), generation)
                if kept:
                    self._current = Drawing(drawn=kept)
                else:
                    self._began = time.monotonic()
                    threading.Thread(
                        target=self._draw, args=(generation,), name="citewell-map", daemon=True
                    ).start()
            current = self._current
        if current.drawn or current.error:
            return current
        return Drawing(seconds=time.monotonic() - self._began)

    def _draw(self, generation: str) -> None:
        try:
            indexes = self._index_manager.indexes()
            drawn = corpus_map.draw(indexes, self._index_manager.catalog.papers())
            done = Drawing(drawn=drawn)
            corpus_map.keep(folder(self._index_manager.catalog), drawn)
        except CitewellError as error:
            done = Drawing(error=error)
        except OSError as error:  # it is drawn, and cannot be kept: a full disk
            _log.warning("The map is not kept: %s", error)
        except Exception:  # noqa: BLE001 - told to the visitor, logged
            _log.exception("The map could not be drawn")
            done = Drawing(
                error=CitewellError(
                    "The map could not be drawn; this is our fault, not yours.",
                    remedy="Try again. The terminal in which Citewell runs shows what happened.",
                )
            )
        with self._lock:
            if self._generation == generation:
                self._current = done
