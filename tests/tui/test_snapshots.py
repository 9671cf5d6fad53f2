"""Pictures of the screens. After a wanted change: look at the report, then `pytest --snapshot-update`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Event

import pytest
from textual.pilot import Pilot

from inspector.demo.load import inspect_demo
from inspector.errors import SourceUnavailable
from inspector.inspection import Inspection
from inspector.sources.protocol import Watch, ignore_progress
from inspector.tui.app import LeanInspect
from inspector.tui.loading import ErrorScreen
from inspector.tui.main import MainScreen

from .driving import app_for, lines_of, press, still, until
from .images import DOCKERFILE, purged_image, small_image
from .test_loading import HALF

Compare = Callable[..., bool]

SIZES = [(80, 24), (120, 40), (200, 60)]
THEMES = ["lean-dark", "lean-light"]

every_look = pytest.mark.parametrize("theme", THEMES)
every_size = pytest.mark.parametrize("size", SIZES, ids=[f"{width}x{height}" for width, height in SIZES])


def shows(
    snap_compare: Compare, theme: str, size: tuple[int, int], *keys: str, image: Inspection | None = None
) -> bool:
    async def drive(pilot: Pilot[int]) -> None:
        await press(pilot, *keys)
        await still(pilot)

    return snap_compare(app_for(image or small_image(), theme), terminal_size=size, run_before=drive)


@cache
def demo() -> Inspection:
    """An image with packages."""
    return inspect_demo("fat", ignore_progress)


@every_look
@every_size
def test_main(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size)


@every_look
@every_size
def test_help(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size, "question_mark")


@every_look
@every_size
def test_waste(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size, "2", image=demo())


@every_look
@every_size
def test_packages(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size, "3", "j", image=demo())


@every_look
@every_size
def test_treemap(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size, "4", "right", image=demo())


@every_look
@every_size
def test_plan(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size, "5", image=purged_image())


def test_patch_of_a_plan(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (80, 24), "5", "enter", image=purged_image())


def test_plan_with_trades_and_without_a_dockerfile(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (120, 40), "5", "t", image=purged_image(""))


def test_plan_of_nothing(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (80, 24), "5")


@every_look
@every_size
def test_dockerfile(snap_compare: Compare, theme: str, size: tuple[int, int]):
    assert shows(snap_compare, theme, size, "d", image=small_image(DOCKERFILE))


@pytest.mark.parametrize("view", ["2", "3", "4", "5"])
def test_small(snap_compare: Compare, view: str):
    assert shows(snap_compare, "lean-dark", (60, 20), view, image=demo())


def test_high_contrast(snap_compare: Compare):
    assert shows(snap_compare, "lean-contrast", (120, 40), "2", image=demo())


def test_files_of_a_finding(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (120, 40), "2", "enter")


def test_treemap_by_package(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (120, 40), "4", "m", image=demo())


def test_removed_files_of_a_later_layer(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (120, 40), "G", "tab")


def test_up_to_a_layer_with_modes_by_name(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (120, 40), "j", "a", "b", "s", "tab", "Z")


def test_filtered(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (120, 40), "slash", *"lto", "enter")


def test_details(snap_compare: Compare):
    assert shows(snap_compare, "lean-dark", (80, 24), "enter")


def test_loading(snap_compare: Compare):
    done = Event()

    def load(watch: Watch) -> Inspection:
        watch(HALF)
        done.wait(30)
        return small_image()

    async def drive(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: any("layer 2 of 6" in line for line in lines_of(pilot)))

    app = LeanInspect(load, "myimage:1.4", MainScreen, clock=lambda: 100.0)
    try:
        assert snap_compare(app, terminal_size=(80, 24), run_before=drive)
    finally:
        done.set()


def test_error(snap_compare: Compare):
    def load(_: Watch) -> Inspection:
        raise SourceUnavailable(
            "cannot reach Docker Engine at unix:///var/run/docker.sock", "start it, or set DOCKER_HOST"
        )

    async def drive(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorScreen))

    assert snap_compare(LeanInspect(load, "myimage:1.4", MainScreen), terminal_size=(80, 24), run_before=drive)
