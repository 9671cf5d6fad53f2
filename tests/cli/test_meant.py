"""Wrong commands, and what is answered: exit code 2, one line, and the line that was meant."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from inspector.cli.help import grouped_options
from inspector.cli.main import GROUPS, cli
from inspector.cli.mistaken import explained
from inspector.errors import ImageNotFound
from tests.cli.conftest import Run

WRONG = [
    ("comapre a b", "there is no command comapre", "did you mean: leaninspect compare a b"),
    ("comapre a b --fail-on-growth 5%", "there is no command comapre", "leaninspect compare a b --fail-on-growth 5%"),
    ("inspct a", "there is no command inspct", "did you mean: leaninspect inspect a"),
    ("plna a --patch f", "there is no command plna", "did you mean: leaninspect plan a --patch f"),
    ("diff a b", "there is no command diff", "did you mean: leaninspect compare a b"),
    ("a b", "a and b are 2 images, and one is inspected", "did you mean: leaninspect compare a b"),
    ("inspect a b", "a and b are 2 images, and one is inspected", "did you mean: leaninspect compare a b"),
    ("a b c", "a, b and c are 3 images, and one is inspected", "did you mean: leaninspect compare a b"),
    ("app:1 plan", "the command comes before the image", "did you mean: leaninspect plan app:1"),
    (
        "app:1 /etc/hosts",
        "/etc/hosts is a path, and no command says what to do with it",
        "leaninspect cat app:1 /etc/hosts prints that file, leaninspect which app:1 /etc/hosts tells its history",
    ),
    ("app:1:/etc .", "app:1:/etc is a path in an image, and . a place for it", "leaninspect cp app:1:/etc ."),
    ("docker app:1", "docker stands before the name, with a colon", "did you mean: leaninspect docker:app:1"),
    ("help compre", "there is no command compre", "did you mean: leaninspect help compare"),
    (
        "x.tar --patch f",
        "leaninspect inspect has no option --patch, but plan has",
        "did you mean: leaninspect plan x.tar --patch f",
    ),
    (
        "inspect x.tar --fail-on-growth 5%",
        "leaninspect inspect has no option --fail-on-growth, but compare has",
        "did you mean: leaninspect compare x.tar --fail-on-growth 5%",
    ),
    (
        "x.tar --layer 2",
        "leaninspect inspect has no option --layer, but cat and cp have",
        "leaninspect cat --help shows how",
    ),
    ("x.tar --dokerfile f", "No such option '--dokerfile'.", "did you mean --dockerfile?"),
    (
        "x.tar --json",
        "Option '--json' requires an argument.",
        "--json FILE: Write the JSON report to FILE; - is stdout.",
    ),
    ("--summary", "--summary is about an image", "write leaninspect IMAGE --summary"),
    (
        "completion",
        "Missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish",
        "write leaninspect completion {bash|zsh|fish}",
    ),
    ("--bad", "No such option '--bad'.", "leaninspect --help shows the options"),
    ("--text plan x.tar", "--text is an option of the command", "did you mean: leaninspect plan --text x.tar"),
    ("compare a", "Missing argument 'IMAGE_B'.", "write leaninspect compare IMAGE_A IMAGE_B"),
    (
        "compare a b c",
        "compare takes IMAGE_A IMAGE_B: c is too much",
        "leaninspect compare --help shows what it takes",
    ),
    ("cat app:1:/etc/hosts", "Missing argument 'PATH'.", "did you mean: leaninspect cat app:1 /etc/hosts"),
    ("cp app:1 /etc .", "cp takes an image and a path in one word", "did you mean: leaninspect cp app:1:/etc ."),
    ("cache", "Missing command.", "write leaninspect cache info or leaninspect cache clear"),
    ("cache clean", "No such command 'clean'.", "write leaninspect cache info or leaninspect cache clear"),
    ("report.json", "report.json is a JSON report, not an image", "leaninspect compare report.json IMAGE tells"),
    ("plan report.json", "report.json is a JSON report, not an image", "leaninspect compare report.json IMAGE tells"),
    ("Dockerfile", "Dockerfile is a recipe, not an image", "build it, then: leaninspect IMAGE --dockerfile Dockerfile"),
    (".", "Dockerfile is a recipe, not an image", "build it, then: leaninspect IMAGE --dockerfile Dockerfile"),
]


@pytest.mark.parametrize(("line", "message", "hint"), WRONG, ids=[line for line, _, _ in WRONG])
def test_a_wrong_command_is_answered_with_what_was_meant(
    run: Run, tmp_path: Path, line: str, message: str, hint: str
) -> None:
    (tmp_path / "report.json").write_text('{"schema": {}}')
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    outcome = run(*line.split())
    assert (outcome.code, outcome.out) == (2, "")
    first, second = outcome.err.splitlines()
    assert first == f"leaninspect: error: {message}"
    assert second.startswith("  hint: ")
    assert hint in second


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("comapre", "did you mean: leaninspect compare IMAGE_A IMAGE_B; or start the engine"),
        ("plna", "did you mean: leaninspect plan IMAGE; or start the engine"),
        ("diff", "did you mean: leaninspect compare IMAGE_A IMAGE_B; or start the engine"),
        ("version", "leaninspect --version tells the version; or start the engine"),
        ("demo:1", "start the engine"),
        ("docker:comapre", "start the engine"),
        ("alpine", "start the engine"),
        ("node", "start the engine"),
    ],
)
def test_a_name_that_no_image_has_may_have_meant_a_command(name: str, hint: str) -> None:
    assert explained(ImageNotFound(f"{name} was not found", "start the engine"), name).hint == hint


def test_a_name_like_a_files_is_told_to_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert explained(ImageNotFound("not found"), "absent.json").hint == f"there is no file absent.json in {tmp_path}"


def test_help_is_a_command(run: Run) -> None:
    assert run("help").out == run("--help").out
    assert run("help", "compare").out == run("compare", "--help").out


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_help_tells_every_command_whole_and_under_a_heading(run: Run, columns: int) -> None:
    text = run("--help", COLUMNS=str(columns)).out
    assert "..." not in text
    assert [name for name in cli.commands if f"  {name} " not in text] == []
    assert [heading for heading in [*GROUPS, "Examples", "An IMAGE is one of"] if f"{heading}:\n" not in text] == []
    assert max(map(len, text.splitlines())) <= columns


def test_each_option_stands_in_help_once() -> None:
    for command in cli.commands.values():
        ctx = click.Context(command, click.Context(cli), info_name=command.name)
        told = [written for _, options in grouped_options(command, ctx) for written, _ in options]
        assert len(told) == len({*told}) == len([p for p in command.get_params(ctx) if isinstance(p, click.Option)])


def test_help_of_a_command_has_groups_and_examples(run: Run) -> None:
    text = run("plan", "--help").out
    headings = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == [
        "Examples:",
        "Options:",
        "Where the image is:",
        "What it was built from:",
        "Reports:",
        "General:",
    ]
    assert "  leaninspect plan app:1 --dockerfile Dockerfile --patch lean.patch\n" in text
