"""The one list of commands: key bindings, footer, `?` help and the command palette are all made from it.

Keys are dive's where dive has a command for the same thing, and vim's for moving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Protocol, runtime_checkable

from msgspec import Struct
from textual.binding import Binding, BindingType

from inspector.reports.formats import INSPECTION_FORMATS, Format, Subject


class Place(Enum):
    """Where a command's keys work: everywhere, on the main screen, or only while one of its lists has the focus.

    ROWS are the lists whose rows stand for files, a layer and an instruction: Waste and Packages.
    """

    APP = "app"
    MAIN = "main"
    LAYERS = "layers"
    FILES = "files"
    ROWS = "rows"
    TREEMAP = "treemap"


WHERE = {
    Place.LAYERS: "layers",
    Place.FILES: "files",
    Place.ROWS: "waste, packages",
}
"""Places in words, for the help; the treemap's commands have a heading of their own."""


NO_KEYMAP: Mapping[str, str] = {}


class Command(Struct, frozen=True):
    """`id` is stable: keymaps name it. `keys` are Textual's names, comma-separated, the first is the one to show.

    `footer` is the word for the footer, empty for the commands it does not show.
    """

    id: str
    keys: str
    label: str
    help: str
    action: str
    group: str
    place: Place = Place.MAIN
    footer: str = ""
    in_palette: bool = True

    def shown_keys(self, keymap: Mapping[str, str] = NO_KEYMAP) -> str:
        """The keys as a person reads them: `tab`, `^f`, `↓ j`. A keymap's take the place of ours."""
        keys = keymap.get(self.id, self.keys)
        return " ".join(shown_key(key) for key in keys.split(",")) if keys else ""


@runtime_checkable
class Offering(Protocol):
    """A screen that says what the palette is to offer."""

    def offered(self) -> list[Command]:
        """The commands that would do something now."""


KEY_NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "escape": "esc",
    "backspace": "⌫",
    "enter": "⏎",
    "shift+tab": "⇧tab",
    "ctrl+@": "^space",
}

AT_ONCE = {"ctrl+c", "ctrl+q", "slash", "ctrl+f"}
"""Keys that the focused widget must not see first: those that leave, and those after which text is typed. Other keys
wait in the widget's queue, and what is typed right after them is sent to that widget too."""

VIEWS, MOVE, JUMP, LOOK = "Views", "Move", "Jump", "Look at"
FOLD, MAP, NARROW, TAKE, GENERAL = "Fold", "Treemap", "Show only", "Take out", "General"


def export_commands(formats: Iterable[Format[Subject]]) -> list[Command]:
    """One for each format of a table, without a key."""
    return [
        Command(
            f"export.{form.name.lower()}",
            "",
            f"Export the {form.name} report",
            f"Write the {form.name} report to a file",
            f"export({form.name!r})",
            TAKE,
        )
        for form in formats
    ]


