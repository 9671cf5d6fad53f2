"""The application that compares: loading, then the two columns; and `run`, by which the command line starts it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import ClassVar, cast

from textual.theme import BUILTIN_THEMES

from inspector.compare.pair import Pair
from inspector.compare.side import Which
from inspector.content.reading import Reopen
from inspector.sources.protocol import Watch
from inspector.tui.app import FINE, PATIENCE, Commands, LeanInspect
from inspector.tui.commands import Command
from inspector.tui.compare.commands import ALL, LEAVE
from inspector.tui.compare.one_side import OneSide
from inspector.tui.compare.screen import CompareScreen
from inspector.tui.loading import Clock, Load, Loader
from inspector.tui.preferences import read_preferences, user_file
from inspector.tui.themes import DARK, OURS

LoadPair = Callable[[Watch], Pair]


class CompareCommands(Commands):
    """The palette: the comparison's commands, and on the screen of one image that one's."""

    def _available(self) -> list[Command]:
        if isinstance(self.screen, CompareScreen):
            return [command for command in ALL if command.in_palette and self.screen.has(command)]
        back = [LEAVE] if isinstance(self.screen, OneSide) else []
        return [*back, *super()._available()]


class CompareApp(LeanInspect):
    """Shows two images."""

    CSS_PATH = "../inspector.tcss"
    COMMANDS: ClassVar = {CompareCommands}

    def __init__(
        self,
        load: LoadPair,
        title: str,
        *,
        theme: str = DARK.name,
        keys: Mapping[str, str] | None = None,
        reopens: Mapping[Which, Reopen] | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        # the loader only hands on what it loads
        super().__init__(cast("Load", load), title, theme=theme, keys=keys, clock=clock)
        self.reopens = reopens or {}

    def on_loader_loaded(self, message: Loader.Loaded) -> None:
        message.prevent_default()  # or the main screen would be shown too
        self.code = FINE
        self.switch_screen(CompareScreen(cast("Pair", message.inspection), self.reopens))


def run(load: LoadPair, title: str, reopens: Mapping[Which, Reopen] | None = None) -> int:
    """Compare in the terminal; returns the exit code as the main app's `run` does, and raises what it raises."""
    preferences = read_preferences(user_file(), themes=BUILTIN_THEMES.keys() | {theme.name for theme in OURS})
    app = CompareApp(load, title, theme=preferences.theme or DARK.name, keys=preferences.keys, reopens=reopens)
    app.run()
    app.loader.finish(PATIENCE)
    if app.error is not None:
        raise app.error
    return app.return_value if app.return_value is not None else app.code
