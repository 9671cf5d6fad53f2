"""Pieces of Markdown as GitHub and GitLab show it; names from the images cannot break out of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inspector.safe_names import printable, printable_text

TEXT = 100
"""Characters of an instruction, a path or a value."""

_MEANINGS = re.compile(r"([\\`*_{}\[\]<>|#~!&])")


def details(summary: str, rows: Iterable[str]) -> Iterator[str]:
    """A part to be opened; nothing where there are no rows."""
    lines = list(rows)
    if lines:
        yield f"<details><summary>{summary}</summary>"
        yield ""
        yield from lines
        yield ""
        yield "</details>"


def code(text: str) -> str:
    """Text as code in a cell of a table: fenced by more backquotes than it has, its pipes escaped (GFM, Tables)."""
    text = _short(printable(text)).replace("|", "\\|")
    fence = _fence(text, 1)
    space = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{space}{text}{space}{fence}"


def block(lines: Iterable[str], language: str = "") -> Iterator[str]:
    """Lines as code, whole."""
    shown = [printable_text(line) for line in lines]
    fence = _fence("\n".join(shown), 3)
    yield f"{fence}{language}"
    yield from shown
    yield fence


def prose(text: str) -> str:
    """Sentences with what they quote in backquotes as code."""
    return "".join(code(part) if nth % 2 and part else escape(part) for nth, part in enumerate(text.split("`")))


def escape(text: str) -> str:
    """Nothing in it means anything to Markdown or HTML; no `@name` calls anybody."""
    return _MEANINGS.sub(r"\\\1", printable(text)).replace("@", "@\u200b")


def _fence(text: str, least: int) -> str:
    """More backquotes than any run of them in the text."""
    return "`" * max(least, max(map(len, re.findall("`+", text)), default=0) + 1)


def _short(text: str) -> str:
    return text if len(text) <= TEXT else text[: TEXT - 1] + "…"