COMMANDS = (
    Command("view.files", "1", "Files", "Files of a layer, or of the image", "view('files')", VIEWS),
    Command("view.waste", "2", "Waste", "Waste, biggest first, and what to do", "view('waste')", VIEWS),
    Command("view.packages", "3", "Packages", "Packages, and why they are there", "view('packages')", VIEWS),
    Command("view.treemap", "4", "Treemap", "Where the bytes are, as a map", "view('treemap')", VIEWS),
    Command(
        "pane.next", "tab,shift+tab", "Other pane",
        "Switch between layers and view", "other_pane", MOVE, footer="pane",
    ),
    Command("move.up", "up,k", "Up", "One row up", "move(-1)", MOVE, in_palette=False),
    Command("move.down", "down,j", "Down", "One row down", "move(1)", MOVE, in_palette=False),
    Command("move.half-up", "ctrl+u", "Half a page up", "Half a page up", "page(-0.5)", MOVE, in_palette=False),
    Command("move.half-down", "ctrl+d", "Half a page down", "Half a page down", "page(0.5)", MOVE, in_palette=False),
    Command("move.page-up", "pageup", "Page up", "A page up", "page(-1)", MOVE, in_palette=False),
    Command("move.page-down", "pagedown", "Page down", "A page down", "page(1)", MOVE, in_palette=False),
    Command("move.top", "home,g", "Top", "To the first row", "jump(0)", MOVE, in_palette=False),
    Command("move.bottom", "end,G", "Bottom", "To the last row", "jump(-1)", MOVE, in_palette=False),
    Command("layer.previous", "left_square_bracket", "Previous layer", "The layer before, anywhere", "layer(-1)", MOVE),
    Command("layer.next", "right_square_bracket", "Next layer", "The layer after, anywhere", "layer(1)", MOVE),
    Command("go.files", "enter", "Its files", "Its files", "go_files", JUMP, Place.ROWS, footer="files"),
    Command("go.layer", "l", "Its layer", "Its layer", "go_layer", JUMP, Place.ROWS, footer="layer"),
    Command(
        "go.instruction", "d", "Its instruction and Dockerfile line",
        "Its instruction", "go_instruction", JUMP, Place.ROWS, footer="Dockerfile",
    ),
    Command("back", "escape", "Show everything, or go back", "Everything again; then back", "back", JUMP),
    Command(
        "scope.next", "a", "Next scope: layer, up to layer, final image",
        "Layer → up to layer → final image", "next_scope", LOOK, footer="scope",
    ),
    Command("scope.layer", "ctrl+l", "This layer", "What this layer did", "scope('layer')", LOOK, Place.LAYERS),
    Command("scope.stack", "ctrl+a", "Up to this layer", "All up to this layer", "scope('stack')", LOOK, Place.LAYERS),
    Command(
        "details", "i,enter", "Details",
        "All about what is selected, in full", "details", LOOK, footer="details",
    ),
    Command("sort", "s,ctrl+o", "Sort", "By size, by name, packages by layer", "sort", LOOK, footer="sort"),
    Command("attributes", "b,ctrl+b", "Mode, owner, time", "Show or hide mode, owner, time", "attributes", LOOK),
    Command("content", "v", "Content of the file", "What is in the file", "content", LOOK, Place.FILES),
    Command("fold", "space", "Fold", "Open or close the folder", "fold", FOLD, footer="fold"),
    Command("fold.close", "left,h", "Close or leave", "Close the folder, or go up", "close", FOLD),
    Command("fold.open", "right,l", "Open or enter", "Open the folder, or go in", "open", FOLD),
    Command("fold.close-all", "z,ctrl+@", "Close all folders", "Close all folders", "close_all", FOLD),
    Command("fold.open-all", "Z", "Open all folders", "Open all folders", "open_all", FOLD),
    Command("map.by", "m", "Map by layer, folder, package", "By layer, folder, package", "map_by", MAP, footer="by"),
    Command("map.in", "enter,space", "Zoom in", "Into the tile", "zoom(True)", MAP, Place.TREEMAP, footer="zoom in"),
    Command("map.out", "backspace", "Zoom out", "Out again", "zoom(False)", MAP, Place.TREEMAP, footer="out"),
    Command("map.files", "f", "Its files", "The tile's files", "go_files", MAP, Place.TREEMAP, footer="files"),
    Command("map.left", "left,h", "", "To the tile on the left", "steer(-1, 0)", MAP, Place.TREEMAP, in_palette=False),
    Command("map.right", "right,l", "", "To the one on the right", "steer(1, 0)", MAP, Place.TREEMAP, in_palette=False),
    Command("map.up", "up,k", "", "To the one above", "steer(0, -1)", MAP, Place.TREEMAP, in_palette=False),
    Command("map.down", "down,j", "", "To the one below", "steer(0, 1)", MAP, Place.TREEMAP, in_palette=False),
    Command(
        "filter", "slash,ctrl+f", "Filter by name",
        "Part of a name or path, *.py, /regex/", "filter", NARROW, footer="filter",
    ),
    Command("filter.next", "n", "Next match", "The next match", "match(1)", NARROW),
    Command("filter.previous", "N", "Previous match", "The match before", "match(-1)", NARROW),
    Command("waste", "w", "Wasted bytes", "What is stored but hidden", "waste", NARROW, footer="waste"),
    Command("show.added", "A", "Added", "With or without what was added", "show('ADDED')", NARROW),
    Command("show.removed", "R", "Removed", "With or without what was removed", "show('REMOVED')", NARROW),
    Command("show.modified", "M", "Modified", "With or without what was modified", "show('MODIFIED')", NARROW),
    Command("show.unchanged", "U,c", "Only what changed", "Only what changed", "show('UNCHANGED')", NARROW),
    Command("dive.added", "ctrl+a", "", "As in dive: A", "show('ADDED')", NARROW, Place.FILES, in_palette=False),
    Command("dive.removed", "ctrl+r", "", "As in dive: R", "show('REMOVED')", NARROW, Place.FILES, in_palette=False),
    Command("copy", "y", "Copy", "Copy the path, the fix or the package", "copy", TAKE, footer="copy"),
    Command("extract", "x", "Extract to disk", "Write it to disk", "extract", TAKE, Place.FILES),
    *export_commands(INSPECTION_FORMATS),
    Command("help", "question_mark,f1", "Help", "All keys", "help", GENERAL, footer="help"),
    Command("theme.toggle", "t", "Next theme", "Dark, light, high contrast", "app.toggle_theme", GENERAL, Place.APP),
    Command("theme.choose", "", "Choose a theme", "All themes", "app.change_theme", GENERAL, Place.APP),
    Command(
        "palette", "ctrl+p", "commands",
        "Search all commands", "app.command_palette", GENERAL, Place.APP, in_palette=False,
    ),
    Command("suspend", "ctrl+z", "Suspend", "To the shell; fg comes back", "app.suspend_process", GENERAL, Place.APP),
    Command("quit", "q,ctrl+q,ctrl+c", "Quit", "Leave", "app.leave", GENERAL, Place.APP),
)  # fmt: skip


def bindings(place: Place) -> list[BindingType]:
    """Textual's bindings for the commands of a place; panes hand their actions to the screen."""
    made: list[BindingType] = []
    for command in COMMANDS:
        if command.place is not place or not command.keys:
            continue
        action = command.action if "." in command.action else f"screen.{command.action}"
        for nth, key in enumerate(command.keys.split(",")):
            made.append(
                Binding(
                    key,
                    action,
                    command.footer or command.label,
                    show=bool(command.footer) and nth == 0,
                    key_display=shown_key(key),
                    tooltip=command.help,
                    id=command.id,
                    priority=key in AT_ONCE,
                )
            )
    return made


def moving_bindings() -> list[BindingType]:
    """The keys that move in a list, for pages that hold one."""
    return [
        binding for binding in bindings(Place.MAIN) if isinstance(binding, Binding) and str(binding.id)[:5] == "move."
    ]


def shown_key(key: str) -> str:
    """A key as a person reads it."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    return f"^{key.removeprefix('ctrl+')}" if key.startswith("ctrl+") else key
