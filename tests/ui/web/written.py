"""A handful of papers, one of them hostile, and answers about them, written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from rag.question.schema import ParsedQuestion
from rag.records import Answer, Citation, Mode, Paper, Sentence, Status, Usage

STEER = Paper(
    paper_id="steer",
    title="Rethinking Entropy Interventions in RLVR",
    abstract=(
        "Reinforcement Learning with Verifiable Rewards (RLVR) improves the reasoning of large "
        "language models. Yet training collapses in entropy, which ends exploration early and is "
        "hard to repair later on. Methods so far intervene on tokens one by one and look at the "
        "dynamics of entropy only in passing. We propose STEER, which reweights tokens by their "
        "change of entropy and so mitigates entropy collapse. On six mathematical benchmarks "
        "STEER keeps exploring and is better than the baselines by 2.3 points."
    ),
    published="2025-10-11",
    date_precision="day",
    author_count=9,
    upvotes=41,
)
CURE = Paper(
    paper_id="cure",
    title="CURE: Critical-Token-Guided Re-Concatenation for Entropy-Collapse Prevention",
    abstract=(
        "Recent advances in RLVR have driven the emergence of sophisticated behaviour. Sampling "
        "from a static state leads to entropy collapse. We introduce CURE, a two-stage framework "
        "that balances exploration and exploitation. At critical tokens it regenerates, which "
        "sustains high entropy and prevents collapse."
    ),
    published="2025-08",
    date_precision="month",
    url="https://example.org/cure",
)
OTHER = Paper(
    paper_id="other",
    title="A Survey of Rewards",
    abstract="Rewards come in many forms. This survey sorts them by what they verify.",
)
HOSTILE = Paper(
    paper_id="hostile",
    title='<img src=x onerror="window.pwned=1"> <b>Bold</b> & "quoted"',
    abstract=(
        '<script>window.pwned = 2</script> We attack. <img src="http://evil.test/pixel.png" '
        'onerror="window.pwned = 3"> ![pixel](http://evil.test/md.png) '
        "[click](javascript:window.pwned=4) <form action='http://evil.test'><input name=q>"
        "<button>Send</button></form> <div style='position:fixed;inset:0;z-index:9999;"
        "background:red'>overlay</div> <a href='javascript:window.pwned=5'>link</a> "
        "<iframe src='http://evil.test/frame'></iframe> <svg onload='window.pwned=6'></svg> "
        "${window.pwned=7} {{constructor}} <style>body{display:none}</style> "
        "<base href='//evil.test'> \ue0001\ue004"
    ),
    url="javascript:window.pwned=8",
)

PROPOSED = (
    "We propose STEER, which reweights tokens by their change of entropy and so mitigates entropy "
    "collapse."
)
RESULT = "STEER keeps exploring and is better than the baselines by 2.3 points."
REGENERATED = (
    "At critical tokens it regenerates, which sustains high entropy and prevents collapse."
)


def quote(paper: Paper, words: str, n: int) -> Citation:
    start = paper.abstract.index(words)
    return Citation(
        n=n,
        paper_id=paper.paper_id,
        title=paper.title,
        quote=words,
        start=start,
        end=start + len(words),
        published=paper.published,
        url=paper.url,
    )


def answer(
    query: ParsedQuestion,
    text: str,
    sentences: Sequence[Sentence],
    citations: Sequence[Citation],
    *,
    papers: Sequence[Paper],
    near: Sequence[Paper] = (),
    notices: Sequence[str] = (),
    mode: Mode = "extractive",
    status: Status = "answered",
) -> Answer:
    return Answer(
        question=query.question,
        standalone_question=query.standalone,
        kind=query.kind,
        filters=query.filters,
        status=status,
        mode=mode,
        text=text,
        sentences=tuple(sentences),
        citations=tuple(citations),
        papers=tuple(p.paper_id for p in papers),
        near=tuple(p.paper_id for p in near),
        notices=tuple(notices),
        timings_ms={"understand": 1.2, "retrieve": 31.0, "answer": 2.0, "total": 34.2},
        usage=Usage(prompt_tokens=1234, completion_tokens=210, calls=1)
        if mode == "llm"
        else Usage(),
        fingerprint="c0ffee12",
    )


def entropy(query: ParsedQuestion, **given: object) -> Answer:
    first = quote(
        STEER,
        PROPOSED,
        1,
    )
    second = quote(STEER, RESULT, 2)
    third = quote(
        CURE,
        REGENERATED,
        3,
    )
    lines = [
        Sentence(text="Two papers of the corpus match:"),
        Sentence(text=f"**{STEER.title}** (2025): {first.quote}", citations=(1,)),
        Sentence(text=second.quote, citations=(2,)),
        Sentence(text=f"**{CURE.title}** (2025): {third.quote}", citations=(3,)),
    ]
    text = f"{lines[0].text}\n\n- {lines[1].text} [1] {lines[2].text} [2]\n- {lines[3].text} [3]"
    return answer(
        query,
        text,
        lines,
        [first, second, third],
        papers=[STEER, CURE],
        near=[OTHER],
        **given,  # type: ignore[arg-type]
    )
