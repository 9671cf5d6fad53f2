"""What the screen says about an image, a layer and a file, in words."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from textual.content import Content

from inspector.filesystem.stack import IMPLIED, VISIBLE
from inspector.filesystem.tree import SEVERAL, Change, FileTree
from inspector.findings.find import figures
from inspector.image.digest import short
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.safe_names import printable
from inspector.sizes import human, percentage
from inspector.tui.instruction_words import MUTED, Part, instruction_text, place

KIND_NAMES = {
    Kind.FILE: "file",
    Kind.HARDLINK: "hardlink",
    Kind.SYMLINK: "symbolic link",
    Kind.DIRECTORY: "folder",
    Kind.CHAR: "character device",
    Kind.BLOCK: "block device",
    Kind.FIFO: "named pipe",
}

MODE_TYPES = {
    Kind.SYMLINK: stat.S_IFLNK,
    Kind.DIRECTORY: stat.S_IFDIR,
    Kind.CHAR: stat.S_IFCHR,
    Kind.BLOCK: stat.S_IFBLK,
    Kind.FIFO: stat.S_IFIFO,
}


FILES = ("docker-archive", "oci-archive", "oci-dir")
"""Sources whose images have paths for names."""

_UNTOLD = re.compile(r" GNU/Linux| \([^()]*\)$")
"""What a distribution's name says that its number says as well: `Debian GNU/Linux 12 (bookworm)`."""


def os_name(inspection: Inspection) -> str | None:
    """What the image calls itself in os-release, None if it does not."""
    for path in ("etc/os-release", "usr/lib/os-release"):
        for scan in reversed(inspection.scans):
            for line in scan.captured.get(path, b"").decode("utf-8", "replace").splitlines():
                if line.startswith("PRETTY_NAME="):
                    return _UNTOLD.sub("", line.partition("=")[2].strip("\"' ")) or None
    return None


def headline(inspection: Inspection) -> tuple[list[str], list[tuple[str, str, str]]]:
    """What the summary line says: facts, the most important first, and (label, number, style) of its bytes."""
    image, ledger = inspection.image, inspection.filesystem.ledger
    frees = figures(inspection.findings)
    name = image.reference
    if image.source in FILES:
        name = name.removeprefix(f"{image.source}:")  # a path says by itself where the image is
    facts = [name, image.source, str(image.config.platform or "platform unknown"), os_name(inspection)]
    numbers = [
        ("size", human(ledger.total_bytes), "bold"),
        ("live", human(ledger.live_bytes), "$text-success"),
        ("hidden", human(ledger.hidden_bytes), "bold $text-error" if ledger.hidden_bytes else ""),
        ("efficient", percentage(ledger.efficiency), ""),
        ("reclaimable", human(frees.safe_bytes), "bold $text-warning" if frees.safe_bytes else ""),
        ("trades", human(frees.trade_bytes) if frees.trade_bytes else "", ""),
        ("base", human(frees.base_bytes) if frees.base_bytes else "", ""),
    ]
    return [printable(fact) for fact in facts if fact], [number for number in numbers if number[1]]


def layer_digests(inspection: Inspection, layer: int) -> list[tuple[str, str]]:
    """A layer's diff id, and the digest of its blob where that is known: what each is called, and it whole."""
    image_layer = inspection.image.layers[layer]
    digests = [("diff id", image_layer.diff_id), ("digest", image_layer.digest or "")]
    return [(label, digest) for label, digest in digests if digest]


def layer_details(inspection: Inspection, layer: int, waste: Iterable[Part] = (), *, whole: bool = False) -> Content:
    """All about a layer: what ran, its `waste` in words, its size, what it changed, who hides it and what it hides.

    Its digests are `whole`, or as short as people know them.
    """
    totals, image_layer = inspection.totals_of(layer), inspection.image.layers[layer]
    parts: list[Part] = [(instruction_text(inspection, layer), "bold"), "\n\n", *waste]
    told = place(inspection, layer).partition(", ")[2] or ("your Dockerfile" if inspection.base else "")
    parts += _labelled(
        ("from", told),
        ("size", human(totals.size_bytes)),
        ("compressed", "" if image_layer.compressed_bytes is None else human(image_layer.compressed_bytes)),
    )
    parts += [(f"{'files':<12}", MUTED), (f"+{totals.added}", "$text-success"), "  "]
    parts += [(f"~{totals.modified}", "$text-warning"), "  ", (f"-{totals.deleted}", "$text-error"), "\n"]
    parts += _package_changes(inspection, layer)
    hidden = list(_hidden_by(inspection, layer))
    hides = list(_hides(inspection, layer))
    for sentences in (hidden, hides):
        if sentences:
            parts += ["\n", *sentences]
    if not hidden:
        parts += ["\n", ("Nothing of it is hidden by later layers.\n", MUTED)]
    digests = layer_digests(inspection, layer)
    parts += ["\n", *_labelled(*((label, digest if whole else short(digest)) for label, digest in digests))]
    return Content.assemble(*parts).rstrip()


