"""Files written for a person, who is asked where to, and before anything is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from textual.widget import Widget
from textual.worker import get_current_worker

from inspector.errors import Cancelled, InspectorError
from inspector.safe_names import printable
from inspector.sources.protocol import ReadEvent, Watch
from inspector.tui.widgets.dialogs import AskPath, Confirm

NAMED = 5
"""Files named in a question or an outcome."""

Write = Callable[[Path, bool, Watch], str]
"""Writes to a path, over what is there or not, and says what it wrote. Raises InspectorError, and Cancelled when the
watch says so."""


def save(widget: Widget, question: str, proposal: str, in_the_way: Callable[[Path], list[Path]], write: Write) -> None:
    """Ask for a path, and for leave where files are in the way; then write in a worker that ends when the app does."""

    def asked(answer: str | None) -> None:
        if answer is None:
            return
        path = Path(answer).expanduser()
        there = in_the_way(path)
        if there:
            widget.app.push_screen(Confirm("Overwrite?", _named(there)), lambda yes: confirmed(path, yes))
        else:
            _in_worker(widget, lambda watch: write(path, False, watch))

    def confirmed(path: Path, yes: bool | None) -> None:
        if yes:
            _in_worker(widget, lambda watch: write(path, True, watch))

    widget.app.push_screen(AskPath(question, proposal), asked)


def _named(there: list[Path]) -> str:
    more = f"\nand {len(there) - NAMED} more" if len(there) > NAMED else ""
    return "\n".join(printable(str(path)) for path in there[:NAMED]) + more


def _in_worker(widget: Widget, work: Callable[[Watch], str]) -> None:
    """Run in a worker; then tell what came of it."""

    def run() -> None:
        worker = get_current_worker()

        def watch(_: ReadEvent) -> None:
            if worker.is_cancelled:
                raise Cancelled

        severity: Literal["information", "error"] = "information"
        try:
            told = work(watch)
        except Cancelled:
            return
        except InspectorError as error:
            told, severity = f"{error.message}. {error.hint}".rstrip(". ") + ".", "error"
        widget.app.call_from_thread(widget.notify, printable(told), severity=severity, timeout=6, markup=False)

    widget.run_worker(run, thread=True)
