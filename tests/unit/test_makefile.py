"""`make demo` on a machine that lacks what it needs: one line says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("make") is None or sys.platform == "win32", reason="make is not installed")

ROOT = Path(__file__).parents[2]


def made(tmp_path: Path, python: str) -> tuple[int, str, str]:
    """What `make demo` says whose Python does this with its arguments. An `id` of our own: nobody is root."""
    for name, script in (("python", python), ("id", "echo 1000")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    arguments = ["-f", str(ROOT / "Makefile"), "-C", str(tmp_path), f"PYTHON={tmp_path}/python", "demo"]
    (tmp_path / "pyproject.toml").touch()
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LC_ALL": "C"}
    done = subprocess.run(["make", "-s", *arguments], env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr.partition("make:")[0]


def test_without_venv_the_package_to_install_is_named(tmp_path: Path) -> None:
    code, said, complaint = made(tmp_path, '[ "$2" != "import ensurepip" ]')
    assert (code, said, complaint) == (2, "Python's venv is needed: sudo apt-get install python-venv\n", "")
    assert not (tmp_path / ".venv").exists()


def test_an_older_python_is_refused(tmp_path: Path) -> None:
    code, said, complaint = made(tmp_path, "exit 1")
    assert (code, said, complaint) == (2, "Python 3.11 or newer is needed: make PYTHON=python3.11 demo\n", "")