def _labelled(*facts: tuple[str, str]) -> Iterator[Part]:
    """A line for each fact that there is."""
    for label, value in facts:
        if value:
            yield from ((f"{label:<12}", MUTED), value, "\n")


def _package_changes(inspection: Inspection, layer: int) -> list[Part]:
    """`packages   +45  ~2  -1`: added, in another version, removed; nothing where the layer did nothing to any."""
    changes = [change for change in inspection.inventory.changes if change.layer == layer]
    if not changes:
        return []
    added = sum(change.before is None for change in changes)
    removed = sum(change.after is None for change in changes)
    counts = ((f"+{added}", "$text-success"), (f"~{len(changes) - added - removed}", "$text-warning"))
    return [(f"{'packages':<12}", MUTED), counts[0], "  ", counts[1], "  ", (f"-{removed}", "$text-error"), "\n"]


def _hidden_by(inspection: Inspection, layer: int) -> Iterator[Part]:
    for hider, totals in enumerate(inspection.filesystem.totals):
        size = totals.hides.get(layer, 0)
        if size:
            yield (f"{human(size)} hidden by layer {hider}", "bold $text-error")
            yield f": {instruction_text(inspection, hider)}\n" if hider != layer else ", itself: stored twice\n"


def _hides(inspection: Inspection, layer: int) -> Iterator[Part]:
    for lower, size in sorted(inspection.totals_of(layer).hides.items()):
        if size and lower != layer:
            yield (f"Hides {human(size)} of layer {lower}", "$text-warning")
            yield f": {instruction_text(inspection, lower)}\n"


def mode_text(kind: int, mode: int) -> str:
    """`drwxr-xr-x`, as ls writes it."""
    return stat.filemode(MODE_TYPES.get(Kind(kind), stat.S_IFREG) | mode)


def time_text(seconds: int) -> str:
    """`2026-01-31 23:59`, in UTC as images have it; the bare number for times no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return str(seconds)


def fate_note(tree: FileTree, node: int, inspection: Inspection) -> str:
    """In a few words what became of a node: `- hidden by 4`."""
    if tree.changes[node] == Change.REMOVED:
        entry_id = tree.entry_ids[node]
        return "" if entry_id == IMPLIED else f"from layer {inspection.filesystem.locate(entry_id)[0]}"
    hider = tree.hiders[node]
    if hider == VISIBLE:
        return ""
    who = "hidden" if hider == SEVERAL else f"hidden by {hider}"
    return f"- {who}" if tree.wholly_hidden(node) else f"- {human(tree.hidden[node])} {who}"


def hiding_note(tree: FileTree, node: int) -> str:
    """What of lower layers is hidden at a node: `hides 39.1 MB`; of what is removed its size says it."""
    gone = 0 if tree.changes[node] == Change.REMOVED else tree.gone[node]
    return f"hides {human(gone)}" if gone else ""


def node_path(tree: FileTree, node: int) -> str:
    return printable("/" + tree.path(node))


def size_text(tree: FileTree, node: int) -> str:
    """`501.6 MB`; where the layer removed or replaced other bytes there, these too: `501.6 MB, hides 968.4 kB`."""
    hiding = hiding_note(tree, node)
    return human(tree.size(node)) + (f", {hiding}" if hiding else "")


def node_facts(inspection: Inspection, tree: FileTree, node: int) -> list[str]:
    """A node's kind, size, mode, owner and layer, in that order."""
    entry_id = tree.entry_ids[node]
    if entry_id == IMPLIED:
        return ["folder", size_text(tree, node)]
    layer, _ = inspection.filesystem.locate(entry_id)
    entry = inspection.filesystem.entry(entry_id)
    return [
        KIND_NAMES[entry.kind],
        size_text(tree, node),
        f"{mode_text(entry.kind, entry.mode)} {entry.uid}:{entry.gid}",
        f"layer {layer}",
    ]


