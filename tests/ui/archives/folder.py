"""A data folder with something in every store."""

from __future__ import annotations

from pathlib import Path

from rag.records import Span
from rag.settings import corpora
from rag.storage.judgements import FOLDER as JUDGED
from rag.storage.judgements import JudgedBatch, MatchingPaper, ModelJudgements
from rag.storage.kept_cells import FOLDER as CELLS
from rag.storage.kept_cells import CellReply, KeptCells
from rag.table.columns import columns_of
from tests.corpus import filled, papers
from tests.ui.web.chat.test_conversations import answered_turn
from ui.web.chat.conversations import Conversations, digest
from ui.web.judging.judgements import Judgement
from ui.web.marks.kept import Change
from ui.web.searches.news import of_question
from ui.web.store import HERE

ANNA = "anna's secret cookie"
OWNER = "a digest of anna's cookie"
SETTINGS = '# my server\nmodel = "m"\nbase_url = "http://model.test/v1"\napi_key = "sk-secret"\n'
PAPER = papers(1)[0]


def make(root: Path, count: int = 6) -> None:
    """Two corpora, that of the folder itself with `count` papers, and one called tea with three."""
    filled(root, count).close()
    filled(corpora.folder(root, "tea"), 3).close()
    (root / "config.toml").write_text(SETTINGS)
    (root / "chat_history").write_text("\n+what is entropy?\n")
    (root / "runs").mkdir()
    (root / "runs" / "dev-1.json").write_text("{}")
    (root / "sets").mkdir()
    (root / "sets" / "mine.jsonl").write_text("{}\n")
    talk(root)
    judge(root)


def talk(folder: Path) -> None:
    """One of each of what visitors put into `conversations.sqlite3`."""
    kept = Conversations(folder)
    asked = answered_turn("plain")
    kept.keep(ANNA, "c1", [asked])
    kept.judgements.put(
        digest(ANNA) or "", "c1", asked.id, "", Judgement(verdict="up", note="good")
    )
    kept.marks.change(HERE, PAPER.paper_id, PAPER.title, Change(add=("RL",), note="mine"))
    kept.searches.save(HERE, "entropy", of_question("entropy"), 1)
    kept.tables.begin(OWNER, title="On entropy", papers=[PAPER], columns=columns_of(["method"]))
    kept.close()


def judge(folder: Path) -> None:
    """What models have said."""
    span = Span(start=0, end=4)
    KeptCells(folder / CELLS, "0a1b").keep("text", CellReply(value="M0", spans=(span,)))
    matching = MatchingPaper(paper_id=PAPER.paper_id, spans=(span,))
    judged = JudgedBatch(papers=(PAPER.paper_id,), matches=(matching,), claim="")
    ModelJudgements(folder / JUDGED, "2c3d").keep(judged)


def check(folder: Path) -> None:
    """That all of `talk` and `judge` is in `folder`."""
    kept = Conversations(folder)
    turns = kept.load(ANNA, "c1") or []
    assert [turn.answer for turn in turns] == [answered_turn("plain").answer]
    assert kept.judgements.of("c1")[turns[0].id][""] == Judgement(verdict="up", note="good")
    marks = kept.marks.of(HERE, PAPER.paper_id)
    assert (marks.tags, marks.note) == (("RL",), "mine")
    assert [search.name for search in kept.searches.all(HERE)] == ["entropy"]
    tables = kept.tables.entries(OWNER)
    assert [table.title for table in tables] == ["On entropy"]
    kept.close()
    assert KeptCells(folder / CELLS, "0a1b").read()["text"].value == "M0"
    assert PAPER.paper_id in ModelJudgements(folder / JUDGED, "2c3d").known
