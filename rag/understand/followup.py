"""A turn of a conversation made to stand on its own.

`which of those uses programs?` becomes `which of those uses programs? — about: web agents that get
better on their own`, restricted to the papers of the answer before. Nothing is rephrased: the words
are the user's own, from this turn and from those it leans on, so it can be shown and searched with.

A turn leans on the ones before if it points back (`those`, `it`, `the second one`), begins as a
continuation (`and …`, `what about …`), or says too little by itself. Else it opens a new topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.records import Turn
from rag.understand.chips import COUNT, compiled, count, listed
from rag.understand.lexicon import Lexicon

_THINGS = (
    r"(?:papers?|works?|methods?|approach(?:es)?|stud(?:y|ies)|articles?|techniques?|models?|systems?"
    r"|agents?|ones|results|algorithms?|frameworks?|entries|publications?)"
)
_OF_THOSE = compiled(
    rf"""\b(?:of|among|amongst|between|in|from|within|out\s+of)\s+(?:all\s+)?(?:those|these|them|the\s+above
      |the\s+(?:same\s+)?papers\s+(?:above|you))\b(?!\s+(?:tasks?|settings?|cases?))
    |\b(?:those|these)\s+(?:{COUNT}\s+)?{_THINGS}\b
    |\bdo(?:es)?\s+(?:any|either|each|all|both|one|some|none)\s+(?:of\s+them\b|use|do|need|work|also|require)
    |\bwhich\s+ones?\b"""
)
_WHICH_IS = compiled(r"\A(?:and\s+)?which\s+(?:is|are|was|were|has|have|does|do)\b")
_THE_ONE = compiled(
    r"""\bthe\s+ones?\s+(?:\w+ing|on|about|with|that|which|for|from|using|by|in|at)\b
    |\b(?:that|this)\s+(?:paper|method|approach|article)\b
    |\b(?:in|of|for|about|from|by|does|did|is|was|do)\s+(?:that|this)\s+(?:one|study)(?![\w-])"""
)
_ORDINALS = {
    **{word: at for at, word in enumerate(listed("first second third fourth fifth sixth seventh"))},
    **{word: at for at, word in enumerate(listed("1st 2nd 3rd 4th 5th 6th 7th"))},
    "former": 0,
    "latter": -1,
    "last": -1,
}
_NTH = compiled(
    rf"""\bthe\s+(?P<nth>{"|".join(_ORDINALS)})\s*(?P<n>{COUNT})?\b
    (?:(?<=former)|(?<=latter)|(?=\s+(?:ones?|papers?|works?|methods?|approach(?:es)?|stud(?:y|ies)
        |of\s+(?:those|these|them)|and|or|versus|vs\.?|with|do|does|did|is|are|was|were|has|have|can|use|uses
        |used|need|needs|rely|relies|require|requires|differ|compare)\b|\s*(?:[?.,!]|\Z)))
    |\b(?:paper|number|no\.|\#)\s*(?P<number>\d\d?)\b|(?<!\w)\[(?P<marker>\d\d?)\]"""
)
_ELSEWHERE = compiled(
    r"""\b(?:instead|else|elsewhere|others?|another|besides|apart\s+from|other\s+than|outside(?:\s+of)?
      |except|also|similar|related|like\s+(?:that|this|those|these)|more\s+(?:papers|of|like))\b"""
)
"""Words that ask for further papers, not for some of those already shown."""
_CONTINUES = compiled(
    r"""\A(?:(?:ok(?:ay)?|so|well|hm+|right|thanks?|great|cool|yes|no|nice)[\s,.!]+)*
    (?:and|but|or|also|plus|then|what\s+about|how\s+about|what\s+if|same|likewise|only|just|more|any\s+more
      |any\s+others?|anything\s+else|what\s+else|who\s+else|others?|why\s+not|why\s*\?|how\s+so|without|not)\b"""
)
_STARTS_ANEW = compiled(
    r"""\A(?:(?:ok(?:ay)?|so|and|but|now|well)[\s,.!]+)*(?:(?:what|which)\s+(?:\w+\s+)?(?:papers|works|studies)
      |(?:papers|works?|research|anything|any\s+(?:papers|work))\s+(?:on|about|that)|is\s+there\s+(?:any|a)
      |are\s+there\s+(?:any|papers)|(?:find|show|list|give\s+me))\b"""
)
_EMPTY = r"\s+(?:takes?|took|costs?|matters?|seems?|possible|hard|easy)\b"
"""Verbs whose `it` stands for nothing: `how long does it take to …`."""
_POINTING = compiled(
    rf"""\b(?:it(?!{_EMPTY})|its|they|them|their|theirs|he|she|those|these|the\s+same|such|the\s+others?)\b
    |(?:\A|\b(?:does|do|is|are|was|can|could|would|did|about|for|with|of|in|on|to|like|than|after|from)\s+)
     (?:that|this)\b(?!\s+(?:is|are)\s+there)"""
)
_SUBJECT = compiled(
    rf"""\A(?:(?:ok(?:ay)?|so|and|but|well)[\s,.!]+)*(?:how|what|which|why|when|where|who)\b
    (?:\s+(?!(?:and|when|if|that|while|as|because)\b)[\w-]+){{0,4}}?
    \s+(?:do|does|did|is|are|was|were|can|could|will|would|has|have)\s+(?:it|they|this|that|these|those)\b
    (?!{_EMPTY})"""
)
"""`how many parameters does it have?`: the noun before the pronoun is not what it stands for."""
_IT = compiled(r"\b(?:it|its|this|that)\b")
_WORD = re.compile(r"[^\W_]+(?:[-'’^*+.][^\W_]+)*")
_NO_CONTENT = frozenset(
    listed("""
    a about after again all also am an and another any anything are around as at authors be
    because been before being below best better between both but by can come could did do does
    doing done each either else even ever every example examples exist few find first for from
    get gets give given go good got had has have having help here how i if in instead into
    involve is just kind know last less let like list look made main make makes many may me mean
    method methods might mine more most much must my name need needs new no not now number of
    off ok okay old on one ones only or other others our out over own paper papers per please
    really reported result results said same say says second see several she should show shown
    shows so some someone something still study such sure take takes tell than thank thanks that
    the then there thing things think third this those three through to too try two under up us
    use used uses using very want was way we well were what when where which while who whom
    whose why will with without work works would yes yet you your
    """)
)
_OF_PAPERS = frozenset(
    listed("""
    ablation abstract accuracy advantage advantages application applications architecture author
    baseline baselines benchmark benchmarks claim claims code compared comparison conclusion
    contribution cost data dataset datasets detail details difference differences drawback
    drawbacks evaluated evaluation experiment experiments explain finding findings gain gains
    hardware idea improve improvement improvements large length limitation limitations long
    metric metrics model models numbers parameters performance perform problem problems
    published release released reward score scores size speed strength strengths summarise
    summarize tasks tested time trained training upvotes weakness weaknesses
    """)
)
"""What any paper has: a question about these alone does not say which paper it means."""
_LEAD = compiled(
    rf"""\A(?:(?:ok(?:ay)?|so|and|but|now|hi|hello|please)[\s,.!]+)*
    (?:(?:(?:are|is)\s+there\s+|has\s+)?(?:any(?:thing|one|body)?\s+)?{_THINGS}\s+(?:on|about)\s+
      |is\s+any(?:one|body)\s+(?:using|doing)\s+|(?:are|is)\s+there\s+any(?:thing\s+(?:on|about))?\s+
      |(?:show|give|find|list|recommend|tell)\s+(?:me\s+)?(?:{_THINGS}\s+(?:on|about)\s+)?
      |any(?:thing\s+(?:on|about))?\s+|looking\s+for\s+)"""
)
"""What only asks for papers at the head of an earlier question; the rest is its topic."""
_TAIL = compiled(
    r"(?:\s+(?:papers?\s+)?(?:in\s+(?:here|this\s+corpus|the\s+corpus)|out\s+there|please))*[\s?.!,;]*\Z"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standalone:
    """`question` stands by itself: what was asked, and `about`, the topic taken from before.

    `papers` is the selection it is restricted to, None for all. `leans_on` are the positions, among
    the earlier user turns, of those it carries on (oldest first), empty for a new topic. `shown`
    are the papers that the answers before put forward. `notes` say what was taken from where.
    """

    question: str
    about: str = ""
    papers: tuple[str, ...] | None = None
    leans_on: tuple[int, ...] = ()
    shown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


ABOUT = " — about: "
"""Between a turn and what it leans on."""


def joined(question: str, about: str) -> str:
    """The one form in which a question and its topic are shown and searched with."""
    return f"{question}{ABOUT}{about}" if question and about else question or about


def standalone(
    question: str,
    history: Sequence[Turn],
    lexicon: Lexicon,
    *,
    topics: Sequence[str] | None = None,
    refines: bool = False,
) -> Standalone:
    """Make the last turn stand alone. `history` holds the turns before it.

    `topics` are the earlier user turns without the words of their constraints, where the caller
    has them; else the turns are carried as they are. `refines` says that the turn is a constraint
    and nothing else (`with at least 3 upvotes`), which can only narrow what came before.
    """
    asked = [turn.content for turn in history if turn.role == "user"]
    if not asked or not question.strip():
        return Standalone(question=question)
    topics = asked if topics is None or len(topics) != len(asked) else topics
    if not refines and not depends(question, lexicon):
        shared = _content(question) & _content(asked[-1])
        return Standalone(question=question, notes=() if shared else ("Read as a new topic.",))
    previous = _previous_papers(history, lexicon)
    chosen = _chosen(question, previous)
    carried = [at for at in _chain(asked, lexicon) if topics[at].strip()]
    notes = []
    if chosen:
        notes.append(f"Restricted to {_papers(len(chosen))} of the previous answer.")
    elif chosen == ():
        notes.append("The previous answer names no paper to choose from, so all are searched.")
    about = [_plain(topics[at]) for at in carried]
    # One paper in view: what `it` is, so the search needs its title.
    in_view = chosen or (previous if _points_at_one(question) else ())
    if len(in_view) == 1 and in_view[0] in lexicon.titles:
        about.insert(0, lexicon.titles[in_view[0]])
    about = [text for text in about if _content(text)]
    if carried:
        notes.insert(0, f"Read as a follow-up to “{asked[carried[0]].strip()}”")
    return Standalone(
        question=joined(question.strip(), "; ".join(about)),
        about="; ".join(about),
        papers=chosen or None,
        leans_on=tuple(_chain(asked, lexicon)),
        shown=_shown(history, lexicon),
        notes=tuple(notes),
    )


def depends(question: str, lexicon: Lexicon) -> bool:
    """Whether a question needs the turns before it to be understood."""
    if _restricts(question) or _NTH.search(question):
        return True
    content = _content(question)
    points = _points_back(question)
    if _STARTS_ANEW.search(question) and len(content) >= 2 and content - _OF_PAPERS and not points:
        return False
    if points or _CONTINUES.search(question):
        return True
    if any(len(papers) <= 2 for papers in lexicon.names_in(question).values()):
        return False
    return not content - _OF_PAPERS


def _restricts(question: str) -> bool:
    """Whether it asks for some of the papers already shown, rather than for others."""
    picks = _OF_THOSE.search(question)
    if picks and picks[0].lower().endswith("them") and _means_its_own(question, picks):
        picks = None
    if not (picks or _THE_ONE.search(question)):
        return bool(_WHICH_IS.search(question)) and len(_content(question)) <= 2
    explicit = re.search(r"\b(?:of|among)\s+(?:those|these|them)\b", question, re.IGNORECASE)
    return bool(explicit) or not _ELSEWHERE.search(question)


def _chosen(question: str, previous: tuple[str, ...]) -> tuple[str, ...] | None:
    """The papers a question picks from the previous answer; None if it does not pick, () if there
    is nothing to pick from."""
    picked: list[str] = []
    for match in _NTH.finditer(question):
        if match["nth"]:
            at, number = _ORDINALS[match["nth"].lower()], count(match["n"] or "one")
            # `the first two` and `the last two`; further ordinals name one paper.
            part = previous[-number:] if at < 0 else previous[at : at + (1 if at else number)]
        else:
            at = int(match["number"] or match["marker"])
            part = previous[at - 1 : at] if at else ()
        picked += [paper for paper in part if paper not in picked]
    if picked:
        return tuple(picked)
    return previous if _restricts(question) else None


def _previous_papers(history: Sequence[Turn], lexicon: Lexicon) -> tuple[str, ...]:
    """What the last answer put forward: as recorded, else as its text names them."""
    for turn in reversed(history):
        if turn.role == "assistant":
            return turn.papers or lexicon.papers_in(turn.content)
    return ()


def _shown(history: Sequence[Turn], lexicon: Lexicon) -> tuple[str, ...]:
    answers = (turn for turn in history if turn.role == "assistant")
    papers = [paper for turn in answers for paper in turn.papers or lexicon.papers_in(turn.content)]
    return tuple(dict.fromkeys(papers))


def _chain(asked: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Which earlier questions make up the topic: back to the one that stood by itself, without
    those that only picked from an answer."""
    chain: list[int] = []
    for at in range(len(asked) - 1, -1, -1):
        root = at == 0 or not depends(asked[at], lexicon)
        if root or not (_restricts(asked[at]) or _NTH.search(asked[at])):
            chain.append(at)
        if root:
            break
    return chain[::-1]


def _points_back(question: str) -> bool:
    """Whether a pronoun has nothing before it, in the question itself, that it could mean."""
    return bool(_SUBJECT.search(question)) or any(
        not _means_its_own(question, match) for match in _POINTING.finditer(question)
    )


def _means_its_own(question: str, pronoun: re.Match[str]) -> bool:
    return bool(_content(question[: pronoun.start()]) - _OF_PAPERS)


def _points_at_one(question: str) -> bool:
    return bool(_IT.search(question)) and not _ELSEWHERE.search(question)


def _content(text: str) -> set[str]:
    return {
        word for word in _WORD.findall(text.lower()) if word not in _NO_CONTENT and len(word) > 1
    }


def _plain(question: str) -> str:
    """An earlier question as a topic: without `which papers`, `is anyone using`, `?`."""
    text = _TAIL.sub("", question.strip())
    rest = _LEAD.sub("", text, count=1)
    return rest if _content(rest) else text


def _papers(number: int) -> str:
    return "the one paper" if number == 1 else f"the {number} papers"
