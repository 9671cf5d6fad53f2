"""Which of the images that a place has may have been meant by a name that none of them has."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MAX_TAGS = 20
"""Tags of one repository that are named; more would be no help."""

MAX_OTHERS = 3
ALIKE = 0.6
"""How alike the names of other repositories must be (difflib's ratio), and how many of them are named."""

IMPLIED = ("docker.io/", "localhost/", "library/")
"""What may be left out before a name, in this order: Docker's default, and where podman puts what it builds."""


def did_you_mean(name: str, there: Iterable[str]) -> str:
    """All tags of the repository, the nearest first, else names that are alike; empty where there is neither."""
    wanted, tag = _parts(name)
    names = dict.fromkeys(there)
    tags = {own: each for each in names for repository, own in [_parts(each)] if repository == wanted}
    if tags:
        near = [tags[own] for own in get_close_matches(tag, tags, n=len(tags), cutoff=0)]
    else:
        short = {_short(each): each for each in names}
        near = [short[each] for each in get_close_matches(_short(name), short, n=MAX_OTHERS, cutoff=ALIKE)]
    shown, more = near[:MAX_TAGS], len(near) - MAX_TAGS
    if more > 0:
        return f"did you mean {', '.join(shown)} or one of {more} more?"
    return f"did you mean {_or(shown)}?" if shown else ""


def _or(names: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _parts(name: str) -> tuple[str, str]:
    """Repository and tag."""
    text = _short(name).partition("@")[0]
    folder, slash, last = text.rpartition("/")
    own, _, tag = last.partition(":")
    return f"{folder}{slash}{own}", tag or "latest"


def _short(name: str) -> str:
    for part in IMPLIED:
        name = name.removeprefix(part)
    return name
