"""The services that papers are searched for in: how a query becomes pages, and how the next page is
named. Shapes are as each service documents them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from ingest.fetch.asked import Ask, Page, Query, Source, odd
from rag.adapters import defusedxml_elements
from rag.errors import BadInput

_EARLIEST = datetime.date(1991, 1, 1)
_LATEST = datetime.date(2099, 12, 31)
_S2_FIELDS = "title,abstract,authors,year,publicationDate,externalIds,url,openAccessPdf"
_HF_SIZE = 100


def object_of(body: bytes, who: str) -> dict[str, Any]:
    """A reply in JSON. Raises FetchFailed."""
    value = _json(body, who)
    if not isinstance(value, dict):
        raise odd(who, "JSON that is no object")
    return value


def list_in(value: dict[str, Any], name: str, who: str) -> list[Any]:
    found = value.get(name)
    if not isinstance(found, list):
        raise odd(who, f"a reply without the list “{name}”")
    return found


def _json(body: bytes, who: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise odd(who, "what is no JSON") from error


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _elements(body: bytes, names: tuple[str, ...], who: str) -> Iterator[Any]:
    try:
        for _, element in defusedxml_elements.elements([body.lstrip()], names):
            yield element
    except BadInput as error:
        raise odd(who, f"XML that breaks off ({error.message})") from error


def atom_page(body: bytes, at: str) -> Page:
    """A page of arXiv's feed that begins at record `at`. Raises FetchFailed."""
    entries, total = 0, None
    for element in _elements(body, ("entry", "totalResults"), "arXiv"):
        if element.tag == "entry":
            told = element.findtext("id") or ""
            if "/api/errors" in told:
                raise BadInput(
                    f"arXiv does not understand the query: {element.findtext('summary') or told}",
                    remedy='Queries are of the form cat:cs.LG AND all:"entropy collapse".',
                )
            entries += 1
        elif (element.text or "").strip().isdecimal():
            total = int(element.text)
    if total is None:
        raise odd("arXiv", "what is no feed of papers")
    start = int(at or 0)
    if not entries and start < total:
        raise odd("arXiv", "an empty page, though there are more papers")
    behind = start + entries
    return Page(records=entries, total=total, next=str(behind) if behind < total else None)


def _arxiv_ask(query: Query, at: str, size: int) -> Ask:
    words = query.words
    if query.since or query.until:
        first, last = query.since or _EARLIEST, query.until or _LATEST
        words = f"({words}) AND submittedDate:[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]"
    return Ask(
        path="/api/query",
        params=(
            ("search_query", words),
            ("start", at or "0"),
            ("max_results", str(size)),
            ("sortBy", "submittedDate"),
            ("sortOrder", "descending"),
        ),
    )


def _hf_ask(query: Query, at: str, size: int) -> Ask:
    day, _, page = (at or f"{query.since}").partition(" ")
    params = [("date", day), ("limit", str(_HF_SIZE))]
    return Ask(path="/api/daily_papers", params=(*params, ("p", page)) if page else tuple(params))


def _hf_read(body: bytes, query: Query, at: str) -> Page:
    papers = _json(body, "Hugging Face")
    if not isinstance(papers, list):
        raise odd("Hugging Face", "JSON that is no list of papers")
    day, _, page = (at or f"{query.since}").partition(" ")
    if len(papers) >= _HF_SIZE:
        return Page(records=len(papers), next=f"{day} {int(page or 0) + 1}")
    following = datetime.date.fromisoformat(day) + datetime.timedelta(days=1)
    last = query.until or following
    return Page(records=len(papers), next=following.isoformat() if following <= last else None)


def _openalex_ask(query: Query, at: str, size: int) -> Ask:
    filters = ["has_abstract:true"]
    filters += [f"from_publication_date:{query.since}"] if query.since else []
    filters += [f"to_publication_date:{query.until}"] if query.until else []
    return Ask(
        path="/works",
        params=(
            ("search", query.words),
            ("filter", ",".join(filters)),
            ("per_page", str(size)),
            ("cursor", at or "*"),
        ),
    )


def _openalex_read(body: bytes, query: Query, at: str) -> Page:
    reply = object_of(body, "OpenAlex")
    works = list_in(reply, "results", "OpenAlex")
    meta = reply.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    behind = meta.get("next_cursor")
    return Page(
        records=len(works),
        total=_count(meta.get("count")),
        next=behind if works and isinstance(behind, str) and behind else None,
    )


def _s2_ask(query: Query, at: str, size: int) -> Ask:
    params = [("query", query.words), ("fields", _S2_FIELDS), ("sort", "publicationDate:desc")]
    if query.since or query.until:
        params.append(("publicationDateOrYear", f"{query.since or ''}:{query.until or ''}"))
    return Ask(
        path="/graph/v1/paper/search/bulk",
        params=(*params, ("token", at)) if at else tuple(params),
    )


def _s2_read(body: bytes, query: Query, at: str) -> Page:
    reply = object_of(body, "Semantic Scholar")
    papers = list_in(reply, "data", "Semantic Scholar")
    token = reply.get("token")
    return Page(
        records=len(papers),
        total=_count(reply.get("total")),
        next=token if papers and isinstance(token, str) and token else None,
    )


