"""The file tree: size, bar, sign, guides, name, and what became of it; one row drawn at a time."""

from __future__ import annotations

from functools import partial

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from inspector.filesystem.stack import IMPLIED
from inspector.filesystem.tree import ROOT, Change
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.safe_names import printable
from inspector.tui.views.outline import Outline
from inspector.tui.widgets.cells import SIZE_WIDTH, cut
from inspector.tui.widgets.row_list import Look, RowList, bar_cells, cursor_mark, marked, size_cell
from inspector.tui.words import fate_note, hiding_note, link_target, mode_text, time_text

SIGNS = {Change.UNCHANGED: " ", Change.ADDED: "+", Change.MODIFIED: "~", Change.REMOVED: "-"}

CHANGE_LOOKS = {
    Change.UNCHANGED: "lines--plain",
    Change.ADDED: "lines--added",
    Change.MODIFIED: "lines--modified",
    Change.REMOVED: "lines--removed",
}

NAME_ROOM = 16
"""Cells a name must keep for the note beside it to be shown."""

DEEPEST_GUIDES = 24
"""Levels of guides drawn; a tree deeper than that would leave no room for names."""

MODE_WIDTH, ATTRIBUTES_WIDTH = 10, 22
"""Cells for `drwxr-xr-x`, and for `drwxr-xr-x 65534:65534`."""

TIME_WIDTH = 17
"""More cells for `2026-01-31 23:59`, in lists with that much room."""

ROOM_FOR_OWNER, ROOM_FOR_TIME, ROOM_FOR_BOTH = 64, 90, 100
"""Cells of a list from which on owners are shown, times, and attributes beside bars; the details have all always."""

OPEN, CLOSED, LEAF = "▾ ", "▸ ", "  "


