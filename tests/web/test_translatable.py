"""Every text that the pages show can be translated: none stands in a template or a refusal as it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

SOURCE = Path(__file__).resolve().parents[2] / "src" / "certremoval"
TEMPLATES = sorted((SOURCE / "web" / "templates").rglob("*.html"))
RULES = sorted(
    path
    for layer in ("access", "organization", "policy", "certifications", "removals", "web")
    for path in (SOURCE / layer).rglob("*.py")
    if "migrations" not in path.parts
)
REFUSALS = {
    "FileRefused",
    "InvalidRequest",
    "NotAccepted",
    "NotFound",
    "NotPermitted",
    "NothingToDo",
    "Purged",
    "ReasonRequired",
    "WrongState",
}
HOLE = "\0"
"""Stands for whatever a tag or a variable gives."""

SHOWN_ATTRIBUTES = re.compile(r"\b(?:aria-label|alt|data-label|placeholder|title)=([\"'])(.*?)\1", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")


def untranslated(template: str) -> list[str]:
    """Return the words of a template that no translation reaches."""
    text, quiet = "", 0
    for token in Lexer(template).tokenize():
        if token.token_type == TokenType.TEXT:
            text += HOLE if quiet else token.contents
            continue
        text += HOLE
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            quiet += name in {"blocktranslate", "blocktrans", "comment"}
            quiet -= name in {"endblocktranslate", "endblocktrans", "endcomment"}
    attributes = [value for _, value in SHOWN_ATTRIBUTES.findall(text)]
    between_tags = re.sub(r"<!--.*?-->|<[^>]*>", "\n", text, flags=re.DOTALL).split("\n")
    return [shown.strip() for shown in (*attributes, *between_tags) if LETTERS.search(re.sub(r"&\w+;", "", shown))]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_template_holds_no_words_of_its_own(path: Path) -> None:
    assert untranslated(path.read_text(encoding="utf-8")) == []


def test_words_of_a_template_are_found() -> None:
    assert untranslated('{% if x > 1 %}<b title="Gone">{{ y }} people</b>{% endif %}{% translate "Fine" %}') == [
        "Gone",
        f"{HOLE} people",
    ]


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_refusal_says_it_in_translatable_words(path: Path) -> None:
    bare = [
        f"line {call.lineno}"
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in REFUSALS
        and call.args
        and isinstance(call.args[0], (ast.Constant, ast.JoinedStr))
    ]
    assert bare == []
