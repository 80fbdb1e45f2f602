"""Elements out of XML of any length with defusedxml: entities that a file declares itself, which
can blow up or read other files, end it with an error."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from rag.errors import BadInput

_MOST_CHARACTERS = 8 * 1024 * 1024
"""Of one element that is asked for."""
_MOST_DEEP = 100


class _Target:
    """Builds the elements of `wanted` names and nothing else. Names are without namespace."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = wanted
        self._builder: Any = None
        self._open: list[str] = []
        self._size = 0
        self.line: Any = None
        self._began = 0
        self.root = ""
        self.done: list[tuple[int, Any]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        from xml.etree.ElementTree import TreeBuilder

        name = _local(tag)
        self.root = self.root or name
        if self._builder is None:
            if name not in self._wanted:
                return
            self._builder, self._size, self._began = TreeBuilder(), 0, self.line()
        self._open.append(name)
        if len(self._open) > _MOST_DEEP:
            raise BadInput("its elements nest too deep", line=self.line())
        self._builder.start(name, {_local(key): value for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        if self._builder is None:
            return
        self._builder.end(self._open.pop())
        if not self._open:
            self.done.append((self._began, self._builder.close()))
            self._builder = None

    def data(self, text: str) -> None:
        if self._builder is None:
            return
        self._size += len(text)
        if self._size > _MOST_CHARACTERS:
            raise BadInput("one of its records is larger than 8 MB", line=self._began)
        self._builder.data(text)

    def close(self) -> None:
        pass


def elements(chunks: Iterable[bytes], wanted: Collection[str]) -> Iterator[tuple[int, Any]]:
    """(line, element) for each outermost element of one of the `wanted` local names, as
    `xml.etree` has them. Raises BadInput, with the line, where the XML breaks off."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, ParseError

    target = _Target(wanted)
    parser = DefusedXMLParser(target=target)
    target.line = lambda: parser.parser.CurrentLineNumber
    try:
        for chunk in chunks:
            parser.feed(chunk)
            yield from target.done
            target.done.clear()
        parser.close()
    except ParseError as error:
        # What is whole before the break is kept.
        yield from target.done
        line, _ = getattr(error, "position", (None, 0))
        raise BadInput(f"the XML cannot be read on: {error}", line=line) from error
    except DefusedXmlException as error:
        yield from target.done
        raise BadInput(
            "the XML declares entities of its own, which are not followed", line=target.line()
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise BadInput(f"the XML cannot be read: {error}", line=1) from error


def _local(name: str) -> str:
    return name.rpartition("}")[2]
