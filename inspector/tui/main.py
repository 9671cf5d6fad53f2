"""The main screen: one line about the image, its layers and their details on the left, a view of it on the right."""

from __future__ import annotations

import gc
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from inspector.content.reading import Contents
from inspector.inspection import Inspection
from inspector.reports.formats import INSPECTION_FORMATS
from inspector.reports.reported import Reported
from inspector.safe_names import printable
from inspector.tui.commands import (
    BACK,
    CLOSE,
    EVERYWHERE,
    FIX,
    FOLD,
    HELP,
    JUMP,
    LOOK,
    MOVE,
    OPEN,
    VIEWS,
    Command,
    bindings,
    can,
    export_commands,
    one_list,
)
from inspector.tui.export import export
from inspector.tui.layer_waste import brief_waste, waste_text
from inspector.tui.views.files import FilesView
from inspector.tui.views.files_shown import FilesShown, Scope
from inspector.tui.views.outline import Outline
from inspector.tui.views.plan import PlanView
from inspector.tui.views.registry import VIEW_KINDS, tabs_of
from inspector.tui.views.view import View
from inspector.tui.views.waste import WasteView
from inspector.tui.widgets.image_page import ImagePage
from inspector.tui.widgets.key_line import KeyLine
from inspector.tui.widgets.layer_list import LayerList
from inspector.tui.widgets.pages import Help, Sign
from inspector.tui.widgets.row_list import RowList
from inspector.tui.widgets.summary import Summary
from inspector.tui.widgets.tabs import Tabs
from inspector.tui.words import layer_details

SIGNS: tuple[Sign, ...] = (
    ("+ added", "$text-success"),
    ("~ modified", "$text-warning"),
    ("- removed, or hidden by a later layer", "$text-error"),
    ("┃ layers that are stacked in the tree", "$primary"),
    ("█ bytes in the final image", "$primary"),
    ("▓ ░ bytes that are stored but hidden", "$text-error"),
    ("s t b ? advice: safe, trade, base, question", ""),
)

FIRST = frozenset((VIEWS, MOVE, JUMP, LOOK, FOLD))
"""The sections of commands in the first column of the help."""

FORWARDED = tuple(command for command in one_list(*(kind.view.ACTIONS for kind in VIEW_KINDS)) if command.anywhere)
"""What the view in sight is told to do wherever the focus is."""


class Position(Struct, frozen=True):
    """Where a person was before a jump, to come back to. `outline` is that of `files`, if it was made already."""

    view: str
    on_layers: bool
    layer: int
    files: FilesShown
    outline: Outline | None


