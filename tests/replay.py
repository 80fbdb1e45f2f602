"""A server on loopback that answers as the services do which papers are fetched from, in the shapes
that these document, about papers that nobody has written.

    with replaying(papers(250)) as server:
        Downloader(where=…, mirror=server.url)

`server.faults` come before any answer, one a request; `server.asked` keeps every request.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

Fault = tuple[int, bytes, Mapping[str, str]]
"""Status, body and headers."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A paper as the services know it."""

    number: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    day: str
    doi: str
    arxiv_id: str


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def papers(count: int, *, first: int = 1) -> list[Written]:
    return [
        Written(
            number=n,
            title=f"Tidal Lanterns Number {n} for Patient Readers",
            abstract=f"We light {n} lanterns by the tide. They burn for {n} hours.",
            authors=(f"Ada Quill{_letters(n)}", "Bo Marsh"),
            day=f"2025-{1 + n % 12:02}-{1 + n % 28:02}",
            doi=f"10.5555/lantern.{n}",
            arxiv_id=f"2501.{n:05}",
        )
        for n in range(first, first + count)
    ]


@dataclass(frozen=True)
class Asked:
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass
class Replay:
    url: str
    written: Sequence[Written]
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hook: Callable[[Asked], None] = lambda asked: None


def _atom(found: Sequence[Written], total: int, start: int) -> bytes:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{p.arxiv_id}v1</id><title>{escape(p.title)}</title>"
        f"<published>{p.day}T10:00:00Z</published><updated>{p.day}T10:00:00Z</updated>"
        f"<summary>{escape(p.abstract)}</summary>"
        + "".join(f"<author><name>{a}</name></author>" for a in p.authors)
        + f'<link href="http://arxiv.org/abs/{p.arxiv_id}v1" rel="alternate" type="text/html"/>'
        f'<arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">{p.doi}</arxiv:doi></entry>'
        for p in found
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>arXiv Query</title><id>http://arxiv.org/api/x</id>"
        '<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"{total}</opensearch:totalResults>"
        '<opensearch:startIndex xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"{start}</opensearch:startIndex>{entries}</feed>"
    ).encode()


def _arxiv(written: Sequence[Written], given: Mapping[str, str]) -> bytes:
    if ids := given.get("id_list"):
        found = [p for p in written if p.arxiv_id in ids.split(",")]
        return _atom(found, len(found), 0)
    start = int(given["start"])
    return _atom(written[start : start + int(given["max_results"])], len(written), start)


def _daily(written: Sequence[Written], given: Mapping[str, str]) -> bytes:
    start = int(given["limit"]) * int(given.get("p", "0"))
    day = [p for p in written if p.day == given["date"]][start : start + int(given["limit"])]
    return json.dumps(
        [
            {
                "paper": {
                    "id": p.arxiv_id,
                    "title": p.title,
                    "summary": p.abstract,
                    "publishedAt": f"{p.day}T00:00:00.000Z",
                    "authors": [{"name": a, "hidden": False} for a in p.authors],
                    "upvotes": p.number,
                },
                "title": p.title,
                "summary": p.abstract,
                "publishedAt": f"{p.day}T00:00:00.000Z",
                "numComments": 2,
            }
            for p in day
        ]
    ).encode()


