"""What each turn of the user was in its conversation, and which papers an answer put forward.

Papers are those that the answer recorded; where nobody noted them, those that its text names. A
refusal puts none forward, whatever it shows as near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.corpus.lexicon import Lexicon
from rag.question.coreference import depends, picks, points_at_all, points_at_one, topicless
from rag.question.corrections import led_over
from rag.question.dialogue_acts import goes_on
from rag.question.kinds import kind_of
from rag.question.set_difference import FEW, taken_out
from rag.records import Turn
from rag.text.phrases import COUNT, DOCUMENT, compiled, count

Papers = tuple[str, ...]
_COUNTED = compiled(
    rf"\A\W*(?:(?:yes|no|there\s+are|i\s+found)\b[\s,:]*)*(?P<n>{COUNT})\s+{DOCUMENT}\b"
)
NEAREST = "What comes nearest:"
"""With these words a refusal shows papers that are not its answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a turn of the user was in its conversation. opens: it began a topic. aside: it asked
    something of the papers in view, which its answer leaves there. picks: it picked from these.
    looks: it stood by itself and named some of these."""

    asked: str
    opens: bool = False
    looks: bool = False
    aside: bool = False
    picks: bool = False


def parts_of(
    history: Sequence[Turn], asked: Sequence[str], lexicon: Lexicon, refined: Sequence[bool]
) -> list[Part]:
    """What each of the user's turns before was in the conversation."""
    answered: list[Papers] = [()] * len(asked)
    at = -1
    for turn in history:
        at += turn.role == "user"
        if turn.role == "assistant" and at >= 0:
            answered[at] = papers_of(turn, lexicon, asked[at])
    parts: list[Part] = []
    topic: set[str] = set()
    for at, said in enumerate(asked):
        last = parts[-1] if parts else Part(asked="")
        narrow = bool(at) and (len(answered[at - 1]) == 1 or kind_of(last.asked) == "compare")
        leans = (
            refined[at] or bool(taken_out(said, lexicon)) or depends(said, lexicon, narrow=narrow)
        )
        opens = not at or bool(led_over(said)) or not leans
        owners = owners_of(said, lexicon)
        looks = opens and bool(said and owners) and set(owners) < topic and not led_over(said)
        opens = opens and not looks
        topic = {*answered[at], *(() if opens and said else topic)}
        asks = topicless(said, lexicon, narrow=narrow)
        by_pick = bool(picks(said) or goes_on(said) or taken_out(said, lexicon))
        pointed = points_at_all(said) or (narrow and points_at_one(said))
        pointed = pointed and kind_of(said) != "compare"
        parts.append(
            Part(
                asked=said,
                opens=opens,
                looks=looks,
                aside=not (opens or looks or by_pick) and (asks or pointed),
                picks=not (opens or looks) and by_pick,
            )
        )
    return parts


def papers_of(
    turn: Turn, lexicon: Lexicon, asked: str, within: Sequence[str] | None = None
) -> Papers:
    """Papers that an answer put forward and that are still there: as recorded, else as its text
    names them. Where it names none, and of a refusal, which only shows what came nearest, those
    that were `asked` about by name. () where some are not `within` what is chosen now."""
    known = tuple(paper for paper in turn.papers or () if paper in lexicon.titles)
    found = known or lexicon.papers_in(turn.content)
    if turn.papers is None and len(found) < _counted(turn.content):
        found = ()  # it speaks of more than it names
    if not found or turn.papers == () or (turn.papers is None and NEAREST in turn.content):
        found = owners_of(asked, lexicon)
    return found if within is None or set(found) <= set(within) else ()


def _counted(text: str) -> int:
    """How many papers an answer says that it is about: `four papers look at this`; 0 where it does
    not say."""
    match = _COUNTED.search(text)
    return count(match["n"]) if match else 0


def owners_of(text: str, lexicon: Lexicon) -> Papers:
    """The papers that names in `text` point at."""
    names = (named for named in lexicon.names_in(text).values() if len(named) <= FEW)
    return tuple(dict.fromkeys(paper for named in names for paper in named))
