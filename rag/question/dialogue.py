import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TurnBefore:
    text: str
    vector: object
    papers: int
    names: tuple


@dataclass(frozen=True)
class ActGuess:
    act: str
    probability: float = 0.9


def read_act(turn, vector, last):
    t = turn.lower()
    if re.search(
        r"\b(those|these|them|they|it|its|that paper|second|first|third|both|which one)\b", t
    ):
        return ActGuess("refers")
    if re.match(r"(any )?(others?|more)\b", t):
        return ActGuess("continues")
    if re.match(r"(and|what about|how about|only|no,|without|in |from|with )", t):
        return ActGuess("refines")
    return ActGuess("new_topic")
