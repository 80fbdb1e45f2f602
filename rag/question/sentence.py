"""A follow-up as one sentence that says by itself what is asked, the way a person would write it.

    papers on web agents · and with fewer labels?     → Papers on web agents, with fewer labels
    papers on web agents · which of those use APIs?   → Which of WebRL and SkillWeaver use APIs?
    how does TAME work? · on which datasets?          → About TAME: on which datasets?

It is for people and for models. What is searched with is made in `followup`; nothing is rephrased,
words are only put in the place of those that point back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.coreference import BOTH, NTH_THING, OTHERS, THINGS, without_picks
from rag.question.dialogue_acts import OPENING, Further
from rag.text.patterns import lazy
from rag.text.phrases import compiled
from rag.text.words import enumerated

_OPENING = compiled(rf"\A{OPENING}")
_MOST_NAMED = 3
_HEAD_WORDS = 4
"""Longest head of a title (`Name: what it does`) that stands for the paper."""
_ASKED = compiled(
    r"\A(?:which|what|how|why|who|when|where|do|does|did|is|are|was|were|can|could|has|have|will|would|should"
    r"|find|show|list|give|name|recommend|compare|explain|describe|summari[sz]e|tell|i|(?:any|some)(?:one|body)?)(?:n[’']t)?\b"
)
_ADDED = compiled(
    r"\A(?:with|without|using|for|in|on|from|by|under|that|whose|only|just|except|excluding|besides|not|but|outside|ones|if|when|since|before|after)\b"
)
_ANY = compiled(
    r"\A(?:(?:any(?:thing)?|some|ones|papers|those|or)\s+)+(?=(?:from|in|since|before|after|with)\b)"
)
_WHAT_IS = compiled(r"\A(?:what\s+(?:is|are)|tell\s+me\s+about|explain)\s+(?P<what>[^,]+)\Z")
_LONG = 110
"""Characters of names beyond which papers are counted."""
_WHAT_ABOUT = compiled(r"\A(?:(?:what|how)\s+about|or)\s+")
_THE_ONE = compiled(
    rf"\b(?:that|this)\s+(?:paper|method|approach|article|study|one|work)\b|(?<!\w)(?:{NTH_THING.pattern})"
    rf"|{OTHERS.pattern}"
)
_ITS = compiled(r"\bits\b")
_IT = compiled(
    r"""\bit\b|(?:(?<=\bdoes\ )|(?<=\bis\ )|(?<=\bdid\ )|(?<=\bcan\ )|(?<=\bwas\ )|(?<=\babout\ )
    |(?<=\bof\ ))(?:that|this)\b"""
)
_THOSE = compiled(
    rf"\b(?:(?:those|these)(?:\s+(?:two|three|four|five|\d+))?(?:\s+{THINGS})?|them|they"
    rf"|the\s+two(?:\s+of\s+them|\s+papers)?(?=\s*(?:[?.!,]|\Z))|both(?:\s+of\s+(?:them|these|those))?)\b|{OTHERS.pattern}|{NTH_THING.pattern}"
)
_WHICH_PAPERS = compiled(
    r"\A(?:which|what)\s+(?:papers|works|studies|articles)\s+(?:(?:are|is)\s+(?=on\b|about\b))?(?P<do>(?P<on>(?:on|about)\s)?.+)"
)
_THE_ONE_ON = compiled(
    r"\A(?:(?:and|only|just|what\s+about)\s+)*the\s+ones?\s+(?:\w+ing|on|about|with|that|which|for|from|using|by|in|at)\b[^,?]*[\s?.]*\Z"
)
_TWICE = lazy(r"\b(\w+(?:\s+\w+)?)\s+\1\b", re.IGNORECASE)


def standing(
    turn: str,
    *,
    chain: Sequence[str] = (),
    titles: Sequence[str] = (),
    without: Sequence[str] = (),
    further: Further | None = None,
    like: str = "",
    told: str = "",
    adds: bool = False,
) -> str:
    """`turn` as it stands by itself. chain: the earlier turns it leans on, oldest first. titles: of
    the papers it is about, where it is about some. without: of those it takes out of them. like:
    the title of the one that the list goes on from. told: the question whose answer it takes up
    (`why?`), where it does. adds: it is a constraint and nothing else."""
    text = _OPENING.sub("", turn.strip(), count=1).strip() or turn.strip()
    if told and _ASKED.match(told):
        return _closed(f"{_bare(told)}, and {_lower(text)}", text)
    if further and (like or chain):
        return f"More papers like {called(like)}" if like else _further(further, chain)
    if titles:
        return _about_papers(text, chain, titles, without)
    if not chain:
        return _upper(text) if text != turn.strip() else text
    return _on(text, chain, adds=adds)


def _on(text: str, chain: Sequence[str], *, adds: bool) -> str:
    """A turn on the subject of those before."""
    if adds or _ADDED.match(text):
        rest = _ANY.sub("", text).rstrip(" ?.!")
        return _closed(f"{_whole(chain)}, {_lower(rest)}", chain[0])
    if _ASKED.match(text) and not _WHAT_ABOUT.match(text):
        return _closed(f"On {_subject(chain)}: {_lower(text)}", text)
    return _closed(f"{_whole(chain)}: what about {_WHAT_ABOUT.sub('', text)}", "?")


def called(title: str) -> str:
    """A paper as one speaks of it: the head of its title, else the title in quotes."""
    head, colon, _ = title.partition(":")
    return head.strip() if colon and len(head.split()) <= _HEAD_WORDS else f"“{title}”"


def _about_papers(
    text: str, chain: Sequence[str], titles: Sequence[str], without: Sequence[str]
) -> str:
    if len(titles) > 1:
        return _about_several(text, chain, titles, without)
    name = called(titles[0])
    for shape, put in ((_THE_ONE, name), (_ITS, f"{name}’s"), (_IT, name)):
        named, times = shape.subn(lambda _, put=put: put, text, count=1)  # type: ignore[misc]
        if times:
            return _closed(_upper(_named_alone(named, name)), text)
    return _closed(f"About {name}: {_lower(text)}", text)


def _about_several(
    text: str, chain: Sequence[str], titles: Sequence[str], without: Sequence[str]
) -> str:
    if _THE_ONE_ON.match(text):
        return f"{_upper(text.rstrip(' ?.'))}, among {_these(chain, titles)}"
    places = list(re.finditer(NTH_THING.pattern, text, re.IGNORECASE | re.VERBOSE))
    if len(places) == len(titles):
        each = iter(called(title) for title in titles)
        return _closed(_upper(NTH_THING.sub(lambda _: next(each), text)), text)
    names = _these(chain, titles, without)
    named, times = _THOSE.subn(lambda _: names, text, count=1)
    if times and named.strip(" ?.!") != names:
        return _closed(_upper(named), text)
    if times or BOTH.search(text) or not without_picks(text).strip(" ?.!"):
        return f"About {names}"
    return _closed(f"About {names}: {_lower(text)}", text)


def _these(chain: Sequence[str], titles: Sequence[str], without: Sequence[str] = ()) -> str:
    """Few papers by name, many by number and subject, and by what is taken out of them."""
    names = enumerated([called(title) for title in titles])
    if len(titles) <= _MOST_NAMED and (len(names) <= _LONG or not chain):
        return names
    papers = _papers_on(chain) if chain else "papers"
    if 0 < len(without) <= _MOST_NAMED:
        return f"the {len(titles)} {papers} other than {enumerated([called(t) for t in without])}"
    return f"these {len(titles)} {papers}"


def _named_alone(text: str, name: str) -> str:
    return f"About {name}" if text.strip(" ?.!") == name else text


def _further(further: Further, chain: Sequence[str]) -> str:
    papers = _papers_on(chain)
    if further.way == "more":
        return f"The next {further.limit} {papers}" if further.limit else f"More {papers}"
    if further.way == "fewer":
        return f"Fewer {papers}"
    return f"{_upper(papers)}, {further.way} than those shown"


def _whole(chain: Sequence[str]) -> str:
    """The turns of a chain in one: the first, with what the later ones add."""
    added = (_bare(_WHAT_ABOUT.sub("", _OPENING.sub("", turn, count=1))) for turn in chain[1:])
    return ", ".join(filter(None, (_bare(chain[0]), *map(_lower, added))))


def _papers_on(chain: Sequence[str]) -> str:
    """`papers on web agents`, `papers that use trees` (from `which papers use trees?`)."""
    whole = _whole(chain)
    if asked := _WHICH_PAPERS.match(whole):
        return f"papers {asked['do']}" if asked["on"] else f"papers that {asked['do']}"
    if _ASKED.match(whole) and not _WHAT_IS.match(whole):
        return f"papers for “{_upper(whole)}?”"
    return f"papers on {_subject(chain)}"


def _subject(chain: Sequence[str]) -> str:
    """What a chain is about: a noun phrase as it is, a question in quotes."""
    whole = _whole(chain)
    if asked := _WHAT_IS.match(whole):
        return asked["what"]
    if _ASKED.match(whole):
        return f"“{_upper(whole)}”"
    plain = re.sub(r"\A(?:\w+\s+)?papers?\s+(?:on|about)\s+", "", whole, flags=re.IGNORECASE)
    return _lower(re.sub(r"\s+papers?\Z", "", plain, flags=re.IGNORECASE))


def _bare(text: str) -> str:
    return _OPENING.sub("", text.strip(), count=1).strip(" ?.!,;:") or text.strip()


def _closed(text: str, ends_as: str) -> str:
    """With the mark that `ends_as` ends with; a question keeps its own."""
    text = _upper(_TWICE.sub(r"\1", text.strip(" ,;:")).rstrip("?.! "))
    return f"{text}?" if ends_as.rstrip().endswith("?") else text


def _upper(text: str) -> str:
    return text if _NAMED.match(text) else text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    word = re.match(r"[A-Z][a-z’']*(?=\W|\Z)", text)
    return text[:1].lower() + text[1:] if word and _COMMON.match(text) else text


_NAMED = lazy(r"[a-z]+[A-Z\d]")
"""`eDiff` keeps its small letter."""
_COMMON = compiled(
    rf"{_ASKED.pattern}|{_ADDED.pattern}|\A(?:papers?|works?|research|methods?|more|the|an?|as|at|of|to|limitations?|results?|code)\b"
)
