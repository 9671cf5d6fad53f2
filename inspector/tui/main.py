"""The main screen: one line about the image, its layers and their details on the left, a view of it on the right."""

from __future__ import annotations

import gc

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from inspector.content.reading import Contents
from inspector.filesystem.stack import IMPLIED
from inspector.filesystem.tree import Change
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.reports.formats import INSPECTION_FORMATS
from inspector.safe_names import printable
from inspector.tui.clipboard import copy
from inspector.tui.commands import COMMANDS, Command, Place, bindings
from inspector.tui.export import export
from inspector.tui.extraction import extract_to_disk
from inspector.tui.instruction_words import instruction_details
from inspector.tui.views.file_viewer import ContentPage
from inspector.tui.views.files import FilesPane, FilesShown, Scope
from inspector.tui.views.outline import Outline
from inspector.tui.views.registry import VIEW_KINDS, tabs_of
from inspector.tui.views.treemap import TileMap
from inspector.tui.views.view import View
from inspector.tui.widgets.key_line import KeyLine
from inspector.tui.widgets.layer_list import LayerList
from inspector.tui.widgets.pages import Details, Help
from inspector.tui.widgets.row_list import RowList
from inspector.tui.widgets.summary import Summary
from inspector.tui.widgets.tabs import Tabs
from inspector.tui.words import layer_details

OPTIONAL = frozenset(action for kind in VIEW_KINDS for action in kind.offers)
"""Actions that not every view has."""


class Position(Struct, frozen=True):
    """Where a person was before a jump, to come back to. `outline` is that of `files`, if it was made already."""

    view: str
    on_layers: bool
    layer: int
    files: FilesShown
    outline: Outline | None


