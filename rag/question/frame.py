"""The words of a question that only ask for papers, around the subject that is asked about:
`list all papers about`, `give me an overview of`, `what has been published on`, `…, please`.

They say nothing of the subject, and a paper that lacks them lacks nothing. The kind of a question
is read before they are taken away.
"""

from __future__ import annotations

from rag.text.phrases import DOCUMENT, compiled

_LEAST = 3
"""Letters that have to be left."""
_THINGS = (
    rf"(?:{DOCUMENT}|research|literature|reading|references?|sources?|stuff|things?"
    r"|everything|anything|something)"
)
_SOME = (
    r"(?:(?:all|any|some|every|each|the|a|an|few|more|other|good|best|top|key|main|important|relevant|related"
    r"|interesting|notable|useful|recent|new|latest|existing|available|other|me|of|up)\s+)*"
)
_ABOUT = (
    r"(?:on|about|regarding|concerning|(?:related|relating|pertaining)\s+to|covering|around"
    r"|(?:that\s+)?deal(?:ing|s)?\s+with|in\s+the\s+(?:area|field|domain)\s+of"
    r"|(?:on|about)\s+the\s+(?:topic|subject)\s+of"
    r"|(?<=references\ )for|(?<=sources\ )for|(?<=reading\ )for)"
)
_VERB = (
    r"(?:list|enumerate|name|show|find|fetch|get|give|recommend|suggest|cite|collect|gather|return|provide"
    r"|search\s+for|look\s+for|point\s+me\s+to|tell|share)"
)
_POLITE = (
    r"(?:(?:hi|hello|hey|ok(?:ay)?|so|well|and|but|also|please|kindly)[\s,.!]+"
    r"|(?:can|could|would|will)\s+you\s+(?:please\s+)?"
    r"|i\s*(?:['’]d|\s+would)?\s*(?:like|want|need|wish)\s+(?:to\s+(?:see|read|have|know|find)\s+)?"
    r"|i\s*(?:['’]m|\s+am)\s+(?:looking|searching)\s+for\s+)*"
)
_OVERVIEW = (
    r"(?:(?:an?\s+|the\s+)?(?:\w+\s+)?(?:overview|summary|introduction|list|collection)\s+"
    rf"(?:of|to|on|about)\s+(?:{_SOME}{_THINGS}\s+(?:{_ABOUT}|in)\s+)?)"
)
_HEAD = compiled(
    rf"""\A{_POLITE}(?:
      {_VERB}\s+{_SOME}(?:{_OVERVIEW}|{_THINGS}\s+(?:{_ABOUT}|in)\s+)
      |{_OVERVIEW}
      |{_SOME}{_THINGS}\s+{_ABOUT}\s+
      |(?:recent|latest|new)\s+(?:advances|progress|developments|trends)\s+(?:in|on)\s+
      |what\s+(?:(?:is|was|are|were|has|have)\s+)(?:been\s+)?(?:there\s+)?
        (?:known|published|written|done|said|reported|researched|studied|new|available)?\s*{_ABOUT}\s+
      |what\s+do(?:es)?\s+(?:we\s+know|the\s+(?:literature|corpus|papers)\s+say)\s+{_ABOUT}\s+
      |(?:which|what)\s+{_SOME}{_THINGS}\s+(?:(?:are|is)\s+(?:there\s+)?{_ABOUT}
        |(?:discuss|mention|cover|treat|address|tackle|concern|study|investigate|explore|talk\s+about|deal\s+with
          |look\s+at|write\s+about|focus\s+on|work\s+on)(?:e?s)?)\s+
      |(?:(?:is|are)\s+there\s+)?{_SOME}{_THINGS}\s+{_SOME}{_ABOUT}\s+
      |i\s*(?:['’]m|\s+am)\s+(?:interested\s+in|(?:writing|reading|working)(?:\s+\w+){{0,4}}?\s+{_ABOUT})\s+
    )(?:the\s+(?:topic|subject|field|area)\s+of\s+)?"""
)
_TAIL = compiled(
    rf"""(?:
      [\s,;.]+(?:please|thanks?(?:\s+you)?|in\s+(?:this|the)\s+(?:corpus|collection)|out\s+there)
      |\s+{DOCUMENT}(?:[\s,;.]+please)?
      |[,;.]\s*i\s*(?:['’]m|\s+am)\s+(?:writing|working|preparing|doing)\b[^?]*
    )+[\s?.!,;]*\Z"""
)


def subject(text: str) -> str:
    """`text` without the words that only ask; as it is where nothing would be left."""
    found = _TAIL.sub("", _HEAD.sub("", text, count=1), count=1).strip()
    if found != text.strip():
        found = found.rstrip(" ?.!")  # `federated learning` is found alike, however it is asked for
    return found if sum(map(str.isalnum, found)) >= _LEAST else text
