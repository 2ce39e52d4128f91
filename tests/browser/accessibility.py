"""What assistive technology makes of a page (axe), and whether it fits a narrow screen."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# What WCAG asks up to 2.2 AA, and what axe thinks good beside it: headings in order, all content in landmarks.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NOT_ASKED = {"empty-table-header": {"enabled": False}}
"""Takes a heading row for empty that is there for screen readers alone (a table folded into cards)."""

MORE_OF_THE_SAME = "tbody tr:nth-child(n+16)"
"""The rows of a long table are alike: axe looks at fifteen of them, and takes a third of the time."""

BY_COLOUR = ("color-contrast", "link-in-text-block")
"""What another theme can change."""

BY_WIDTH = ("target-size", "scrollable-region-focusable")
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


# What can have the focus although nobody sees it then, as a link within a heading row that is hidden.
_FOCUSED_UNSEEN = """() => {
  const cut = (one) => {
    for (; one && one !== document.documentElement; one = one.parentElement) {
      const style = getComputedStyle(one);
      const flat = style.overflow === "hidden" && one.getBoundingClientRect().height <= 1;
      if (flat || style.clipPath !== "none") return true;
    }
    return false;
  };
  const could = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const unseen = [...document.querySelectorAll(could)].filter((one) => {
    one.focus({ preventScroll: true });
    return document.activeElement === one && cut(one);
  });
  document.activeElement.blur();
  return unseen.slice(0, 5).map((one) => `the focus is not seen on ${one.outerHTML.slice(0, 160)}`);
}"""


def focused_unseen(page: Page) -> list[str]:
    """Return what takes the focus where nobody sees it."""
    return list(page.evaluate(_FOCUSED_UNSEEN))


def wait_for_transitions(page: Page) -> None:
    """Return when colours that change with the theme have changed: Django's links take a moment for it."""
    page.evaluate(
        "Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))"
    )


def violations(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe finds wrong, one line for each element; by all rules, or by these."""
    # Only what is needed goes to and fro: axe itself as an answer, and all that it finds well, took most of the time.
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"(() => {{ {AXE_SCRIPT} }})()")
    asked: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": STANDARDS}
    options = {"resultTypes": ["violations"], "runOnly": asked, "preload": False}
    if not rules:
        options["rules"] = NOT_ASKED
    run = "([where, options]) => axe.run(where, options).then((result) => result.violations)"
    found = page.evaluate(run, [{"exclude": [MORE_OF_THE_SAME]}, options])
    return [
        f"{one['id']}: {one['help']}: {node['html'][:240]} ({_why(node)})" for one in found for node in one["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return " ".join(node.get("failureSummary", "").split())[:300]


def too_wide(page: Page) -> list[str]:
    """Return what makes the page wider than the window; nothing if it fits."""
    return list(page.evaluate(_TOO_WIDE))
