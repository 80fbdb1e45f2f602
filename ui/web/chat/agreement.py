"""Who agrees with a claim, above an answer: the claim and four counts, in words and as a bar.

The counts are those of the answer's record, and its text tells the same; nothing is counted here.
"""

from __future__ import annotations

from dataclasses import replace

from rag.answer.stance_text import HEADINGS, VERBS, claim_told, group_heading, opening
from rag.records import Agreement, Answer, Stance
from rag.text.markdown import escaped
from ui.web.templates import fill

_TICKS = 60
"""Of the bar at most: one a paper, of more papers their shares."""


def above(answer: Answer) -> tuple[str, Answer]:
    """The counts as HTML, empty where nobody takes a stance, and the answer without the words that
    they take the place of."""
    agreement = answer.agreement
    if agreement is None or not agreement.stances:
        return "", answer
    question, text = answer.standalone_question, answer.text
    for told in opening(agreement, question):
        text = text.removeprefix(escaped(told)).lstrip()
    claim = agreement.claim if claim_told(agreement, question) else ""
    return _counts(agreement, claim), replace(answer, text=text)


def with_headings(html: str, agreement: Agreement | None) -> str:
    """An answer's HTML with the names of its groups as headings."""
    if agreement is None:
        return html
    for stance in HEADINGS:
        name = group_heading(stance, agreement.count(stance))
        heading = f'<h3 class="cw-stance" data-stance="{stance}">{name}</h3>'
        html = html.replace(f"<p><strong>{name}</strong></p>", heading, 1)
    return html


def _counts(agreement: Agreement, claim: str) -> str:
    told: list[tuple[Stance | str, int, str]] = [
        (stance, count, verbs[count != 1])
        for stance, verbs in VERBS.items()
        for count in [agreement.count(stance)]
    ]
    told.append(("silent", len(agreement.silent), "silent"))
    scale = min(1.0, _TICKS / agreement.read)
    ticks = [name for name, n, _ in told if n for _ in range(max(1, round(n * scale)))]
    return fill("chat/turn:agreement", claim, agreement.read, told, ticks)
