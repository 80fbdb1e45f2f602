"""What questions ask for that no record of a paper holds: where authors work, where a paper
appeared. A closed vocabulary: other words are searched for.
"""

from __future__ import annotations

import re

from rag.question.schema import Unrecorded
from rag.text.patterns import lazy

ORGANISATION = (
    r"(?:Google|DeepMind|OpenAI|Meta|Facebook|Microsoft|Apple|N(?:VIDIA|vidia)|Amazon|IBM|Anthropic"
    r"|Baidu|Alibaba|Tencent|ByteDance|Huawei|Samsung|Stanford|Berkeley|MIT|CMU|Harvard|Princeton"
    r"|Oxford|Cambridge|ETH|EPFL|Tsinghua|\w+\s+University|University\s+of)\b"
)
_VENUE = (
    r"(?:NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|ACL|EMNLP|NAACL|CVPR|ICCV|ECCV|CoRL|ICRA|IROS|KDD|SIGIR)"
)
_BEHIND = r"\b(?:from|by|at|of|in)\s+(?:the\s+)?"
_SIGNS: dict[Unrecorded, re.Pattern[str]] = {
    "authors": lazy(
        r"\bby\s+[A-Z][a-z]+(?:\s+[A-Z][a-z.]+)+|\bet\s+al\b|\b[A-Z][a-z]+['’]s\s+papers\b"
        r"|\b(?:did|has|have)\s+(?:[A-Z][a-z.]+\s+)+(?:ever\s+)?(?:publish|wr[io]t|author)"
    ),
    "affiliations": lazy(
        rf"{_BEHIND}{ORGANISATION}|(?i:\baffiliat\w+|\b(?:which|what)\s+(?:labs?|univer\w+|compan\w+))"
    ),
    "venues": lazy(rf"{_BEHIND}{_VENUE}\b|\b{_VENUE}\s+(?:['’]?\d{{2,4}}\s+)?papers?\b"),
    "citations": lazy(r"(?i:\b(?:most|highly|least)[-\s]cited\b|\bcitation\s+counts?\b)"),
}  # fmt: skip


def unrecorded(text: str, *, authors: bool) -> tuple[Unrecorded, ...]:
    """What `text` asks for that is not recorded of papers. `authors`: whether any has a name of
    its authors."""
    found = (what for what, sign in _SIGNS.items() if sign.search(text))
    return tuple(what for what in found if what != "authors" or not authors)
