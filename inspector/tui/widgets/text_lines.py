"""Lines of text to read, each with something in front of it; long ones go on in the next row, nothing is cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from msgspec import Struct
from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip

from inspector.tui.instruction_words import MUTED, Part
from inspector.tui.widgets.row_list import RowList

Piece = tuple[str, str]
"""Component class and text."""

GOES_ON = "↳ "
"""In front of what goes on from the row above, where that may not be taken for a line of its own."""

LEAST = 8
"""Cells of a text at least, however much is in front of it."""

STYLES = {
    "lines--muted": MUTED,
    "lines--faint": MUTED,
    "lines--strong": "bold",
    "lines--live": "$primary",
    "lines--added": "$text-success",
    "lines--modified": "$text-warning",
    "lines--removed": "$text-error",
}
"""The looks of a list as styles of a text."""


class Line(Struct, frozen=True):
    """`head` is in front of the text, which goes on below itself, after `goes_on`. Marked lines have the cursor's mark.

    Where `by_words`, it is broken between words.
    """

    text: tuple[Piece, ...] = ()
    head: tuple[Piece, ...] = ()
    goes_on: str = ""
    marked: bool = False
    by_words: bool = False


def pieces_width(pieces: Iterable[Piece]) -> int:
    """Cells of pieces side by side."""
    return sum(cell_len(text) for _, text in pieces)


def wrapped(pieces: Iterable[Piece], room: int) -> Iterator[list[Piece]]:
    """The rows of a text in `room` cells, broken wherever one is full; one of them at least."""
    row: list[Piece] = []
    used = 0
    for look, piece in pieces:
        text = piece
        while cell_len(text) > room - used:
            head = next(iter(chop_cells(text, room - used)), "") if room > used else ""
            yield [*row, (look, head)]
            row, used, text = [], 0, text[len(head) :]
        row.append((look, text))
        used += cell_len(text)
    yield row


def wrapped_by_words(pieces: Iterable[Piece], room: int) -> Iterator[list[Piece]]:
    """The same, broken between words where a word is not longer than a row."""
    row: list[Piece] = []
    used = 0
    for look, piece in pieces:
        for nth, word in enumerate(piece.split(" ")):
            gap = " " if nth else ""
            if used and used + cell_len(gap + word) > room:
                yield _joined(row)
                row, used, gap = [], 0, ""
            *full, last = wrapped([(look, gap + word)], room)
            yield from full
            row += last
            used += pieces_width(last)
    yield _joined(row)


def _joined(row: Iterable[Piece]) -> list[Piece]:
    """Pieces of one look as one: each is drawn by itself."""
    return [(look, "".join(text for _, text in pieces)) for look, pieces in groupby(row, key=itemgetter(0))]


def as_text(lines: Iterable[Line]) -> Content:
    """The same lines on a page of their own, which wraps them itself."""
    parts: list[Part] = []
    for line in lines:
        parts += [(text, STYLES.get(look, "")) for look, text in (*line.head, *line.text)]
        parts.append("\n")
    return Content.assemble(*parts).rstrip()


class TextLines(RowList):
    """A text of `lines`, each of one row or more."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.set_classes(classes or "")
        self.lines: Sequence[Line] = ()
        self.rows: list[tuple[Line, list[Piece]]] = []
        self._first_rows: list[int] = []
        self._wrapped_at = 0

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def line(self) -> int:
        """The line under the cursor."""
        return self._line_at(self.cursor)

    def show(self, lines: Sequence[Line], at: int = 0) -> None:
        """Other lines, with the cursor on one of them and that one at the top, or as near as may be."""
        self.lines = lines
        self._wrap()
        self.set_reactive(RowList.cursor, self._first_rows[at] if lines else 0)
        self.rows_changed()
        self.scroll_to(y=self.cursor, animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        if self.scrollable_content_region.width != self._wrapped_at:
            line = self.line
            self._wrap()
            self.set_reactive(RowList.cursor, self._first_rows[line] if self.lines else 0)
            self.rows_changed()
        super().on_resize()

    def _line_at(self, row: int) -> int:
        return max((line for line, first in enumerate(self._first_rows) if first <= row), default=0)

    def _wrap(self) -> None:
        self._wrapped_at = self.scrollable_content_region.width
        self.rows, self._first_rows = [], []
        for line in self.lines:
            self._first_rows.append(len(self.rows))
            before = pieces_width(line.head)
            room = max(self._wrapped_at - 1 - before - len(line.goes_on), LEAST)
            wrap = wrapped_by_words if line.by_words else wrapped
            for nth, row in enumerate(wrap(line.text, room)):
                head = [("lines--faint", " " * before + line.goes_on)] if nth else [*line.head]
                self.rows.append((line, [*head, *row]))

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        line, pieces = self.rows[row]
        on_cursor = selected and self.can_focus
        mark = Segment("▌" if line.marked else " ", self.look("lines--live", on_cursor))
        segments = [Segment(text, self.look(look, on_cursor)) for look, text in pieces]
        return Strip([mark, *segments]).adjust_cell_length(width, self.look("lines--plain", on_cursor))
