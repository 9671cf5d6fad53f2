"""The line of keys at the bottom: what the commands with a place in the footer are called, and how to find the rest.

Textual's Footer makes a widget for every key whenever the focus moves, which takes longer than all the rest of a key
press; this draws one line.
"""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from inspector.tui.commands import shown_key
from inspector.tui.instruction_words import Part

PALETTE = "palette"
"""The command that is always shown, at the right."""

KEY_STYLE, WORD_STYLE = "bold $footer-key-foreground", "$footer-description-foreground"


class KeyLine(Widget):
    """Keys and words, as many as there is room for; a click does what the key would do."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and self.is_attached:
            self.refresh()

    def render(self) -> Content:
        items, last = self._items()
        parts: list[Part] = []
        for key, word, _ in items:
            parts += [(key, KEY_STYLE), (f" {word}  ", WORD_STYLE)]
        line = Content.assemble(*parts)
        if last is None:
            return line
        right = Content.assemble((last[0], KEY_STYLE), (f" {last[1]}", WORD_STYLE))
        return line + Content(" " * (self.content_size.width - line.cell_length - right.cell_length)) + right

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        items, last = self._items()
        end = 0
        for key, word, name in items:
            end += cell_len(f"{key} {word}  ")
            if offset.x < end:
                self.app.simulate_key(name)
                return
        if last is not None and offset.x >= self.content_size.width - cell_len(f"{last[0]} {last[1]}"):
            self.app.simulate_key(last[2])

    def _items(self) -> tuple[list[tuple[str, str, str]], tuple[str, str, str] | None]:
        """(shown key, word, key) of those that fit, and of the palette."""
        found: dict[str, tuple[str, str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id is None or not (binding.show or binding.id == PALETTE) or not active.enabled:
                continue
            found.setdefault(binding.id, (shown_key(binding.key), binding.description, binding.key))
        last = found.pop(PALETTE, None)
        room = self.content_size.width - (cell_len(f"{last[0]} {last[1]}") if last else 0)
        items = []
        for item in found.values():
            room -= cell_len(f"{item[0]} {item[1]}  ")
            if room < 0:
                break
            items.append(item)
        return items, last
