"""What a model sends as a reply: its wrappings off, its torn end off, and whether it is prose."""

from __future__ import annotations

import re

from rag.text.patterns import lazy

_REFERENCES = lazy(
    r"\n\s*[#*_]*\s*(?:references|sources|citations|bibliography)\s*[*_:]*\s*(?:\n|$)",
    re.IGNORECASE,
)
_ENDS = lazy(r"[.!?][*_)\"”]*(?:\s*[\[(【][^\[\]()\n]{1,60}[\])】])*(?=\s|\Z)|\n")
"""The end of a sentence with the keys behind it, or of a line."""


def cleaned(reply: str) -> str:
    """Without thinking that was closed but never opened, a fence around it all, and a list of
    references of the model's own: ours are made from the keys."""
    reply = reply.rpartition("</think>")[2].strip()
    if fenced := re.fullmatch(r"```\w*\n(.*?)\n?```", reply, re.DOTALL):
        reply = fenced[1]
    return _REFERENCES.split(reply, maxsplit=1)[0].strip()


def finished(reply: str) -> str:
    """A reply that was cut, without the sentence that it was cut in; all of it if there is no
    other."""
    ends = [match.end() for match in _ENDS.finditer(reply)]
    return reply[: ends[-1]].rstrip() if ends else reply


def why_unusable(reply: str) -> str:
    """Why a reply is no prose at all; empty when it may be."""
    text = cleaned(reply)
    if not text:
        return "it is empty"
    if re.match(r"<(?:!doctype|html|\?xml)", text, re.IGNORECASE):
        return "it is a web page"
    letters = sum(map(str.isalpha, text))
    if letters < 0.4 * len("".join(text.split())):
        return "it is hardly any letters"
    words = text.casefold().split()
    triples = list(zip(words, words[1:], words[2:], strict=False))
    if len(triples) >= 30 and len(set(triples)) < 0.4 * len(triples):
        return "it repeats itself"
    return ""
