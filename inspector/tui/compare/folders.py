"""The files that differ as a tree of their folders: each sums up what is in it; a chain of single folders is a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from inspector.compare.side import Status
from inspector.reports.compare_words import marks
from inspector.tui.compare.rows import Cell, ComparedRow, Folder, Order

OPEN, CLOSED, LEAF = "▾ ", "▸ ", "  "

INDENT = "  "


class _Node(Struct):
    """A folder with what differs in it. `own` is the row of the folder itself, where it differs too."""

    path: str
    folders: dict[str, _Node] = field(default_factory=dict)
    files: list[ComparedRow] = field(default_factory=list)
    own: ComparedRow | None = None
    a_bytes: int = 0
    b_bytes: int = 0
    statuses: list[Status] = field(default_factory=list)


def folder_rows(rows: Sequence[ComparedRow], order: Order, closed: Collection[str]) -> list[ComparedRow]:
    """The rows of files below rows of their folders; of those that are `closed`, by path, only the folder."""
    return list(_below(_tree(rows), order, closed, 0))


def folders_of(rows: Sequence[ComparedRow]) -> list[str]:
    """The paths of all folders that have a row."""
    return [row.item.path for row in folder_rows(rows, Order.NAME, ()) if isinstance(row.item, Folder)]


def _tree(rows: Sequence[ComparedRow]) -> _Node:
    root = _Node("")
    for row in rows:
        *folders, name = row.name.split("/")
        is_folder = any(cell is not None and cell.text.endswith("/") for cell in (row.a, row.b))
        node = root
        _count(node, row)
        for folder in [*folders, name] if is_folder else folders:
            node = node.folders.setdefault(folder, _Node(f"{node.path}/{folder}".lstrip("/")))
            _count(node, row)
        if is_folder:
            node.own = row
        else:
            node.files.append(row)
    return root


def _count(node: _Node, row: ComparedRow) -> None:
    node.a_bytes += (row.a.size_bytes or 0) if row.a else 0
    node.b_bytes += (row.b.size_bytes or 0) if row.b else 0
    node.statuses.append(row.status)


def _below(node: _Node, order: Order, closed: Collection[str], depth: int) -> Iterator[ComparedRow]:
    """What is in a folder: folders and files together by their change, or folders first by name."""
    things = [_chain(folder) for folder in node.folders.values()] + node.files
    things.sort(key=_by_name if order is Order.NAME else _by_change)
    for each in things:
        if isinstance(each, ComparedRow):
            yield _file_row(each, depth)
            continue
        opened = each.path not in closed
        yield _folder_row(each, node.path, depth, opened=opened)
        if opened:
            yield from _below(each, order, closed, depth + 1)


def _chain(node: _Node) -> _Node:
    """Down to the folder that has more in it than one other folder."""
    while len(node.folders) == 1 and not node.files and node.own is None:
        (node,) = node.folders.values()
    return node


def _by_change(each: _Node | ComparedRow) -> tuple[object, ...]:
    if isinstance(each, _Node):
        return -abs(each.b_bytes - each.a_bytes), 0, each.path
    return -abs(each.delta_bytes), 1, each.name


def _by_name(each: _Node | ComparedRow) -> tuple[object, ...]:
    return (0, each.path) if isinstance(each, _Node) else (1, each.name)


def _folder_row(node: _Node, above: str, depth: int, *, opened: bool) -> ComparedRow:
    """The folder at the left, and at the right how many files differ in it."""
    has_rows = bool(node.folders or node.files)
    marker = LEAF if not has_rows else OPEN if opened else CLOSED
    name = f"{INDENT * depth}{marker}{node.path[len(above) :].lstrip('/')}/"
    status = node.own.status if node.own else Status.CHANGED
    told = marks(node.statuses)
    if not has_rows and node.own is not None:
        told = ", ".join(getattr(node.own.item, "aspects", ())) or status
    return ComparedRow(
        status,
        f"{node.path}/",
        Cell(name, node.a_bytes, node.a_bytes),
        Cell(told, node.b_bytes, node.b_bytes),
        node.b_bytes - node.a_bytes,
        Folder(node.path, tuple(node.statuses), node.own.item if node.own else None),
        node.own.cause if node.own else None,
        depth,
    )


def _file_row(row: ComparedRow, depth: int) -> ComparedRow:
    name = f"{INDENT * depth}{LEAF}{row.name.rpartition('/')[2]}"
    a, b = (cell and replace(cell, text=name) for cell in (row.a, row.b))
    if row.status is Status.MOVED and row.a is not None:
        a = replace(row.a, text=f"{INDENT * depth}{LEAF}{row.a.text}")
    return replace(row, a=a, b=b, depth=depth)
