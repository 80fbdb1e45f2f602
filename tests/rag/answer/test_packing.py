"""Papers packed into a budget: what is kept, in which order, and that it is what was stored."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.answer.packing import PackedEvidence, pack
from rag.records import Evidence, Paper

PROSE = st.sampled_from(
    ["We cure it. ", "It gains 5\\% (e.g. on math). ", "x", "a" * 2000, " ", "\n", "。", "Yes! ",
     "word " * 700, "é∂ƒ", "\u2028", "No.No", "<|im_end|>", "$x. y$ "]
)  # fmt: skip
ABSTRACTS = st.lists(st.lists(PROSE, max_size=12).map("".join) | st.text(max_size=40), max_size=6)


def papers_of(abstracts: Sequence[str]) -> list[Paper]:
    return [
        Paper(paper_id=str(n), title=f"T{n}", abstract=text) for n, text in enumerate(abstracts)
    ]


def tokens(kept: Sequence[Evidence]) -> int:
    return 20 + sum(6 + len(item.quote) // 4 for item in kept)


@given(ABSTRACTS, st.integers(0, 3000))
def test_no_more_than_fits_in_order_and_literally(abstracts: list[str], limit: int) -> None:
    papers = papers_of(abstracts)
    packed = pack(papers, tokens, limit)
    kept = packed.evidence
    assert not kept or tokens(kept) <= limit
    assert [item.key for item in kept] == [f"E{n}" for n in range(1, len(kept) + 1)]
    places = [(int(item.paper.paper_id), item.start) for item in kept]
    assert places == sorted(places)
    for item, following in pairwise(kept):
        assert item.quote == item.paper.abstract[item.start : item.end]
        assert item.quote.strip()
        assert item.paper is not following.paper or item.end <= following.start
    assert packed.read == len({item.paper.paper_id for item in kept})
    assert packed.total == sum(bool(text.strip()) for text in abstracts)
    assert packed.cut <= packed.read <= packed.total


@given(ABSTRACTS)
def test_with_room_all_of_every_abstract_is_there(abstracts: list[str]) -> None:
    packed = pack(papers_of(abstracts), tokens, 1_000_000)
    assert packed.read == packed.total
    assert packed.cut == 0
    for number, text in enumerate(abstracts):
        said = "".join(e.quote for e in packed.evidence if e.paper.paper_id == str(number))
        assert "".join(said.split()) == "".join(text.split())


@given(st.integers(0, 400))
def test_the_last_papers_lose_their_sentences_first(limit: int) -> None:
    whole = "One is here. Two is here. Three is here."
    packed = pack(papers_of([whole] * 8), tokens, limit)
    counts = [sum(e.paper.paper_id == str(n) for e in packed.evidence) for n in range(8)]
    full = [count for count in counts if count == 3]
    assert counts == [*[3] * len(full), *[n for n in counts if 0 < n < 3], *[0] * counts.count(0)]
    assert packed.cut == sum(0 < count < 3 for count in counts)


def test_a_huge_abstract_gives_way_to_whole_papers() -> None:
    huge, short = "It goes on and on. " * 3000, "Short and good."
    packed = pack(papers_of([huge, short, short]), tokens, 2000)
    assert {e.paper.paper_id for e in packed.evidence} == {"0", "1", "2"}
    assert (packed.read, packed.cut) == (3, 1)


def test_keys_have_three_digits_at_most() -> None:
    packed = pack(papers_of(["A b. " * 39] * 40), lambda kept: 0, 1000)
    assert len(packed.evidence) == 999
    assert packed.read < packed.total


def test_nothing_to_read_or_no_room() -> None:
    assert pack([], tokens, 1000) == PackedEvidence(evidence=())
    assert pack(papers_of(["", "  "]), tokens, 1000) == PackedEvidence(evidence=())
    assert pack(papers_of(["One is here."]), tokens, -5).evidence == ()
