"""No test asserts a time, Hypothesis's neither: the first example of a run imports a library."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")
