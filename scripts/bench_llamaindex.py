"""The LlamaIndex starter over the same papers, for `scripts/bench.py --with-llamaindex PYTHON`.

What LlamaIndex's own starter tutorial builds, with a local embedding model and a persistent
store: VectorStoreIndex, HuggingFaceEmbedding on torch, Chroma, the default SentenceSplitter, ten
hits. It runs in an interpreter of its own (docs/benchmarks.md says how to make one) and imports
nothing of Citewell. Papers come as JSON already read, which spares it Citewell's parsing.

    bench_llamaindex.py ingest --data-dir DIR --model DIR --papers FILE
    bench_llamaindex.py cold   --data-dir DIR --model DIR --questions FILE
    bench_llamaindex.py warm   --data-dir DIR --model DIR --questions FILE

Prints one JSON object; the parent process measures wall time and memory from outside.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

TOP_K = 10
_COLLECTION = "papers"


class Stopwatch:
    """Seconds by stage. The first runs from the moment the parent started this process."""

    def __init__(self) -> None:
        self._last = float(os.environ["BENCH_STARTED"])
        self.stages: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.time()
        self.stages[stage] = now - self._last
        self._last = now


def embedding(model: Path) -> Any:
    """The same weights as Citewell's, at the length that the model was published for."""
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(model_name=str(model), device="cpu")


def storage(data_dir: Path) -> Any:
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(path=str(data_dir))
    return ChromaVectorStore(chroma_collection=client.get_or_create_collection(_COLLECTION))


def ingest(data_dir: Path, model: Path, papers: Path) -> dict[str, Any]:
    watch = Stopwatch()
    from llama_index.core import Document, StorageContext, VectorStoreIndex

    embed_model = embedding(model)
    watch.lap("start and load")
    rows = json.loads(papers.read_text("utf-8"))
    documents = [Document(text=f"{row['title']}\n\n{row['abstract']}") for row in rows]
    watch.lap("read")
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=storage(data_dir)),
        embed_model=embed_model,
    )
    watch.lap("embed and index")
    return {"papers": len(rows), "stages_s": watch.stages, "max_length": embed_model.max_length}


def retriever(data_dir: Path, model: Path) -> Any:
    from llama_index.core import VectorStoreIndex

    index = VectorStoreIndex.from_vector_store(storage(data_dir), embed_model=embedding(model))
    return index.as_retriever(similarity_top_k=TOP_K)


def cold(data_dir: Path, model: Path, questions: list[str]) -> dict[str, Any]:
    """From nothing to the first hits."""
    return {"hits": len(retriever(data_dir, model).retrieve(questions[0]))}


def warm(data_dir: Path, model: Path, questions: list[str]) -> dict[str, Any]:
    """Every question once, behind one that loads what is loaded late."""
    searching = retriever(data_dir, model)
    searching.retrieve("warm up")
    taken: list[float] = []
    for question in questions:
        start = time.perf_counter()
        hits = searching.retrieve(question)
        taken.append(1000 * (time.perf_counter() - start))
        if len(hits) != TOP_K:
            sys.exit(f"{len(hits)} hits instead of {TOP_K} for: {question}")
    return {"search_ms": taken}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["ingest", "cold", "warm"])
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--papers", type=Path)
    parser.add_argument("--questions", type=Path)
    given = parser.parse_args()
    if given.task == "ingest":
        result = ingest(given.data_dir, given.model, given.papers)
    else:
        questions = json.loads(given.questions.read_text("utf-8"))
        result = {"cold": cold, "warm": warm}[given.task](given.data_dir, given.model, questions)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
