"""Whether a turn needs the turns before it, from the words it points back with.

A turn leans on the ones before if it points back (`those`, `it`, `the second one`), begins as a
continuation (`and …`, `with fewer labels`), or says too little by itself. Else it opens a new
topic. What is made of that is decided in `followup`.
"""

from __future__ import annotations

import re

from rag.corpus.lexicon import Lexicon
from rag.question.dialogue_acts import OF_PAPERS, OPENING, asks_an_aspect, goes_on
from rag.text.patterns import lazy
from rag.text.phrases import COUNT, DOCUMENT, compiled, listed

THINGS = (
    r"(?:papers?|works?|methods?|approach(?:es)?|stud(?:y|ies)|articles?|techniques?|models?|systems?"
    r"|agents?|ones|results|algorithms?|frameworks?|entries|publications?)"
)
_OF_THOSE = compiled(
    rf"""\b(?:of|among|amongst|between|in|from|within|out\s+of)\s+(?:all\s+)?(?:those|these|them|the\s+above
      |the\s+(?:same\s+)?papers\s+(?:above|you))\b(?!\s+(?:tasks?|settings?|cases?))
    |\A{OPENING}(?:(?:only|just)\s+)?(?:those|these|the\s+ones)\s+(?:from|of|published|since|before|after
      |with\s+(?:the\s+)?(?:most|(?:at\s+)?least|\d+\+?|more\s+than)\b)
    |\A{OPENING}(?:(?:only|just|which\s+is|what\s+is)\s+)?the\s+(?:newest|latest|oldest|earliest|(?:most|least)\s+\w+)(?:\s+ones?)?[\s?.!]*\Z
    |\b(?:those|these)\s+(?:{COUNT}\s+)?{THINGS}\b
    |\bdo(?:es)?\s+(?:any|either|each|all|both|one|some|none)\s+(?:of\s+them\b|use|do|need|work|also|require)
    |\bwhich\s+ones?\b"""
)
_VERBS = (
    r"(?:is|are|was|were|has|have|does|do|uses?|used|needs?|requires?|rely|relies|works?|propos\w+|reports?"
    r"|train(?:s|ed)?|evaluat\w+|releas\w+|improv\w+|beats?|perform\w*|focus\w*|appl(?:y|ies)|show(?:s|ed)?)"
)
_WHICH_IS = compiled(rf"\A(?:(?:and|but|ok(?:ay)?|so)[\s,]+)*which\s+(?:ones?\s+)?{_VERBS}\b")
_THE_ONE = compiled(
    r"""\bthe\s+ones?\s+(?:\w+ing|on|about|with|that|which|for|from|using|by|in|at)\b
    |\b(?:that|this)\s+(?:paper|method|approach|article)\b
    |\b(?:in|of|for|about|from|by|does|did|is|was|do)\s+(?:that|this)\s+(?:one|study)(?![\w-])"""
)
ORDINALS = {
    **{word: at for at, word in enumerate(listed("first second third fourth fifth sixth seventh"))},
    **{word: at for at, word in enumerate(listed("1st 2nd 3rd 4th 5th 6th 7th"))},
    "former": 0,
    "latter": -1,
    "last": -1,
}
NTH = compiled(
    rf"""(?:\bthe\s+|(?<=\band\ )|(?<=\bor\ ))(?P<nth>{"|".join(ORDINALS)})\s*(?P<n>{COUNT})?\b
    (?:(?<=former)|(?<=latter)|(?=\s+(?:ones?|papers?|works?|methods?|approach(?:es)?|stud(?:y|ies)
        |of\s+(?:those|these|them)|and|or|versus|vs\.?|with|do|does|did|is|are|was|were|has|have|can|use|uses
        |used|need|needs|rely|relies|require|requires|differ|compare|gains?|gained|achieves?|achieved|improves?|improved
        |reach|reached|proposes?|proposed|outperform|beat|beats|performs?|performed|learns?|handles?|solves?|get|gets|take
        |takes|trains?|trained|evaluates?|evaluated|reports?|reported|claims?|mentions?|introduces?|say|says|mean)\b|\s*(?:[?.,!]|\Z)))
    |(?<!\w)(?:paper|number|no\.|nr\.?|\#)\s*(?P<number>\d\d?)\b|(?<!\w)\[(?P<marker>\d\d?)\]"""
)
ONE_OF_THEM = compiled(
    r"""\A(?:(?:and|but|so|ok(?:ay)?)[\s,]+)*which\s+(?:single\s+)?(?:one|paper)\b(?!s)"""
)
"""`which one of them …?` wants one, however many could be meant."""
SUPERLATIVE = compiled(r"\b(?:newest|latest|oldest|earliest|(?:most|least)\s+\w+)\b")
OF_SEVERAL = compiled(
    r"\b(?:of|among)\s+(?:all\s+)?(?:those|these|them)\b|\bwhich\s+ones\b|\bdo\s+(?:any|all|some|none)\b"
)
BOTH = compiled(
    r"""\bboth(?:\s+of\s+(?:them|these|those))?(?=\s*(?:[?.!,;:]|\Z)|\s+(?:papers|ones|methods|approaches)\b)
    |\b(?:do|are|is|can|were|did|have)\s+both\b(?!.*\band\b)
    |\bthe\s+two(?:\s+of\s+them|\s+papers)?(?=\s*(?:[?.!]|\Z))"""
)
OTHERS = compiled(
    rf"""\bthe\s+(?:(?:other|remaining)(?:\s+{COUNT})?(?:\s+(?:ones?|papers?))?|others|rest)
    (?=\s*(?:[?.!,;:]|\Z)|\s+(?:do|does|is|are|use|have|has)\b)
    |\b(?:all|any|every(?:thing|one)?)(?:\s+of\s+(?:them|those))?(?:\s+{THINGS})?\s+(?:but|except)\s+(?:these|those|them|this|that|it)\b
    (?:\s+ones?\b)?"""
)
NTH_THING = compiled(rf"(?:{NTH.pattern})(?:\s+(?:one|{THINGS})\b)?")
_ELSEWHERE = compiled(
    r"""\b(?:instead|else|elsewhere|others?|another|besides|apart\s+from|other\s+than|outside(?:\s+of)?
      |except|also|similar|related|like\s+(?:that|this|those|these)|more\s+(?:papers|of|like)
      |in\s+(?:that|this|the\s+same|a\s+similar)\s+(?:spirit|vein|direction|style)|along\s+(?:th(?:ese|ose)|the\s+same|similar)\s+lines
      |(?:some|any)(?:one|body)\s+\w+\s+(?:on\s+|upon\s+)?(?:it|that|this|these|those|them))\b"""
)
"""Words that ask for further papers, not for some of those already shown."""
_CONTINUES = compiled(
    r"""\A(?:(?:ok(?:ay)?|so|well|hm+|right|thanks?|great|cool|yes|no|nice)[\s,.!]+)*
    (?:and|but|or|also|plus|then|what\s+about|how\s+about|what\s+if|same|likewise|only|just|more|any\s+more
      |any\s+others?|anything\s+else|what\s+else|who\s+else|others?|why\s+not|why\s*\?|how\s+so|without|not|except|excluding|besides|other\s+than|apart\s+from|aside\s+from
      |outside|leav(?:e|ing)\s+out|(?:are|is)\s+there\s+(?:any\s+|some\s+)?others?(?!\s+than)|(?:do|did|has|have)\s+(?:any\s+)?others?)\b"""
)
_FRAGMENT = compiled(
    r"""\A(?:(?:ok(?:ay)?|so|and|but|or|well|maybe|perhaps)[\s,.!]+)*(?:with|using|for|in|on|from|by|under|that|whose|ones?
      |(?:more|less)\s+\w+\s+ones?|\w+er\s+ones?)\s
    (?!.*\b(?:what|which|how|why|who|when|where|papers?|works?|studies|research|literature|methods)\b)"""
)
"""A few words that only add to a question: `with fewer labels`, `ones that use language`."""
_FRAGMENT_WORDS = 8
_STARTS_ANEW = compiled(
    rf"""\A{OPENING}(?:(?:what|which)\s+(?:\w+\s+)?(?:papers|works|studies)
      |(?:papers|works?|research|anything|any\s+(?:papers|work))\s+(?:on|about|that)|is\s+there\s+(?:any|a)
      |are\s+there\s+(?:any|papers)|(?:find|show|list|give\s+me))\b"""
)
_ASKS_FOR_PAPERS = compiled(
    rf"\A{OPENING}(?:(?:what|which|any|find|show(?:\s+me)?|list|give\s+me)\s+)?(?:\w+\s+)?{DOCUMENT}\b"
)
_EMPTY = r"\s+(?:takes?|took|costs?|matters?|seems?|possible|hard|easy)\b"
"""Verbs whose `it` stands for nothing: `how long does it take to …`."""
_ENDS = (
    r"(?=\s+(?:so|to|further|yet|already|before|with|using|by|again|too|as\s+well)\b|\s*[?.!]|\Z)"
)
"""What comes behind `that` where it stands for something: no clause, and no noun."""
_POINTING = compiled(
    rf"""\b(?:it(?!{_EMPTY})|its|they|them|their|theirs|he|she|those|these|the\s+same|such|the\s+others?)\b
    |(?:\A|\b(?:does|do|is|are|was|can|could|would|did|about|for|with|of|in|on|to|like|than|after|from)\s+)
     (?:that|this)\b(?!\s+(?:is|are)\s+there)
    |(?<!\bso\ )\b(?:that|this)\b{_ENDS}"""
)
_SUBJECT = compiled(
    rf"""\A(?:(?:ok(?:ay)?|so|and|but|well)[\s,.!]+)*(?:how|what|which|why|when|where|who)\b
    (?:\s+(?!(?:and|when|if|that|while|as|because)\b)[\w-]+){{0,4}}?
    \s+(?:do|does|did|is|are|was|were|can|could|will|would|has|have)\s+(?:it|they|this|that|these|those)\b
    (?!{_EMPTY})
    |\A{OPENING}(?:how\s+(?:to|(?:do|can|could|should|would|might)\s+(?:i|you|we|one|people))|who|what)\s+[\w-]+\s+
      (?:it|this|that|these|those|them)\b(?!\s+\w)
    |\A{OPENING}(?:(?:did|does|has|have)(?:n['’]t|\s+not)?\s+)?(?:some|any)(?:one|body)\s+(?:\w+\s+){{1,2}}?
      (?:(?:it|them)\b|(?:that|this|those|these)\b{_ENDS})"""
)
"""`how many parameters does it have?`: the noun before the pronoun is not what it stands for."""
_THEY = compiled(r"\b(?:they|their)\b")
_IT = compiled(r"\b(?:it|its|this|that)\b")
_WORD = lazy(r"[^\W_]+(?:[-'’^*+.][^\W_]+)*")
_NO_CONTENT = frozenset(
    listed("""
    a about after again all along also am an and another any anything are around as at authors be
    because been before being below best better between both but by can come compare compares
    contrast could describe did do does
    doing done each either else even ever every example examples exist few find first for from
    get gets give given go good got had has have having help here how i if in instead into
    involve is just kind know last less let like list look made main make makes many may me mean
    method methods might mine more most much must my name need needs new no not now number of
    off ok okay old on one ones only or other others our out over own paper papers per please
    really reported result results said same say says second see several she should show shown
    shows so some someone something still study such sure take takes tell than thank thanks that
    the then there thing things think third this those three through to too try two under up us
    use used uses using very want was way we well were what when where which while who whom
    whose why will with without work works would write written wrote yes yet you your enough
    what's who's where's how's it's that's there's
    """)
)
_TO_SEE = frozenset(
    listed("""
    abstract abstracts again both brief briefly bullet bullets common comparison contrasted
    detail detailed details differ difference differences discuss each elaborate explain
    explanation five four gist idea ideas introduce key layman line lines main outline overview
    paragraph paragraphs point points repeat sentence sentences short shortly side similarities
    simple simply six summaries summarise summarize summary talk terms walk words
    """)
)
"""With these one asks to be told about a paper, whatever it is about."""
_TO_BE_TOLD = frozenset(
    listed("""
    address addresses argue argues claim claims contribute contributes contribution contributions
    deal deals describe describes gist goal goals message motivation novelty present presents
    problem problems proposal propose proposed proposes purpose solve solves state states subject
    tackle tackles tl tldr topic
    """)
)
"""With these one asks what a paper puts forward, whichever it is."""
_PRONOUNS = frozenset(listed("it its they them their these those"))
_TO_SEE_THEM = compiled(
    r"\b(?:(?:summari[sz]|explain|elaborat|describ|outlin|compar|contrast|differ|discuss|repeat|introduc)\w*"
    r"|list|show|common|summar(?:y|ies)|overview|details|similarities|points|ideas|again)\b"
)
_ALL_OF_THEM = compiled(r"\b(?:they|them|their|these|those|both|each)\b")
_ASKED_OF_ONE = frozenset(
    listed(
        "example examples help involve name need needs new number reported result results use"
        " used uses using well"
    )
)
"""Little by themselves, but of one paper they ask for something: `what does it use?`"""
_FURTHER = compiled(
    r"\b(?:instead|else|elsewhere|others?|another|besides|except|without|not|like|more\s+papers)\b"
)


