"""What no record of a paper holds, and what only sounds like asking for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.unrecorded import unrecorded

ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("papers published by June 2024", ()),
    ("papers by March 2025", ()),
    ("papers from Q3 2025", ()),
    ("papers by Kaiming He", ("authors",)),
    ("tea papers by Kaiming He", ("authors",)),
    ("papers on tea by Yoshua Bengio", ("authors",)),
    ("papers written by Yann LeCun", ("authors",)),
    ("Hinton's papers", ("authors",)),
    ("what has Yann LeCun published?", ()),
    ("did Richard Sutton write anything on tea?", ("authors",)),
    ("Vaswani et al.", ("authors",)),
    ("the paper of Kumar et al. on tea", ("authors",)),
    ("papers from Google DeepMind", ("affiliations",)),
    ("papers from Stanford", ("affiliations",)),
    ("tea papers from Stanford", ("affiliations",)),
    ("papers on tea from MIT", ("affiliations",)),
    ("papers on tea from Google", ("affiliations",)),
    ("work on tea at DeepMind", ("affiliations",)),
    ("papers by OpenAI", ("affiliations",)),
    ("research from the University of Toronto on tea", ("affiliations",)),
    ("what did Microsoft Research publish on tea?", ("authors",)),
    ("papers by researchers at ETH Zurich", ("affiliations",)),
    ("which universities work on tea?", ("affiliations",)),
    ("which lab wrote Green Tea?", ("affiliations",)),
    ("NeurIPS papers on tea", ("venues",)),
    ("tea papers at ICML", ("venues",)),
    ("papers published in Nature", ("venues",)),
    ("papers accepted at ICLR 2024", ("venues",)),
    ("tea papers from NeurIPS 2023", ("venues",)),
    ("most cited papers on tea", ("citations",)),
    ("highly cited papers", ("citations",)),
    ("how often is Green Tea cited?", ("citations",)),
    ("papers from 2024", ()),
    ("papers from October", ()),
    ("papers from October 2025", ()),
    ("papers from Summer 2024", ()),
    ("papers from last week", ()),
    ("learning from humans", ()),
    ("training from scratch", ()),
    ("papers by means of RL", ()),
    ("papers on learning from Wikipedia", ()),
    ("distillation from GPT-4", ()),
    ("transfer from ImageNet to tea", ()),
    ("adaptation from GTA to Cityscapes", ()),
    ("learning from Human Feedback", ()),
    ("papers from this corpus", ()),
    ("works from the list", ()),
    ("papers of interest", ()),
    ("the authors argue that tea is good; does it?", ()),
    ("how does Google search work?", ()),
    ("what do the authors of this corpus mean?", ()),
    ("reinforcement learning from AI Feedback", ()),
    ("papers on transfer from Atari", ()),
    ("does BERT write well?", ()),
    ("multi-agent teams at scale", ()),
    ("science of tea", ()),
    ("learning in nature", ()),
    ("Meta-learning from tea", ()),
    ("papers on Meta-learning", ()),
    ("which group of layers is frozen?", ()),
    ("citation generation by LLMs", ()),
    ("models that cite sources", ()),
    ("attributed QA with citations", ()),
    ("Google's BERT", ()),
    ("papers using GPT-4 by OpenAI", ("affiliations",)),
    ("robots by hand", ()),
    ("by how much does CURE improve?", ()),
    ("improved by CURE", ()),
    ("approach by Kimi k1.5", ()),
    ("CIFAR by SGD", ()),
    ("RLHF from Claude's constitution", ()),
    ("papers about Chinese tea", ()),
)
words = st.lists(
    st.sampled_from(
        "papers by from at the MIT Kaiming He et al. of Google who wrote cited most NeurIPS 2024"
        " did publish October 's lab authors which University of and".split()
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(("question", "asked"), ROWS)
def test_what_is_asked_for(question: str, asked: tuple[str, ...]) -> None:
    assert unrecorded(question, authors=False) == asked


@given(st.one_of(st.text(max_size=80), words))
def test_any_text(text: str) -> None:
    assert set(unrecorded(text, authors=False)) <= {
        "authors",
        "affiliations",
        "venues",
        "citations",
    }
