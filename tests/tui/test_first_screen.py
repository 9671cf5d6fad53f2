"""The first screen points at the largest thing that its user can change, and its figures agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.demo.archive import Member, Step, tar_layer
from inspector.inspection import Inspection
from inspector.tui.layer_waste import waste_by_layer
from inspector.tui.legend import FIGURES
from inspector.tui.views.tiles import By, tiles_of
from inspector.tui.views.treemap import TreemapView
from inspector.tui.widgets.layer_list import bar_room

from .driving import app_for, line_with, lines_of, press, settled, still, waste_of
from .images import inspection_of, purged_image, run, small_image

README = Path(__file__).parents[2] / "README.md"


def cached_image(dockerfile: str = "") -> Inspection:
    """A base of which a later layer rewrites 3 MB, and a layer of 1.5 MB with lists that should not be there."""
    status = "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1-1\n\n"
    return inspection_of(
        [
            Step(
                "ADD file:1 in / ",
                tar_layer(
                    [Member("var/lib/dpkg/status", status.encode()), Member("usr/lib/locale/archive", b"a" * 3_000_000)]
                ),
            ),
            Step('CMD ["bash"]'),
            run(
                "apt-get update && apt-get install -y curl",
                Member("usr/bin/curl", b"c" * 600_000, mode=0o755),
                Member("var/lib/apt/lists/x_Packages", b"p" * 900_000),
            ),
            run("localedef -i de_DE", Member("usr/lib/locale/archive", b"b" * 2_900_000)),
        ],
        "test:cached",
        dockerfile,
    )


CACHED = cached_image("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN localedef -i de_DE\n")


async def test_it_opens_at_the_layer_with_the_most_reclaimable_bytes_and_not_with_the_most_hidden():
    assert [totals.hidden_bytes for totals in CACHED.filesystem.totals] == [3_000_000, 0, 0]
    async with app_for(CACHED).run_test(size=(120, 40)) as pilot:
        assert (await settled(pilot)).layer_list.cursor == 1


async def test_the_largest_waste_of_a_layer_is_named_with_the_key_to_its_fix():
    async with app_for(CACHED).run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        lines = [line[:48].strip() for line in lines_of(pilot)]
        start = lines.index("900.0 kB reclaimable of this layer")
        assert lines[start + 1 : start + 3] == ["900.0 kB apt package lists", "F shows the fix"]
        await press(pilot, "g")
        assert "3.0 MB overwritten by a later layer (base)" in line_with(pilot, "overwritten")[:49].replace("  ", " ")
        assert "F shows more" in line_with(pilot, "F shows")
        await press(pilot, "j", "F")
        assert (main.current, waste_of(main).finding.title) == ("waste", "apt package lists")
        await press(pilot, "escape")
        assert (main.current, main.layer_list.has_focus, main.layer_list.cursor) == ("files", True, 1)


async def test_where_there_is_no_room_for_details_the_waste_is_told_above_the_layers():
    async with app_for(CACHED).run_test(size=(80, 24)) as pilot:
        main = await settled(pilot)
        await still(pilot)
        assert lines_of(pilot)[1].startswith("─Layers · F: fix 900.0 kB apt package lists──")
        await press(pilot, "g")
        assert lines_of(pilot)[1].startswith("─Layers · F: 3.0 MB overwritten by a later layer──")
        await pilot.resize_terminal(120, 40)
        await still(pilot)
        assert lines_of(pilot)[1].startswith("─Layers─")
        assert main.layer_list.cursor == 0


async def test_another_key_for_the_fix_is_the_one_that_is_named():
    async with app_for(CACHED, keys={"go.fix": "f3"}).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "f3 shows the fix" in line_with(pilot, "shows the fix")


def test_the_waste_of_a_layer_is_by_its_own_bytes_of_each_finding():
    image = purged_image()
    for layer, waste in enumerate(waste_by_layer(image)):
        assert waste.reclaimable_bytes <= image.totals_of(layer).size_bytes
        assert all(0 < size <= finding.size_bytes for size, finding in waste.findings)
    told = {finding.title: size for size, finding in waste_by_layer(image)[1].findings}
    assert sum(told.values()) >= waste_by_layer(image)[1].reclaimable_bytes
    assert sum(each.reclaimable_bytes for each in waste_by_layer(image)) == 4_000_314


async def test_the_treemap_opens_at_the_largest_thing_that_can_be_changed():
    async with app_for(CACHED).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "4")
        view = main.views["treemap"]
        assert isinstance(view, TreemapView)
        assert view.map.tiles[view.map.cursor].label == "var/lib/"
        await press(pilot, "m")
        assert view.map.tiles[view.map.cursor].label == "outside packages"
        await press(pilot, "m")
        await still(pilot)
        tile = view.map.tiles[view.map.cursor]
        assert (tile.label, tile.reclaimable) == ("1 apt-get update && apt-get install -y curl", 900_000)
        assert "900.0 kB reclaimable" in line_with(pilot, "of the image")
        await press(pilot, "enter")
        assert view.map.tiles[view.map.cursor].label == "var/lib/apt/lists/x_Packages"


@pytest.mark.parametrize("by", list(By))
def test_what_tiles_have_of_the_reclaimable_bytes_adds_up(by: By):
    assert sum(tile.reclaimable or 0 for tile in tiles_of(CACHED, by)) == 900_000


async def test_a_file_that_was_rewritten_has_its_size_once_and_beside_it_what_it_hides():
    async with app_for(CACHED).run_test(size=(120, 40)) as pilot:
        await press(pilot, "G")
        await still(pilot)
        root = line_with(pilot, "▾ / ")[49:].rstrip()
        assert (root.split()[1:3], root.endswith("hides 3.0 MB")) == (["2.9", "MB"], True)
        await press(pilot, "tab", "G")
        await still(pilot)
        row = next(line[49:].rstrip() for line in lines_of(pilot) if "archive" in line and "hides" in line)
        assert (row.split()[1:3], row.endswith("hides 3.0 MB")) == (["2.9", "MB"], True)
        assert "file · 2.9 MB, hides 3.0 MB" in line_with(pilot, "file · ")


async def test_what_a_layer_removed_has_the_size_that_it_had():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        await press(pilot, "G", "Z")
        await still(pilot)
        assert line_with(pilot, "  cc1plus").split("│")[1].strip().startswith("600.0 kB")
        assert "hides 840.0 kB" in line_with(pilot, "▾ / ")
        assert "   0 B " in line_with(pilot, "▾ / ")


async def test_w_shows_hidden_bytes_and_not_waste():
    async with app_for(CACHED).run_test(size=(120, 40)) as pilot:
        await press(pilot, "w")
        assert "Files of layer 1 · hidden only" in line_with(pilot, "Files of layer")
        assert "w hidden" in lines_of(pilot)[-1]


async def test_instructions_have_half_of_the_list_at_100_columns():
    async with app_for(CACHED).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        row = line_with(pilot, "1.5 MB").split("│")[0]
        assert row == "▌1 1.5 MB ██▌   :2   apt-get update && a…"


@pytest.mark.parametrize(
    ("width", "used", "room"),
    [(41, 12, 8), (41, 17, 3), (41, 18, 2), (41, 19, 0), (49, 12, 12), (90, 12, 22), (200, 12, 24)],
)
def test_bars_take_what_instructions_leave(width: int, used: int, room: int):
    assert bar_room(width, used) == room


async def test_the_help_has_the_legend_of_the_figures():
    async with app_for(CACHED).run_test(size=(120, 40)) as pilot:
        await press(pilot, "question_mark", "G")
        await still(pilot)
        text = "\n".join(lines_of(pilot))
        assert all(f"  {word} " in text and meaning in text for word, meaning in FIGURES)


def test_the_readme_has_the_same_legend():
    text = README.read_text(encoding="utf-8")
    assert "".join(f"| {word} | {meaning} |\n" for word, meaning in FIGURES) in text
