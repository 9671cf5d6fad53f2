"""The application around whatever is shown: loading, then a screen made of the result; and `run`, which starts it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Generic

from textual import constants
from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.driver import Driver
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from inspector.errors import InspectorError
from inspector.safe_names import printable
from inspector.sources.protocol import Watch
from inspector.tui.commands import EVERYWHERE, Command, available, bindings
from inspector.tui.ending import PATIENCE, Workers
from inspector.tui.loading import ErrorScreen, Loaded, Loader, LoadingScreen, Result
from inspector.tui.preferences import read_preferences, user_file, write_attributes
from inspector.tui.themes import DARK, OURS, following
from inspector.tui.widgets.tabs import Tab
from inspector.waiting import Clock

FINE, WRONG, INTERRUPTED = 0, 2, 130

SWITCH_INTERVAL = 0.001
"""Seconds a worker may keep the interpreter from a key that was pressed; Python's 0.005 adds up to something felt."""


class Commands(Provider):
    """The palette: the commands that the screen has as things stand."""

    async def discover(self) -> Hits:
        for node, command in self._available():
            yield DiscoveryHit(
                command.label, partial(self.app.run_action, command.action, node), help=self._help(command)
            )

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for node, command in self._available():
            score = matcher.match(command.label)
            if score > 0:
                run_it = partial(self.app.run_action, command.action, node)
                yield Hit(score, matcher.highlight(command.label), run_it, help=self._help(command))

    def _available(self) -> list[tuple[DOMNode, Command]]:
        return [(node, command) for node, command in available(self.screen) if command.in_palette]

    def _help(self, command: Command) -> str:
        keys = command.shown_keys(self.app._keymap)
        return f"{command.help}  {keys}" if keys else command.help


class LeanInspect(App[int], Generic[Result]):
    """Loads something, and then shows the screen that is made of it. Its return value is the process's exit code."""

    TITLE = "leaninspect"
    CSS_PATH = "inspector.tcss"
    ACTIONS: ClassVar[tuple[Command, ...]] = EVERYWHERE
    BINDINGS = bindings(ACTIONS)
    COMMANDS: ClassVar = {Commands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 (as Textual declares them)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012

    def __init__(
        self,
        load: Callable[[Watch], Result],
        title: str,
        screen_of: Callable[[Result], Screen[None]],
        *,
        tabs: Sequence[Tab] = (),
        theme: str = DARK.name,
        keys: Mapping[str, str] | None = None,
        attributes: bool = False,
        remember: Callable[[bool], None] = lambda _: None,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(driver_class=_driver())
        for ours in OURS:
            self.register_theme(ours)
        self.theme = theme
        self.set_keymap(dict(keys or {}))
        self.attributes, self._remember = attributes, remember
        self.title = title
        self.screen_of = screen_of
        self.loader = Loader(self, load, clock)
        self.loading_screen = LoadingScreen(title, self.loader.waiting, tabs)
        self.following: Screen[None] | None = None
        self.error: Exception | None = None
        self.code = INTERRUPTED

    def on_mount(self) -> None:
        asyncio.get_running_loop().set_default_executor(Workers())
        self.push_screen(self.loading_screen)
        self.loader.start()

    def on_loader_learned(self, message: Loader.Learned) -> None:
        self.loading_screen.learn(message.news)

    def on_loaded(self, message: Loaded[Result]) -> None:
        self.code = FINE
        self.following = self.screen_of(message.result)
        self.on_loading_screen_in_sight()

    def on_loader_failed(self, message: Loader.Failed) -> None:
        """A known mistake is explained on a screen; anything else ends the app and is raised by `run`."""
        self.error, self.code = message.error, WRONG
        if isinstance(message.error, InspectorError):
            self.following = ErrorScreen(self.title, message.error)
            self.on_loading_screen_in_sight()
        else:
            self.exit(WRONG)

    def on_loading_screen_in_sight(self) -> None:
        """The screen that follows, once nobody reads a page over the one before; in the view that was chosen."""
        if self.following is None or self.screen is not self.loading_screen:
            return
        following, view = self.following, self.loading_screen.chosen
        self.following = None
        self.switch_screen(following)
        if view is not None and following.check_action("view", (view,)):
            following.call_after_refresh(following.run_action, f"view({view!r})")

    def remember_attributes(self, shown: bool) -> None:
        """Whether files are shown with mode, owner and time, the next time too."""
        self.attributes = shown
        try:
            self._remember(shown)
        except InspectorError as error:
            self.notify(f"Not remembered: {printable(error.message)}", severity="warning", markup=False)

    def action_toggle_theme(self) -> None:
        self.theme = following(self.theme)

    def action_close_top(self) -> None:
        """Close the screen on top; leave where it is the only one above Textual's own."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self.action_leave()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """A line over that of the keys, where it hides nothing it speaks of; it takes the place of the one before."""
        self.clear_notifications()
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

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


def run(
    load: Callable[[Watch], Result],
    title: str,
    screen_of: Callable[[Result], Screen[None]],
    tabs: Sequence[Tab] = (),
) -> int:
    """Show what `load` reads on the screen that `screen_of` makes of it, which may have the views of these tabs.

    Returns the exit code: 0, or 130 when the person left before all was read. Raises BadSetting for a configuration
    that means nothing, and what `load` raised, once the person has seen it and left, so that the shell shows it too.
    """
    preferences = read_preferences(user_file(), themes=BUILTIN_THEMES.keys() | {theme.name for theme in OURS})
    app = LeanInspect(
        load,
        title,
        screen_of,
        tabs=tabs,
        theme=preferences.theme or DARK.name,
        keys=preferences.keys,
        attributes=preferences.attributes,
        remember=partial(write_attributes, user_file()),
    )
    sys.setswitchinterval(SWITCH_INTERVAL)
    app.run()
    app.loader.finish(PATIENCE)
    if app.error is not None:
        raise app.error
    return app.return_value if app.return_value is not None else app.code
