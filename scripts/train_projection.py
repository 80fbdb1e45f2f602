"""Make rag/storage/projection.npz: mean and 128 principal components of MiniLM's token states.

    .venv/bin/python scripts/train_projection.py [PATH …]

Pages default to the bundled corpus. No labels and no questions are used. Deterministic up to the
arithmetic of the machine; the file in the repository is what the figures in docs/log.md rest on.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from ingest.chunk import chunk, context_text
from ingest.dedupe import merge
from ingest.readers import BUNDLED, read
from rag.adapters.minilm import MiniLM

TARGET = Path(__file__).parent.parent / "rag" / "storage" / "projection.npz"
DIMENSION = 128


def main() -> None:
    papers = merge(read([Path(p) for p in sys.argv[1:]] or [BUNDLED]).records)
    with tempfile.TemporaryDirectory() as folder:
        model = MiniLM(cache_dir=Path(folder))
        sizes = {"count_tokens": model.count_tokens, "max_tokens": model.max_tokens}
        texts = [context_text(p, c, **sizes) for p in papers for c in chunk(p, **sizes)]
        total, square, count = np.zeros(384), np.zeros((384, 384)), 0
        for i in range(0, len(texts), 128):
            for text, encoded in zip(
                texts[i : i + 128], model.encode_documents(texts[i : i + 128]), strict=True
            ):
                kept = [any(c.isalnum() for c in text[a:b]) for a, b in encoded.offsets]
                states = encoded.tokens[kept].astype(np.float64)
                total += states.sum(axis=0)
                square += states.T @ states
                count += len(states)
    mean = total / count
    values, vectors = np.linalg.eigh(square / count - np.outer(mean, mean))
    order = np.argsort(-values)[:DIMENSION]
    print(f"{count:,} tokens; {values[order].sum() / values.sum():.1%} of the variance kept")
    np.savez(TARGET, mean=mean.astype(np.float32), matrix=vectors[:, order].astype(np.float32))


if __name__ == "__main__":
    main()
