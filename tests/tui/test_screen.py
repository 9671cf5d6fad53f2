"""The main screen: what it says, at all sizes, with any names."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from inspector.demo.archive import Member, Step
from inspector.filesystem.tree import ROOT

from .driving import app_for, line_with, lines_of, paths_in_sight, press, settled
from .images import inspection_of, purged_image, run, small_image, wide_image

IMAGE = small_image()


async def test_the_summary_tells_the_image_and_where_its_bytes_are():
    async with app_for(IMAGE).run_test(size=(150, 30)) as pilot:
        await settled(pilot)
        summary = lines_of(pilot)[0]
        assert summary.split("  ")[0].strip() == "test:image · test · linux/amd64 · Test Linux 1"
        assert summary.rstrip().endswith(
            "size 970.6 kB · live 130.3 kB · hidden 840.3 kB · 13% efficient · reclaimable 840.3 kB"
        )


@pytest.mark.parametrize(
    ("width", "numbers"),
    [
        (
            150,
            "size 8.0 MB · live 4.0 MB · hidden 4.0 MB · 50% efficient"
            " · reclaimable 4.0 MB · trades 300.0 kB · base 400.0 kB",
        ),
        (110, "size 8.0 MB · hidden 4.0 MB · reclaimable 4.0 MB · trades 300.0 kB · base 400.0 kB"),
        (80, "hidden 4.0 MB · reclaimable 4.0 MB · trades 300.0 kB"),
        (60, "hidden 4.0 MB · reclaimable 4.0 MB"),
        (40, "reclaimable 4.0 MB"),
    ],
)
async def test_the_summary_tells_trades_and_the_bases_bytes_apart(width: int, numbers: str):
    async with app_for(purged_image()).run_test(size=(width, 30)) as pilot:
        await settled(pilot)
        assert lines_of(pilot)[0].rstrip().endswith(f"  {numbers}")


async def test_details_say_in_words_what_hides_a_layer():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "840.0 kB hidden by layer 4: RUN apt-get" in line_with(pilot, "hidden by layer 4")
        await press(pilot, "G")
        assert "Hides 840.0 kB of layer 1: RUN apt-get" in line_with(pilot, "Hides")


async def test_hidden_files_are_shaded_and_say_who_hides_them():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        await press(pilot, "tab", "G", "k")
        assert "▓" in line_with(pilot, "  lto1  ")
        assert "- hidden by 4" in line_with(pilot, "  lto1  ")


async def test_removed_files_have_a_minus_and_the_layer_they_came_from():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        await press(pilot, "G", "Z")
        assert "  -  " in line_with(pilot, "▾ gcc ")
        assert "from layer 1" in line_with(pilot, "▾ gcc ")


async def test_names_are_shown_harmless_and_never_as_markup():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        await press(pilot, "j", "Z")
        text = "\n".join(lines_of(pilot))
        assert "[bold red]not markup" in text
        assert "line\\nbreak\\x1b[31m" in text
        assert "数据库.db" in text


async def test_the_selected_path_and_its_details_survive_markup_too():
    image = inspection_of([run("echo [red]", Member("[/]", b"x"), Member("[@click=app.quit]x", b"y"))])
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        await press(pilot, "tab", "G", "enter")
        assert any("/[@click=app.quit]x" in line for line in lines_of(pilot))


async def test_modes_and_owners_on_demand():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        await press(pilot, "j", "Z", "b")
        assert "-rw-r--r-- 1000:1000" in line_with(pilot, "数据库.db")


async def test_links_show_where_they_lead():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        await press(pilot, "g", "Z")
        assert "sh → /usr/bin/busybox" in line_with(pilot, "sh → ")
        assert "bin → usr/bin" in line_with(pilot, "bin → ")


@pytest.mark.parametrize(
    "size", [(200, 60), (120, 40), (99, 30), (80, 24), (60, 20), (40, 12), (24, 8), (10, 3), (1, 1)]
)
async def test_every_size_is_drawn_and_can_be_used(size: tuple[int, int]):
    async with app_for(IMAGE).run_test(size=size) as pilot:
        main = await press(
            pilot, "tab", "j", "b", "a", "question_mark", "escape", "enter", "escape", "slash", "l", "enter"
        )
        assert len(lines_of(pilot)) == size[1]
        assert "usr" in paths_in_sight(main)


async def test_resizing_keeps_the_selection_in_sight():
    async with app_for(wide_image(2_000, 2)).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "tab", "Z", "G")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        files = main.files.list
        assert files.scroll_offset.y <= files.cursor < files.scroll_offset.y + files.size.height


async def test_the_mouse_selects_scrolls_and_folds():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        await pilot.click("#layers", offset=(10, 3))
        await settled(pilot)
        assert main.layer_list.cursor == 2
        await pilot.click("#layers", offset=(10, 2))
        await settled(pilot)
        shown = paths_in_sight(main)
        await pilot.click("#file-list", offset=(40, 2), times=2)
        assert (main.files.list.has_focus, paths_in_sight(main)) == (True, ["", "usr"])
        await pilot.click("#file-list", offset=(40, 2), times=2)
        assert paths_in_sight(main) == shown


async def test_a_click_on_the_marker_of_a_folder_folds_it():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        row = next(line for line in lines_of(pilot) if "▾ usr" in line)
        column = row.index("▾") - main.files.list.region.x
        await pilot.click("#file-list", offset=(column, 2))
        assert paths_in_sight(main) == ["", "usr"]


async def test_an_image_without_layers():
    async with app_for(inspection_of([Step("LABEL a=b")])).run_test() as pilot:
        main = await press(pilot, "j", "G", "enter", "a", "tab", "enter", "escape", "w")
        assert paths_in_sight(main) == [""]


async def test_an_image_whose_history_does_not_fit_its_layers():
    image = inspection_of([run("one", Member("a", b"x"))])
    unknown = replace(image, instructions=())
    async with app_for(unknown).run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        assert "instruction unknown" in line_with(pilot, "unknown")


async def test_a_hundred_thousand_files_in_twenty_layers():
    """Through them all, by every kind of key; test figures for time are in measure.py."""
    image = wide_image(100_000, 20)
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "G", "a", "tab", "Z")
        files = main.files.list
        assert files.outline.tree.sizes[ROOT] == sum(
            files.outline.tree.sizes[node] for node in files.outline.children(ROOT)
        )
        assert len(files.outline.rows) == len(files.outline.tree) > 90_000
        await press(pilot, "G")
        assert files.cursor == len(files.outline.rows) - 1
        assert files.scroll_offset.y > 90_000
        await press(pilot, *["pageup"] * 10, *["k"] * 10, "z", "slash", *"004999", "enter")
        assert [path.rpartition("/")[2] for path in paths_in_sight(main)].count("file004999.py") == 20
        await press(pilot, "escape", "w", "w", "a", "a", *["left_square_bracket"] * 5)
        assert main.files.wanted.layer == 14


async def test_of_many_requests_only_the_newest_is_drawn_in_the_end():
    image = wide_image(20_000, 10)
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        for layer in [*range(10), *reversed(range(10)), 7]:
            main.layer_list.jump(layer)
        await settled(pilot)
        assert "usr/lib/package7" in paths_in_sight(main)
