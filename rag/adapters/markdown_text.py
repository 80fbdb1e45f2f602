"""Markdown as plain text and as HTML, read by markdown-it.

As text it is what it shows, without what makes it look so. Addresses, images and HTML stay as they
were written: whoever wrote them is not trusted with a link that shows other words than where it
leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_TAGS = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_OFF = ["image", "link", "autolink", "html_inline", "html_block", "reference"]


def plain(markdown: str) -> str:
    """Paragraphs are a blank line apart; lists keep their dashes and numbers, tables their bars."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(_OFF)
    return "\n\n".join(_blocks(SyntaxTreeNode(parser.parse(markdown)).children))


def html(markdown: str) -> str:
    """HTML in which nothing runs or loads. `markdown` has foreign HTML, links and images escaped
    (`rag.export.marking`) and may hold links of ours to places of the page; the few tags that prose
    needs are let through in any case, and no other link."""
    import nh3

    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    return nh3.clean(
        parser.render(markdown),
        tags=_TAGS,
        attributes={"a": {"href", "id", "class", "aria-label"}, "ol": {"start"}},
        attribute_filter=_within,
        link_rel=None,
    )


def _within(tag: str, name: str, value: str) -> str | None:
    return None if name == "href" and not value.startswith("#") else value


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[str]:
    for node in nodes:
        if text := _block(node).rstrip():
            yield text


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return _items(node)
        case "blockquote":
            return _indented("\n\n".join(_blocks(node.children)), "> ", "> ")
        case "fence" | "code_block":
            return node.content
        case "table":
            rows = [row for part in node.children for row in part.children]
            return "\n".join(" | ".join(map(_inline, row.children)) for row in rows)
        case "hr":
            return "---"
    return _inline(node)


def _items(node: SyntaxTreeNode) -> str:
    first = int(str(node.attrs.get("start", 1)))
    items = []
    for number, item in enumerate(node.children, first):
        mark = f"{number}. " if node.type == "ordered_list" else "- "
        inner = list(_blocks(item.children))
        gap = (
            "\n"
            if all(child.hidden or child.type != "paragraph" for child in item.children)
            else "\n\n"
        )
        items.append(_indented(gap.join(inner), mark, " " * len(mark)))
    return "\n".join(items)


def _indented(text: str, first: str, others: str) -> str:
    rows = text.split("\n")
    marked = ((others if at else first) + row if row else "" for at, row in enumerate(rows))
    return "\n".join(marked)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.children:
        return "".join(map(_inline, node.children))
    return node.content if node.type in ("text", "code_inline") else ""
