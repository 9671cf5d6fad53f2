"""What leaves the screen: a file's content, files written to disk, reports, the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from textual.screen import Screen
from textual.worker import get_current_worker

from inspector.atomic_file import write_atomically
from inspector.content.extraction import Item, Outcome, extract, in_the_way
from inspector.content.lookup import items_of, subtree
from inspector.content.reading import Contents
from inspector.errors import Cancelled, InspectorError
from inspector.filesystem.stack import IMPLIED
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.reports.formats import Format
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.sources.protocol import ReadEvent, Watch
from inspector.tui.views.file_viewer import ContentPage
from inspector.tui.views.files import FilesPane
from inspector.tui.widgets.dialogs import AskPath, Confirm

NAMED = 5
"""Files named in a question or an outcome."""


class FileActions:
    """Does it for a screen, asking before anything is overwritten; whatever may take long happens in a worker."""

    def __init__(self, screen: Screen[Any], contents: Contents) -> None:
        self.screen, self.contents = screen, contents

    def copy(self, copied: tuple[str, str] | None) -> None:
        """To the clipboard, by the terminal's own means (OSC 52), so that it works through ssh too."""
        if copied is None:
            return
        text, what = copied
        self.screen.app.copy_to_clipboard(text)
        first = text.partition("\n")[0]
        self.screen.notify(printable(first), title=f"Copied the {what}", timeout=3, markup=False)

    def view_content(self, files: FilesPane) -> None:
        """The content of the selected file, as the layer that is shown has it."""
        tree, node = files.list.outline.tree, files.list.node
        if tree.kinds[node] not in (Kind.FILE, Kind.HARDLINK) or tree.entry_ids[node] == IMPLIED:
            self.screen.notify("Only files have a content to look at.", timeout=3)
            return
        self.screen.app.push_screen(ContentPage(self.contents, tree.path(node), tree.entry_ids[node]))

    def extract(self, files: FilesPane) -> None:
        """Ask where to, then whether to overwrite, then write."""
        tree, node = files.list.outline.tree, files.list.node
        items = items_of(tree, node)
        name = tree.names[node] or "rootfs"
        count = sum(tree.kinds[each] != Kind.DIRECTORY for each in subtree(tree, node))
        what = f"{count} files of {printable(name)}" if tree.kinds[node] == Kind.DIRECTORY else printable(name)
        self.screen.app.push_screen(
            AskPath(f"Extract {what} to", f"./{printable(name)}"), lambda path: self._extract_to(items, path)
        )

    def _extract_to(self, items: list[Item], answer: str | None) -> None:
        if answer is None:
            return
        target = Path(answer).expanduser()
        there = in_the_way(items, target)
        write = partial(self._extract, items, target)
        if there:
            self._ask_to_overwrite(there, lambda yes: self._work(partial(write, yes)) if yes else None)
        else:
            self._work(partial(write, False))

    def _extract(self, items: list[Item], target: Path, overwrite: bool, watch: Watch) -> str:
        outcome = extract(self.contents, items, target, overwrite=overwrite, watch=watch)
        return _told(outcome, target)

    def export(self, form: Format[Inspection]) -> None:
        """Ask where to, then whether to overwrite, then write the report: whole or not at all."""
        image = self.contents.inspection.image.reference
        name = "".join(char if char.isalnum() or char in "-_." else "-" for char in image).strip("-.")
        self.screen.app.push_screen(
            AskPath(f"Write the {form.name} report to", f"./{name or 'image'}{form.suffix}"),
            lambda path: self._export_to(form, path),
        )

    def _export_to(self, form: Format[Inspection], answer: str | None) -> None:
        if answer is None:
            return
        path = Path(answer).expanduser()

        def write(_: Watch) -> str:
            data = form.encode(self.contents.inspection)
            write_atomically(path, data)
            return f"Wrote {path}, {human(len(data))}."

        if path.exists():
            self._ask_to_overwrite([path], lambda yes: self._work(write) if yes else None)
        else:
            self._work(write)

    def _ask_to_overwrite(self, there: list[Path], then: Callable[[bool | None], None]) -> None:
        more = f"\nand {len(there) - NAMED} more" if len(there) > NAMED else ""
        named = "\n".join(printable(str(path)) for path in there[:NAMED])
        self.screen.app.push_screen(Confirm("Overwrite?", named + more), then)

    def _work(self, work: Callable[[Watch], str]) -> None:
        """Run in a worker that ends when the app does; then tell what came of it."""

        def run() -> None:
            worker = get_current_worker()
            stopped = Event()

            def watch(_: ReadEvent) -> None:
                if worker.is_cancelled or stopped.is_set():
                    raise Cancelled

            try:
                told, severity = work(watch), "information"
            except Cancelled:
                return
            except InspectorError as error:
                told, severity = f"{error.message}. {error.hint}".rstrip(". ") + ".", "error"
            self.screen.app.call_from_thread(
                self.screen.notify, printable(told), severity=severity, timeout=6, markup=False
            )

        self.screen.run_worker(run, thread=True)


def _told(outcome: Outcome, target: Path) -> str:
    told = f"Wrote {outcome.files} files, {human(outcome.size_bytes)}, to {target}."
    if outcome.left_out:
        named = ", ".join(outcome.left_out[:NAMED])
        told += f" Left out {len(outcome.left_out)} that lead outside, are devices, or were in the way: {named}."
    return told