def link_target(inspection: Inspection, tree: FileTree, node: int) -> str:
    """Where a link leads, empty for everything else; hardlinks as absolute paths."""
    if tree.kinds[node] not in (Kind.SYMLINK, Kind.HARDLINK):
        return ""
    entry = inspection.filesystem.entry(tree.entry_ids[node])
    return printable(entry.link if entry.kind == Kind.SYMLINK else f"/{entry.link}")


def node_fate(inspection: Inspection, tree: FileTree, node: int) -> list[Part]:
    """Sentences about what became of a node: who removed or hides it, and how many bytes it costs."""
    filesystem, entry_id = inspection.filesystem, tree.entry_ids[node]
    parts: list[Part] = []
    change = Change(tree.changes[node])
    if change == Change.REMOVED:
        parts += ["Removed by this layer.\n"]
    hider = tree.hiders[node]
    if change != Change.REMOVED and hider != VISIBLE:
        size = f"{human(tree.hidden[node])} of it is " if not tree.wholly_hidden(node) else "It is "
        by = "by several later layers" if hider == SEVERAL else f"by layer {hider}"
        parts += [(f"{size}hidden {by}", "bold $text-error")]
        parts += [f": {instruction_text(inspection, hider)}\n" if hider >= 0 else ".\n"]
    elif entry_id != IMPLIED and tree.kinds[node] == Kind.FILE and filesystem.leavers[entry_id] != VISIBLE:
        parts += ["Its path is gone from the image; its bytes live on through a hardlink.\n"]
    if tree.gone[node]:
        parts += [(f"This layer hides {human(tree.gone[node])} of lower layers here.\n", "$text-warning")]
    if change in (Change.ADDED, Change.MODIFIED):
        parts += [f"{change.name.capitalize()} by this layer.\n"]
    return parts


def _touches(inspection: Inspection, path: str) -> Iterator[Part]:
    """Every layer that has this path, with what became of what it has there."""
    filesystem = inspection.filesystem
    for layer, entries in enumerate(filesystem.layers):
        for row, there in enumerate(entries.paths):
            if there != path or entries.kinds[row] >= Kind.WHITEOUT:
                continue
            entry = entries[row]
            leaver = filesystem.leavers[filesystem.offsets[layer] + row]
            size = f", {human(entry.size)}" if entry.kind == Kind.FILE else ""
            yield f"  layer {layer}: {KIND_NAMES[entry.kind]}{size}, {time_text(entry.mtime)}"
            if leaver == VISIBLE:
                yield ("  in the image\n", "$text-success")
            else:
                yield (f"  - gone or replaced in layer {leaver}\n", "$text-error")


def node_details(
    inspection: Inspection, tree: FileTree, node: int, owner: Sequence[tuple[str, Sequence[Part]]] = ()
) -> Content:
    """All about a file or folder; `owner` are the rows about whose it is."""
    entry_id = tree.entry_ids[node]
    rows = list(zip(("kind", "size", "mode, owner", "from"), node_facts(inspection, tree, node), strict=False))
    target = link_target(inspection, tree, node)
    if target:
        rows.append(("leads to", target))
    if entry_id != IMPLIED:
        rows.append(("changed", f"{time_text(inspection.filesystem.entry(entry_id).mtime)} UTC"))
        rows.append(("made by", instruction_text(inspection, inspection.filesystem.locate(entry_id)[0])))
    parts: list[Part] = [(node_path(tree, node), "bold"), "\n\n"]
    for label, values in [*((label, (value,)) for label, value in rows), *owner]:
        parts += [(f"{label:<13}", MUTED), *values, "\n"]
    fate = node_fate(inspection, tree, node)
    touches = list(_touches(inspection, tree.path(node)))
    parts += ["\n", *fate] if fate else []
    parts += ["\n", ("Layers that touch this path", MUTED), "\n", *touches] if touches else []
    if entry_id != IMPLIED:
        layer = inspection.filesystem.locate(entry_id)[0]
        parts += ["\n", (f"Layer {layer}", MUTED), "\n"]
        for label, digest in layer_digests(inspection, layer):
            parts += [(f"  {label:<9}", MUTED), digest, "\n"]
    return Content.assemble(*parts).rstrip()
