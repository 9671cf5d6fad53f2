"""What all views of the main screen's right half have in common. Which views there are: views.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from inspector.filesystem.tree import Change
from inspector.inspection import Inspection

FindFiles = Callable[[], Mapping[int, int]]
"""Finds files: entry id → bytes."""


class Target(Struct, frozen=True, eq=False):
    """What a row stands for, as far as one can jump there: a name, what finds its files, its layer.

    `files` may take a while; it is None where they are not known, or not there any more. Two targets are never equal,
    since many a finding has the same name.
    """

    name: str
    files: FindFiles | None
    layer: int | None


class View(Vertical):
    """A list, or something like one, and what belongs to it.

    Commands call the methods. `OFFERS` names those that the view has; the others do nothing, and their keys are
    neither bound nor shown while the view is.
    """

    OFFERS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, inspection: Inspection, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.inspection = inspection

    @property
    def main(self) -> Widget:
        """What has the focus while the view is used."""
        raise NotImplementedError

    def opened(self) -> None:
        """The view is shown, perhaps for the first time: what takes long is made now."""

    def details(self) -> Content | None:
        """All about what is selected."""
        return None

    def target(self) -> Target | None:
        """What is selected, to jump to from there."""
        return None

    def copied(self) -> tuple[str, str] | None:
        """What to copy, and what that is in a word."""
        return None

    def back(self) -> bool:
        """Undo one step of what was narrowed or entered; False where there is none."""
        return False

    def sort(self) -> None: ...
    def open_filter(self) -> None: ...
    def match(self, step: int) -> None: ...
    def next_scope(self) -> None: ...
    def toggle_attributes(self) -> None: ...
    def toggle_waste(self) -> None: ...
    def toggle_change(self, change: Change) -> None: ...
    def fold(self) -> None: ...
    def open_or_enter(self) -> None: ...
    def close_or_leave(self) -> bool:
        return False

    def open_all(self) -> None: ...
    def close_all(self) -> None: ...
    def map_by(self) -> None: ...
    def zoom(self, inwards: bool) -> None: ...
    def steer(self, right: int, down: int) -> None: ...


class Filtered(View):
    """A view whose rows are narrowed down by what is typed below them."""

    PLACEHOLDER = "part of a name"

    def __init__(self, inspection: Inspection, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(inspection, id=id)
        self.filter = Input(placeholder=self.PLACEHOLDER, classes="filter", compact=True)

    def narrow(self, pattern: str) -> None:
        """Show only what fits."""
        raise NotImplementedError

    def open_filter(self) -> None:
        """Focus at once, not later as `focus()` does: the next key may be waiting already."""
        self.filter.display = True
        self.screen.set_focus(self.filter)

    def close_filter(self) -> bool:
        """No filter any more; False where there was none."""
        there = bool(self.filter.display)
        self.filter.value = ""
        self.filter.display = False
        if self.filter.has_focus or there:
            self.screen.set_focus(self.main)
        return there

    @on(Input.Changed)
    def filter_as_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.narrow(event.value)

    @on(Input.Submitted)
    def keep_filter(self) -> None:
        self.screen.set_focus(self.main)
        self.filter.display = bool(self.filter.value)
