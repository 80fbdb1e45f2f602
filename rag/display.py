"""Records that show themselves in a notebook: Jupyter, VS Code, Colab and others look for these
methods. How a record looks is known to `rag.export.notebook`, which is loaded when one is shown."""

from __future__ import annotations

from typing import Any


class Displayed:
    """Answers, papers, search results and tables."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from rag.export import notebook

        return notebook.html(self)

    def _repr_markdown_(self) -> str:
        from rag.export import notebook

        return notebook.markdown(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Plain text, where IPython runs in a terminal."""
        from rag.export import notebook

        printer.text(notebook.plain(self).rstrip("\n"))
