"""A question and what becomes of it: its state, what is known so far, its answer. It knows no
conversation, and nothing of HTML or of how answers are worked out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.errors import CitewellError
from rag.events import Event, Fallback, Finished, Progress, Selected, TextDelta, Understood
from rag.filters import Filters
from rag.question.schema import ParsedQuestion
from rag.records import Answer, Depth, Mode, Paper
from ui.web.chat import answer_diff
from ui.web.judging.judgements import Judgement

State = Literal["waiting", "reading", "writing", "done", "stopped", "failed"]

BUSY: tuple[State, ...] = ("waiting", "reading", "writing")


@dataclass(kw_only=True, eq=False)
class ChatTurn:
    """A question and what has become of it. `filters` replace those read from the question;
    `within` are the papers chosen for it, of whatever `filters` say."""

    id: str
    question: str
    filters: Filters | None = None
    within: tuple[str, ...] | None = None
    stated: Filters | None = None
    """The constraints of the question's own words, where `filters` took their place."""
    mode: Mode | None = None
    depth: Depth = "normal"
    state: State = "reading"
    before_it: int = 0
    """How many others wait before this one, while it waits."""
    broken: bool = False
    """Citewell was ended before the answer was."""
    parsed: ParsedQuestion | None = None
    progress: Progress | None = None
    read: tuple[Paper, ...] = ()
    """What the answer is being made from, the best first."""
    text: str = ""
    fallback: str = ""
    answer: Answer | None = None
    error: CitewellError | None = None
    papers: dict[str, Paper] = field(default_factory=dict)
    """Every paper that the answer may name, by id."""
    asked_on: str = ""
    """ISO day; empty where it was not kept."""
    judged: dict[str, Judgement] = field(default_factory=dict)
    """What was said of the answer ("") and of its sources (by paper id), when it was loaded."""
    suggested: tuple[str, ...] | None = None
    """Questions that go on from the answer, once they were looked for."""
    before: ChatTurn | None = None
    """The one that this question was asked in before, where it was asked again."""
    changed: tuple[str, ...] = ()
    """What a corpus that had changed since then has changed here."""
    asked_at: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def own_constraints(self) -> Filters | None:
        """Those of its own words; papers that were chosen for it are none of them."""
        if self.stated or not self.parsed:
            return self.stated
        filters = self.parsed.filters
        return filters if self.within is None else replace(filters, paper_ids=None)

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    def take(self, event: Event) -> None:
        match event:
            case Understood(parsed=parsed):
                self.parsed = parsed
            case Progress():
                self.progress = event
            case Selected(papers=papers, near=near):
                self.read = papers
                self.papers.update((paper.paper_id, paper) for paper in (*papers, *near))
                self.state = "writing"
            case TextDelta(delta=delta):
                self.text += delta
            case Fallback(message=message, remedy=remedy):
                self.text = ""
                self.fallback = f"{message} {remedy}".strip()
            case Finished(answer=answer):
                self.answer = answer
                self.state = "done"
                if self.before and self.before.answer:
                    known = {**self.before.papers, **self.papers}
                    titles = {paper_id: paper.title for paper_id, paper in known.items()}
                    self.changed = answer_diff.told(self.before.answer, answer, titles)
