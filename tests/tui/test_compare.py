"""The comparison in the terminal UI: what it shows, what its keys do, and the real process in tmux."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from inspector.compare.pair import Pair, compare_pair
from inspector.compare.side import side_of
from inspector.demo.archive import Member, Step, directory, tar_layer
from inspector.inspection import Inspection
from inspector.reports.formats import COMPARISON_FORMATS
from inspector.tui.app import LeanInspect
from inspector.tui.commands import available, one_list
from inspector.tui.compare.one_side import OneSide
from inspector.tui.compare.pair_list import columns_of
from inspector.tui.compare.rows import KINDS
from inspector.tui.compare.screen import CompareScreen
from inspector.tui.widgets.pages import Details

from .driving import lines_of, until
from .images import inspection_of, run
from .test_snapshots import every_look, every_size
from .test_terminal import Terminal, terminal  # noqa: F401 (a fixture)

Compare = Callable[..., bool]

SIZE = (120, 40)

BASE = Step(
    "COPY rootfs / # buildkit",
    tar_layer([directory("etc"), Member("etc/motd", b"m" * 300), Member("usr/bin/busybox", b"b" * 80_000, mode=0o755)]),
)


def before() -> Inspection:
    return inspection_of(
        [
            BASE,
            run("apt-get install -y g++", Member("usr/bin/g++", b"g" * 600_000, mode=0o755)),
            Step("COPY app /app # buildkit", tar_layer([Member("app/数据库.db", b"3" * 50_000)])),
            run("echo changed > /etc/motd", Member("etc/motd", b"n" * 200)),
        ],
        "app:1",
    )


def after() -> Inspection:
    """One RUN more, a larger compiler, the data elsewhere, a mode, and a name that must not be markup."""
    return inspection_of(
        [
            BASE,
            run(
                "apt-get install -y g++ make",
                Member("usr/bin/g++", b"h" * 650_000, mode=0o755),
                Member("usr/bin/make", b"m" * 650_000, mode=0o755),
            ),
            run("curl https://example.org/[bold]x", Member("opt/[bold red]x", b"1" * 200_000)),
            Step("COPY app /srv # buildkit", tar_layer([Member("srv/数据库.db", b"3" * 50_000)])),
            run("chmod 700 busybox", Member("usr/bin/busybox", b"b" * 80_000, mode=0o700)),
        ],
        "app:2",
    )


def app_of(pair: Pair, theme: str = "lean-dark", keys: Mapping[str, str] | None = None) -> LeanInspect[Pair]:
    return LeanInspect(lambda _: pair, "app:1 → app:2", lambda read: CompareScreen(read, {}), theme=theme, keys=keys)


def pair() -> Pair:
    return compare_pair(before(), after())


async def press(pilot: Pilot[int], *keys: str) -> CompareScreen:
    await until(pilot, lambda: any(isinstance(screen, CompareScreen) for screen in pilot.app.screen_stack))
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await pilot.pause()
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, CompareScreen))


def names(screen: CompareScreen) -> list[str]:
    return [row.name for row in screen.list.rows]


def shows(snap_compare: Compare, theme: str, size: tuple[int, int], *keys: str) -> bool:
    async def drive(pilot: Pilot[int]) -> None:
        await press(pilot, *keys)

    return snap_compare(app_of(pair(), theme), terminal_size=size, run_before=drive)


@every_look
@every_size
def test_layers(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size)


@every_look
@every_size
def test_files(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size, "2")


@pytest.mark.parametrize("key", ["4", "enter"])
def test_the_rest(snap_compare: Compare, key: str):
    assert shows(snap_compare, "lean-dark", SIZE, key)


async def test_other_keys_work_and_are_shown():
    async with app_of(pair(), keys={"compare.next": "f3", "compare.b": "f4"}).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "tab", "b")
        assert screen.kind is KINDS[0] and pilot.app.screen is screen
        await press(pilot, "f3")
        assert screen.kind is KINDS[1]
        await press(pilot, "question_mark")
        assert any("f3 " in line and "The next view" in line for line in lines_of(pilot))
        await press(pilot, "escape", "f4")
        assert isinstance(pilot.app.screen, OneSide)


async def test_layers_are_in_order_and_the_cursor_is_on_the_biggest_change():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot)
        rows = [(row.status.value, row.a and row.a.index, row.b and row.b.index) for row in screen.list.rows]
        assert rows == [
            ("same", 0, 0),
            ("changed", 1, 1),
            ("added", None, 2),
            ("changed", 2, 3),
            ("removed", 3, None),
            ("added", None, 4),
        ]
        assert screen.list.cursor == 1
        await press(pilot, "s")
        assert [row.delta_bytes for row in screen.list.rows] == [700_000, 200_000, 80_000, -200, 0, 0]
        assert screen.list.row is screen.list.rows[0]


async def test_keys_switch_between_views_and_each_remembers_its_row():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "2", "j", "j")
        assert (screen.kind.id, screen.list.cursor) == ("files", 2)
        await press(pilot, "tab")
        assert screen.kind.id == "findings"
        await press(pilot, "shift+tab")
        assert (screen.kind.id, screen.list.cursor) == ("files", 2)
        await press(pilot, "4", "right")
        assert screen.kind.id == "layers"


async def test_files_with_the_biggest_change_first():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "2")
        told = [(row.status.value, row.name, row.delta_bytes) for row in screen.list.rows]
        assert told == [
            ("added", "usr/bin/make", 650_000),
            ("added", "opt/[bold red]x", 200_000),
            ("changed", "usr/bin/g++", 50_000),
            ("changed", "etc/motd", 100),
            ("changed", "usr/bin/busybox", 0),
            ("moved", "srv/数据库.db", 0),
        ]
        shown = "\n".join(lines_of(pilot))
        assert "opt/[bold red]x" in shown
        assert "mode" in shown
        await press(pilot, "s")
        assert names(screen) == sorted(names(screen))


async def test_filter_and_what_is_left_out():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "2", "slash", *"usr", "slash", *"bin", "enter")
        assert names(screen) == ["usr/bin/make", "usr/bin/g++", "usr/bin/busybox"]
        assert "“usr/bin” 3 found" in str(screen.list.border_title)
        await press(pilot, "A")
        assert names(screen) == ["usr/bin/g++", "usr/bin/busybox"]
        assert "without added" in str(screen.list.border_title)
        await press(pilot, "escape")
        assert len(screen.list.rows) == 6
        await press(pilot, "slash", *"*.db", "enter")
        assert names(screen) == ["srv/数据库.db"]


async def test_nothing_found_is_no_error():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "2", "slash", *"nowhere", "enter", "j", "G", "enter", "y")
        assert screen.list.rows == []
        assert any("nothing to show" in line for line in lines_of(pilot))


async def test_an_image_by_itself_and_back():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "j", "b")
        one = pilot.app.screen
        assert isinstance(one, OneSide)
        await until(pilot, lambda: one.layer_list.cursor == 2)
        assert one.inspection.image.reference == "app:2"
        await pilot.press("0")
        assert pilot.app.screen is screen
        await press(pilot, "G", "a")
        other = pilot.app.screen
        assert isinstance(other, OneSide)
        assert other.inspection.image.reference == "app:1"
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_q_closes_the_image_that_is_on_top_before_it_leaves():
    app = app_of(pair())
    async with app.run_test(size=SIZE) as pilot:
        screen = await press(pilot, "b")
        await until(pilot, lambda: isinstance(app.screen, OneSide))
        await pilot.press("question_mark", "q")
        await until(pilot, lambda: isinstance(app.screen, OneSide))
        await pilot.press("q")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("q")
    assert app.return_value == 0


async def test_a_side_known_by_a_report_only_cannot_be_opened():
    one = replace(side_of(before()), filesystem=None, run=None)
    async with app_of(compare_pair(one, after())).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "a")
        assert pilot.app.screen is screen
        assert "files unknown" in lines_of(pilot)[0]
        await press(pilot, "2")
        assert screen.kind.id == "layers"


async def test_details_of_a_layer_name_the_files_that_differ_by_it():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        page = pilot.app.screen
        assert isinstance(page, Details)
        told = page.text.plain
        assert "~ changed, +700.0 kB" in told
        assert "+650.0 kB  + /usr/bin/make" in told


async def test_help_has_every_command_with_its_keys():
    async with app_of(pair()).run_test(size=(120, 60)) as pilot:
        await press(pilot, "question_mark")
        shown = "\n".join(lines_of(pilot))
        for command in one_list(CompareScreen.ACTIONS, LeanInspect.ACTIONS):
            assert not command.keys or command.help in shown, command.id


async def test_the_palette_has_what_works_here():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        await press(pilot, "ctrl+p", *"open image", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, OneSide))


@pytest.mark.parametrize("width", [1, 20, 40, 79, 80, 99, 100, 160, 300])
def test_columns_fill_the_width(width: int):
    for kind in KINDS:
        columns = columns_of(width, kind)
        if width >= 40:
            tail = 12 + columns.delta_bar if kind.has_sizes else 0
            assert 1 + columns.left + 4 + columns.right + tail == width


@pytest.mark.parametrize("size", [(20, 6), (40, 10), (60, 20)])
async def test_small_terminals_do_not_break_it(size: tuple[int, int]):
    async with app_of(pair()).run_test(size=size) as pilot:
        await press(pilot, "2", "3", "4", "5", "1", "G")
        assert len(lines_of(pilot)) == size[1]


def test_a_walk_in_a_real_terminal(terminal: Terminal):  # noqa: F811
    terminal.start(sys.executable, "-m", "inspector", "demo", "compare")
    terminal.wait_for("Layers · in order")
    assert "demo:fat" in terminal.text()
    terminal.press("Tab")
    terminal.wait_for("Files · biggest change first")
    terminal.press("/", "openssl", "Enter")
    terminal.wait_for("“openssl”")
    terminal.press("Escape")
    terminal.wait_for("“openssl”", gone=True)
    terminal.press("4")
    terminal.wait_for("Waste · biggest change first")
    terminal.press("?")
    terminal.wait_for("esc closes")
    terminal.press("Escape")
    terminal.wait_for("esc closes", gone=True)
    terminal.press("b")
    terminal.wait_for("comparison")
    terminal.press("0")
    terminal.wait_for("Waste · biggest change first")
    terminal.resize(80, 24)
    terminal.wait_until(lambda shown: len(shown.splitlines()) == 24 and "^p commands" in shown)
    terminal.press("q")
    terminal.wait_for("exit code 0")


def test_what_is_wrong_with_one_of_them_is_told(terminal: Terminal):  # noqa: F811
    terminal.start(sys.executable, "-m", "inspector", "compare", "/no/such.tar", "/no/other.tar")
    terminal.wait_for("Cannot show /no/such.tar → /no/other.tar")
    terminal.press("q")
    terminal.wait_for("exit code 2")


async def test_a_path_that_looks_like_markup_is_copied_as_it_is():
    odd = inspection_of([BASE, run("one", Member("opt/[/]", b"1" * 200))], "app:2")
    async with app_of(compare_pair(inspection_of([BASE], "app:1"), odd)).run_test(
        size=SIZE, notifications=True
    ) as pilot:
        await press(pilot, "2", "y")
        assert pilot.app.clipboard == "/opt/[/]"
        await until(pilot, lambda: any("Copied" in line for line in lines_of(pilot)))


async def test_a_comparison_is_exported_in_each_of_its_formats(tmp_path: Path):
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot)
        for form in COMPARISON_FORMATS:
            screen.action_export(form.name)
            await pilot.pause()
            asked = pilot.app.screen.query_one(Input)
            assert asked.value == f"./app-1-to-app-2{form.suffix}"
            asked.value = str(tmp_path / f"report{form.suffix}")
            await pilot.press("enter")
            await until(pilot, (tmp_path / f"report{form.suffix}").exists)
        for form in COMPARISON_FORMATS:
            assert (tmp_path / f"report{form.suffix}").read_bytes() == form.encode(screen.comparison)


async def test_the_palette_offers_the_exports_of_a_comparison():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot)
        offered = [command.label for _, command in available(screen) if command.in_palette]
        assert [label for label in offered if label.startswith("Export")] == [
            f"Export the {name} report" for name in ("text", "JSON", "Markdown")
        ]
