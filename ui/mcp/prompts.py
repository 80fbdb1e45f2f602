"""Prompts that a person picks in a client: what an agent is to do with the tools."""

from __future__ import annotations

from typing import Any

from mcp import MCPError
from mcp.server import MCPServer

_INVALID = -32602
"""What JSON-RPC calls parameters that cannot be."""
_RULES = (
    "Claim nothing that no source carries; where the abstracts do not say, write so. Put the"
    " citekey of its paper behind each claim, [@key], and end with a bibliography made by"
    " export_citations."
)


def add(server: MCPServer[Any]) -> None:
    """Offer the prompts."""

    @server.prompt(title="Write a literature note")
    def literature_note(topic: str) -> str:
        """A note on what the corpus says about a topic, every claim cited."""
        return (
            f"Write a literature note on: {topic}\n\n"
            "Find the papers with search_papers and ask_corpus (several questions, follow-ups with"
            " history). Group them by what they do, say in one paragraph each what they found, with"
            " the words that matter quoted literally, and what stays open. " + _RULES
        )

    @server.prompt(title="Compare papers")
    def compare_papers(topic: str, columns: str = "problem, method, data sets, result") -> str:
        """A table of the papers on a topic, and what it shows."""
        return (
            f"Compare the papers on: {topic}\n\n"
            f"Make a table with make_table (columns: {columns}), show it, and say in five sentences"
            " at most where the papers agree, where they differ, and what they do not state. "
            + _RULES
        )


class Prompting(MCPServer[Any]):
    """Tells which prompts there are, and what one of them needs, where the SDK has an internal
    error."""

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Any = None
    ) -> Any:
        """Raises MCPError."""
        known = {prompt.name: prompt for prompt in await self.list_prompts()}
        if name not in known:
            there = ", ".join(known)
            raise MCPError(_INVALID, f"No prompt is called {name[:80]!r}. There are: {there}.")
        given = arguments or {}
        for argument in known[name].arguments or ():
            if argument.required and not str(given.get(argument.name, "")).strip():
                raise MCPError(_INVALID, f"{name} needs the argument {argument.name}.")
        return await super().get_prompt(name, arguments, context)
