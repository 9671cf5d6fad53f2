"""The content of a file: text with syntax colours, or bytes; wrapped, never cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.worker import get_current_worker

from inspector.content.reading import Contents, FileContent, is_text
from inspector.errors import Cancelled, InspectorError
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.sources.protocol import ReadEvent, Stage
from inspector.tui.clipboard import copy
from inspector.tui.commands import GENERAL, HELP, LOOK, MOVE, MOVING, NARROW, TAKE, Command, bindings
from inspector.tui.instruction_words import place
from inspector.tui.views.content_lines import ContentLines, text_of
from inspector.tui.widgets.pages import Help
from inspector.tui.widgets.row_list import MovesRows
from inspector.tui.widgets.text_lines import Piece
from inspector.waiting import FRAME_SECONDS, Waiting

COLOURED = 256 << 10
"""Bytes of text that get syntax colours; pygments takes a second for a megabyte."""

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
    text = text_of(data)
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


class ContentPage(MovesRows, ModalScreen[None]):
    """One file's content, from the layer that was looked at. It is read in a worker, which leaving stops."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        *MOVING,
        Command("viewer.bytes", "x", "Text or bytes", "As a text, or as bytes", "hexadecimal", LOOK),
        Command("viewer.search", "slash,ctrl+f", "Search", "A text, upper or lower case", "search", NARROW),
        Command("viewer.next", "n", "Next match", "The next match", "match(1)", NARROW),
        Command("viewer.previous", "N", "Previous match", "The match before", "match(-1)", NARROW),
        Command("viewer.copy", "y", "Copy the line", "Copy the selected line", "copy", TAKE),
        Command("viewer.copy-all", "Y", "Copy the text", "Copy the whole text", "copy_all", TAKE),
        Command("viewer.close", "escape,v,q", "Close", "Without the search; then close", "close", GENERAL),
        replace(HELP, id="viewer.help"),
    )
    BINDINGS = bindings(ACTIONS)

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
        self.filter = Input(placeholder="a text to search for", classes="filter", compact=True)
        self.text: list[list[Piece]] | None = None
        self.size_told = ""
        self._waiting = Waiting()

    def compose(self) -> ComposeResult:
        with Vertical(id="content"):
            yield self.list
            yield self.filter

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
        self.size_told = human(read.content.size)
        if not read.content.complete:
            self.size_told = f"the first {human(len(read.content.data))} of {self.size_told}"
        self._tell_keys()

    def on_content_page_failed(self, failed: Failed) -> None:
        self._timer.stop()
        told = [failed.error.message, failed.error.hint]
        self.list.show(b"", [[("lines--plain", printable(line))] for line in told if line])
        self.query_one("#content").border_subtitle = "esc closes"

    def _tell_keys(self) -> None:
        """How long the file is, or what was found, and the keys."""
        wanted = self.list.wanted
        if wanted:
            count = f"{self.list.found.count} found" if self.list.found.count else "nothing found"
            told = f"“{printable(wanted)}” {count} · n N: next, previous · y: copy"
        else:
            told = f"{self.size_told} · {'x: bytes · ' if self.text is not None else ''}/: search · y: copy"
        self.query_one("#content").border_subtitle = Content(f"{told} · ?: keys · esc closes")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:  # noqa: ARG002
        """Nothing to search or copy before it is read; in the search `/` is a letter like others."""
        if action == "search":
            return bool(self.size_told) and not self.filter.has_focus
        return bool(self.size_told) if action in ("match", "copy", "copy_all", "hexadecimal") else True

    def action_hexadecimal(self) -> None:
        if self.text is not None:
            self.list.show(self.list.data, None if self.list.lines is not None else self.text)
            self._tell_keys()

    def action_search(self) -> None:
        self.filter.display = True
        self.set_focus(self.filter)

    @property
    def main(self) -> ContentLines:
        return self.list

    def action_match(self, step: int) -> None:
        self.list.match(step)

    def action_copy(self) -> None:
        copy(self, self.list.selected_text(), "line" if self.list.lines is not None else "bytes")

    def action_copy_all(self) -> None:
        """The whole of a text, as far as it was read."""
        if self.text is None:
            self.notify("These are bytes; x in the list of files writes them to disk.", timeout=3)
            return
        copy(self, text_of(self.list.data), "text")

    def action_close(self) -> None:
        """End the search, if there is one; else close the page."""
        if not self.filter.display:
            self.dismiss()
            return
        self.filter.value = ""
        self.filter.display = False
        self.set_focus(self.list)

    def action_help(self) -> None:
        self.app.push_screen(Help(self.ACTIONS, (), (MOVE, LOOK)))

    @on(Input.Changed)
    def search_as_typed(self, event: Input.Changed) -> None:
        self.list.search(event.value)
        self._tell_keys()

    @on(Input.Submitted)
    def keep_search(self) -> None:
        self.set_focus(self.list)
        self.filter.display = bool(self.filter.value)
