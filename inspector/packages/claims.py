"""Whose a path is: what packages list, the folders that are wholly theirs, and what Python made from their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MAX_LINKS = 40
"""Symlinks followed for one path, as in Linux; more is a loop."""

UNASKED = -1
"""In place of a package: nobody asked yet."""


class Links:
    """Folders as they really are, where paths run through symlinks: `lib/x` → `usr/lib/x` in a merged /usr."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self._links = links
        self._known: dict[str, str] = {"": ""}

    def real(self, path: str) -> str:
        """The path with its folders resolved; a link at its end stays one."""
        folder, slash, name = path.rpartition("/")
        if not slash:
            return path
        real = self._known.get(folder)
        if real is None:
            real = self._known[folder] = self._resolve(folder)
        return f"{real}/{name}" if real else name

    def _resolve(self, folder: str) -> str:
        at: list[str] = []
        ahead = folder.split("/")[::-1]
        followed = 0
        while ahead:
            name = ahead.pop()
            if name in ("", "."):
                continue
            if name == "..":
                del at[-1:]
                continue
            at.append(name)
            target = self._links.get("/".join(at))
            if target is not None and followed < MAX_LINKS:
                followed += 1
                at.pop()
                if target.startswith("/"):
                    at.clear()
                ahead += target.split("/")[::-1]
        return "/".join(at)


class Claims:
    """Path → number of the package it belongs to; who claims first has it.

    `contested` are the claims that came too late: (number, path).
    """

    def __init__(self) -> None:
        self.contested: list[tuple[int, str]] = []
        self._paths: dict[str, int] = {}
        self._folders: dict[str, int] = {}
        self._known: dict[str, int | None] = {"": None}

    def add(self, number: int, listed: Iterable[str], folders: Iterable[str]) -> None:
        """Enter a package's claims; all claims before the first question."""
        for path in listed:
            if self._paths.setdefault(path, number) != number:
                self.contested.append((number, path))
        for folder in folders:
            self._folders.setdefault(folder, number)

    def owner(self, path: str) -> int | None:
        """Whose a file is: of those who list it, of the nearest folder's owner, or of its source's. The hot path."""
        owner = self._paths.get(path)
        if owner is None and self._folders:
            folder = path[: max(path.rfind("/"), 0)]
            owner = self._known.get(folder, UNASKED)
            if owner == UNASKED:
                owner = self._owner_of_folder(folder)
        if owner is None and path.endswith(".pyc"):
            owner = self._paths.get(source_of(path))
        return owner

    def is_derived(self, path: str) -> bool:
        """Whether a file is its owner's only because Python made it from the owner's."""
        return path not in self._paths and self._owner_of_folder(path.rpartition("/")[0]) is None

    def _owner_of_folder(self, folder: str) -> int | None:
        """The nearest claimed folder, remembered for all folders on the way to it."""
        passed = []
        owner = None
        while folder:
            if folder in self._known:
                owner = self._known[folder]
                break
            passed.append(folder)
            if folder in self._folders:
                owner = self._folders[folder]
                break
            folder = folder.rpartition("/")[0]
        self._known |= dict.fromkeys(passed, owner)
        return owner


def source_of(compiled: str) -> str:
    """The `.py` of a `.pyc`: beside it, or above its `__pycache__` (PEP 3147)."""
    folder, _, name = compiled.rpartition("/")
    if folder.rpartition("/")[2] != "__pycache__":
        return compiled.removesuffix("c")
    above = folder.rpartition("/")[0]
    module = name.partition(".")[0]
    return f"{above}/{module}.py" if above else f"{module}.py"