def depends(question: str, lexicon: Lexicon, *, narrow: bool = False) -> bool:
    """Whether a question needs the turns before it to be understood. `narrow`: see `moves`."""
    if picks(question):
        return True
    content = content_of(question)
    points = _points_back(question)
    own = content - OF_PAPERS
    least = 1 if _ASKS_FOR_PAPERS.search(question) and not _ELSEWHERE.search(question) else 2
    if _STARTS_ANEW.search(question) and len(content) >= least and own and not points:
        return False
    if points or _CONTINUES.search(question) or _adds(question) or goes_on(question):
        return True
    if any(len(papers) <= 2 for papers in lexicon.names_in(question).values()):
        return False
    return not own or asks_an_aspect(question, narrow=narrow)


def topicless(question: str, lexicon: Lexicon, *, narrow: bool) -> bool:
    """Whether a turn asks something, and not of what: of the papers in view, then."""
    if lexicon.names_in(question) or _ELSEWHERE.search(question) or goes_on(question):
        return False
    if _ASKS_FOR_PAPERS.search(question):
        return False
    if asks_an_aspect(question, narrow=narrow):
        return True
    return not (content_of(question) - OF_PAPERS - _PRONOUNS or _adds(question))


def picks(question: str) -> bool:
    """Whether it asks about papers of the answer before, some or all."""
    by_place = any(shape.search(question) for shape in (NTH, BOTH, OTHERS))
    return by_place or restricts(question) or asks_to_see_all(question)


