"""llama_index's SentenceSplitter behind one function.

Everything it would take from process-wide settings or from nltk is handed in, so it reads no
vocabulary, downloads nothing and ignores `llama_index.core.Settings`.
"""

from __future__ import annotations

from collections.abc import Callable


def split_text(
    text: str,
    *,
    split_sentences: Callable[[str], list[str]],
    count_tokens: Callable[[str], int],
    max_tokens: int,
) -> list[str]:
    """Consecutive pieces of `text` of at most `max_tokens`, as many whole sentences in each as fit.

    `split_sentences` gives pieces that join to its argument. A sentence that is too long is cut
    between words, a word that is too long between characters. The pieces have no white space
    around them. `count_tokens` is called often with the same text: pass a cached one. Raises
    ValueError where one character has more than `max_tokens`.
    """
    from llama_index.core.node_parser import SentenceSplitter  # 1.4 s: not for those who only ask

    splitter = SentenceSplitter(
        chunk_size=max_tokens,
        chunk_overlap=0,
        # The splitter takes the length of what its tokenizer returns and nothing else.
        tokenizer=lambda piece: range(count_tokens(piece)),
        chunking_tokenizer_fn=split_sentences,
        secondary_chunking_regex=None,  # it would cut "37.2" at the point
    )
    return [piece for piece in splitter.split_text(text) if piece]
