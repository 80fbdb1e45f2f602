"""What kind of answer a question wants, from the way English asks.

list: several papers (`which papers …`, `any work on …`, a bare topic); fact: one short statement
of one abstract (`how many …`, `which dataset …`); compare: two or more things side by side;
explain: how or why something is (`why …`, `how does … work`, `what is …`).

The rules look at question words, the number of the noun behind them, and a few verbs; they know no
topic. A plural asks for several (`which datasets exist` is a list), a singular for one. Where a
question has several sentences the last one that asks decides. A question no rule claims is a list,
the reading under which a wrong guess costs least: it still shows every paper found.
"""

from __future__ import annotations

import re

from rag.corpus.acronyms import acronym_asked
from rag.records import Kind
from rag.text.patterns import lazy
from rag.text.phrases import DOCUMENT, compiled

_OPENING = compiled(
    r"""\A(?:(?:ok(?:ay)?|so|hi|hello|hey|please|and|but|well|now|also|then|thanks?|just|or)\b[\s,!.:]*
    |(?:can|could|would|will)\s+you\s+(?:please\s+)?|do\s+you\s+know\s+|i\s+wonder\s+
    |i(?:['’]d|\s+would)\s+like\s+to\s+know\s+|tell\s+me\s+(?=how|why|what|which|when|who))+"""
)
"""What people say before they ask."""

_PAPERS = rf"(?:{DOCUMENT}|authors?|researchers?|groups?|teams?|one|ones)"
_MEASURE = (
    r"(?:accurac(?:y|ies)|precision|recall|f-?1|score|rates?|percent(?:age)?|number|amount|size|factor"
    r"|ratio|speed-?ups?|gains?|costs?|length|duration|latency|throughput|share|fraction|proportion"
    r"|value|count|pass@\S+|\w?aps?|m?iou|bleu|perplexity|auc|margin|increase|decrease|reduction"
    r"|improvement|performance|footprint|name|temperature|depth|width|speed|price|budget|date)"
)
"""Nouns that are answered by a number."""

