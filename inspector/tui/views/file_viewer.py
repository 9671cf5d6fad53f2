"""The content of a file: text with syntax colours, or bytes; wrapped, never cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.worker import get_current_worker

from inspector.content.reading import Contents, FileContent, is_text
from inspector.errors import Cancelled, InspectorError
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.sources.protocol import ReadEvent, Stage
from inspector.tui.instruction_words import place
from inspector.tui.widgets.row_list import RowList
from inspector.tui.widgets.text_lines import Piece, wrapped
from inspector.waiting import FRAME_SECONDS, Waiting

COLOURED = 256 << 10
"""Bytes of text that get syntax colours; pygments takes a second for a megabyte."""

HEX_BYTES = (16, 8, 4)
"""Bytes in a row of a hexdump, by the room there is."""

LOOKS = (
    ("Token.Comment", "lines--muted"),
    ("Token.Keyword", "code--keyword"),
    ("Token.Name.Function", "code--name"),
    ("Token.Name.Class", "code--name"),
    ("Token.Name.Tag", "code--name"),
    ("Token.Name.Attribute", "code--name"),
    ("Token.Literal.String", "code--string"),
    ("Token.Literal.Number", "code--number"),
)
"""Pygments' token types, by the beginning of their names → component class; the rest is plain."""


def text_lines(data: bytes, path: str) -> list[list[Piece]]:
    """The lines of a text, in pieces of one colour."""
    text = data.decode("utf-8", "backslashreplace")
    lines: list[list[Piece]] = [[]]
    for look, part in _coloured(text, path) if len(data) <= COLOURED else [("lines--plain", text)]:
        for nth, line in enumerate(part.split("\n")):
            if nth:
                lines.append([])
            if line:
                lines[-1].append((look, printable(line.rstrip("\r").expandtabs(4))))
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


def _coloured(text: str, path: str) -> Iterator[Piece]:
    from pygments.lexers import get_lexer_for_filename, guess_lexer  # 40 ms, when a file is looked at
    from pygments.lexers.special import TextLexer
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_for_filename(path, text) if not text.startswith("#!") else guess_lexer(text)
    except ClassNotFound:
        lexer = TextLexer()
    lexer.stripnl = lexer.ensurenl = False
    for token, part in lexer.get_tokens(text):
        name = str(token)
        yield next((look for prefix, look in LOOKS if name.startswith(prefix)), "lines--plain"), part


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

    @property
    def _numbers(self) -> int:
        return len(str(len(self.lines or ())))

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        if self.lines is None:
            start = row * self._bytes
            chunk = self.data[start : start + self._bytes]
            shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in chunk)
            numbers = "  ".join(chunk[half : half + 8].hex(" ") for half in range(0, len(chunk), 8))
            pieces: list[Piece] = [
                ("lines--muted", f"{start:08x}  "),
                ("lines--plain", f"{numbers:<{hex_width(self._bytes) - self._bytes - 10}}"),
                ("code--string", shown),
            ]
        else:
            number, line = self.rows[row]
            pieces = [("lines--faint", f"{number or '':>{self._numbers}}  "), *line]
        segments = [Segment(text, self.look(look, selected)) for look, text in pieces]
        return Strip(segments).adjust_cell_length(width, self.look("lines--plain", selected))


class ContentPage(ModalScreen[None]):
    """One file's content, from the layer that was looked at. It is read in a worker, which leaving stops."""

    BINDINGS: ClassVar = [
        Binding("escape,q,v", "dismiss", "Close", show=False),
        Binding("x", "hexadecimal", "Text or bytes", show=False),
    ]

    class Read(Message):
        """The file was read."""

        def __init__(self, content: FileContent, lines: list[list[Piece]] | None) -> None:
            super().__init__()
            self.content, self.lines = content, lines

    class Failed(Message):
        """It could not be."""

        def __init__(self, error: InspectorError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, contents: Contents, path: str, entry_id: int) -> None:
        super().__init__()
        self.contents, self.path, self.entry_id = contents, path, entry_id
        self.list = ContentLines(id="content-lines")
        self.text: list[list[Piece]] | None = None
        self._waiting = Waiting()

    def compose(self) -> ComposeResult:
        with Vertical(id="content"):
            yield self.list

    def on_mount(self) -> None:
        inspection = self.contents.inspection
        layer = inspection.filesystem.locate(self.contents.file_of(self.entry_id))[0]
        box = self.query_one("#content")
        box.border_title = Content(printable(f"/{self.path}"))
        self._waiting.take(Stage(f"reading {place(inspection, layer)} again"))
        self._timer = self.set_interval(FRAME_SECONDS, self._tell)
        self._tell()
        self.run_worker(self._read, thread=True)

    def _tell(self) -> None:
        """What is waited for now."""
        told = f"{self._waiting.spinner} {self._waiting.text} · esc closes"
        self.query_one("#content").border_subtitle = Content(told)

    def _read(self) -> None:
        worker = get_current_worker()

        def watch(news: ReadEvent) -> None:
            if worker.is_cancelled:
                raise Cancelled
            self._waiting.take(news)

        try:
            content = self.contents.read(self.entry_id, watch)
        except Cancelled:
            return
        except InspectorError as error:
            self.post_message(self.Failed(error))
            return
        self.post_message(self.Read(content, text_lines(content.data, self.path) if is_text(content.data) else None))

    def on_content_page_read(self, read: Read) -> None:
        self._timer.stop()
        self.text = read.lines
        self.list.show(read.content.data, read.lines)
        size = human(read.content.size)
        if not read.content.complete:
            size = f"the first {human(len(read.content.data))} of {size}"
        keys = "x: text or bytes · " if read.lines is not None else ""
        self.query_one("#content").border_subtitle = Content(f"{size} · {keys}esc closes")

    def on_content_page_failed(self, failed: Failed) -> None:
        self._timer.stop()
        told = [failed.error.message, failed.error.hint]
        self.list.show(b"", [[("lines--plain", printable(line))] for line in told if line])
        self.query_one("#content").border_subtitle = "esc closes"

    def action_hexadecimal(self) -> None:
        if self.text is not None:
            self.list.show(self.list.data, None if self.list.lines is not None else self.text)
