"""The worst files by path, in the Waste view."""

from __future__ import annotations

from textual.pilot import Pilot

from inspector.demo.archive import Member, whiteout
from inspector.tui.main import MainScreen

from .driving import app_for, lines_of, paths_in_sight, press, still, until, waste_of
from .images import inspection_of, run

IMAGE = inspection_of(
    [
        run("one", Member("var/db", b"1" * 30_000), Member("opt/tool", b"t" * 70_000)),
        run("two", Member("var/db", b"2" * 31_000), whiteout("opt/tool")),
        run("three", Member("var/db", b"3" * 32_000)),
    ]
)


async def opened(pilot: Pilot[int]) -> MainScreen:
    main = await press(pilot, "2", "p")
    await until(pilot, lambda: bool(waste_of(main).paths.paths))
    await still(pilot)
    return main


async def test_the_versions_of_a_path_are_summed_up():
    async with app_for(IMAGE).run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        shown = [line.partition("│")[2].rstrip("─ ") for line in lines_of(pilot)]
        assert any(line.startswith("─Hidden bytes by path, all versions ─") for line in shown)
        rows = [" ".join(line.split()) for line in shown if " × /" in line]
        assert rows == ["▌ 70.0 kB ▓▓▓▓▓▓▓▓ 1 × /opt/tool gone", "61.0 kB ▓▓▓▓▓▓▓ 3 × /var/db 32.0 kB"]


async def test_what_each_layer_stored_is_told():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await opened(pilot)
        await press(pilot, "j")
        told = waste_of(main).details().plain.splitlines()
        assert told == [
            "/var/db",
            "61.0 kB hidden in 2 versions · 32.0 kB in the image",
            "",
            "  30.0 kB  layer 0: overwritten by layer 1",
            "           RUN one",
            "  31.0 kB  layer 1: overwritten by layer 2",
            "           RUN two",
            "  32.0 kB  layer 2: in the image",
            "           RUN three",
        ]
        assert any("61.0 kB hidden in 2 versions" in line for line in lines_of(pilot))


async def test_from_a_path_to_its_files_and_layer_and_back_to_the_findings():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await opened(pilot)
        await press(pilot, "j", "y")
        assert pilot.app.clipboard == "/var/db"
        await press(pilot, "enter")
        assert (main.current, paths_in_sight(main)) == ("files", ["", "var", "var/db"])
        await press(pilot, "escape")
        assert (main.current, waste_of(main).by_path, waste_of(main).paths.cursor) == ("waste", True, 1)
        await press(pilot, "l")
        assert (main.layer_list.has_focus, main.layer_list.cursor) == (True, 0)
        await press(pilot, "escape", "escape")
        assert (waste_of(main).by_path, main.view.main.has_focus) == (False, True)
        assert waste_of(main).list.display


async def test_it_is_drawn_at_small_sizes_too():
    for size in ((40, 15), (80, 24), (200, 60)):
        async with app_for(IMAGE).run_test(size=size) as pilot:
            await opened(pilot)
            assert any("/opt/tool" in line for line in lines_of(pilot))
