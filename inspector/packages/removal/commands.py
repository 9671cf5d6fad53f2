"""Package managers' command lines for removing packages with all that came with them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

_PLAIN_NAME = re.compile(r"[A-Za-z0-9._@][A-Za-z0-9._@+-]*").fullmatch
"""What packages are called that somebody may want to remove; a hostile database may hold any name."""


class RemovalCommand(Struct, frozen=True):
    """`remove` takes the packages to remove; `keep`, run before, those that are to stay as if installed by hand.

    `strict` are options for `remove` after which only hard dependencies keep a package, empty where there are none.
    `cleanup` follows. Where `remove` is empty, there is no command.
    """

    remove: str = ""
    keep: str = ""
    strict: str = ""
    cleanup: str = ""

    def command(self, names: Iterable[str], kept: Iterable[str] = (), *, strict: bool = False) -> str:
        """One shell command line, empty where there is none to give.

        Names that a shell might take for more are left out; without one that must stay there is no command.
        """
        going, stay = (sorted(set(each)) for each in (filter(_PLAIN_NAME, names), kept))
        if not self.remove or not going or not all(map(_PLAIN_NAME, stay)):
            return ""
        options = f" {self.strict}" if strict and self.strict else ""
        steps = [
            f"{self.keep} {' '.join(stay)}" if stay and self.keep else "",
            f"{self.remove}{options} {' '.join(going)}",
            self.cleanup,
        ]
        return " && ".join(filter(None, steps))


NO_REMOVAL = RemovalCommand()
