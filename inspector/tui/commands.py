"""What a command is: widgets, views and screens declare theirs in `ACTIONS`, next to the methods that carry them out.

Key bindings, the line of keys, `?` help and the palette are all made from these declarations. Keys are dive's where
dive has a command for the same thing, and vim's for moving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, ClassVar, Protocol, runtime_checkable

from msgspec import Struct
from msgspec.structs import replace
from textual.actions import parse
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from inspector.reports.formats import Format, Subject

NO_KEYMAP: Mapping[str, str] = {}


class Command(Struct, frozen=True):
    """An action of the widget that declares it. `id` is stable: keymaps name it.

    `keys` are Textual's names, comma-separated, the first is the one to show. `footer` is the word for the line of
    keys, empty for the commands it does not show. `where` tells in the help which list must have the focus, for keys
    that are those of another command elsewhere. Those `anywhere` work while something beside it has the focus too.
    """

    id: str
    keys: str
    label: str
    help: str
    action: str
    section: str
    where: str = ""
    footer: str = ""
    in_palette: bool = True
    anywhere: bool = False

    def shown_keys(self, keymap: Mapping[str, str] = NO_KEYMAP) -> str:
        """The keys as a person reads them: `tab`, `^f`, `↓ j`. A keymap's take the place of ours."""
        keys = keymap.get(self.id, self.keys)
        return " ".join(shown_key(key) for key in keys.split(",")) if keys else ""


@runtime_checkable
class Declares(Protocol):
    """A widget, a view, a screen or the app that says what it can do."""

    ACTIONS: ClassVar[tuple[Command, ...]]


VIEWS, MOVE, JUMP, LOOK = "Views", "Move", "Jump", "Look at"
FOLD, MAP, NARROW, TAKE, GENERAL = "Fold", "Treemap", "Show only", "Take out", "General"
SECTIONS = (VIEWS, MOVE, JUMP, LOOK, FOLD, MAP, NARROW, TAKE, GENERAL)
"""In the order in which they are shown."""

PAGING = (
    Command("move.half-up", "ctrl+u", "Half a page up", "Half a page up", "page(-0.5)", MOVE, in_palette=False),
    Command("move.half-down", "ctrl+d", "Half a page down", "Half a page down", "page(0.5)", MOVE, in_palette=False),
    Command("move.page-up", "pageup", "Page up", "A page up", "page(-1)", MOVE, in_palette=False),
    Command("move.page-down", "pagedown", "Page down", "A page down", "page(1)", MOVE, in_palette=False),
    Command("move.top", "home,g", "Top", "To the first row", "jump(0)", MOVE, in_palette=False),
    Command("move.bottom", "end,G", "Bottom", "To the last row", "jump(-1)", MOVE, in_palette=False),
)
MOVING = (
    Command("move.up", "up,k", "Up", "One row up", "move(-1)", MOVE, in_palette=False),
    Command("move.down", "down,j", "Down", "One row down", "move(1)", MOVE, in_palette=False),
    *PAGING,
)
"""For whatever has rows."""

