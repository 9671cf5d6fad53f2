"""Writes the pictures for the README: `python -m tests.tui.screenshots`. SVG by Textual, PNG by Chromium."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from inspector.demo.load import inspect_demo
from inspector.tui.app import LeanInspect
from inspector.tui.main import MainScreen

from .browser import CHROMIUM, chromium
from .driving import press

FOLDER = Path(__file__).parents[2] / "screenshots"

SIZE = (120, 40)

PICTURES = {
    "main": ("lean-dark", ()),
    "main-light": ("lean-light", ()),
    "waste": ("lean-dark", ("2",)),
    "packages": ("lean-dark", ("3", "j", "j", "j")),
    "treemap": ("lean-dark", ("4",)),
    "plan": ("lean-dark", ("5",)),
}
"""Name of the file → theme, and the keys to press before the picture is taken."""


async def take(theme: str, *keys: str, size: tuple[int, int] = SIZE) -> str:
    """The SVG of the demo image's screen after some keys."""
    app = LeanInspect(lambda watch: inspect_demo("fat", watch), "demo:fat", MainScreen, theme=theme)
    async with app.run_test(size=size) as pilot:
        await press(pilot, *keys)
        return app.export_screenshot(title="leaninspect demo fat")


def to_png(svg: Path) -> Path:
    """The SVG drawn by Chromium at its own size."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text())
    assert box is not None
    width, height = (int(float(side)) + 1 for side in box.groups())
    png = svg.with_suffix(".png")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                chromium() or "chromium",
                *CHROMIUM,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={png}",
                svg.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    return png


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, (theme, keys) in PICTURES.items():
        svg = FOLDER / f"{name}.svg"
        svg.write_text(asyncio.run(take(theme, *keys)))
        sys.stdout.write(f"{svg}\n{to_png(svg)}\n")


if __name__ == "__main__":
    main()
