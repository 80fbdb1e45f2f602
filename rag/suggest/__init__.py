"""Questions worth asking of a corpus, each asked of it before it is offered: those that go on from
an answer, and examples for who has not asked yet. Quoted sentences answer them; no model and no
server is asked, so they cost nothing.
"""

from __future__ import annotations

from rag.suggest.examples import Example, examples
from rag.suggest.following import next_questions

__all__ = ["Example", "examples", "next_questions"]
