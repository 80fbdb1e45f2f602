"""The lexicon of a small corpus: acronyms both ways, names, spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.acronyms import definitions
from rag.corpus.lexicon import Lexicon
from rag.corpus.lexicon_json import from_json, to_json
from rag.corpus.spelling import ASKING
from rag.records import Paper


def paper(key: str, title: str, abstract: str) -> Paper:
    return Paper(paper_id=key, title=title, abstract=abstract)


FILLER = (
    " The training of models on hacking data changes the training of models of large language." * 3
)
LEXICON = Lexicon.from_papers(
    [
        paper(
            "verify",
            "Rewards that can be checked",
            "Reinforcement Learning with Verifiable Rewards (RLVR) trains large language models "
            "(LLMs) on answers. We introduce Borealis, a schedule." + FILLER,
        ),
        paper(
            "plan",
            "CPL: Critical Plan Learning",
            "We present Critical Plan Learning (CPL), which rises above LLMs." + FILLER,
        ),
        paper(
            "prefer",
            "Preferences without rewards",
            "Contrastive Preference Learning (CPL) needs no reward. It generalizes." + FILLER,
        ),
        paper(
            "rise",
            "RISE: Climbing step by step",
            "Scores rise when RISE is used with DeepGrip-2." + FILLER,
        ),
    ],
    english=["skating", "rise", "ladder"],
)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("the Long Form (LF) of it", [("LF", "Long Form")]),
        ("we use LF (Long Form) here", [("LF", "Long Form")]),
        ("LF, short for Long Form, is", [("LF", "Long Form")]),
        ("LF stands for Long Form here", [("LF", "Long Form")]),
        (
            "trained by proximal policy optimization (PPO)",
            [("PPO", "proximal policy optimization")],
        ),
        ("large language models (LLMs; see below)", [("LLMs", "large language models")]),
        ("Stochastic Structural SIMilarity (S3IM)", []),
        ("many results (see Fig. 2) hold (in part)", []),
        ("proposed before (Silver et al., 2017)", []),
        ("on AIME (2024) and MATH (hard)", []),
    ],
)
def test_definitions(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(definitions(text)) == pairs


def test_acronyms_expand_both_ways() -> None:
    long_form = "Reinforcement Learning with Verifiable Rewards"
    assert LEXICON.expand("entropy collapse in RLVR") == [long_form]
    assert LEXICON.expand("what is rlvr?") == [long_form]
    assert LEXICON.expand("reinforcement learning with verifiable rewards for code") == ["RLVR"]
    assert LEXICON.expand(f"{long_form} (RLVR)") == []


def test_shared_acronym_keeps_both_meanings() -> None:
    assert LEXICON.expand("CPL") == ["Contrastive Preference Learning", "Critical Plan Learning"]
    assert LEXICON.names["Critical Plan Learning"] == ("plan",)


def test_acronyms_are_spelt_out_where_they_have_one_meaning() -> None:
    long_form = "Reinforcement Learning with Verifiable Rewards"
    assert LEXICON.spelt_out("RLVR and rlvr") == f"{long_form} (RLVR) and rlvr"
    assert LEXICON.spelt_out(f"{long_form}, or RLVR") == f"{long_form}, or RLVR"
    assert LEXICON.spelt_out("CPL, PPO, cats") == "CPL, PPO, cats"


def test_wordings_of_a_term() -> None:
    assert LEXICON.wordings("cats") == ["cats"]
    assert LEXICON.wordings("RLVR")[1:] == ["Reinforcement Learning with Verifiable Rewards"]


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("what does RLVR stand for?", "RLVR"),
        ("What is “RLVR” short for?", "RLVR"),
        ("what does the acronym rlvr mean?", "RLVR"),
        ("what is the full form of RLVR?", "RLVR"),
        ("expand RLVR", "RLVR"),
        ("RLVR stands for?", "RLVR"),
        ("what is RLVR?", None),
        ("papers with an acronym for everything", None),
        ("what does PPO stand for?", None),  # nobody defines it here
    ],
)
def test_asking_what_an_acronym_stands_for(question: str, short: str | None) -> None:
    found = {expansion.short for expansion in LEXICON.expansions(question)}
    assert found == ({short} if short else set())


def test_both_meanings_of_a_shared_acronym() -> None:
    found = LEXICON.expansions("what does CPL stand for?")
    assert [(e.long, e.papers) for e in found] == [
        ("Contrastive Preference Learning", ("prefer",)),
        ("Critical Plan Learning", ("plan",)),
    ]


def test_names_lead_to_their_papers() -> None:
    assert LEXICON.names_in("how does borealis compare with DeepGrip-2?") == {
        "Borealis": ("verify",),
        "DeepGrip-2": ("rise",),
    }


def test_names_that_are_words_count_only_as_written() -> None:
    assert LEXICON.names_in("what does RISE do?") == {"RISE": ("rise",)}
    assert LEXICON.names_in("do scores rise?") == {}
    assert LEXICON.names_in("SUNRISE and RISE-like") == {}


def test_papers_of_an_earlier_answer() -> None:
    answer = "Borealis, then “Preferences without rewards”, then RISE."
    assert LEXICON.papers_in(answer) == ("verify", "prefer", "rise")


def test_a_name_that_several_papers_use_stands_for_its_owner() -> None:
    papers = [
        Paper(paper_id="own", title="WebNest: a benchmark", abstract="Agents click in WebNest."),
        Paper(paper_id="user", title="Clicking agents", abstract="They do well on WebNest."),
    ]
    assert Lexicon.from_papers(papers).papers_in("They are tested on WebNest.") == ("own",)


def test_a_name_with_a_digit_counts_in_any_case() -> None:
    paper = Paper(paper_id="n", title="N2N Learning: nets from nets", abstract="Nets are made.")
    assert Lexicon.from_papers([paper]).names_in("n2n learning?") == {"N2N Learning": ("n",)}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("reward hackng", "reward hacking"),
        ("lagre lanugage modles", "large language models"),
        ("trianing", "training"),
        ("Skatng and Hackng", "Skatng and Hackng"),  # capitals may be names
        ("skating", "skating"),  # English, if not of the corpus
        ("retraining", "retraining"),  # composed
        ("generalises", "generalises"),  # British
        ("v2.hackng x@hackng hackng^2", "v2.hackng x@hackng hackng^2"),
    ],
)
def test_mending(typed: str, read: str) -> None:
    text, changes = LEXICON.mend(typed)
    assert text == read
    assert bool(changes) == (typed != read)


SPELT = Lexicon.from_papers(
    [
        paper(
            "spelt",
            "Words",
            "hallucination language transformer reinforcement reinforce quantization diffusion "
            "benchmark learning model reasoning search federated augmentation connected lean ring "
            "distillation robotics curriculum catastrophic forget forgetting knowledge policy "
            * 25,
        )
    ],
    english=["congested", "code", "book"],
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("halucination", "hallucination"),
        ("langage model", "language model"),
        ("transfomer", "transformer"),
        ("reinforcment", "reinforcement"),
        ("quantizaton", "quantization"),
        ("difusion", "diffusion"),
        ("benchmrak", "benchmark"),
        ("leanring", "learning"),  # two words by their letters, and a swap away from a frequent one
        ("reasonning", "reasoning"),
        ("distilation", "distillation"),
        ("robotocs", "robotics"),
        ("modle, searh", "model, search"),
        ("kurriculum", "curriculum"),
        ("katastrofic forgeting", "catastrophic forgetting"),
        ("polisy nowledge", "policy knowledge"),
        ("benckmarl", "benckmarl"),  # two unlikely slips
        ("codebook model", "codebook model"),
        ("argumentation", "argumentation"),
        ("congested", "congested"),
        ("federates", "federates"),
        ("modells", "modells"),
        ("apprentissage continu du langage, modèles", "apprentissage continu du langage, modèles"),
    ],
)
def test_slips_are_mended_and_words_are_not(typed: str, read: str) -> None:
    assert SPELT.mend(typed)[0] == read


@given(st.sampled_from(sorted(SPELT.words)), st.data())
def test_a_mend_is_a_word_of_the_corpus(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    text, changes = SPELT.mend(word[:at] + word[at + 1 :])
    assert all(right in SPELT.words or right in ASKING for _, right in changes)
    assert SPELT.mend(text) == (text, [])


def test_british_spelling_is_an_expansion() -> None:
    assert LEXICON.expand("it generalises") == ["generalizes"]


def test_json_round_trip() -> None:
    assert from_json(to_json(LEXICON)) == LEXICON


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"acronyms": 1}'])
def test_damaged_json(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(text)


def test_empty_corpus() -> None:
    empty = Lexicon.from_papers([])
    assert empty.expand("RLVR") == []
    assert empty.mend("hackng") == ("hackng", [])


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    mended, changes = LEXICON.mend(text)
    assert (mended == text) == (not changes)
    LEXICON.expand(text)
    for name, papers in LEXICON.names_in(text).items():
        assert name.lower() in text.lower()
        assert papers
    assert set(LEXICON.papers_in(text)) <= set(LEXICON.titles)


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=200)), max_size=5))
def test_any_corpus(records: list[tuple[str, str]]) -> None:
    lexicon = Lexicon.from_papers(paper(str(n), t, a) for n, (t, a) in enumerate(records))
    assert from_json(to_json(lexicon)) == lexicon
