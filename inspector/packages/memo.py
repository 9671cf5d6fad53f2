"""What readers keep from one layer to the next, since most of a database does not change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Memo:
    """The results of pure functions by their arguments, which are the image's bytes: they go with the memo."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Any] = {}

    def __call__(self, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        """What the function gives for these arguments; what it raises is not kept."""
        key = (function, *arguments)
        if key not in self._known:
            self._known[key] = function(*arguments)
        result: Result = self._known[key]
        return result
