"""Text of others as it stands in a prompt or in a field: on one line, able to pass for nothing but
text."""

from __future__ import annotations

import re


def as_data(text: str) -> str:
    """`text` on one line, with nothing in it that closes a tag, opens one, or controls a template.

    `</abstracts>`, `<|im_end|>`, `<s>`, `[INST]` and a key of evidence (`[E1]`) lose their meaning,
    `p<0.05` stays."""
    text = re.sub(r"<(?=[A-Za-z/|!<])", "< ", " ".join(text.split()))
    return re.sub(r"\[(?=/?(?:INST|SYS|E\d))", "[ ", text)


def one_line(text: str) -> str:
    """`text` on one line, without control characters and lone surrogates."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


def clipped(text: str, chars: int) -> str:
    """At most about `chars` characters, cut between words."""
    return text if len(text) <= chars else text[:chars].rsplit(" ", 1)[0] + " …"
