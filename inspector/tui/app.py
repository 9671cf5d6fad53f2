"""The application: loading, then the main screen; and `run`, by which the command line starts it."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import ClassVar

from textual import constants
from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.driver import Driver
from textual.theme import BUILTIN_THEMES

from inspector.content.reading import Contents, Reopen
from inspector.errors import InspectorError
from inspector.tui.commands import COMMANDS, Command, Place, bindings
from inspector.tui.loading import Clock, ErrorScreen, Load, Loader, LoadingScreen
from inspector.tui.main import MainScreen
from inspector.tui.preferences import read_preferences, user_file
from inspector.tui.themes import DARK, OURS, following

FINE, WRONG, INTERRUPTED = 0, 2, 130

SWITCH_INTERVAL = 0.001
"""Seconds a worker may keep the interpreter from a key that was pressed; Python's 0.005 adds up to something felt."""

PATIENCE = 2.0
"""Seconds given to a cancelled reading to clean up before the process ends."""


class Commands(Provider):
    """The palette: the one list of commands, as far as the screen has them."""

    async def discover(self) -> Hits:
        for command in self._available():
            yield DiscoveryHit(command.label, lambda command=command: self._run(command), help=self._help(command))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._available():
            score = matcher.match(command.label)
            if score > 0:
                yield Hit(
                    score,
                    matcher.highlight(command.label),
                    lambda command=command: self._run(command),
                    help=self._help(command),
                )

    def _available(self) -> list[Command]:
        """Those whose keys would work here: the screen knows what the view in sight has."""
        main = self.screen if isinstance(self.screen, MainScreen) else None
        return [
            command
            for command in COMMANDS
            if command.in_palette and (command.place is Place.APP or (main is not None and main.has(command)))
        ]

    def _help(self, command: Command) -> str:
        keys = command.shown_keys(self.app._keymap)
        return f"{command.help}  {keys}" if keys else command.help

    async def _run(self, command: Command) -> None:
        await self.screen.run_action(command.action)


class LeanInspect(App[int]):
    """Shows one image. Its return value is the process's exit code."""

    TITLE = "leaninspect"
    CSS_PATH = "inspector.tcss"
    BINDINGS = bindings(Place.APP)
    COMMANDS: ClassVar = {Commands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 (as Textual declares them)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012

    def __init__(
        self,
        load: Load,
        title: str,
        *,
        theme: str = DARK.name,
        keys: Mapping[str, str] | None = None,
        reopen: Reopen | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(driver_class=_driver())
        for ours in OURS:
            self.register_theme(ours)
        self.theme = theme
        self.set_keymap(dict(keys or {}))
        self.reopen = reopen
        self.title = title
        self.loader = Loader(self, load, clock)
        self.loading_screen = LoadingScreen(title)
        self.error: Exception | None = None
        self.code = INTERRUPTED

    def on_mount(self) -> None:
        self.push_screen(self.loading_screen)
        self.loader.start()

    def on_loader_advanced(self, message: Loader.Advanced) -> None:
        self.loading_screen.show(message.progress, message.seconds)

    def on_loader_learned(self, message: Loader.Learned) -> None:
        self.loading_screen.learn(message.news)

    def on_loader_loaded(self, message: Loader.Loaded) -> None:
        self.code = FINE
        self.switch_screen(MainScreen(message.inspection, Contents(message.inspection, self.reopen)))

    def on_loader_failed(self, message: Loader.Failed) -> None:
        """A known mistake is explained on a screen; anything else ends the app and is raised by `run`."""
        self.error, self.code = message.error, WRONG
        if isinstance(message.error, InspectorError):
            self.switch_screen(ErrorScreen(self.title, message.error))
        else:
            self.exit(WRONG)

    def action_toggle_theme(self) -> None:
        self.theme = following(self.theme)

    def action_leave(self) -> None:
        """Quit; while the image is still being read, stop that first."""
        self.loader.cancel()
        self.exit(self.code)


def _driver() -> type[Driver] | None:
    """Ours for terminals; None for Textual's choice on Windows, and for the one that TEXTUAL_DRIVER names."""
    if sys.platform == "win32" or constants.DRIVER is not None:
        return None
    from inspector.tui.driver import PromptDriver

    return PromptDriver


def run(load: Load, title: str, reopen: Reopen | None = None) -> int:
    """Show the image that `load` reads; returns the exit code: 0, or 130 when the person left before it was read.

    `reopen` opens the image once more, for a look into its files. Raises BadSetting for a configuration that means
    nothing, and what `load` raised, once the person has seen it and left, so that the shell shows it too.
    """
    preferences = read_preferences(user_file(), themes=BUILTIN_THEMES.keys() | {theme.name for theme in OURS})
    app = LeanInspect(load, title, theme=preferences.theme or DARK.name, keys=preferences.keys, reopen=reopen)
    sys.setswitchinterval(SWITCH_INTERVAL)
    app.run()
    app.loader.finish(PATIENCE)
    if app.error is not None:
        raise app.error
    return app.return_value if app.return_value is not None else app.code
