"""While an image is read, when that fails, and when the person does not want to wait."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from inspector.demo.archive import Step, docker_archive, image_config, tar_layer
from inspector.errors import Cancelled, ImageNotFound
from inspector.inspection import Inspection
from inspector.layers.scan import LayerScan
from inspector.line import inspect_image
from inspector.sources.protocol import Progress, ReadEvent, Stage, Watch
from inspector.tui.app import LeanInspect
from inspector.tui.ending import Workers
from inspector.tui.loading import ErrorScreen, LoadingScreen
from inspector.tui.main import MainScreen
from inspector.tui.views.registry import tabs_to_come
from inspector.tui.widgets.pages import Help
from tests.builders import file, scan_of

from .driving import lines_of, settled, until
from .images import small_image

HALF = Progress(bytes_read=364_000_000, bytes_total=728_000_000, layers_done=1, layers_total=6)


class SlowLoad:
    """Reports a half, then waits to be let go on, and reports again."""

    def __init__(self) -> None:
        self.go_on = Event()
        self.outcome = "still reading"

    def __call__(self, watch: Watch) -> Inspection:
        watch(HALF)
        self.go_on.wait(30)
        try:
            watch(HALF)
        except Cancelled:
            self.outcome = "cancelled"
            raise
        self.outcome = "read"
        return small_image()


async def test_the_screen_is_there_at_once_and_tells_how_far_the_reading_is():
    load = SlowLoad()
    app = LeanInspect(load, "my:image", MainScreen, clock=lambda: 100.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("364.0 MB of 728.0 MB · layer 2 of 6" in line for line in lines_of(pilot)))
        assert isinstance(app.screen, LoadingScreen)
        assert any("my:image" in line for line in lines_of(pilot))
        load.go_on.set()
        assert isinstance(await settled(pilot), MainScreen)


class Paused:
    """Reads an archive, and waits behind the first layer that is there."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.first_layer, self.go_on = Event(), Event()

    def __call__(self, watch: Watch) -> Inspection:
        def watched(news: ReadEvent) -> None:
            watch(news)
            if isinstance(news, LayerScan):
                self.first_layer.set()
                self.go_on.wait(30)

        return inspect_image(str(self.archive), watch=watched)


STEPS = (
    Step("/bin/sh -c #(nop) ADD file:1 in / ", tar_layer([file("base", 3_000_000)])),
    Step("ENV A=b"),
    Step("RUN /bin/sh -c make all # buildkit", tar_layer([file("app", 1_000)])),
)
ARCHIVE = docker_archive(
    {"app:1": (image_config(STEPS, created="2026-01-01T00:00:00Z"), [step.layer for step in STEPS if step.layer])}
)


def rows(pilot: Pilot[int]) -> list[str]:
    """The first lines of the list of layers."""
    return [line.partition("│")[0].strip() for line in lines_of(pilot)[2:5]]


async def test_layers_fill_in_as_they_are_read(tmp_path: Path):
    archive = tmp_path / "app.tar"
    archive.write_bytes(ARCHIVE)
    load = Paused(archive)
    app = LeanInspect(load, "app.tar", MainScreen)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any(row.split()[1:2] not in ([], ["…"]) for row in rows(pilot)))
        base, make, nothing = rows(pilot)
        assert (base.startswith("0         …"), make.startswith("1         …")) in ((True, False), (False, True))
        assert base.endswith(" ADD file:1 in /")
        assert make.endswith(" RUN make all")
        assert nothing == ""
        load.go_on.set()
        assert isinstance(await settled(pilot), MainScreen)


async def test_layers_of_a_stream_fill_in_in_the_order_they_come(tmp_path: Path):
    archive = tmp_path / "app.tar.gz"
    archive.write_bytes(gzip.compress(ARCHIVE))
    load = Paused(archive)
    app = LeanInspect(load, "app.tar.gz", MainScreen)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: load.first_layer.is_set() and "MB" in "".join(rows(pilot)))
        assert rows(pilot)[0].split()[:3] == ["0", "3.0", "MB"]
        load.go_on.set()
        assert isinstance(await settled(pilot), MainScreen)


