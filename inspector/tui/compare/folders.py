"""The files that differ as a tree of their folders: each sums up what is in it; a chain of single folders is a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from inspector.compare.side import Status
from inspector.reports.compare_words import marks
from inspector.tui.compare.rows import Cell, ComparedRow, Folder, Order

OPEN, CLOSED, LEAF = "▾ ", "▸ ", "  "

INDENT, DEEPEST = "  ", 24
"""In front of a row for each folder that it is in; more of them would leave no room for names."""


class Node(Struct):
    """A folder with what differs in it, summed up. `own` is the row of the folder itself, where it differs too."""

    path: str
    folders: dict[str, Node] = field(default_factory=dict)
    files: list[ComparedRow] = field(default_factory=list)
    own: ComparedRow | None = None
    a_bytes: int = 0
    b_bytes: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)


def folder_tree(rows: Sequence[ComparedRow]) -> Node:
    """The files that differ by their folders."""
    root = Node("")
    known = {"": root}
    for row in rows:
        is_folder = any(cell is not None and cell.text.endswith("/") for cell in (row.a, row.b))
        if is_folder:
            _folder(row.name, known).own = row
        else:
            _folder(row.name.rpartition("/")[0], known).files.append(row)
    _sum_up(known)
    return root


def folder_rows(tree: Node, order: Order, closed: Collection[str]) -> list[ComparedRow]:
    """The rows of files below rows of their folders; of those that are `closed`, by path, only the folder."""
    rows = []
    pending = [(each, "", 0) for each in _inside(tree, order)]
    while pending:
        each, above, depth = pending.pop()
        if isinstance(each, ComparedRow):
            rows.append(_file_row(each, depth))
            continue
        opened = each.path not in closed
        rows.append(_folder_row(each, above, depth, opened=opened))
        if opened:
            pending += [(inner, each.path, depth + 1) for inner in _inside(each, order)]
    return rows


def folders_of(tree: Node) -> Iterator[str]:
    """The paths of all folders that have a row."""
    pending = [tree]
    for node in pending:  # grows meanwhile
        pending += map(_chain, node.folders.values())
        yield node.path


def _folder(path: str, known: dict[str, Node]) -> Node:
    """The node of a path, made with those above it where it is the first time."""
    missing = []
    while path not in known:
        missing.append(path)
        path = path.rpartition("/")[0]
    node = known[path]
    for below in reversed(missing):
        known[below] = node.folders[below.rpartition("/")[2]] = Node(below)
        node = known[below]
    return node


def _sum_up(known: dict[str, Node]) -> None:
    """Bytes and counts of all nodes, each of which comes after the one above it."""
    for node in reversed(known.values()):
        for row in [*node.files, *([node.own] if node.own else [])]:
            node.a_bytes += (row.a.size_bytes or 0) if row.a else 0
            node.b_bytes += (row.b.size_bytes or 0) if row.b else 0
            node.statuses[row.status] += 1
        for folder in node.folders.values():
            node.a_bytes += folder.a_bytes
            node.b_bytes += folder.b_bytes
            node.statuses.update(folder.statuses)


def _inside(node: Node, order: Order) -> list[Node | ComparedRow]:
    """What is in a folder, the last first: folders and files together by their change, or folders first by name."""
    things: list[Node | ComparedRow] = [*map(_chain, node.folders.values()), *node.files]
    return sorted(things, key=_by_name if order is Order.NAME else _by_change, reverse=True)


def _chain(node: Node) -> Node:
    """Down to the folder that has more in it than one other folder."""
    while len(node.folders) == 1 and not node.files and node.own is None:
        (node,) = node.folders.values()
    return node


def _by_change(each: Node | ComparedRow) -> tuple[object, ...]:
    if isinstance(each, Node):
        return -abs(each.b_bytes - each.a_bytes), 0, each.path
    return -abs(each.delta_bytes), 1, each.name


def _by_name(each: Node | ComparedRow) -> tuple[object, ...]:
    return (0, each.path) if isinstance(each, Node) else (1, each.name)


def _folder_row(node: Node, above: str, depth: int, *, opened: bool) -> ComparedRow:
    """The folder at the left, and at the right how many files differ in it."""
    has_rows = bool(node.folders or node.files)
    marker = LEAF if not has_rows else OPEN if opened else CLOSED
    name = f"{INDENT * min(depth, DEEPEST)}{marker}{node.path[len(above) :].lstrip('/')}/"
    status = node.own.status if node.own else Status.CHANGED
    marked = told = marks(node.statuses)
    if not has_rows and node.own is not None:
        told = ", ".join(getattr(node.own.item, "aspects", ())) or status
    return ComparedRow(
        status,
        f"{node.path}/",
        Cell(name, node.a_bytes, node.a_bytes),
        Cell(told, node.b_bytes, node.b_bytes),
        node.b_bytes - node.a_bytes,
        Folder(node.path, marked, node.own.item if node.own else None),
        node.own.cause if node.own else None,
        depth,
    )


def _file_row(row: ComparedRow, depth: int) -> ComparedRow:
    name = f"{INDENT * min(depth, DEEPEST)}{LEAF}{row.name.rpartition('/')[2]}"
    a, b = (cell and replace(cell, text=name) for cell in (row.a, row.b))
    if row.status is Status.MOVED and row.a is not None:
        a = replace(row.a, text=f"{INDENT * min(depth, DEEPEST)}{LEAF}{row.a.text}")
    return replace(row, a=a, b=b, depth=depth)
