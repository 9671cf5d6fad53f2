"""Lines of a text report that are no longer than it is wide."""

from __future__ import annotations


def cut(line: str, width: int) -> str:
    """The line, ended by `…` where it is longer."""
    return line if len(line) <= width else line[: width - 1] + "…"


def cut_front(path: str, width: int) -> str:
    """A path's end says more than its beginning."""
    return path if len(path) <= width else "…" + path[len(path) - width + 1 :]