async def test_a_layer_that_the_config_does_not_promise_is_told_and_not_stumbled_over(tmp_path: Path):
    archive = tmp_path / "damaged.tar"
    other = tar_layer([file("other", 5_000)])
    layers = [other, *(step.layer for step in STEPS[1:] if step.layer)]
    archive.write_bytes(docker_archive({"app:1": (image_config(STEPS, created="2026-01-01T00:00:00Z"), layers)}))
    load = Paused(archive)
    app = LeanInspect(load, "damaged.tar", MainScreen)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, load.first_layer.is_set)
        app.loading_screen.learn(scan_of(other))
        await until(pilot, lambda: "5.0 kB" in "".join(lines_of(pilot)))
        load.go_on.set()
        await until(pilot, lambda: isinstance(app.screen, ErrorScreen))
        assert "layer 0 is not what the image promises" in " ".join(lines_of(pilot))


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_leaving_while_loading_stops_the_reading_and_gives_130(key: str):
    load = SlowLoad()
    app = LeanInspect(load, "my:image", MainScreen)
    async with app.run_test() as pilot:
        await until(pilot, lambda: any("layer 2 of 6" in line for line in lines_of(pilot)))
        await pilot.press(key)
    load.go_on.set()
    app.loader.finish(30)
    assert (app.return_value, load.outcome) == (130, "cancelled")


async def test_escape_leaves_while_loading():
    load = SlowLoad()
    app = LeanInspect(load, "my:image", MainScreen)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoadingScreen))
        await pilot.press("escape")
    load.go_on.set()
    app.loader.finish(30)
    assert app.return_value == 130


async def test_what_went_wrong_is_shown_with_what_to_do_about_it():
    def load(_: Watch) -> Inspection:
        raise ImageNotFound("no image [red]my:image[/red] in Docker Engine", "pull it first")

    app = LeanInspect(load, "my:image", MainScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ErrorScreen))
        text = "\n".join(lines_of(pilot))
        assert "no image [red]my:image[/red] in Docker Engine" in text
        assert "pull it first" in text
        await pilot.press("q")
    assert app.return_value == 2
    assert isinstance(app.error, ImageNotFound)


async def test_an_unexpected_error_ends_the_app_and_is_kept_for_run_to_raise():
    def load(_: Watch) -> Inspection:
        raise ZeroDivisionError

    app = LeanInspect(load, "my:image", MainScreen)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.error is not None)
    assert (app.return_value, type(app.error)) == (2, ZeroDivisionError)


# What can be done meanwhile


async def test_what_is_waited_for_is_told_with_the_time_that_it_takes():
    go_on = Event()

    def load(watch: Watch) -> Inspection:
        watch(Stage("asking Docker Engine for my:image"))
        go_on.wait(30)
        return small_image()

    async with LeanInspect(load, "my:image", MainScreen).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("1 s · asking Docker Engine for my:image" in line for line in lines_of(pilot)))
        go_on.set()
        await settled(pilot)


async def test_help_can_be_read_while_an_image_is_read_and_also_when_that_is_done():
    load = SlowLoad()
    app = LeanInspect(load, "my:image", MainScreen, tabs=tabs_to_come())
    async with app.run_test(size=(80, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoadingScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: any("2           Waste, when all is read" in line for line in lines_of(pilot)))
        load.go_on.set()
        await until(pilot, lambda: app.following is not None)
        assert isinstance(app.screen, Help)
        await pilot.press("escape")
        assert isinstance(await settled(pilot), MainScreen)


async def test_the_view_that_is_chosen_meanwhile_is_shown_when_all_is_read():
    load = SlowLoad()
    app = LeanInspect(load, "my:image", MainScreen, tabs=tabs_to_come())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any("1 Files  2 Waste" in line for line in lines_of(pilot)))
        await pilot.press("4")
        assert app.loading_screen.chosen == "treemap"
        load.go_on.set()
        main = await settled(pilot)
        await until(pilot, lambda: main.current == "treemap")


def test_an_app_that_ends_does_not_wait_for_its_workers():
    go_on, ended = Event(), Event()

    def work() -> None:
        go_on.wait(30)
        ended.set()

    async def app() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Workers())
        loop.run_in_executor(None, work)

    asyncio.run(app())
    assert not ended.is_set()
    go_on.set()
    assert ended.wait(30)