def only_to_see(text: str) -> bool:
    """Whether it asks of the papers it means for nothing but what they put forward: `explain the
    first one`, `what are they about?`"""
    rest = NTH.sub(" ", text)
    words = set(_WORD.findall(rest.lower()))
    content = content_of(rest) - _TO_SEE - _TO_BE_TOLD - _PRONOUNS
    return not (content or words & _ASKED_OF_ONE or _FURTHER.search(rest))


def asks_to_see_all(question: str) -> bool:
    """`summarise them`, `what do they have in common?`"""
    shows = _TO_SEE_THEM.search(question) and _ALL_OF_THEM.search(question)
    return bool(shows) and only_to_see(question)


def without_picks(text: str) -> str:
    """`text` without the words that pick papers (`it` in their place) and those that only ask to
    be told about them."""
    rest = NTH_THING.sub("it", text)
    return " ".join(word for word in rest.split() if word.lower().strip(".,?!") not in _TO_SEE)


def is_topic(text: str) -> bool:
    """Whether it says what papers could be about."""
    return bool(content_of(text) - _TO_SEE - _PRONOUNS)


def _adds(question: str) -> bool:
    few = len(question.split()) <= _FRAGMENT_WORDS
    return few and bool(_FRAGMENT.match(f"{question.rstrip(' ?.!')} "))


