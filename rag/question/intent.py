from dataclasses import dataclass

from rag.question.kinds import asks_whether, kind_of


@dataclass(frozen=True)
class IntentGuess:
    intent: str
    answer_type: str
    probability: float = 0.9


def read_intent(text, vector=None):
    k = kind_of(text)
    from rag.question.intents import term_asked

    if k == "explain" and term_asked(text):
        k = "define"
    return IntentGuess(k, "yes_no" if asks_whether(text) else "none")
