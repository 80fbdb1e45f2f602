"""Ranked papers → what the answer may rest on. A trained reader judges papers and sentences
(`reader`); what follows from its probabilities is decided in `decide`.
"""

from rag.reading.decide import select
from rag.reading.reader import Reading, read

__all__ = ["Reading", "read", "select"]