class MainScreen(Screen[None]):
    """Everything about one image: it places the views, and leads from one to another and back."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        *(
            Command(f"view.{kind.id}", kind.key, kind.label, kind.help, f"view({kind.id!r})", VIEWS)
            for kind in VIEW_KINDS
        ),
        Command(
            "pane.next", "tab,shift+tab", "Other pane",
            "Switch between layers and view", "other_pane", MOVE, footer="pane", anywhere=True,
        ),
        Command(
            "layer.previous", "left_square_bracket", "Previous layer", "The layer before, anywhere", "layer(-1)", MOVE
        ),
        Command("layer.next", "right_square_bracket", "Next layer", "The layer after, anywhere", "layer(1)", MOVE),
        Command("image", "I", "The image", "The image: how it runs, digests", "image", LOOK),
        FIX,
        BACK,
        CLOSE,
        OPEN,
        *export_commands(INSPECTION_FORMATS),
        HELP,
    )  # fmt: skip
    BINDINGS: ClassVar = [
        *bindings(ACTIONS),
        *bindings(replace(command, action=f"in_view({command.id!r})") for command in FORWARDED),
    ]
    AUTO_FOCUS = "#layers"

    def __init__(self, inspection: Inspection, contents: Contents | None = None) -> None:
        super().__init__()
        self.inspection = inspection
        contents = contents or Contents(inspection, None)
        self.layer_list = LayerList(inspection, id="layers")
        self.details = Static(id="details-text")
        self.tabs = Tabs(tabs_of(inspection), id="tabs")
        self.views: dict[str, View] = {kind.id: kind.make(contents) for kind in VIEW_KINDS if kind.count(inspection)}
        self.current = "files"
        self.trail: list[Position] = []

    @property
    def files(self) -> FilesView:
        files = self.views["files"]
        assert isinstance(files, FilesView)
        return files

    @property
    def commands(self) -> tuple[Command, ...]:
        """All that can be done here, in some view or other."""
        return one_list(*(kind.view.ACTIONS for kind in VIEW_KINDS), LayerList.ACTIONS, self.ACTIONS, EVERYWHERE)

    @property
    def view(self) -> View:
        """The view in sight."""
        return self.views[self.current]

    def compose(self) -> ComposeResult:
        yield Summary(self.inspection, id="summary")
        if self.inspection.notes:
            yield Static(Content("\n".join(f"note: {printable(note)}" for note in self.inspection.notes)), id="notes")
        with Container(id="body"):
            with Vertical(id="left"):
                yield self.layer_list
                with VerticalScroll(id="details", can_focus=False):
                    yield self.details
            with Vertical(id="right"):
                yield self.tabs
                for name, view in self.views.items():
                    view.display = name == self.current
                    yield view
        yield KeyLine(self.commands, lambda: bool(self.trail), id="keys")

    def on_mount(self) -> None:
        gc.freeze()  # the image stays as long as the app: no key is to wait while the collector looks through all of it
        self.layer_list.start()
        if not self.layer_list.row_count:
            self.files.show(scope=Scope.FINAL)

    @on(RowList.Moved, "#layers")
    def show_layer(self) -> None:
        """Another layer is selected: its details, and its files unless those of the whole image are shown."""
        layer = self.layer_list.cursor
        if not self.layer_list.row_count:
            return
        self.query_one("#details").border_title = f"Layer {layer}"
        waste = waste_text(self.layer_list.wastes[layer], self._fix_key)
        self.details.update(layer_details(self.inspection, layer, waste))
        self._tell_waste()
        self.query_one("#details").scroll_home(animate=False)
        self.files.show(layer=layer)

    @on(FilesView.Stacked)
    def mark_layers(self, stacked: FilesView.Stacked) -> None:
        self.layer_list.mark(stacked.layers)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Views with nothing to show are not there, nor commands that the view in sight does not have."""
        if action == "view":
            return parameters[0] in self.views
        if action == "in_view":
            return any(command.id == parameters[0] and can(self.view, command) for command in self.view.ACTIONS)
        return True

    async def action_in_view(self, name: str) -> None:
        """A command of the view in sight, by its id, while the focus is elsewhere."""
        command = next(command for command in self.view.ACTIONS if command.id == name)
        await self.view.run_action(command.action)

    # Views, and jumping between them

    def show_view(self, name: str) -> None:
        """Bring a view into sight, with the focus."""
        self.view.display = False
        self.current = self.tabs.current = name
        self.view.display = True
        self.view.opened()
        self.set_focus(self.view.main)
        self._make_room()
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        self._make_room()

    def on_resize(self) -> None:
        self._make_room()

    def _make_room(self) -> None:
        """In narrow terminals a view other than the files has the screen for itself, unless a layer is looked for.

        In wide ones nothing is changed: another class would have everything on the left styled and drawn anew.
        """
        idle = self.has_class("-narrow") and self.current != "files" and not self.layer_list.has_focus
        self.query_one("#left").set_class(idle, "-idle")
        self._tell_waste()

    @property
    def _fix_key(self) -> str:
        return FIX.shown_keys(self.app._keymap)  # Textual has no public way to read it back

    def _tell_waste(self) -> None:
        """Where there is no room for details, the largest waste of the layer is told above the list."""
        title, wastes = "Layers", self.layer_list.wastes
        if self.has_class("-narrow") and wastes:
            told = brief_waste(wastes[self.layer_list.cursor], self._fix_key)
            title = f"{title} · {told}" if told else title
        self.layer_list.border_title = Content(title)

    @on(Tabs.Picked)
    def pick_view(self, picked: Tabs.Picked) -> None:
        self.action_view(picked.view)

    def _leave_trail(self) -> None:
        files, on_layers = self.files, self.layer_list.has_focus
        outline = files.shown[1] if files.shown and files.shown[0] is files.wanted else None
        self.trail.append(Position(self.current, on_layers, self.layer_list.cursor, files.wanted, outline))

    def action_view(self, name: str) -> None:
        self.trail.clear()
        self.show_view(name)

    @on(View.FilesWanted)
    def show_files(self, wanted: View.FilesWanted) -> None:
        """The files of a finding, package or tile, in the Files view."""
        self._leave_trail()
        if wanted.target.layer is not None:
            self.layer_list.jump(wanted.target.layer)
        self.files.choose(wanted.target)
        self.show_view("files")

    @on(View.LayerWanted)
    def go_to_layer(self, wanted: View.LayerWanted) -> None:
        self._leave_trail()
        self.layer_list.jump(wanted.layer)
        self.set_focus(self.layer_list)

    def action_go_fix(self) -> None:
        """What to do about the largest waste of the selected layer, in the Waste view."""
        wastes = self.layer_list.wastes
        finding = wastes[self.layer_list.cursor].largest if wastes else None
        waste = self.views.get("waste")
        if finding is None or not isinstance(waste, WasteView):
            self.notify("Nothing of this layer is worth a warning.", timeout=3)
            return
        self._leave_trail()
        waste.choose(finding)
        self.show_view("waste")

    @on(LayerList.ScopeWanted)
    def show_scope(self, wanted: LayerList.ScopeWanted) -> None:
        self.files.show(scope=Scope(wanted.scope))

    def action_back(self) -> None:
        """Undo what narrows the view; then go back to where the last jump came from."""
        if not self.trail:
            self.view.back()
            return
        before = self.trail[-1]
        narrowed = self.current == "files" and (self.files.filter.display or not self.files.wanted.criteria.keeps_all)
        if narrowed and self.view.back():
            return
        self.trail.pop()
        self.layer_list.jump(before.layer)
        self.files.restore(before.files, before.outline)
        self.show_view(before.view)
        if before.on_layers:
            self.set_focus(self.layer_list)

    def action_other_pane(self) -> None:
        self.set_focus(self.view.main if self.layer_list.has_focus else self.layer_list)

    def action_open(self) -> None:
        self.set_focus(self.view.main)

    def action_close(self) -> None:
        self.set_focus(self.layer_list)

    def action_layer(self, step: int) -> None:
        self.layer_list.move(step)

    def action_image(self) -> None:
        self.app.push_screen(ImagePage(self.inspection))

    def action_export(self, form: str) -> None:
        view = self.views.get("plan")
        plan = view.made.plan if isinstance(view, PlanView) and view.made else None
        image = Reported(self.inspection, plan)
        export(self, INSPECTION_FORMATS, form, image, self.inspection.image.reference)

    def action_help(self) -> None:
        self.app.push_screen(Help(self.commands, SIGNS, FIRST))
