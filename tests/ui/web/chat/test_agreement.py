"""Who agrees, on the page: counts in words above the answer, groups as headings, nothing alive."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from rag.adapters.fakes import ScriptedChat
from rag.answer.agreement import compose
from rag.events import Finished
from rag.export import FORMATS, Note
from rag.question.schema import ParsedQuestion
from rag.records import Agreement, Answer, Draft, PaperStance, Stance
from tests.rag.evidence import query
from tests.rag.generated import run
from tests.ui.web.chat.test_render import NASTY, Seen, is_inert
from tests.ui.web.written import CURE, HOSTILE, OTHER, STEER, entropy
from ui.web.chat import agreement, render
from ui.web.chat.conversations import Conversations
from ui.web.chat.turn import ChatTurn

QUESTION = "does entropy collapse end exploration?"
PAPERS = (STEER, CURE, OTHER, HOSTILE)
BEFORE = entropy(ParsedQuestion(question="q", standalone="q"))


def draft(**stances: Stance) -> Draft:
    """What comes of a model's reply: a stance by the second sentence of each paper named."""
    keys = {"steer": "E2", "cure": "E7", "other": "E11", "hostile": "E13"}
    listed = [{"stance": stance, "keys": [keys[paper]]} for paper, stance in stances.items()]
    claim = "Entropy collapse ends exploration early."
    reply = json.dumps({"claim": claim, "papers": listed})
    asked = query(QUESTION, agreement=True)
    return run(compose(asked, PAPERS, ScriptedChat([reply])))[1]


def answered(**stances: Stance) -> ChatTurn:
    made = draft(**stances)
    answer = replace(
        BEFORE,
        question=QUESTION,
        standalone_question=QUESTION,
        mode="llm",
        model="tiny",
        text=made.text,
        sentences=made.sentences,
        citations=made.citations,
        papers=made.papers,
        near=made.near,
        agreement=made.agreement,
    )
    turn = ChatTurn(id="t1", question=QUESTION)
    turn.papers = {paper.paper_id: paper for paper in PAPERS}
    turn.take(Finished(answer=answer))
    return turn


def test_counts_in_words_and_groups_as_headings() -> None:
    html = render.turn(answered(steer="supports", cure="contradicts"))["answer"]
    seen = "".join(Seen(html).words.split())
    counts = "Of 4 papers read 1 supports 0 qualify 1 contradicts 2 silent Supports it (1)"
    claim = "Claim Entropy collapse ends exploration early."
    assert seen.startswith(f"{claim}{counts}".replace(" ", ""))
    assert "4papersread,1" not in seen, "the counts say it"
    headings = re.findall(r'<h3 class="cw-stance" data-stance="(\w+)">([^<]+)</h3>', html)
    assert headings == [("supports", "Supports it (1)"), ("contradicts", "Contradicts it (1)")]
    assert html.count("<i data-stance") == 4
    assert "Look through all papers" in html


def test_without_a_stance_the_text_alone() -> None:
    html = render.turn(answered())["answer"]
    assert "cw-agreement" not in html
    assert "None of the 4 papers read says anything on this." in html


def test_of_many_papers_the_bar_has_shares() -> None:
    some = tuple(
        PaperStance(paper_id=str(n), stance="supports", citations=(1,)) for n in range(300)
    )
    found = Agreement(claim="x", stances=some, silent=("s",))
    answer = replace(BEFORE, agreement=found)
    html = agreement.above(answer)[0]
    assert 55 <= html.count('<i data-stance="supports">') <= 61
    assert html.count('<i data-stance="silent">') == 1
    assert "<b>300</b> support<" in html


@given(NASTY, NASTY)
def test_nothing_comes_alive(claim: str, text: str) -> None:
    stance = PaperStance(paper_id="hostile", stance="qualifies", citations=(1,))
    turn = answered(steer="supports")
    assert turn.answer
    found = Agreement(claim=claim, stances=(stance,), silent=("x",))
    turn.answer = replace(turn.answer, agreement=found, text=text)
    assert is_inert(render.turn(turn)["answer"])


def test_it_comes_back_as_it_was_and_older_answers_open(tmp_path: Path) -> None:
    conversations = Conversations(tmp_path)
    turn = answered(steer="supports", hostile="qualifies")
    conversations.keep("anna", "c1", [turn])
    before = ChatTurn(id="t0", question="older")
    before.take(Finished(answer=BEFORE))
    conversations.keep("anna", "c2", [before])
    with conversations._base.transaction():
        row = conversations._base.db.execute(
            "SELECT turn FROM turns WHERE conversation = 'c2'"
        ).fetchone()
        kept = json.loads(row[0])
        del kept["answer"]["agreement"]  # as an earlier version kept it
        conversations._base.db.execute(
            "UPDATE turns SET turn = ? WHERE conversation = 'c2'", (json.dumps(kept),)
        )
    (found,) = conversations.load("anna", "c1") or []
    (older,) = conversations.load("anna", "c2") or []
    conversations.close()
    assert found.answer == turn.answer
    assert render.turn(found)["answer"] == render.turn(turn)["answer"]
    assert older.answer == BEFORE


@pytest.mark.parametrize("kind", ["markdown", "obsidian", "plain"])
def test_exports_keep_counts_and_groups(kind: str) -> None:
    turn = answered(steer="supports", cure="qualifies")
    answer: Answer = turn.answer  # type: ignore[assignment]
    note = Note(answer=answer, papers=turn.papers)
    text = re.sub(r"[>*\s]+", " ", FORMATS[kind].of_answers([note]))
    opening = "Of 4 papers read, 1 supports the claim, 1 qualifies it, none contradicts it;"
    places = [text.find(part) for part in (opening, "Supports it (1)", STEER.title)]
    places += [text.find(part) for part in ("Qualifies it (1)", "Sampling from a static state")]
    assert -1 not in places
    assert places == sorted(places)
