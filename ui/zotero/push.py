"""A push: papers that Zotero does not have are saved there, and looked for afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.adapters.zotero import MY_LIBRARY, Target, Zotero
from rag.errors import ZoteroError
from rag.export import Annotation, Reference
from rag.export.references import references_to
from rag.records import Paper
from ui.zotero.items import item, known_by, names_of

_AT_ONCE = 25
"""Papers a request: what is saved before one fails is there."""
Progress = Callable[[str, int, int], None]
"""Told of the stage, how many are done, how many there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """Papers by id. `missing`: sent, and not seen in Zotero afterwards. `failed`: why it ended
    before all of `new` were `sent`."""

    target: Target
    present: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: ZoteroError | None = None


def push(
    zotero: Zotero,
    papers: Sequence[Paper],
    own: Mapping[str, Annotation],
    *,
    dry_run: bool,
    told: Progress,
) -> Pushed:
    """Into the collection that is selected in Zotero, which has to be of My Library: another
    library is not looked through. Raises ZoteroError before anything is sent."""
    target = zotero.target()
    if not target.can_save or not target.is_mine:
        why = "is another library than yours" if target.can_save else "cannot be written to"
        raise ZoteroError(
            f"“{target.library}”, which is selected in Zotero, {why}.",
            remedy="Select My Library or a collection in it, then do it again.",
        )
    known = _known(zotero, told)
    all_of = dict(zip(papers, references_to(papers, own), strict=True))
    absent = {p: r for p, r in all_of.items() if not names_of(p, r) & known}
    present = [p.paper_id for p in papers if p not in absent]
    new = [p.paper_id for p in absent]
    if dry_run or not absent:
        return Pushed(target=target, present=present, new=new)
    sent, failed = _send(zotero, absent, told)
    seen = _known(zotero, told) if sent else set()
    missing = [p.paper_id for p in sent if not names_of(p, absent[p]) & seen]
    return Pushed(
        target=target,
        present=present,
        new=new,
        sent=[p.paper_id for p in sent],
        missing=missing,
        failed=failed,
    )


def _send(
    zotero: Zotero, absent: Mapping[Paper, Reference], told: Progress
) -> tuple[list[Paper], ZoteroError | None]:
    waiting, sent = list(absent), list[Paper]()
    while waiting:
        some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
        try:
            zotero.save([item(p.paper_id, absent[p]) for p in some])
        except ZoteroError as error:
            return sent, error
        sent += some
        told("papers", len(sent), len(absent))
    return sent, None


def _known(zotero: Zotero, told: Progress) -> set[str]:
    found: set[str] = set()
    done = 0
    for page in zotero.pages(f"{MY_LIBRARY}/items/top", []):
        done += len(page.items)
        for one in page.items:
            found |= known_by(one)
        told("items", done, page.total)
    return found
