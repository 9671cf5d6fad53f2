"""Lines of a text report that are no longer than it is wide."""

from __future__ import annotations

import textwrap

NARROW = 40
"""Columns that text is given at least, however narrow the terminal."""


def cut(line: str, width: int) -> str:
    """The line, ended by `…` where it is longer."""
    return line if len(line) <= width else line[: width - 1] + "…"


def cut_front(path: str, width: int) -> str:
    """A path's end says more than its beginning."""
    return path if len(path) <= width else "…" + path[len(path) - width + 1 :]


def wrapped(text: str, width: int, indent: int) -> list[str]:
    """Lines of at most `width` cells, all but the first indented; a word that is longer is whole."""
    lines = textwrap.wrap(text, max(width - indent, NARROW), break_on_hyphens=False, break_long_words=False)
    return [lines[0], *(f"{'':{indent}}{line}" for line in lines[1:])] if lines else [""]
