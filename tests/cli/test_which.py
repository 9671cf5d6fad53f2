"""`leaninspect which IMAGE PATH|GLOB` as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.demo.archive import Member, directory, hardlink, opaque, symlink, whiteout
from tests.builders import file
from tests.cli.conftest import Run
from tests.cli.images import run_step, write_image

STATUS = b"""\
Package: g++
Status: install ok installed
Version: 4:12.2.0-3
Architecture: amd64
Depends: gcc

Package: gcc
Status: install ok installed
Version: 4:12.2.0-3
Architecture: amd64
"""

EXTENDED = b"""\
Package: gcc
Architecture: amd64
Auto-Installed: 1
"""


@pytest.fixture(autouse=True)
def image(tmp_path: Path) -> None:
    """Six layers that do to paths all that layers can do."""
    write_image(
        tmp_path,
        run_step(
            "base",
            file("etc/passwd", 1000),
            file("etc/motd", 10),
            directory("opt/app"),
            file("opt/app/one", 20),
            file("opt/cache/blob", 3000),
            file("usr/bin/tool", 500),
            hardlink("usr/bin/alias", "usr/bin/tool"),
            symlink("bin", "usr/bin"),
            Member("run/pipe", kind="fifo"),
        ),
        run_step("edit", file("etc/passwd", 1200, "y"), file("usr/bin/gcc", 700), file("usr/bin/g++", 600)),
        run_step("chmod", file("etc/passwd", 1200, "y", mode=0o600), directory("opt/app", mode=0o700)),
        run_step("clean", whiteout("etc/motd"), whiteout("usr/bin/tool"), directory("opt/cache"), opaque("opt/cache")),
        run_step("rm", whiteout("opt/app"), whiteout("usr/bin/alias")),
        run_step(
            "install",
            Member("var/lib/dpkg/status", STATUS),
            Member("var/lib/dpkg/info/gcc.list", b"/.\n/usr\n/usr/bin\n/usr/bin/gcc\n"),
            Member("var/lib/dpkg/info/g++.list", b"/.\n/usr\n/usr/bin\n/usr/bin/g++\n"),
            Member("var/lib/apt/extended_states", EXTENDED),
            file("etc/motd", 30),
        ),
    )


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            "/etc/passwd",
            [
                "/etc/passwd",
                "  layer   0  added, 1.0 kB                              RUN base",
                "  layer   1  changed, 1.2 kB, hides 1.0 kB of layer 0   RUN edit",
                "  layer   2  recopied, 1.2 kB, hides 1.2 kB of layer 1  RUN chmod",
            ],
        ),
        (
            "etc/motd",
            [
                "/etc/motd",
                "  layer   0  added, 10 B                     RUN base",
                "  layer   3  deleted, hides 10 B of layer 0  RUN clean",
                "  layer   5  added, 30 B                     RUN install",
            ],
        ),
        (
            "/usr/bin/tool",
            [
                "/usr/bin/tool",
                "  layer   0  added, 500 B                              RUN base",
                "  layer   3  deleted, 500 B live on at /usr/bin/alias  RUN clean",
            ],
        ),
        (
            "/bin/alias",
            [
                "/usr/bin/alias",
                "  layer   0  added, hardlink to /usr/bin/tool  RUN base",
                "  layer   4  deleted, hides 500 B of layer 0   RUN rm",
            ],
        ),
        (
            "/opt/cache/blob",
            [
                "/opt/cache/blob",
                "  layer   0  added, 3.0 kB                                     RUN base",
                "  layer   3  deleted with its folder, hides 3.0 kB of layer 0  RUN clean",
            ],
        ),
        (
            "/opt/app/",
            [
                "/opt/app",
                "  layer   0  added, folder    RUN base",
                "  layer   2  changed, folder  RUN chmod",
                "  layer   4  deleted          RUN rm",
            ],
        ),
        ("/opt", ["/opt", "  layer   0  added  RUN base"]),
        ("/bin", ["/bin", "  layer   0  added, link to usr/bin  RUN base"]),
        ("/run/pipe", ["/run/pipe", "  layer   0  added, named pipe  RUN base"]),
        (
            "/usr/bin/g??",
            [
                "/usr/bin/g++",
                "  layer   1  added, 600 B  RUN edit",
                "  package    g++ 4:12.2.0-3 (deb), asked for by hand",
                "",
                "/usr/bin/gcc",
                "  layer   1  added, 700 B  RUN edit",
                "  package    gcc 4:12.2.0-3 (deb) ← g++",
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_layers_did_to_a_path(run: Run, path: str, lines: list[str]) -> None:
    outcome = run("which", "app.tar", path)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == lines


@pytest.mark.parametrize("path", ["/absent", "**/*.pyc", "/etc/passwd/x"])
def test_nothing_that_fits_is_1_as_with_grep(run: Run, path: str) -> None:
    outcome = run("which", "app.tar", path)
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "")


def test_lines_of_the_dockerfile(run: Run, tmp_path: Path) -> None:
    commands = ("base", "edit", "chmod", "clean", "rm", "install")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n" + "".join(f"RUN {command}\n" for command in commands))
    outcome = run("which", "app.tar", "/bin", "--dockerfile", "Dockerfile")
    assert outcome.out.splitlines()[1] == "  layer   0  added, link to usr/bin  Dockerfile:2 RUN base"


def test_of_many_paths_some_are_told_and_the_rest_counted(run: Run, tmp_path: Path) -> None:
    write_image(tmp_path, run_step("many", *(file(f"f{number:03}") for number in range(50))))
    lines = run("which", "app.tar", "f*").out.splitlines()
    assert [line for line in lines if line.startswith("/")] == [f"/f{number:03}" for number in range(20)]
    assert lines[-1] == "and 30 more paths"


def test_names_cannot_command_the_terminal(run: Run, tmp_path: Path) -> None:
    write_image(tmp_path, run_step("evil", file("e\x1b[31m"), symlink("l\x07", "\x1b]0;x")))
    assert run("which", "app.tar", "*").out.splitlines() == [
        "/e\\x1b[31m",
        "  layer   0  added, 1 B  RUN evil",
        "",
        "/l\\x07",
        "  layer   0  added, link to \\x1b]0;x  RUN evil",
    ]


def test_the_instruction_is_cut_at_the_width(run: Run) -> None:
    assert (
        run("which", "app.tar", "/bin", COLUMNS="40").out.splitlines()[1] == "  layer   0  added, link to usr/bin  RU…"
    )
