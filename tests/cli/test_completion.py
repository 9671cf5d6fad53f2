"""The shell's completion, asked by real shells where the machine has them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.layers.cache.names import KEPT, remember, remembered
from inspector.layers.cache.store import Store
from tests.cli.conftest import Run, environment

REMEMBERED = ("registry:example.com:5000/team/app:1.4", "registry:example.com:5000/team/app:1.5", "shop:2")

ASKED = [
    ("leaninspect comp", "compare completion"),
    ("leaninspect sh", "shop:2"),
    ("leaninspect registry:exa", "example.com:5000/team/app:1.5 example.com:5000/team/app:1.4"),
    ("leaninspect registry:example.com:5000/team/app:1", "1.5 1.4"),
    ("leaninspect compare shop:2 sh", "shop:2"),
    ("leaninspect compare shop:2 registry:example.com:5000/team/app:1.4", "1.4"),
    ("leaninspect cp sh", "shop:2:/"),
    ("leaninspect shop:2 --js", "--json"),
    ("leaninspect plan shop:2 --ba", "--base"),
    ("leaninspect plan shop:2 --base sh", "shop:2"),
    ("leaninspect shop:2 --dockerfile Do", "Dockerfile"),
    ("leaninspect oci-archive:Do", "Dockerfile"),
    ("leaninspect rules LI200", "LI2001 LI2002 LI2003 LI2004"),
    ("leaninspect help cop", ""),
    ("leaninspect help comp", "compare completion"),
    ("leaninspect demo ", "fat lean compare"),
    ("leaninspect sub", "subfolder/"),
]
"""What stands before the cursor, and what bash is given: of words with colons what comes behind the last one."""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a shell in a folder with a Dockerfile, a folder, and the command on the PATH."""
    (tmp_path / "Dockerfile").touch()
    (tmp_path / "subfolder").mkdir()
    store = Store(tmp_path / "cache", 1_000_000)
    for name in REMEMBERED:
        remember(store, name)
    program = tmp_path / "bin" / "leaninspect"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m inspector "$@"\n')
    program.chmod(0o755)
    return environment(
        PATH=f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        PYTHONPATH=os.pathsep.join(filter(None, sys.path)),
        LEANINSPECT_CACHE_DIR=str(store.folder),
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_commands_options_and_names_with_colons(home: dict[str, str], tmp_path: Path) -> None:
    ask = 'COMP_LINE="$line" COMP_POINT=${#line} _leaninspect_completion leaninspect; echo "${COMPREPLY[*]}"'
    lines = [f'line="{line}"; {ask}' for line, _ in ASKED]
    script = "\n".join(["source <(leaninspect completion bash)", *lines])
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=home, cwd=tmp_path, timeout=300)
    assert done.stderr == ""
    assert dict(zip((line for line, _ in ASKED), done.stdout.splitlines(), strict=True)) == dict(ASKED)


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
def test_fish_completes_names(home: dict[str, str], tmp_path: Path) -> None:
    script = 'leaninspect completion fish | source; complete -C "leaninspect registry:exa"'
    done = subprocess.run(["fish", "-c", script], capture_output=True, text=True, env=home, cwd=tmp_path, timeout=60)
    assert done.stdout.splitlines() == list(REMEMBERED[:2])


@pytest.mark.parametrize(
    ("shell", "answer"),
    [
        ("zsh", "plain\nregistry:example.com:5000/team/app:1.5\n_\nplain\nregistry:example.com:5000/team/app:1.4\n_\n"),
        ("fish", "plain,registry:example.com:5000/team/app:1.5\nplain,registry:example.com:5000/team/app:1.4\n"),
    ],
)
def test_what_zsh_and_fish_are_answered(home: dict[str, str], tmp_path: Path, shell: str, answer: str) -> None:
    word = "registry:exa"
    asked = {"COMP_WORDS": f"leaninspect {word}", "COMP_CWORD": "1" if shell == "zsh" else word}
    done = subprocess.run(
        [sys.executable, "-m", "inspector"],
        capture_output=True,
        text=True,
        env={**home, **asked, "_LEANINSPECT_COMPLETE": f"{shell}_complete"},
        cwd=tmp_path,
        timeout=60,
    )
    assert done.stdout.startswith(answer)
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_lines_for_a_shell_name_the_command(run: Run, shell: str) -> None:
    outcome = run("completion", shell)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"_LEANINSPECT_COMPLETE={shell}_complete" in outcome.out


def test_the_latest_names_are_remembered_first_and_not_too_many(tmp_path: Path) -> None:
    store = Store(tmp_path, 1_000_000)
    for number in range(KEPT + 5):
        remember(store, f"app:{number}")
    remember(store, "app:100")
    remember(store, "two words")
    names = remembered(store)
    assert names[:2] == ["app:100", f"app:{KEPT + 4}"]
    assert (len(names), names.count("app:100")) == (KEPT, 1)


def test_files_are_not_remembered(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    assert run(str(fat_tar), "--summary").code == 0
    assert remembered(Store(tmp_path / "cache", 1_000_000)) == []
