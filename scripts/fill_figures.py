"""Write the figures of runs into README.md and docs/evaluation.md.

    python scripts/fill_figures.py RUN.json …    # takes the figures over, then writes the tables
    python scripts/fill_figures.py               # writes the tables from what is kept

Figures are computed from the rows of each run and kept in eval/data/figures.json, so that the
tables can be written again and tested without the runs. A run replaces what is kept of the same set
by the same model. It must be over a whole set of eval/data as it stands, without `--config`.

Which table a figure stands in is decided by eval/data/sets.json: unseen sets in the README, used
ones in docs/evaluation.md. The table of the sets themselves is written from there as well.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eval import jsonl, runs, sets, stats  # noqa: E402
from eval.measures import BY_NAME  # noqa: E402
from eval.sets import QuestionSet  # noqa: E402
from eval.summary import of_type  # noqa: E402
from rag.errors import CitewellError, UsageError  # noqa: E402

ROWS = (
    # measure, type of question (None: all), title, what it means
    ("ndcg@10", None, "nDCG@10", "relevant papers rank high, over the questions that have any"),
    ("ndcg@10", "paraphrase", "nDCG@10, paraphrases", "one paper described in other words"),
    ("ndcg@10", "followup", "nDCG@10, follow-ups", "the last turn of a conversation"),
    ("recall@10", None, "recall@10", "share of the relevant papers among the first ten"),
    ("list_f1", None, "list F1", "the papers put forward are the relevant ones, all of them"),
    ("fact", None, "fact accuracy", "the fact asked for stands in the answer and cites its paper"),
    ("fact@60", None, "fact@60", "the same within the first 60 words"),
    ("nugget_recall", None, "nugget recall", "share of the points a good answer makes"),
    ("citation_integrity", None, "citation integrity", "quotes that are literally in the abstract"),
    (
        "balanced_accuracy",
        None,
        "balanced accuracy",
        "answers what is answerable, declines what is not; 0.5 is chance",
    ),
)
_NOTHING = "–"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What is kept of a run. `figures`: value, low and high end of the 95 % interval, and number
    of questions, by the row's title. `model` is None where answers are quoted."""

    set: str
    questions_sha256: str
    model: str | None
    version: str
    code: str
    corpus: str
    failed: int
    fell_back: int
    figures: Mapping[str, tuple[float, float, float, int]]


def measured(path: Path, known: Mapping[str, QuestionSet]) -> Measured:
    """The figures of a run file; `known`: the sets by the digest of their file. Raises UsageError
    for a run that is not over the whole of one of them with the default settings."""
    run = runs.load(path)
    about = run.fingerprint
    held = known.get(about.get("questions_sha256", ""))
    if held is None or len(run.cases) != held.questions:
        raise UsageError(
            f"{path} is not over a whole question set of eval/data as it stands.",
            remedy="Ask the whole set: citewell eval run eval/data/SET.jsonl --json RUN.json",
        )
    if about.get("config"):
        raise UsageError(
            f"{path} is not of the product as it is set by default: {', '.join(about['config'])}.",
            remedy="Run it again without --config.",
        )
    figures = {}
    for name, kind, title, _ in ROWS:
        found = stats.figure(of_type(BY_NAME[name].scores(run.cases), run.cases, kind))
        if found.n:
            value, low, high = (round(x, 4) for x in (found.value, found.low, found.high))
            figures[title] = (value, low, high, found.n)
    return Measured(
        set=held.file,
        questions_sha256=about["questions_sha256"],
        model=about.get("model"),
        version=about["version"],
        code=about["code"],
        corpus=about["corpus"],
        failed=sum(case.answer is None for case in run.cases),
        fell_back=sum(case.fell_back is not None for case in run.cases),
        figures=figures,
    )


