"""Start-up is cheap: each command imports only what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import environment

HEAVY = {"docker", "humanize", "isal", "msgspec", "requests", "textual", "urllib3", "xxhash"}
"""Third-party packages that cost time; click is everybody's."""

INSPECTION = {"humanize", "isal", "msgspec", "xxhash"}

PROBE = """
import os, sys
from inspector.cli.main import run
leave = os._exit
def tell(code):
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr, flush=True)
    leave(code)
os._exit = tell
run()
"""


def heavy_imports(tmp_path: Path, *arguments: str) -> set[str]:
    """What a process that runs this command has imported of HEAVY at its end."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        capture_output=True,
        text=True,
        env=environment(LEANINSPECT_CACHE_DIR=str(tmp_path / "cache"), PYTHONPATH=os.pathsep.join(sys.path)),
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split()) & HEAVY


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["inspect", "--help"], ["cache", "--help"], []])
def test_version_and_help_import_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    assert heavy_imports(tmp_path, *arguments) == set()


@pytest.mark.parametrize("output", [["--text"], ["--json", "-"]])
def test_an_archive_needs_neither_docker_nor_the_network_nor_the_ui(
    tmp_path: Path, fat_tar: Path, output: list[str]
) -> None:
    assert heavy_imports(tmp_path, str(fat_tar), *output) <= INSPECTION


@pytest.mark.parametrize("which", ["fat", "compare"])
def test_the_demo_needs_neither_docker_nor_the_network_nor_the_ui(tmp_path: Path, which: str) -> None:
    assert heavy_imports(tmp_path, "demo", which) <= INSPECTION


@pytest.mark.parametrize("command", ["info", "clear"])
def test_the_cache_needs_neither_docker_nor_the_network_nor_the_ui(tmp_path: Path, command: str) -> None:
    assert heavy_imports(tmp_path, "cache", command) <= INSPECTION
