"""Pages saved as HTML. A page that carries its papers as data (JSON for its own scripts, or the
citation tags that indexes read) gives these; any other is read as the text that it shows, by the
rules of listing pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from ingest.readers import json_records, listing
from ingest.readers.base import Item, Options, Raw
from ingest.readers.text import Text

_APART = frozenset(
    "address article aside blockquote body br dd details div dl dt fieldset figcaption figure"
    " footer"
    " form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td tfoot th"
    " thead title tr ul".split()
)
_UNSEEN = frozenset(
    "script style noscript template svg math-field select button nav footer head iframe".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_DATA = ("data-props", "data-page", "data-state")
_CITATION = {
    "citation_title": "title",
    "citation_abstract": "abstract",
    "citation_author": "authors",
    "citation_publication_date": "published",
    "citation_date": "published",
    "citation_online_date": "published",
    "citation_doi": "doi",
    "citation_arxiv_id": "arxiv_id",
    "citation_abstract_html_url": "url",
    "dc.title": "title",
    "dc.description": "abstract",
    "dc.creator": "authors",
    "dc.date": "published",
    "dc.identifier": "doi",
    "og:description": "abstract",
    "description": "abstract",
}


class _Parser(HTMLParser):
    """Lines of what is shown, each with the line it begins in, and what stands there as data."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []
        self.data: list[str] = []
        self.tags: dict[str, list[str]] = {}
        self._words: list[str] = []
        self._began = 1
        self._unseen: list[str] = []
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.data += [value for name in _DATA if (value := held.get(name, "")).startswith("{")]
        if tag == "meta":
            name = (held.get("name") or held.get("property") or "").lower()
            if field := _CITATION.get(name):
                self.tags.setdefault(field, []).append(held.get("content", ""))
        if tag == "script" and "json" in held.get("type", ""):
            self._script = []
        if tag in _APART:
            self.end_line()
        if tag in _UNSEEN and tag not in _VOID:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            self.data.append("".join(self._script))
            self._script = None
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
        if tag in _APART:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)
        elif not self._unseen and data.strip():
            if not self._words:
                self._began = self.getpos()[0]
            self._words.append(data)
        elif not self._unseen and self._words:
            self._words.append(" ")

    def end_line(self) -> None:
        if self._words:
            self.lines.append((self._began, " ".join("".join(self._words).split())))
            self._words = []


def read(page: Text, options: Options) -> Iterator[Item]:
    parser = _Parser()
    text = "\n".join(line or "" for _, line in page.lines())
    try:
        parser.feed(text)
        parser.close()
    except (AssertionError, ValueError, RecursionError):  # what broken HTML makes it do
        pass
    parser.end_line()
    found = [*_of_data(parser.data), *_of_tags(parser.tags)]
    if found:
        yield from found
        return
    page_year = options.year
    yield from listing.of_lines(parser.lines, page_year)


def _of_data(data: list[str]) -> Iterator[Item]:
    """Papers with an abstract out of the page's own data; each once."""
    seen: set[str] = set()
    for text in data:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for known, _ in json_records.inside(value):
            mark = json.dumps(
                [known.fields.get("title"), known.fields.get("abstract")], default=str
            )
            if known.is_titled and known.fields.get("abstract") and mark not in seen:
                seen.add(mark)
                yield Raw(line=1, fields=known.fields, source=known.source)


def _of_tags(tags: dict[str, list[str]]) -> Iterator[Item]:
    """The paper that the page is about."""
    if tags.get("title") and any(len(text) > 100 for text in tags.get("abstract", ())):
        authors = [re.sub(r"\s+", " ", name) for name in tags.get("authors", ())]
        texts = sorted(tags["abstract"], key=len, reverse=True)
        yield Raw(
            line=1,
            fields={
                **{field: tuple(found) for field, found in tags.items()},
                "title": tags["title"][0],
                "abstract": tuple(texts),
                "authors": authors,
            },
        )
