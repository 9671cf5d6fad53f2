"""The user's configuration, themes, and terminals without colour."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from inspector.errors import BadSetting, WriteFailed
from inspector.tui.app import LeanInspect
from inspector.tui.preferences import Preferences, read_preferences, user_file, write_attributes
from inspector.tui.themes import OURS

from .driving import app_for, lines_of, press
from .images import small_image

THEMES = {theme.name for theme in OURS}


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_without_a_file_everything_is_as_it_comes(tmp_path: Path):
    assert read_preferences(tmp_path / "config.toml", THEMES) == Preferences()


def test_theme_and_keys_are_read(tmp_path: Path):
    path = written(tmp_path, '[tui]\ntheme = "lean-light"\n[keys]\nwaste = "f2"\n')
    assert read_preferences(path, THEMES) == Preferences("lean-light", {"waste": "f2"})


def test_the_keys_of_a_comparison_are_commands_too(tmp_path: Path):
    path = written(tmp_path, '[keys]\n"compare.next" = "f3"\n')
    assert read_preferences(path, THEMES).keys == {"compare.next": "f3"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "cannot be read"),
        ("[ui]", "unknown: ui"),
        ('tui = "dark"', "a value in place of a table"),
        ("[tui]\ncolour = 1", "unknown: colour"),
        ("[tui]\nattributes = 1", "attributes is neither true nor false"),
        ('[tui]\ntheme = "pink"', "unknown theme: pink"),
        ('[keys]\nnothing = "x"', "unknown: nothing"),
        ("[keys]\nwaste = 1", "the key of waste is none"),
        ('[keys]\nwaste = ""', "the key of waste is none"),
    ],
)
def test_what_means_nothing_is_told(tmp_path: Path, text: str, told: str):
    with pytest.raises(BadSetting, match=told):
        read_preferences(written(tmp_path, text), THEMES)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "[tui]\nattributes = true\n"),
        ("# mine\n[keys]\n", "# mine\n[keys]\n\n[tui]\nattributes = true\n"),
        ('[tui]  # looks\ntheme = "x"\n', '[tui]  # looks\nattributes = true\ntheme = "x"\n'),
        ("[tui]\nattributes = false  # no\n", "[tui]\nattributes = true  # no\n"),
    ],
)
def test_attributes_are_remembered_and_all_else_stays(tmp_path: Path, text: str, after: str):
    path = written(tmp_path, text)
    write_attributes(path, shown=True)
    assert path.read_text() == after


def test_a_file_that_is_not_there_yet_is_made_with_its_folder(tmp_path: Path):
    path = tmp_path / "new" / "config.toml"
    write_attributes(path, shown=True)
    assert read_preferences(path, THEMES).attributes
    write_attributes(path, shown=False)
    assert not read_preferences(path, THEMES).attributes


def test_a_file_without_a_place_for_them_is_left_as_it_is(tmp_path: Path):
    path = written(tmp_path, 'tui = { theme = "lean-light" }\n')
    with pytest.raises(WriteFailed, match="no place for attributes"):
        write_attributes(path, shown=True)
    assert path.read_text() == 'tui = { theme = "lean-light" }\n'


async def test_b_is_remembered_and_the_next_start_shows_them(tmp_path: Path):
    path, image = tmp_path / "config.toml", small_image()
    app = app_for(image, remember=partial(write_attributes, path))
    async with app.run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "b")
        assert main.files.list.attributes
    assert read_preferences(path, THEMES).attributes
    async with app_for(image, attributes=True).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "tab")
        assert main.files.list.attributes
        assert any("-rwxr-xr-x" in line for line in lines_of(pilot))


def test_the_file_is_where_the_system_keeps_configurations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_file().name == "config.toml" and user_file().parent.name == "leaninspect"


async def test_other_keys_work_and_are_shown():
    async with app_for(small_image(), keys={"waste": "f2"}).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "w")
        assert not main.files.wanted.criteria.hidden
        await press(pilot, "f2")
        assert main.files.wanted.criteria.hidden
        assert "f2 hidden" in lines_of(pilot)[-1]
        await press(pilot, "question_mark")
        assert any("f2 " in line and "stored but hidden" in line for line in lines_of(pilot))


@pytest.mark.parametrize("theme", sorted(THEMES))
async def test_every_theme_draws_every_view(theme: str):
    async with app_for(small_image(), theme).run_test(size=(120, 40)) as pilot:
        await press(pilot, "2", "4", "1", "question_mark")
        assert len(lines_of(pilot)) == 40


async def test_without_colours_signs_and_shades_still_tell(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_for(small_image())
    assert isinstance(app, LeanInspect)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "tab", "G", "k")
        strips = app.screen._compositor.render_strips()
        colours = {
            colour.triplet
            for strip in strips
            for segment in strip.apply_filter(app._filters[-1], app.screen.background_colors[1])
            if segment.style
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour and colour.triplet
        }
        assert all(max(triplet) - min(triplet) <= 2 for triplet in colours)
        assert any("▓" in line and "- hidden by 4" in line for line in lines_of(pilot))