def figures_table(held: Sequence[QuestionSet], kept: Sequence[Measured]) -> str:
    """A row a measure, a column a run: those of each set of `held`, in its order. A set without a
    run has a column of dashes."""
    columns: list[tuple[QuestionSet, Measured | None]] = []
    for one in held:
        of = sorted((m for m in kept if m.set == one.file), key=lambda m: m.model or "")
        columns += [(one, m) for m in of] or [(one, None)]
    heads = [f"`{s.name}`: {_over(s)}{_by(m)}" for s, m in columns]
    lines = [_row(["measure", "what it means", *heads]), "|---" * (len(columns) + 2) + "|"]
    for _, _, title, meaning in ROWS:
        lines.append(_row([title, meaning, *(_figure(m, title) for _, m in columns)]))
    if any(m and (m.failed or m.fell_back) for _, m in columns):
        told = [f"{m.failed}, {m.fell_back}" if m else _NOTHING for _, m in columns]
        lines.append(_row(["failed, fell back", "no answer, or the model's server failed", *told]))
    told = [f"{m.version}, `{m.code}`" if m else _NOTHING for _, m in columns]
    lines.append(_row(["program", "version, digest of the code", *told]))
    return "\n".join(lines)


def sets_table(held: Iterable[QuestionSet]) -> str:
    lines = [_row(["set", "questions", "papers", "written", "use"]), "|---" * 5 + "|"]
    for s in held:
        papers = s.papers if s.papers == sets.BUNDLED else f"`{s.papers}`"
        written = f"{s.written}, by {s.writer}. Knew: {s.knew}"
        use = f"**{s.use}**{f' since {s.since}' if s.since else ''}: {s.used_for}"
        lines.append(_row([f"`{s.name}`", f"{s.questions:,}", papers, written, use]))
    return "\n".join(lines)


def _over(s: QuestionSet) -> str:
    papers = "bundled papers" if s.papers == sets.BUNDLED else "other arXiv papers"
    return f"{s.questions:,} questions, {papers}"


def _by(m: Measured | None) -> str:
    return "; not run yet" if m is None else f"; {m.model or 'quoted'}"


def _figure(m: Measured | None, title: str) -> str:
    if m is None or title not in m.figures:
        return _NOTHING
    value, low, high, _ = m.figures[title]
    return f"{value:.3f} [{low:.2f}, {high:.2f}]" if low < high else f"{value:.3f}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def blocks(root: Path) -> dict[Path, dict[str, str]]:
    """What must stand between `<!-- name -->` and `<!-- /name -->` of each document."""
    held = sets.load(root / "eval/data/sets.json")
    kept = read_kept(root)
    ran = {m.set for m in kept}
    used = [s for s in held if not s.unseen and s.file in ran]
    return {
        root / "README.md": {
            "figures:unseen": figures_table([s for s in held if s.unseen], kept),
        },
        root / "docs/evaluation.md": {
            "sets": sets_table(held),
            "figures:used": figures_table(used, kept),
        },
    }


def replaced(text: str, name: str, body: str) -> str:
    """`text` with `body` between the marks of the block. Raises UsageError where it has none."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(re.escape(begin) + r"\n.*?" + re.escape(end), re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise UsageError(f"There is not one block {begin} … {end}.", remedy="Put the marks back.")
    return pattern.sub(lambda _: f"{begin}\n{body}\n{end}", text)


def read_kept(root: Path) -> list[Measured]:
    entries = json.loads((root / "eval/data/figures.json").read_text("utf-8"))
    return [jsonl.as_record(Measured, entry, "figures.json: an entry") for entry in entries]


def digests(root: Path) -> dict[str, QuestionSet]:
    """The sets by the SHA-256 of their file."""
    data = root / "eval/data"
    return {
        hashlib.sha256((data / s.file).read_bytes()).hexdigest(): s
        for s in sets.load(data / "sets.json")
    }


def fill(root: Path, paths: Sequence[Path]) -> None:
    """Take over the figures of runs, then write every block. Raises CitewellError, before anything
    is written."""
    known = digests(root)
    new = [measured(path, known) for path in paths]
    again = {(m.set, m.model) for m in new}
    kept = [m for m in read_kept(root) if (m.set, m.model) not in again] + new
    order = [s.file for s in known.values()]
    kept.sort(key=lambda m: (order.index(m.set), m.model or ""))
    jsonl.write(root / "eval/data/figures.json", [asdict(m) for m in kept])
    for path, bodies in blocks(root).items():
        text = path.read_text("utf-8")
        for name, body in bodies.items():
            text = replaced(text, name, body)
        path.write_text(text, "utf-8")


def main() -> int:
    if any(argument.startswith("-") for argument in sys.argv[1:]):
        sys.exit(__doc__)
    try:
        fill(ROOT, [Path(argument) for argument in sys.argv[1:]])
    except CitewellError as error:
        print(error, file=sys.stderr)
        print(error.remedy, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
