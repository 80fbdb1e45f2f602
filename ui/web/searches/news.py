"""What is new to a saved search: of the papers that came since it was last opened, those that it
finds. A topic's are those that a list over the whole corpus would hold, as the reader says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.answer.constraints import constraint_in_words
from rag.assistant import Assistant
from rag.errors import UsageError
from rag.filters import Filters
from rag.records import Answer, Paper
from rag.text.words import number_of
from ui.web.marks.kept import READING, Marks
from ui.web.papers.asked import ListRequest, wanted
from ui.web.papers.listing import Listings
from ui.web.searches.kept import SavedSearch, Wish

TOPIC_CHARS = 500
"""As many as a list is ranked by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """`papers`: the new ones, as the search has them; `revision`: of the corpus looked at."""

    papers: tuple[Paper, ...]
    revision: int


class SearchNews:
    """Over the corpus of `assistant`. Thread-safe; raises what catalog and index raise."""

    def __init__(self, assistant: Assistant, listings: Listings | None = None) -> None:
        self._assistant = assistant
        self._listings = listings or Listings(assistant.index_manager.catalog)

    def revision(self, wish: Wish) -> int:
        """How far the corpus has come as this search sees it: topics are looked for in what is
        indexed."""
        manager = self._assistant.index_manager
        return manager.indexes().revision if wish.topic else manager.catalog.corpus_revision

    def of(self, search: SavedSearch, marks: Mapping[str, Marks]) -> News:
        """`marks`: its owner's, by paper."""
        revision = self.revision(search.wish)
        arrived = self._assistant.index_manager.catalog.arrived_since(search.seen)
        if not arrived or search.seen > revision:  # else another catalog has taken this one's place
            return News(papers=(), revision=revision)
        asked = ListRequest.model_validate({**search.wish.listed, "ranked": ""})
        base = wanted(asked, marks)
        among = arrived if base.among is None else arrived & base.among
        found = self._listings.current().find(replace(base, among=among))
        if found and (topic := search.wish.topic):
            order = self._assistant.belonging(topic, filters=search.wish.filters)
            place = {paper: at for at, paper in enumerate(order)}
            found = sorted(
                (paper for paper in found if paper.paper_id in place),
                key=lambda paper: place[paper.paper_id],
            )
        return News(papers=tuple(found), revision=revision)


def of_list(asked: ListRequest) -> Wish:
    """Raises UsageError for what new papers can never be part of."""
    if asked.cluster is not None or asked.among is not None:
        what = "A group of the map" if asked.cluster is not None else "A selection"
        raise UsageError(
            f"{what} holds the papers of today, so a saved search cannot keep to it.",
            remedy="Take it out of the filters first.",
        )
    return Wish(listed=asked.model_dump(exclude_defaults=True))


def of_answer(answer: Answer) -> Wish:
    """Its question on its own, with its constraints. Raises UsageError where it keeps to papers."""
    filters = answer.filters
    if filters.paper_ids is not None:
        raise UsageError(
            "This question keeps to chosen papers, so nothing can be new to it.",
            remedy="Ask it of all papers, then save it.",
        )
    lasting = replace(filters, sort=None, order=None, limit=None, skip=None)
    return of_question(answer.standalone_question, lasting)


def of_question(question: str, filters: Filters | None = None) -> Wish:
    """`filters`: its constraints; None where its words alone say them."""
    question = " ".join(question.split())
    if len(question) > TOPIC_CHARS:
        raise UsageError(
            f"A question of more than {TOPIC_CHARS} characters cannot be saved as a search.",
            remedy="Ask it in fewer words.",
        )
    return Wish(listed={"ranked": question}, filters=filters)


def in_words(wish: Wish) -> str:
    """What it looks for, in a line."""
    asked = ListRequest.model_validate(wish.listed)
    told = [
        f"“{asked.ranked or asked.words}”" if asked.ranked or asked.words else "",
        constraint_in_words(wish.filters) if wish.filters else "",
        f"since {asked.date_from}" if asked.date_from else "",
        f"until {asked.date_to}" if asked.date_to else "",
        "without a date" if asked.dated is False else "",
        f"at least {number_of(asked.upvotes_min, 'upvote')}"
        if asked.upvotes_min is not None
        else "",
        f"from {asked.source}" if asked.source else "",
        f"tagged {', '.join(asked.marked.tags)}" if asked.tags else "",
        READING.get(asked.reading, ""),
        "with a note" if asked.noted else "",
    ]
    return ", ".join(filter(None, told)) or "all papers"
