"""While an image is read: a thread that reads it, a screen with what is waited for, and one with what went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from inspector.errors import Cancelled, InspectorError
from inspector.image.config import ImageConfig
from inspector.layers.scan import LayerScan
from inspector.safe_names import printable
from inspector.sources.protocol import Progress, ReadEvent, Stage, Watch
from inspector.tui.commands import EVERYWHERE, GENERAL, HELP, VIEWS, Command, bindings, one_list
from inspector.tui.instruction_words import MUTED
from inspector.tui.widgets.layers_read import LayersRead
from inspector.tui.widgets.pages import Help
from inspector.tui.widgets.tabs import Tab, Tabs
from inspector.waiting import FRAME_SECONDS, Clock, Waiting

BAR = 48
"""Cells of the progress bar at most."""

Result = TypeVar("Result")


class Loaded(Message, Generic[Result]):
    """All is read, and this is what came of it."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class Loader(Generic[Result]):
    """Reads an image, or two, in a thread of its own and tells the app by messages; how far it is, `waiting` knows.

    The thread is a daemon and not one of Textual's workers, which the end of the app would wait for: a source that
    hangs in a connection must not keep a person from leaving.
    """

    class Learned(Message):
        """What the image is made of, or a layer that is there."""

        def __init__(self, news: ImageConfig | LayerScan) -> None:
            super().__init__()
            self.news = news

    class Failed(Message):
        """The image cannot be read."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(self, app: App[int], load: Callable[[Watch], Result], clock: Clock = time.monotonic) -> None:
        self._app = app
        self._load = load
        self._cancelled, self._cancelled_at = Event(), 0.0
        self.waiting = Waiting(clock)
        self._thread = Thread(target=self._run, name="loader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Make the reading stop at the next chunk."""
        self._cancelled.set()
        self._cancelled_at = time.monotonic()

    def finish(self, seconds: float) -> None:
        """Give the thread so many seconds since it was cancelled to put its things away."""
        if self._thread.is_alive():
            self._thread.join(max(0.0, self._cancelled_at + seconds - time.monotonic()))

    def _run(self) -> None:
        try:
            result = self._load(self._watch)
        except Cancelled:
            return
        except Exception as error:
            self._tell(self.Failed(error))
        else:
            self._tell(Loaded(result))

    def _watch(self, news: ReadEvent) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        self.waiting.take(news)
        if not isinstance(news, Progress | Stage):
            self._tell(self.Learned(news))

    def _tell(self, message: Message) -> None:
        if not self._cancelled.is_set():
            self._app.post_message(message)


class LoadingScreen(Screen[None]):
    """The image's name, its layers as they come in, a bar, and what is waited for since when.

    A view that is chosen meanwhile is the one that is shown when all is read (`chosen`).
    """

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        Command("cancel", "escape", "Cancel", "Stop reading and leave", "app.leave", GENERAL, footer="cancel"),
        HELP,
    )
    BINDINGS = bindings(ACTIONS)

    class InSight(Message):
        """No page lies over it any more."""

    def __init__(self, title: str, waiting: Waiting, tabs: Sequence[Tab] = ()) -> None:
        """`tabs` are the views that there will be, of which some may turn out to have nothing to show."""
        super().__init__()
        self.heading = printable(title)
        self.waiting = waiting
        self.layers_read = LayersRead(id="layers")
        self.tabs = Tabs(tabs, id="tabs") if tabs else None
        self.chosen: str | None = None

    @property
    def commands(self) -> tuple[Command, ...]:
        """All that can be done meanwhile."""
        views = (
            Command(f"view.{tab.id}", tab.key, tab.label, f"{tab.label}, when all is read", "", VIEWS)
            for tab in (self.tabs.tabs if self.tabs else ())
        )
        return one_list(views, self.ACTIONS, EVERYWHERE)

    def compose(self) -> ComposeResult:
        yield Static(Content(self.heading), id="summary")
        with Container(id="body"):
            with Vertical(id="left"):
                yield self.layers_read
            with Vertical(id="right"):
                if self.tabs:
                    yield self.tabs
                with Vertical(id="loading"):
                    yield Static(Content(" "), id="loading-bar")
                    yield Static(id="loading-text")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self.set_interval(FRAME_SECONDS, self.draw)
        self.draw()

    def on_screen_resume(self) -> None:
        self.post_message(self.InSight())

    def draw(self) -> None:
        """What is waited for now."""
        room = self.query_one("#loading").content_size.width
        self.query_one("#loading-bar", Static).update(_bar(self.waiting.progress, min(BAR, room - 4)))
        text = Content(f"{self.waiting.spinner} {self.waiting.text}")
        self.query_one("#loading-text", Static).update(text)

    def learn(self, news: ImageConfig | LayerScan) -> None:
        if isinstance(news, LayerScan):
            self.layers_read.take(news)
        else:
            self.layers_read.expect(news)

    def on_key(self, event: Key) -> None:
        keymap = self.app._keymap  # Textual has no public way to read it back
        for command in self.commands:
            if command.section == VIEWS and event.key in keymap.get(command.id, command.keys).split(","):
                self._choose(command.id.removeprefix("view."))

    @on(Tabs.Picked)
    def pick_view(self, picked: Tabs.Picked) -> None:
        self._choose(picked.view)

    def _choose(self, view: str) -> None:
        if self.tabs:
            self.chosen = self.tabs.current = view

    def action_help(self) -> None:
        self.app.push_screen(Help(self.commands, (), (VIEWS,)))


class ErrorScreen(Screen[None]):
    """What is wrong and what to do about it."""

    BINDINGS: ClassVar = [Binding("escape,enter", "app.leave", "leave", tooltip="Leave")]

    def __init__(self, title: str, error: InspectorError) -> None:
        super().__init__()
        self.heading, self.error = printable(title), error

    def compose(self) -> ComposeResult:
        with Vertical(id="error") as panel:
            panel.border_title = Content(f"Cannot show {self.heading}")
            yield Static(Content(printable(self.error.message)), id="error-message")
            if self.error.hint:
                yield Static(Content(printable(self.error.hint)), id="error-hint")
        yield Footer(compact=True)


def _bar(progress: Progress | None, width: int) -> Content:
    """Empty while nobody knows how much there is to come."""
    total = progress.bytes_total if progress else None
    share = min(progress.bytes_read / total, 1.0) if progress and total else 0.0
    done = int(share * width)
    return Content.assemble(("━" * done, "$primary"), ("─" * (width - done), MUTED))
