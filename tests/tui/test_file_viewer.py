"""The content of a file: searched by /, gone through by n and N, copied by y and Y."""

from __future__ import annotations

from textual.pilot import Pilot

from inspector.demo.archive import Member, Step
from inspector.line import inspect_source
from inspector.tui.views.file_viewer import ContentPage
from inspector.tui.views.text_search import find_bytes, find_text, split
from inspector.tui.widgets.pages import Help
from tests.builders import BuiltImage

from .driving import app_for, lines_of, press, still, text_of, until
from .images import run

TEXT = b"one\ntwo Tea\tfor two\n" + b"filler\n" * 40 + b"tea again\n"

STEPS: list[Step] = [run("one", Member("text", TEXT), Member("zblob", b"\0" * 30 + b"needle" + b"\0" * 28 + b"NEEDLE"))]
IMAGE = inspect_source(BuiltImage(STEPS), "test:viewer")


def plain(*texts: str) -> list[tuple[int | None, list[tuple[str, str]]]]:
    """Rows; those that begin with an arrow go on the line above."""
    return [
        (None if text[0] == "↳" else number, [("lines--plain", text.removeprefix("↳"))])
        for number, text in enumerate(texts, 1)
    ]


def test_a_text_is_found_in_upper_and_lower_case_and_over_the_end_of_a_row():
    found = find_text(plain("a tea", "nothing", "two te", "↳a TEA"), "tea")
    assert (found.rows, found.count) == ((0, 2, 3), 3)
    assert found.spans == {0: [(2, 5)], 2: [(4, 6)], 3: [(0, 1), (2, 5)]}


def test_what_is_found_does_not_go_over_the_end_of_a_line():
    assert find_text(plain("te", "a"), "tea").count == 0


def test_bytes_are_found_over_the_end_of_a_row():
    found = find_bytes(b"." * 14 + b"needle", "NEEDLE", 16)
    assert (found.rows, found.count, found.spans) == ((0,), 1, {0: [(14, 16)], 1: [(0, 4)]})


def test_matches_are_gone_through_round_and_round():
    found = find_text(plain("tea", "-", "tea tea", "-"), "tea")
    assert [found.next(row, 1) for row in range(4)] == [2, 2, 0, 0]
    assert [found.next(row, -1) for row in range(4)] == [2, 0, 0, 2]
    assert [found.first(row) for row in range(4)] == [0, 2, 2, 0]
    assert find_text(plain("tea"), "coffee").next(0, 1) == 0


def test_what_is_found_is_cut_out_of_its_pieces():
    assert split([("a", "xte"), ("b", "ay")], [(1, 4)]) == [
        ("a", "x", False),
        ("a", "te", True),
        ("b", "a", True),
        ("b", "y", False),
    ]


async def viewer(pilot: Pilot[int], *keys: str) -> ContentPage:
    """The page of the file under the cursor after these keys."""
    await press(pilot, "tab", *keys, "v")
    page = pilot.app.screen
    assert isinstance(page, ContentPage)
    await until(pilot, lambda: bool(page.size_told))
    return page


def below(pilot: Pilot[int]) -> str:
    """What the lower edge of the page tells."""
    line = next(line for line in lines_of(pilot) if "esc closes" in line)
    return line.partition("─ ")[2].partition(" ─╯")[0]


async def test_search_goes_to_the_first_match_as_it_is_typed_and_n_on_and_back():
    app = app_for(IMAGE, reopen=lambda: BuiltImage(STEPS))
    async with app.run_test(size=(100, 30)) as pilot:
        page = await viewer(pilot, "G", "k")
        assert below(pilot) == "310 B · x: bytes · /: search · y: copy · ?: keys · esc closes"
        await pilot.press("slash", *"TEA")
        assert (page.list.cursor, page.list.found.count) == (1, 2)
        await pilot.press("enter")
        await until(pilot, lambda: "“TEA” 2 found · n N: next, previous" in below(pilot))
        await pilot.press("n")
        assert page.list.cursor == 42
        await pilot.press("n", "N")
        assert page.list.cursor == 42
        await pilot.press("slash", "slash")
        await until(pilot, lambda: "“/” nothing found" in below(pilot))
        await pilot.press("escape")
        assert (page.list.wanted, app.screen) == ("", page)
        await pilot.press("escape")
        assert app.screen is not page


async def test_y_copies_the_whole_line_as_the_file_has_it_and_capital_y_the_text():
    app = app_for(IMAGE, reopen=lambda: BuiltImage(STEPS))
    async with app.run_test(size=(100, 30)) as pilot:
        await viewer(pilot, "G", "k")
        await pilot.press("j", "y")
        assert app.clipboard == "two Tea\tfor two"
        await pilot.press("Y")
        assert app.clipboard == TEXT.decode()


async def test_bytes_are_searched_and_copied_too():
    app = app_for(IMAGE, reopen=lambda: BuiltImage(STEPS))
    async with app.run_test(size=(100, 30)) as pilot:
        page = await viewer(pilot, "G")
        await pilot.press("slash", *"needle", "enter")
        assert (page.list.cursor, page.list.found.count) == (1, 2)
        await pilot.press("n", "y")
        assert (page.list.cursor, app.clipboard) == (4, "4e 45 45 44 4c 45")


async def test_its_keys_are_told_by_help():
    app = app_for(IMAGE, reopen=lambda: BuiltImage(STEPS))
    async with app.run_test(size=(120, 40)) as pilot:
        await viewer(pilot, "G")
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await still(pilot)
        labels = ("The next match", "The match before", "Copy the selected line", "Copy the whole text")
        assert [each for each in labels if each not in text_of(pilot)] == []
