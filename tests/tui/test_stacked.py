"""Which layers are stacked in the tree of files is marked in the list of layers, as in dive's column Cmp."""

from __future__ import annotations

import pytest

from .driving import app_for, press, until
from .images import small_image

IMAGE = small_image()


@pytest.mark.parametrize(
    ("keys", "marks"),
    [
        ("g j j", "  ▌  "),
        ("g j j a", "┃┃▌  "),
        ("g j j a j", "┃┃┃▌ "),
        ("g j j a a", "┃┃▌┃┃"),
        ("g j j a a a", "  ▌  "),
        ("g j j ctrl+a ctrl+l", "  ▌  "),
        ("2 a enter", "     "),
    ],
)
async def test_marks_follow_the_scope_and_the_selected_layer(keys: str, marks: str):
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, *keys.split())
        layers = main.layer_list

        def drawn() -> str:
            return "".join(layers.render_line(row).text[0] for row in range(layers.row_count))

        shown = marks if "▌" in marks else marks[: layers.cursor] + "▌" + marks[layers.cursor + 1 :]
        await until(pilot, lambda: drawn() == shown)
