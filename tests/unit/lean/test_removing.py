"""Safe remedies put together: RUNs that several of them change become one, and commands are said once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.demo.archive import Member, Step, image_archive, tar_layer, whiteout
from inspector.lean.plan.combining import together
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Part, Plan, Technique
from inspector.line import inspect_image
from inspector.reports.plan_json import to_answer
from inspector.reports.plan_text import plan_text
from tests.builders import file

PURGE = "apt-get purge -y --auto-remove"
LISTS = "rm -rf /var/lib/apt/lists/*"
LISTED = file("var/lib/apt/lists/index", 2_000_000)


def plan_of(folder: Path, *steps: tuple[str, Sequence[Member]]) -> Plan:
    made = [Step(text, tar_layer(members)) for text, members in steps]
    path = folder / "image.tar"
    path.write_bytes(image_archive("a:1", made, created="2026-01-02T03:04:05Z"))
    return make_plan(inspect_image(str(path)))


@pytest.mark.parametrize(
    ("commands", "one"),
    [
        ((f"{PURGE} g++", f"{PURGE} make"), f"{PURGE} g++ make"),
        ((f"{PURGE} g++ && {LISTS}", LISTS), f"{PURGE} g++ && {LISTS}"),
        ((LISTS, f"apt-mark manual a && {PURGE} x && {LISTS}"), f"apt-mark manual a && {PURGE} x && {LISTS}"),
        ((f"apt-mark manual b && {PURGE} x", f"apt-mark manual a && {PURGE} y"), f"apt-mark manual a b && {PURGE} x y"),
        (("rm -rf /a", "apk del --no-network g++"), "apk del --no-network g++ && rm -rf /a"),
        (("dnf remove -y g", "dnf mark user -y a && dnf remove -y x"), "dnf mark user -y a && dnf remove -y g x"),
        (("", LISTS), LISTS),
        ((f"{PURGE} npm && {LISTS}", "npm cache clean --force"), f"npm cache clean --force && {PURGE} npm && {LISTS}"),
        ((f"{PURGE} npm", "cd /a && npm prune"), f"cd /a && npm prune && {PURGE} npm"),
    ],
)
def test_commands_are_said_once_and_files_are_removed_last(commands: tuple[str, ...], one: str) -> None:
    assert together(commands) == one


def test_what_is_hidden_and_what_a_command_removes_is_in_one_size(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        ("RUN apt-get update && curl -o /big x", [LISTED, file("big", 5_000_000), file("kept", 10)]),
        ("RUN rm /big", [whiteout("big")]),
    )
    assert plan.lean is not None
    (answer,) = plan.lean.answers
    assert answer.technique is Technique.REMOVE_BUILD_DEPENDENCIES
    assert (plan.size_bytes, plan.lean.predicted_bytes) == (7_000_010, 10)
    assert [(step.text, step.saves_bytes) for step in answer.steps] == [
        ("make one RUN of the 2 in instructions 0 to 1", 5_000_000),
        (f"end it with: {LISTS}", 2_000_000),
    ]
    assert plan.lean.reconstructed
    assert plan.lean.patch == (
        "# reconstructed from the image's history\n"
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,4 +1,5 @@\n"
        " # FROM the base image, whose name is unknown\n"
        " RUN apt-get update \\\n"
        "-    && curl -o /big x\n-RUN rm /big\n"
        f"+    && curl -o /big x \\\n+    && rm /big \\\n+    && {LISTS}\n"
    )


def test_less_than_a_rebuild_changes_by_itself_is_no_plan(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, ("RUN a", [file("big", 900_000), file("kept", 10)]), ("RUN rm /big", [whiteout("big")]))
    assert plan.lean is None
    removing = next(each for each in plan.answers if each.technique is Technique.REMOVE_BUILD_DEPENDENCIES)
    assert (removing.applies, removing.reason) == (False, "it would save only 900.0 kB")


def test_what_a_copy_brought_is_left_and_told(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        ("COPY big /", [file("big", 3_000_000), file("kept", 10)]),
        ("RUN rm /big", [whiteout("big")]),
    )
    removing = next(each for each in plan.answers if each.technique is Technique.REMOVE_BUILD_DEPENDENCIES)
    assert not removing.applies
    assert removing.reason == (
        "3.0 MB could go (removed too late), but no change of lines that is certain to build frees it"
    )


def test_what_stays_beside_what_a_plan_does_is_no_assumption(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        ("COPY big /", [file("big", 3_000_000), file("kept", 10)]),
        ("RUN rm /big", [whiteout("big")]),
        ("RUN apt-get update", [LISTED]),
    )
    assert plan.lean is not None
    (answer,) = plan.lean.answers
    assert (answer.assumptions, answer.stays) == ((), (Part("removed too late", 3_000_000),))
    (told,) = to_answer(answer, plan.size_bytes).stays
    assert (told.what, told.bytes) == ("removed too late", 3_000_000)
    text = plan_text(inspect_image(str(tmp_path / "image.tar")), plan)
    assert (
        "\nCould go and stays, for no change of lines that is certain to build frees it\n      3.0 MB  removed" in text
    )
    assert "Assumed" not in text
