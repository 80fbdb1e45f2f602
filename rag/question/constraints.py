"""A question as the constraints that it states, the form of answer it wishes for, and its topic.

Knows nothing of the corpus: whether any paper satisfies the constraints is found out later. What
is not surely a constraint stays in the topic, and is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from rag.fields import merge
from rag.filters import Filters
from rag.question.excluded import LeftOut
from rag.question.phrases import MOST_TOKENS, Match, Text, tokenise
from rag.question.schema import Form, Stated
from rag.question.wordings import DOCUMENTS, PHRASES
from rag.text.phrases import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Constraints:
    """`filters` are those stated, merged. `topic` is the question without the words that state
    constraints, ask for a form or merely ask; empty where nothing else was said. What papers do
    without is stated in words that stay. `asked` is the question without the other
    constraints alone. `unused`: of `filters.not_about`, what papers may
    not even use."""

    filters: Filters
    topic: str
    asked: str
    stated: tuple[Stated, ...]
    form: Form | None = None
    unused: tuple[str, ...] = ()


_OPENERS = frozenset(
    listed("""
    hi hello hey yo dear ok okay so well and but also please pls plz kindly thanks thank thx can could
    would will you u me us i'd i i'm im i'll we let's just quick quickly show find fetch get give gimme
    list name tell recommend suggest return provide share point pull bring send help search look want
    wanna need like looking searching trying to up out only rank sort order
    """)
)
"""What may stand alone before the topic: `can you show me …`."""
_MODALS = frozenset(listed("can could would will may might"))
_ASKING = _OPENERS | frozenset(
    listed("""
    for     do does did have has had be been am is are was were 's got what which whats what's who there here the
    a an any all some every each few more other many much good great best top key main important
    relevant interesting notable useful existing available nice solid decent cool latest new recent
    newest related it anything something everything stuff things thing kind kinds my our your cite
    collect gather wondering wonder curious know see read reading hoping love interested published
    written done said known reported studied researched maybe perhaps if that possible overview
    summary introduction intro list collection advances findings takeaways whatever progress developments trends literature research
    references sources people doing enumerate number how happening going u're you're appreciate that's
    regarding learn understand concise comprehensive exist exists seen ones one came come out lately
    anyone anybody someone somebody question assistant lookin smth sth currently whether questions sir
    madam students student need needs speed finding catch
    """)
)
_DOCUMENTS = DOCUMENTS | {
    "literature",
    "research",
    "references",
    "sources",
    "stuff",
    "anything",
    "something",
    "reading",
}
_ABOUT = frozenset(listed("on about regarding concerning covering around abt re"))
_BEFORE_IN = frozenset(
    listed(
        "interested literature research work works advances progress developments trends happening going new papers"
    )
)
_BEFORE_OF = frozenset(listed("overview summary list collection number kind kinds introduction"))
_BEFORE_TO = frozenset(listed("related introduction intro"))
_TREATS = frozenset(
    listed("""
    discuss discusses mention mentions cover covers address addresses tackle tackles treat study studies
    investigate investigates explore explores examine examines concern concerns discussing addressing
    tackling studying investigating exploring talk talks
    """)
)
_CLOSERS = frozenset(listed("please pls plz thanks thank thx cheers you ty asap")) | (
    DOCUMENTS - {"work", "works", "study", "one"}
)
_DANGLING = frozenset(
    listed("""
    and or but in from of only just the ideally preferably maybe with by that which there on about
    exist for me been have to would like want need i it can could draft is are was were a
    """)
)
"""What hung on words that were cut off behind it."""
_FILLER = (
    (_ASKING - {"findings", "takeaways", "question", "questions"})
    | _CLOSERS
    | _DANGLING
    | _ABOUT
    | frozenset(
        listed("""
    came appear appeared citewell corpus could database entries entry exist from how id in into library
    look most order released select sort than their them then these they this those votes with us
    also by as at now sorted put make say write answer format present rephrase
    """)
    )
)
"""Words that ask for papers without saying about what."""
_ENDS = frozenset(".?!;:,–—")
_JOINTS = frozenset(["and", "but", "or", ",", ";"])
_FIRST_PERSON = frozenset(listed("i i'm i've i'd im ive id we we're we've my our me"))
_PERSONAL = frozenset(
    listed("""
    thesis dissertation class course talk presentation seminar lecture exam test homework assignment
    project proposal report review survey deadline tomorrow today tonight week monday friday supervisor
    advisor adviser prof professor boss colleague colleagues team lab group phd master masters msc
    researcher engineer beginner newbie newcomer background writing preparing working doing starting
    studying busy time minutes short hurry sorry english new field asked told said due section intro
    startup company interview journal club meeting i've ive my our me them him her as fast soon
    """)
)
"""What people say of themselves when they ask."""
_SUBSTANCE = {"reading_order": 1, "summary": 2}
"""Forms that say what is to be told; those that say how it is to look go before them."""
_ABOUT_PAPERS = DOCUMENTS | frozenset(
    listed(
        "literature corpus collection library database everything anything all research released new written published wrote"
    )
)
_SURELY_PAPERS = DOCUMENTS - {"work", "works", "study", "one"}
_OF_FACTS = frozenset(listed("who when did does do was is are were why can has"))


def read_constraints(
    text: str, *, today: date, people: Container[str] = frozenset()
) -> Constraints:
    """Read what a question states. `today` anchors `last year`; `people` are the family names of
    those who have written papers here."""
    words = tokenise(text, today=today, people=people)
    stated: list[Stated] = []
    cut: list[tuple[int, int]] = []
    only_asked: list[tuple[int, int]] = []
    form: Form | None = None
    unused: list[str] = []
    for match, meaning in _chosen(words):
        if isinstance(meaning, LeftOut):
            filters = (
                Filters(lacking=meaning.terms)
                if meaning.lacking
                else Filters(not_about=meaning.terms)
            )
            unused += meaning.terms if meaning.unused else ()
            stated.append(_stated(words, match, filters))
        elif isinstance(meaning, Filters):
            stated.append(_stated(words, match, meaning))
        elif isinstance(meaning, Form):
            form = min(form or meaning, meaning, key=lambda one: _SUBSTANCE.get(one.kind, 0))
        if not (isinstance(meaning, LeftOut) and meaning.lacking):
            cut.append((match.first, match.last))
            if isinstance(meaning, Filters | LeftOut):
                only_asked.append((match.first, match.last))
    stated = _outside(text, stated)
    filters = merge(one.filters for one in stated)
    topic = _topic(words, cut)
    asked = _written(words, _left(words, only_asked))
    if (
        not filters.sort
        and not topic
        and (filters.limit or {"best", "top"} & set(words.words(0, 99)))
    ):
        # `top 3 papers` of everything can only mean the three that readers liked best.
        filters = replace(filters, sort="upvotes", order="desc")
    return Constraints(
        filters=filters,
        topic=topic,
        asked="" if is_filler(asked) else asked,
        stated=tuple(stated),
        form=form,
        unused=tuple(unused),
    )


def _chosen(text: Text) -> list[tuple[Match, object]]:
    """The readings of a question that do not overlap, the longer ones first, in its order."""
    found = []
    for match, (field, state) in PHRASES.matches(text):
        if state is None:
            found.append((match, None))
        elif _fits(field, match, text) and (meaning := state(match, text)):
            found.append((match, meaning))
    found.sort(key=lambda one: (one[0].start - one[0].end, one[0].first - one[0].last))
    chosen: list[tuple[Match, object]] = []
    for match, meaning in found:
        if all(match.last <= other.first or other.last <= match.first for other, _ in chosen):
            chosen.append((match, meaning))
    return sorted(chosen, key=lambda one: one[0].first)


def _fits(field: str, match: Match, text: Text) -> bool:
    """Whether it is papers that the words are about: votes are cast on answers as well, `who won
    the cup in 2022?` asks about the world."""
    words = set(text.words(0, len(text.tokens)))
    of_papers = bool(words & _ABOUT_PAPERS)
    said = set(text.words(match.first, match.last))
    if field in ("upvotes", "author_count", "order") and said & {
        "vote",
        "votes",
        "like",
        "likes",
        "author",
        "authors",
        "rated",
    }:
        return of_papers
    if field in ("recorded", "unrecorded"):
        return of_papers or bool(words & {"those", "these", "them", "ones", "one", "which"})
    if field in ("not_about", "lacking") or (field == "dates" and match.last - match.first < 4):
        return (
            bool(words & _SURELY_PAPERS) or text.word(0) not in _OF_FACTS or text.word(1) == "there"
        )
    return True


def _stated(text: Text, match: Match, filters: Filters) -> Stated:
    start, end = text.tokens[match.first].start, text.tokens[match.last - 1].end
    return Stated(start=start, end=end, text=text.raw[start:end].strip(" ,;()"), filters=filters)


def _outside(text: str, stated: Sequence[Stated]) -> list[Stated]:
    """`before 2020 or after 2024`, `before 2020 and after 2024`: what lies between is left out, and
    both are one constraint."""
    for at, (first, second) in enumerate(pairwise(stated)):
        until, since = first.filters, second.filters
        if until.date_from:
            until, since = since, until
        between = text[first.end : second.start].strip(" ,").lower()
        if (
            Filters(date_to=until.date_to) == until
            and Filters(date_from=since.date_from) == since
            and until.date_to
            and since.date_from
            and until.date_to < since.date_from
            and (between == "or" or (between == "and" and first.filters is until))
        ):
            from_, to = date.fromisoformat(until.date_to), date.fromisoformat(since.date_from)
            if (to - from_).days < 2:
                return list(stated)
            day = timedelta(days=1)
            both = Stated(
                start=first.start,
                end=second.end,
                text=text[first.start : second.end],
                filters=Filters(not_from=str(from_ + day), not_to=str(to - day)),
            )
            return [*stated[:at], both, *stated[at + 2 :]]
    return list(stated)


def is_filler(text: str) -> bool:
    """Whether a text asks for papers without saying about what."""
    return all(word in _FILLER or not word[0].isalnum() for word in _words(text))


def _words(text: str) -> list[str]:
    return [token.word for token in tokenise(text).tokens]


def _topic(text: Text, cut: Iterable[tuple[int, int]]) -> str:
    """The question without the cut words, what joined them, and the words that only ask."""
    kept = _without_tail(text, _without_heads(text, _left(text, cut)))
    if all(text.word(at) in _FILLER or not text.word(at)[0].isalnum() for at in kept):
        return ""
    whole = len(kept) == len(text.tokens)
    return text.raw.strip() if whole else _written(text, kept).rstrip(" .?!")


def _left(text: Text, cut: Iterable[tuple[int, int]]) -> list[int]:
    gone = {at for first, last in cut for at in range(first, last)}
    places = range(len(text.tokens))
    joints = {at for at in places if text.word(at) in _JOINTS and at + 1 in gone}
    gone |= {at for at in joints if at == 0 or at - 1 in gone}
    return [at for at in places if at not in gone]


def _written(text: Text, kept: Sequence[int]) -> str:
    """The kept words as they stand in the question."""
    if len(kept) == len(text.tokens):
        return text.raw.strip()
    pieces: list[str] = []
    for before, at in pairwise([-2, *kept]):
        token = text.tokens[at]
        if before != at - 1:
            pieces.append(" ")
        else:
            pieces.append(text.raw[text.tokens[before].end : token.start])
        pieces.append(text.raw[token.start : token.end])
    rest = text.raw[text.tokens[-1].end :] if len(text.tokens) >= MOST_TOKENS else ""
    return _tidy("".join(pieces) + rest)


def _tidy(text: str) -> str:
    text = re.sub(r"[(\[][\s,]*[)\]]", " ", text)
    text = re.sub(r"\s+([,.;:?!)])", r"\1", re.sub(r"\s+", " ", text))
    text = re.sub(r"[,;:]+(?=[,.;:?!])", "", text)
    text = re.sub(r"\A[\s,;:.?!–-]+|[\s,;:–-]+\Z", "", text)
    return text if text.count("(") == text.count(")") else text.strip("()")


def _without_heads(text: Text, kept: Sequence[int]) -> list[int]:
    """The kept words without those that only ask, sentence by sentence; clauses that say no more
    than who is asking go as a whole."""
    clauses: list[list[int]] = [[]]
    for at in kept:
        clauses[-1].append(at)
        if text.word(at) in _ENDS and not text.touches(at + 1):
            clauses.append([])
    left: list[int] = []
    starts = True
    for clause in clauses:
        words = {text.word(at) for at in clause if text.word(at)[0].isalnum()}
        if words and not words <= (_FILLER | _PERSONAL):
            left += clause[_head(text, clause) :] if starts else clause
            starts = False
        elif not starts and not words - DOCUMENTS:
            left += clause
        if clause and text.word(clause[-1]) in (".", "?", "!", ":"):
            starts = True
    return left


def _head(text: Text, kept: Sequence[int]) -> int:
    """How many of the kept words only ask: `can you give me an overview of`."""
    anchor = openers = 0
    personal, only_opens = False, True
    for number, at in enumerate(kept):
        word = text.word(at)
        before = text.word(kept[number - 1]) if number else ""
        following = text.word(kept[number + 1]) if number + 1 < len(kept) else ""
        if text.within_word(at) or text.within_word(at + 1):
            break
        if word in _MODALS and following not in ("you", "u", "i", "we", "someone"):
            break
        if word == "how" and following != "many":
            break
        only_opens = only_opens and (word in _OPENERS or not word[0].isalnum())
        if only_opens and word not in _JOINTS:
            openers = number + 1
        if (
            word in _ABOUT
            or (word in _TREATS and (before in _DOCUMENTS or before in ("that", "which")))
            or (word == "in" and before in _BEFORE_IN)
            or (word == "of" and before in _BEFORE_OF)
            or (word == "to" and before in _BEFORE_TO)
            or (word == "with" and before in ("deal", "dealing", "deals", "help"))
            or (word == "at" and before in ("look", "looking"))
        ) or (word in (":", "–", "—") and number and before in _ASKING | DOCUMENTS):
            anchor = number + 1
        elif word in _DOCUMENTS and following in (
            "that",
            "which",
            "where",
            "for",
            "in",
            "with",
            "using",
            "from",
            "like",
        ):
            anchor = number + 1 + (following in ("that", "which", "where", "for"))
        elif not (word in _ASKING or word in DOCUMENTS or (personal and word in _PERSONAL)):
            if word[0].isalnum():
                break
        personal = personal or word in _FIRST_PERSON
    return max(anchor, openers)


def _without_tail(text: Text, kept: Sequence[int]) -> list[int]:
    end = len(kept)
    whole = not any(word[0].isalnum() for word in text.words(kept[-1] + 1, 999)) if kept else True
    closers = _CLOSERS if whole else _CLOSERS | _DANGLING
    while end and (
        text.word(kept[end - 1]) in closers or not text.word(kept[end - 1])[0].isalnum()
    ):
        if text.within_word(kept[end - 1]):
            break
        closers = closers if not text.word(kept[end - 1])[0].isalnum() else _CLOSERS | _DANGLING
        end -= 1
    closed = end < len(kept) and any(text.word(at)[0].isalnum() for at in kept[end:])
    return list(kept[:end] if closed else kept)
