"""The Dockerfile on a page, opened at what is selected, with the bytes of each instruction."""

from __future__ import annotations

import pytest

from inspector.demo.archive import Member, Step, tar_layer
from inspector.tui.main import MainScreen
from inspector.tui.widgets.dockerfile_page import DockerfilePage
from inspector.tui.widgets.pages import Details

from .driving import app_for, lines_of, press, text_of
from .images import DOCKERFILE, inspection_of, run, small_image

IMAGE = small_image(DOCKERFILE)


def page_of(main: MainScreen) -> DockerfilePage:
    page = main.app.screen
    assert isinstance(page, DockerfilePage)
    return page


def rows_of(main: MainScreen) -> list[str]:
    """All rows of the page, in sight or not."""
    shown = page_of(main).list
    width = shown.scrollable_content_region.width
    return [shown.draw_row(row, width, selected=False).text.rstrip() for row in range(shown.row_count)]


async def test_d_opens_the_dockerfile_with_the_bytes_of_each_instruction_beside_its_first_line():
    async with app_for(IMAGE).run_test(size=(100, 30)) as pilot:
        main = await press(pilot, "d")
        assert rows_of(main) == [
            "                     1  FROM golang:1.22 AS tools",
            "                     2  RUN go build ./...",
            "                     3",
            "                     4  FROM debian:12",
            "                     5  # the compiler",
            "▌ 840.0 kB ▓▓▓▓▓▓▓▓  6  RUN apt-get install -y \\",
            "▌                    7      g++",
            "   50.0 kB ▌         8  COPY app /app",
            "     200 B ▏         9  RUN echo changed > /etc/motd",
            "       0 B          10  RUN apt-get purge -y g++",
        ]
        assert "esc closes · 890.2 kB by these lines · 80.3 kB from debian:12" in text_of(pilot)


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ("d", range(6, 8)),
        ("G d", range(10, 11)),
        ("g d", range(4, 5)),
        ("2 d", range(6, 8)),
        ("2 j d", range(4, 5)),
    ],
    ids=["a layer", "the last layer", "the base's layer: FROM", "a finding", "a finding in the base"],
)
async def test_it_opens_at_the_lines_of_what_is_selected(keys: str, lines: range):
    async with app_for(IMAGE).run_test(size=(100, 30)) as pilot:
        main = await press(pilot, *keys.split())
        page = page_of(main)
        assert page.wanted == lines
        assert page.list.cursor == lines[0] - 1


async def test_escape_leads_back_to_where_one_was():
    async with app_for(IMAGE).run_test(size=(100, 30)) as pilot:
        main = await press(pilot, "2", "j", "d", "escape")
        assert main.app.screen is main
        assert (main.current, main.view.main.has_focus) == ("waste", True)


async def test_a_long_file_is_opened_where_the_instruction_is_and_scrolls():
    text = "FROM debian:12\n" + "# nothing\n" * 60 + "RUN one\n" + "# nothing\n" * 60
    image = inspection_of([Step("ADD file:1 in / ", tar_layer([])), run("one", Member("a", b"x" * 5))], dockerfile=text)
    async with app_for(image).run_test(size=(80, 24)) as pilot:
        main = await press(pilot, "G", "d")
        assert "5 B" in lines_of(pilot)[1]
        await press(pilot, "g")
        assert "FROM debian:12" in lines_of(pilot)[1]
        assert page_of(main).list.cursor == 0


async def test_long_lines_go_on_in_the_next_row_on_a_narrow_screen():
    async with app_for(IMAGE).run_test(size=(40, 15)) as pilot:
        main = await press(pilot, "d")
        rows = rows_of(main)
        assert rows[6:9] == [
            "▌ 840.0 kB   6  RUN apt-get",
            "▌               ↳ install -y \\",
            "▌            7      g++",
        ]
        assert all(len(row) <= 36 for row in rows)


async def test_the_line_stays_under_the_cursor_when_the_terminal_changes():
    async with app_for(IMAGE).run_test(size=(100, 30)) as pilot:
        main = await press(pilot, "d")
        await pilot.resize_terminal(40, 15)
        await pilot.pause()
        page = page_of(main)
        assert page.list.rows[page.list.cursor][0].text[0][1] == "RUN apt-get install -y \\"


async def test_where_no_dockerfile_is_known_the_history_is_shown_and_how_to_give_one():
    async with app_for(small_image()).run_test(size=(100, 30)) as pilot:
        main = await press(pilot, "d")
        assert isinstance(main.app.screen, Details)
        assert "no Dockerfile is known: give it with --dockerfile FILE" in text_of(pilot)
        assert "▌ RUN apt-get install -y g++" in text_of(pilot)


async def test_control_characters_of_a_dockerfile_are_harmless():
    text = "FROM debian:12\n# \x1b[31mred [bold]\nRUN one\n"
    image = inspection_of([Step("ADD file:1 in / ", tar_layer([])), run("one", Member("a", b"x" * 5))], dockerfile=text)
    async with app_for(image).run_test(size=(80, 24)) as pilot:
        await press(pilot, "d")
        assert "# \\x1b[31mred [bold]" in text_of(pilot)
