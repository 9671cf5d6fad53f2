"""The one list of commands: key bindings, footer, `?` help and the command palette are all made from it.

Keys are dive's where dive has a command for the same thing, and vim's for moving.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from textual.binding import Binding, BindingType


class Place(Enum):
    """Where a command's keys work: everywhere, on the main screen, or only while one of its panes has the focus."""

    APP = "app"
    MAIN = "main"
    LAYERS = "layers"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Command:
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

    def shown_keys(self) -> str:
        """The keys as a person reads them: `tab`, `^f`, `↓ j`."""
        return " ".join(shown_key(key) for key in self.keys.split(","))


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
    "shift+tab": "⇧tab",
    "ctrl+@": "^space",
}

AT_ONCE = {"ctrl+c", "ctrl+q", "slash", "ctrl+f"}
"""Keys that the focused widget must not see first: those that leave, and those after which text is typed. Other keys
wait in the widget's queue, and what is typed right after them is sent to that widget too."""

MOVE, LOOK, FOLD, NARROW, GENERAL = "Move", "Look at", "Fold", "Show only", "General"

COMMANDS = (
    Command(
        "pane.next", "tab,shift+tab", "Other pane",
        "Switch between layers and files", "other_pane", MOVE, footer="pane",
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
    Command(
        "scope.next", "a", "Next scope: layer, up to layer, final image",
        "Layer → up to layer → final image", "next_scope", LOOK, footer="scope",
    ),
    Command("scope.layer", "ctrl+l", "This layer", "What this layer did", "scope('layer')", LOOK, Place.LAYERS),
    Command("scope.stack", "ctrl+a", "Up to this layer", "All up to this layer", "scope('stack')", LOOK, Place.LAYERS),
    Command("details", "enter,i", "Details", "All about what is selected, in full", "details", LOOK),
    Command("sort", "s,ctrl+o", "Sort by size or name", "Sort files by size, or by name", "sort", LOOK, footer="sort"),
    Command("attributes", "b,ctrl+b", "Mode and owner", "Show or hide mode, user and group", "attributes", LOOK),
    Command("fold", "space", "Fold", "Open or close the folder", "fold", FOLD, footer="fold"),
    Command("fold.close", "left,h", "Close or leave", "Close the folder, or go up", "close", FOLD),
    Command("fold.open", "right,l", "Open or enter", "Open the folder, or go in", "open", FOLD),
    Command("fold.close-all", "z,ctrl+@", "Close all folders", "Close all folders", "close_all", FOLD),
    Command("fold.open-all", "Z", "Open all folders", "Open all folders", "open_all", FOLD),
    Command(
        "filter", "slash,ctrl+f", "Filter by name",
        "Part of a name, or of a path with /", "filter", NARROW, footer="filter",
    ),
    Command("filter.clear", "escape", "Show everything", "Everything again", "show_everything", NARROW),
    Command("waste", "w", "Wasted bytes", "What is stored but hidden", "waste", NARROW, footer="waste"),
    Command("show.added", "A", "Added", "With or without what was added", "show('ADDED')", NARROW),
    Command("show.removed", "R", "Removed", "With or without what was removed", "show('REMOVED')", NARROW),
    Command("show.modified", "M", "Modified", "With or without what was modified", "show('MODIFIED')", NARROW),
    Command("show.unchanged", "U", "Unchanged", "With or without what was left alone", "show('UNCHANGED')", NARROW),
    Command("dive.added", "ctrl+a", "", "As in dive: A", "show('ADDED')", NARROW, Place.FILES, in_palette=False),
    Command("dive.removed", "ctrl+r", "", "As in dive: R", "show('REMOVED')", NARROW, Place.FILES, in_palette=False),
    Command("help", "question_mark,f1", "Help", "All keys", "help", GENERAL, footer="help"),
    Command("theme.toggle", "t", "Dark or light", "Dark or light theme", "app.toggle_theme", GENERAL, Place.APP),
    Command("theme.choose", "", "Choose a theme", "All themes", "app.change_theme", GENERAL, Place.APP),
    Command(
        "palette", "ctrl+p", "commands",
        "Search all commands", "app.command_palette", GENERAL, Place.APP, in_palette=False,
    ),
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


def shown_key(key: str) -> str:
    """A key as a person reads it."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    return f"^{key.removeprefix('ctrl+')}" if key.startswith("ctrl+") else key
