"""`leaninspect compare` as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from inspector.demo.archive import Member, Step, docker_archive, image_archive, image_config, tar_layer
from tests.cli.conftest import Run, command, environment

CREATED = "2026-01-02T03:04:05Z"
BASE = Step("ADD rootfs.tar / # buildkit", tar_layer([Member("base", b"b" * 1000)]))


def step(command: str, **sizes: int) -> Step:
    return Step(
        f"RUN /bin/sh -c {command} # buildkit", tar_layer([Member(name, b"x" * size) for name, size in sizes.items()])
    )


@pytest.fixture
def images(tmp_path: Path) -> None:
    """`a.tar` and `b.tar` in the folder of the command: 1,500 and 1,650 bytes."""
    (tmp_path / "a.tar").write_bytes(image_archive("a:1", [BASE, step("make", out=500)], created=CREATED))
    (tmp_path / "b.tar").write_bytes(image_archive("b:1", [BASE, step("make all", out=650)], created=CREATED))


def test_text_on_a_pipe(run: Run, images: None) -> None:
    outcome = run("compare", "a.tar", "b.tar")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0] == "a.tar 1.5 kB → b.tar 1.6 kB   +150 B (+10%)"


def test_text_in_an_encoding_without_the_signs(run: Run, images: None) -> None:
    outcome = run("compare", "b.tar", "a.tar", PYTHONIOENCODING="ascii")
    assert outcome.out.splitlines()[0] == "b.tar 1.6 kB > a.tar 1.5 kB   -150 B (-9%)"


def test_reports_go_to_files_together(run: Run, images: None, tmp_path: Path) -> None:
    outcome = run("compare", "a.tar", "b.tar", "--json", "c.json", "--markdown", "c.md")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    report = json.loads((tmp_path / "c.json").read_text())
    assert report["delta"] == {
        "size_bytes": 150,
        "compressed_bytes": None,
        "live_bytes": 150,
        "hidden_bytes": 0,
        "reclaimable_bytes": 0,
        "unpackaged_bytes": 150,
        "pull_bytes": None,
    }
    assert [(layer["status"], layer["a"], layer["b"], layer["delta_bytes"]) for layer in report["layers"]] == [
        ("same", 0, 0, 0),
        ("changed", 1, 1, 150),
    ]
    assert (tmp_path / "c.md").read_text().startswith("### `b.tar` against `a.tar`: +150 B (+10%)\n")


def test_one_report_to_stdout(run: Run, images: None) -> None:
    assert json.loads(run("compare", "a.tar", "b.tar", "--json", "-").out)["a"]["reference"] == "a.tar"
    outcome = run("compare", "a.tar", "b.tar", "--json", "-", "--markdown", "-")
    assert outcome.code == 2
    assert "cannot both be written to stdout" in outcome.err


@pytest.mark.parametrize(
    ("limit", "code", "allowed"),
    [
        ("0", 1, "none"),
        ("149", 1, "149 B"),
        ("0.1kB", 1, "100 B"),
        ("150", 0, ""),
        ("1kB", 0, ""),
        ("9.9%", 1, "9.9% more"),
        ("10%", 0, ""),
        ("200 %", 0, ""),
    ],
)
def test_fail_on_growth(run: Run, images: None, limit: str, code: int, allowed: str) -> None:
    outcome = run("compare", "a.tar", "b.tar", "--fail-on-growth", limit)
    assert outcome.code == code
    told = f"leaninspect: note: b.tar is 150 B larger than a.tar; --fail-on-growth allows {allowed}\n"
    assert outcome.err == (told if code else "")
    assert outcome.out.startswith("a.tar ")


def test_shrinking_is_no_growth(run: Run, images: None) -> None:
    assert run("compare", "b.tar", "a.tar", "--fail-on-growth", "0").code == 0


@pytest.mark.parametrize("limit", ["much", "-1%", "%", "nan%", "5 apples"])
def test_a_limit_that_is_none(run: Run, images: None, limit: str) -> None:
    outcome = run("compare", "a.tar", "b.tar", "--fail-on-growth", limit)
    assert outcome.code == 2
    assert "neither a size such as 10MB nor a share such as 5%" in outcome.err


def test_against_a_saved_report(run: Run, images: None) -> None:
    assert run("a.tar", "--json", "a.json", "--files").code == 0
    with_files = json.loads(run("compare", "a.json", "b.tar", "--json", "-").out)
    assert (with_files["a"]["source"], with_files["delta"]["size_bytes"], with_files["config"]) == ("report", 150, None)
    assert [(each["path"], each["status"]) for each in with_files["files"]["list"]] == [("out", "changed")]
    assert run("a.tar", "--json", "a.json").code == 0
    assert json.loads(run("compare", "b.tar", "a.json", "--json", "-").out)["files"] is None


def test_two_platforms_of_one_image(run: Run, tmp_path: Path) -> None:
    layer = tar_layer([Member("f", b"x")])
    config = image_config([Step("COPY f /", layer)], created=CREATED)
    other = config.replace(b"amd64", b"arm64")
    manifest = docker_archive({"a:1": (config, [layer])}), docker_archive({"a:1": (other, [layer])})
    for name, data in zip(("amd.tar", "arm.tar"), manifest, strict=True):
        (tmp_path / name).write_bytes(data)
    outcome = run("compare", "amd.tar", "arm.tar", "--platform-a", "linux/amd64", "--platform-b", "linux/arm64")
    assert "~ platform: linux/amd64 → linux/arm64" in outcome.out
    assert run("compare", "amd.tar", "arm.tar", "--platform", "linux/arm64").code == 2


def test_what_is_wrong_with_either_is_said_in_one_line(run: Run, images: None) -> None:
    outcome = run("compare", "a.tar", "/absent.tar")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("leaninspect: error: ")
    assert "Traceback" not in outcome.err


def test_an_archive_on_stdin(run: Run, images: None, tmp_path: Path) -> None:
    outcome = run("compare", "a.tar", "-", stdin=(tmp_path / "b.tar").read_bytes())
    assert outcome.out.startswith("a.tar 1.5 kB → - 1.6 kB   +150 B (+10%)\n")
    assert "only one of the two can come from stdin" in run("compare", "-", "-").err


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
def test_ctrl_c_does_not_wait_for_a_stream_that_is_silent(images: None, tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("compare", "a.tar", "-"), stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment()
    )
    assert process.stdin is not None
    process.stdin.write(tar_layer([Member("large", bytes(1 << 18))])[: 1 << 17])
    process.stdin.flush()  # a pipe holds less: it reads by now
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130  # stdin is still open
    _, complaint = process.communicate()
    assert complaint == b"leaninspect: interrupted\n"


def test_both_names_are_needed(run: Run) -> None:
    outcome = run("compare", "a.tar")
    assert outcome.code == 2
    assert "IMAGE_B" in outcome.err


def test_demo_compare_writes_the_same_reports(run: Run) -> None:
    report = json.loads(run("demo", "compare", "--json", "-").out)
    assert (report["a"]["reference"], report["b"]["reference"]) == ("demo:fat", "demo:lean")
    assert report["delta"]["size_bytes"] == -1_509_392
