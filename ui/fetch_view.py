"""What is told of fetching: what would be asked, what leaves the machine, what came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.text.addresses import host_of
from rag.text.words import number_of
from ui import exporting

if TYPE_CHECKING:
    from ingest.fetch.download import Downloader
    from ingest.fetch.jobs import Job
    from ingest.fetch.kept import Kept


NO_CONTACT = (
    "No contact address is set. With CITEWELL_CONTACT=you@example.org a service can write to you"
    " before it shuts you out."
)


def tell_plan(downloader: Downloader, jobs: Sequence[Job], *, fresh: bool, as_json: bool) -> None:
    from ui import terminal

    plans = [_plan(downloader, job, fresh=fresh) for job in jobs]
    if as_json:
        exporting.print_json({"dry_run": True, "fetches": plans})
        return
    for job, plan in zip(jobs, plans, strict=True):
        rows = [("Service", f"{job.source.told} ({host_of(downloader.mirror or job.source.base)})")]
        if plan["kept"]:
            rows.append(("Kept", f"{number_of(plan['kept'], 'record')} of an earlier run"))
        if plan["address"]:
            rows.append(("Asked first", plan["address"]))
            rows.append(("At most", _bounds(job, plan["kept"])))
        else:
            rows.append(("Asked", "nothing: it is fetched already"))
        if downloader.contact:
            rows.append(("Sent along", downloader.contact))
        rows.append(("Kept in", plan["folder"]))
        terminal.rows(rows)
    terminal.out("Nothing is asked or written: this was a dry run.")


def _plan(downloader: Downloader, job: Job, *, fresh: bool) -> dict[str, Any]:
    kept = downloader.kept(job.source, job.query)
    address = downloader.first_address(job.source, job.query, most=job.most, fresh=fresh)
    return {
        "source": job.source.name,
        "kept": 0 if fresh else kept.records,
        "address": address,
        "folder": str(kept.folder),
    }


def _bounds(job: Job, kept: int) -> str:
    """`1,000 records in 5 requests, 3 s apart`."""
    size, ids = job.source.size, len(job.query.ids)
    records = ids or job.most - kept
    requests = -(-records // size)
    apart = f", {job.source.interval_s:g} s apart" if requests > 1 else ""
    return f"{number_of(records, 'record')} in {number_of(requests, 'request')}{apart}"


def limit(job: Job) -> str:
    return (
        f"{job.source.told} gives at most {job.most:,} records of a query; for more, split it by"
        " --since and --until."
    )


def leaving(downloader: Downloader, job: Job) -> str:
    """What goes to whom."""
    query = job.query
    what = "the query" if query.words else "the days"
    what = number_of(len(query.ids), job.source.looks_up) if query.ids else what
    who = f", with your address {downloader.contact}" if downloader.contact else ""
    host = host_of(downloader.mirror or job.source.base)
    return f"Asking {host}. What leaves this machine: {what}{who}."


def summary(job: Job, kept: Kept) -> list[tuple[str, str]]:
    asked = [job.query.words] if job.query.words else []
    asked += [number_of(len(job.query.ids), job.source.looks_up)] if job.query.ids else []
    asked += [f"from {job.query.since}"] if job.query.since else []
    asked += [f"to {job.query.until}"] if job.query.until else []
    replies = "one reply" if len(kept.pages) == 1 else f"{len(kept.pages):,} replies"
    told = f"{number_of(kept.records, 'record')} in {replies}"
    if kept.total is not None and kept.total > kept.records:
        told += f", of {kept.total:,} that match"
    rows = [("Service", job.source.told), ("Asked", ", ".join(asked)), ("Fetched", told)]
    if kept.next is not None:
        rows.append(("More", f"stopped at --max {job.most:,}; with a larger one it goes on"))
    return [*rows, ("Kept in", str(kept.folder))]


def as_json(job: Job, kept: Kept) -> dict[str, Any]:
    return {
        "source": job.source.name,
        "records": kept.records,
        "total": kept.total,
        "complete": kept.next is None,
        "requests": len(kept.pages),
        "folder": str(kept.folder),
    }
