"""Whether a paper is about what a term names, uses it, or is of a kind: in whatever form."""

from __future__ import annotations

import pytest

from rag.corpus.genres import is_genre, is_of_kind
from rag.corpus.mentions import is_about, wording


@pytest.mark.parametrize(
    ("term", "text", "has"),
    [
        ("robotics", "A robot learns.", True),
        ("RL", "We use RL.", True),
        ("LM", "LLMs are LMs.", True),
        ("RL", "the URL of it, RLHF", False),
        ("transformers", "A translation is transferred.", False),
        ("reward models", "one Reward-Model", True),
        ("games", "a game", True),
    ],
)
def test_wordings(term: str, text: str, has: bool) -> None:
    assert bool(wording(term).search(text)) is has


@pytest.mark.parametrize(
    ("title", "abstract", "about"),
    [
        ("Tea at noon", "It calms.", True),
        ("At noon", "Tea calms. We drink tea.", True),
        ("At noon", "We drink water, as others drink tea.", False),
        ("Calm without any tea", "No tea is drunk; we need no tea.", False),
        ("Tea-free mornings", "Tea-free days. Unlike with tea, we sleep.", False),
    ],
)
def test_being_about(title: str, abstract: str, about: bool) -> None:
    assert is_about(title, abstract, [wording("tea")]) is about


@pytest.mark.parametrize(
    ("term", "title", "abstract", "kind"),
    [
        ("surveys", "Tea: A Survey", "", True),
        ("reviews", "Brewing", "In this paper, we review how tea is brewed.", True),
        ("survey papers", "Brewing", "This comprehensive survey covers tea.", True),
        ("surveys", "Peer Review of Tea", "We ask reviewers.", False),
        ("surveys", "Brewing", "We follow a recent survey of tea.", False),
        ("benchmarks", "TeaBench: Measuring Taste", "", True),
        ("benchmark papers", "Brewing", "It wins on three benchmarks.", False),
        ("datasets", "A Dataset of Teas", "", True),
        ("datasets", "Dataset Distillation", "", False),
        ("position papers", "Position: Tea Matters", "", True),
    ],
)
def test_kinds_of_papers(term: str, title: str, abstract: str, kind: bool) -> None:
    assert is_genre(term)
    assert is_of_kind(title, abstract, term) == kind
