"""Driving the app in tests: waiting for what threads do, and reading what is on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.pilot import Pilot

from inspector.content.reading import Contents, Reopen
from inspector.inspection import Inspection
from inspector.tui.app import LeanInspect
from inspector.tui.main import MainScreen
from inspector.tui.views.waste import WasteView

PATIENCE = 30.0
"""Seconds until a test gives up waiting; on a busy machine a thread may take a while to get its turn."""

STEP = 0.02

STILL = 4
"""Looks at a screen that must be the same for it to be at rest."""


def app_for(
    inspection: Inspection,
    theme: str = "lean-dark",
    reopen: Reopen | None = None,
    keys: Mapping[str, str] | None = None,
    attributes: bool = False,
    remember: Callable[[bool], None] = lambda _: None,
) -> LeanInspect[Inspection]:
    return LeanInspect(
        lambda _: inspection,
        inspection.image.reference,
        lambda read: MainScreen(read, Contents(read, reopen)),
        theme=theme,
        keys=keys,
        attributes=attributes,
        remember=remember,
    )


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Let the app run until the condition holds."""
    for _ in range(int(PATIENCE / STEP)):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(STEP)
    raise AssertionError("it never came to that")


async def settled(pilot: Pilot[int]) -> MainScreen:
    """The main screen, once it shows what was asked for."""

    def at_rest() -> bool:
        main = pilot.app.screen_stack[-1]
        if not isinstance(main, MainScreen):
            return len(pilot.app.screen_stack) > 1 and isinstance(pilot.app.screen_stack[-2], MainScreen)
        at_work = any(getattr(view, "busy", False) for view in main.views.values())
        return main.files.shown is not None and main.files.shown[0] is main.files.wanted and not at_work

    await until(pilot, at_rest)
    return next(screen for screen in reversed(pilot.app.screen_stack) if isinstance(screen, MainScreen))


async def press(pilot: Pilot[int], *keys: str) -> MainScreen:
    """Keys one after the other, each settled before the next."""
    main = await settled(pilot)
    for key in keys:
        await pilot.press(key)
        main = await settled(pilot)
    return main


async def still(pilot: Pilot[int]) -> None:
    """Wait until the screen changes no more: on a busy machine what messages lead to may be drawn late."""
    seen: list[list[str]] = []

    def unchanged() -> bool:
        seen.append(lines_of(pilot))
        return len(seen) > STILL and all(lines == seen[-1] for lines in seen[-STILL:])

    await until(pilot, unchanged)


def lines_of(pilot: Pilot[int]) -> list[str]:
    """What the terminal shows, line by line."""
    screen = pilot.app.screen
    strips = screen._compositor.render_strips()  # no public way to the text of a whole screen
    return ["".join(segment.text for segment in strip) for strip in strips]


def text_of(pilot: Pilot[int]) -> str:
    return "\n".join(lines_of(pilot))


def line_with(pilot: Pilot[int], text: str) -> str:
    return next(line for line in lines_of(pilot) if text in line)


def line(pilot: Pilot[int], text: str) -> Callable[[], bool]:
    """Whether the text is in a line, to be waited for."""
    return lambda: any(text in each for each in lines_of(pilot))


def waste_of(main: MainScreen) -> WasteView:
    view = main.views["waste"]
    assert isinstance(view, WasteView)
    return view


def paths_in_sight(main: MainScreen) -> list[str]:
    """The paths of the file list, opened folders and all, from top to bottom."""
    outline = main.files.list.outline
    return [outline.tree.path(node) for node in outline.rows]
