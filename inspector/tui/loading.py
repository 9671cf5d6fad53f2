"""While an image is read: a thread that reads it, a screen with how far it is, and one with what went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import ClassVar, Generic, TypeVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from inspector.errors import Cancelled, InspectorError
from inspector.image.config import ImageConfig
from inspector.layers.scan import LayerScan
from inspector.safe_names import printable
from inspector.sizes import counted, human
from inspector.sources.protocol import Progress, ReadEvent, Watch
from inspector.tui.instruction_words import MUTED
from inspector.tui.widgets.layers_read import LayersRead

INTERVAL = 0.1
"""Seconds between two progress messages; a source reports every chunk, thousands of times a second."""

RATE_AFTER = 0.5
"""Seconds until a rate means something."""

BAR = 48
"""Cells of the progress bar at most."""

Clock = Callable[[], float]
Result = TypeVar("Result")


class Loaded(Message, Generic[Result]):
    """All is read, and this is what came of it."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class Loader(Generic[Result]):
    """Reads an image, or two, in a thread of its own and tells the app by messages.

    The thread is a daemon and not one of Textual's workers, which the end of the app would wait for: a source that
    hangs in a connection must not keep a person from leaving.
    """

    class Advanced(Message):
        """So far the image is read, `seconds` after the start."""

        def __init__(self, progress: Progress, seconds: float) -> None:
            super().__init__()
            self.progress = progress
            self.seconds = seconds

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Loader.Advanced)

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
        self._clock = clock
        self._cancelled = Event()
        self._started = self._told = 0.0
        self._thread = Thread(target=self._run, name="loader", daemon=True)

    def start(self) -> None:
        self._started = self._clock()
        self._thread.start()

    def cancel(self) -> None:
        """Make the reading stop at the next chunk."""
        self._cancelled.set()

    def finish(self, seconds: float) -> None:
        """Give the thread a moment to put its things away."""
        if self._thread.is_alive():
            self._thread.join(seconds)

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
        if not isinstance(news, Progress):
            self._tell(self.Learned(news))
            return
        now = self._clock()
        if now - self._told >= INTERVAL or not self._told:
            self._told = now
            self._tell(self.Advanced(news, now - self._started))

    def _tell(self, message: Message) -> None:
        if not self._cancelled.is_set():
            self._app.post_message(message)


class LoadingScreen(Screen[None]):
    """The image's name, its layers as they come in, a bar, and how much is read how fast."""

    BINDINGS: ClassVar = [Binding("escape", "app.leave", "cancel", tooltip="Stop reading and leave")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading = printable(title)
        self.layers_read = LayersRead(id="layers")

    def compose(self) -> ComposeResult:
        yield Static(Content(self.heading), id="summary")
        with Container(id="body"):
            with Vertical(id="left"):
                yield self.layers_read
            with Vertical(id="right"):
                yield Static(Content(" "), id="loading-bar")
                yield Static(Content("opening …"), id="loading-text")
        yield Footer(compact=True)

    def show(self, progress: Progress, seconds: float) -> None:
        room = self.query_one("#right").content_size.width
        self.query_one("#loading-bar", Static).update(_bar(progress, min(BAR, room - 4)))
        self.query_one("#loading-text", Static).update(Content(describe(progress, seconds)))

    def learn(self, news: ImageConfig | LayerScan) -> None:
        if isinstance(news, LayerScan):
            self.layers_read.take(news)
        else:
            self.layers_read.expect(news)


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


def describe(progress: Progress, seconds: float) -> str:
    """`310.0 MB of 684.9 MB · layer 2 of 5 · 600.1 MB/s · 1 s left`."""
    done, total = progress.bytes_read, progress.bytes_total
    parts = [human(done) + (f" of {human(total)}" if total and total >= done else "")]
    if progress.layers_total:
        parts.append(f"layer {min(progress.layers_done + 1, progress.layers_total)} of {progress.layers_total}")
    elif progress.layers_done:
        parts.append(counted(progress.layers_done, "layer"))
    if seconds >= RATE_AFTER and done:
        rate = done / seconds
        parts.append(f"{human(int(rate))}/s")
        if total and total > done:
            parts.append(f"{max(1, round((total - done) / rate))} s left")
    return " · ".join(parts)


def _bar(progress: Progress, width: int) -> Content:
    """Empty while nobody knows how much there is to come."""
    total = progress.bytes_total
    share = min(progress.bytes_read / total, 1.0) if total else 0.0
    done = int(share * width)
    return Content.assemble(("━" * done, "$primary"), ("─" * (width - done), MUTED))
