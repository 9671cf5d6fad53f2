"""What is typed to filter names: part of a name, a glob, or a regular expression between slashes."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

Fits = Callable[[str], object]


def looks_at_paths(pattern: str) -> bool:
    """Whether a pattern is about whole paths (`/usr/lib/x`), not about names."""
    return "/" in pattern


def is_plain(pattern: str) -> bool:
    """Whether a pattern is a part of a name or path as it stands."""
    return not (_is_expression(pattern) or "*" in pattern or "?" in pattern)


def _is_expression(pattern: str) -> bool:
    return len(pattern) > 2 and pattern[0] == pattern[-1] == "/"


def fits(pattern: str) -> Fits:
    """A predicate on names, or on paths that begin with a slash; case does not matter.

    A regular expression that is none (yet: it is being typed) finds nothing.
    """
    if _is_expression(pattern):
        try:
            return re.compile(pattern[1:-1], re.IGNORECASE).search
        except re.error:
            return lambda _: False
    if "*" in pattern or "?" in pattern:
        glob = translate(pattern if not looks_at_paths(pattern) or pattern[0] in "/*" else f"*/{pattern}")
        return re.compile(glob, re.IGNORECASE).match
    wanted = pattern.casefold()
    return lambda text: wanted in text.casefold()
