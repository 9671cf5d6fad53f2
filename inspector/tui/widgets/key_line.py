"""The line of keys at the bottom: what the commands with a place in the footer are called, and how to find the rest.

Textual's Footer makes a widget for every key whenever the focus moves, which takes longer than all the rest of a key
press; this draws one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from inspector.tui.commands import Command, shown_key
from inspector.tui.instruction_words import Part

ALWAYS = ("help", "palette")
"""The commands that are always shown, at the right: they lead to all the others."""

GAP = 2
"""Cells between two keys."""

KEY_STYLE, WORD_STYLE = "bold $footer-key-foreground", "$footer-description-foreground"


Item = tuple[str, str, str]
"""The key as it is shown, what it does, the key."""


IN_FILTER = {"keep": ("⏎", "keep", "enter"), "clear": ("esc", "clear", "escape")}
BACK = ("esc", "back", "escape")


class KeyLine(Widget):
    """Keys and words, as many as there is room for; a click does what the key would do."""

    def __init__(
        self,
        commands: Iterable[Command],
        way_back: Callable[[], bool] = lambda: False,
        *,
        id: str | None = None,  # noqa: A002 (Textual's name)
    ) -> None:
        """`commands` are all that there may be, in order; `way_back` tells whether escape would now undo a jump.

        What only the focused view can do comes before what works anywhere: the end is what there is no room for.
        """
        super().__init__(id=id)
        self._places = {command.id: (command.anywhere, place) for place, command in enumerate(commands)}
        self._way_back = way_back
        self._known: dict[str, Item] = {}

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and self.is_attached:
            self.refresh()

    def render(self) -> Content:
        left, right = self._items()
        line, end = _line(left), _line(right)
        return line + Content(" " * (self.content_size.width - line.cell_length - end.cell_length)) + end

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        left, right = self._items()
        for items, start in ((left, 0), (right, self.content_size.width - _width(right))):
            end = start
            for key, word, name in items:
                end += cell_len(f"{key} {word}") + GAP
                if start <= offset.x < end:
                    self.app.simulate_key(name)
                    return

    def _items(self) -> tuple[list[Item], list[Item]]:
        """Those on the left that fit, and those that are always there, without words where it is very narrow."""
        self._learn()
        right = [self._known[name] for name in ALWAYS if name in self._known]
        if _width(right) > self.content_size.width // 2:
            right = [(key, "", name) for key, _, name in right]
        room = self.content_size.width - _width(right) - GAP
        left: list[Item] = []
        for name, item in self._known.items():
            if name not in ALWAYS:
                if _width([*left, item]) > room:
                    break
                left.append(item)
        return left, right

    def _learn(self) -> None:
        """The keys that work now. A page over this screen has keys of its own, and then these stay as they were."""
        if self._known and self.screen is not self.app.screen:
            return
        focused = self.screen.focused
        typing = focused is not None and focused.has_class("filter")
        self._known = dict(IN_FILTER) if typing else {}
        if self._way_back() and not typing:
            self._known["back"] = BACK
        active = [each.binding for each in self.screen.active_bindings.values() if each.enabled]
        ours = [(self._places[binding.id], binding) for binding in active if binding.id in self._places]
        for _, binding in sorted(ours, key=itemgetter(0)):
            if binding.id is not None and (binding.id in ALWAYS or (binding.show and not typing)):
                self._known.setdefault(binding.id, (shown_key(binding.key), binding.description, binding.key))


def _line(items: list[Item]) -> Content:
    parts: list[Part] = []
    for nth, (key, word, _) in enumerate(items):
        parts += [" " * GAP if nth else "", (key, KEY_STYLE), (f" {word}" if word else "", WORD_STYLE)]
    return Content.assemble(*parts)


def _width(items: list[Item]) -> int:
    return _line(items).cell_length
