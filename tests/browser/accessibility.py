"""What assistive technology makes of a page (axe), and whether it fits a narrow screen."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# What WCAG asks up to 2.2 AA, and what axe thinks good beside it: headings in order, all content in landmarks.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NOT_ASKED = {"empty-table-header": {"enabled": False}}
"""Takes a heading row for empty that is there for screen readers alone (a table folded into cards)."""

BY_COLOUR = ("color-contrast", "link-in-text-block")
"""What another theme can change."""

BY_WIDTH = ("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable")
"""What another width can change."""

# Whatever reaches beyond the right edge without being inside something that scrolls or hides it.
_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && box.right > width + 1;
  });
  const told = wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 160));
  return [`the page is ${document.scrollingElement.scrollWidth} px wide, the window ${width}`, ...told];
}"""


def violations(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe finds wrong, one line for each element; by all rules, or by these."""
    page.evaluate(f"window.axe || (() => {{ {AXE_SCRIPT} }})()")
    asked: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": STANDARDS}
    options = {"resultTypes": ["violations"], "runOnly": asked, "preload": False}
    if not rules:
        options["rules"] = NOT_ASKED
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:240]} ({_why(node)})" for one in found for node in one["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return " ".join(node.get("failureSummary", "").split())[:300]


def too_wide(page: Page) -> list[str]:
    """Return what makes the page wider than the window; nothing if it fits."""
    return list(page.evaluate(_TOO_WIDE))
