"""`leaninspect plan` of a real process: its text, its patch, its errors."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from inspector.demo.article import FAT_DOCKERFILE, lean_archive
from tests.cli.conftest import Run

LEAN = """\
FROM node:8-alpine
WORKDIR /app
COPY package.json package-lock.json ./
COPY . .
RUN apk add --no-cache make g++ python3 \\
    && npm ci \\
    && chown -R 1000:1000 /app \\
    && apk del make g++ python3 \\
    && rm -rf /root/.npm \\
    && rm -rf /root/.cache/node-gyp/8.9.4/include/node
CMD ["node", "server.js"]
"""


def test_the_patch_is_what_git_applies(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(FAT_DOCKERFILE)
    done = run("plan", str(fat_tar), "--dockerfile", "Dockerfile", "--patch", "lean.patch")
    assert (done.code, done.out, done.err) == (0, "", "")
    subprocess.run(["git", "apply", "lean.patch"], cwd=tmp_path, check=True)
    assert (tmp_path / "Dockerfile").read_text() == LEAN


def test_the_text_has_sizes_steps_and_the_patch_whole(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(FAT_DOCKERFILE)
    done = run("plan", str(fat_tar), "--dockerfile", "Dockerfile")
    patch = run("plan", str(fat_tar), "--dockerfile", "Dockerfile", "--patch", "-").out
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == f"{fat_tar}   2.2 MB → 676.1 kB (−1.5 MB)"
    assert "     −1.5 MB  make one RUN of the 5 in lines 3 to 9\n" in done.out
    assert done.out.endswith(patch)
    assert patch.startswith("--- a/Dockerfile\n+++ b/Dockerfile\n")


def test_every_json_report_has_the_plan(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(FAT_DOCKERFILE)
    options = ("--dockerfile", "Dockerfile", "--json", "-")
    planned, inspected = (json.loads(run(name, str(fat_tar), *options).out) for name in ("plan", "inspect"))
    assert (planned["plan"], planned["lean"]) == (inspected["plan"], inspected["lean"])
    lean = planned["lean"]
    assert lean["techniques"] == ["remove-build-dependencies"]
    assert lean["predicted_bytes"] + lean["saves_bytes"] == planned["image"]["size_bytes"]
    (best,) = (each for each in planned["plan"] if each["technique"] == "remove-build-dependencies")
    assert sum(part["bytes"] for part in best["parts"]) == best["predicted_bytes"] == lean["predicted_bytes"]
    assert sum(step["saves_bytes"] for step in best["steps"]) == best["saves_bytes"]


def test_without_a_dockerfile_lines_are_reconstructed_and_no_patch_is_written(
    run: Run, fat_tar: Path, tmp_path: Path
) -> None:
    assert "No Dockerfile is known: these lines are made from the image's history." in run("plan", str(fat_tar)).out
    done = run("plan", str(fat_tar), "--patch", "lean.patch")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "leaninspect: error: no patch can be written: no Dockerfile of this image is known\n"
        "  hint: name the file it was built from: --dockerfile FILE\n"
    )
    assert not (tmp_path / "lean.patch").exists()


def test_a_dockerfile_of_another_image_is_named_as_the_reason(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\nRUN something else\n")
    done = run("plan", str(fat_tar), "--dockerfile", "Dockerfile", "--patch", "-")
    assert done.code == 2
    assert "no patch can be written: the Dockerfile does not match the image: Dockerfile:2 says" in done.err


def test_two_things_do_not_go_to_stdout(run: Run, fat_tar: Path) -> None:
    done = run("plan", str(fat_tar), "--patch", "-", "--text")
    assert (done.code, done.out) == (2, "")
    assert "--patch and a report cannot both be written to stdout" in done.err


def test_another_base_is_measured_and_one_that_is_not_there_is_an_error(
    run: Run, fat_tar: Path, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(FAT_DOCKERFILE)
    options = ("--dockerfile", "Dockerfile", "--base", str(fat_tar), "--json", "-")
    (measured,) = (
        each
        for each in json.loads(run("plan", str(fat_tar), *options).out)["plan"]
        if each["technique"] == "another-base"
    )
    assert (measured["base"], measured["applies"]) == (str(fat_tar), False)
    done = run("plan", str(fat_tar), "--base", "nosuch.tar")
    assert (done.code, done.out) == (2, "")
    assert "nosuch.tar" in done.err.splitlines()[0]


def test_nothing_to_change_is_exit_code_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lean.tar").write_bytes(lean_archive())
    done = run("plan", "lean.tar", "--patch", "lean.patch")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("leaninspect: note: no patch is written: ")
