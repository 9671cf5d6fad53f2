"""Every command of the one list does what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList

from inspector.filesystem.tree import ROOT
from inspector.tui.app import LeanInspect
from inspector.tui.commands import Declares, available, bindings, one_list
from inspector.tui.compare.one_side import OneSide
from inspector.tui.compare.screen import CompareScreen
from inspector.tui.main import MainScreen
from inspector.tui.views.file_viewer import ContentPage
from inspector.tui.views.files_shown import Scope
from inspector.tui.views.registry import VIEW_KINDS
from inspector.tui.views.tiles import By
from inspector.tui.views.tree_index import Order
from inspector.tui.views.treemap import TileMap, TreemapView
from inspector.tui.widgets.dialogs import AskPath
from inspector.tui.widgets.image_page import ImagePage
from inspector.tui.widgets.layer_list import LayerList
from inspector.tui.widgets.pages import Details, Help

from .driving import app_for, paths_in_sight, press, settled, until
from .images import small_image

IMAGE = small_image()
"""Layers: 0 the base, 1 installs g++, 2 copies the application, 3 changes a file, 4 removes g++. It opens at 1."""

GXX, GCC, LIB, CC1PLUS = "usr/bin/g++", "usr/lib/gcc", "usr/lib", "usr/lib/gcc/cc1plus"


@dataclass(frozen=True)
class Case:
    """Keys to press, and what must hold afterwards."""

    keys: str
    holds: Callable[[MainScreen], bool]


def layer(number: int) -> Callable[[MainScreen], bool]:
    return lambda main: main.layer_list.cursor == number and main.files.wanted.layer == number


def selected(path: str) -> Callable[[MainScreen], bool]:
    return lambda main: main.files.list.outline.tree.path(main.files.list.node) == path


def in_sight(*paths: str) -> Callable[[MainScreen], bool]:
    return lambda main: paths_in_sight(main) == ["", *paths]


def scope(wanted: Scope) -> Callable[[MainScreen], bool]:
    return lambda main: main.files.wanted.scope is wanted


def view(name: str) -> Callable[[MainScreen], bool]:
    return lambda main: main.current == name and main.view.display and main.view.main.has_focus


def tile(label: str) -> Callable[[MainScreen], bool]:
    return lambda main: tiles(main).tiles[tiles(main).cursor].label == label


def tiles(main: MainScreen) -> TileMap:
    pane = main.views["treemap"]
    assert isinstance(pane, TreemapView)
    return pane.map


def mapped_by(by: By) -> Callable[[MainScreen], bool]:
    def holds(main: MainScreen) -> bool:
        pane = main.views["treemap"]
        return isinstance(pane, TreemapView) and pane.by is by

    return holds


def told(text: str) -> Callable[[MainScreen], bool]:
    return lambda main: text in [note.message for note in main.app._notifications]


def shows_page(kind: type[Screen[object]]) -> Callable[[MainScreen], bool]:
    return lambda main: isinstance(main.app.screen, kind)


CASES = {
    "view.files": [Case("2 1", view("files"))],
    "view.waste": [Case("2", view("waste"))],
    "view.packages": [Case("3", lambda main: main.current == "files")],  # the image has none
    "view.treemap": [Case("4", view("treemap"))],
    "view.plan": [Case("5", view("plan"))],
    "go.files": [
        Case("2 enter", view("files")),
        Case("2 enter", lambda main: f"{GCC}/cc1plus" in paths_in_sight(main) and "etc" not in paths_in_sight(main)),
    ],
    "go.layer": [
        Case("2 G l", lambda main: main.layer_list.has_focus),
        Case("g 2 l", lambda main: main.layer_list.cursor == 1),
    ],
    "go.instruction": [
        Case("2 d", lambda main: isinstance(main.app.screen, Details)),
        Case("d", lambda main: isinstance(main.app.screen, Details)),
    ],
    "plan.patch": [Case("5 enter", told("No patch: what to do is said in words."))],  # the image gains too little
    "plan.write": [Case("5 p", told("There is no patch to write."))],
    "plan.trades": [Case("5 t", told("There are no trades to count in."))],
    "pane.next": [
        Case("tab", lambda main: main.files.list.has_focus),
        Case("tab tab", lambda main: main.layer_list.has_focus),
        Case("shift+tab", lambda main: main.files.list.has_focus),
    ],
    "move.up": [Case("up", layer(0)), Case("k k k", layer(0)), Case("tab j up", selected(""))],
    "move.down": [Case("down", layer(2)), Case("j j", layer(3)), Case("tab down", selected("usr"))],
    "move.half-up": [Case("G ctrl+u", layer(2)), Case("tab G ctrl+u", selected(""))],
    "move.half-down": [Case("ctrl+d", layer(3))],
    "move.page-up": [Case("tab G pageup", selected(""))],
    "move.page-down": [Case("pagedown", layer(4)), Case("tab pagedown", selected("usr/bin"))],
    "move.top": [Case("G g", layer(0)), Case("home", layer(0))],
    "move.bottom": [Case("G", layer(4)), Case("tab end", selected("usr/bin"))],
    "layer.previous": [Case("tab left_square_bracket", layer(0))],
    "layer.next": [Case("tab right_square_bracket", layer(2))],
    "scope.next": [
        Case("a", scope(Scope.STACK)),
        Case("a a", scope(Scope.FINAL)),
        Case("a a a", scope(Scope.LAYER)),
    ],
    "scope.layer": [Case("a ctrl+l", scope(Scope.LAYER))],
    "scope.stack": [Case("ctrl+a", scope(Scope.STACK))],
    "details": [
        Case("enter", lambda main: isinstance(main.app.screen, Details)),
        Case("tab i", lambda main: isinstance(main.app.screen, Details)),
        Case("enter escape", lambda main: main.app.screen is main),
    ],
    "sort": [
        Case("s", lambda main: main.files.list.outline.order is Order.NAME),
        Case("s", in_sight("usr", "usr/bin", LIB, GCC, f"{GCC}/cc1plus", f"{GCC}/lto1")),
        Case("s s", lambda main: main.files.list.outline.order is Order.SIZE),
    ],
    "attributes": [
        Case("b", lambda main: main.files.list.attributes),
        Case("b ctrl+b", lambda main: not main.files.list.attributes),
    ],
    "fold": [
        Case("tab j space", in_sight("usr")),
        Case("tab j space space", lambda main: GCC in paths_in_sight(main)),
    ],
    "fold.close": [
        Case("tab j j left", in_sight("usr", LIB, "usr/bin")),
        Case("tab j j j j h", selected(GCC)),
        Case("tab h", lambda main: main.layer_list.has_focus),
    ],
    "fold.open": [
        Case("right", lambda main: main.files.list.has_focus),
        Case("tab G l", lambda main: GXX in paths_in_sight(main)),
        Case("tab l", selected("usr")),
    ],
    "fold.close-all": [Case("z", in_sight("usr")), Case("ctrl+@", in_sight("usr"))],
    "fold.open-all": [
        Case("Z", in_sight("usr", LIB, GCC, f"{GCC}/cc1plus", f"{GCC}/lto1", "usr/bin", GXX)),
    ],
    "filter": [
        Case("slash l t o", in_sight("usr", LIB, GCC, f"{GCC}/lto1")),
        Case("slash l t o enter", selected(f"{GCC}/lto1")),
        Case("ctrl+f b i n slash", in_sight("usr", "usr/bin", GXX)),
        Case("slash n o n e", in_sight()),
        Case("slash L T O", in_sight("usr", LIB, GCC, f"{GCC}/lto1")),
    ],
    "back": [
        Case("z slash l t o escape", in_sight("usr", LIB, GCC, f"{GCC}/cc1plus", f"{GCC}/lto1", "usr/bin")),
        Case("w A escape", lambda main: main.files.wanted.criteria.keeps_all),
    ],
    "filter.next": [
        Case("slash 1 enter n", selected(f"{GCC}/lto1")),
        Case("slash 1 enter n n", selected(f"{GCC}/cc1plus")),
        Case("slash c * enter n", selected(f"{GCC}/cc1plus")),
    ],
    "filter.previous": [Case("slash 1 enter N", selected(f"{GCC}/lto1")), Case("tab j N", selected("usr"))],
    "map.by": [Case("4 m", mapped_by(By.LAYER)), Case("4 m m", mapped_by(By.FOLDER))],
    "map.in": [Case("4 G enter", tile("motd")), Case("4 G space", tile("motd")), Case("4 enter", tile(CC1PLUS))],
    "map.out": [
        Case("4 G enter backspace", tile("etc/")),
        Case("4 G enter escape", tile("etc/")),
        Case("4 backspace", tile(CC1PLUS)),
    ],
    "map.files": [
        Case("4 f", view("files")),
        Case("4 f", in_sight("usr", LIB, GCC, f"{GCC}/cc1plus")),
        Case("4 G f", in_sight("etc", "etc/motd", "etc/os-release")),
        Case("4 G enter f escape", tile("motd")),
    ],
    "map.left": [Case("4 right left", tile(CC1PLUS))],
    "map.right": [Case("4 right", tile(f"{GCC}/lto1"))],
    "map.up": [Case("4 right down up", tile(f"{GCC}/lto1"))],
    "map.down": [Case("4 l j", tile("usr/bin/"))],
    "waste": [
        Case("g w", in_sight("etc", "etc/motd")),
        Case("j w", in_sight()),
        Case("g w w", lambda main: "app" not in paths_in_sight(main) and "usr" in paths_in_sight(main)),
    ],
    "show.added": [Case("A", in_sight()), Case("A A", lambda main: GCC in paths_in_sight(main))],
    "show.removed": [Case("G R", in_sight())],
    "show.modified": [Case("j j M", in_sight())],
    "show.unchanged": [Case("j j U", in_sight("etc", "etc/motd"))],
    "dive.added": [Case("tab ctrl+a", in_sight())],
    "dive.removed": [Case("G tab ctrl+r", in_sight())],
    "content": [Case("tab j j j j v", shows_page(ContentPage)), Case("tab v", lambda main: main.app.screen is main)],
    "waste.paths": [
        Case("2 p", lambda main: main.views["waste"].main is main.focused and main.focused.id == "waste-paths"),
        Case("2 p p", lambda main: main.focused is not None and main.focused.id == "waste-list"),
    ],
    "image": [
        Case("I", lambda main: isinstance(main.app.screen, ImagePage)),
        Case("4 I escape", lambda main: main.app.screen is main),
    ],
    "copy": [
        Case("tab j y", lambda main: main.app.clipboard == "/usr"),
        Case(
            "2 y", lambda main: main.app.clipboard.startswith("COPY app /app\nRUN apt-get install -y g++ \\\n    && ")
        ),
        Case("4 y", lambda main: main.app.clipboard == f"/{CC1PLUS}"),
    ],
    "extract": [Case("tab x", shows_page(AskPath)), Case("tab x escape", lambda main: main.app.screen is main)],
    "export.text": [],
    "export.json": [],
    "export.markdown": [],
    "help": [
        Case("question_mark", lambda main: isinstance(main.app.screen, Help)),
        Case("f1 q", lambda main: main.app.screen is main),
    ],
    "theme.toggle": [
        Case("t", lambda main: main.app.theme == "lean-light"),
        Case("t t", lambda main: main.app.theme == "lean-contrast"),
        Case("t t t", lambda main: main.app.theme == "lean-dark"),
    ],
    "theme.choose": [],
    "palette": [Case("ctrl+p", lambda main: isinstance(main.app.screen, CommandPalette))],
    "suspend": [],  # test_terminal.py
    "quit": [],
    "quit.at-once": [],
}


OF_ONE_IMAGE: tuple[type[Declares], ...] = (
    *(kind.view for kind in VIEW_KINDS),
    LayerList,
    MainScreen,
    LeanInspect,
)


def test_every_command_has_its_case():
    assert sorted(CASES) == sorted(command.id for command in one_list(*(each.ACTIONS for each in OF_ONE_IMAGE)))


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name, cases in CASES.items() for case in cases],
    ids=[f"{name}: {case.keys}" for name, cases in CASES.items() for case in cases],
)
async def test_command(name: str, case: Case):
    app = app_for(IMAGE)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await press(pilot, *case.keys.split())
        assert case.holds(main), (name, paths_in_sight(main))


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_quit_leaves_with_0(key: str):
    app = app_for(IMAGE)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press(key)
    assert app.return_value == 0


async def test_the_filter_can_be_left_by_ctrl_c_too():
    app = app_for(IMAGE)
    async with app.run_test() as pilot:
        await press(pilot, "slash", "q")
        await pilot.press("ctrl+c")
    assert app.return_value == 0


async def choose(pilot: Pilot[int], label: str) -> None:
    """Open the palette, type a command's label, and take it once it is the first one offered."""
    await pilot.press("ctrl+p")
    await pilot.press(*label.lower())

    def offered() -> bool:
        options = pilot.app.screen.query_one(OptionList)
        return options.option_count > 0 and label in str(options.get_option_at_index(0).prompt)

    await until(pilot, offered)
    await pilot.press("enter")


