"""Patches of a hundred Dockerfiles in different styles: git applies them, and only what they name changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from inspector.attribution.dockerfile import Dockerfile, DockerfileInstruction, parse_dockerfile
from inspector.attribution.origins import Recipe
from inspector.inspection import Inspection
from inspector.lean.plan.document import document_of, patch_of
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Technique
from inspector.line import inspect_source
from tests.proof.apply import patched

from .building import built

FOLDER = Path(__file__).parent / "dockerfiles"
STYLES = sorted(path.stem for path in FOLDER.glob("*.Dockerfile"))

ONLY_BUILDKIT = ("<<", "--mount=", "--network=", "COPY --chmod", "--platform=")

LEAN = "nothing to gain"
OWNER = "its simulated chown changes modes, which COPY --chown does not"

NO_PATCH = {
    "chown-after-copy": OWNER,
    "alpine-virtual": LEAN,
    "go-multi-stage": LEAN,
    "java-gradle-multi-stage": LEAN,
    "nothing-to-run": LEAN,
    "python-multi-stage": LEAN,
    "scratch": LEAN,
}
"""Styles that get none, and why."""


class Patched(Struct, frozen=True):
    """A Dockerfile, the patch by one technique, and the text after `git apply`."""

    technique: Technique
    predicted_bytes: int
    old: str
    patch: str
    new: str


@cache
def followed(style: str) -> tuple[Patched, ...]:
    """What each technique makes of a Dockerfile; the first is the plan's best."""
    text = (FOLDER / f"{style}.Dockerfile").read_bytes().decode()
    inspection = inspected(text)
    document, plan = document_of(inspection), make_plan(inspection)
    diffs = {answer.technique: patch_of(document, answer.dockerfile) for answer in plan.answers if answer.dockerfile}
    if plan.lean and plan.lean.patch:
        assert diffs[plan.lean.answers[0].technique] == plan.lean.patch
    return tuple(
        Patched(answer.technique, answer.predicted_bytes or 0, text, diff, patched(text, diff))
        for answer in plan.answers
        if answer.applies and (diff := diffs.get(answer.technique))
    )


def inspected(text: str) -> Inspection:
    """The image that a Dockerfile makes; every second one is built by the classic builder."""
    dockerfile = parse_dockerfile(text, "Dockerfile")
    buildkit = any(word in text for word in ONLY_BUILDKIT) or len(text) % 2 == 0
    inspection = inspect_source(built(dockerfile, buildkit=buildkit), "test", recipe=Recipe(dockerfile, None, None))
    assert inspection.placement is not None, inspection.notes
    return inspection


def others(dockerfile: Dockerfile) -> list[list[str]]:
    """The instructions of each stage that are no RUN; without the owner and mode that a COPY gives."""
    return [
        [
            " ".join([each.verb, *_lasting_flags(each), *each.text.split()])
            for each in stage.instructions
            if each.verb != "RUN"
        ]
        for stage in dockerfile.stages
    ]


def _lasting_flags(written: DockerfileInstruction) -> list[str]:
    return [flag for flag in written.flags if not flag.startswith(("--chown=", "--chmod="))]


def changed(patch: str, sign: str) -> set[int]:
    """The numbers of the lines that a patch takes away from the old text (`-`), or adds to the new one (`+`)."""
    found, number = set[int](), 0
    for line in patch.split("\n"):
        if line.startswith("@@"):
            spans = {span[0]: span[1:] for span in line.split()[1:3]}
            number = int(spans[sign].partition(",")[0])
        elif line.startswith(sign) and not line.startswith(sign * 3):
            found.add(number)
            number += 1
        elif line.startswith(" "):
            number += 1
    return found


def rest(text: str, without: set[int]) -> list[str]:
    """The lines with their ends, but for some."""
    return [line for number, line in enumerate(text.split("\n"), 1) if number not in without]


def test_there_are_a_hundred_of_them() -> None:
    assert len(STYLES) >= 100


@pytest.mark.parametrize("style", STYLES)
def test_lines_that_the_patch_does_not_name_stay_as_they_are(style: str) -> None:
    for each in followed(style):
        assert rest(each.old, changed(each.patch, "-")) == rest(each.new, changed(each.patch, "+"))


@pytest.mark.parametrize("style", STYLES)
def test_the_result_is_a_dockerfile_in_which_only_runs_and_owners_have_changed(style: str) -> None:
    for each in followed(style):
        old, new = (others(parse_dockerfile(text, "Dockerfile")) for text in (each.old, each.new))
        # what another stage needs is written into that, below
        assert new[: len(old)] == old
        assert len(new) == len(old) or each.technique is Technique.MULTI_STAGE


@pytest.mark.parametrize("style", STYLES)
def test_applying_it_twice_is_refused(style: str) -> None:
    for each in followed(style):
        with pytest.raises(AssertionError, match="git apply"):
            patched(each.new, each.patch)


@pytest.mark.parametrize("style", STYLES)
def test_the_patched_dockerfile_makes_the_promised_image_whose_plan_is_to_change_nothing(style: str) -> None:
    for each in followed(style):
        if each.technique is Technique.REMOVE_BUILD_DEPENDENCIES:
            again = inspected(each.new)
            plan = make_plan(again)
            assert abs(plan.size_bytes - each.predicted_bytes) < 20_000
            assert each.technique not in [answer.technique for answer in plan.answers if answer.applies]


def test_most_styles_get_a_patch() -> None:
    without = {style for style in STYLES if not followed(style)}
    assert without == set(NO_PATCH)
    assert len(STYLES) - len(without) >= 60
