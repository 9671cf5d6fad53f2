"""The Dockerfile on a page, with the bytes of each instruction beside it, opened at the one that is looked for."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from inspector.attribution.placement import Placement
from inspector.inspection import Inspection
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.tui.instruction_words import instruction_details
from inspector.tui.widgets.cells import SIZE_WIDTH, bar
from inspector.tui.widgets.pages import Details
from inspector.tui.widgets.row_list import size_look
from inspector.tui.widgets.text_lines import GOES_ON, Line, Piece, TextLines

BAR = 8

ROOM_FOR_BAR = 60
"""Cells of the page from which on it has bars."""


class Weight(Struct, frozen=True):
    """Bytes that instructions wrote, and how many of them later ones hide."""

    live: int
    hidden: int

    @property
    def size(self) -> int:
        return self.live + self.hidden


def open_dockerfile(widget: Widget, inspection: Inspection, layer: int) -> None:
    """Show where a layer was made: in the Dockerfile, or where none is known in the image's history."""
    placement = inspection.placement
    if placement is None or not placement.dockerfile.text:
        widget.app.push_screen(Details(instruction_details(inspection, layer), "Instruction"))
    else:
        widget.app.push_screen(DockerfilePage(inspection, placement, layer))


def weights(inspection: Inspection, placement: Placement) -> dict[int, Weight]:
    """First line of an instruction → what its layers weigh; only lines that made a layer of this image are in it."""
    found: dict[int, Weight] = {}
    for step, written in zip(inspection.instructions, placement.written, strict=True):
        if written is not None and step.layer is not None:
            totals, before = inspection.totals_of(step.layer), found.get(written.first_line, Weight(0, 0))
            found[written.first_line] = Weight(
                before.live + totals.live_bytes, before.hidden + totals.hidden_bytes
            )  # ONBUILD may have made several
    return found


def lines_of(inspection: Inspection, placement: Placement, layer: int) -> range:
    """The lines of what made a layer; of a layer of the base the FROM; none where it is unknown."""
    step = inspection.instruction_of(layer)
    written = placement.written[step.index] if step else None
    if written is None and inspection.is_from_base(layer):
        written = placement.stages[0].opening
    return range(written.first_line, written.last_line + 1) if written else range(0)


def dockerfile_lines(inspection: Inspection, placement: Placement, wanted: range, bar_room: int) -> list[Line]:
    """The whole file: bytes and a bar beside the first line of each instruction, then the line's number and text.

    Lines of stages that the image has nothing of step back, `wanted` ones are marked.
    """
    written = weights(inspection, placement)
    most = max((weight.size for weight in written.values()), default=0)
    whole = inspection.filesystem.ledger.total_bytes
    own = {
        line
        for stage in placement.stages
        for each in (stage.opening, *stage.instructions)
        for line in range(each.first_line, each.last_line + 1)
    }
    texts = placement.dockerfile.text.removeprefix("\ufeff").removesuffix("\n").split("\n")
    digits = len(str(len(texts)))
    lines = []
    for number, text in enumerate(texts, 1):
        weight = written.get(number)
        solid, shaded = bar(weight.live, weight.hidden, most, bar_room) if weight else ("", "")
        look = "lines--muted" if number not in own else "lines--strong" if number in wanted else "lines--plain"
        size_told = f"{human(weight.size) if weight else '':>{SIZE_WIDTH}} "
        head: tuple[Piece, ...] = (
            (size_look(weight.size if weight else 0, whole), size_told),
            ("lines--live", solid),
            ("lines--hidden", shaded),
            ("lines--muted", f"{'':{bar_room - len(solid) - len(shaded)}} {number:>{digits}}  "),
        )
        pieces = ((look, printable(text.removesuffix("\r").expandtabs(4))),)
        lines.append(Line(pieces, head, GOES_ON, marked=number in wanted, by_words=True))
    return lines


class DockerfileText(TextLines):
    """The lines; made again for another width, since a narrow page has no bars."""

    def __init__(self, inspection: Inspection, placement: Placement, wanted: range) -> None:
        super().__init__(id="content-lines")
        self._inspection, self._placement, self._wanted = inspection, placement, wanted
        self._bar_room = -1

    def on_resize(self) -> None:
        room = BAR if self.scrollable_content_region.width >= ROOM_FOR_BAR else 0
        if room != self._bar_room:
            at = self._line_at(self.cursor) if self.lines else max(self._wanted.start - 1, 0)
            self._bar_room = room
            self.show(dockerfile_lines(self._inspection, self._placement, self._wanted, room), at)
        super().on_resize()


class DockerfilePage(ModalScreen[None]):
    """A Dockerfile to read and close, at the lines of a layer."""

    BINDINGS: ClassVar = [Binding("escape,q,d,enter", "dismiss", "Close", show=False)]

    def __init__(self, inspection: Inspection, placement: Placement, layer: int) -> None:
        super().__init__()
        self.inspection, self.placement = inspection, placement
        self.wanted = lines_of(inspection, placement, layer)
        self.list = DockerfileText(inspection, placement, self.wanted)

    def compose(self) -> ComposeResult:
        with Vertical(id="content") as page:
            page.border_title = Content(printable(self.placement.dockerfile.path))
            page.border_subtitle = Content(self._told())
            yield self.list

    def _told(self) -> str:
        """What the lines weigh together, and what the base has, which no line but FROM brings."""
        ours = sum(weight.size for weight in weights(self.inspection, self.placement).values())
        rest = self.inspection.filesystem.ledger.total_bytes - ours
        base = f" · {human(rest)} from {printable(self.placement.base_name or 'the base')}" if rest else ""
        return f"esc closes · {human(ours)} by these lines{base}"