CLOSE = Command("fold.close", "left,h", "Close or leave", "Close the folder, or go up", "close", FOLD)
OPEN = Command("fold.open", "right,l", "Open or enter", "Open the folder, or go in", "open", FOLD)
BACK = Command("back", "escape", "Show everything, or go back", "Everything again; then back", "back", JUMP)
DETAILS = Command(
    "details", "i,enter", "Details",
    "All about what is selected, in full", "details", LOOK, footer="details", anywhere=True,
)  # fmt: skip
DETAILS_BY_I = replace(DETAILS, keys="i")
"""Where enter does something else."""
DOCKERFILE = Command(
    "go.instruction", "d", "Its line of the Dockerfile",
    "Its line of the Dockerfile", "go_instruction", JUMP, footer="Dockerfile",
)  # fmt: skip
FIX = Command(
    "go.fix", "F", "Its fix",
    "The fix of a layer's largest waste", "go_fix", JUMP, anywhere=True,
)  # fmt: skip
SORT = Command(
    "sort", "s,ctrl+o", "Sort", "By size, by name, packages by layer", "sort", LOOK, footer="sort", anywhere=True
)
FILTER = Command(
    "filter", "slash,ctrl+f", "Filter by name",
    "Part of a name or path, *.py, /regex/", "filter", NARROW, footer="filter", anywhere=True,
)  # fmt: skip
SHOW = (
    Command("show.added", "A", "Added", "With or without what was added", "show('ADDED')", NARROW, anywhere=True),
    Command(
        "show.removed", "R", "Removed", "With or without what was removed", "show('REMOVED')", NARROW, anywhere=True
    ),
    Command(
        "show.modified", "M", "Modified", "With or without what was modified", "show('MODIFIED')", NARROW, anywhere=True
    ),
    Command(
        "show.unchanged", "U,c", "Only what changed", "Only what changed", "show('UNCHANGED')", NARROW, anywhere=True
    ),
)
COPY = Command("copy", "y", "Copy", "Copy the path, fix, package or patch", "copy", TAKE, footer="copy", anywhere=True)
HELP = Command("help", "question_mark,f1", "Help", "All keys", "help", GENERAL, footer="help")

EVERYWHERE = (
    Command("theme.toggle", "t", "Next theme", "Dark, light, high contrast", "toggle_theme", GENERAL),
    Command("theme.choose", "", "Choose a theme", "All themes", "change_theme", GENERAL),
    Command("palette", "ctrl+p", "commands", "Search all commands", "command_palette", GENERAL, in_palette=False),
    Command("suspend", "ctrl+z", "Suspend", "To the shell; fg comes back", "suspend_process", GENERAL),
    Command("quit", "q", "Quit", "Close what is on top; then leave", "close_top", GENERAL),
    Command(
        "quit.at-once", "ctrl+q,ctrl+c", "Leave at once", "Leave from anywhere", "leave", GENERAL, in_palette=False
    ),
)
"""What the app itself can do, whatever screen there is."""

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


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """Textual's bindings for what a class declares."""
    return [
        Binding(
            key,
            command.action,
            command.footer or command.label,
            show=bool(command.footer) and nth == 0,
            key_display=shown_key(key),
            tooltip=command.help,
            id=command.id,
            priority=key in AT_ONCE,
        )
        for command in commands
        for nth, key in enumerate(command.keys.split(","))
        if key
    ]


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


def one_list(*declared: Iterable[Command]) -> tuple[Command, ...]:
    """All that is declared, each command once, by section, and in it families (`scope.`) together."""
    commands: dict[str, Command] = {}
    families: dict[str, int] = {}
    for command in chain(*declared):
        commands.setdefault(command.id, command)
        families.setdefault(_family(command), len(families))
    return tuple(sorted(commands.values(), key=lambda each: (_section(each), families[_family(each)])))


def available(screen: Screen[Any]) -> list[tuple[DOMNode, Command]]:
    """What can be done on a screen as things stand, by section, and by whom: the focus comes first, as with keys."""
    focused = screen.focused or screen
    in_sight = [widget for widget in screen.query() if widget.display]
    found: dict[str, tuple[DOMNode, Command]] = {}
    for node in (*focused.ancestors_with_self, *in_sight):
        for command in node.ACTIONS if isinstance(node, Declares) else ():
            if can(node, command):
                found.setdefault(command.id, (node, command))
    return sorted(found.values(), key=lambda each: _section(each[1]))


def can(node: DOMNode, command: Command) -> bool:
    """Whether its command would do something there as things stand."""
    _, name, parameters = parse(command.action)
    return bool(node.check_action(name, parameters))


def _family(command: Command) -> str:
    return command.id.partition(".")[0]


def _section(command: Command) -> int:
    return SECTIONS.index(command.section)


def shown_key(key: str) -> str:
    """A key as a person reads it."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    return f"^{key.removeprefix('ctrl+')}" if key.startswith("ctrl+") else key
