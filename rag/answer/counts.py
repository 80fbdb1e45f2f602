"""How many papers there are, in words."""

from __future__ import annotations

from rag.text.words import count


def of_the_chosen(n: int, chosen: int) -> str:
    """`The paper asked about`, `Both papers asked about`, `Two of the five papers asked about`."""
    if n == chosen:
        many = {1: "The paper", 2: "Both papers"}.get(n, f"All {count(n).lower()} papers")
    else:
        many = f"{count(n)} of the {count(chosen).lower()} papers"
    return f"{many} asked about"


def none_of(n: int, which: str, *, does: str, fails: str) -> str:
    """`The paper … does not answer this`, `Neither of the two papers … answers this`, `None of the
    536 papers … answers this`. which: what stands behind `papers`."""
    if n == 1:
        return f"The paper {which} {fails}"
    none = "Neither" if n == 2 else "None"
    return f"{none} of the {count(n).lower()} papers {which} {does}"


def none_answers(n: int, which: str) -> str:
    """That no paper of `n` answers, as `none_of` says it."""
    return none_of(n, which, does="clearly answers this.", fails="does not clearly answer this.")


def of_the_corpus(n: int, searched: int) -> str:
    """`Two of 536 papers`, `All three papers`; without the corpus's size where it is not known."""
    if n and n == searched:
        many = {1: "The one paper", 2: "Both papers"}
        return many.get(n, f"All {count(n).lower()} papers")
    if searched:
        return f"{count(n)} of {searched:,} papers"
    return f"{count(n)} {'paper' if n == 1 else 'papers'}"
