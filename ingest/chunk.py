"""Abstracts into passages that the embedder takes in whole, each with its paper's title.

It knows neither embedder nor index: how tokens are counted and how many there may be is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rag.adapters.llama_splitter import split_text
from rag.records import Chunk, Paper
from rag.text.sentences import sentence_spans

CHUNKER = "title+sentences/1"
"""Names this way of chunking in the catalog's manifest; to be changed whenever spans change."""

SPECIAL_TOKENS = 2
"""What an encoder adds to a text, as BERT's [CLS] and [SEP]."""
SEPARATOR = "\n"
"""Between title and passage. White space, so that it adds no token and ends no sentence."""
_LEAST_TOKENS = 16

CountTokens = Callable[[str], int]


def chunk(paper: Paper, *, count_tokens: CountTokens, max_tokens: int) -> tuple[Chunk, ...]:
    """The passages of a paper's abstract, in order, together covering all its text.

    A passage is a run of whole sentences whose `context_text` has at most `max_tokens` tokens;
    a sentence that is too long by itself is cut between words. There are as few passages as
    possible, and they are about equally long. Raises ValueError when `max_tokens` is below 16.
    """
    # The splitter asks for the same texts again and again.
    counted, pieces = cache(_without_special_tokens(count_tokens)), cache(_pieces)
    room = _room(max_tokens)
    room -= counted(_title(paper, counted, room))

    def split(size: int) -> list[str]:
        return split_text(
            paper.abstract, split_sentences=pieces, count_tokens=counted, max_tokens=size
        )

    passages = split(room)
    if len(passages) > 1:
        # The smallest size that needs no more passages leaves no tail of five words. Below the
        # longest sentence that size would cut it.
        high, mean = room, sum(map(counted, passages)) // len(passages)
        low = min(room, max(mean, *map(counted, pieces(paper.abstract))))
        while low < high:
            middle = (low + high) // 2
            if len(split(middle)) > len(passages):
                low = middle + 1
            else:
                high = middle
        passages = split(high)
    return _located(paper, passages)


def context_text(paper: Paper, chunk: Chunk, *, count_tokens: CountTokens, max_tokens: int) -> str:
    """What the embedder sees of a chunk: the title, a line end, the passage.

    The passage stands at the end, whole. A title that takes more than half of `max_tokens` is cut
    to the words that fit.
    """
    title = _title(paper, _without_special_tokens(count_tokens), _room(max_tokens))
    return title + SEPARATOR + paper.abstract[chunk.start : chunk.end]


def _room(max_tokens: int) -> int:
    if max_tokens < _LEAST_TOKENS:
        raise ValueError(f"max_tokens is {max_tokens}; passages need at least {_LEAST_TOKENS}")
    return max_tokens - SPECIAL_TOKENS


def _without_special_tokens(count_tokens: CountTokens) -> CountTokens:
    """Some counters count the special tokens of every text: those of none are taken off."""
    of_nothing = count_tokens("")
    return (lambda text: count_tokens(text) - of_nothing) if of_nothing else count_tokens


def _title(paper: Paper, count_tokens: CountTokens, room: int) -> str:
    if count_tokens(paper.title) <= room // 2:
        return paper.title
    return split_text(
        paper.title,
        split_sentences=lambda title: [title],
        count_tokens=count_tokens,
        max_tokens=room // 2,
    )[0]


def _pieces(text: str) -> list[str]:
    """The sentences of `text`, each with the white space before it; they join to `text`."""
    ends = [span.end for span in sentence_spans(text)]
    starts = [0, *ends[:-1]]
    ends[-1:] = [len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=False)]


def _located(paper: Paper, passages: list[str]) -> tuple[Chunk, ...]:
    """The passages where they stand: one behind the other, nothing but white space between."""
    chunks: list[Chunk] = []
    end = 0
    for passage in passages:
        start = paper.abstract.index(passage, end)
        end = start + len(passage)
        chunks.append(
            Chunk(
                chunk_id=f"{paper.paper_id}:{start}-{end}",
                paper_id=paper.paper_id,
                start=start,
                end=end,
            )
        )
    return tuple(chunks)
