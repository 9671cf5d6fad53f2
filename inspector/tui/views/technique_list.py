"""The list of techniques: what the image would be with each, a bar of that, and why it applies or not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from inspector.lean.plan.model import Answer
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.tui.views.plan_words import technique_text
from inspector.tui.widgets.cells import SIZE_WIDTH, bar, cut, padded
from inspector.tui.widgets.row_list import RowList, cursor_mark

BAR = 8

ROOM_FOR_BAR = 46
"""Cells of a list from which on it has bars."""

REASON_ROOM = 12
"""Cells from which on a reason says something; below the list it stands in full."""


class TechniqueList(RowList):
    """The answers of the techniques; the best is bold. So short a list leaves paging to what is below it."""

    class Paged(Message):
        """The person wants to see more of what is below, so many pages of it."""

        def __init__(self, pages: float) -> None:
            super().__init__()
            self.pages = pages

    def __init__(self, whole: int, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        """`whole` is the image's size in bytes."""
        super().__init__(id=id)
        self.whole = whole
        self.answers: Sequence[Answer] = ()
        self.sizes: Sequence[int | None] = ()
        self.best: Sequence[Answer] = ()

    @property
    def row_count(self) -> int:
        return len(self.answers)

    def show(self, answers: Sequence[Answer], sizes: Sequence[int | None], best: Sequence[Answer]) -> None:
        """`sizes` are what the image would be by each answer, in bytes; `best` those that make the plan.

        At first the cursor is on the best.
        """
        if not self.answers:
            self.set_reactive(RowList.cursor, answers.index(best[0]) if best else 0)
        self.answers, self.sizes, self.best = answers, sizes, best
        self.rows_changed()

    def page(self, pages: float) -> None:
        self.post_message(self.Paged(pages))

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        look = partial(self.look, selected=selected)
        answer, size = self.answers[row], self.sizes[row]
        room = BAR if width >= ROOM_FOR_BAR else 0
        solid, _ = bar(size or 0, 0, self.whole, room)
        plain = "lines--strong" if answer in self.best else "lines--plain" if answer.applies else "lines--muted"
        head = [
            cursor_mark(selected, look),
            Segment(f"{'–' if size is None else human(size):>{SIZE_WIDTH}} ", look(plain)),
            Segment(solid, look("lines--live")),
            Segment(" " * (room - len(solid) + bool(room)), look("lines--plain")),
        ]
        left = width - sum(segment.cell_length for segment in head)
        titles = [technique_text(each) for each in self.answers]
        title_room = max(map(cell_len, titles))
        if left - title_room - 2 < REASON_ROOM:
            segments = [*head, Segment(cut(titles[row], left), look(plain))]
        else:
            reason = cut(printable(answer.reason), left - title_room - 2)
            segments = [
                *head,
                Segment(padded(titles[row], title_room + 2), look(plain)),
                Segment(reason, look("lines--muted")),
            ]
        return Strip(segments).adjust_cell_length(width, look("lines--plain"))
