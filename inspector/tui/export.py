"""Reports written from the screen, in the formats of reports/formats.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.widget import Widget

from inspector.atomic_file import write_atomically
from inspector.reports.formats import Format, Subject
from inspector.sizes import human
from inspector.sources.protocol import Watch
from inspector.tui.saving import save


def export(widget: Widget, formats: Sequence[Format[Subject]], name: str, subject: Subject, title: str) -> None:
    """Write the report in the format of that name to where the person says; a name for the file comes from `title`."""
    form = next(form for form in formats if form.name == name)

    def write(path: Path, _overwrite: bool, _watch: Watch) -> str:
        data = form.encode(subject)
        write_atomically(path, data)
        return f"Wrote {path}, {human(len(data))}."

    save(
        widget,
        f"Write the {form.name} report to",
        f"./{file_name(title)}{form.suffix}",
        lambda path: [path] if path.exists() else [],
        write,
    )


def file_name(title: str) -> str:
    """The name of an image as that of a file: letters, digits, and what is harmless in any shell."""
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in title).strip("-.") or "image"
