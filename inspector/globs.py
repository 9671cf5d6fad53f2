"""The one language of globs, over normalised paths and over names: tables, settings, options and filters speak it.

`*` and `?` stand for any characters of a name and for one of them, a leading dot included; `[a-z]` for one of a set,
`[!a-z]` and `[^a-z]` for one that is not in it; none of them for a slash. `**/` at the start of a name stands for any
folders or none, a last `**` for everything below, anywhere else `**` is `*`. `{a,b}` stands for either, and is written
out before all else. What is no wildcard stands for itself, as in a shell: a `[` whose set is empty or has no end, a
brace without a comma. Case matters unless told otherwise.

Matching takes time in proportion to the path and the glob, whatever they are. Of two `*` in a name, or two `**/` in a
path, the first may take as little as it can: what it leaves over, the second takes. So all but the last are atomic and
never tried again, as in Python's fnmatch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_braces = re.compile(r"\{([^{}]*,[^{}]*)\}").search
_token = re.compile(r"(?P<any>\*+)|\[(?P<negated>[!^]?+)(?P<set>\][^]]*|[^]]+)\]|.", re.DOTALL)
_range = re.compile(r"(.)-(.)|(.)", re.DOTALL)


def expand(glob: str) -> list[str]:
    """`a{b,c}` → `ab`, `ac`, for as many braces as there are."""
    match = _braces(glob)
    if match is None:
        return [glob]
    head, tail = glob[: match.start()], glob[match.end() :]
    return [path for choice in match[1].split(",") for path in expand(head + choice + tail)]


def matcher(globs: Iterable[str], *, ignore_case: bool = False) -> re.Pattern[str]:
    """A pattern whose `fullmatch` tells whether a path fits one of the globs."""
    choices = [_path_regex(path) for glob in globs for path in expand(glob)]
    return re.compile("|".join(choices) if choices else r"(?!)", re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _path_regex(glob: str) -> str:
    """The regular expression of a glob without braces: names between slashes, in runs that `**/` sets apart."""
    runs: list[list[str]] = [[]]
    *folders, last = glob.split("/")
    for folder in folders:
        if folder != "**":
            runs[-1].append(f"{_name_regex(folder)}/")
        elif len(runs) == 1 or runs[-1]:
            runs.append([])
    runs[-1].append(".+" if last == "**" else _name_regex(last))
    first, *others = ("".join(run) for run in runs)
    if not others:
        return first
    return "".join((first, *(f"(?>(?:.*?/)??{run})" for run in others[:-1]), f"(?:.*/)?{others[-1]}"))


def _name_regex(glob: str) -> str:
    """The regular expression of one name: characters and sets, in runs that `*` sets apart."""
    runs = [""]
    for token in _token.finditer(glob):
        if token["any"]:
            runs.append("")
        elif token["set"]:
            runs[-1] += _set_regex(token["set"], negated=bool(token["negated"]))
        else:
            runs[-1] += "[^/]" if token[0] == "?" else re.escape(token[0])
    first, *others = runs
    if not others:
        return first
    return "".join((first, *(f"(?>[^/]*?{run})" for run in others[:-1]), f"[^/]*{others[-1]}"))


def _set_regex(members: str, *, negated: bool) -> str:
    """One character of a set, or not of it; a range that ends before it begins holds none."""
    ranges = [(low or one, high or one) for low, high, one in _range.findall(members)]
    held = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    if not held:
        return "[^/]" if negated else r"(?!)"
    return f"(?!/)[{'^' if negated else ''}{held}]"