COUNTS_PAPERS = compiled(
    rf"""\A(?:how\s+many|(?:what\s+is\s+)?the\s+number\s+of|number\s+of)\s+(?=(?:(?!(?:do|does|did|is|are|was|were|has|have|had|can|could|will)\b)[\w-]+\s+){{0,3}}?{DOCUMENT}\b(?!\s+(?:did
      |do|does|has|(?:are|were|was)\s+(?:includ|review|analy|cover|cite|examin|survey|collect|used|consider)\w*)))"""
)
"""`how many papers use …` asks for these papers; `how many papers did they review?` does not."""
_LIST = compiled(
    rf"""\A(?:(?:the\s+)?{DOCUMENT}|surveys?|references?|literature|methods?|approaches|techniques
      |algorithms|ways|ideas|evidence|work|research|anything|everything|something|all|any|anyone|anybody
      |looking|search(?:ing)?|find|list|show|give|name(?!\s+of)|recommend|suggest|cite|i\s+(?:need|want)
      |(?:is|are)\s+there|has\s+any(?:one|body)|does\s+any(?:one|body)|is\s+any(?:one|body)
      |do\s+you\s+have|who\s+(?:has|have|else|works?|studies|uses?|tries|tried|looks?|analyses|analyzes))\b
    |\b(?:what|which)\s+(?:\S+\s+){{0,3}}?{_PAPERS}\b
    |\b(?:what|which)\s+(?:[^\s?]+\s+){{0,5}}?(?:methods|approaches|techniques|algorithms)\b
    |\A(?:what|which)\s+(?:[\w-]+\s+)?models\b(?!\s+(?:do|did|are|were)\b)
    |\bwhich\s+of\s+(?:those|these|them|the)\b
    |\A(?:what|which)\s+(?:has|have)\s+been\s+(?:done|tried|published|proposed|written)
    |\Ahow\s+(?:(?:can|could|should|might|to)|do\s+(?:i|you|we|people))\b
    |\A(?:what|which)\s+(?:could|can|might|would)\s+(?:help|i|we|one|be)
    |\A(?:is|has|have|are|who)\s+(?:any(?:one|body)|people|others)\b"""
)
_COMPARE = compiled(
    r"""\b(?:compar(?:e|ing|ison)|contrast(?:ing|s)?(?!ive)|versus|vs|differences?|differs?|differ
      |pros\s+and\s+cons|trade-?offs?|similarities|in\s+common|side\s+by\s+side|respectively
      |disagree|distinguish(?:es)?|sets?\s+\S+\s+apart|different\s+from|as\s+opposed\s+to)\b
    |\bcompared?\s+(?:to|with)\b|\b(?:each|both)\s+of\s+(?:the|these|those|them)\b
    |\b(?:is|are|was|were|do|does|did)\s+both\b|\bboth\s+(?:papers|methods|approaches|models)\b
    |\b(?:is|are|does|do|did)\b[^?]*\bor\b[^?]*\b(?:better|worse|faster|cheaper|stronger|safer|more)\b
    |\A(?:is|are|was|were|does|do|did)\b[^?]*\b(?:better|worse|(?!(?:few|long|lat|eith|ov|und|rath|oth)er)\w+er
      |more\s+\w+|less\s+\w+)\s+than\b(?!\s+\d)
    |\b(?:better|worse|faster|cheaper|more\s+\w+)\b\s*[,:?]\s[^?]*\bor\b
    |\badd(?:s|ed)?\s+(?:to|over)\s+the\s+original|\b(?:dis)?advantages?\s+of\b[^?]*\bover\b"""
)
_AGREE = compiled(
    r"""\b(?:they|both|these|those|two)\b[^?.]*\b(?:dis)?agree(?:ment)?\b|\bwhere\s+do(?:es)?\b[^?]*\b(?:disagree|differ)
    |\bopposite\s+(?:things?|claims?|conclusions?|results?|views?)\b
    |\bcontradict(?:s|ing)?\s+(?:each\s+other|one\s+another)\b"""
)
"""Of things set side by side, wherever in the question it stands."""
_ADDED = compiled(r"\bwhat\s+(?:does|do|did)\b[^?]*\badd\b[^?]*\bto\b")
_HOW_MUCH = compiled(
    r"""\b(?:how\s+(?:many|much|long|far|large|big|small|fast|often|old|high|low|quickly|deep|expensive
      |strong|well|accurate(?:ly)?|few|close|frequently|wide|tall|heavy)
    |by\s+how|(?:by|to|at|from)\s+(?:up\s+to\s+)?(?:what|which)
    |(?:in|on|for|with|under|of|over|against|into)\s+(?:what|which)
    |when\s+(?:did|was|were|is|are|does|do|will)|where\s+(?:did|was|were|is|are|does|do)
    |who\s+(?:is|was|are|were|did|made|built|wrote|proposed|introduced|invented|developed|funded|won))\b"""
)
_BY_HOW_MUCH = compiled(
    r"\A(?:by|at|to|from)\s+(?:up\s+to\s+)?(?:how|what|which)\s+(?:much|many|percent\w*|factor|share)\b"
)
_NUMBER_ASKED = compiled(
    rf"""\A(?:the\s+)?(?:[\w./@+-]+\s+){{0,3}}?{_MEASURE}\b(?=\s+(?:of|in|on|for|from|by|achieved|reported
      |reached|between|used|covered|at|that)\b|\s*[,?(])
    |\b(?:what|which)(?:['’]s|\s+(?:is|was|are|were))?\s+(?:the\s+|its\s+|their\s+|a\s+)?
      (?:[\w./@+'’-]+\s+){{0,4}}?{_MEASURE}\b"""
)
_ONE_OF_A_KIND = compiled(
    r"""(?:\A|,\s+)(?:what|which)\s+(?!(?:is|are|was|were|does|do|did|has|have|had|can|could|would|will
      |should|might|makes?|made|happens?|happened)\b)
      (?P<np>(?:[\w./@+'’-]+\s+){1,5}?)
      (?=(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should)\b)"""
)
_WHICH = compiled(r"(?:\A|,\s+)(?:what|which)\b")
_THE_ONE = compiled(
    r"""\b(?:what|which)(?:['’]s|\s+(?:is|was))\s+the\s+(?:[\w-]+\s+){0,2}?(?:root|key|main|only|exact|total
      |largest|smallest|highest|lowest|best|worst|first|last|maximum|minimum|average|name|title|underlying
      |primary|biggest|central)\b"""
)
_EXPLAIN = compiled(
    r"""\A(?:explain|describe|summari[sz]e|elaborate|outline|clarify|define|walk\s+me|help\s+me\s+understand)
    |\bwhy\b
    |\Ahow\b|\bhow\s+(?:do|does|did|is|are|was|were|come|exactly)\b
    |\bwhat\s+(?:happens|happened|makes|made|causes?|explains?|drives?)\b
    |\bwhat(?:['’]s|\s+(?:is|are|was|were))\b"""
)
_LABEL = lazy(r"\A[\w./@+'’-]+(?:\s+(?!and\b|or\b)[\w./@+'’()-]+){0,3}:\s+(?=\S+\s+\S)")
"""`CURE: gain on maths?`"""
_GAP = compiled(r"\b(?:and|or|is|are|was|by|of|called|named|the|an?)\s+(?:…|\.{3}|_{2,})\W*\Z")
"""`a monologue, a dialogue and …?`"""
_WHETHER = compiled(
    r"(?:is|are|was|were|do|does|did|can|could|has|have|will|would|should)\s+\S+\s+\S"
)
_SENTENCE_END = lazy(r"(?<=[?!])\s+|(?<=\w\w\.)(?<!\bvs\.)(?<!\bal\.)\s+")
_WHY = compiled(
    r"""\Awhy\b|\b(?:what|which)\s+(?:role|sense|ways?|extent|reasons?)\b(?!\s+of\b)
    |\b(?:main|key|core|central|basic|general)\s+(?:ideas?|contributions?|points?|message|approach|method|intuition|insights?|goals?)\b"""
)
_WHAT_DOES = compiled(r"(?:\A|,\s+)what\s+(?:does|do|did)\b")
_DOES = compiled(
    r"\b(?:does|do|did)\b[^?]*"
    r"\b(?:do|mean|say|claim|argue|propose|show|look\s+like)\b"
)
"""`What does it do?` wants an explanation, `what does it contain?` the name of a thing."""
_SEVERAL = compiled(
    rf"""\bwhat\s+are\s+(?:the\s+)?(?:[\w-]+\s+){{0,3}}?(?:{DOCUMENT}|methods|approaches|techniques|ways
      |options|alternatives|models|algorithms|ideas|datasets|benchmarks|applications|tools|works)\b"""
)
_ASKS = compiled(
    r"""\?|\A\W*(?:what|which|who|how|why|when|where|is|are|does|do|did|can|could|compare|contrast|explain
    |describe|list|find|show|name|give|any|looking|summari[sz]e)\b"""
)


