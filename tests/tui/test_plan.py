"""The Plan view: what could be done, what each step saves, and the patch that does it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from inspector.demo.archive import Member
from inspector.findings.finding import AdviceClass
from inspector.inspection import Inspection
from inspector.lean.plan.model import Answer, Lean, Part, Plan, Step, Technique
from inspector.tui.main import MainScreen
from inspector.tui.views import plan as view_of_plan
from inspector.tui.views.plan import Planned, PlanView, Proposal, planned
from inspector.tui.views.plan_words import NO_DOCKERFILE, headline, patch_lines, size_by, step_lines, technique_text
from inspector.tui.widgets.dialogs import AskPath, Confirm
from inspector.tui.widgets.pages import Details
from inspector.tui.widgets.text_lines import Line

from .driving import app_for, lines_of, press, settled, text_of, until
from .images import PURGED_DOCKERFILE, inspection_of, purged_image, run, small_image

IMAGE = purged_image()


def plan_view(main: MainScreen) -> PlanView:
    view = main.view
    assert isinstance(view, PlanView)
    return view


def plain(lines: list[Line]) -> list[str]:
    """The lines without their looks."""
    return ["".join(text for _, text in (*line.head, *line.text)) for line in lines]


# What it says


async def test_the_plan_says_what_the_image_would_be_by_which_steps_and_how_to_write_it():
    async with app_for(IMAGE).run_test(size=(160, 44)) as pilot:
        await press(pilot, "5")
        text = text_of(pilot)
        assert "Plan: 8.0 MB → 4.0 MB, −4.0 MB" in text
        assert "▌   4.0 MB ████     remove build tools in the RUN  removed too late" in text
        assert "–          shared base                    one image alone" in text
        assert "remove build tools in the RUN · 95% sure" in text
        assert "   −4.0 MB  safe   make one RUN of the 4 in lines 2 to 6" in text
        assert " −300.0 kB  trade  not counted in (t): tests of Python packages" in text
        assert " −400.0 kB  base   not yours, another base is without it: translations" in text
        assert " 2 - RUN apt-get update && apt-get install -y g++ make" in text
        assert "   + RUN apt-get update && apt-get install -y g++ make \\" in text


async def test_the_plan_is_made_when_the_view_is_opened_first_and_once():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        view = main.views["plan"]
        assert isinstance(view, PlanView)
        assert (view.made, view.busy) == (None, False)
        await press(pilot, "5")
        made = view.made
        assert made is not None
        await press(pilot, "1", "5")
        assert view.made is made


async def test_while_the_plan_is_made_that_is_told_and_other_views_work(monkeypatch: pytest.MonkeyPatch):
    go_on = Event()

    def slow(inspection: Inspection) -> Planned:
        go_on.wait(30)
        return planned(inspection)

    monkeypatch.setattr(view_of_plan, "planned", slow)
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        await pilot.press("5")
        await until(pilot, lambda: "s · making the plan" in text_of(pilot))
        await pilot.press("2")
        await until(pilot, lambda: main.current == "waste")
        await pilot.press("5")
        go_on.set()
        await settled(pilot)
        assert "Plan: 8.0 MB → 4.0 MB, −4.0 MB" in text_of(pilot)


async def test_t_counts_the_trades_in_and_out_again():
    async with app_for(IMAGE).run_test(size=(160, 44)) as pilot:
        await press(pilot, "5", "t")
        text = text_of(pilot)
        assert "Plan: 8.0 MB → 3.7 MB with trades, −4.3 MB" in text
        assert "▌   3.7 MB" in text
        assert "−300.0 kB  trade  counted in, not in the patch: tests of Python packages" in text
        assert "4.0 MB are left before the trades" in text
        await press(pilot, "t")
        assert "Plan: 8.0 MB → 4.0 MB, −4.0 MB" in text_of(pilot)


async def test_t_is_the_theme_everywhere_else():
    async with app_for(IMAGE).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "5", "t")
        assert main.app.theme == "lean-dark"
        await press(pilot, "2", "t")
        assert main.app.theme == "lean-light"


async def test_without_trades_t_says_that_there_are_none():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "5", "t")
        assert [note.message for note in main.app._notifications] == ["There are no trades to count in."]
        assert not plan_view(main).with_trades


async def test_where_nothing_applies_it_says_why():
    async with app_for(small_image()).run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "5")
        text = text_of(pilot)
        assert "Plan: 970.6 kB, nothing to gain" in text
        assert "nothing to gain: it would save only 840.0 kB" in text
        for key, told in (("enter", "No patch: what to do is said in words."), ("p", "There is no patch to write.")):
            await press(pilot, key)
            assert [note.message for note in main.app._notifications] == [told]
        await press(pilot, "y")
        assert main.app.screen is main


async def test_a_reconstructed_dockerfile_is_said_to_be_one():
    async with app_for(purged_image("")).run_test(size=(160, 44)) as pilot:
        await press(pilot, "5")
        assert "reconstructed from the image's history: no Dockerfile known; give one with" in text_of(pilot)


# Steps and patch


async def test_enter_leads_into_the_patch_and_out_again_where_there_is_room_for_both():
    async with app_for(IMAGE).run_test(size=(120, 44)) as pilot:
        main = await press(pilot, "5", "enter")
        view = plan_view(main)
        assert (view.patch.has_focus, bool(view.steps.display)) == (True, True)
        await press(pilot, "enter")
        assert view.list.has_focus
        await press(pilot, "enter", "escape")
        assert view.list.has_focus


async def test_enter_shows_steps_or_patch_where_there_is_room_for_one():
    async with app_for(IMAGE).run_test(size=(80, 24)) as pilot:
        main = await press(pilot, "5")
        view = plan_view(main)
        shown = [(bool(view.list.display), bool(view.steps.display), bool(view.patch.display))]
        for _ in range(2):
            await press(pilot, "enter")
            shown.append((bool(view.list.display), bool(view.steps.display), bool(view.patch.display)))
        assert shown == [(True, True, False), (False, False, True), (True, True, False)]


async def test_the_patch_has_the_focus_again_after_another_pane_or_view():
    async with app_for(IMAGE).run_test(size=(80, 24)) as pilot:
        main = await press(pilot, "5", "enter", "2", "5")
        assert plan_view(main).patch.has_focus
        await press(pilot, "tab", "tab")
        assert plan_view(main).patch.has_focus


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (120, 40)])
async def test_the_end_of_steps_and_patch_can_be_seen_on_any_screen(size: tuple[int, int]):
    async with app_for(IMAGE).run_test(size=size) as pilot:
        await press(pilot, "5", *["pagedown"] * 6)
        assert "your own" in text_of(pilot)
        await press(pilot, "enter", "G")
        assert 'CMD ["/usr/local/bin/hello"]' in text_of(pilot)


async def test_no_line_of_the_patch_is_cut_on_a_narrow_screen():
    async with app_for(IMAGE).run_test(size=(40, 60)) as pilot:
        main = await press(pilot, "5", "enter")
        patch = plan_view(main).patch
        rows = [patch.draw_row(row, patch.size.width, selected=False).text for row in range(patch.row_count)]
        assert all(len(row) <= 40 for row in rows)
        joined = " ".join(" ".join(rows).replace("↳", " ").split())
        for line in PURGED_DOCKERFILE.splitlines():
            assert line in joined


async def test_the_details_have_all_of_it_in_full():
    async with app_for(IMAGE).run_test(size=(80, 50)) as pilot:
        main = await press(pilot, "5", "i")
        assert isinstance(main.app.screen, Details)
        text = text_of(pilot)
        assert "−4.0 MB  safe   make one RUN of the 4 in lines 2 to 6" in text
        assert "+     && apt-get purge -y g++ make \\" in text


# Taking it


async def test_y_copies_the_patch_as_git_takes_it(tmp_path: Path):
    app = app_for(IMAGE)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "5", "y")
        patch = app.clipboard
    (tmp_path / "Dockerfile").write_text(PURGED_DOCKERFILE)
    subprocess.run(["git", "apply"], input=patch.encode(), cwd=tmp_path, check=True)
    assert "    && apt-get purge -y g++ make \\\n    && rm -rf /var/lib" in (tmp_path / "Dockerfile").read_text()


async def test_p_writes_the_patch_and_asks_before_it_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    app = app_for(IMAGE)
    written = tmp_path / "leaninspect.patch"
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "5", "y", "p")
        assert isinstance(app.screen, AskPath)
        assert app.screen.path == "./leaninspect.patch"
        await pilot.press("enter")
        await until(pilot, written.exists)
        assert written.read_text() == app.clipboard
        written.write_text("mine")
        await press(pilot, "p", "enter")
        assert isinstance(app.screen, Confirm)
        await pilot.press("n")
        assert written.read_text() == "mine"


async def test_commands_of_the_plan_work_while_the_layers_have_the_focus():
    app = app_for(IMAGE)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "5", "tab", "y", "t")
        assert app.clipboard.startswith("--- a/Dockerfile\n")
        assert "with trades" in text_of(pilot)


# Any plan


REMOVE = Answer(
    Technique.REMOVE_BUILD_DEPENDENCIES,
    applies=True,
    reason="g++ goes",
    predicted_bytes=120_000,
    parts=(Part("the base", 80_000), Part("yours", 40_000)),
    steps=(Step("join lines 2 to 6", 452_000), Step("pick fonts", 1_000, AdviceClass.QUESTION)),
    assumptions=("nothing is loaded by dlopen",),
    stays=(Part("apt package lists", 20_000),),
    dockerfile="FROM scratch\n",
)
STAGES = Answer(
    Technique.MULTI_STAGE, applies=True, reason="static", predicted_bytes=2_200, dockerfile="FROM x\n", base="scratch"
)
MEASURED = Answer(Technique.ANOTHER_BASE, applies=False, reason="libgomp1 is missing", base="debian:12-slim\x1b[31m")
LEAN = Lean(2_200, 2_000, (STAGES,), "scratch", "FROM x\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", True)
PLAN = Plan(728_000, (STAGES, REMOVE, MEASURED), LEAN)


def test_techniques_are_named_with_what_they_build_upon():
    assert [technique_text(answer) for answer in PLAN.answers] == [
        "multi-stage, on scratch",
        "remove build tools in the RUN",
        "another base: debian:12-slim\\x1b[31m",
    ]


def test_only_the_best_plan_has_a_size_with_trades():
    assert [size_by(PLAN, answer, True) for answer in PLAN.answers] == [2_000, 120_000, None]
    assert headline(PLAN, False) == "Plan: 728.0 kB → 2.2 kB, −725.8 kB"


def test_steps_are_told_with_their_class_and_then_what_is_left_stays_and_is_assumed():
    assert plain(step_lines(IMAGE, PLAN, REMOVE, False)) == [
        "g++ goes",
        "",
        " −452.0 kB  safe   join lines 2 to 6",
        "   −1.0 kB  ?      pick fonts",
        "",
        "120.0 kB are left",
        "   80.0 kB  the base",
        "   40.0 kB  yours",
        "",
        "Could go and stays, for no change of lines that is certain to build frees it",
        "   20.0 kB  apt package lists",
        "",
        "Assumes",
        "· nothing is loaded by dlopen",
    ]


@pytest.mark.parametrize(
    ("remains", "told"),
    [
        (range(1_000), [" −400.0 kB  base   not yours, another base is without it: translations"]),
        ((), []),
    ],
    ids=["on the same base", "on scratch"],
)
def test_what_only_another_base_is_without_is_told_as_far_as_the_plan_leaves_it(
    remains: Sequence[int], told: list[str]
):
    answer = Answer(Technique.MULTI_STAGE, applies=True, reason="static", remains=frozenset(remains))
    plan = Plan(8_000, (answer,), Lean(9, 9, (answer,), "", "", "", reconstructed=False))
    assert plain(step_lines(IMAGE, plan, answer, False)) == ["static", "", *told]


def test_a_technique_that_does_not_apply_says_why():
    assert plain(step_lines(IMAGE, PLAN, MEASURED, False)) == ["libgomp1 is missing"]
    nothing = Plan(728_000, (MEASURED,), None)
    assert plain(step_lines(IMAGE, nothing, MEASURED, False)) == ["nothing to gain: libgomp1 is missing"]


def test_lines_of_a_patch_have_their_numbers_signs_and_colours():
    patch = "--- a/f\n+++ b/f\n@@ -8,3 +8,3 @@\n kept\n---- old\n+\tnew\n last\n\\ No newline at end of file\n"
    lines = patch_lines(patch, reconstructed=False)
    assert plain(lines) == [
        "@@ -8,3 +8,3 @@",
        " 8   kept",
        " 9 - --- old",
        "   +     new",
        "10   last",
        "\\ No newline at end of file",
    ]
    assert [line.text[0][0] for line in lines[1:5]] == [
        "lines--plain",
        "lines--removed",
        "lines--added",
        "lines--plain",
    ]


def test_a_patch_of_a_reconstructed_dockerfile_says_so_first():
    told = plain(patch_lines("# reconstructed\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", reconstructed=True))
    assert told == [NO_DOCKERFILE, "", "@@ -1 +1 @@", "1 - a", "  + b"]


def test_what_a_patch_quotes_is_harmless():
    assert plain(patch_lines("@@ -1 +1 @@\n-\x1b[31mred\n", reconstructed=False))[1] == "1 - \\x1b[31mred"


async def test_the_patch_is_that_of_the_selected_technique():
    made = Planned(PLAN, (Proposal(text=LEAN.patch), Proposal(is_patch=False, text="FROM scratch\n"), Proposal()))
    app = app_for(IMAGE)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await press(pilot, "5")
        view = plan_view(main)
        view.post_message(PlanView.Made(made))
        await pilot.pause()
        copied = []
        for _ in range(3):
            await press(pilot, "y", "j")
            copied.append((app.clipboard, bool(view.patch.display)))
        assert [text for text, _ in copied] == [LEAN.patch, "FROM scratch\n", "FROM scratch\n"]
        assert view.copied() is None
        await press(pilot, "k", "p")
        assert isinstance(app.screen, AskPath)
        assert (app.screen.question, app.screen.path) == ("Write the Dockerfile to", "./Dockerfile.lean")


async def test_it_begins_at_the_best_technique():
    best_second = Planned(Plan(728_000, (REMOVE, STAGES), LEAN), (Proposal(), Proposal(text=LEAN.patch)))
    app = app_for(IMAGE)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await settled(pilot)
        view = main.views["plan"]
        assert isinstance(view, PlanView)
        view.post_message(PlanView.Made(best_second))
        await pilot.pause()
        main.show_view("plan")
        await pilot.pause()
        assert (view.answer, view.copied()) == (STAGES, (LEAN.patch, "patch"))


@pytest.mark.parametrize("size", [(300, 80), (200, 60), (40, 15), (30, 10), (10, 3), (1, 1)])
@pytest.mark.parametrize("image", [IMAGE, inspection_of([run("true", Member("a", b"x"))])], ids=["much", "nothing"])
async def test_it_is_drawn_at_every_size(size: tuple[int, int], image: Inspection):
    async with app_for(image).run_test(size=size) as pilot:
        await press(pilot, "5", "j", "enter", "G", "enter", "t", "pagedown", "i", "escape", "tab", "tab")
        assert len(lines_of(pilot)) == size[1]
