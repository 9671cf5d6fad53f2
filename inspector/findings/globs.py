"""Globs over normalised paths, compiled so that hundreds of them cost little on a million files.

`*` and `?` stay within a name, `**/` stands for any folders or none, a final `/**` for all below, `{a,b}` for either,
`[…]` for a set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def expand(glob: str) -> list[str]:
    """`a{b,c}` → `ab`, `ac`, for as many braces as there are."""
    match = re.search(r"\{([^{}]*)\}", glob)
    if match is None:
        return [glob]
    head, tail = glob[: match.start()], glob[match.end() :]
    return [path for choice in match[1].split(",") for path in expand(head + choice + tail)]


@lru_cache(maxsize=1024)
def to_regex(glob: str) -> str:
    """The regular expression of a glob without braces."""
    parts: list[str] = []
    position = 0
    while position < len(glob):
        rest = glob[position:]
        if rest == "/**":
            parts.append("/.+")
            position += 3
        elif rest.startswith("**/"):
            parts.append("(?:[^/]+/)*")
            position += 3
        elif rest.startswith("*"):
            parts.append("[^/]*")
            position += 1
        elif rest.startswith("?"):
            parts.append("[^/]")
            position += 1
        elif rest.startswith("[") and "]" in rest:
            end = rest.index("]")
            parts.append(rest[: end + 1].replace("[!", "[^"))
            position += end + 1
        else:
            parts.append(re.escape(rest[0]))
            position += 1
    return "".join(parts)


def matcher(globs: Iterable[str]) -> re.Pattern[str]:
    """A pattern whose `fullmatch` tells whether a path fits one of the globs."""
    choices = [to_regex(path) for glob in globs for path in expand(glob)]
    return re.compile("|".join(choices) if choices else r"(?!)", re.DOTALL)