class MainScreen(Screen[None]):
    """Everything about one image. Its actions are the commands of commands.py."""

    BINDINGS = bindings(Place.MAIN)
    AUTO_FOCUS = "#layers"

    def __init__(self, inspection: Inspection, contents: Contents | None = None) -> None:
        super().__init__()
        self.inspection = inspection
        self.layer_list = LayerList(inspection, id="layers")
        self.details = Static(id="details-text")
        self.tabs = Tabs(tabs_of(inspection), id="tabs")
        self.views: dict[str, View] = {kind.id: kind.make(inspection) for kind in VIEW_KINDS if kind.count(inspection)}
        self.current = "files"
        self.trail: list[Position] = []
        self.contents = contents or Contents(inspection, None)

    @property
    def files(self) -> FilesPane:
        files = self.views["files"]
        assert isinstance(files, FilesPane)
        return files

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
        yield KeyLine(lambda: bool(self.trail), id="keys")

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
        self.details.update(layer_details(self.inspection, layer))
        self.query_one("#details").scroll_home(animate=False)
        self.files.show(layer=layer)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Commands that the view in sight does not have are not there; in a filter `/` is a letter like others."""
        if action == "view":
            return parameters[0] in self.views
        if action == "filter" and self.focused is not None and self.focused.has_class("filter"):
            return False
        if action in OPTIONAL and not (action == "scope" and self.layer_list.has_focus):
            return action in self.view.OFFERS
        return True

    def offered(self) -> list[Command]:
        """Those whose keys would work: the view in sight has them."""
        return [command for command in COMMANDS if command.place is Place.APP or self.has(command)]

    def has(self, command: Command) -> bool:
        """Whether a command would do something now, for the palette."""
        name, _, rest = command.action.partition("(")
        place = command.place
        if place is Place.ROWS:
            return self.current in ("waste", "packages")
        if place is Place.TREEMAP:
            return self.current == "treemap"
        if place is Place.FILES and self.current != "files":
            return False
        return bool(self.check_action(name, (rest.strip("')"),)))

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

    def action_go_files(self) -> None:
        """The files of the finding, package or tile, in the Files view."""
        target = self.view.target()
        if target is None:
            return
        if target.files is None:
            self.notify("Its files are not known, or not in the image any more.", title=target.name)
            return
        self._leave_trail()
        if target.layer is not None:
            self.layer_list.jump(target.layer)
        self.files.choose(target)
        self.show_view("files")

    def action_go_layer(self) -> None:
        """The layer that brought it, in the list of layers."""
        target = self.view.target()
        if target is None or target.layer is None:
            self.notify("Which layer brought it is not known.")
            return
        self._leave_trail()
        self.layer_list.jump(target.layer)
        self.set_focus(self.layer_list)

    def action_go_instruction(self) -> None:
        target = self.view.target()
        if target is None or target.layer is None:
            self.notify("Which instruction brought it is not known.")
            return
        self.app.push_screen(Details(instruction_details(self.inspection, target.layer), "Instruction"))

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

    # Moving

    @property
    def pane(self) -> RowList | TileMap:
        """The list that keys act on."""
        if self.layer_list.has_focus:
            return self.layer_list
        main = self.view.main
        assert isinstance(main, (RowList, TileMap))
        return main

    def action_other_pane(self) -> None:
        self.set_focus(self.view.main if self.layer_list.has_focus else self.layer_list)

    def action_move(self, rows: int) -> None:
        self.pane.move(rows)

    def action_page(self, pages: float) -> None:
        self.pane.page(pages)

    def action_jump(self, row: int) -> None:
        self.pane.jump(row)

    def action_layer(self, step: int) -> None:
        self.layer_list.move(step)

    # Looking

    def action_details(self) -> None:
        """All about what is selected, on a page of its own; a folder's also by enter: space folds."""
        if self.layer_list.has_focus:
            if self.layer_list.row_count:
                self.app.push_screen(Details(layer_details(self.inspection, self.layer_list.cursor)))
        elif (details := self.view.details()) is not None:
            self.app.push_screen(Details(details))

    def action_next_scope(self) -> None:
        self.view.next_scope()

    def action_scope(self, name: str) -> None:
        self.files.show(scope=Scope(name))

    def action_sort(self) -> None:
        self.view.sort()

    def action_attributes(self) -> None:
        self.view.toggle_attributes()

    def action_fold(self) -> None:
        self.view.fold()

    def action_open(self) -> None:
        if self.layer_list.has_focus:
            self.set_focus(self.view.main)
        else:
            self.view.open_or_enter()

    def action_close(self) -> None:
        if not self.layer_list.has_focus and not self.view.close_or_leave():
            self.set_focus(self.layer_list)

    def action_close_all(self) -> None:
        self.view.close_all()

    def action_open_all(self) -> None:
        self.view.open_all()

    def action_map_by(self) -> None:
        self.view.map_by()

    def action_zoom(self, inwards: bool) -> None:
        self.view.zoom(inwards)

    def action_steer(self, right: int, down: int) -> None:
        self.view.steer(right, down)

    def action_filter(self) -> None:
        self.view.open_filter()

    def action_match(self, step: int) -> None:
        self.view.match(step)

    def action_waste(self) -> None:
        self.view.toggle_waste()

    def action_show(self, change: str) -> None:
        self.view.toggle_change(Change[change])

    # Taking out

    def action_copy(self) -> None:
        copied = self.view.copied()
        if copied is not None:
            copy(self, *copied)

    def action_content(self) -> None:
        """The content of the selected file, as the layer that is shown has it."""
        tree, node = self.files.list.outline.tree, self.files.list.node
        if tree.kinds[node] not in (Kind.FILE, Kind.HARDLINK) or tree.entry_ids[node] == IMPLIED:
            self.notify("Only files have a content to look at.", timeout=3)
            return
        self.app.push_screen(ContentPage(self.contents, tree.path(node), tree.entry_ids[node]))

    def action_extract(self) -> None:
        extract_to_disk(self, self.contents, self.files.list.outline.tree, self.files.list.node)

    def action_export(self, form: str) -> None:
        export(self, INSPECTION_FORMATS, form, self.inspection, self.inspection.image.reference)

    def action_help(self) -> None:
        self.app.push_screen(Help())
