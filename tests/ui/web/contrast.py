"""Every text against what is behind it, as the browser has computed them."""

from __future__ import annotations

from typing import Any

from tests.browser import Visitor


def low_contrast(visitor: Visitor, within: str = ".cw") -> list[Any]:
    """Texts that do not reach 4.5 to 1 (WCAG AA), with their ratios. What cannot be pressed or
    changed for the moment is exempt there, and is not here."""
    return list(visitor.page.evaluate(_LOW_CONTRAST, within))


_LOW_CONTRAST = """(within) => {
  const light = ([r, g, b]) => {
    const part = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walk = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push([walk.currentNode.data.trim().slice(0, 40), ratio]);
  }
  return low;
}"""
