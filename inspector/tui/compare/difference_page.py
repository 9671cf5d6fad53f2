"""One changed file: what both images have there, and the lines that differ. Both are read in a worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.worker import get_current_worker

from inspector.compare.files import FileChange
from inspector.compare.side import Status, Which
from inspector.content.difference import Version, differing_lines, read_versions
from inspector.content.reading import Contents
from inspector.errors import Cancelled, InspectorError
from inspector.layers.entries import Kind
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.sources.protocol import ReadEvent
from inspector.tui.clipboard import copy
from inspector.tui.widgets.text_lines import Line, TextLines
from inspector.tui.words import KIND_NAMES, mode_text

LOOKS = {"+": "lines--added", "-": "lines--removed", "@": "lines--live", "\\": "lines--muted"}
"""A line of a diff by its first character."""

TAB = 4


class DifferencePage(ModalScreen[None]):
    """A file of both images to read and close; leaving stops the reading."""

    BINDINGS: ClassVar = [
        Binding("escape,q,v", "dismiss", "Close", show=False),
        Binding("y", "copy", "Copy the differing lines", show=False),
    ]

    class Read(Message):
        """Both sides were read."""

        def __init__(self, before: Version | None, after: Version | None, differing: list[str] | str) -> None:
            super().__init__()
            self.before, self.after, self.differing = before, after, differing

    class Failed(Message):
        """One of them could not be."""

        def __init__(self, error: InspectorError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, sides: Mapping[Which, Contents], names: tuple[str, str], change: FileChange) -> None:
        """`names` are what both images are called."""
        super().__init__()
        self.sides, self.names, self.change = sides, names, change
        self.list = TextLines(id="content-lines")
        self.differing: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="content") as page:
            page.border_title = Content(printable(f"/{self.change.path}"))
            page.border_subtitle = "reading both again …   esc closes"
            yield self.list

    def on_mount(self) -> None:
        self.run_worker(self._read, thread=True)

    @property
    def paths(self) -> tuple[str, str]:
        """Where it is in each image."""
        return self.change.a_path or self.change.path, self.change.path

    def _read(self) -> None:
        worker = get_current_worker()

        def watch(_: ReadEvent) -> None:
            if worker.is_cancelled:
                raise Cancelled

        a_path, b_path = self.paths
        try:
            before, after = read_versions((self.sides["a"], a_path), (self.sides["b"], b_path), watch)
        except Cancelled:
            return
        except InspectorError as error:
            self.post_message(self.Failed(error))
            return
        self.post_message(self.Read(before, after, differing_lines(before, after)))

    def on_difference_page_read(self, read: Read) -> None:
        lines = list(self._heads(read.before, read.after))
        keys = ""
        if isinstance(read.differing, str):
            lines.append(Line((("lines--strong", read.differing),), by_words=True))
        else:
            self.differing = [f"--- {self._named(0)}", f"+++ {self._named(1)}", *read.differing]
            lines += (Line(((LOOKS.get(line[:1], "lines--plain"), _shown(line)),)) for line in read.differing)
            added, removed = (sum(line[:1] == sign for line in read.differing) for sign in "+-")
            keys = f"+{added} −{removed} · y: copy · "
        self.list.show(lines)
        self.query_one("#content").border_subtitle = Content(f"{keys}esc closes")

    def on_difference_page_failed(self, failed: Failed) -> None:
        told = [failed.error.message, failed.error.hint]
        self.list.show([Line((("lines--plain", printable(line)),), by_words=True) for line in told if line])
        self.query_one("#content").border_subtitle = "esc closes"

    def action_copy(self) -> None:
        if self.differing:
            copy(self, "".join(f"{line}\n" for line in self.differing), "lines that differ")

    def _heads(self, before: Version | None, after: Version | None) -> Iterator[Line]:
        """What both have: path, size, mode, owner, digest."""
        for nth, (sign, look, version) in enumerate((("−", "lines--removed", before), ("+", "lines--added", after))):
            facts = "not there" if version is None else " · ".join(_facts(version))
            yield Line((("lines--strong", printable(self._named(nth))),), ((look, f"{sign} "),))
            yield Line((("lines--muted", printable(facts)),), (("lines--plain", "  "),), by_words=True)
        if self.change.status is Status.CHANGED:
            yield Line((("lines--modified", f"{', '.join(self.change.aspects)} changed"),), (("lines--plain", "~ "),))
        yield Line()

    def _named(self, nth: int) -> str:
        """`app:1 /etc/motd`."""
        return f"{self.names[nth]} /{self.paths[nth]}"


def _facts(version: Version) -> Iterator[str]:
    entry = version.entry
    yield KIND_NAMES[entry.kind]
    if entry.kind == Kind.FILE:
        yield human(entry.size)
    yield f"{mode_text(entry.kind, entry.mode)} {entry.uid}:{entry.gid}"
    if entry.kind == Kind.SYMLINK:
        yield f"leads to {entry.link}"
    if version.digest is not None:
        yield version.digest


def _shown(line: str) -> str:
    return printable(line[:1] + line[1:].rstrip("\r").expandtabs(TAB))
