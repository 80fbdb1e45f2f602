"""Sentence boundaries, through `rag.text.sentences.sentence_spans`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import BUNDLED, read
from rag.records import Span
from rag.text.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


# A bar stands where one sentence ends and the next begins; without it the text is whole.
CASES = [
    "One sentence.| Another one.",
    "No stop at the end| ".replace("|", ""),
    "We use tools (e.g. compilers) i.e. programs, cf. Smith, vs. none.| It works.",
    "E.g. the reader.| I.e. the one that reads.",
    "Gao et al. (2023) studied this.| West et al. but not Abbe et al.| We do.",
    "Graphs, tables, etc. in short.| Graphs, etc.| Addressing this is hard.",
    "Graphs, knowledge graphs, etc.) simultaneously.| Done.",
    "Results \\etc.| However, no.",
    "See Fig. 3, Eq. (2), Sec. IV and Tab. S1.| It takes 5 sec. We do.".replace("sec. ", "sec.| "),
    "It is no.| Models differ.| No. 5 is alive.",
    "Gradients w.r.t. their inputs are i.i.d. samples.| These are i.i.d.| We know.",
    "A proof by J. R. Smith and C. elegans.| We read set A.| The rest is B.",
    "Accuracy is 37.2% and 37\\%.| It was 0.6.| On 3.5 it is .5.",
    "GPT-3.5 and Llama-3.1 beat v1.2.3.| GPT-4 does not.",
    "Code: https://a.b/c.d?e=f.| It is at https://a.b/C.D/.| See www.a.org.",
    "Code is public.| https://github.com/a/b",
    "We let $x. y$ be $f(x).$ and $5.2.| Then $6.| Let $\\alpha$.| We go.",
    "Really?!| Yes!| Why?| Because.",
    "They name it PourIt! dataset and Yahoo! Answers.".replace("! A", "!| A"),
    'He said "it works."| She did not ("no.").| Next.',
    "(It stands in brackets.)| Next.| [See there.]| Next.",
    "We extend it.| iCaRL is old (CIL).| t-SNE is older.| pix2pix is not.",
    "It creates responses.| eva is the first.",
    "Wait... what is it…| We know.",
    "It has parts: (1) one; (2) two.| (3) Three is new.",
    "It has parts: 1. one thing; 2. Two things.| In step 3.| Results differ.",
    "Aspects: (1). there is one; (2). by another.",
    "on general tasks.This capability is new.| It".replace("s.T", "s.|T"),
    "We use torch.Tensor and Node.js or nn.Module.| Good.",
    "The U.S. model, by the U.S.| It is Ph.D. work, approx. 5.",
    "中文句子。|第二句！|「第三句。」|End.",
    "**Bold claim.**| *Another.*| `x`.",
    "A claim. [E1][E2]| Another.[E3]| A third [1, 2].| A fourth. [1] [2]",
    "A claim. [E1].| Next.",
    "A claim.| [1] shows it.",
    "First line\n|second line.\n|\n- A bullet. [E1]\n|- Another: e.g.\n|1. An item.| More.",
    "# Heading\r\n|Text.\r\n|* item [E1]\n|next",
]


@pytest.mark.parametrize("marked", CASES)
def test_boundaries(marked: str) -> None:
    assert split(marked.replace("|", "")) == [
        piece.strip() for piece in marked.split("|") if piece.strip()
    ]


def test_empty_text_has_no_sentence() -> None:
    assert sentence_spans("") == sentence_spans(" \n\t ") == ()


def test_spans_are_exact() -> None:
    assert sentence_spans("  One.  Two! ") == (Span(start=2, end=6), Span(start=8, end=12))


_PIECES = (
    r""". ! ? … e.g. et_al. We iCaRL end 3.1 $ [E1] [1,2] ( ) " ” 。 https://a.b/c. \% A - 1.""",
    "\n \r\n \u2028 \t",
)
_pieces = st.sampled_from([*_PIECES[0].split(), *_PIECES[1].split(" "), " ", "  "])


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.lists(_pieces).map("".join))
def test_spans_cover_the_text_in_order_without_overlap(text: str) -> None:
    spans = sentence_spans(text)
    at = 0
    for span in spans:
        assert at <= span.start < span.end <= len(text)
        assert not text[at : span.start].strip()
        sentence = text[span.start : span.end]
        assert sentence == sentence.strip()
        assert "\n" not in sentence and "\r" not in sentence
        at = span.end
    assert not text[at:].strip()


@given(st.lists(st.sampled_from(["It works.", "We do!", "(Really?)", "So.”", "It is. [E1]"])))
def test_plain_sentences_are_found_again(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences
    assert split("\n".join(sentences)) == sentences


def test_abstracts_split_into_plausible_sentences() -> None:
    abstracts = {record.abstract for record in read([BUNDLED]).records}
    sentences = [sentence for abstract in abstracts for sentence in split(abstract)]
    assert len(sentences) == 4685  # punkt: 4717; all 40 differences were read by eye
    assert min(map(len, sentences)) == len("Or is it?")
    assert not [s for s in sentences if s.endswith(("e.g.", "i.e.", "et al.", "vs."))]


@pytest.mark.parametrize(
    "unit", [".", "?! ", "[1]", ".[1]", "$", "http://", "1. ", ")", "a.A", "\n", ". ("]
)
def test_long_runs_of_one_mark_are_split(unit: str) -> None:
    """Where time grew with more than the length, this would not end."""
    text = unit * 30_000 + "x"
    spans = sentence_spans(text)
    assert all(0 <= one.start < one.end <= len(text) for one in spans)
