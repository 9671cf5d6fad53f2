"""How a comparison looks: what narrow terminals leave out, its tabs, its line of keys, and its words and signs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot

from inspector.compare.pair import Pair, compare_pair
from inspector.compare.side import SidePackage, side_of
from inspector.image.run import parse_run
from inspector.tui.commands import available
from inspector.tui.compare.one_side import OneSide
from inspector.tui.compare.pair_list import one_column_of
from inspector.tui.compare.rows import KINDS, kinds_of
from inspector.tui.compare.screen import CompareScreen
from inspector.tui.widgets.pages import Help

from .driving import lines_of, settled, until
from .test_compare import after, app_of, before, pair, press

NARROW = (60, 20)


def package(version: str, size: int) -> SidePackage:
    return SidePackage("apk", "openssl", version, f"pkg:apk/openssl@{version}", "lib/apk/db/installed", size, 0)


def everything() -> Pair:
    """Two images that differ in all that a view can show."""
    return compare_pair(
        replace(
            side_of(before()), packages=(package("3.0.1", 7_000_000),), run=parse_run({"Env": ["MODE=debug", "A=1"]})
        ),
        replace(side_of(after()), packages=(package("3.2.0", 7_500_000),), run=parse_run({"Env": ["MODE=fast"]})),
    )


async def shown(pilot: Pilot[int], *keys: str) -> list[str]:
    await press(pilot, *keys)
    return [line.rstrip() for line in lines_of(pilot)]


def rows(lines: list[str]) -> list[str]:
    """The lines of the list, below the heads and above the blank ones."""
    return [line for line in lines[4:-3] if line]


def keys_of(pilot: Pilot[int]) -> str:
    return lines_of(pilot)[-1].strip()


# Narrow terminals


async def test_below_80_columns_layers_have_one_name_both_sizes_and_the_difference():
    async with app_of(pair()).run_test(size=NARROW) as pilot:
        lines = await shown(pilot)
        assert lines[2] == " app:1 → app:2                730.5 kB    1.7 MB  +979.8 kB"
        assert rows(lines) == [
            "   0 0 COPY rootfs /           80.3 kB   80.3 kB",
            "▌~ 1 1 apt-get install -y g…  600.0 kB    1.3 MB  +700.0 kB",
            " +   2 curl https://example…            200.0 kB  +200.0 kB",
            " ~ 2 3 COPY app /srv           50.0 kB   50.0 kB        0 B",
            " − 3   echo changed > /etc/…     200 B               −200 B",
            " +   4 chmod 700 busybox                 80.0 kB   +80.0 kB",
        ]


async def test_below_80_columns_files_have_one_path():
    async with app_of(pair()).run_test(size=NARROW) as pilot:
        assert rows(await shown(pilot, "2")) == [
            "▌+ /usr/bin/make                        650.0 kB  +650.0 kB",
            " + /opt/[bold red]x                     200.0 kB  +200.0 kB",
            " ~ /usr/bin/g++               600.0 kB  650.0 kB   +50.0 kB",
            " ~ /etc/motd                     200 B     300 B     +100 B",
            " ~ /usr/bin/busybox            80.0 kB   80.0 kB        0 B",
            " → /srv/数据库.db              50.0 kB   50.0 kB        0 B",
        ]


async def test_a_package_in_one_column_has_both_versions():
    async with app_of(everything()).run_test(size=NARROW) as pilot:
        assert rows(await shown(pilot, "3")) == ["▌↑ openssl 3.0.1 → 3.2.0        7.0 MB    7.5 MB  +500.0 kB"]


async def test_a_setting_in_one_column_has_both_values():
    async with app_of(everything()).run_test(size=NARROW) as pilot:
        lines = await shown(pilot, "5")
        assert rows(lines) == ["▌~ env MODE=debug → fast", " − env A=1"]
        assert lines[2] == " app:1 → app:2"
        assert lines[-3:-1] == [" env MODE", " debug → fast"]


async def test_where_it_is_narrower_still_the_first_size_goes_and_the_name_stays():
    async with app_of(pair()).run_test(size=(40, 15)) as pilot:
        lines = await shown(pilot, "2")
        assert lines[2] == " app:1 → app:2        1.7 MB  +979.8 kB"
        assert rows(lines)[:3] == [
            "▌+ /usr/bin/make    650.0 kB  +650.0 kB",
            " + …pt/[bold red]x  200.0 kB  +200.0 kB",
            " ~ /usr/bin/g++     650.0 kB   +50.0 kB",
        ]


@pytest.mark.parametrize("width", [28, 32, 40, 52, 60, 79])
@pytest.mark.parametrize("view", ["1", "2", "3", "4"])
async def test_no_number_is_ever_cut(width: int, view: str):
    async with app_of(everything()).run_test(size=(width, 20)) as pilot:
        screen = await press(pilot, view)
        lines = [line.rstrip() for line in lines_of(pilot)]
        for row, line in zip(screen.list.rows, rows(lines), strict=True):
            assert cell_len(line) <= width
            if row.delta_bytes:
                assert line.endswith((" kB", " MB", " B"))


def test_one_column_uses_all_of_the_width():
    columns = [one_column_of(width, KINDS[0], digits=2) for width in (30, 40, 60, 79)]
    assert [(each.name, each.sizes) for each in columns] == [(9, 0), (19, 0), (19, 2), (38, 2)]


async def test_the_images_share_the_room_where_their_names_are_long():
    one, other = before(), after()
    name = "registry.example.org/team/app"
    sides = compare_pair(
        replace(side_of(one), reference=f"{name}:1"),
        replace(side_of(other), reference=f"{name}:2"),
    )
    async with app_of(sides).run_test(size=NARROW) as pilot:
        assert (await shown(pilot, "2"))[2] == " …/team/app:1 → …/team/app:2  730.5 kB    1.7 MB  +979.8 kB"


async def test_from_80_columns_on_layers_lie_side_by_side_and_from_100_on_everything():
    async with app_of(pair()).run_test(size=(80, 24)) as pilot:
        layers = await shown(pilot)
        assert layers[5] == "▌1  600.0 kB apt-get install…  │~ 1    1.3 MB apt-get install -…  +700.0 kB ████"
        assert "│" not in "".join(rows(await shown(pilot, "2")))
    async with app_of(pair()).run_test(size=(100, 24)) as pilot:
        assert all("│" in line for line in rows(await shown(pilot, "2")))


async def test_a_long_path_below_the_list_keeps_its_end():
    async with app_of(pair()).run_test(size=(16, 20)) as pilot:
        lines = await shown(pilot, "2", "j")
        assert lines[-3] == " …t/[bold red]x"


# Tabs


async def test_tabs_say_how_many_things_differ():
    async with app_of(everything()).run_test(size=(120, 40)) as pilot:
        assert (await shown(pilot))[1] == " 1 Layers (5)  2 Files (6)  3 Packages (1)  4 Waste (2)  5 Config (2)"


async def test_where_tabs_do_not_fit_counts_go_first_and_then_the_other_labels():
    async with app_of(everything()).run_test(size=(60, 20)) as pilot:
        assert (await shown(pilot))[1] == " 1 Layers  2 Files  3 Packages  4 Waste  5 Config"
    async with app_of(everything()).run_test(size=(40, 15)) as pilot:
        assert (await shown(pilot, "3"))[1] == " 1   2   3 Packages  4   5"


async def test_a_click_on_a_tab_shows_its_view_also_where_it_has_no_label():
    async with app_of(everything()).run_test(size=(40, 15)) as pilot:
        screen = await press(pilot, "3")
        await pilot.click("#tabs", offset=(22, 0))
        assert screen.kind.label == "Waste"
        await pilot.click("#tabs", offset=(5, 0))
        assert screen.kind.label == "Files"


async def test_views_with_nothing_to_show_have_no_tab_no_key_and_no_command():
    async with app_of(pair()).run_test(size=(120, 40)) as pilot:
        lines = await shown(pilot, "2", "3", "5")
        assert lines[1] == " 1 Layers (5)  2 Files (6)  4 Waste (2)"
        screen = await press(pilot, "tab")
        assert screen.kind.label == "Waste"
        screen = await press(pilot, "tab")
        assert screen.kind.label == "Layers"
        offered = {command.label for _, command in available(screen)}
        assert {"Layers", "Files", "Waste"} <= offered
        assert not {"Packages", "Config"} & offered


def test_two_equal_images_have_layers_and_the_waste_of_both():
    same = compare_pair(before(), before()).comparison
    assert [(kind.label, kind.count(same)) for kind in kinds_of(same)] == [("Layers", 0), ("Waste", 0)]


async def test_nothing_that_differs_is_no_number():
    async with app_of(compare_pair(before(), before())).run_test(size=(120, 40)) as pilot:
        assert (await shown(pilot))[1] == " 1 Layers  4 Waste"


# Empty lists


async def test_an_empty_list_says_in_its_middle_what_hides_everything():
    async with app_of(pair()).run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "2", "slash", *"nowhere", "enter")
        lines = lines_of(pilot)
        middle = screen.list.content_region.y + screen.list.content_region.height // 2
        assert lines[middle].strip() == "nothing to show that fits “nowhere”"
        before_it, after_it = lines[middle].split("nothing to show that fits “nowhere”")
        assert abs(len(before_it) - len(after_it)) <= 1
        assert [line.strip() for line in lines[-3:-1]] == ["", ""]
        lines = await shown(pilot, "A")
        assert lines[middle].strip() == "nothing to show that fits “nowhere” without added"
        assert "nothing to show" not in "".join(await shown(pilot, "escape"))


# The line of keys


async def test_keys_are_one_line_that_never_overlaps():
    async with app_of(pair()).run_test(size=(80, 24)) as pilot:
        await press(pilot)
        assert keys_of(pilot) == "tab view  a open A  b open B  i details  s sort  / filter  ? help  ^p commands"
    async with app_of(pair()).run_test(size=NARROW) as pilot:
        await press(pilot)
        assert keys_of(pilot) == "tab view  a open A  b open B           ? help  ^p commands"
    async with app_of(pair()).run_test(size=(40, 15)) as pilot:
        await press(pilot)
        assert keys_of(pilot) == "tab view           ? help  ^p commands"


async def test_keys_stay_while_a_page_is_open():
    async with app_of(pair()).run_test(size=(80, 24)) as pilot:
        await press(pilot)
        keys = keys_of(pilot)
        await press(pilot, "enter")
        assert keys_of(pilot) == keys
        await press(pilot, "escape", "question_mark")
        assert isinstance(pilot.app.screen, Help)
        assert keys_of(pilot) == keys


@pytest.mark.parametrize("size", [(120, 40), (80, 24), NARROW])
@pytest.mark.parametrize("view", ["1", "2", "4"])
async def test_the_way_back_from_one_image_is_never_cut(size: tuple[int, int], view: str):
    async with app_of(pair()).run_test(size=size) as pilot:
        await press(pilot, "a")
        await settled(pilot)
        await pilot.press(view)
        await settled(pilot)
        assert isinstance(pilot.app.screen, OneSide)
        assert keys_of(pilot).startswith("0 back to comparison")
        await pilot.click("#keys", offset=(2, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))


async def test_the_palette_of_one_image_leads_back():
    async with app_of(pair()).run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "b")
        await settled(pilot)
        await press(pilot, "ctrl+p", *"back to the comparison", "enter")
        await until(pilot, lambda: pilot.app.screen is screen)


# Words and signs


async def test_waste_is_called_waste_as_on_the_main_screen():
    async with app_of(pair()).run_test(size=(120, 40)) as pilot:
        lines = await shown(pilot, "4")
        assert lines[0] == " +979.8 kB (+134%)  files +2 ~3 →1 · waste 1 new, 1 fixed · 1.6 MB to pull"
        assert lines[3].startswith("─Waste · biggest change first─")
        assert not any("inding" in line for line in [*lines, *await shown(pilot, "question_mark")])


@pytest.mark.parametrize("size", [(120, 40), NARROW])
async def test_there_is_one_minus_sign(size: tuple[int, int]):
    async with app_of(compare_pair(after(), before())).run_test(size=size) as pilot:
        for view in ("1", "2", "4"):
            for line in await shown(pilot, view):
                assert not any(sign in line for sign in (" - ", "- ", "-1", "–")), line
        assert lines_of(pilot)[0].startswith(" −979.8 kB (−57%)")


async def test_paths_begin_with_a_slash_wherever_they_are_shown():
    async with app_of(pair()).run_test(size=(120, 40)) as pilot:
        lines = await shown(pilot, "2", "G")
        assert lines[9].split("│")[0].split() == ["▌", "50.0", "kB", "/app/数据库.db"]
        assert lines[-3:-1] == [
            " /srv/数据库.db",
            " moved from /app/数据库.db · layer 3 of app:2: COPY app /srv",
        ]
        await press(pilot, "y")
        assert pilot.app.clipboard == "/srv/数据库.db"
        lines = await shown(pilot, "enter")
        assert any("/srv/数据库.db" in line for line in lines)
        assert not any(" srv/" in line or " app/" in line for line in lines)


async def test_a_moved_file_is_found_by_its_old_path_too():
    async with app_of(pair()).run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "2", "slash", *"/app/", "enter")
        assert [row.title for row in screen.list.rows] == ["/srv/数据库.db"]


async def test_the_help_has_two_columns_where_there_is_room_and_says_what_signs_mean():
    async with app_of(pair()).run_test(size=(120, 40)) as pilot:
        lines = await shown(pilot, "question_mark")
        assert any("Views" in line and "Look at" in line for line in lines)
        assert any("− only in the first" in line for line in lines)
        assert any("^q ^c" in line and "Leave from anywhere" in line for line in lines)


async def test_the_total_difference_is_no_good_or_bad_news_by_its_colour():
    """In the list green is what came and red what went, so the same number must not be red above it."""
    app = app_of(pair())
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot)
        first = app.screen._compositor.render_strips()[0]
        styles = {segment.style for segment in first if "979.8" in segment.text}
        plain = app.screen.rich_style.color
        assert [style.color == plain for style in styles if style] == [True]
