"""A long list in groups: papers that are alike, under the words that set them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag.ports import Vectors
from rag.reading.reader import Read
from rag.records import PaperGroup
from rag.storage.corpus_map import labels

FROM = 8
"""Papers from which a list is grouped: fewer are seen at a glance."""
_EACH = 5
"""Papers in a group, about."""


def grouped(papers: Sequence[Read], topic: str) -> tuple[PaperGroup, ...]:
    """`papers`, best first, in groups, that of the best paper first. None for a short list, and
    where sentences have no vectors. The words of `topic` are those of all groups and name none."""
    vectors = [[s.vector for s in one.sentences if s.vector is not None] for one in papers]
    if len(papers) < FROM or not all(vectors):
        return ()
    means = np.stack([np.mean(own, axis=0) for own in vectors])
    owner = together(means - means.mean(axis=0), round(len(papers) / _EACH))
    words = "|".join(map(re.escape, topic.split())) or "(?!)"  # of no words, nothing
    said = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    texts = [(said.sub(".", one.paper.title), said.sub(".", one.paper.abstract)) for one in papers]
    names = labels(texts, owner)
    ids = [one.paper.paper_id for one in papers]
    return tuple(
        PaperGroup(
            name=name, papers=tuple(i for i, at in zip(ids, owner, strict=True) if at == group)
        )
        for group, name in enumerate(names)
    )


def together(vectors: Vectors, count: int) -> list[int]:
    """(n,) the group of each vector, numbered as they first appear; none is of one vector alone.
    Ward 1963: those two groups are joined whose joining adds least to the squared distances from
    the groups' centres."""
    groups = [[at] for at in range(len(vectors))]
    while len(groups) > max(1, count) or (len(groups) > 1 and min(map(len, groups)) == 1):
        centres = np.stack([vectors[group].mean(axis=0) for group in groups])
        sizes = np.array([len(group) for group in groups], float)
        apart = ((centres[:, None] - centres[None]) ** 2).sum(axis=2)
        cost = apart * (sizes[:, None] * sizes[None]) / (sizes[:, None] + sizes[None])
        np.fill_diagonal(cost, np.inf)
        if len(groups) <= max(1, count):  # only what stands alone is joined to others
            cost[~(np.minimum(sizes[:, None], sizes[None]) == 1)] = np.inf
        one, other = sorted(divmod(int(cost.argmin()), len(groups)))
        groups[one] = sorted(groups[one] + groups.pop(other))
    owner = [0] * len(vectors)
    for at, group in enumerate(sorted(groups)):
        for place in group:
            owner[place] = at
    return owner
