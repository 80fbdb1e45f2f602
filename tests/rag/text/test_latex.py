from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.latex import readable, seen


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (r"only 37\% of it", "only 37% of it"),
        (r"T\"ULU 3", "TÜLU 3"),
        (r"PATIENT-{\Psi}-TRAINER", "PATIENT-Ψ-TRAINER"),
        (
            r"benchmarks \footnote{Our code is at https://x.",
            "benchmarks (Our code is at https://x.)",
        ),
        (r"regularization, \etc.", "regularization, etc."),
        ("``recalibrate'' it", "“recalibrate” it"),
        ("judge {and} follow", "judge and follow"),
        ("1)~a relabeler", "1) a relabeler"),
        ("two\n  lines", "two lines"),
        (r"\textbf{bold} and \emph{so}", "bold and so"),
        (r"as shown~\cite{a,b}, we", "as shown, we"),
        ("a bound of $x^2$ for", "a bound of x^2 for"),
        ("mathcal{O}(n) and Control~(SMEC)", "O(n) and Control (SMEC)"),
        ("a paradigm--a novel one -- which", "a paradigm—a novel one – which"),
    ],
)
def test_scars_of_latex_are_made_readable(stored: str, shown: str) -> None:
    assert readable(stored) == shown


@pytest.mark.parametrize(
    "text",
    [
        r"We introduce \implname, a framework",
        "H_{infty}",
        "seas.upenn.edu/~nkolot",
        "about ~5",
        "from $5 to $10",
    ],
)
def test_what_it_does_not_know_it_leaves_alone(text: str) -> None:
    assert readable(text) == text


@given(st.text(alphabet=st.characters(exclude_characters="\\{}~`'$-", codec="utf-8")))
def test_plain_text_changes_in_white_space_alone(text: str) -> None:
    assert readable(text).split() == seen(text).split()


@given(st.text())
def test_never_more_than_one_line_and_no_ends_of_space(text: str) -> None:
    shown = readable(text)
    assert shown == shown.strip()
    assert len(shown.splitlines()) <= 1


def test_what_is_not_seen_acts_on_nothing() -> None:
    assert seen("a\x1b[31mb\x07 \u202e21\u202c\tc\n") == "a[31mb 21\tc\n"
    assert readable("title \x1b]0;x\x07\u202e12") == "title ]0;x12"
