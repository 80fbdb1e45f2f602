"""Collections in BEIR's layout, against a scorer written down independently."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import beir
from rag.errors import BadInput, UsageError

DOCUMENTS = [
    {"_id": "d1", "title": "Wings", "text": "A wing in a slipstream. Lift rises."},
    {"_id": "d2", "title": "Wings", "text": "Another paper of that very title, on heat."},
    {"_id": "d3", "title": "", "text": "A text without a title, about quines."},
    {"_id": "d4", "title": "A title without a text", "text": ""},
    {"_id": "d5", "title": "", "text": " "},
]
QUERIES = [
    {"_id": "a", "text": "lift of wings"},
    {"_id": "b", "text": "quines"},
    {"_id": "c", "text": "not in the split"},
]
QRELS = [("a", "d1", 2), ("a", "d2", 1), ("b", "d3", 1), ("b", "d1", 0)]


TWICE = 2 * '{"_id": "x", "text": "t"}\n'


def folder(path: Path, meta: dict[str, Any] | None = None) -> Path:
    (path / "qrels").mkdir()
    (path / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in DOCUMENTS))
    (path / "queries.jsonl").write_text("".join(json.dumps(q) + "\n" for q in QUERIES))
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in QRELS)]
    (path / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n")
    if meta:
        (path / "meta.json").write_text(json.dumps(meta))
    return path


def test_a_folder_is_read(tmp_path: Path) -> None:
    collection = beir.read(folder(tmp_path))
    assert [p.paper_id for p in collection.papers] == ["d1", "d2", "d3", "d4"]
    assert collection.papers[2].title == "A text without a title, about quines."
    assert collection.papers[3].abstract == "A title without a text"
    assert list(collection.queries) == ["a", "b"]
    assert collection.grades["a"] == {"d1": 2, "d2": 1}


def test_exclusions_and_threshold_of_meta(tmp_path: Path) -> None:
    path = folder(tmp_path, {"name": "tiny", "rel_threshold": 2, "exclude": "exclude.tsv"})
    (path / "exclude.tsv").write_text("query-id\tcorpus-id\na\td2\n")
    collection = beir.read(path)
    rankings = beir.rank_all(collection, lambda text: [("d2", 3.0), ("d1", 2.0)])
    assert rankings["a"] == [("d1", 2.0)]
    # b has no document of grade 2: it is not in recall and MRR, but stays in nDCG.
    found = beir.measures(collection, rankings)
    assert found["recall@10"] == found["mrr@10"] == 1
    assert found["ndcg@10"] == pytest.approx((2 / (2 + 1 / math.log2(3)) + 0) / 2)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("corpus.jsonl", '{"_id": "d1"}', "corpus.jsonl:1: has no text 'text'"),
        ("corpus.jsonl", '{"_id": 1, "text": ""}', "corpus.jsonl:1: has no text '_id'"),
        ("corpus.jsonl", "{", "corpus.jsonl:1: is not JSON"),
        ("corpus.jsonl", "", "corpus.jsonl: has no documents"),
        ("corpus.jsonl", '{"_id": "x", "text": ""}', "corpus.jsonl: has no documents"),
        ("corpus.jsonl", TWICE, "corpus.jsonl:2: the id 'x' is that of line 1 already"),
        ("corpus.jsonl", '{"_id": "x y", "text": "t"}', "the id 'x y' has white space"),
        ("queries.jsonl", TWICE, "queries.jsonl:2: the id 'x' is that of line 1 already"),
        ("queries.jsonl", '{"_id": "a", "text": " "}', "test.tsv:2: query 'a' has no words"),
        ("qrels/test.tsv", "head\na\td1", "test.tsv:2: is not query-id"),
        ("qrels/test.tsv", "head\na\td1\tmuch", "test.tsv:2: is not query-id"),
        ("qrels/test.tsv", "head\nzz\td1\t1", "test.tsv:2: no query has the id 'zz'"),
        ("qrels/test.tsv", "a\td1\t1", "test.tsv:1: is a judgement where a header line belongs"),
        ("qrels/test.tsv", "head\na\td1\t1\na\td1\t2", "test.tsv:3: query 'a' and document 'd1'"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore", "test.tsv: judges no query"),
        ("meta.json", "{", "meta.json: is not a JSON object"),
        ("meta.json", "[1]", "meta.json: is not a JSON object"),
        ("meta.json", '{"rel_threshold": "two"}', "'rel_threshold' is no grade"),
        ("meta.json", '{"exclude": 3}', "'exclude' is no text"),
        ("meta.json", '{"exclude": "absent.tsv"}', "absent.tsv: cannot be read"),
        (
            "meta.json",
            '{"exclude": "queries.jsonl"}',
            "queries.jsonl:1: is not query-id, corpus-id",
        ),
    ],
)
def test_faults_have_a_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = folder(tmp_path)
    (path / name).write_text(text + "\n")
    with pytest.raises(BadInput) as caught:
        beir.read(path)
    assert said in str(caught.value)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"queries\.jsonl|corpus\.jsonl") as caught:
        beir.read(tmp_path)
    assert "qrels/SPLIT.tsv" in caught.value.remedy


def test_a_split_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "qrels" / "train.tsv").write_text("")
    with pytest.raises(BadInput, match=r"dev\.tsv: cannot be read") as caught:
        beir.read(path, "dev")
    assert caught.value.remedy == "There are: --split test, train."


def test_what_editors_leave_behind_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = folder(tmp_path / "a", {"name": "c", "exclude": None}), folder(tmp_path / "b")
    (other / "meta.json").write_text('{"name": "c"}')
    for name in ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv"):
        text = (other / name).read_text().replace("\n", "\r\n")
        (other / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert beir.read(one) == beir.read(other)


def test_a_run_file_that_trec_eval_reads(tmp_path: Path) -> None:
    import ir_measures

    rankings = {"a": [("d1", 2.0), ("d2", 1.5)], "b": [("d3", 0.1)]}
    beir.write_run(tmp_path / "out" / "run.trec", rankings)
    assert (tmp_path / "out" / "run.trec").read_text().splitlines()[1] == "a Q0 d2 2 1.5 citewell"
    read = list(ir_measures.read_trec_run(str(tmp_path / "out" / "run.trec")))
    assert [(d.query_id, d.doc_id, d.score) for d in read] == [
        (query, *hit) for query, ranking in rankings.items() for hit in ranking
    ]


def oracle(grades: dict[str, dict[str, int]], lines: list[str], threshold: int) -> dict[str, float]:
    """The benchmark's own scorer, from the run file's lines."""
    run: dict[str, dict[str, float]] = {}
    for line in lines:
        query, document, score = line.split("\t")
        run.setdefault(query, {})[document] = float(score)
    total = dict.fromkeys(("ndcg@10", "recall@10", "recall@100", "mrr@10"), 0.0)
    with_relevant = 0
    for query, of in grades.items():
        ranked = sorted(run.get(query, {}), key=lambda d: -run[query][d])
        best = sorted((g for g in of.values() if g > 0), reverse=True)[:10]
        ideal = sum(g / math.log2(i + 2) for i, g in enumerate(best))
        gained = sum(of.get(d, 0) / math.log2(i + 2) for i, d in enumerate(ranked[:10]))
        total["ndcg@10"] += gained / ideal if ideal else 0.0
        positive = {d for d, g in of.items() if g >= threshold}
        if not positive:
            continue
        with_relevant += 1
        total["recall@10"] += len(positive & set(ranked[:10])) / len(positive)
        total["recall@100"] += len(positive & set(ranked[:100])) / len(positive)
        first = (1 / (i + 1) for i, d in enumerate(ranked[:10]) if d in positive)
        total["mrr@10"] += next(first, 0.0)
    counts = {"ndcg@10": len(grades)}
    return {k: v / (counts.get(k, with_relevant) or 1) for k, v in total.items()}


documents = [f"d{n}" for n in range(25)]


@given(
    grades=st.dictionaries(
        st.sampled_from("abcd"),
        st.dictionaries(st.sampled_from(documents), st.integers(0, 4), min_size=1),
        min_size=1,
    ),
    found=st.dictionaries(
        st.sampled_from("abcd"), st.lists(st.sampled_from(documents), unique=True)
    ),
    scores=st.lists(st.sampled_from([0.0, 0.1, 0.1, 0.5, 1 / 3]), min_size=25, max_size=25),
    threshold=st.integers(1, 3),
)
def test_agrees_with_the_benchmark_scorer(
    tmp_path_factory: pytest.TempPathFactory,
    grades: dict[str, dict[str, int]],
    found: dict[str, list[str]],
    scores: list[float],
    threshold: int,
) -> None:
    descending = sorted(scores, reverse=True)
    rankings = {q: list(zip(ids, descending, strict=False)) for q, ids in found.items()}
    collection = beir.Collection(
        name="drawn", papers=(), queries={}, grades=grades, threshold=threshold
    )
    path = tmp_path_factory.mktemp("run") / "run.tsv"
    beir.write_run(path, rankings)
    expected = oracle(grades, path.read_text().splitlines(), threshold)
    assert beir.measures(collection, rankings) == pytest.approx(expected, abs=5e-5)


@pytest.mark.slow
def test_the_products_retrieval_keeps_ids_and_equal_titles(tmp_path: Path) -> None:
    from rag.config import Config

    (tmp_path / "c").mkdir()
    collection = beir.read(folder(tmp_path / "c"))
    index = tmp_path / "index"
    config = Config(data_dir=tmp_path)
    with beir.assistant_over(collection.papers, config, index=index) as assistant:
        rankings = beir.rank_all(collection, beir.ranker(assistant))
    assert set(dict(rankings["a"])) == {"d1", "d2", "d3", "d4"}
    assert rankings["b"][0][0] == "d3"
    assert beir.measures(collection, rankings)["recall@10"] == 1

    # The second time nothing is embedded.
    told: list[tuple[str, int, int]] = []
    with beir.assistant_over(
        collection.papers, config, index=index, report=lambda *stage: told.append(stage)
    ) as assistant:
        assert beir.rank_all(collection, beir.ranker(assistant)) == rankings
    assert all(total == 0 for stage, _, total in told if stage.startswith("papers"))
    with (
        pytest.raises(UsageError, match="holds other papers"),
        beir.assistant_over(collection.papers[1:], config, index=index),
    ):
        pass
