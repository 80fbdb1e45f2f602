"""Turns as they are meant: without what leads over to them (`ok, now something else:`, `thanks!`),
and with what they correct put into the turn that they correct.

    Is STEER about entropy collapse?
    sorry, CURE not STEER          → Is CURE about entropy collapse?

Nothing is known here of what papers there are, except for names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.corpus.lexicon import Lexicon
from rag.corpus.mentions import stem
from rag.question.coreference import content_of
from rag.question.dialogue_acts import OPENING
from rag.question.topic import asks_nothing, subject
from rag.question.wishes import wished
from rag.text.phrases import compiled

_OVER = compiled(
    r"""\A\W*(?:(?:(?:thanks?(?:\s+you)?|thx|cheers|great|cool|nice|perfect|good|interesting|ok(?:ay)?|well|right|so|and|but
        |now|hm+|no|sorry|oops|wait|actually|alright|fine|yes)\b(?:\s+(?:a\s+lot|very\s+much|so\s+much))?[\s,.!;:–—-]+)*
      (?:that['’]?s\s+(?:enough|all|it|fine)|enough(?:\s+of\s+(?:that|this|it))?
        |never\s*mind|(?:forget|never\s*mind|ignore|drop|skip|leave)(?:\s+(?:about\s+)?(?:that|this|it|all\s+that)\b|(?=\s*[,.:;!–—-]))
        |(?:let['’]?s|let\s+us|i\s*(?:['’]d|\s+would)\s+like\s+to|i\s+want\s+to|can\s+we)\s+
          (?:talk\s+about|turn\s+to|move\s+on\s+to|switch\s+to|go\s+on\s+to|change\s+(?:the\s+)?(?:topic|subject)(?:\s+to)?)
        |(?:now\s+)?(?:(?:on|for|to)\s+)?something\s+(?:completely\s+|entirely\s+|totally\s+)?(?:else|different)
        |(?:(?:now|on)\s+to\s+)?(?:an?other|a\s+different|a\s+new|new|next|different)\s+(?:question|topic|subject)
        |(?:change|switch)\s+(?:of\s+)?(?:the\s+)?(?:topic|subject)|moving\s+on|by\s+the\s+way|btw)
      (?:\s*[,.:;!–—-]+\s*|\s+)
      (?:(?:and|so|now)\s+(?=\w))?)+(?=\w)"""
)
"""Says that something else comes: what follows has nothing to do with the turns before."""
_THANKS = compiled(
    r"""\A\W*(?:(?:thanks?(?:\s+you)?|thx|cheers|great|cool|nice|perfect|interesting|good|alright)\b
    (?:\s+(?:a\s+lot|very\s+much|so\s+much|to\s+know))?[\s,.!;:–—-]+)+(?=\w)"""
)
_SORRY = (
    r"(?:(?:no(?=\s*[,.!;:–—-])|nope|sorry|oops|wait|actually|my\s+mistake|my\s+bad)\b"
    r"[\s,.!;:–—-]*)"
)
"""`no, drones` corrects; `no labels` does not."""
_MEANT = (
    r"(?:(?:i|we)\s+(?:actually\s+|really\s+)?(?:meant?|wanted(?:\s+to\s+ask\s+about)?|was\s+(?:asking\s+about"
    r"|thinking\s+of))(?:\s+to\s+(?:say|ask|write))?|(?:it\s+)?should\s+(?:be|have\s+been)|make\s+that)[\s,:]+"
)
_PART = r"(?P<{}>[^,.;:?!]+?)"
_SWAPS = tuple(
    compiled(pattern.replace("_END_", r"[\s.!?]*\Z"))
    for pattern in (
        rf"\A(?:{_SORRY}+(?:{_MEANT})?|{_MEANT}){_PART.format('new')}\s*,?\s+(?:and\s+)?(?:not|instead\s+of|rather\s+than)\s+{_PART.format('old')}_END_",
        rf"\A(?:{_SORRY}+(?:{_MEANT})?|{_MEANT})?not\s+{_PART.format('old')}\s*,?\s+(?:but|i\s+meant?)\s+{_PART.format('new')}_END_",
        rf"\A{_PART.format('new')}\s*,\s+not\s+{_PART.format('old')}_END_",
    )
)
_MEANS = compiled(rf"\A(?:{_SORRY}+{_MEANT}|{_MEANT}|{_SORRY}+(?=[^\s]))(?P<rest>.*\w.*)\Z")
_ADJUNCT = compiled(
    r"\A(?:only|just|for|with|without|in|on|from|by|using|since|before|after|under|about\s+the)\s"
)
_ASKS = compiled(
    r"\A(?:what|which|who|how|why|when|where|is|are|do|does|did|can|could|find|show|list|give|any"
    r"|papers?|works?|compare|explain|tell)\b|\?\s*\Z"
)
_NO_SURVEYS = compiled(
    r"\A(?:without|no|minus|drop|skip|but\s+(?:no|not|without))\s+(?:the\s+|any\s+)?"
    r"(?=(?:surveys?|reviews?|overviews?|tutorials?|benchmarks?|position\s+papers?)\b)"
)
"""What papers can be of, not what they do without: `without the surveys` leaves these out."""
_ANOTHER = compiled(
    r"\A(?:(?:and|or|so|ok(?:ay)?|but|what\s+about|how\s+about|for|now|then)[\s,]+)*"
    r"(?P<name>[\w^*+./ -]+?)[\s?.!]*\Z"
)
_THE_NEWEST = compiled(
    r"\A(?:(?:and|ok(?:ay)?|so|only|just|(?:which|what)(?:\s+one)?\s+is)[\s,]+)*(?:the\s+(?P<by>newest|latest|oldest|earliest)"
    r"|(?<=is\ )(?P<than>newer|older|more\s+recent|later|earlier))(?:\s+one)?[\s?.!]*\Z"
)
_YEAR = compiled(
    r"\A(?:(?:and|or|what\s+about|how\s+about|in)\s+)*(?P<year>(?:19|20)\d\d)[\s?.!]*\Z"
)
_RECENT = 4
"""Turns back to which a question is looked for that another name is put into."""
_BACK = compiled(
    rf"""\A{OPENING}(?:(?:let['’]?s|let\s+us|can\s+(?:we|you)|i\s+want\s+to|i['’]?d\s+like\s+to)\s+)?(?:(?:go|come|get|turn|jump)\s+)?
    (?:back|return(?:ing)?)\s+to\s+(?P<all>(?:(?:the|my|our)\s+)?(?:(?:earlier|first|previous)\s+(?=question|topic|subject|list))?
    (?:(?:question|topic|subject|list|papers?|ones?)\s+(?:of|on|about|with)\s+)?(?P<what>.+?))[\s.?!]*\Z"""
)
"""`back to the web agents`"""


def meant(turns: Sequence[str], lexicon: Lexicon) -> list[str]:
    """The user's `turns`, oldest first, as they are meant. One that asks nothing, and one that was
    corrected, is empty."""
    said: list[str] = []
    for number, turn in enumerate(turns):
        earlier = next((i for i in range(len(said) - 1, -1, -1) if said[i]), None)
        if earlier is None:
            said.append("" if number + 1 < len(turns) and asks_nothing(turn, first=True) else turn)
            continue
        wish = wished(turn)
        if wish or asks_nothing(turn, first=False):
            said.append(wish.asking if wish else "")
            continue
        if back := _BACK.match(turn):
            said.append(_earlier(back["what"], said) or back["all"])
            continue
        text = _NO_SURVEYS.sub("excluding ", _THANKS.sub("", turn, count=1))
        if other := _for_another(text, said, lexicon):
            said.append(other)
            continue
        text = _YEAR.sub(r"in \g<year>", _THE_NEWEST.sub(_superlative, text))
        put = _swapped(text, said[earlier]) or _put_instead(text, said[earlier], lexicon)
        if put:
            said[earlier] = ""
        fragment = _MEANS.match(text)
        said.append(put or (fragment["rest"] if fragment else text))
    return said


def led_over(turn: str) -> str | None:
    """`turn` without the words that lead over to another subject; None where it has none."""
    rest = _OVER.sub("", turn, count=1)
    return rest if rest != turn else None


def _earlier(what: str, said: Sequence[str]) -> str:
    """The first turn that had all the words of `what`; empty where none had, or it has none."""
    words = {stem(word) for word in content_of(what)}
    having = (turn for turn in said if words <= {stem(word) for word in content_of(turn)})
    return next(having, "") if words else ""


def _for_another(turn: str, said: Sequence[str], lexicon: Lexicon) -> str:
    """`and TAME?` after a question about one other work: the same question about this one."""
    match = _ANOTHER.match(turn)
    new = list(lexicon.names_in(match["name"])) if match else []
    if not match or len(new) != 1 or new[0].lower() != match["name"].lower():
        return ""
    for earlier in reversed(said[-_RECENT:]):
        if old := list(lexicon.names_in(earlier)):
            return _put(old[0], match["name"], earlier) if len(old) == 1 and old != new else ""
    return ""


def _superlative(match: re.Match[str]) -> str:
    word = (match["by"] or match["than"]).lower()
    return f"the {'oldest' if word.startswith(('old', 'earl')) else 'newest'} one"


def _swapped(turn: str, earlier: str) -> str:
    """`CURE, not STEER`: `earlier` with the one for the other; empty where it has no such words."""
    for shape in _SWAPS:
        if (match := shape.match(turn)) and (put := _put(match["old"], match["new"], earlier)):
            return put
    return ""


def _put_instead(turn: str, earlier: str, lexicon: Lexicon) -> str:
    """`no, I meant TAME`: `earlier` about that instead; the new subject alone where nothing tells
    which words it replaces; empty where `turn` adds to `earlier`, or asks for itself."""
    match = _MEANS.match(turn)
    if not match or _ADJUNCT.match(match["rest"]) or _ASKS.search(match["rest"]):
        return ""
    new = match["rest"].strip(" .!?")
    old, mine = (list(lexicon.names_in(text)) for text in (earlier, new))
    if len(old) == len(mine) == 1 and new.lower() == mine[0].lower():
        return _put(old[0], new, earlier)
    asked = subject(earlier)
    return (_put(asked, new, earlier) if asked.strip() != earlier.strip() else "") or new


def _put(old: str, new: str, text: str) -> str:
    """`text` with `new` where `old` stands in it, in whatever case; empty where it does not."""
    old = re.sub(r"\A(?:the|an?|on|about|for)\s+", "", old.strip(), flags=re.IGNORECASE)
    put, times = re.subn(
        rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new.strip(), text, count=1, flags=re.IGNORECASE
    )
    return put if times else ""
