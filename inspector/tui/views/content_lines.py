"""The lines of a file's text, or its bytes, with what is searched for marked."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from inspector.tui.views.text_search import NOTHING, find_bytes, find_text, split
from inspector.tui.widgets.row_list import RowList
from inspector.tui.widgets.text_lines import Piece, wrapped

HEX_BYTES = (16, 8, 4)
"""Bytes in a row of a hexdump, by the room there is."""

FOUND = Style(reverse=True)
"""How what is found stands out, in whatever colour it has."""


def hex_width(count: int) -> int:
    """Cells of a row with `count` bytes: where they are, the bytes with a gap after every eighth, and their letters."""
    return 8 + 2 + 3 * count + (count - 1) // 8 + 1 + count


class ContentLines(RowList):
    """A text with line numbers, or bytes as hexdump(1) shows them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"code--keyword", "code--name", "code--string", "code--number"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.data = b""
        self.lines: list[list[Piece]] | None = None
        self.rows: list[tuple[int | None, list[Piece]]] = []
        self.wanted = ""
        self.found = NOTHING
        self._wrapped_at = 0
        self._bytes = HEX_BYTES[0]

    @property
    def row_count(self) -> int:
        return len(self.rows) if self.lines is not None else -(-len(self.data) // self._bytes)

    def show(self, data: bytes, lines: list[list[Piece]] | None) -> None:
        """Text where there are lines, else bytes."""
        self.data, self.lines = data, lines
        self._wrap()
        self.rows_changed()

    def search(self, wanted: str) -> None:
        """Mark a text wherever it is, and go to the first one from the cursor on."""
        self.wanted = wanted
        self._find()
        self.cursor = self.found.first(self.cursor)
        self.refresh()

    def match(self, step: int) -> None:
        """To the next (1) or previous (-1) row with what is searched for."""
        self.cursor = self.found.next(self.cursor, step)

    def selected_text(self) -> str:
        """The whole line under the cursor, as the file has it; of bytes those of the row, in hexadecimal."""
        if self.lines is None:
            start = self.cursor * self._bytes
            return self.data[start : start + self._bytes].hex(" ")
        number = next((number for number, _ in reversed(self.rows[: self.cursor + 1]) if number), 1)
        return text_of(self.data).split("\n")[number - 1].removesuffix("\r")

    def _find(self) -> None:
        if self.lines is None:
            self.found = find_bytes(self.data, self.wanted, self._bytes)
        else:
            self.found = find_text(self.rows, self.wanted)

    def on_resize(self) -> None:
        if self.scrollable_content_region.width != self._wrapped_at:
            self._wrap()
            self.rows_changed()
        super().on_resize()

    def _wrap(self) -> None:
        """Lines that are too long go on in the next row."""
        self._wrapped_at = self.scrollable_content_region.width
        self._bytes = next((count for count in HEX_BYTES if hex_width(count) <= self._wrapped_at), HEX_BYTES[-1])
        room = max(self._wrapped_at - self._numbers - 2, 8)
        self.rows = []
        for number, line in enumerate(self.lines or (), 1):
            self.rows += [(None if nth else number, row) for nth, row in enumerate(wrapped(line, room))]
        self._find()

    @property
    def _numbers(self) -> int:
        return len(str(len(self.lines or ())))

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        spans = self.found.spans.get(row, ())
        if self.lines is None:
            start = row * self._bytes
            chunk = self.data[start : start + self._bytes]
            shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in chunk)
            numbers = "  ".join(chunk[half : half + 8].hex(" ") for half in range(0, len(chunk), 8))
            head: list[Piece] = [
                ("lines--muted", f"{start:08x}  "),
                ("lines--plain", f"{numbers:<{hex_width(self._bytes) - self._bytes - 10}}"),
            ]
            pieces: list[Piece] = [("code--string", shown)]
        else:
            number, pieces = self.rows[row]
            head = [("lines--faint", f"{number or '':>{self._numbers}}  ")]
        segments = [Segment(text, self.look(look, selected)) for look, text in head]
        for look, text, found in split(pieces, spans):
            style = self.look(look, selected)
            segments.append(Segment(text, style + FOUND if found else style))
        return Strip(segments).adjust_cell_length(width, self.look("lines--plain", selected))


def text_of(data: bytes) -> str:
    """A text as the file has it; what is no UTF-8 as escapes."""
    return data.decode("utf-8", "backslashreplace")
