"""Who may reach Citewell over the network, and as whom: names of the machine, people, tokens,
logins. The page, the HTTP interface and the MCP server stand behind the same checks.

Papers, answers and Gradio are not known here.
"""
