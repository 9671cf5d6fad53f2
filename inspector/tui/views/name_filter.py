"""What is typed to filter names: part of a name, a glob (inspector/globs.py), or a regular expression in slashes."""

from __future__ import annotations

import re
from collections.abc import Callable

from inspector.globs import matcher

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

    A glob without a slash is about whole names, in which a slash (`@babel/core`) is a letter like any other; one with a
    slash may begin at any folder, unless it begins with the slash. A regular expression may fit the whole path or its
    last name (`/^lib/`); one that is none (yet: it is being typed) finds nothing.
    """
    if _is_expression(pattern):
        try:
            search = re.compile(pattern[1:-1], re.IGNORECASE).search
        except re.error:
            return lambda _: False
        return lambda text: search(text) or search(text[text.rfind("/") + 1 :])
    if "*" in pattern or "?" in pattern:
        if not looks_at_paths(pattern):
            fits_name = matcher([pattern], ignore_case=True).fullmatch
            return lambda name: fits_name(name.replace("/", "\0"))
        return matcher([pattern if pattern[0] == "/" else f"**/{pattern}"], ignore_case=True).fullmatch
    wanted = pattern.casefold()
    return lambda text: wanted in text.casefold()


def span(pattern: str, path: str) -> tuple[int, int] | None:
    """Where a pattern that fits a path has its place in the path's last name, as a slice of that name.

    `path` begins with a slash. None where it fits in the folders above; a glob fits a name as a whole.
    """
    name = path[path.rindex("/") + 1 :]
    if not _is_expression(pattern) and not is_plain(pattern):
        return 0, len(name)
    wanted = re.compile(pattern[1:-1] if _is_expression(pattern) else re.escape(pattern), re.IGNORECASE)
    for text in (name, path):
        before = len(text) - len(name)
        for found in wanted.finditer(text):
            if found.end() > max(found.start(), before):
                return max(found.start() - before, 0), found.end() - before
    return None