async def test_a_theme_is_chosen_from_the_palette():
    app = app_for(IMAGE)
    async with app.run_test() as pilot:
        await settled(pilot)
        await choose(pilot, "Choose a theme")
        await until(pilot, lambda: "themes" in app.screen.query_one(Input).placeholder)


async def test_the_palette_runs_commands_of_the_main_screen():
    app = app_for(IMAGE)
    async with app.run_test() as pilot:
        main = await settled(pilot)
        await choose(pilot, "Mode, owner, time")
        await until(pilot, lambda: main.files.list.attributes)


async def offered(keys: str) -> set[str]:
    """The ids of what the palette would offer after some keys."""
    async with app_for(IMAGE).run_test() as pilot:
        main = await press(pilot, *keys.split())
        return {command.id for _, command in available(main) if command.in_palette}


async def test_the_palette_offers_what_the_view_in_sight_declares_and_no_other_view():
    in_files, in_waste, in_treemap, in_plan = [await offered(keys) for keys in ("1", "2", "4", "5")]
    assert in_files - in_waste - in_treemap >= {"content", "extract", "fold", "waste", "filter"}
    assert in_waste - in_files - in_treemap == {"go.files", "go.layer", "waste.paths"}
    assert "go.instruction" in in_files & in_waste & in_plan  # the layers have it too
    assert in_plan - in_files - in_waste == {"plan.patch", "plan.write", "plan.trades"}
    assert in_treemap - in_files - in_waste == {"map.by", "map.in", "map.out", "map.files"}
    assert {"details", "copy", "help", "export.json", "theme.toggle"} <= in_files & in_waste & in_treemap


