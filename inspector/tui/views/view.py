"""What the views of the main screen's right half have in common. Which views there are: registry.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from inspector.content.reading import Contents
from inspector.tui.clipboard import copy
from inspector.tui.commands import DOCKERFILE, JUMP, Command
from inspector.tui.widgets.dockerfile_page import open_dockerfile
from inspector.tui.widgets.pages import Details
from inspector.tui.widgets.row_list import MovesRows, RowList

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
    """A list, or something like one, what belongs to it, and the commands that act on it.

    The keys of its `ACTIONS` work while something in the view has the focus, those `anywhere` as long as it is in
    sight. Of the screen a view knows nothing: it posts what it wants from it.
    """

    ACTIONS: ClassVar[tuple[Command, ...]]

    class FilesWanted(Message):
        """The person wants to see the files of a target."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    class LayerWanted(Message):
        """The person wants to see a layer."""

        def __init__(self, layer: int) -> None:
            super().__init__()
            self.layer = layer

    def __init__(self, contents: Contents, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.contents, self.inspection = contents, contents.inspection

    @property
    def main(self) -> Widget:
        """What has the focus while the view is used."""
        raise NotImplementedError

    def opened(self) -> None:
        """The view is shown, perhaps for the first time: what takes long is made now."""

    def back(self) -> bool:
        """Undo one step of what was narrowed or entered; False where there is none."""
        return False

    def details(self) -> Content | None:
        """All about what is selected."""
        raise NotImplementedError

    def copied(self) -> tuple[str, str] | None:
        """What to copy, and what that is in a word."""
        raise NotImplementedError

    def action_details(self) -> None:
        """All about what is selected, on a page of its own; a folder's also by enter: space folds."""
        details = self.details()
        if details is not None:
            self.app.push_screen(Details(details))

    def action_copy(self) -> None:
        copied = self.copied()
        if copied is not None:
            copy(self, *copied)


class Leading(View):
    """A view whose rows lead to files, to a layer and to an instruction."""

    GO: ClassVar[tuple[Command, ...]] = (
        Command("go.files", "enter", "Its files", "Its files", "go_files", JUMP, "waste, packages", "files"),
        Command("go.layer", "l", "Its layer", "Its layer", "go_layer", JUMP, "waste, packages", "layer"),
        DOCKERFILE,
    )  # fmt: skip

    def target(self) -> Target | None:
        """What is selected, to jump to from there."""
        raise NotImplementedError

    @on(RowList.Opened)
    def action_go_files(self) -> None:
        """The files of the finding, package or tile, in the Files view."""
        target = self.target()
        if target is None:
            return
        if target.files is None:
            self.notify(f"The files of {target.name} are not known, or not there any more.", markup=False)
            return
        self.post_message(self.FilesWanted(target))

    def action_go_layer(self) -> None:
        """The layer that brought it, in the list of layers."""
        target = self.target()
        if target is None or target.layer is None:
            self.notify("Which layer brought it is not known.")
            return
        self.post_message(self.LayerWanted(target.layer))

    def action_go_instruction(self) -> None:
        """The lines of the Dockerfile that made the layer that brought it."""
        target = self.target()
        if target is None or target.layer is None:
            self.notify("Which instruction brought it is not known.")
            return
        open_dockerfile(self, self.inspection, target.layer)


class Filtered(MovesRows, View):
    """A view whose rows are narrowed down by what is typed below them; in the filter, arrows still move the rows."""

    PLACEHOLDER = "part of a name"

    def __init__(self, contents: Contents, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(contents, id=id)
        self.filter = Input(placeholder=self.PLACEHOLDER, classes="filter", compact=True)

    def narrow(self, pattern: str) -> None:
        """Show only what fits."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:  # noqa: ARG002
        """In a filter `/` is a letter like others."""
        return not (action == "filter" and self.filter.has_focus)

    def action_filter(self) -> None:
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
