"""The real process in a real terminal: tmux draws what it prints, and says how it ended."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.silent_registry import silent_registry

ROOT = Path(__file__).parents[2]

PATIENCE = 30.0
"""Seconds until a test gives up waiting for the screen."""

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A tmux server of its own with one window."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]

    def start(self, *command: str, size: tuple[int, int] = (120, 40)) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
        width, height = map(str, size)
        shell = f"{' '.join(command)}; echo exit code $?; sleep 600"
        subprocess.run(
            [*self._tmux, "new-session", "-d", "-x", width, "-y", height, shell], env=environment, cwd=ROOT, check=True
        )

    def press(self, *keys: str) -> None:
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)

    def resize(self, width: int, height: int) -> None:
        subprocess.run([*self._tmux, "resize-window", "-x", str(width), "-y", str(height)], check=True)

    def text(self) -> str:
        done = subprocess.run([*self._tmux, "capture-pane", "-p"], capture_output=True, text=True, check=True)
        return done.stdout

    def wait_for(self, text: str, *, gone: bool = False) -> str:
        return self.wait_until(lambda shown: (text in shown) is not gone)

    def wait_until(self, condition: Callable[[str], bool]) -> str:
        shown = ""
        for _ in range(int(PATIENCE / 0.05)):
            shown = self.text()
            if condition(shown):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"it never came to that:\n{shown}")

    def stop(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path / "tmux")
    yield made
    made.stop()


DEMO = (sys.executable, "-m", "inspector", "demo", "fat")


def test_start_keys_resize_and_quit(terminal: Terminal):
    terminal.start(*DEMO)
    terminal.wait_for("Files of layer 4")
    assert "demo:fat" in terminal.text().splitlines()[0]
    terminal.press("j")
    terminal.wait_for("Files of layer 5")
    terminal.press("a")
    terminal.wait_for("Files up to layer 5")
    terminal.press("Tab", "/", "node")
    terminal.wait_for("“node”")
    terminal.press("Escape")
    terminal.wait_for("“node”", gone=True)
    terminal.resize(80, 24)
    shown = terminal.wait_until(lambda shown: len(shown.splitlines()) == 24 and "^p commands" in shown)
    assert "Files up to layer 5" in shown
    terminal.press("?")
    terminal.wait_for("esc closes")
    terminal.press("Escape")
    terminal.wait_for("esc closes", gone=True)
    terminal.press("q")
    assert "demo:fat" not in terminal.wait_for("exit code 0")


def test_a_key_whose_bytes_come_apart_is_one_key_where_escdelay_allows_it(terminal: Terminal):
    terminal.start("env", "ESCDELAY=5000", *DEMO)
    terminal.wait_for("Files of layer 4")
    terminal.press("a")
    terminal.wait_for("Files up to layer 4")
    terminal.press("-H", "1b")
    time.sleep(0.3)
    terminal.press("-H", "5b", "42")  # [B: together the arrow down
    assert "Files up to layer 5" in terminal.wait_for("Files up to layer 4", gone=True)


def test_the_waste_its_files_and_back(terminal: Terminal):
    terminal.start(*DEMO)
    terminal.wait_for("Files of layer 4")
    terminal.press("2")
    shown = terminal.wait_for("Write this instead")
    assert "- RUN apk add --no-cache make g++ python3" in shown
    terminal.press("Enter")
    terminal.wait_for("Files of “removed too late")
    terminal.press("Escape")
    terminal.wait_for("Write this instead")
    terminal.press("3")
    terminal.wait_for("installed ·")
    terminal.press("4")
    terminal.wait_for("Bytes by folder")
    terminal.resize(60, 20)
    terminal.wait_until(lambda shown: len(shown.splitlines()) == 20 and "Bytes by folder" in shown)
    terminal.press("q")
    terminal.wait_for("exit code 0")


def test_it_can_be_suspended_and_comes_back(terminal: Terminal):
    terminal.start("bash", "--norc", "-i")
    terminal.press(" ".join(DEMO), "Enter")
    terminal.wait_for("Files of layer 4")
    terminal.press("C-z")
    terminal.wait_for("Stopped")
    terminal.press("fg", "Enter")
    terminal.wait_for("Files of layer 4")

    def has_left(shown: str) -> bool:
        """What is typed while the terminal is being taken over again may be lost, as in every program."""
        if "Files of layer 4" in shown:
            terminal.press("q")
        return "Files of layer 4" not in shown

    terminal.wait_until(has_left)


def test_ctrl_c_leaves_with_0_once_the_image_is_there(terminal: Terminal):
    terminal.start(*DEMO)
    terminal.wait_for("Files of layer 4")
    terminal.press("C-c")
    terminal.wait_for("exit code 0")


def test_ctrl_c_while_loading_leaves_with_130(terminal: Terminal, tmp_path: Path):
    script = tmp_path / "slow.py"
    script.write_text(
        "import sys, time\n"
        "from inspector.sources.protocol import Progress\n"
        "from inspector.tui.app import run\n"
        "from inspector.tui.main import MainScreen\n"
        "def load(watch):\n"
        "    while True:\n"
        "        watch(Progress(5, 10, 0, 2))\n"
        "        time.sleep(0.01)\n"
        "sys.exit(run(load, 'slow:image', MainScreen))\n"
    )
    terminal.start(sys.executable, str(script))
    terminal.wait_for("layer 1 of 2")
    terminal.press("C-c")
    terminal.wait_for("exit code 130")


def test_q_leaves_at_once_while_a_registry_says_nothing(terminal: Terminal):
    with silent_registry() as address:
        terminal.start(sys.executable, "-m", "inspector", f"registry:{address}/app:1")
        terminal.wait_for(f"1 s · asking the registry for {address}/app:1")
        started = time.monotonic()
        terminal.press("q")
        terminal.wait_for("exit code 130")
        assert time.monotonic() - started < 5  # on a quiet machine it is 0.2; the silence would be waited for 20


def test_what_is_wrong_is_shown_and_printed_once_more_after_leaving(terminal: Terminal):
    terminal.start(sys.executable, "-m", "inspector", "/no/such/archive.tar")
    terminal.wait_for("Cannot show /no/such/archive.tar")
    terminal.press("q")
    shown = terminal.wait_for("exit code 2")
    assert "leaninspect: error:" in shown


def test_the_terminal_is_left_as_it_was_found(terminal: Terminal):
    terminal.start("echo before;", *DEMO)
    terminal.wait_for("Files of layer 4")
    terminal.press("q")
    assert terminal.wait_for("exit code 0").splitlines()[0] == "before"


def test_the_list_of_layers_is_whole_after_a_jump_in_a_narrow_terminal(terminal: Terminal):
    terminal.start(*DEMO, size=(80, 24))
    terminal.wait_for("Files of layer 4")
    terminal.press("3")
    terminal.wait_for("installed ·")
    terminal.press("j", "j", "j", "j", "Enter")
    shown = terminal.wait_for("Files of npm")
    layers = [line.split()[0].strip("▌") or line.split()[1] for line in shown.splitlines()[2:9]]
    assert [int(number) for number in layers] == list(range(7))