async def test_a_command_of_two_is_that_of_the_one_with_the_focus():
    async with app_for(IMAGE).run_test() as pilot:
        main = await settled(pilot)
        assert [node for node, command in available(main) if command.id == "details"] == [main.layer_list]
        await press(pilot, "tab")
        assert [node for node, command in available(main) if command.id == "details"] == [main.files]


async def test_the_keys_of_one_view_do_nothing_in_another():
    async with app_for(IMAGE).run_test() as pilot:
        main = await press(pilot, "2", "w", "a", "s", "b")
        assert (main.files.wanted.criteria.waste, main.files.wanted.scope) == (False, Scope.LAYER)
        assert not main.files.list.attributes


def test_no_two_commands_share_a_key_in_one_place():
    for declaring in (*OF_ONE_IMAGE, OneSide, CompareScreen):
        keys = [binding.key for binding in bindings(declaring.ACTIONS) if isinstance(binding, Binding)]
        assert len(keys) == len(set(keys)), declaring


@pytest.mark.parametrize("keys", ["", "tab", "2", "4", "5"])
async def test_the_footer_shows_few_commands(keys: str):
    app = app_for(IMAGE)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await press(pilot, *keys.split())
        shown = {active.binding.id for active in main.active_bindings.values() if active.binding.show}
        assert 5 <= len(shown) <= 9, shown


async def test_another_layer_starts_at_its_root_where_it_has_no_such_path():
    app = app_for(IMAGE)
    async with app.run_test() as pilot:
        main = await press(pilot, "tab", "G", "right_square_bracket")
        assert main.files.list.node == ROOT


async def test_the_selected_path_stays_selected_in_another_scope():
    app = app_for(IMAGE)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "tab", "j", "j", "j", "a")
        assert selected(GCC)(main)
