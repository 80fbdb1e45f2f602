# ruff: noqa: E501, W291 - samples have lines as long as their kind has
"""Files of every format, made up in content and true in shape: recognised by content alone, read,
and counted."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers import FORMATS, ReadResult, compressed, read, read_bytes
from rag.adapters import zstd_chunks
from rag.errors import BadInput

GLOW = "We measure how glow-worms pulse. The pulse lasts 3 s and falls with the cold."
TIDE = "We watch tide pools for a year. Two of nine pools lose their snails."

BIB = r"""
@string{jsl = "J. Small Lights"}
@article{nagyGlow2021,
  title = {The Pulse of {{Glow-Worms}} in the Cold},
  author = {Nagy, Zs{\'o}fia and van der Meer, Pim and {Night Group}},
  date = {2021-05-04}, journaltitle = jsl, doi = {10.5555/glow.1},
  abstract = {We measure how glow-worms pulse. The pulse lasts 3\,s and falls with the cold \& dark.},
}
@inproceedings{roe-2020-tide,
    title = "Snails of Tide Pools",
    author = "Roe, Ann  and
      L{\"o}we, Kim",
    month = jul, year = "2020", eprint = {2007.01234}, archivePrefix = {arXiv},
    abstract = "We watch tide pools for a year. Two of nine pools lose their snails."
}
@book{bare, title={A Book Alone}, author={Qu, Lin}, year={2001}}
@article{broken, title={Never {closed}, abstract={x}
@misc{last, title={After the Broken One}, abstract={It is read all the same.}}
"""
RIS = f"""TY  - JOUR
AU  - Nagy, Zsófia
AU  - van der Meer, Pim
TI  - The Pulse of Glow-Worms in the Cold
DA  - MAY 4
PY  - 2021
DO  - 10.5555/glow.1
AB  - {GLOW[:32]}
{GLOW[33:]}
ER  -

TY  - CONF
T1  - Snails of Tide Pools
A1  - Roe, Ann
Y1  - 2020/07//
N2  - {TIDE}
ER  -
TY  - BOOK
TI  - A Book Alone
ER  - 
"""
NBIB = f"""
PMID- 20000001
DP  - 2021 May 4
TI  - The Pulse of Glow-Worms
      in the Cold.
AB  - BACKGROUND: Nights are cold. METHODS: {GLOW}
FAU - Nagy, Zsófia
AU  - Nagy Z
LID - 10.5555/glow.1 [doi]

PMID- 20000002
TI  - [Snails of Tide Pools].
AB  - {TIDE}
FAU - Roe, Ann
"""
WOS = f"""FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Nagy, Z
   van der Meer, P
AF Nagy, Zsofia
   van der Meer, Pim
TI The Pulse of Glow-Worms
   in the Cold
AB {GLOW}
PD MAY
PY 2021
DI 10.5555/glow.1
ER

PT J
TI A Paper Alone
ER

EF
"""
PUBMED = f"""<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example.org/p.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>20000001</PMID><Article>
<Journal><JournalIssue><PubDate><MedlineDate>2021 Apr-May</MedlineDate></PubDate></JournalIssue></Journal>
<ArticleTitle>The Pulse of <i>Glow-Worms</i> in the Cold.</ArticleTitle>
<Abstract><AbstractText Label="METHODS">{GLOW}</AbstractText>
<AbstractText Label="RESULTS">It falls (Ca<sup>2+</sup> low).</AbstractText></Abstract>
<AuthorList><Author><LastName>Nagy</LastName><ForeName>Zsófia</ForeName></Author>
<Author><CollectiveName>Night Group</CollectiveName></Author></AuthorList>
<ArticleDate><Year>2021</Year><Month>05</Month><Day>04</Day></ArticleDate>
<ELocationID EIdType="doi">10.5555/glow.1</ELocationID></Article></MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>2</PMID><Article><ArticleTitle>Alone.</ArticleTitle></Article>
</MedlineCitation></PubmedArticle></PubmedArticleSet>"""
ATOM = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title>
<entry><id>http://arxiv.org/abs/2105.04321v3</id><published>2021-05-04T09:00:00Z</published>
<title>The Pulse of Glow-Worms
  in the Cold</title><summary>  {GLOW}
</summary><author><name>Zsófia Nagy</name></author></entry></feed>"""
OAI = f"""<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>oai:x:1</identifier></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2105.04321</id><created>2021-05-04</created>
<authors><author><keyname>Nagy</keyname><forenames>Zsófia</forenames></author></authors>
<title>The Pulse of Glow-Worms in the Cold</title><abstract>{GLOW}</abstract></arXiv></metadata></record>
<record><header status="deleted"><identifier>oai:x:2</identifier></header></record>
<record><header/><metadata><dc xmlns:d="http://purl.org/dc/elements/1.1/"><d:title>Snails of Tide Pools</d:title>
<d:creator>Roe, Ann</d:creator><d:description>{TIDE}</d:description><d:date>2020-07-02</d:date>
<d:identifier>http://arxiv.org/abs/2007.01234</d:identifier></dc></metadata></record>
</ListRecords></OAI-PMH>"""
ENDNOTE = f"""<?xml version="1.0"?><xml><records><record><contributors><authors>
<author><style face="normal">Nagy, Zsófia</style></author></authors></contributors>
<titles><title><style face="normal">The Pulse of </style><style face="italic">Glow-Worms</style></title></titles>
<dates><year>2021</year><pub-dates><date>May 4</date></pub-dates></dates>
<abstract><style>{GLOW}</style></abstract>
<electronic-resource-num>10.5555/glow.1</electronic-resource-num></record></records></xml>"""
RSS = f"""<rss version="2.0"><channel><title>cs.XX</title><item><title>The Pulse of Glow-Worms</title>
<link>https://arxiv.org/abs/2105.04321</link><description>arXiv:2105.04321v1 Announce Type: new
Abstract: {GLOW}</description></item></channel></rss>"""
SCOPUS = (
    '\ufeff"Authors","Author full names","Title","Year","DOI","Link","Abstract"\n'
    f'"Nagy Z.; Roe A.","Nagy, Zsófia (1); Roe, Ann (2)","The Pulse of Glow-Worms","2021","10.5555/glow.1",'
    f'"https://example.org/1","{GLOW} © 2021 Small Lights B.V."\n'
    '"Roe A.","Roe, Ann (2)","Alone","2020","","","[No abstract available]"\n'
)
LABELLED = f"""Title: The Pulse of Glow-Worms
Authors: Zsófia Nagy, Ann Roe
PDF: https://arxiv.org/pdf/2105.04321
Abstract: {GLOW}
---
Title: Snails of Tide Pools
PDF: https://arxiv.org/pdf/2007.01234
Abstract: {TIDE}
"""
HTML = f"""<!DOCTYPE html><html><head><title>Daily</title><style>p {{}}</style></head><body>
<nav>Home</nav><article><h3>The Pulse of Glow-Worms in the Cold</h3><p>{GLOW}</p></article>
<article><h3>Snails of Tide Pools</h3><p>{TIDE}</p></article></body></html>"""


def words(text: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, word in enumerate(text.split()):
        found.setdefault(word, []).append(at)
    return found


PULSE = "The Pulse of Glow-Worms"
OPENALEX = {
    "meta": {"count": 1},
    "results": [
        {
            "id": "https://openalex.org/W1", "doi": "https://doi.org/10.5555/glow.1",
            "display_name": PULSE, "publication_date": "2021-05-04",
            "authorships": [{"author": {"display_name": "Zsófia Nagy"}}],
            "abstract_inverted_index": words(GLOW),
        }
    ],
    "group_by": [],
}  # fmt: skip
CROSSREF = {
    "status": "ok",
    "message": {
        "items": [
            {
                "DOI": "10.5555/glow.1", "title": [PULSE], "container-title": ["Lights"],
                "author": [{"given": "Zsófia", "family": "Nagy"}],
                "published": {"date-parts": [[2021, 5, 4]]},
                "abstract": f"<jats:title>Abstract</jats:title><jats:p>{GLOW}</jats:p>",
                "reference": [{"article-title": "Another", "DOI": "10.5555/x"}],
            },
            {"DOI": "10.5555/alone", "title": ["Alone"], "reference": [{"article-title": "B"}]},
        ]
    },
}  # fmt: skip
SEMANTIC_SCHOLAR = {
    "total": 2,
    "data": [
        {
            "paperId": "a", "externalIds": {"DOI": "10.5555/glow.1", "ArXiv": "2105.04321"},
            "title": PULSE, "abstract": GLOW, "publicationDate": "2021-05-04",
            "authors": [{"name": "Zsófia Nagy"}],
        },
        {"paperId": "b", "title": "Alone", "abstract": None, "tldr": {"text": "Alone."}},
    ],
}  # fmt: skip
OPENREVIEW = {
    "notes": [
        {
            "id": "x1", "forum": "x1", "pdate": 1620086400000,
            "content": {
                "title": {"value": PULSE}, "abstract": {"value": GLOW},
                "authors": {"value": ["Zsófia Nagy"]},
            },
        }
    ]
}  # fmt: skip
DAILY = [
    {
        "paper": {
            "id": "2105.04321", "title": PULSE, "summary": GLOW, "upvotes": 9,
            "publishedAt": "2021-05-04T00:00:00Z", "authors": [{"name": "Zsófia Nagy"}],
        },
        "publishedAt": "2021-05-06T00:00:00Z", "title": PULSE, "summary": GLOW,
    }
]  # fmt: skip
ZOTERO = [
    {
        "key": "K1",
        "data": {
            "itemType": "journalArticle", "title": PULSE, "abstractNote": GLOW, "date": "05/2021",
            "creators": [{"creatorType": "author", "firstName": "Zsófia", "lastName": "Nagy"}],
            "DOI": "10.5555/glow.1",
        },
    },
    {"key": "K2", "data": {"itemType": "attachment", "title": "Full Text"}},
]  # fmt: skip
SNAPSHOT = {
    "id": "2105.04321", "authors": "Zs\\'ofia Nagy (Lab)", "title": "The Pulse\n  of Glow-Worms",
    "abstract": f"  {GLOW}\n", "categories": "q-bio", "journal-ref": None, "doi": None,
    "versions": [{"version": "v1", "created": "Tue, 4 May 2021 08:00:00 GMT"}],
    "authors_parsed": [["Nagy", "Zsófia", ""]],
}  # fmt: skip
CSL = [
    {
        "id": "n", "type": "article-journal", "title": PULSE, "DOI": "10.5555/glow.1",
        "author": [{"family": "Nagy", "given": "Zsófia"}],
        "issued": {"date-parts": [["2021", 5, 4]]}, "abstract": f"<p>{GLOW}</p>",
    },
    {"id": "b", "type": "book", "title": "Alone", "issued": {"date-parts": [["2001"]]}},
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "format_", "papers", "lost"),
    [
        (BIB, "BibTeX", 3, 2),
        (RIS, "RIS", 2, 1),
        (NBIB, "PubMed", 2, 0),
        (WOS, "Web of Science", 1, 1),
        (PUBMED, "PubMed XML", 1, 1),
        (ATOM, "Atom feed", 1, 0),
        (OAI, "OAI-PMH", 2, 0),
        (ENDNOTE, "EndNote XML", 1, 0),
        (RSS, "RSS feed", 1, 0),
        (SCOPUS, "table", 1, 1),
        (SCOPUS.replace('","', '"\t"'), "table", 1, 1),
        (LABELLED, "labelled lines", 2, 0),
        (HTML, "HTML page", 2, 0),
        (f"Title one\n\n{GLOW}\n\nTitle two\n\n{TIDE}\n", "listing page", 2, 0),
        (json.dumps(OPENALEX), "JSON, OpenAlex", 1, 0),
        (json.dumps(CROSSREF, indent=1), "JSON, Crossref", 1, 1),
        (json.dumps(SEMANTIC_SCHOLAR), "JSON, Semantic Scholar", 1, 1),
        (json.dumps(OPENREVIEW, indent=2), "JSON, OpenReview", 1, 0),
        (json.dumps(DAILY), "JSON, Hugging Face daily papers", 1, 0),
        (json.dumps(ZOTERO), "JSON, Zotero", 1, 0),
        (f"{json.dumps(SNAPSHOT)}\n{json.dumps(SNAPSHOT)}", "JSON Lines, arXiv snapshot", 2, 0),
        (json.dumps(CSL), "JSON, CSL-JSON", 1, 1),
        (json.dumps({"papers": [{"title": PULSE, "abstract": GLOW}]}), "JSON", 1, 0),
        (json.dumps({"x1": {"title": PULSE, "abstract": GLOW}, "n": 1}), "JSON", 1, 0),
    ],
)  # fmt: skip
def test_each_is_known_by_its_content(text: str, format_: str, papers: int, lost: int) -> None:
    reading = read_bytes(text.encode(), "export")
    (file,) = reading.files
    assert file.format == format_
    assert (len(reading.records), sum(reading.losses.values())) == (papers, lost)
    assert reading.read == papers + lost
    assert bool(reading.problems) == bool(lost)
    first = reading.records[0]
    assert first.title.startswith(("The Pulse", "Title one"))
    assert "glow-worms pulse" in first.abstract and "<" not in first.abstract
    if first.authors:
        assert first.authors[0] == ("Zsofia Nagy" if format_.startswith("Web") else "Zsófia Nagy")
    assert first.published in ("2021-05-04", "2021-05", "2021", None)
    assert first.doi in ("10.5555/glow.1", None)
    assert first.arxiv_id in ("2105.04321", None)


def test_the_same_paper_has_one_id_whatever_the_format() -> None:
    by_doi = {
        record.paper_id
        for text in (BIB, RIS, NBIB, WOS, PUBMED, ENDNOTE, SCOPUS, json.dumps(CROSSREF))
        for record in read_bytes(text.encode(), "x").records[:1]
    }
    assert by_doi == {"doi-10.5555-glow.1"}
    by_arxiv = {
        record.paper_id
        for text in (ATOM, OAI, RSS, LABELLED, json.dumps(SNAPSHOT), json.dumps(DAILY))
        for record in read_bytes(text.encode(), "x").records[:1]
    }
    assert by_arxiv == {"arxiv-2105.04321"}


def test_bibtex_is_plain_text_and_a_broken_entry_costs_itself() -> None:
    reading = read_bytes(BIB.encode(), "library.bib")
    first, second, last = reading.records
    assert first.title == "The Pulse of Glow-Worms in the Cold"
    assert first.abstract == GLOW.replace("cold.", "cold & dark.")
    assert first.authors == ("Zsófia Nagy", "Pim van der Meer", "Night Group")
    assert (second.published, second.arxiv_id) == ("2020-07", "2007.01234")
    assert second.authors == ("Ann Roe", "Kim Löwe")
    assert last.title == "After the Broken One"
    assert {p.line for p in reading.problems} == {
        1 + BIB[: BIB.index(mark)].count("\n") for mark in ("@book", "@article{broken")
    }


def test_labels_of_sections_stay_in_order() -> None:
    (paper,) = read_bytes(PUBMED.encode(), "set.xml").records
    assert paper.abstract == f"METHODS: {GLOW} RESULTS: It falls (Ca2+ low)."
    assert paper.authors == ("Zsófia Nagy", "Night Group")
    (first, second) = read_bytes(NBIB.encode(), "set.nbib").records
    assert first.abstract.startswith("BACKGROUND: Nights are cold. METHODS:")
    assert second.title == "Snails of Tide Pools"


# Tables


def test_columns_are_shown_and_can_be_set() -> None:
    text = f"Name;Kurztext;Wer\nEin Titel;{GLOW};Nagy, Zsófia\n"
    (file,) = read_bytes(text.encode("cp1252"), "t.csv").files
    assert not file.records and "Kurztext" in file.problems[0].remedy
    columns = {"title": "Name", "abstract": "kurztext", "authors": "Wer"}
    (file,) = read_bytes(text.encode("cp1252"), "t.csv", columns=columns).files
    assert file.mapping["abstract"] == "Kurztext"
    assert [(p.title, p.authors) for p in file.records] == [("Ein Titel", ("Zsófia Nagy",))]
    with pytest.raises(BadInput, match="cannot hold"):
        read_bytes(b"", "t.csv", columns={"colour": "Name"})
    (file,) = read_bytes(text.encode(), "t.csv", columns={"title": "Nobody"}).files
    assert "no column “Nobody”" in file.problems[0].message


def test_a_quotation_mark_too_many_costs_its_row_alone() -> None:
    rows = "".join(f'Paper {at},"Abstract {at}, it is read."\n' for at in range(50))
    broken = rows.replace('Paper 7,"', 'Paper 7,""" and "')
    reading = read_bytes(f"Title,Abstract\n{broken}".encode(), "t.csv")
    assert {f"Paper {at}" for at in range(50)} - {r.title for r in reading.records} <= {"Paper 7"}
    assert reading.read == 50


def test_rows_of_too_many_columns_are_told() -> None:
    reading = read_bytes(b"Title,Abstract\nOne,We do it.\nTwo,We, too, do it.\n", "t.csv")
    assert [r.title for r in reading.records] == ["One"]
    assert (reading.problems[0].line, reading.losses) == (3, {"unreadable": 1})


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(st.lists(st.tuples(cells, cells, cells), max_size=8), st.sampled_from(",;\t|"))
def test_tables_agree_with_an_independent_count(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("title", "abstract", "authors"), *rows])
    reading = read_bytes(file.getvalue().encode(), "t.csv")
    assert reading.read == sum(any(cell.strip() for cell in row) for row in rows)


# Compressed


def zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return held.getvalue()


def zstd(data: bytes) -> bytes:
    module = type(zstd_chunks.decompressor()).__module__
    return bytes(__import__(module, fromlist=["compress"]).compress(data))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd])
def test_compressed_files_are_read_and_cut_ones_told(pack: object) -> None:
    lines = "".join(
        json.dumps({"title": f"Paper {at} {hash(str(at))}", "abstract": GLOW, "n": str(at) * 40})
        + "\n"
        for at in range(1500)
    )
    data = pack(lines.encode())  # type: ignore[operator]
    (file,) = read_bytes(data, "p.jsonl.gz").files
    assert (len(file.records), file.problems) == (1500, ())
    (file,) = read_bytes(data[: len(data) * 3 // 4], "p.jsonl.gz").files
    assert file.problems and len(file.records) < 1500
    assert "cut" in file.problems[-1].message or "damaged" in file.problems[-1].message
    if pack is gzip.compress:
        assert len(file.records) > 300
        twice = gzip.compress(RIS.encode()) + gzip.compress(RIS.encode())
        assert len(read_bytes(twice, "x").records) == 4


def test_entries_of_archives_are_files(tmp_path: Path) -> None:
    data = zipped(a_bib=BIB.encode(), deep__b_ris=RIS.encode(), c_png=b"\x89PNG\0\0")
    reading = read_bytes(data, "all.zip")
    assert [(f.name, len(f.records)) for f in reading.files] == [
        ("all.zip/a.bib", 3), ("all.zip/c.png", 0), ("all.zip/deep/b.ris", 2)
    ]  # fmt: skip
    broken = bytearray(data)
    broken[60] ^= 0xFF
    assert read_bytes(bytes(broken), "all.zip").problems
    (problem,) = read_bytes(zipped(x_zip=data), "nested.zip").problems
    assert "archive" in problem.message
    office = io.BytesIO()
    with zipfile.ZipFile(office, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
    assert "CSV" in read_bytes(office.getvalue(), "t.xlsx").problems[0].remedy
    folder = tmp_path / "mine" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.zip").write_bytes(data)
    (tmp_path / "mine" / "b.txt").write_text(RIS)
    (tmp_path / "mine" / "notes.odt").write_text("x")
    found = read([tmp_path / "mine"])
    assert len(found.records) == 7
    assert any("notes.odt" in notice for notice in found.notices)


def test_an_entry_whose_name_leads_out_of_the_archive_is_read_like_any_other(
    tmp_path: Path,
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../../out.bib", BIB)
    (tmp_path / "inside").mkdir()
    file = tmp_path / "inside" / "leads.zip"
    file.write_bytes(held.getvalue())
    assert len(read([file]).records) == 3
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "inside", file]


@pytest.mark.parametrize("pack", [gzip.compress, zstd, lambda data: zipped(a_jsonl=data)])
def test_a_bomb_ends_with_a_message(pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "_ALWAYS", 1024 * 1024)
    line = json.dumps({"title": "", "abstract": "x " * 5000}).encode() + b"\n"
    data = pack(line * 400)  # type: ignore[operator]
    reading = read_bytes(data, "bomb.jsonl")
    assert any("times its size" in problem.message for problem in reading.problems)


# Hostile and odd


def test_entities_of_its_own_are_not_followed() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    reading = read_bytes(f"{bomb}<feed><entry><title>&b;</title></entry></feed>".encode(), "x.xml")
    assert not reading.records and "entities" in reading.problems[0].message


def test_xml_that_breaks_off_keeps_what_came_before() -> None:
    cut = OAI[: OAI.index("<d:description>")]
    reading = read_bytes(cut.encode(), "x.xml")
    assert len(reading.records) == 1
    assert reading.problems[0].line and reading.problems[0].line > 3
    assert "<modsCollection>" in read_bytes(b"<modsCollection/>", "x.xml").problems[0].message


def test_json_finds_the_next_record_behind_a_broken_one() -> None:
    rows = [json.dumps({"title": f"Paper {n}", "abstract": GLOW}) for n in range(5)]
    rows[2] = '{"title": "Broken", "abstract": }'
    reading = read_bytes(("[\n" + ",\n".join(rows) + "\n]").encode(), "p.json")
    assert [r.title for r in reading.records] == ["Paper 0", "Paper 1", "Paper 3", "Paper 4"]
    assert [p.line for p in reading.problems] == [4]


def test_a_list_longer_than_one_piece_is_read_with_its_lines() -> None:
    rows = [
        json.dumps({"title": f"Paper {n}", "abstract": GLOW * 20, "year": n % 50 + 1950})
        for n in range(800)
    ]
    text = '{"meta": {"title": "A feed"}, "papers": [\n' + ",\n".join(rows) + "\n]}"
    reading = read_bytes(text.encode(), "p.json")
    assert [r.sources[0].line for r in reading.records] == list(range(2, 802))
    assert reading.problems == ()


def test_a_line_of_many_megabytes_costs_itself() -> None:
    good = json.dumps({"title": PULSE, "abstract": GLOW}).encode()
    huge = b'{"title": "' + b"x" * (20 * 1024 * 1024) + b'"}'
    reading = read_bytes(b"\n".join([good, huge, good]), "p.jsonl")
    assert len(reading.records) == 2
    assert reading.problems[0].line == 2 and "16 MB" in reading.problems[0].message


def test_a_format_can_be_told() -> None:
    text = f"Title;Abstract\nOne;{GLOW}\n".encode()
    assert read_bytes(text, "x", format="csv").records
    assert read_bytes(text, "x", format="ris").problems
    with pytest.raises(BadInput, match="no format has the name"):
        read_bytes(text, "x", format="word")


SAMPLES = [BIB, RIS, NBIB, WOS, PUBMED, ATOM, OAI, ENDNOTE, RSS, SCOPUS, LABELLED, HTML] + [
    json.dumps(one, indent=1) for one in (OPENALEX, CROSSREF, OPENREVIEW, ZOTERO, CSL)
]


@settings(max_examples=60)
@given(st.sampled_from(SAMPLES), st.data())
def test_damage_gives_papers_and_problems_and_no_exception(
    sample: str, data: st.DataObject
) -> None:
    raw = bytearray(sample.encode())
    for at in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=5)):
        raw[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    check(read_bytes(bytes(raw[:cut]), "sample"))


@given(st.binary() | st.text().map(str.encode), st.sampled_from([one.name for one in FORMATS]))
def test_anything_as_any_format(data: bytes, name: str) -> None:
    check(read_bytes(data, "page", format=name))


def check(reading: ReadResult) -> None:
    assert reading.read == len(reading.records) + sum(reading.losses.values())
    assert reading.records or reading.problems or reading.notices
    for record in reading.records:
        assert record.title.strip() and record.abstract.strip()
        json.dumps([record.title, record.abstract, record.authors]).encode()
