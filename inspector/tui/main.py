"""The main screen: one line about the image, its layers and their details on the left, files on the right."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from inspector.filesystem.tree import Change
from inspector.inspection import Inspection
from inspector.tui.commands import Place, bindings
from inspector.tui.layers import LayerList
from inspector.tui.lines import Lines
from inspector.tui.pages import Details, Help
from inspector.tui.pane import FilesPane, Scope
from inspector.tui.summary import Summary
from inspector.tui.words import layer_details, node_details


class MainScreen(Screen[None]):
    """Everything about one image. Its actions are the commands of commands.py."""

    BINDINGS = bindings(Place.MAIN)
    AUTO_FOCUS = "#layers"

    def __init__(self, inspection: Inspection) -> None:
        super().__init__()
        self.inspection = inspection
        self.layer_list = LayerList(inspection, id="layers")
        self.details = Static(id="details-text")
        self.files = FilesPane(inspection, id="files")

    def compose(self) -> ComposeResult:
        yield Summary(self.inspection, id="summary")
        with Container(id="body"):
            with Vertical(id="left"):
                yield self.layer_list
                with VerticalScroll(id="details", can_focus=False):
                    yield self.details
            yield self.files
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self.layer_list.start()
        if not self.layer_list.row_count:
            self.files.show(scope=Scope.FINAL)

    @on(Lines.Moved, "#layers")
    def show_layer(self) -> None:
        """Another layer is selected: its details, and its files unless the final image is shown."""
        layer = self.layer_list.cursor
        if not self.layer_list.row_count:
            return
        self.query_one("#details").border_title = f"Layer {layer}"
        self.details.update(layer_details(self.inspection, layer))
        self.query_one("#details").scroll_home(animate=False)
        self.files.show(layer=layer)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:  # noqa: ARG002 (Textual asks)
        """In the filter `/` is a letter like others."""
        return not (action == "filter" and self.files.filter.has_focus)

    @property
    def pane(self) -> Lines:
        """The list that keys act on."""
        return self.layer_list if self.layer_list.has_focus else self.files.list

    def action_other_pane(self) -> None:
        self.set_focus(self.files.list if self.layer_list.has_focus else self.layer_list)

    def action_move(self, rows: int) -> None:
        self.pane.move(rows)

    def action_page(self, pages: float) -> None:
        self.pane.page(pages)

    def action_jump(self, row: int) -> None:
        self.pane.jump(row)

    def action_layer(self, step: int) -> None:
        self.layer_list.move(step)

    def action_next_scope(self) -> None:
        self.files.next_scope()

    def action_scope(self, name: str) -> None:
        self.files.show(scope=Scope(name))

    def action_details(self) -> None:
        """All about what is selected, on a page of its own; a folder's also by enter: space folds."""
        if self.layer_list.has_focus and self.layer_list.row_count:
            self.app.push_screen(Details(layer_details(self.inspection, self.layer_list.cursor)))
        elif self.files.list.has_focus:
            tree, node = self.files.list.outline.tree, self.files.list.node
            self.app.push_screen(Details(node_details(self.inspection, tree, node)))

    def action_sort(self) -> None:
        self.files.toggle_order()

    def action_attributes(self) -> None:
        self.files.toggle_attributes()

    def action_fold(self) -> None:
        self.files.fold()

    def action_open(self) -> None:
        if self.layer_list.has_focus:
            self.set_focus(self.files.list)
        else:
            self.files.open_or_enter()

    def action_close(self) -> None:
        if not self.layer_list.has_focus and not self.files.close_or_leave():
            self.set_focus(self.layer_list)

    def action_close_all(self) -> None:
        self.files.close_all()

    def action_open_all(self) -> None:
        self.files.open_all()

    def action_filter(self) -> None:
        self.files.open_filter()

    def action_show_everything(self) -> None:
        self.files.show_everything()

    def action_waste(self) -> None:
        self.files.toggle_waste()

    def action_show(self, change: str) -> None:
        self.files.toggle_change(Change[change])

    def action_help(self) -> None:
        self.app.push_screen(Help())
