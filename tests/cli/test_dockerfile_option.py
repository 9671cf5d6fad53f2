"""`--dockerfile`, `--target` and `--base` of a real process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_lines_and_base_are_in_both_reports(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    report = json.loads(run(str(fat_tar), "--json", "-").out)
    last = report["instructions"][-1]["text"]
    (tmp_path / "Dockerfile").write_text(f"FROM some/base:1\n\n{last}\n")
    done = run(str(fat_tar), "--dockerfile", "Dockerfile", "--json", "report.json", "--text")
    assert (done.code, done.err) == (0, "")
    assert "based on some/base:1 (as the Dockerfile says)" in done.out
    steps = json.loads((tmp_path / "report.json").read_text())["instructions"]
    assert steps[-1]["dockerfile"] == {"path": "Dockerfile", "first_line": 3, "last_line": 3}
    assert [step["from_base"] for step in steps] == [*[True] * (len(steps) - 1), False]


def test_a_dockerfile_of_another_image_is_said_in_the_text_or_on_stderr(
    run: Run, fat_tar: Path, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\nRUN something else\n")
    note = "note: the Dockerfile does not match the image: Dockerfile:2 says `RUN something else` where the image has `"
    text = run(str(fat_tar), "--dockerfile", "Dockerfile")
    assert note in text.out
    assert (text.code, text.err) == (0, "")
    data = run(str(fat_tar), "--dockerfile", "Dockerfile", "--json", "-")
    assert data.err.startswith(f"leaninspect: {note}")
    assert all(step["dockerfile"] is None for step in json.loads(data.out)["instructions"])


def test_what_is_no_dockerfile_is_an_error(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\n\nMAKE it\n")
    done = run(str(fat_tar), "--dockerfile", "Dockerfile")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("leaninspect: error: Dockerfile:3: unknown instruction MAKE\n")
    done = run(str(fat_tar), "--dockerfile", "nothing")
    assert done.code == 2
    assert done.err.startswith("leaninspect: error: nothing: No such file or directory\n")
    assert run(str(fat_tar), "--target", "a").code == 2


def test_another_image_is_not_the_base(run: Run, fat_tar: Path) -> None:
    done = run(str(fat_tar), "--base", str(fat_tar))
    assert f"note: {fat_tar} is not the base of this image: it has as much in it, or more" in done.out