class FileList(RowList):
    """An outline of a file tree."""

    class Toggled(Message):
        """A folder was opened or closed with the mouse."""

    def __init__(self, inspection: Inspection, outline: Outline, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.inspection = inspection
        self.outline = outline
        self.attributes = False
        self.tinted = False

    @property
    def row_count(self) -> int:
        return len(self.outline.rows)

    @property
    def node(self) -> int:
        """The node under the cursor."""
        return self.outline.rows[self.cursor]

    def show(self, outline: Outline, path: str, *, reveal: bool, tinted: bool) -> None:
        """Another outline; the cursor stays at `path` where the new one has it.

        `reveal`: open the folders on the way to it. `tinted`: names in the colour of their change, which would be too
        much where nearly all have one.
        """
        self.outline, self.tinted = outline, tinted
        if outline.kept and outline.kept.opened:
            row = outline.first_match()
        else:
            node = outline.tree.find(path)
            if reveal and node is not None:
                outline.reveal(node)
            row = outline.row_of(node) if node is not None and outline.keeps(node) else 0
        self.set_reactive(RowList.cursor, row)
        self.rows_changed()

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        look = partial(self.look, selected=selected)
        tree, node = self.outline.tree, self.outline.rows[row]
        change = Change(tree.changes[node])
        lost = tree.wholly_hidden(node)
        name_look = "lines--lost" if lost else CHANGE_LOOKS[change] if self.tinted else "lines--plain"
        room = self._bar_room(width)
        stored, hidden = tree.stored(node), tree.stored_hidden(node)
        whole = tree.stored(ROOT)
        segments = [cursor_mark(selected, look)]
        if self.attributes:
            room_for = self._attributes_room(width)
            segments.append(Segment(f"{self._attributes(node, width):<{room_for}} ", look("lines--muted")))
        segments += [
            size_cell(tree.size(node), whole, look),
            *bar_cells(stored - hidden, hidden, whole, room, look),
            Segment(" " * (room > 0), look("lines--plain")),
            Segment(f"{SIGNS[change]} ", look(CHANGE_LOOKS[change])),
            Segment(self._guides(node, width), look("lines--faint")),
            Segment(self._marker(node), look("lines--muted")),
        ]
        left = width - sum(segment.cell_length for segment in segments)
        segments += self._name_and_note(node, left, self._notes(node, selected), look(name_look), look)
        return Strip(segments).adjust_cell_length(width, look("lines--plain"))

    def clicked(self, row: int, x: int, times: int) -> None:
        """A click on a folder's marker, or a double click on its row, opens or closes it."""
        node = self.outline.rows[row]
        width = self.scrollable_content_region.width
        marker = self._before(width) + len(self._guides(node, width))
        if times == 2 or marker <= x < marker + 2:
            self.outline.toggle(row)
            self.rows_changed()

    def _notes(self, node: int, selected: bool) -> list[str]:
        """What became of a node, unless the folder above says the same, and what it hides."""
        tree = self.outline.tree
        fate = "" if not selected and self._told_above(node) else fate_note(tree, node, self.inspection)
        return [note for note in (fate, hiding_note(tree, node)) if note]

    def _name_and_note(self, node: int, left: int, notes: list[str], style: Style, look: Look) -> list[Segment]:
        """A name, and as many of the notes as there is room for."""
        tree = self.outline.tree
        name = printable(tree.names[node]) if node != ROOT else "/"
        target = link_target(self.inspection, tree, node)
        if target:
            target = f" → {target}"
        needed = min(NAME_ROOM, cell_len(name)) + 2
        note = next((each for each in (", ".join(notes), *notes) if needed + cell_len(each) <= left), "")
        room = left - cell_len(note) - 2 if note else left
        shown = cut(name, room)
        shown_target = cut(target, room - cell_len(shown))
        segments = [
            *marked(shown, self.outline.found_in(node, name), style),
            Segment(shown_target, look("lines--muted")),
        ]
        if note:
            gap = left - cell_len(shown) - cell_len(shown_target) - cell_len(note) - 1
            removed = tree.changes[node] == Change.REMOVED
            segments.append(Segment(" " * gap, look("lines--plain")))
            segments.append(Segment(f"{note} ", look("lines--muted" if removed else "lines--note")))
        return segments

    def _told_above(self, node: int) -> bool:
        """Whether the folder above says the same: hidden, or removed, as a whole and by the same layer."""
        tree, parent = self.outline.tree, self.outline.tree.parents[node]
        if node == ROOT or not tree.wholly_hidden(parent):
            return False
        removed = [tree.changes[one] == Change.REMOVED for one in (parent, node)]
        return all(removed) or (not any(removed) and tree.hiders[parent] == tree.hiders[node])

    def _bar_room(self, width: int) -> int:
        """Cells of a bar; none beside attributes where names would have no room."""
        return 0 if self.attributes and width < ROOM_FOR_BOTH else bar_room(width)

    def _attributes_room(self, width: int) -> int:
        if width < ROOM_FOR_OWNER:
            return MODE_WIDTH
        return ATTRIBUTES_WIDTH + (TIME_WIDTH if width >= ROOM_FOR_TIME else 0)

    def _attributes(self, node: int, width: int) -> str:
        """Mode, owner and time, in the order of `ls -l`."""
        entry_id = self.outline.tree.entry_ids[node]
        if entry_id == IMPLIED:
            return ""
        entry = self.inspection.filesystem.entry(entry_id)
        mode = mode_text(entry.kind, entry.mode)
        if width < ROOM_FOR_OWNER:
            return mode
        owned = f"{mode} {entry.uid}:{entry.gid}"
        return owned if width < ROOM_FOR_TIME else f"{owned:<{ATTRIBUTES_WIDTH}} {time_text(entry.mtime)}"

    def _marker(self, node: int) -> str:
        if not self.outline.children(node):
            return LEAF if self.outline.tree.kinds[node] != Kind.DIRECTORY else CLOSED
        return OPEN if node in self.outline.opened else CLOSED

    def _before(self, width: int) -> int:
        """Cells of what is left of the guides."""
        room = self._bar_room(width)
        attributes = self._attributes_room(width) + 1 if self.attributes else 0
        return 1 + attributes + SIZE_WIDTH + 1 + room + (room > 0) + 2

    def _guides(self, node: int, width: int) -> str:
        """A line for every folder above that goes on below this row, as far as the name keeps its room."""
        deepest = max(0, min(DEEPEST_GUIDES, (width - self._before(width) - NAME_ROOM) // 2))
        outline, parents = self.outline, self.outline.tree.parents
        guides: list[str] = []
        above = parents[node]
        while above != ROOT and len(guides) < deepest:
            guides.append("  " if outline.is_last(above) else "│ ")
            above = parents[above]
        return ("  " if node != ROOT else "") + "".join(reversed(guides))


def bar_room(width: int) -> int:
    """Cells for the bars in a list of that width; none where names need them all."""
    if width < 46:
        return 0
    return 8 if width < 64 else 14 if width < 100 else 20
