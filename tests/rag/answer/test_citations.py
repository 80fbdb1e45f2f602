"""Replies of models, good and sloppy, through the door `check`; and the numbering on its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.citations import UNSUPPORTED, Numbering, check, with_markers
from rag.records import Evidence, Paper, Sentence
from tests.rag.evidence import CURE, STEER, evidence

OFFERED = evidence(CURE, STEER)  # E1-E3 are CURE's, E4 and E5 STEER's
PLAIN = "STEER mitigates entropy collapse"


def only(reply: str, question: str = "") -> Sentence:
    (sentence,) = check(reply, OFFERED, question=question).sentences
    return sentence


@pytest.mark.parametrize(
    "written",
    [
        "[E5]", "[e5]", "[ E5 ]", "(E5)", "(see E5)", "【E5】", "[[E5]]", "[^E5]", "{E5}", "<E5>",
        "[Evidence 5]", "[Evidence E5]", "[key: E5]", "[E5][E5]", "[E5, E5]", "【E5†L3-L4】",
        '[E5: "STEER significantly mitigates"]', "[E5](https://example.org/x)", "**[E5]**",
    ],
)  # fmt: skip
def test_a_key_is_known_however_it_is_written(written: str) -> None:
    checked = check(f"{PLAIN} {written}.", OFFERED)
    (sentence,) = checked.sentences
    assert sentence.supported, sentence.why
    assert sentence.citations == (1,)
    assert checked.citations[0].quote == OFFERED[4].quote
    assert re.sub(r"[* ]", "", checked.text) == f"{PLAIN}[1].".replace(" ", "")
    assert checked.papers == ("steer",)
    assert checked.notices == ()


@pytest.mark.parametrize(
    ("written", "quotes"),
    [
        ("[E4][E5]", [3, 4]), ("[E4] [E5]", [3, 4]), ("[E4, E5]", [3, 4]), ("[E4,E5]", [3, 4]),
        ("[E4; E5]", [3, 4]), ("[E4 and E5]", [3, 4]), ("[E4], [E5]", [3, 4]), ("(E4, E5)", [3, 4]),
        ("[E1-E3][E5]", [0, 1, 2, 4]), ("[E1–3, E5]", [0, 1, 2, 4]),
    ],
)  # fmt: skip
def test_several_keys(written: str, quotes: list[int]) -> None:
    checked = check(f"{PLAIN} {written}.", OFFERED)
    assert [c.quote for c in checked.citations] == [OFFERED[i].quote for i in quotes]
    assert checked.sentences[0].citations == tuple(range(1, len(quotes) + 1))


def test_numbers_follow_first_use_and_a_span_keeps_its_own() -> None:
    same_span = Evidence(key="E9", paper=STEER, start=OFFERED[4].start, end=OFFERED[4].end, score=0)
    reply = "STEER stabilizes entropy [E5]. CURE is a framework [E1]. It mitigates collapse [E9]."
    checked = check(reply, [*OFFERED, same_span])
    assert checked.text == "STEER stabilizes entropy [1]. CURE is a framework [2]. " + (
        "It mitigates collapse [1]."
    )
    assert [(c.n, c.paper_id) for c in checked.citations] == [(1, "steer"), (2, "cure")]
    assert checked.papers == ("steer", "cure")


def test_a_key_in_the_place_of_a_noun_becomes_the_title() -> None:
    checked = check("According to E5, STEER works. [E1] introduces CURE.", OFFERED)
    assert checked.text == (
        f"According to “{STEER.title}” [1], STEER works. “{CURE.title}” [2] introduces CURE."
    )
    assert all(sentence.supported for sentence in checked.sentences)


@pytest.mark.parametrize("key", ["[E77]", "(E77)", "[7]", "[7, 8]", "[Source 7]", "[7](http://x)"])
def test_a_key_that_does_not_exist_is_reported(key: str) -> None:
    checked = check(f"{PLAIN} {key}.", OFFERED)
    (sentence,) = checked.sentences
    assert not sentence.supported
    assert "7]" in sentence.why
    assert "7]" in checked.notices[0]
    assert checked.text == f"{PLAIN}. {UNSUPPORTED}"
    assert checked.citations == ()
    assert checked.papers == ()


def test_a_key_that_does_not_exist_beside_one_that_does() -> None:
    checked = check(f"{PLAIN} [E5][E77].", OFFERED)
    assert checked.sentences[0].supported
    assert checked.text == f"{PLAIN} [1]."
    assert "[E77]" in checked.notices[0]


def test_what_evidence_says_literally_is_no_key() -> None:
    paper = type(CURE)(
        paper_id="e5", title="E5 embeddings", abstract="E5 maps scores to [0, 1] and beats (E2)."
    )
    checked = check("E5 maps scores to [0, 1], unlike (E2) [E1].", evidence(paper))
    assert checked.sentences[0].supported, checked.sentences[0].why
    assert checked.text == "E5 maps scores to [0, 1], unlike (E2) [1]."


@pytest.mark.parametrize(
    "claim",
    [
        "CURE gains 5% [E2]", "CURE gains 5 percent [E2]", "It gains 5\\% on 6 benchmarks [E2]",
        "It needs 1200 prompts [E3]", "It needs 1.2k prompts and 3.50 hours [E3]",
        "It is 3 times faster than DAPO [E3]", "It is three times faster [E3]",
        "Qwen2.5-Math-7B gains five percent [E2]", "Qwen-2.5-Math is used, with 7B parameters [E2]",
        "LLMs are enhanced by RLVR [E4]", "Large Language Models gain from RL [E4]",
        "CURE's gain of 5% was reported on 14 August 2025 [E2]", "With 31 upvotes, CURE leads [E1]",
        "On math benchmarks CURE gains [E2]", "The DAPO-based rival is slower [E3]",
        "Two papers, CURE and STEER, work on entropy [E1][E5]", "(1) CURE balances [E1]",
        "**Balanced:** Exploration and exploitation [E1]",
        "1. CURE is a two-stage framework [E1]", "CURE (2025-08-14) gains [E2]",
        "Qwen 2.5 gains [E2]", "The increase was 5 percent [E2]",
        "In August 2025 CURE gained 5% [E2]", "CURE - It is a two-stage framework [E1]",
    ],
)  # fmt: skip
def test_a_true_claim_passes_in_other_spellings(claim: str) -> None:
    sentence = only(claim)
    assert sentence.supported, sentence.why


@pytest.mark.parametrize(
    ("claim", "lost"),
    [
        ("CURE gains 7% [E2]", "7"), ("CURE gains 5.5% [E2]", "5.5"), ("It gains 5% [E1]", "5"),
        ("It takes 12,000 prompts [E3]", "12,000"), ("It is seven times faster [E3]", "seven"),
        ("CURE beats GRPO [E3]", "GRPO"), ("CURE runs on Llama-3 [E2]", "Llama-3"),
        ("STEER was trained at Stanford [E5]", "Stanford"), ("STEER beats GPT-4o [E5]", "GPT-4o"),
        ("STEER was published in 2019 [E5]", "2019"), ("It uses Qwen-2.5-Coder-7B [E2]", "Coder"),
        ("STEER matches top-1 accuracy [E5]", "top-1"), ("DAPO wins [E5]", "DAPO"),
        ("CURE gains 8% [E2]", "8"), ("CURE gains 14 points [E2]", "14"),
        ("It has 31 parts [E1]", "31"), ("CURE gains 6% [E2]", "6"),
        ("DAPO was trained on 2 GPUs [E3]", "2"),
    ],
)  # fmt: skip
def test_an_invented_number_or_name_is_found(claim: str, lost: str) -> None:
    checked = check(claim, OFFERED)
    (sentence,) = checked.sentences
    assert not sentence.supported
    assert lost in sentence.why
    assert sentence.citations == ()
    assert checked.citations == ()
    assert checked.text.endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    ("written", "claim", "supported"),
    [
        ("We steer the models.", "STEER moves models", False),
        ("Steer the models by hand.", "STEER moves models", False),
        ("We steer them. STEER is new.", "STEER moves models", True),
        ("We propose Steer for models.", "STEER moves models", True),
        ("The models react and cure.", "ReAct moves models", False),
        ("The models react and cure.", "Models react", True),
        ("ReAct moves the models.", "REACT moves models", True),
        ("Fine-tuned llms are models.", "LLMs are models", True),
        ("An rlhf stage moves models.", "RLHF moves models", True),
        ("Our gpt4 models move.", "GPT4 models move", True),
        ("Large language models move.", "LLMs are models", True),
        ("Mixture of experts models move.", "MoE models move", True),
        ("Flash attention moves models.", "FlashAttention moves models", True),
        ("LLMs are models that move.", "llms are models", True),
    ],
)  # fmt: skip
def test_a_name_is_told_from_the_word_that_it_looks_like(
    written: str, claim: str, supported: bool
) -> None:
    paper = Paper(paper_id="p", title="Moving Models and How to Steer Them", abstract=written)
    checked = check(f"{claim} [E1].", evidence(paper))
    assert checked.sentences[0].supported == supported, checked.sentences[0].why


def test_a_claim_about_a_paper_must_cite_it() -> None:
    wrong = only("Rethinking entropy interventions in rlvr gains 5% [E2].")
    assert wrong.why == f"It names “{STEER.title}”, which it does not cite."
    assert only(f"“{STEER.title}” stabilizes entropy, and CURE gains 5% [E2][E5].").supported
    quoting = Paper(paper_id="q", title="A", abstract=f"Unlike {STEER.title}, we gain 5%.")
    offered = evidence(quoting, STEER)
    assert check(f"It beats {STEER.title} [E1].", offered).sentences[0].supported


@pytest.mark.parametrize(
    "line",
    [
        "Two papers address entropy collapse in RLVR:", "## Entropy collapse", "**CURE**",
        f"**{STEER.title}**", "**CURE** (2025-08-14)", "The abstracts do not say.",
        "The evidence does not state the learning rate.", "Sure!", "Let me know if you need more.",
        "No other abstract mentions it.", "Shall I go on?",
    ],
)  # fmt: skip
def test_a_sentence_that_claims_nothing_needs_no_key(line: str) -> None:
    sentence = only(line, question="What about RLVR?")
    assert sentence.supported
    assert sentence.citations == ()


@pytest.mark.parametrize(
    "line",
    [
        "CURE balances exploration and exploitation.", "GRPO has these parts:", "## GRPO wins",
        "It gains 40% as follows:", "The evidence does not mention that GRPO gained 40%.",
        "Overall, entropy matters.", "**AlphaZero**",
    ],
)  # fmt: skip
def test_a_claim_without_a_key_is_marked(line: str) -> None:
    sentence = only(line)
    assert not sentence.supported
    assert sentence.why == "It cites nothing."


def test_a_key_of_something_else_is_found() -> None:
    sentence = only("Protein folding needs much longer simulations [E5].")
    assert not sentence.supported
    assert sentence.why == "It has no word in common with what it cites."


def test_keys_at_the_end_of_a_paragraph_count_for_sentences_that_they_quote() -> None:
    checked = check(
        "CURE is a two-stage framework. It gains 5% on math benchmarks. It cures the common cold. "
        "All of that is new. [E1][E2]\n\nSTEER mitigates entropy collapse.",
        OFFERED,
    )
    assert [s.citations for s in checked.sentences] == [(1,), (2,), (), (1, 2), ()]
    assert [s.supported for s in checked.sentences] == [True, True, False, True, False]


def test_keys_that_stand_alone_leave_nothing_behind() -> None:
    checked = check(f"[E1]\n\n[E2][E99]\n{PLAIN} [E5].", OFFERED)
    assert checked.text == f"{PLAIN} [1]."
    assert "[E99]" in checked.notices[0]


def test_keys_on_the_next_line_belong_to_the_sentence_before() -> None:
    checked = check(f"{PLAIN}.\n[E5]\n\nCURE is a framework. [E1]", OFFERED)
    assert [s.citations for s in checked.sentences] == [(1,), (2,)]


def test_markdown_stays() -> None:
    reply = (
        "## Two papers\n\n1. **CURE**: a *framework* [E1]\n   - gains `5%` [E2]\n\n"
        "> STEER stabilizes entropy [E5].\n\n---\n"
        "| Paper | Gain |\n|---|---|\n| CURE | 5% [E2] |\n| STEER | 9% [E5] |"
    )
    assert check(reply, OFFERED).text == (
        "## Two papers\n\n1. **CURE**: a *framework* [1]\n   - gains `5%` [2]\n\n"
        "> STEER stabilizes entropy [3].\n\n---\n"
        f"| Paper | Gain |\n|---|---|\n| CURE | 5% [2] |\n| STEER | 9% {UNSUPPORTED} |"
    )
    first = check(reply, OFFERED).sentences[1]
    assert first.text == "**CURE**: a *framework*"


def test_sentences_with_known_evidence_are_numbered() -> None:
    numbering = Numbering()
    said = [("One.", [OFFERED[4]]), ("Two.", [OFFERED[0], OFFERED[4]]), ("None:", [])]
    sentences = [Sentence(text=text, citations=numbering.numbers(of)) for text, of in said]
    assert [s.citations for s in sentences] == [(1,), (2, 1), ()]
    assert [c.quote for c in numbering.citations] == [OFFERED[4].quote, OFFERED[0].quote]
    assert [with_markers(s) for s in sentences] == ["One. [1]", "Two. [2][1]", "None:"]
    assert with_markers(Sentence(text="No.", supported=False)) == f"No. {UNSUPPORTED}"


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (0, 10_000)])
def test_what_is_no_span_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no span"):
        Numbering().number(Evidence(key="E1", paper=CURE, start=start, end=end, score=1))


PIECES = st.sampled_from(
    [
        "[E1]", "[E5]", "(E2", "E3]", "[E99]", "[3]", "【", "】", "E4", ". ", "? ", "\n", "\n\n",
        "- ", "1. ", "# ", "|", "---", "**", "“", "”", "CURE", " gains", " 5%", " 1,000.5", "7B",
        "GPT-4", " Stanford", " the", ":", "[#1]", "“E2”", "[unsupported]", "$x_1$", "\\", "²", "٣",
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
def test_whatever_a_model_writes(reply: str) -> None:
    checked = check(reply, OFFERED, question="Why?")
    texts = {paper.paper_id: paper.abstract for paper in (CURE, STEER)}
    assert [c.n for c in checked.citations] == list(range(1, len(checked.citations) + 1))
    for citation in checked.citations:
        assert citation.quote == texts[citation.paper_id][citation.start : citation.end]
        assert f"[{citation.n}]" in checked.text
    used = [n for sentence in checked.sentences for n in sentence.citations]
    assert set(used) == {c.n for c in checked.citations}
    assert checked.text.count(UNSUPPORTED) >= len(checked.unsupported)
    for sentence in checked.sentences:
        assert sentence.supported == (not sentence.why)
        assert sentence.supported or not sentence.citations


@given(st.text(alphabet=st.characters(exclude_characters="[]{}<>()【】“”0123456789")))
def test_text_without_keys_stays_as_it_is(reply: str) -> None:
    shown = check(reply, OFFERED).text.replace(UNSUPPORTED, "")
    assert "".join(shown.split()) == "".join(reply.split())


@pytest.mark.parametrize(
    "reply",
    ["(E12" + ",E12" * 3000, "[E1" + " " * 20_000, "[E1:" * 3000, "[" * 20_000, "A b " * 5000,
     "1,000" * 4000, "9" * 30_000 + "^99", "9e99 " * 3000, "twenty " * 5000,
     "E1 " * 3000, "- " * 8000, "Aa-" * 5000, "the papers " * 3000,
     "|a|\n" + "- " * 5000 + "x", "a b. " * 5000 + "[E1]"],
)  # fmt: skip
def test_long_hostile_replies_are_checked(reply: str) -> None:
    """Where time grew with more than the length, this would not end."""
    checked = check(reply, OFFERED)
    assert checked.text
    assert all(citation.quote for citation in checked.citations)
