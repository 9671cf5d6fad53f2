"""What small terminals, pages and jumps must not spoil."""

from __future__ import annotations

import pytest

from inspector.demo.archive import Member
from inspector.demo.load import inspect_demo
from inspector.inspection import Inspection
from inspector.sources.protocol import ignore_progress
from inspector.tui.views.content_lines import HEX_BYTES, ContentLines, hex_width
from inspector.tui.views.treemap import TileMap
from inspector.tui.widgets.pages import Help

from .driving import app_for, lines_of, press, settled
from .images import inspection_of, run, small_image


def demo() -> Inspection:
    return inspect_demo("fat", ignore_progress)


async def test_the_files_of_a_finding_are_shown_wherever_its_layer_is():
    image = demo()
    for row, finding in enumerate(image.findings):
        async with app_for(image).run_test(size=(120, 40)) as pilot:
            main = await press(pilot, "2", *["j"] * row, "enter")
            assert main.files.wanted.chosen is not None
            assert main.files.wanted.chosen.files is not None
            assert dict(main.files.wanted.chosen.files()) == dict(finding.frees)
            assert f"Files of “{finding.title}"[:40] in "\n".join(lines_of(pilot))


async def test_keys_of_the_screen_below_stay_in_sight_while_a_page_is_open():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        await press(pilot, "2")
        before = lines_of(pilot)[-1]
        await press(pilot, "d")
        assert lines_of(pilot)[-1] == before
        assert before.rstrip().endswith("? help  ^p commands")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
async def test_help_and_palette_are_always_in_the_line_of_keys(width: int):
    async with app_for(small_image()).run_test(size=(width, 24)) as pilot:
        await settled(pilot)
        shown = lines_of(pilot)[-1]
        assert "?" in shown and "^p" in shown


async def test_the_line_of_keys_tells_the_way_back_and_what_to_do_in_a_filter():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        await press(pilot, "2", "enter")
        assert lines_of(pilot)[-1].strip().startswith("esc back  ")
        await press(pilot, "escape")
        assert "esc back" not in lines_of(pilot)[-1]
        await press(pilot, "1", "slash")
        assert lines_of(pilot)[-1].split("  ")[0].strip() == "⏎ keep"
        assert "esc clear" in lines_of(pilot)[-1]
        assert "^p" in lines_of(pilot)[-1]


async def test_pages_scroll_with_the_keys_that_move_in_lists():
    async with app_for(small_image()).run_test(size=(80, 24)) as pilot:
        await press(pilot, "question_mark")
        page = pilot.app.screen
        assert isinstance(page, Help)
        places = []
        for key in ("j", "j", "ctrl+d", "G", "k", "g"):
            await pilot.press(key)
            places.append(page.text_box.scroll_offset.y)
        one, two, half, end, before, start = places
        assert (one, two, start) == (1, 2, 0)
        assert 2 < half < end == page.text_box.max_scroll_y
        assert before == end - 1


@pytest.mark.parametrize(("width", "count"), [(200, 16), (76, 16), (75, 8), (60, 8), (43, 8), (42, 4), (30, 4)])
def test_a_hexdump_has_as_many_bytes_in_a_row_as_fit(width: int, count: int):
    assert next((n for n in HEX_BYTES if hex_width(n) <= width), HEX_BYTES[-1]) == count


async def test_a_hexdump_is_whole_at_any_width():
    for width in (40, 60, 90):
        lines = ContentLines()
        async with app_for(small_image()).run_test(size=(width, 24)) as pilot:
            await settled(pilot)
            await pilot.app.screen.mount(lines)
            lines.styles.width, lines.styles.height = width, 20
            await pilot.pause()
            lines.show(bytes(range(32, 96)), None)
            rows = [lines.render_line(y).text for y in range(lines.row_count)]
        count = len(bytes(range(32, 96))) // len(rows)
        start = hex_width(count) - count
        assert "".join(row[start : start + count] for row in rows) == bytes(range(32, 96)).decode()
        assert hex_width(count) <= width


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_names_have_room_beside_mode_and_owner(width: int):
    async with app_for(demo()).run_test(size=(width, 24)) as pilot:
        await press(pilot, "tab", "b", "j", "j", "j", "j", "j", "j")
        text = "\n".join(lines_of(pilot))
        assert "drwxr-xr-x" in text
        assert "x86_64-alpine-l" in text
        assert (text.count(" 0:0") > 1) == (width > 60)  # the selected row says it once more


async def test_the_treemap_begins_at_the_most_hidden_bytes():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "4")
        tiles = main.view.main
        assert isinstance(tiles, TileMap)
        assert tiles.tiles[tiles.cursor].hidden == max(tile.hidden for tile in tiles.tiles) > 0


@pytest.mark.parametrize(
    ("width", "tabs"),
    [
        (120, "1 Files  2 Waste (10)  3 Packages (29)  4 Treemap  5 Plan"),
        (50, "1 Files  2 Waste  3 Packages  4 Treemap  5 Plan"),
        (30, "1 Files  2   3   4   5"),
    ],
)
async def test_tabs_lose_counts_and_then_labels_where_it_is_narrow(width: int, tabs: str):
    async with app_for(demo()).run_test(size=(width, 30)) as pilot:
        main = await settled(pilot)
        assert main.tabs.render().plain.strip() == tabs


async def test_a_folders_bytes_and_what_is_replaced_in_it_are_told_apart():
    image = inspection_of(
        [run("one", Member("etc/a", b"a" * 300), Member("etc/b", b"b" * 50)), run("two", Member("etc/a", b"n" * 200))]
    )
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        await press(pilot, "G")
        text = "\n".join(lines_of(pilot))
        assert "1 200 B" in text  # the layer
        row = text.partition("Files of layer 1")[2].splitlines()[1]
        assert row.index("200 B") < row.index("▾ /") < row.index("hides 300 B")
        assert "folder · 200 B, hides 300 B" in text
