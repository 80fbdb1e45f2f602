"""Tables with everything in their cells that some format could take for its own."""

from __future__ import annotations

from hypothesis import strategies as st

from rag.export.references import line
from rag.records import Paper, Span
from rag.table.records import Cell, Column, Table
from tests.rag.export.world import NASTY, papers, words

FORMULAS = (
    "=1+1",
    "+1",
    "-5% of it",
    "@SUM(A1)",
    "'=1",
    "=cmd|' /C calc'!A0",
    "#N/A",
    "＝1",
    "\t=1",
)
said = words | st.sampled_from(FORMULAS) | st.sampled_from([f"{f}{n}" for f in "=-" for n in NASTY])


@st.composite
def cells(draw: st.DrawFn, paper: Paper) -> Cell | None:
    status = draw(st.sampled_from(["stated", "stated", "not_stated", "failed", None]))
    if status is None:
        return None
    if status != "stated":
        return Cell(status=status, note="busy" if status == "failed" else "")
    spans = []
    for _ in range(draw(st.integers(1, 2))):
        start = draw(st.integers(0, len(paper.abstract) - 1))
        spans.append(Span(start=start, end=draw(st.integers(start + 1, len(paper.abstract)))))
    return Cell(status="stated", value=draw(said), spans=tuple(spans))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    found = draw(st.lists(papers, min_size=1, max_size=3, unique_by=lambda p: p.paper_id))
    names = draw(st.lists(said, min_size=1, max_size=3))
    columns = [Column(name=name, question=f"{at} {name}") for at, name in enumerate(names)]
    filled = {(p.paper_id, c.question): draw(cells(p)) for p in found for c in columns}
    return Table(
        asked=draw(said | st.just("")),
        papers=tuple(found),
        columns=tuple(columns),
        cells={at: cell for at, cell in filled.items() if cell},
    )


def table_of(*texts: str) -> Table:
    """A row a text, which is title, abstract and the value of its only column at once."""
    found = [
        Paper(
            paper_id=f"t-{at}", title=t, abstract=t, citekey=f"key-{at}", url="https://a.test/x_y"
        )
        for at, t in enumerate(texts)
        if line(t)
    ]
    column = Column(name="method", question="What is done?")
    return Table(
        asked="what is done?",
        papers=tuple(found),
        columns=(column,),
        cells={
            (p.paper_id, column.question): Cell(
                status="stated", value=p.title, spans=(Span(start=0, end=len(p.abstract)),)
            )
            for p in found
        },
    )
