"""The commands of a comparison: those of the main screen that mean the same here, under the same keys, and its own."""

from __future__ import annotations

from msgspec.structs import replace
from textual.binding import Binding, BindingType

from inspector.reports.formats import COMPARISON_FORMATS
from inspector.tui.commands import COMMANDS, JUMP, MOVE, VIEWS, Command, Place, bindings, export_commands, shown_key
from inspector.tui.compare.rows import KINDS

SHARED = frozenset(
    command.id
    for command in COMMANDS
    if command.id.startswith(("move.", "show."))
    or command.id in ("back", "details", "sort", "filter", "copy", "help")
    or command.place is Place.APP
)

OWN = (
    *(Command(f"compare.{kind.id}", kind.key, kind.label, f"{kind.label} of both", f"view('{kind.id}')", VIEWS)
      for kind in KINDS),
    Command("compare.next", "tab,right,l", "Next view", "The next view", "next_view(1)", MOVE, footer="view"),
    Command("compare.previous", "shift+tab,left,h", "Previous view", "The view before", "next_view(-1)", MOVE),
    Command("compare.a", "a", "Open image A", "The first image by itself", "image('a')", JUMP, footer="open A"),
    Command("compare.b", "b", "Open image B", "The second image by itself", "image('b')", JUMP, footer="open B"),
)  # fmt: skip

LEAVE = Command(
    "compare", "0", "Back to the comparison", "Back to the comparison", "leave", JUMP, footer="back to comparison"
)
"""On the screen of one image."""

WORDS = {
    "sort": ("Sort", "By change, or by name"),
    "copy": ("Copy", "Copy the name of the row"),
    "back": ("Show everything", "Everything again"),
}
"""Label and help of shared commands, where the main screen says more or less."""

ALL = (
    *OWN,
    *(
        replace(command, label=label, help=told)
        for command in COMMANDS
        if command.id in SHARED
        for label, told in [WORDS.get(command.id, (command.label, command.help))]
    ),
    *export_commands(COMPARISON_FORMATS),
)


def compare_bindings() -> list[BindingType]:
    """Textual's bindings for the comparison's screen."""
    made: list[BindingType] = [
        Binding(
            key,
            f"screen.{command.action}",
            command.footer or command.label,
            show=bool(command.footer) and nth == 0,
            key_display=shown_key(key),
            tooltip=command.help,
            id=command.id,
        )
        for command in OWN
        for nth, key in enumerate(command.keys.split(","))
    ]
    shared = [each for each in bindings(Place.MAIN) if isinstance(each, Binding) and each.id in SHARED]
    return [*made, *shared]
