"""The manual page is that of --help's texts, and `man` reads it."""

from __future__ import annotations

import os
import shutil
import subprocess

import click
import pytest

from inspector.cli.main import cli
from inspector.cli.man_page import SHIPPED, render


def test_the_shipped_page_is_the_one_of_the_texts() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == render(), "renew it: python -m inspector.cli.man_page"


def test_the_page_has_every_command_option_and_example() -> None:
    page = render().replace(r"\-", "-").replace(r"\e", "\\")
    for command in cli.commands.values():
        assert f".SS leaninspect {command.name}" in page
        for param in command.params:
            if isinstance(param, click.Option):
                assert all(option in page for option in param.opts)
        for example, _ in getattr(command, "examples", ()):
            assert f"\\fB{example}\\fR" in page


@pytest.mark.skipif(shutil.which("man") is None, reason="no man")
def test_man_shows_the_page_without_a_warning() -> None:
    done = subprocess.run(
        ["man", "--warnings", "-l", str(SHIPPED)],
        capture_output=True,
        text=True,
        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "PAGER": "cat", "MAN_KEEP_FORMATTING": ""},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert {"NAME", "SYNOPSIS", "DESCRIPTION", "IMAGES", "COMMANDS", "EXIT STATUS", "ENVIRONMENT"} <= {*lines}
    assert "leaninspect plan app:1 --dockerfile Dockerfile --patch lean.patch" in lines
    assert "LEANINSPECT_CACHE_DIR   its folder, in place of the system's folder for" in done.stdout
