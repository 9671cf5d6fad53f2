"""dive's own numbers, for people who migrate: what dive 0.13.1 says of the same layers, with its faults.

The formulas are those of github.com/wagoodman/dive: `filetree/efficiency.go`, `filetree/file_tree.go`,
`image/image.go`. dive makes a tree of each layer's paths, adding folders that have no entry and leaving out opaque
markers, and counts the leaves only, a whiteout as a leaf at the path it deletes. Where trees are stacked, what a path
is gets replaced and what is below it stays, whatever the kinds: there a file can have children.

dive stacks all lower layers again for each whiteout; here they are stacked once, and a whiteout costs what it removes.
The numbers are the same to the last bit for all that tools write. Not copied is what dive makes of `..` in
paths, of folders named `.wh.…`, of files named `.wh..wh.…` in the root, of sizes in the headers of links and whiteouts,
and of layers that are links to other layers, which it takes for empty.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from msgspec import Struct

from inspector.layers.entries import Entries, Kind

PREFIX = ".wh."
"""What the name of a whiteout starts with."""

BOOKKEEPING = ".wh.."
"""Where this follows PREFIX dive leaves the entry out: opaque markers and what AUFS kept for itself."""

UNKNOWN = -1
"""The smallest size of a path before any is known. dive adds it to its sum like any other."""

_DIRECTORY, _WHITEOUT, _OPAQUE = Kind.DIRECTORY, Kind.WHITEOUT, Kind.OPAQUE  # an Enum's member costs 0.1 µs


class DiveNumbers(Struct, frozen=True):
    """What dive prints, as it counts.

    `efficiency_score` is the sum of each path's smallest size over the sum of all its sizes; `inefficient_bytes` the
    sum of all sizes of the paths seen at least twice; `user_wasted_percent` these over the bytes above the lowest
    layer. That is a fraction, whatever its name says, and None where dive divides by 0 and prints NaN or +Inf.
    """

    efficiency_score: float
    inefficient_bytes: int
    user_wasted_percent: float | None


def dive_numbers(layers: Sequence[Entries]) -> DiveNumbers:
    """Count the layers, lowest first, as dive does."""
    books, stack = _Books(), _Stack()
    for index, entries in enumerate(layers):
        tree = _Tree(entries)
        if index == 0:  # dive looks the lowest layer's whiteouts up in the lowest layer itself
            stack.add(tree)
            _count(tree, stack, books)
        else:
            _count(tree, stack, books)
            stack.remove(path for path in tree.whiteouts if not _comes_late(path))
            stack.add(tree)
        stack.remove(path for path in tree.whiteouts if _comes_late(path))
    user_bytes = sum(sum(entries.sizes) for entries in layers[1:])
    return DiveNumbers(
        books.score(),
        books.inefficient_bytes,
        books.inefficient_bytes / user_bytes if user_bytes else None,
    )


class _Tree:
    """One layer: the size of each path, which of them are folders by an entry of their own, and the whiteouts."""

    def __init__(self, entries: Entries) -> None:
        self.sizes: dict[str, int] = {}
        self.folders: set[str] = set()
        self.whiteouts: set[str] = set()
        self._inner: set[str] = set()
        for path, kind, size in zip(entries.paths, entries.kinds, entries.sizes, strict=True):
            folder, _, name = path.rpartition("/")
            if kind < _WHITEOUT:
                self.sizes[path] = size
                if kind == _DIRECTORY:
                    self.folders.add(path)
                else:
                    self.folders.discard(path)
            elif kind == _OPAQUE:
                self.sizes.setdefault(path, 0)
            elif name.startswith(BOOKKEEPING):
                self.sizes.setdefault(folder, 0)
                folder = folder.rpartition("/")[0]
            else:
                self.whiteouts.add(path)
            while folder not in self._inner:
                self._inner.add(folder)
                self.sizes.setdefault(folder, 0)
                folder = folder.rpartition("/")[0]
        self.sizes.pop("", None)

    def leaves(self) -> dict[str, int]:
        """The sizes of what has nothing below it."""
        return {path: size for path, size in self.sizes.items() if path not in self._inner}


class _Stack:
    """The layers so far, one upon the other: sizes and folders as in a tree, and the paths right below each path."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.folders: set[str] = set()
        self._children: dict[str, set[str]] = {}

    def add(self, tree: _Tree) -> None:
        for path in tree.sizes:
            if path not in self.sizes:
                self._children.setdefault(path.rpartition("/")[0], set()).add(path)
        self.sizes.update(tree.sizes)
        self.folders.difference_update(tree.sizes)
        self.folders.update(tree.folders)

    def remove(self, paths: Iterable[str]) -> None:
        """Take out each path with all below it; one that is not there is no error here."""
        for path in paths:
            if path not in self.sizes:
                continue
            for gone in self._subtree(path):
                del self.sizes[gone]
                self.folders.discard(gone)
                self._children.pop(gone, None)
            self._children[path.rpartition("/")[0]].discard(path)

    def whiteout_sizes(self, paths: Iterable[str]) -> dict[str, int]:
        """What dive takes for the sizes of whiteouts: the bytes below a folder, and 0 for anything else.

        A folder with content is no leaf, so such a whiteout is the first leaf at its path, seen once: it counts as
        bytes, and as no waste. Of paths one in the other the inner come first, so that nothing is summed up twice.
        """
        totals: dict[str, int] = {}
        for path in sorted(paths, key=len, reverse=True):
            below = self._subtree(path, totals)
            totals[path] = sum(totals[inside] if inside in totals else self.sizes[inside] for inside in below)
        return {path: total if path in self.folders else 0 for path, total in totals.items()}

    def _subtree(self, path: str, closed: Container[str] = ()) -> list[str]:
        """The path and all below it, but for what is below `closed` ones."""
        found = [path]
        for inside in found:  # grows meanwhile
            if inside not in closed:
                found.extend(self._children.get(inside, ()))
        return found


