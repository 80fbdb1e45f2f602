"""How constraints, forms of answer and requests are worded: one table, keyed by the fields of
`rag.fields.FIELDS`, each entry patterns (`phrases`) and the function that gives what they state.

Whatever is not in the table is left in the topic, and searched for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.filters import Filters
from rag.question import dates, excluded
from rag.question.names import known_names, names, sure_names
from rag.question.phrases import NUMBERS, Match, Phrases, Text, number
from rag.question.schema import Form, FormKind
from rag.text.phrases import listed
from rag.text.words import STOPWORDS

Stating = Callable[[Match, Text], Any]
"""What a match states: Filters, an `excluded.LeftOut`, a Form; None where it states nothing."""

_ONE = "paper|article|publication|preprint|study|entry"
_MANY = "papers|articles|publications|preprints|studies|works|work|entries|abstracts|pubs|paperz|ppr|pprs"
_ABOUT = "on|about|for|in|of|with|from|by|that|which|since|before|after|published|regarding|using"
_PREPOSITIONS = frozenset(
    listed("in on of for from with by to at that which about and than is are was were or but not")
)
_WITH = (
    "with|having|[and] [that|which|who] (have|has|had|got|get|gets|received|receive|gathered|earned)"
    "|and|but"
)
_NO = (
    "not|nothing|none|no|(that|which|they) (are|were|is) not|(are|is|were) not|isn't|aren't|weren't"
    "|(anything|everything|all) but|except [for]|excluding|exclude|(leave|leaving|leav) out"
    "|other than|apart from|aside from|besides|outside [of]|skip|ignore|without|minus"
)
_DONT = "do not|does not|did not|don't|doesn't|dont|doesnt|didn't|never|need not|needn't"


def _adjectives(text: Text, at: int) -> Any:
    """Up to four words between a number or adjective and its noun: `newest LLM agent papers`."""
    yield at, None
    for end in range(at, at + 6):
        word = text.word(end)
        if not word or word in _PREPOSITIONS or not (word[0].isalnum() or word in "/+&'s"):
            return
        yield end + 1, None


MACROS: dict[str, Any] = {
    "n": (number, NUMBERS),
    "dates": (dates.periods, dates.STARTS),
    "names": (names, None),
    "things": (excluded.things, None),
    "adj": (_adjectives, None),
    "nth": {at: words for at, words in enumerate(
        ("second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "sixth|6th", "seventh|7th",
         "eighth|8th", "ninth|9th", "tenth|10th"), start=1)},
    "papers": {"one": _ONE + "|one", "many": _MANY + "|ones"},
    "research": {
        "one": _ONE,
        "many": _MANY + "|research|literature|methods|approaches|techniques|ideas|findings|results"
        "|surveys|stuff|things|contributions|publication|one|ones|reads",
    },
    "followed": {True: f"$|{_ABOUT}"},
    "ask": {
        True: "(give|show|list|find|get|name|recommend|suggest|return|pick|cite|need|want|like|send|bring"
        "|pull|fetch|gimme|display|provide|see|share|point|read|tell) [me|us] [up|to|out|about]"
        " [just|only|about|around|some|the|your|like|maybe]"
    },
    "when": {
        "after": "after|later (than|then)|(newer|younger) (than|then)|more recent (than|then)|following"
        "|post|_above|past",
        "since": "since [at least|about|around|like]|(in|on|from) or after|(starting|beginning|start) [in|from|with]"
        "|(no|not) (earlier|older) than|not before|as of|_at-least|from at least",
        "before": "before|prior to|(earlier|older) (than|then)|pre|_below|b4|predating",
        "until": "[up] until|till|up till|up to [and including]|through|by|(no|not) later than|not after"
        "|(in|on|from) or before|_up-to|til",
        "in": "in|from|during|within|throughout|between|_equal|:|around|across",
        "of": "of|over|for|on",
    },
    "dated": {
        True: "[that|which|who] [were|was|are|is|have been|has been|got|have|has] (published|released"
        "|posted|written|submitted|uploaded|dated|dating|appearing|appeared|announced|made|done"
        "|(came|come|coming|put|are|were) out|out) [only]"
    },
    "edge": {"end": "end|close", "start": "start|beginning|begin"},
    "tail": {
        "onwards": "onwards|onward|on $|(or|and) (later|newer|after|up|beyond|above|more recent)|+"
        "|forward|to date|till now|until now|up",
        "backwards": "(or|and) (earlier|older|before|below)|backwards",
    },
    "no": {True: _NO},
    "any": {True: "the|those|that|ones|any|anything|everything|stuff|papers|works|work"},
    "age": {"newer": "newer|younger|more recent|less", "older": "older|more"},
    "least": {"newer": "at most|max|up to", "older": "at least|min"},
    "unit": {
        "day": "day|days", "week": "week|weeks", "month": "month|months", "year": "year|years|yrs",
    },
    "upvoted": {
        "upvotes desc": "(most|highest|best|top|more|heavily) [up|highly] (upvoted|voted|rated|liked|loved)",
        "upvotes asc": "(least|lowest|fewest) (upvoted|voted|rated|liked|loved)",
    },
    "popular": {
        "upvotes desc": "most popular|hottest|most trending|crowd favorite|crowd favourite|most appreciated",
        "upvotes asc": "least popular|most unpopular",
    },
    "trending": {
        "upvotes desc": "popular|trending|hot|favorite|favourite|upvoted|(highly|well|widely|much|super|very)"
        " (upvoted|rated|liked|received|popular|loved)",
    },
    "most": {
        "upvotes desc": "(most|highest|largest|biggest) [number of|amount of|count of|total] {votes}|most {votes}",
        "upvotes asc": "(fewest|least|lowest|smallest) [number of|amount of] {votes}",
        "authors desc": "(most|highest|largest|biggest) [number of] {authors}",
        "authors asc": "(fewest|least|lowest|smallest) [number of] {authors}",
    },
    "loved": {"upvotes desc": "(liked|like|love|loved|upvoted|upvote) [the] [most|best|a lot|a bunch]"},
    "many": {"upvotes desc": "(many|lots of|a lot of|plenty of|tons of|loads of|high) {votes}"},
    "newest": {
        "date desc": "newest|latest|most recent [ly published]|most current|freshest|most up to date|most"
        " recently (published|released|posted)|lastest",
        "date asc": "oldest|earliest|least recent|very first",
    },
    "recent": {"date desc": "recent|newest|latest|most recent|very recent|fresh"},
    "newer": {"date desc": "(more recent|newer)", "date asc": "older"},
    "lately": {"date desc": "recently|lately|just|newly"},
    "key": {
        "upvotes": "[number of|the number of] (upvotes|upvote|votes|likes|popularity|rating|ratings)|[how] (popular|well liked)",
        "date": "[publication|publishing|release|the] (date|dates|year|recency|time|newness|age)",
        "authors": "[the] number of authors|author count",
    },
    "direction": {
        "asc": "[in] ascending [order]|(old|oldest) to (new|newest)|(low|lowest) to (high|highest)"
        "|(oldest|earliest|lowest|fewest) first|asc",
        "desc": "[in] descending [order]|(new|newest) to (old|oldest)|(high|highest) to (low|lowest)"
        "|(newest|latest|highest|most recent|most) first|desc",
    },
    "placed": {"date asc": "first|earliest", "date desc": "last|most recently"},
    "timely": {
        "date desc": "from (newest|new|latest) to (oldest|old|earliest)|[the] (newest|latest|most recent) [ones|papers] first|reverse chronological [order]",
        "date asc": "from (oldest|old|earliest) to (newest|new|latest)|[the] (oldest|earliest) [ones|papers] first|[in] chronological [order]|chronologically",
        "upvotes desc": "[the] (most|highest|best|top) (upvoted|voted|rated|liked|popular) [ones|papers] first",
    },
    "single": {True: _ONE},
    "votes": {True: "upvotes|upvote|votes|vote|likes|like|ups|up votes"},
    "authors": {True: "[listed|named|different|co] (authors|author|coauthors|writers)"},
    "with": {True: _WITH},
    "by": {True: f"{_WITH}|[that (are|were)] [written] by"},
    "people": {True: "people|persons|person|researchers|scientists|folks|contributors"},
    "it": {True: "it|them|the paper|the author list"},
    "bound": {
        "above": "more (than|then)|over|above|_above|exceeding|greater than|north of|beyond",
        "at-least": "at least|atleast|[a] (min|minimum|minimal) [of]|(no|not) (fewer|less) (than|then)|_at-least",
        "below": "(fewer|less|lower) (than|then)|under|below|_below",
        "up-to": "at most|up to|[a] (max|maximum) [of]|(no|not) more (than|then)|_up-to",
        "equal": "exactly|precisely|just|only|_equal|equal to",
    },
    "orso": {
        "at-least": "(or|and) (more|above|up|higher|over)|+|plus|minimum|at least|upwards",
        "up-to": "or (fewer|less|below|lower|under)|max|maximum|at most|tops",
    },
    "record": {
        "date": "[publication|exact|known] (date|dates|year|years) [of publication]",
        "upvotes": "upvotes|upvote|up votes",
        "authors": "(author|authors) [names|name]|names of [the|their] authors",
        "author_count": "number of authors|author count",
        "link": "link|links|url|urls|arxiv (id|ids|link|links|number|numbers)",
        "doi": "doi|dois",
    },
    "known": {True: "a|an|any|some|the|their|known|recorded|stated|given|listed|named|working"},
    "there": {True: "known|given|available|there|listed|recorded|stated|on record|present|named"},
    "absent": {True: "missing|unknown|absent|empty|blank|not (known|given|recorded|listed|stated|available|there|on record)|unlisted|lacking|unavailable"},
    "withno": {
        True: "[that|which] (without|w/o|lacking|lack|lacks|missing|miss|(with|having|have|has|had|got) no"
        f"|({_DONT}|haven't|hasn't|have not|has not) (have|got|list|give|state|show)) "
    },
    "dont": {True: _DONT},
    "except": {True: excluded.EXCEPT},
    "about": {"about": excluded.ABOUT, "used": excluded.USING},
    "drop": {True: excluded.DROP},
    "unwanted": {True: excluded.UNWANTED},
    "avoiding": {True: excluded.AVOIDING},
    "whose": {True: "my|our|a|an|the|his|her|this|some"},
}  # fmt: skip


def _one(found: Any) -> int | None:
    """How many papers an order or a place asks for."""
    if found.get("n"):
        return int(found["n"])
    if found.get("nth"):
        return int(max(found.get("also", found["nth"]) - found["nth"], 0)) + 1
    return 1 if found.get("papers", found.get("research")) == "one" else None


def _order(match: Match, _text: Text) -> Filters | None:
    sort, order = match.found["order"].split()
    limit = _one(match.found)
    if limit and limit > 999:
        return None
    return Filters(sort=sort, order=order, limit=limit, skip=match.found.get("nth"))


def _single(match: Match, text: Text) -> Filters | None:
    """`which of them is the newest?`"""
    sort, order = match.found["order"].split()
    return Filters(sort=sort, order=order, limit=1)


def _sorted(match: Match, _text: Text) -> Filters:
    return Filters(sort=match.found["key"], order=match.found.get("direction", "desc"))


def _limit(match: Match, text: Text) -> Filters | None:
    limit = _one(match.found)
    return Filters(limit=limit, skip=match.found.get("nth")) if limit and limit < 1000 else None


def _best(match: Match, text: Text) -> Filters | None:
    return Filters(limit=_one(match.found) or 1, skip=match.found.get("nth"))


def _of_number(field: str, least_of_all: int) -> Stating:
    """Bounds on a number: `field`_min and `field`_max. least_of_all: of which there is none less."""

    def state(match: Match, _text: Text) -> Filters | None:
        found = match.found
        least, most = _side(found.get("bound") or found.get("orso", "equal"), found.get("n"))
        if "low" in found:
            least, most = sorted((found["low"], found["high"]))
        if "second" in found:
            other = _side(found["second"], found["m"])
            least, most = (
                least if least is not None else other[0],
                most if most is not None else other[1],
            )
        if most is not None and most < max(least or 0, least_of_all):
            return None
        least = None if field == "upvotes" and most == 0 else least
        return Filters(**{f"{field}_min": least, f"{field}_max": most})

    return state


def _side(bound: str, n: int | None) -> tuple[int | None, int | None]:
    n = n or 0
    return {
        "above": (n + 1, None), "at-least": (n, None), "below": (None, n - 1), "up-to": (None, n),
    }.get(bound, (n, n))  # fmt: skip


def _bounds(unit: str, having: str) -> tuple[str, ...]:
    """How numbers of a unit are bounded."""
    return tuple(
        pattern.replace("UNIT", f"{{{unit}}}").replace("WITH", f"{{{having}}}")
        for pattern in (
            "[WITH] [somewhere] [between|from] {low:n} [to|and|or|-|–|—] {high:n} UNIT",
            "[WITH] UNIT [of] [between|from] {low:n} (to|and|–|—) {high:n}",
            "[WITH] {bound} {n} UNIT",
            "[WITH] {bound} {n} [UNIT] [,] (and|but) {second:bound} {m:n} UNIT",
            "[WITH] {bound} {n} UNIT [,] (and|but) {second:bound} {m:n} [UNIT]",
            "[WITH] {n} {orso} UNIT",
            "[WITH] {n} UNIT {orso}",
            "[WITH] UNIT [of|count] {bound} {n}",
            "[WITH] {n} {orso} (in|of) UNIT",
        )
    )


_DATES = (
    "[only|just|exclusively] [{dated}] [publication] [year|date] [{when}] [[the] {edge} of]"
    " [[the] (year|years|month) [of]] {dates} ['s] [{tail}] [only]"
)
_LEFT = "[,|_open|–|-|;] [and|but|or|also|so|please] [ones|those|papers|that|which|works]"
_COUNTED = frozenset(
    listed("""
    step steps iterations epochs episodes updates samples tokens examples rows words points images
    videos frames layers hours minutes seconds days classes tasks task questions problems users nodes
    documents sentences annotations parameters dimensions gpus times trials runs demonstrations
    trajectories people dollars usd euros k m b ms hz x training gradient
    version versions checkpoint checkpoints snapshot snapshots edition editions election elections
    challenge challenges competition competitions cutoff dump dumps benchmark benchmarks contest exam
    exams track tracks data dataset datasets corpus corpora tweets news wikipedia et us presidential
    """)
)
"""What has a number or a date of its own: `2000 steps`, `the March 2023 version`."""
DOCUMENTS = frozenset(f"{_ONE}|{_MANY}".split("|"))
"""What the corpus holds, as people call it."""
_FIELD_NOUNS = DOCUMENTS | frozenset(
    "research|literature|methods|approaches|techniques|ideas|findings|ones|published"
    "|surveys|stuff|releases".split("|")
)


def _date(match: Match, text: Text) -> Filters | None:
    found, first = match.found, match.found["dates"][0]
    last = found["dates"][1]
    behind, before = text.word(match.end), text.word(match.start - 1)
    if before in ("of", "from", "in", "for") and not found.get("when"):
        before = text.word(match.start - 2)
    if found.get("tail") and behind[:1].isdigit():
        return None  # `before 2020 or after 2024`
    if {behind, text.word(match.end + 1)} & _COUNTED and behind not in _FIELD_NOUNS:
        return None
    if before in _COUNTED or before in ("al", "not", "without", "nor", "neither"):
        return None
    kinds = {first.kind, last.kind}
    when = found.get("when")
    if kinds == {"now"}:
        loose = not (
            found.get("dated")
            or ((when not in (None, "of")) and (when != "in" or before in _FIELD_NOUNS))
        )
        if loose or (when is None and not found.get("dated")):
            return None
    elif kinds == {"month"}:
        if when in (None, "of") and not found.get("dated"):
            return None
        if behind and behind not in _FIELD_NOUNS and behind not in STOPWORDS and behind.isalnum():
            return None
    elif "year" in kinds and kinds <= {"year"}:
        plausible = last.last.year <= text.around["today"].year + 1 or before in _FIELD_NOUNS
        if not plausible or not _is_year(match, text):
            return None
    return dates.bounded(found)


def _is_year(match: Match, text: Text) -> bool:
    """Whether a bare year is one of publication: `papers from 2024`, and not `AIME 2024`."""
    found = match.found
    when, before, behind = found.get("when"), text.word(match.start - 1), text.word(match.end)
    if found.get("dated") or found.get("tail") or found.get("no"):
        return True
    said = set(text.words(match.start, match.end))
    if said & {"only", "just", "exclusively", "year", "years"}:
        return True
    of_papers = behind in _FIELD_NOUNS or (
        any(word in _FIELD_NOUNS for word in text.words(match.end, match.end + 4))
        and behind not in _PREPOSITIONS
    )
    if when not in (None, "of"):
        return "the" not in said or bool(found.get("edge")) or of_papers
    if before in _FIELD_NOUNS or of_papers:
        return True
    if when == "of":
        return (
            before in ("best", "top", "newest", "popular", "upvoted")
            or text.word(match.start - 2) == "top"
        )
    if "'s" in said:
        return behind in ("most", "best", "top", "highest", "newest")
    return _listed(match, text)


def _listed(match: Match, text: Text) -> bool:
    """Whether bare years stand by themselves at an end of a list of search words."""
    at = match.start - 1
    if at >= 0 and text.written(at)[:1].isalpha():
        name = text.written(at)
        if any(c.isupper() or c.isdigit() for c in name[1:]) or (name[0].isupper() and at > 0):
            return False
        if text.word(at - 1) in ("on", "at", "in", "for", "of"):
            return False
    first, last = match.found["dates"]
    if first != last or text.word(at) in (",", "("):
        return True
    return not text.word(match.end)[:1].isalnum() and (at < 0 or at > 0)


def _dates(match: Match, text: Text) -> Filters | None:
    try:
        return _date(match, text)
    except (ValueError, OverflowError):
        return None


def _aged(match: Match, text: Text) -> Filters | None:
    try:
        return dates.aged(match.found, text.around["today"])
    except (ValueError, OverflowError):
        return None


def _recorded(match: Match, _text: Text) -> Filters:
    return Filters(recorded=(match.found["record"],))


def _unrecorded(match: Match, _text: Text) -> Filters:
    return Filters(unrecorded=(match.found["record"],))


def _form(kind: FormKind) -> Stating:
    return lambda match, _text: Form(kind=kind, count=match.found.get("n"))


_RECORD = "[{known}] [{known}] {record} [info|information|data|field|entry] [on record|listed|given|available|attached|known|in the record]"
_RECORD_ENDS = (
    "(>$|>(on|about|in|from|since|and|or|but|first|are|there|is|do|that|which|of|newest|sorted))"
)
_NEWEST = "<[the|your|some|any] [{nth} [and {also:nth}]] [top|last] [{n}] {order:newest} [{n}]>"
_BY = "by [the] [(author|authors|group|team|lab|folks|people) [of]]"
TABLE: dict[str, tuple[tuple[Stating, tuple[str, ...]], ...]] = {
    "dates": (
        (_dates, (_DATES,)),
        (_aged, (
            "[that are|which are] [{not:no}] {age} (than|then) [the last] ({n}|a|an) {unit} [old|ago]",
            "[that are|which are] {age:least} ({n}|a|an) {unit} old",
        )),
    ),
    "not_dates": ((_dates, (f"[but|and] {{no}} [{{any}}] [{{any}}] {_DATES}",)),),
    "upvotes": (
        (_of_number("upvotes", 0), (
            *_bounds("votes", "with"),
            "upvoted {bound} {n} times",
            "(with|having|have|has|had|got|received|that have|which have) {n} {votes}",
        )),
    ),
    "author_count": (
        (_of_number("authors", 1), (
            *_bounds("authors", "by"),
            "(with|having|have|has|[written] by) {n} {authors}", "[written] by {bound} {n} {people}", "[written] by {n} {people}",
            "[written] by [a] (team|teams|group|groups) of {bound} {n}", "{n} [or more] people on {it}",
            "<{n} (author|authored)> {adj} {papers}",
        )),
        (lambda _m, _t: Filters(authors_min=1, authors_max=1), (
            "(single|solo|sole|one|lone) (author|authored)", "<(solo|single person)> {papers}", "(with|having|by) [only|just] (a single|one) {authors}", "[written] by (a|one) (single|sole|lone) (author|person|researcher)",
            "[written] by (one person|a single person|just one person)",
        )),
        (lambda _m, _t: Filters(authors_min=2), ("(multi|multiple|several|many) (author|authored)",
            "(with|by|having) (several|multiple) authors")),
    ),
    "authors": (
        (sure_names, (
            f"({{research}}|anything|everything) [{{dated}}] <[{{dated}}] {_BY} {{names}}>",
            f"<{{dated}} {_BY} {{names}}>",
            "<(did|has|have|does) {names} [ever|also] (publish|published|write|written|wrote|author|authored|put out|do|done)>",
            "<(authored|coauthored|co authored|written) by {names}>",
            "<{with} {names} as [a|an|the] [first|last|senior|co] (author|coauthor)>",
            "<(where|in which) {names} is [a|an|the] [first|last|senior|co] (author|coauthor)>",
            "<[the] (author|authors) [is|are|:|named|called|include] {names}>",
            "<[that|which] {names} [has|have|had] [ever|also] (wrote|published|authored|coauthored|written|co wrote|posted|put out)>",
        )),
        (known_names, (
            "<{names} ['s|'] [lab|group|team ['s]]> [latest|newest|recent|other|own|first|last] [latest|newest|recent] {research}",
            f"<{_BY} {{names}}>", "{research} <(of|from) {names}>", "<{names}> (papers|publications|$)", "^ <{names}> (on|about)",
        )),
    ),
    "recorded": (
        (_recorded, (
            f"<[that|which] (with|having|have|has|got|give|state|list|include|including|and their) {_RECORD} {_RECORD_ENDS}",
            "[only|if] (where|whose|for which|if|when|that) [the|their|a] {record} (is|are) [actually] {there}",
        )),
        (lambda _m, _t: Filters(recorded=("date",)), ("<dated> {papers}", "<(are|is) dated> $")),
        (lambda _m, _t: Filters(recorded=("upvotes",)), ("<upvoted> {papers}",)),
    ),
    "unrecorded": (
        (_unrecorded, (
            f"<{{withno}} {_RECORD} {_RECORD_ENDS}", "[where|whose|for which] [the|their|a] {record} (is|are) {absent}",
            "(with|having) [an|a] {absent} {record}", "(with|has|have) [the|their] {record} {absent}", "<no {record}> (>$|>on record)",
        )),
        (lambda _m, _t: Filters(unrecorded=("date",)), ("<(undated|not dated)> ({papers}|$)",)),
        (lambda _m, _t: Filters(unrecorded=("upvotes",)), (
            "[that|which] [were|are|was|is] never [been] upvoted", "(nobody|no one) [has] upvoted")),
    ),
    "order": (
        (_sorted, (
            "[,] [and] [sort|sorted|order|ordered|rank|ranked|arrange|arranged] [them|these|it|results] by {key} [,] [{direction}]",
        )),
        (_order, (
            "<[the|your] [{nth} [and {also:nth}]] [top] [{n}] {order:upvoted} [{n}]>",
            "<[the|your] [{nth} [and {also:nth}]] [top] [{n}] {order:upvoted} [{n}]> {adj} {papers}",
            "<[the|your] [{nth}] [top] [{n}] {order:popular} [{n}]> ({adj} {research}|{followed})",
            "<{order:trending}> {adj} {papers}",
            "<what ('s|is) {order:trending} (in|on|for)>", "^ <what ('s|is) {order:trending}> $",
            "<{with} [the] [{nth}] {order:most}>", "{papers} <{with} [the] [{nth}] {order:most}>",
            "<{with} {order:many}>", "<[that|which] (people|readers|everyone|users|others|folks) [really] {order:loved}>",
            f"{_NEWEST} {{adj}} {{research}}", f"{_NEWEST} {{followed}}", "<{order:recent} ones>",
            "<{order:recent}> {adj} {research}",
            "^ [{ask}|what ('s|is)] <[the] {order:newest}> (on|about|in|regarding)",
            "^ <[the] [{nth}] {order:newest}> $",
            "<{order:newer} [(ones|papers|works|work|studies)]> {papers}", "<{order:newer} (ones|papers|works|work|studies)>",
            "<{order:lately}> (published|released|posted|came out|appeared)", "<(published|released|posted|came out|appeared) [very|quite] {order:lately}>",
            "[,] [in|sorted|ordered|with] {order:timely}",
        )),
        (lambda m, _t: Filters(sort="date", order="desc", limit=m.found.get("n")), (
            "<[the] new> papers", "anything <(new|recent)>", "<what ('s|is|are) [the] (new|latest|newest)> (in|on|for|with|$)",
            "<[the|your] last {n}> {adj} {papers}", "{papers} <of late>",
        )),
        (_single, (
            "(is|was|were|came|are) [published|released|posted|written|out] <{order:placed}> $",
            "(is|was) <[the] {order:newest} [one]> $",
        )),
    ),
    "limit": (
        (_limit, (
            "{ask} <{n}> {adj} {papers}", "(which|what) <{n}> {papers} (should|would|do|can)", "^ <{n}> {adj} {papers} {followed}", "^ [just|only] <{n}> {adj} {papers} {followed}",
            "<[the|your] (top|best) {n} [best]> ({adj} {research}|$|on|about|for|since|before|after|from|by|(in|of) {dates})",
            "<[the|your] {n} (best|top|most relevant|good|key|great|important|seminal|main|closest|relevant)> ({adj} {research}|{followed})",
            "<[the] (most relevant|most important|closest) {n}> {adj} {papers}",
            "<[,] (at most|up to|max|maximum [of]|(no|not) more (than|then)|limit [it|this|to|me] [to] [:]|limited to) {n}> ({adj} {papers}|$)",
            "<(at most|up to|max|maximum [of]|(no|not) more than|limit [it|this] to|limited to) {n} (results|hits|items|ones)>",
            "<[just|only] {n} (results|hits)>", "<[just|only] {n}> {adj} {papers} (please|pls|$)",
            "(,|–|-|_open) <(only|just|show) [me] [the] {n}> $", "<[,] (only|just) {n}> {adj} {papers}",
            "<{n} [good] (examples|example) of> {adj} {papers}",
            "^ [{ask}] <[the] first {n}> {adj} {papers} {followed}",
            "^ {ask} <{n} [of them]> ($|on|about)",
        )),
        (_best, ("<[the] [single] [{nth}] (best|most (relevant|important|fitting))> {papers:single}",)),
    ),
    "not_about": (
        (excluded.left_out, (
            f"{_LEFT} {{except}} {{things}}",
            f"{_LEFT} (not|nothing) {{about}} {{things}} [but]", f"{_LEFT} (nothing|none) (with|in|from) {{things}} [but]",
            f"{_LEFT} (are|is|were) not {{about}} {{things}}", f"{_LEFT} (aren't|isn't) {{about}} {{things}}",
            f"{_LEFT} {{dont}} {{about}} {{things}}",
            f"{_LEFT} [are|is] unrelated to {{things}}",
            f"{_LEFT} [have|has|having|with|that] nothing to do with {{things}}",
            "(but|,|;|_open) [and|but] not {things}", "^ [and|but|ok|so] not {things}",
            "(,|but|and|;|_open|–|-|.) <[please|pls|but|and|just] {drop} {things}> $", "^ <[please] {drop} {things} ,>",
            "[,|and|but] {unwanted} {things}", "{papers} <(ignoring|avoiding) {things}>",
            "[,|and|but] [please] (leave|leaving|keep|keeping|take|taking|with) {things} (out|aside|excluded)", "[_open] {no} {things} (excluded|allowed|included)",
            "(,|_open) {things} (excluded|aside|not included|not wanted)", f"{_LEFT} not [the] {{things}} (ones|kind|stuff|type|papers|variety)",
        )),
        (excluded.kinds_of_papers, (
            f"{_LEFT} [that|which] (are not|is not|aren't|isn't|not|skip|no) {{things}}", "(skip|minus|drop|ignore|exclude) {things}",
        )),
        (excluded.shouted, ("not {things}", "- {things}", "– {things}", "− {things}")),
    ),
    "lacking": (
        (excluded.done_without, (
            "(without|w/o|w/out|wo|with no|with zero|lacking|free of|free from|in the absence of|no need for|no need of) {things}",
            "(i|we) (do not have|don't have|dont have|have no|lack|can't use|cannot use|cant use|can't afford|cannot afford) {things}",
            "{research} (that|which) {avoiding} {things}", "(not|never) (relying on|requiring|needing|depending on|using) {things}", "no {things} (needed|required|necessary)",
            "(,|and|but|;|_open|–|-|.|^) [please|with] no {things}", "[please] no {things} please",
            "{dont} (need|require|rely on|depend on|needs|want|assume) {things}",
            "(need|needs|use|uses|using|require|requires|requiring|needing) no {things}",
        )),
    ),
    "papers": (),
}  # fmt: skip
_BULLET = "(bullets|bulletpoints|(bullet|bulleted) (point|points|list|form|format|style|summary))"
_ADJ = "[short|brief|quick|concise|simple|plain|small|single|key|main|comparison|comparative|nice|little]"
_TO = "[on|about|for|of|in|summarizing|summarising|covering|explaining|describing]"
_MAKE = "(make|give|build|create|draw|write|want|need|show|produce|generate|draft|prepare|compile|(put|set|pull) together|(how|what) about|like|love|have) [me|us|up]"
FORMS: tuple[tuple[FormKind, tuple[str, ...]], ...] = (
    (
        "bullets",
        (
            f"[{_MAKE}] [in|as|with|using] [(max|at most|up to)] [{{n}}|a few|some] {_ADJ} {_BULLET} {_TO}",
            "(in|as|with|a) {n} (bullet|bullets|points)",
            "{n} bullet",
            f"(in|as|with) [{{n}}|a few] {_ADJ} points",
            "(in|as) a [numbered] list",
            f"[in] {{n}} {_ADJ} points (on|about|for)",
        ),
    ),
    (
        "table",
        (
            f"(in|as|into) [a] {_ADJ} [markdown] table [form|format]",
            f"{_MAKE} [it|them|this] [in|into] a {_ADJ} [markdown] table [that] [on|about|for|of|with|comparing|compares|summarizing]",
            f"^ [a] {_ADJ} table (of|about|comparing|with|for|on)",
            "tabulate",
            "[in|as] (tabular|table) (form|format)",
            "(table|tables) (please|pls)",
        ),
    ),
    (
        "paragraph",
        (
            f"[{_MAKE}] [in|as] [a|one|the] (a|one|{{n}}) {_ADJ} (paragraph|para|paragraphs) [summary|overview|intro|introduction|description|explanation] {_TO}",
            f"{_ADJ} paragraph (on|about|summarizing)",
            f"[{_MAKE}] [a|the|my] {_ADJ} (related work|literature review|background) [section|paragraph|part] (on|about|for|of|in)",
            f"[{_MAKE}] [a|the|my] {_ADJ} related work (section|paragraph)",
        ),
    ),
    (
        "summary",
        (
            "(summarise|summarize|sum up|recap|synthesize|synthesise) [for me] [(what|all)|the] [current|main] [(state|findings|ideas|results) (of|in|on)] [the art] [the] [research|literature|work|papers|field] [of|on|about|in]",
            f"[{_MAKE}] [a|an|the] {_ADJ} [general|broad|high level|literature] (overview|summary|synopsis|rundown|recap) (of|on|about|for) [the] [current] [(state|field) of] [the art]",
            "(get|bring|catch) [me|us] [up] (up|to speed|to date) [on|with|about]",
            "^ [quick] (overview|summary) :",
            "[what ('s|is)] the [current] state of [the] [field|research|art] [of|in|on|for]",
        ),
    ),
    (
        "reading_order",
        (
            "(what|which papers|which ones) (should|do|can|must|would|shall) (i|we|one|you) [have to] [recommend] read [first|next|up] [on|about|for|to learn about|to understand|to get into|if i want to learn about|in]",
            "(what|which papers|which) to read [first|next] [on|about|for|to learn about|to understand|in]",
            "where (should|do|can|to|would) [i|we|one|you] (start|begin) [reading] [with|on|for|about|to learn about|learning about|in|if i want to learn about]",
            f"[{_MAKE}] [a|the] {_ADJ} reading (list|order|path|plan|guide|roadmap) [on|for|about|of|to|in]",
            "(in|what|which|best) [what|which] order [should|to|do] [i|we] read [them|papers] [on|about|for]",
            "must (read|reads) [papers] [on|about|for|in]",
            "(in|a) [good|sensible] reading order",
            "[an|the] order (to read|of reading) [the|these] [papers] [on|about]",
        ),
    ),
    (
        "short",
        (
            f"[just] (in|with|using) [a|max|at most|under|less than|about] [{{n}}] {_ADJ} (sentence|sentences|line|lines|words) [max]",
            f"[in] (one|a) {_ADJ} (sentence|liner|line) [answer|summary] [please] {_TO}",
            "(briefly|concisely|shortly)",
            "(in|within) [just|only] a (few|couple of) (sentences|lines|words)",
            "[the] (short|tldr|quick) version [of|on|please]",
            "[explain] [it] [to me] (like|as if) (i'm|i am|im|i were) [a] (five|5|five year old|child|beginner)",
            "eli5",
            "(in|using) (plain|simple|easy|layman's|layman) (words|terms|english|language)",
            "[give me] the gist [of]",
            "in (short|brief)",
            "in a (nutshell|few words|word)",
            "[a] (short|quick|brief) (answer|version|reply) [please|only|to|on|about]",
            "[and] (keep|make|put|write|say) (it|that|this|them) [more] (short|shorter|brief|briefer|briefly|concise|simple|simpler|shortly)",
            "(shorten|condense|simplify) [it|that|this|them]",
            "(tldr|tl dr|tl ; dr) [on|about|of|:|for]",
            "be (brief|concise)",
            "[a] {n} (sentence|line) (summary|answer) [of|on]",
        ),
    ),
)
_OCCASION = (
    "thesis|class|course|talk|presentation|review|meeting|homework|assignment|lecture|seminar|exam|project"
    "|report|boss|advisor|supervisor|students|club|proposal|dissertation|group|phd|research|job|work|paper"
)
FRAMES = (
    "(in|from|of|across) (this|the|your|our) (corpus|collection|database|library|index|db|archive|system)",
    "out there",
    "if (possible|you can|there are any|there is any|any|available)",
    "[that|which] you (have|know of|got|know) $",
    f"for {{whose}} {{adj}} ({_OCCASION})",
    "for me $",
    "for [a|an|absolute|complete|total|the] (beginner|beginners|newcomer|newcomers|someone|somebody|people|student|students) [who is|who are] [completely] [new] [to]",
    "to (a|an) (newcomer|beginner) [to]",
    "[,] (i am|i'm|im|i was|we are|we're) (writing|working on|preparing|doing|drafting|starting) (a|an|my|our|the) {adj} (thesis|survey|review|paper|talk|section|report|class|project) [,|.]",
    "[,] if (i|we) (want|need|would like) to (understand|learn about|learn|get into|know about|study)",
    "topic :",
    "(the|a) (topic|subject|field|area|problem|question) of",
)
"""What says why and where one asks."""
RULES: tuple[tuple[str, Stating | None, tuple[str, ...]], ...] = (
    *((field, state, patterns) for field, rules in TABLE.items() for state, patterns in rules),
    *(("form", _form(kind), patterns) for kind, patterns in FORMS),
    ("frame", None, FRAMES),
)
PHRASES = Phrases(
    MACROS, [(p, (field, state)) for field, state, patterns in RULES for p in patterns]
)
