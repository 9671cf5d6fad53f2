"""What leaves the screen: contents, files on disk, reports, the clipboard."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from inspector.content.extraction import Item, extract, in_the_way
from inspector.content.lookup import items_of
from inspector.content.reading import Contents, is_text
from inspector.demo.archive import Member, Step, directory, hardlink, symlink, whiteout
from inspector.errors import SourceUnavailable, WriteFailed
from inspector.filesystem.stack import IMPLIED
from inspector.filesystem.tree import FileTree, layer_tree, stacked_tree
from inspector.inspection import Inspection
from inspector.line import inspect_source
from inspector.sources.protocol import Chunks, Poll, do_not_poll
from inspector.tui.main import MainScreen
from inspector.tui.views.file_viewer import ContentPage, text_lines
from inspector.tui.widgets.dialogs import AskPath, Confirm
from tests.builders import BuiltImage

from .driving import app_for, line, lines_of, press, settled, until
from .images import run

STEPS: list[Step] = [
    run(
        "one",
        directory("app"),
        Member("app/main.py", b'# hello\nprint("old")\n', mode=0o755),
        Member("app/blob", bytes(range(256)) * 4),
        hardlink("app/twin", "app/main.py"),
        symlink("app/inside", "main.py"),
        symlink("app/outside", "../../etc/passwd"),
        symlink("app/absolute", "/etc/passwd"),
        Member("app/deep/er/file", b"deep"),
        Member("app/set-user-id", b"s", mode=0o4755),
        Member("app/empty", b""),
    ),
    run("two", Member("app/new.txt", b"new\n" * 3)),
    run("three", whiteout("app/main.py")),
]


def inspected() -> Inspection:
    return inspect_source(BuiltImage(STEPS), "test:taking")


def reopen() -> BuiltImage:
    return BuiltImage(STEPS)


IMAGE = inspected()
CONTENTS = Contents(IMAGE, reopen)
LAYER_0 = layer_tree(IMAGE.filesystem, 0)


def entry(path: str, tree: FileTree = LAYER_0) -> int:
    node = tree.find(path)
    assert node is not None
    return tree.entry_ids[node]


def items(path: str, tree: FileTree = LAYER_0) -> list[Item]:
    node = tree.find(path)
    assert node is not None
    return items_of(tree, node)


# Contents


def test_the_content_of_a_file_even_where_a_later_layer_removed_it():
    content = CONTENTS.read(entry("app/main.py"))
    assert (content.data, content.size, content.complete) == (b'# hello\nprint("old")\n', 21, True)


def test_a_hardlink_has_the_content_of_its_file():
    assert CONTENTS.read(entry("app/twin")).data == CONTENTS.read(entry("app/main.py")).data


def test_of_a_long_file_only_the_beginning_is_kept():
    content = CONTENTS.read(entry("app/blob"), limit=100)
    assert (content.data, content.size, content.complete) == (bytes(range(100)), 1024, False)


def test_an_empty_file_has_an_empty_content():
    assert CONTENTS.read(entry("app/empty")).data == b""


def test_what_came_from_a_stream_cannot_be_read_again():
    with pytest.raises(SourceUnavailable, match="cannot be read twice"):
        Contents(IMAGE, None).read(entry("app/blob"))


def test_an_image_that_changed_meanwhile_is_noticed():
    other = [run("one", Member("app/main.py", b"# HELLO\nprint('bad')\n", mode=0o755)), *STEPS[1:]]
    with pytest.raises(Exception, match="by now"):
        Contents(IMAGE, lambda: BuiltImage(other)).read(entry("app/main.py"))


def test_only_the_layers_that_hold_wanted_files_are_read():
    read: list[int] = []

    class Watched(BuiltImage):
        def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:
            read.append(index)
            return super().open_layer(index, poll)

    Contents(IMAGE, lambda: Watched(STEPS)).read(entry("app/new.txt", layer_tree(IMAGE.filesystem, 1)))
    assert read == [1]


# Text and bytes


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", True), (b"abc\n", True), ("żółw".encode(), True), (b"a\0b", False), (b"\xff\xfe", False)],
)
def test_text_is_told_from_bytes(data: bytes, text: bool):
    assert is_text(data) is text


def test_a_letter_cut_in_two_at_the_end_does_not_make_a_text_bytes():
    assert is_text("ż".encode() * 4096 + b"\xc5")
    assert is_text(b"a" + "ż".encode() * 5000)


def test_text_is_coloured_and_harmless():
    lines = text_lines(b"def f():\n    return 'a\x1b[31m'  # [red]\n", "x.py")
    assert ["".join(text for _, text in line) for line in lines] == ["def f():", "    return 'a\\x1b[31m'  # [red]"]
    assert ("code--keyword", "def") in lines[0]
    assert ("lines--muted", "# [red]") in lines[1]


def test_text_without_a_known_language_is_plain():
    assert text_lines(b"a\n\nb", "notes.nothing") == [[("lines--plain", "a")], [], [("lines--plain", "b")]]


# To disk


def test_a_file_is_written_with_its_mode(tmp_path: Path):
    outcome = extract(CONTENTS, items("app/main.py"), tmp_path / "copy.py")
    assert (tmp_path / "copy.py").read_bytes() == b'# hello\nprint("old")\n'
    assert (outcome.files, outcome.size_bytes, outcome.left_out) == (1, 21, [])
    assert (tmp_path / "copy.py").stat().st_mode & 0o7777 == 0o755


def test_a_folder_is_written_with_what_is_in_it_and_links_that_stay_inside(tmp_path: Path):
    outcome = extract(CONTENTS, items("app"), tmp_path / "out")
    there = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*")}
    assert there == {
        *("main.py", "blob", "twin", "inside", "deep", "deep/er", "deep/er/file", "set-user-id", "empty"),
    }
    assert sorted(outcome.left_out) == ["absolute", "outside"]
    assert (tmp_path / "out/inside").readlink() == Path("main.py")
    assert (tmp_path / "out/twin").read_bytes() == (tmp_path / "out/main.py").read_bytes()
    assert (tmp_path / "out/set-user-id").stat().st_mode & 0o7777 == 0o755


def test_files_of_several_layers_are_written_together(tmp_path: Path):
    tree = stacked_tree(IMAGE.filesystem, 2, removed=False)
    extract(CONTENTS, items("app", tree), tmp_path / "out")
    assert (tmp_path / "out/new.txt").read_bytes() == b"new\n" * 3
    assert (tmp_path / "out/deep/er/file").read_bytes() == b"deep"


def test_what_is_there_is_left_alone_unless_asked_for(tmp_path: Path):
    target = tmp_path / "main.py"
    target.write_text("mine")
    assert in_the_way(items("app/main.py"), target) == [target]
    assert extract(CONTENTS, items("app/main.py"), target).left_out == [""]
    assert target.read_text() == "mine"
    assert extract(CONTENTS, items("app/main.py"), target, overwrite=True).files == 1
    assert target.read_text() != "mine"


def test_a_file_in_the_way_of_a_folder_is_replaced_when_asked_for(tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "deep").write_text("mine")
    assert in_the_way(items("app"), out) == [out / "deep"]
    with pytest.raises(WriteFailed, match="cannot write"):
        extract(CONTENTS, items("app"), out)
    assert (out / "deep").read_text() == "mine"
    extract(CONTENTS, items("app"), out, overwrite=True)
    assert (out / "deep/er/file").read_bytes() == b"deep"
    (tmp_path / "single").write_text("mine")
    extract(CONTENTS, items("app/deep"), tmp_path / "single", overwrite=True)
    assert (tmp_path / "single/er/file").read_bytes() == b"deep"


def test_nothing_is_written_through_a_link_in_the_way(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/main.py").symlink_to(elsewhere)
    extract(CONTENTS, items("app"), tmp_path / "out", overwrite=True)
    assert elsewhere.read_text() == "mine"
    assert not (tmp_path / "out/main.py").is_symlink()


def test_nothing_is_written_through_a_folder_that_is_a_link(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/deep").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WriteFailed, match="a link, through which nothing is written"):
        extract(CONTENTS, items("app"), tmp_path / "out", overwrite=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "link", ["/etc", "../x", "..", "a/../../x", "a/..", "../../../x", "./../x", "deep/../../x", "../a/../../x"]
)
def test_links_that_could_lead_out_are_not_made(tmp_path: Path, link: str):
    steps = [run("one", Member("top/a/file", b"x"), symlink("top/way", link))]
    image = inspect_source(BuiltImage(steps), "test:links")
    tree = layer_tree(image.filesystem, 0)
    node = tree.find("top") or 0
    outcome = extract(Contents(image, lambda: BuiltImage(steps)), items_of(tree, node), tmp_path / "out")
    assert outcome.left_out == ["way"]


def test_paths_that_would_leave_the_target_are_left_out(tmp_path: Path):
    evil = [Item("../escaped", entry("app/empty")), Item("a/../../b", IMPLIED), Item("/etc/x", entry("app/empty"))]
    outcome = extract(CONTENTS, evil, tmp_path / "out")
    assert (outcome.files, len(outcome.left_out)) == (0, 3)
    assert not (tmp_path / "escaped").exists()


def test_a_target_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteFailed, match="cannot write"):
        extract(CONTENTS, items("app/main.py"), tmp_path / "file/below")


# On the screen


async def answer(pilot: Pilot[int], path: Path) -> None:
    assert isinstance(pilot.app.screen, AskPath)
    pilot.app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")


async def test_looking_at_a_text_and_at_its_bytes():
    app = app_for(IMAGE, reopen=reopen)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "g", "tab", "slash", *"main", "enter", "v")
        await until(pilot, line(pilot, '2  print("old")'))
        await pilot.press("x")
        await until(pilot, line(pilot, "00000000  23 20 68 65 6c 6c 6f 0a"))
        await pilot.press("j", "G", "pagedown", "g", "escape")
        await settled(pilot)


async def test_looking_at_bytes():
    app = app_for(IMAGE, reopen=reopen)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "g", "tab", "slash", *"blob", "enter", "v")
        await until(pilot, line(pilot, "00000010  10 11 12 13"))


async def test_a_stream_says_why_its_files_cannot_be_looked_at():
    app = app_for(IMAGE)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "g", "tab", "slash", *"main", "enter", "v")
        await until(pilot, line(pilot, "cannot be read twice"))
        assert isinstance(pilot.app.screen, ContentPage)


async def test_long_lines_go_on_in_the_next_row_and_keep_their_letters():
    steps = [run("one", Member("long", ("数" * 150 + "end").encode()))]
    image = inspect_source(BuiltImage(steps), "test:long")
    app = app_for(image, reopen=lambda: BuiltImage(steps))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "tab", "G", "v")
        await until(pilot, line(pilot, "end"))
        assert sum(line.count("数") for line in lines_of(pilot)) == 150


async def test_extracting_asks_where_to_and_before_it_overwrites(tmp_path: Path):
    target = tmp_path / "main.py"
    target.write_text("mine")
    app = app_for(IMAGE, reopen=reopen)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "g", "tab", "slash", *"main", "enter", "x")
        await answer(pilot, target)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await settled(pilot)
        assert target.read_text() == "mine"
        await pilot.press("x")
        await answer(pilot, target)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: target.read_text() != "mine")


async def test_a_file_goes_into_a_folder_and_asks_before_it_overwrites_there(tmp_path: Path):
    target = tmp_path / "main.py"
    app = app_for(IMAGE, reopen=reopen)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await press(pilot, "g", "tab", "slash", *"main", "enter", "x")
        await answer(pilot, tmp_path)
        await until(pilot, line(pilot, f"Wrote 1 file, 21 B, to {tmp_path}"[:60]))
        target.write_text("mine")
        await pilot.press("x")
        await answer(pilot, tmp_path)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert isinstance(app.screen, Confirm)
        assert str(target) in app.screen.text
        await pilot.press("y")
        await until(pilot, lambda: target.read_text() != "mine")


async def test_what_is_told_in_passing_covers_the_line_of_keys_alone():
    app = app_for(IMAGE, reopen=reopen)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await press(pilot, "g", "tab", "slash", *"main", "enter")
        before = lines_of(pilot)
        await pilot.press("y")
        await until(pilot, line(pilot, "Copied the path: /app/main.py"))
        assert lines_of(pilot)[:-1] == before[:-1]
        app.copy_to_clipboard("")
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, ContentPage))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "/app/main.py")
        assert [note.message for note in app._notifications] == ["Copied the path: /app/main.py"]


async def test_reports_are_exported_from_the_palette(tmp_path: Path):
    app = app_for(IMAGE)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await settled(pilot)
        main.action_export("JSON")
        await pilot.pause()
        await answer(pilot, tmp_path / "report.json")
        await until(pilot, (tmp_path / "report.json").exists)
        main.action_export("text")
        await pilot.pause()
        await answer(pilot, tmp_path / "report.txt")
        await until(pilot, (tmp_path / "report.txt").exists)
    assert json.loads((tmp_path / "report.json").read_text())["image"]["reference"] == "test:taking"
    assert (tmp_path / "report.txt").read_text().startswith("test:taking")


async def test_an_exported_report_has_the_mode_of_the_umask(tmp_path: Path):
    app = app_for(IMAGE)
    before = os.umask(0o027)
    try:
        async with app.run_test(size=(100, 30)) as pilot:
            main = await settled(pilot)
            main.action_export("text")
            await pilot.pause()
            await answer(pilot, tmp_path / "report.txt")
            await until(pilot, (tmp_path / "report.txt").exists)
    finally:
        os.umask(before)
    assert (tmp_path / "report.txt").stat().st_mode & 0o777 == 0o640


async def test_an_export_that_fails_is_told_and_leaves_nothing_behind(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    app = app_for(IMAGE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        main = await settled(pilot)
        main.action_export("text")
        await pilot.pause()
        await answer(pilot, tmp_path / "folder")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, line(pilot, "cannot write"))
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
