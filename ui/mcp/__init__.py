"""The door for agents: the corpus as tools of the Model Context Protocol (docs/mcp.md)."""