class _Books:
    """dive's sums over the paths seen so far."""

    def __init__(self) -> None:
        self.inefficient_bytes = 0
        self._all_bytes = 0
        self._smallest: dict[str, int] = {}
        self._repeated: set[str] = set()

    def see(self, sizes: Mapping[str, int]) -> None:
        """Each path once more, with its size now."""
        self._all_bytes += sum(sizes.values())
        again = {path: self._smallest[path] for path in sizes.keys() & self._smallest.keys()}
        self._smallest.update(sizes)
        for path, smallest in again.items():
            if smallest == UNKNOWN:
                continue
            size = sizes[path]
            self._smallest[path] = min(smallest, size)
            self.inefficient_bytes += size if path in self._repeated else smallest + size
            self._repeated.add(path)

    def fail_to_see(self, path: str) -> None:
        self._smallest.setdefault(path, UNKNOWN)

    def score(self) -> float:
        return sum(self._smallest.values()) / self._all_bytes if self._all_bytes else 1.0


def _count(tree: _Tree, stack: _Stack, books: _Books) -> None:
    """Enter a layer's leaves. A whiteout of nothing ends the layer: dive sees none of what comes after it."""
    leaves, whiteouts = tree.leaves(), tree.whiteouts
    astray = min((path for path in whiteouts if path not in stack.sizes), key=_whiteout_place, default=None)
    if astray is not None:
        end = _whiteout_place(astray)
        leaves = {path: size for path, size in leaves.items() if _place(path) < end}
        whiteouts = {path for path in whiteouts if _whiteout_place(path) < end}
    books.see(stack.whiteout_sizes(whiteouts))
    books.see(leaves)
    if astray is not None:
        books.fail_to_see(astray)


def _place(path: str) -> bytes:
    """A leaf's place in the order in which dive visits a tree: depth first, names by their bytes."""
    return path.encode("utf-8", "surrogateescape").replace(b"/", b"\0")


def _whiteout_place(path: str) -> bytes:
    folder, slash, name = path.rpartition("/")
    return _place(f"{folder}{slash}{PREFIX}{name}")


def _comes_late(path: str) -> bool:
    """Whether dive visits a whiteout after its path: stacking, it then removes what the layer itself has there.

    `.wh.x` and `x` lie in one folder, so all at and below `x` comes before the whiteout, or all after it.
    """
    return _place(path) < _whiteout_place(path)
