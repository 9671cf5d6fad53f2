"""What matters can be read in each of our themes: contrast by WCAG 2.2, success criteria 1.4.3 and 1.4.11."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style

from inspector.tui.themes import OURS
from inspector.tui.widgets.row_list import RowList

from .driving import app_for, settled
from .images import small_image

READABLE, VISIBLE = 4.5, 3.0
"""Contrast at least of text, and of bars (success criterion 1.4.11)."""

BARS = {"lines--live", "lines--hidden"}

DECORATION = {"lines--cursor", "lines--faint", "lines--mark"}
"""Says nothing that is not said otherwise."""


def luminance(color: Color | None) -> float:
    """Relative luminance (WCAG 2.2)."""
    assert color is not None
    parts = [part / 255 for part in color.get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style) -> float:
    light, dark = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("pane", ["layers", "files"], ids=["with the focus", "without"])
@pytest.mark.parametrize("theme", [theme.name for theme in OURS])
async def test_all_that_a_list_says_can_be_read_on_the_cursor_and_beside_it(theme: str, pane: str):
    app = app_for(small_image(), theme=theme)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        if pane == "files":
            await pilot.press("tab")
        styles = {
            (name, selected): main.layer_list.look(name, selected)
            for name in RowList.COMPONENT_CLASSES - DECORATION
            for selected in (True, False)
        }
    needed = {name: VISIBLE if name in BARS else READABLE for name, _ in styles}
    faint = {of: round(contrast(style), 2) for of, style in styles.items() if contrast(style) < needed[of[0]]}
    assert faint == {}