def kind_of(question: str) -> Kind:
    """The kind of one question, which should be standalone and without words of constraints."""
    asked = _last_question(question)
    if acronym_asked(asked) or _BY_HOW_MUCH.match(asked):
        return "fact"
    if COUNTS_PAPERS.match(asked) or (_LIST.search(asked) and not _ADDED.search(asked)):
        return "list"
    beside = _COMPARE.search(asked) and not _HOW_MUCH.match(asked)
    if beside or _ADDED.search(asked) or _AGREE.search(question):
        return "compare"
    if _SEVERAL.search(asked):
        return "list"
    if _WHY.search(asked):
        return "explain"
    return _thing_asked(asked) or ("explain" if _EXPLAIN.search(asked) else "list")


def asks_whether(question: str) -> bool:
    """Whether it is to be answered by yes or no: `is X solved?`, `do ensembles help?`; `is there a
    paper on X?` asks for the paper."""
    asked = _last_question(question)
    return bool(_WHETHER.match(asked)) and not _LIST.search(asked)


def _thing_asked(asked: str) -> Kind | None:
    """Fact or list, where a question word asks for a thing; None where it does not."""
    asked = _LABEL.sub("", asked)
    if _GAP.search(asked):
        return "fact"
    if _HOW_MUCH.search(asked) or _NUMBER_ASKED.search(asked) or _THE_ONE.search(asked):
        return "fact"
    if _WHAT_DOES.search(asked):
        return "explain" if _DOES.search(asked) else "fact"
    if one := _ONE_OF_A_KIND.search(asked):
        return "list" if _plural(one["np"]) else "fact"
    return "fact" if _WHICH.search(asked) and not _EXPLAIN.search(asked) else None


def _last_question(text: str) -> str:
    """The sentence that asks, without its opening words: the last one, when there are several."""
    sentences = [s for s in _SENTENCE_END.split(text.strip()) if s]
    asking = [s for s in sentences if _ASKS.search(_OPENING.sub("", s))]
    return _OPENING.sub("", (asking or sentences or [""])[-1]).strip()


def _plural(noun_phrase: str) -> bool:
    """Whether the head of a noun phrase (its last word before a preposition) is a plural."""
    words = re.findall(r"[\w./@+'’-]+", noun_phrase.lower())
    head = ""
    for word in words:
        if word in ("of", "for", "in", "on", "to", "that", "with", "from", "by", "at"):
            break
        head = word
    return head.endswith("s") and not head.endswith(("ss", "us", "is"))
