"""The names of images that were looked at, the latest first: the shell completes them, tags of registries too."""

from __future__ import annotations

from inspector.layers.cache.store import Store

FILE = f"names-{'0' * 64}.list"
"""Of the store, whose files are named by digests."""

KEPT = 500
"""Names; as many as one scrolls through."""


def remember(store: Store, name: str) -> None:
    """Put a name first; or do not, where that is impossible. Of two processes at once one may be forgotten."""
    if not name.isprintable() or " " in name:  # of a hostile script, and no word of a shell
        return
    known = remembered(store)
    if known[:1] != [name]:
        kept = [name, *(each for each in known if each != name)][:KEPT]
        store.put(FILE, "\n".join(kept).encode())


def remembered(store: Store) -> list[str]:
    """The names, the latest first."""
    data = store.get(FILE)
    return data.decode(errors="replace").split("\n") if data else []