def restricts(question: str) -> bool:
    """Whether it asks for some of the papers already shown, rather than for others."""
    picks = _OF_THOSE.search(question)
    if picks and picks[0].lower().endswith("them") and _means_its_own(question, picks):
        picks = None
    if not (picks or _THE_ONE.search(question)):
        return bool(_WHICH_IS.search(question)) and len(content_of(question)) <= 2
    explicit = re.search(r"\b(?:of|among)\s+(?:those|these|them)\b", question, re.IGNORECASE)
    return bool(explicit) or not _ELSEWHERE.search(question)


def _points_back(question: str) -> bool:
    """Whether a pronoun has nothing before it, in the question itself, that it could mean."""
    return bool(_SUBJECT.search(question)) or any(
        not _means_its_own(question, match) for match in _POINTING.finditer(question)
    )


def _means_its_own(question: str, pronoun: re.Match[str]) -> bool:
    return bool(content_of(question[: pronoun.start()]) - OF_PAPERS)


def points_at_one(question: str) -> bool:
    return bool(_IT.search(question)) and not _ELSEWHERE.search(question)


def points_at_all(question: str) -> bool:
    """`do they use warm-up?`, where nothing in the question is what `they` means."""
    theirs = (match for match in _THEY.finditer(question))
    found = any(not _means_its_own(question, match) for match in theirs)
    return (found or bool(_SUBJECT.search(question) and _THEY.search(question))) and not (
        _ELSEWHERE.search(question)
    )


def elliptical(question: str) -> bool:
    """Whether it begins as what goes on, and asks no further: `and on robots?`, `what about X?`"""
    return bool(_CONTINUES.search(question) or _adds(question)) and not _ELSEWHERE.search(question)


def content_of(text: str) -> set[str]:
    return {
        word for word in _WORD.findall(text.lower()) if word not in _NO_CONTENT and len(word) > 1
    }