def _inverted(text: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for at, word in enumerate(text.split()):
        places.setdefault(word, []).append(at)
    return places


def _work(p: Written) -> dict[str, object]:
    return {
        "id": f"https://openalex.org/W{p.number}",
        "doi": f"https://doi.org/{p.doi}",
        "title": p.title,
        "display_name": p.title,
        "publication_date": p.day,
        "publication_year": int(p.day[:4]),
        "ids": {"openalex": f"https://openalex.org/W{p.number}", "doi": p.doi},
        "authorships": [
            {"author": {"id": f"https://openalex.org/A{p.number}", "display_name": a}}
            for a in p.authors
        ],
        "primary_location": {
            "landing_page_url": f"https://doi.org/{p.doi}",
            "source": {"display_name": "Journal of Lanterns"},
        },
        "locations": [{"landing_page_url": f"http://arxiv.org/abs/{p.arxiv_id}"}],
        "abstract_inverted_index": _inverted(p.abstract),
    }


def _words(text: str) -> set[str]:
    return set(text.casefold().split())


def _openalex(written: Sequence[Written], given: Mapping[str, str]) -> bytes:
    filters = given.get("filter", "")
    if filters.startswith("doi:"):
        written = [p for p in written if p.doi in filters[4:].split("|")]
    elif filters.startswith("title.search:"):
        wanted = _words(filters.partition(":")[2])
        written = [p for p in written if wanted <= _words(p.title)]
    start = 0 if given.get("cursor", "*") == "*" else int(given["cursor"].removeprefix("c="))
    found = written[start : start + int(given["per_page"])]
    behind = f"c={start + len(found)}" if found else None
    meta = {"count": len(written), "per_page": int(given["per_page"]), "next_cursor": behind}
    return json.dumps({"meta": meta, "results": [_work(p) for p in found], "group_by": []}).encode()


def _s2(written: Sequence[Written], given: Mapping[str, str]) -> bytes:
    size = 1000
    start = int(given.get("token", "0"))
    found = written[start : start + size]
    data = [
        {
            "paperId": f"{p.number:040x}",
            "externalIds": {"DOI": p.doi, "ArXiv": p.arxiv_id},
            "url": f"https://www.semanticscholar.org/paper/{p.number:040x}",
            "title": p.title,
            "abstract": p.abstract if p.number % 2 else None,
            "year": int(p.day[:4]),
            "publicationDate": p.day,
            "openAccessPdf": {"url": ""},
            "authors": [{"authorId": str(p.number), "name": a} for a in p.authors],
        }
        for p in found
    ]
    token = {"token": str(start + size)} if start + size < len(written) else {}
    return json.dumps({"total": len(written), **token, "data": data}).encode()


def _item(p: Written) -> dict[str, object]:
    year, month, day = map(int, p.day.split("-"))
    return {
        "DOI": p.doi,
        "URL": f"https://doi.org/{p.doi}",
        "type": "journal-article",
        "title": [p.title],
        "container-title": ["Journal of Lanterns"],
        "abstract": f"<jats:p>{escape(p.abstract)}</jats:p>",
        "author": [
            {"given": a.split()[0], "family": a.split()[1], "sequence": "first", "affiliation": []}
            for a in p.authors
        ],
        "issued": {"date-parts": [[year, month, day]]},
        "published": {"date-parts": [[year, month, day]]},
        "reference": [{"key": "r1", "article-title": "An Older Lantern", "year": "1990"}],
        "relation": {},
    }


def _crossref(written: Sequence[Written], given: Mapping[str, str]) -> bytes:
    filters = given.get("filter", "")
    if filters.startswith("doi:"):
        dois = {one.removeprefix("doi:") for one in filters.split(",")}
        written = [p for p in written if p.doi in dois]
    elif "query.title" in given:
        wanted = _words(given["query.title"])
        written = sorted(written, key=lambda p: -len(wanted & _words(p.title)))
    start, rows = int(given.get("offset", "0")), int(given["rows"])
    items = [_item(p) for p in written[start : start + rows]]
    message = {
        "facets": {},
        "total-results": len(written),
        "items": items,
        "items-per-page": rows,
        "query": {"start-index": start, "search-terms": given.get("query")},
    }
    whole = {"status": "ok", "message-type": "work-list", "message-version": "1.0.0"}
    return json.dumps({**whole, "message": message}).encode()


def _esearch(written: Sequence[Written], given: Mapping[str, str]) -> bytes:
    start = int(given["retstart"])
    found = written[start : start + int(given["retmax"])]
    result = {
        "count": str(len(written)),
        "retmax": str(len(found)),
        "retstart": str(start),
        "idlist": [str(9000 + p.number) for p in found],
    }
    return json.dumps({"header": {"type": "esearch"}, "esearchresult": result}).encode()


def _efetch(written: Sequence[Written], given: Mapping[str, str]) -> bytes:
    ids = given["id"].split(",")
    articles = "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{9000 + p.number}</PMID><Article>"
        f"<ArticleTitle>{escape(p.title)}</ArticleTitle>"
        f"<Abstract><AbstractText>{escape(p.abstract)}</AbstractText></Abstract><AuthorList>"
        + "".join(
            f'<Author ValidYN="Y"><LastName>{a.split()[1]}</LastName>'
            f"<ForeName>{a.split()[0]}</ForeName></Author>"
            for a in p.authors
        )
        + f'</AuthorList><ELocationID EIdType="doi">{p.doi}</ELocationID></Article>'
        "</MedlineCitation></PubmedArticle>"
        for p in written
        if str(9000 + p.number) in ids
    )
    return f'<?xml version="1.0" ?>\n<PubmedArticleSet>{articles}</PubmedArticleSet>'.encode()


_SERVICES = {
    "/arxiv/api/query": _arxiv,
    "/hf-daily/api/daily_papers": _daily,
    "/openalex/works": _openalex,
    "/semanticscholar/graph/v1/paper/search/bulk": _s2,
    "/crossref/works": _crossref,
    "/pubmed/entrez/eutils/esearch.fcgi": _esearch,
    "/pubmed/entrez/eutils/efetch.fcgi": _efetch,
}


class _Handler(BaseHTTPRequestHandler):
    replay: Replay

    def do_GET(self) -> None:
        parts = urlsplit(self.path)  # of a proxy it is asked for the whole address
        given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        asked = Asked(parts.path, given, dict(self.headers))
        self.replay.asked.append(asked)
        self.replay.hook(asked)
        if self.replay.faults:
            status, body, headers = self.replay.faults.pop(0)
            self._send(status, body, headers)
        elif answer := _SERVICES.get(parts.path):
            self._send(200, answer(self.replay.written, given), {})
        else:
            self._send(404, b"nothing here", {})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def replaying(written: Sequence[Written]) -> Iterator[Replay]:
    handler = type("Bound", (_Handler,), {})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    replay = Replay(f"http://127.0.0.1:{httpd.server_port}", written)
    handler.replay = replay  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield replay
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
