"""Citewell's part of a note: all around it stays, and what was edited in it is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.vault import marked

BITS = (
    *("\n", "\r\n", "\r", "%%", "%% citewell:", "%% citewell:begin", "%% citewell:end %%"),
    *("---\n", "[[a|b]]", "[[", "]]", "|", "#", " ", "é", "\ufeff", "\u2028", "😀", "x"),
)
texts = st.lists(st.sampled_from(BITS) | st.text(max_size=5), max_size=8).map("".join)
contents = texts.filter(lambda text: "\0" not in text)


@given(contents, contents, texts, texts, st.sampled_from(["\n", "\r\n"]))
def test_what_is_around_the_part_stays(
    old: str, new: str, before: str, after: str, newline: str
) -> None:
    before = before and before + newline
    text = before + marked.part(old).replace("\n", newline) + after
    found = marked.parted(text)
    if found is None:  # somebody's own text has lines like ours
        assert "%% citewell:" in before + after
        return
    assert found.before + found.part + found.after == text
    if (found.before, found.after) != (before, after):  # as above: theirs was taken for ours
        assert "%% citewell:" in before + after
        return
    assert not found.is_edited
    assert found.with_part(old) == text
    changed = found.with_part(new)
    assert changed.startswith(before) and changed.endswith(after)
    again = marked.parted(changed)
    assert again is not None and not again.is_edited
    assert (again.before, again.after) == (before, after)
    assert again.with_part(old) == text


@given(contents.filter(lambda text: "[[" not in text), st.data())
def test_an_edit_within_the_part_is_known(content: str, data: st.DataObject) -> None:
    text = marked.part(content)
    start = text.index("\n") + 1
    at = data.draw(st.integers(start, len(text) - len("\n%% citewell:end %%")))
    found = marked.parted(f"{text[:at]}mine{text[at:]}")
    assert found is not None and found.is_edited


def test_links_may_lead_elsewhere() -> None:
    text = marked.part("see [[@key|Some title]] and [[#^key-3|1]]")
    moved = text.replace("[[@key|", "[[My papers/Some title|")
    found = marked.parted(moved)
    assert found is not None and not found.is_edited
    renamed = marked.parted(text.replace("|Some title", "|Mine"))
    assert renamed is not None and renamed.is_edited


def test_what_is_not_one_pair_of_lines_is_no_part() -> None:
    text = marked.part("words")
    begin, _, words, _, end = text.split("\n")
    for broken in (
        "words",
        f"{begin}\n{words}",
        f"{words}\n{end}",
        f"{end}\n{words}\n{begin}",
        f"{text}\n{text}",
        f"{text}\n{end}",
        f"mine {text}",
    ):
        assert marked.parted(broken) is None
    without = marked.parted(text.replace(begin, "%% citewell:begin %%"))
    assert without is not None and without.is_edited
