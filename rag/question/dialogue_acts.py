"""What a short turn of a conversation does, from its form: asks something of the papers before
(`which base model?`, `code?`, `do ensembles help?`), or goes on where their list stopped (`more`,
`the next 3`, `anything newer?`, `fewer`).

A turn without a verb, or whose verb lacks what it needs, is no question of its own, whatever its
noun; a bare noun asks of papers only where it is something that any paper has. Which papers those
are is decided in `view`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.question.kinds import kind_of
from rag.records import Kind
from rag.text.phrases import COUNT, DOCUMENT, compiled, count, listed
from rag.text.words import STOPWORDS

OPENING = (
    r"(?:(?:ok(?:ay)?|so|and|but|or|also|then|well|hm+|right|great|cool|nice|good|perfect|interesting|thanks?"
    r"(?:\s+you)?|thx|cheers|yes|no|please|now|oh|hi|hello|hey)\b(?:[\s,.!;:–—-]|\Z)+)*"
)
"""What is said before a turn comes to its point."""

OF_PAPERS = frozenset(
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
_HEADS = OF_PAPERS - frozenset(
    listed("compared evaluated explain improve large long perform published released reward tested"
           " trained summarise summarize model models training time tasks application applications")
) | frozenset(
    listed("""
    ablations abstracts accuracies architectures assumption assumptions authors backbone backbones
    caveat caveats conclusions contributions costs date downside downsides efficiency evaluations
    evidence example examples figures github gpu gpus hyperparameters intuition latency link
    longer shorter method motivation number overhead parameter percentage proof proofs repo
    repository result results runtime setup source speedup speedups subjects takeaway takeaways
    theorem title titles upsides url venue weights year years
    """)
)  # fmt: skip
_BESIDE = OF_PAPERS | _HEADS | frozenset(
    listed("""
    base best main key exact exactly overall quantitative qualitative headline numerical real
    available public publicly open concrete typical core central pretrained underlying what's
    """)
)  # fmt: skip
"""With a head these are still what any paper has: `the main results`, `open code`."""
_NOUN_ASKED = compiled(
    rf"""\A{OPENING}(?:(?:(?:what|how)\s+about|in\s+terms\s+of|with\s+(?:regard|respect)\s+to|regarding|as\s+for
      |what(?:['’]?s|\s+(?:is|are|was|were))|(?:is|are|was|were)\s+there|(?:do|does|did)\s+(?:they|it|you)\s+have|show(?:\s+me)?|give(?:\s+me)?|got
      |on|in|by|at)\s+)?
    (?:(?:the|a|an|any|some|its|their|his|her|all|other)\s+)*(?P<np>[\w’'-]+(?:\s+[\w’'-]+){{0,3}}?)
    (?:\s+(?:exactly|please|there|here|then|though|reported|given|stated|mentioned))?[\s?!.]*\Z"""
)
_WH_PHRASE = compiled(
    rf"""\A{OPENING}(?:(?:on|in|with|by|for|from|at|of|to|under|over|against|per)\s+)?
    (?:which|what|whose|how\s+(?:many|much|few)|how)
    (?P<np>(?:\s+(?:kind|sort|type)s?\s+of)?(?:\s+[\w’'-]+){{0,3}}?)
    (?:\s+(?:exactly|then|though|again|please|more|less|better|worse|fewer))?[\s?!.]*\Z"""
)
"""`on which datasets?`, `how accurate?`, `by how much?`: asked without a verb."""
_WHY = compiled(
    rf"""\A{OPENING}(?:why(?:\s+(?:not|so|is\s+(?:that|this|it)(?:\s+so)?))?|how\s+(?:so|come|exactly|then)|what\s+for|how
      |in\s+what\s+(?:way|sense)|such\s+as|like\s+what|for\s+(?:example|instance)|e\.g\.?|meaning|what\s+does\s+(?:that|it)\s+mean
      |so\s+what)[\s?!.]*\Z"""
)
_LACKS = compiled(
    rf"""\A{OPENING}(?:do|does|did|is|are|was|were|has|have|can|could|would|will)\s+(?:the\s+)?
    (?P<subject>(?!(?:it|they|this|that|these|those|there|you|i|we|any|anyone|anybody)\b)[\w-]+(?:\s+[\w-]+)?)\s+
    (?:(?:really|also|still|always|actually|ever|been|be|even)\s+)*
    (?:help(?:s|ed|ful)?|matter(?:s|ed)?|work(?:s|ed)?|suffice|scale|transfer|generali[sz]e|converge|hold(?:\s+up)?|hurt
      |fail|win|necessary|needed|required|used|involved|included|available|released|public|shared|open[\s-]?source[d]?
      |enough|possible|tested|evaluated|measured|reported|compared|considered|better|worse|important|useful)
    (?:\s+(?:here|there|too|as\s+well|much|a\s+lot|at\s+all|then|anyway))?[\s?!.]*\Z"""
)
"""`do ensembles help?` (with what?), `is code available?` (whose?)."""
_FURTHER = compiled(
    rf"""\A{OPENING}(?:(?:are|is)\s+there\s+|(?:do|have)\s+you\s+(?:have|got|know)\s+|can\s+(?:you|i)\s+(?:show|see|have|get)\s+(?:me\s+)?
      |(?:i\s+want|i\s*['’]?d\s+like)\s+(?:to\s+see\s+)?|(?:show|give|find|list|tell)\s+(?:me\s+)?|load\s+|see\s+)?
    (?:(?P<more>(?:(?:some|any|a\s+few|even)\s+)?more|(?:any(?:thing|one|body)?\s+|some\s+|what\s+|who\s+|the\s+)?(?:others?|else)
        |(?:(?:any(?:thing)?|something|some|others?|more|a)\s+)?(?:{DOCUMENT}\s+|ones?\s+)?(?:similar|related|like\s+(?:this|that|it|these|those|them))
        |(?:some\s+|any\s+)?(?:further|additional|remaining)|another|continue|go\s+on|keep\s+going|next|the\s+rest|what\s+next)
      |(?:the\s+)?(?:next|another|further)\s+(?P<n>{COUNT})|(?P<m>{COUNT})\s+(?:more|others?|further|additional)
      |(?:(?:any(?:thing|\s+papers?)?|something|some|the)\s+)*(?:(?P<new>newer|more\s+recent|later)|(?P<old>older|earlier|less\s+recent))
      |(?P<few>(?:just\s+a\s+|only\s+a\s+|a\s+)?fewer|(?:just|only)\s+a\s+few|less|a?\s*shorter(?:\s+list)?|too\s+many(?:\s+papers)?))
    (?:\s+(?:ones?|than\s+(?:that|this|those|these|them|it)|{DOCUMENT}|results|hits|of\s+(?:them|those|these)|like\s+(?:this|that|these|those)|please|on\s+(?:this|that)|there|in\s+here
      |from\s+the\s+list|in\s+the\s+(?:corpus|list)))*[\s?!.]*\Z"""
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Further:
    """How a list goes on: with `more`, `newer` or `older` papers, or with `fewer` of the same.
    `limit`: how many, where that is said."""

    way: Literal["more", "newer", "older", "fewer"]
    limit: int | None = None


def goes_on(text: str) -> Further | None:
    """How a turn that says nothing else carries a list on; None for all other turns."""
    match = _FURTHER.match(text)
    if not match:
        return None
    number = match["n"] or match["m"]
    if match["new"] or match["old"]:
        return Further(way="newer" if match["new"] else "older")
    return Further(way="fewer") if match["few"] else Further(
        way="more", limit=count(number) or None if number else None
    )  # fmt: skip


LIKE = compiled(r"\b(?:similar|related|like\s+(?:this|that|it|these|those|them))\b")
_IN_TERMS = compiled(
    rf"\A{OPENING}(?:in\s+terms\s+of|with\s+(?:regard|respect)\s+to|regarding|when\s+it\s+comes\s+to)\s"
)


def asks_an_aspect(text: str, *, narrow: bool) -> bool:
    """Whether a turn asks something of papers without saying which. `narrow`: one paper is in view,
    or some are being compared, so that a noun beside what any paper has is read as theirs too
    (`communication cost?`)."""
    if _WHY.match(text) or _LACKS.match(text) or (narrow and _IN_TERMS.match(text)):
        return True
    if (phrase := _WH_PHRASE.match(text)) and _verbless(phrase["np"].split()):
        return True
    noun = _NOUN_ASKED.match(text)
    return bool(noun and _of_papers(noun["np"].lower().split(), narrow and "?" in text))


def asks_why(text: str) -> bool:
    """`why?`, `by how much?`: it takes up what was asked before, and adds no word to it."""
    phrase = _WH_PHRASE.match(text)
    return bool(_WHY.match(text) or (phrase and not phrase["np"].strip()))


def kind_of_aspect(text: str, *, several: bool) -> Kind:
    """The kind of a turn that asks something of one paper in view, or of `several`: what a number
    or a single thing is, the first of them that states it tells."""
    if re.search(r"\bhow\s+(?:much|many)\b", text, re.IGNORECASE):
        return "fact"
    kind = kind_of(text)
    if _WHY.match(text) or (kind == "explain" and not _NOUN_ASKED.match(text)):
        return "explain"
    plural = _PLURAL.search(text)
    return "list" if several and (kind != "fact" or plural) else "fact"


_PLURAL = compiled(
    r"(?<![sui])s\b[\s?!.]*\Z|\b(?:which|what)\s+(?:[\w-]+\s+){0,2}?[\w-]*[^\Wsui]s\s+(?:do|did|are|were|have)\b"
    r"|\b(?:they|their|them|each)\b"
)
"""Of several papers, each is asked."""


def _verbless(words: list[str]) -> bool:
    """Whether the words behind `which` or `how many` are a noun phrase. A plural before the last
    word has its verb behind it: `which robots walk?`"""
    if any(re.fullmatch(DOCUMENT, word, re.IGNORECASE) for word in words):
        return False
    bare = [word.lower() for word in words if word.lower() not in ("kind", "sort", "type", "of")]
    if STOPWORDS.intersection(bare):
        return False
    return not any(re.search(r"(?<![suic])s\Z", word) for word in bare[:-1])


def _of_papers(words: list[str], narrow: bool) -> bool:
    if words[-1] not in _HEADS or STOPWORDS.intersection(words[:-1]):
        return False
    return narrow or all(word in _BESIDE for word in words[:-1])