def _crossref_ask(query: Query, at: str, size: int) -> Ask:
    """By offset: a cursor of theirs lives for five minutes, and a run that is stopped goes on."""
    filters = ["has-abstract:true"]
    filters += [f"from-pub-date:{query.since}"] if query.since else []
    filters += [f"until-pub-date:{query.until}"] if query.until else []
    return Ask(
        path="/works",
        params=(
            ("query", query.words),
            ("filter", ",".join(filters)),
            ("rows", str(size)),
            ("offset", at or "0"),
        ),
    )


def crossref_items(body: bytes) -> tuple[list[Any], int | None]:
    """The works of a reply, and how many there are in all. Raises FetchFailed."""
    message = object_of(body, "Crossref").get("message")
    if not isinstance(message, dict):
        raise odd("Crossref", "a reply without a message")
    return list_in(message, "items", "Crossref"), _count(message.get("total-results"))


def _crossref_read(body: bytes, query: Query, at: str) -> Page:
    items, total = crossref_items(body)
    behind = int(at or 0) + len(items)
    more = items and (total is None or behind < total)
    return Page(records=len(items), total=total, next=str(behind) if more else None)


def _pubmed_ask(query: Query, at: str, size: int) -> Ask:
    """Two requests a page: the ids from a place on (`at` is that place), then the records of these
    ids (`at` is `place total id,id,…`)."""
    start, _, rest = (at or "0").partition(" ")
    if rest:
        ids = rest.partition(" ")[2]
        params = [("db", "pubmed"), ("retmode", "xml"), ("id", ids)]
        return Ask(path="/entrez/eutils/efetch.fcgi", params=tuple(params))
    params = [
        ("db", "pubmed"),
        ("term", f"({query.words}) AND hasabstract"),
        ("retmode", "json"),
        ("retstart", start),
        ("retmax", str(size)),
        ("sort", "pub_date"),
    ]
    if query.since or query.until:
        first, last = query.since or _EARLIEST, query.until or _LATEST
        params += [("datetype", "pdat"), ("mindate", f"{first:%Y/%m/%d}")]
        params += [("maxdate", f"{last:%Y/%m/%d}")]
    return Ask(path="/entrez/eutils/esearch.fcgi", params=tuple(params))


def _pubmed_read(body: bytes, query: Query, at: str) -> Page:
    start, _, rest = (at or "0").partition(" ")
    if not rest:
        return _pubmed_ids(body, start)
    total, _, ids = rest.partition(" ")
    found = sum(1 for _ in _elements(body, ("PubmedArticle", "PubmedBookArticle"), "PubMed"))
    behind = int(start) + ids.count(",") + 1
    more = behind < int(total)
    return Page(records=found, total=int(total), next=str(behind) if more else None)


def _pubmed_ids(body: bytes, start: str) -> Page:
    result = object_of(body, "PubMed").get("esearchresult")
    if not isinstance(result, dict) or "ERROR" in result:
        raise odd("PubMed", "no list of ids")
    ids = [i for i in list_in(result, "idlist", "PubMed") if isinstance(i, str) and i.isdecimal()]
    told = str(result.get("count", ""))
    total = int(told) if told.isdecimal() else len(ids)
    return Page(records=0, total=total, next=f"{start} {total} {','.join(ids)}" if ids else None)


ARXIV = Source(
    name="arxiv",
    told="arXiv",
    base="https://export.arxiv.org",
    interval_s=3.0,
    size=200,
    most=30_000,
    ending="xml",
    ask=_arxiv_ask,
    read=lambda body, query, at: atom_page(body, at),
)
HF_DAILY = Source(
    name="hf-daily",
    told="Hugging Face daily papers",
    base="https://huggingface.co",
    interval_s=1.0,
    size=_HF_SIZE,
    ending="json",
    ask=_hf_ask,
    read=_hf_read,
)
OPENALEX = Source(
    name="openalex",
    told="OpenAlex",
    base="https://api.openalex.org",
    interval_s=0.2,
    size=100,
    ending="json",
    ask=_openalex_ask,
    read=_openalex_read,
    contact_param="mailto",
    key="openalex_api_key",
    key_param="api_key",
)
SEMANTIC_SCHOLAR = Source(
    name="semanticscholar",
    told="Semantic Scholar",
    base="https://api.semanticscholar.org",
    interval_s=1.1,
    size=1000,
    ending="json",
    ask=_s2_ask,
    read=_s2_read,
    key="semanticscholar_api_key",
    key_header="x-api-key",
)
CROSSREF = Source(
    name="crossref",
    told="Crossref",
    base="https://api.crossref.org",
    interval_s=1.0,
    size=100,
    most=10_000,
    ending="json",
    ask=_crossref_ask,
    read=_crossref_read,
    contact_param="mailto",
)
PUBMED = Source(
    name="pubmed",
    told="PubMed",
    base="https://eutils.ncbi.nlm.nih.gov",
    interval_s=0.4,
    size=200,
    most=9_999,
    ending="xml",
    ask=_pubmed_ask,
    read=_pubmed_read,
    contact_param="email",
    key="ncbi_api_key",
    key_param="api_key",
)
SEARCHED = {
    one.name: one for one in (ARXIV, HF_DAILY, OPENALEX, SEMANTIC_SCHOLAR, CROSSREF, PUBMED)
}
"""By the name that `citewell fetch` takes."""
