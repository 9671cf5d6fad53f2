"""The package managers' command lines for removing packages with all that came with them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Manager(Struct, frozen=True):
    """`remove` takes the packages to remove; `keep`, run before, those that are to stay as if installed by hand.

    `strict` are options for `remove` after which only hard dependencies keep a package, empty where there are none.
    `cleanup` follows.
    """

    remove: str
    keep: str = ""
    strict: str = ""
    cleanup: str = ""

    def command(self, names: Iterable[str], kept: Iterable[str] = (), *, strict: bool = False) -> str:
        """One shell command line."""
        stay = " ".join(sorted(set(kept)))
        options = f" {self.strict}" if strict and self.strict else ""
        steps = [
            f"{self.keep} {stay}" if stay and self.keep else "",
            f"{self.remove}{options} {' '.join(sorted(set(names)))}".rstrip(),
            self.cleanup,
        ]
        return " && ".join(filter(None, steps))


MANAGERS = {
    "deb": Manager(
        "apt-get purge -y --auto-remove",
        keep="apt-mark manual",
        strict="-o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false",
        cleanup="rm -rf /var/lib/apt/lists/*",
    ),
    "apk": Manager("apk del --no-network", keep="apk add --no-network"),
    "rpm": Manager("dnf remove -y", keep="dnf mark install", cleanup="dnf clean all"),
    "alpm": Manager("pacman -Rns --noconfirm", keep="pacman -D --asexplicit"),
    "pypi": Manager("pip uninstall -y"),
    "conda": Manager("conda remove -y", cleanup="conda clean -afy"),
}
"""By kind of package."""
