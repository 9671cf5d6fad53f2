"""The files of a comparison: as a tree of their folders, and the lines in which one differs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from inspector.compare.pair import Pair, compare_pair
from inspector.compare.side import Which, side_of
from inspector.content.reading import Reopen
from inspector.demo.archive import Member, Step, directory, tar_layer
from inspector.inspection import Inspection
from inspector.tui.app import LeanInspect
from inspector.tui.compare.difference_page import DifferencePage
from inspector.tui.compare.screen import CompareScreen
from tests.builders import BuiltImage

from .driving import line, lines_of, until
from .images import inspection_of, run
from .test_compare import press

SIZE = (120, 30)

BASE = Step("ADD rootfs / # buildkit", tar_layer([Member("usr/bin/tool", b"t" * 5000, mode=0o755)]))

STEPS: Mapping[Which, list[Step]] = {
    "a": [
        BASE,
        run(
            "build",
            Member("usr/lib/python3/app/main.py", b"a = 1\nb = 2\n"),
            Member("usr/lib/python3/app/old.py", b"x" * 100),
            Member("etc/app.conf", b"\0" * 50),
        ),
    ],
    "b": [
        BASE,
        run(
            "build",
            Member("usr/lib/python3/app/main.py", b"a = 1\nb = '[red]'\n"),
            Member("usr/lib/python3/app/new.py", b"y" * 900),
            directory("srv/data"),
            Member("etc/app.conf", b"\0" * 51),
        ),
        run("chmod", Member("usr/bin/tool", b"t" * 5000, mode=0o700)),
    ],
}


def inspected(side: Which) -> Inspection:
    return inspection_of(STEPS[side], f"app:{side}")


def reopening(side: Which) -> Reopen:
    return lambda: BuiltImage(STEPS[side])


def app_of(pair: Pair) -> LeanInspect[Pair]:
    reopens: Mapping[Which, Reopen] = {"a": reopening("a"), "b": reopening("b")}
    return LeanInspect(lambda _: pair, "app:a → app:b", lambda read: CompareScreen(read, reopens))


def pair() -> Pair:
    return compare_pair(inspected("a"), inspected("b"))


def told(screen: CompareScreen) -> list[tuple[str, int, str]]:
    """What the left column says of each row, or else the right one; the difference in bytes; and the right column."""
    cells = [(row.a or row.b, row.delta_bytes, row.b) for row in screen.list.rows]
    return [(left.text, delta, right.text if right else "") for left, delta, right in cells if left is not None]


async def test_files_by_folder_sum_up_what_differs_in_each():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "2", "f")
        assert told(screen) == [
            ("▾ usr/", 806, "+1 −1 ~2"),
            ("  ▾ lib/python3/app/", 806, "+1 −1 ~1"),
            ("      new.py", 900, "      new.py"),
            ("      old.py", -100, ""),
            ("      main.py", 6, "      main.py"),
            ("  ▾ bin/", 0, "~1"),
            ("      tool", 0, "      tool"),
            ("▾ etc/", 1, "~1"),
            ("    app.conf", 1, "    app.conf"),
            ("  srv/data/", 0, "added"),
        ]
        assert screen.list.row is not None
        assert screen.list.row.name == "usr/lib/python3/app/new.py"
        shown = lines_of(pilot)
        assert "Files by folder" in shown[3]
        assert any("  ▾ lib/python3/app/" in each and "+1 −1 ~1" in each for each in shown)
        await press(pilot, "s")
        assert [name.strip(" ▾") for name, *_ in told(screen)][:3] == ["etc/", "app.conf", "srv/data/"]
        await press(pilot, "f")
        assert screen.list.row is not None
        assert (screen.list.row.depth, screen.list.row.name) == (None, "usr/lib/python3/app/new.py")


async def test_folders_are_closed_and_opened():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "2", "f", "space")
        assert [name for name, *_ in told(screen)][:3] == ["▾ usr/", "  ▸ lib/python3/app/", "  ▾ bin/"]
        assert screen.list.cursor == 1
        await press(pilot, "z")
        assert [name for name, *_ in told(screen)] == ["▸ usr/", "▸ etc/", "  srv/data/"]
        await press(pilot, "Z")
        assert len(screen.list.rows) == 10
        await press(pilot, "slash", *"main", "enter")
        assert [name for name, *_ in told(screen)] == ["▾ usr/lib/python3/app/", "    main.py"]
        await press(pilot, "g", "i")
        assert "what differs in it has 12 B → 18 B, +6 B" in "\n".join(lines_of(pilot))


async def test_folders_may_be_as_deep_as_a_path_can_be():
    folders = ["d/" * depth for depth in range(1, 1500)]
    added = inspection_of([run("x", *(Member(f"{folder}file", b"1") for folder in folders))], "app:deep")
    async with app_of(compare_pair(inspection_of([BASE]), added)).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "2", "f")
        rows = [(row.name[-6:], row.depth, row.delta_bytes) for row in screen.list.rows]
        assert rows[:4] == [("r/bin/", 0, -5000), ("n/tool", 1, -5000), ("d/", 0, 1499), ("d/d/", 1, 1498)]
        assert max(row.depth or 0 for row in screen.list.rows) == 1499
        await press(pilot, "z")
        assert [row.name for row in screen.list.rows] == ["usr/bin/", "d/"]


async def test_the_keys_of_folders_do_nothing_elsewhere():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        screen = await press(pilot, "f", "space", "z", "v")
        assert (screen.by_folder, screen.closed, pilot.app.screen) == (False, frozenset(), screen)


async def test_the_lines_in_which_a_file_differs():
    async with app_of(pair()).run_test(size=SIZE) as pilot:
        await press(pilot, "2", "slash", *"main", "enter", "v")
        await until(pilot, line(pilot, "+1 −1 · y: copy · esc closes"))
        shown = [each.strip("│ ") for each in lines_of(pilot)]
        assert "+b = '[red]'" in shown
        assert "-b = 2" in shown
        assert "a = 1" in shown
        assert any(each.startswith("file · 18 B · -rw-r--r-- 0:0 · sha256:") for each in shown)
        assert "~ content changed" in shown
        await pilot.press("y")
        assert pilot.app.clipboard == (
            "--- app:a /usr/lib/python3/app/main.py\n+++ app:b /usr/lib/python3/app/main.py\n"
            "@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = '[red]'\n"
        )
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("app.conf", "Binary: not compared line by line."),
        ("tool", "The content is the same."),
        ("new.py", "@@ -0,0 +1 @@"),
        ("old.py", "not there"),
        ("data", "Only files are compared line by line."),
    ],
)
async def test_what_is_said_of_other_files(name: str, said: str):
    async with app_of(pair()).run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", "slash", *name, "enter", "v")
        await until(pilot, line(pilot, said))
        assert isinstance(pilot.app.screen, DifferencePage)


async def test_an_image_that_cannot_be_read_again_says_so():
    app: LeanInspect[Pair] = LeanInspect(lambda _: pair(), "a → b", lambda read: CompareScreen(read, {}))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "slash", *"main", "enter", "v")
        await until(pilot, line(pilot, "cannot be read twice"))


async def test_a_side_known_by_a_report_has_no_contents():
    known = compare_pair(side_of(inspected("a")), inspected("b"))
    async with app_of(known).run_test(size=SIZE, notifications=True) as pilot:
        screen = await press(pilot, "2", "v")
        assert pilot.app.screen is screen
        await until(pilot, line(pilot, "Image A is known by a saved report only."))
