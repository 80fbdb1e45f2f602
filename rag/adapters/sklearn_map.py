"""Papers on a plane, and in clusters: scikit-learn's t-SNE and k-means. Slow to import (about a
second), so it is imported when a map is drawn. It knows vectors alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors

_PERPLEXITY = 30.0
_ALIKE = 1e-6
_SEED = 0
"""The same corpus gives the same map, on the same machine."""


def project(vectors: Vectors) -> Vectors:
    """(n, 2) places on a plane for unit vectors (n, d): what is near stays near, and distances
    between far groups mean little. t-SNE (van der Maaten and Hinton 2008) in Barnes and Hut's
    approximation, begun from the principal components."""
    count = len(vectors)
    if count < 4:  # too few for a neighbourhood
        return np.asarray([(i, 0.0) for i in range(count)], np.float32).reshape(-1, 2)
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    spread = float(np.ptp(vectors, axis=0).max())
    # One core: more gain little, wait for each other, and change the map from run to run.
    with threadpool_limits(1):
        drawn = TSNE(
            n_components=2,
            perplexity=min(_PERPLEXITY, (count - 1) / 3),
            init="pca" if spread > _ALIKE else "random",  # of nothing there are no components
            random_state=_SEED,
        ).fit_transform(np.asarray(vectors, np.float32))
    return np.asarray(drawn, np.float32)


def cluster(vectors: Vectors, count: int) -> NDArray[np.int32]:
    """(n,) for each of the unit vectors (n, d) one of at most `count` clusters, largest first.
    k-means; on unit vectors it groups by cosine."""
    if count < 2 or len(vectors) <= count:
        return np.zeros(len(vectors), np.int32)
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        labels = KMeans(count, n_init=4, random_state=_SEED).fit(np.asarray(vectors)).labels_
    sizes = np.bincount(labels, minlength=count)
    rank = np.empty(count, np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(count, dtype=np.int32)
    return np.asarray(rank[labels], np.int32)
