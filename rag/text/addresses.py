"""Whose address a server's is: what may be shown of it, and whether it is on this machine. And
where a paper can be opened.

Nothing is looked up: a name is taken for this machine's only where it always is.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

from rag.text.arxiv import normalise_arxiv


def host_of(url: str) -> str:
    """Host and port of a web address, without a password; empty for what is no address."""
    try:
        parts = urlsplit(url.strip())
        if parts.scheme in ("http", "https") and parts.hostname:
            name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            return name + (f":{parts.port}" if parts.port else "")
    except ValueError:
        pass
    return ""


def is_this_machine(url: str) -> bool:
    """Whether the address is a loopback one: what goes there does not leave the machine."""
    host = ""
    try:
        host = urlsplit(url.strip()).hostname or ""
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def of_paper(url: str | None, arxiv_id: str | None, doi: str | None) -> str | None:
    """Its web address as recorded, else arXiv's or the DOI's; None where none is known."""
    if url and url.lower().startswith(("https://", "http://")):
        return url
    if arxiv_id:
        return f"https://arxiv.org/abs/{_quoted(normalise_arxiv(arxiv_id) or arxiv_id)}"
    return f"https://doi.org/{_quoted(doi)}" if doi else None


def _quoted(text: str) -> str:
    return quote(text.strip(), errors="replace")
