"""Twins of the adapters that need nothing outside: for our tests and for those of our users."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.errors import BadReply, ModelServerError
from rag.ports import Delta, Message


class ScriptedChat:
    """The ChatModel port, replaying a script: each call takes the next entry.

    An entry is a text, an error to raise at once, or a pair of the text that still comes and the
    error that follows it. `calls` keeps the messages of each call. Tokens are counted as four
    characters each; `tells_usage=False` is a server that does not report them.

        model = ScriptedChat(["CURE keeps entropy up [E1]."])
    """

    def __init__(
        self,
        script: Sequence[str | ModelServerError | tuple[str, ModelServerError]],
        *,
        name: str = "scripted",
        max_prompt_tokens: int = 6000,
        tells_usage: bool = True,
    ) -> None:
        self.name = name
        self.max_prompt_tokens = max_prompt_tokens
        self.calls: list[tuple[Message, ...]] = []
        self._script = list(script)
        self._tells_usage = tells_usage

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(4 + len(message.content) // 4 for message in messages)

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Delta]:
        """Raises what the script says, and BadReply for an empty text or a script at its end."""
        self.calls.append(tuple(messages))
        if not self._script:
            raise BadReply("The script has no reply left.", remedy="Give ScriptedChat another one.")
        entry = self._script.pop(0)
        if isinstance(entry, ModelServerError):
            raise entry
        text, error = (entry, None) if isinstance(entry, str) else entry
        pieces = re.findall(r"\s*\S+\s*?", text)
        for piece in pieces[:max_tokens]:
            yield Delta(text=piece)
        if error is not None:
            raise error
        if not pieces:
            raise BadReply("The reply is empty.", remedy="Give ScriptedChat a text.")
        if self._tells_usage:
            yield Delta(
                prompt_tokens=self.count_tokens(messages),
                completion_tokens=min(len(pieces), max_tokens),
            )
