"""What questions ask for that no record of a paper holds: where authors work, where a paper
appeared, how often it is cited. A closed vocabulary: other words are searched for.
"""

from __future__ import annotations

import re

from rag.question.schema import Unrecorded
from rag.text.patterns import lazy

_BEHIND = r"(?:from|by|at|of|in)\s+(?:the\s+)?"
ORGANISATION = (
    r"(?:Google|DeepMind|OpenAI|Meta|Facebook|Microsoft|Apple|NVIDIA|Nvidia|Amazon|IBM|Anthropic|Baidu"
    r"|Alibaba|Tencent|ByteDance|Huawei|Samsung|Stanford|Berkeley|MIT|CMU|Harvard|Princeton|Oxford"
    r"|Cambridge|ETH|EPFL|Tsinghua|Peking\s+University|\w+\s+University|University\s+of)"
)
_VENUES = (
    r"(?:NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|ACL|EMNLP|NAACL|COLING|CVPR|ICCV|ECCV|CoRL|ICRA|IROS|KDD"
    r"|SIGIR|INTERSPEECH|ICASSP|JMLR|TMLR|TPAMI|Nature)"
)
_SIGNS: tuple[tuple[Unrecorded, re.Pattern[str]], ...] = (
    (
        "affiliations",
        lazy(
            rf"\b{_BEHIND}{ORGANISATION}\b"
            r"|(?i:\baffiliat\w+|\bwhich\s+(?:labs?|univer\w+|compan\w+))\b"
        ),
    ),
    ("venues", lazy(rf"\b{_BEHIND}{_VENUES}\b|\b{_VENUES}\s+(?:['’]?\d{{2,4}}\s+)?papers?\b")),
    (
        "citations",
        lazy(
            r"(?i:\b(?:most|highly|least)[-\s]cited\b|\bcitation\s+counts?\b"
            r"|\bhow\s+often\b.*\bcited\b)"
        ),
    ),
)


_AUTHORS = lazy(
    r"\bby\s+(?!(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b)[A-Z][a-z]+(?:\s+[A-Z][a-z.]+)+|\bet\s+al\b"
    r"|\b(?:did|has|have)\s+(?:[A-Z][a-z.]+\s+)+(?:ever\s+)?(?:publish|wr[io]t|author)"
    r"|\b[A-Z][a-z]+['’]s\s+papers\b"
)


def unrecorded(text: str, *, authors: bool) -> tuple[Unrecorded, ...]:
    """What `text` asks for that is not recorded of papers. `authors`: whether any has a name of
    its authors."""
    found = [what for what, sign in _SIGNS if sign.search(text)]
    return ("authors", *found) if not authors and _AUTHORS.search(text) else tuple(found)
