"""Icons, and the little menus that hold what is seldom wanted; menus.js opens them.

A menu is a button and a popover behind it: the browser closes it on Escape and on a press beside
it. What is in it stays where it is in the page's order, so the Tab key goes on from the button.
"""

from __future__ import annotations

from html import escape


def icon(act: str, name: str, label: str, *, shown: str = "", more: str = "") -> str:
    """A button with an icon (icons.css) and the name `label`; `shown` is what of it is seen, and
    `more` further attributes, as HTML."""
    told = f"<span>{escape(shown)}</span>" if shown else ""
    title = "" if shown == label else f' title="{escape(label)}"'
    return (
        f'<button type="button" class="cw-act cw-icon" data-act="{act}" data-icon="{name}"'
        f' aria-label="{escape(label)}"{title}{more}>{told}</button>'
    )


def menu(label: str, items: str) -> str:
    """`items` (HTML: buttons, links, a last word) behind a button of three dots."""
    opener = icon("menu", "more", label, more=' aria-expanded="false"')
    return f'{opener}<div class="cw-menu" popover>{items}</div>'
