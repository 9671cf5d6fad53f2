"""`python -m benchmarks.keys [FILES] [LAYERS]`: how long a person waits after a key; with --archive, after the start.

The real process in a pseudo-terminal (Linux only). For each kind of key, over many presses, the 95th percentiles of:
the time until the first bytes come back, until the screen is at rest, and the processor time that was spent, which does
not depend on what else the machine is doing.
"""

from __future__ import annotations

import argparse
import fcntl
import math
import os
import pickle
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.tui.images import wide_image

TARGET = 0.05
"""Seconds within which a key must answer, at the 95th percentile."""

FIRST_TARGET, WHOLE_TARGET, MEMORY_TARGET = 1.0, 5.0, 500_000_000
"""Seconds until the first screen and until all is there, and bytes at most, of an image that was never read before."""

REST = 0.06
"""Seconds without output and without work after which the screen counts as at rest; a frame of Textual is 0.017."""

IDLE = 0.002
"""Seconds of processor time in `REST` that an idle process may take."""

PATIENCE = 60.0
"""Seconds for the process to start."""

NOTHING = 0.4
"""Seconds after which a key counts as one that changes nothing, such as `j` in the last row."""

PACKAGES = 2_000
"""Installed in the image, so that the list of packages has its share."""

PROCESS_CLOCK = 2
"""The kind of another process's clock in a clock id (clock_getcpuclockid(3)); Python has no function for it."""

MAIN_SCREEN = "Files of layer"
"""What the main screen says and the one before does not."""

ROWS, COLUMNS = 40, 120

CHILD = """
import pickle, sys
from pathlib import Path
from inspector.tui.app import run
from inspector.tui.main import MainScreen
image = pickle.loads(Path(sys.argv[1]).read_bytes())
sys.exit(run(lambda watch: image, "wide", MainScreen))
"""

ESCAPE = "\x1b[27u"
"""As terminals with kitty's keyboard protocol send it, for which Textual asks them. After the lone byte of the others
a program must wait to see whether it only was the beginning of another key."""

KEYS = {
    "layer down": ["j"] * 20,
    "layer up": ["k"] * 20,
    "up to layer, final, layer": ["G", *["a"] * 21],
    "layer by layer, all up to it": ["a", *["k"] * 10, *["j"] * 10, "a", "a"],
    "to the files and back": ["\t"] * 21,
    "row down": ["j"] * 30,
    "page down, page up": ["\x04", "\x15"] * 10,
    "open": ["l"] * 30,
    "fold": [" "] * 30,
    "bottom, top": ["G", "g"] * 10,
    "waste": ["w"] * 20,
    "sort": ["s"] * 20,
    "attributes": ["b"] * 20,
    "all open, all closed": ["a", "a", *["Z", "z"] * 10, "Z"],
    "row down in all": ["j"] * 40,
    "page down in all": ["\x04"] * 40,
    "bottom, top in all": ["G", "g"] * 10,
    "fold in all": [" "] * 20,
    "sort in all": ["s"] * 20,
    "waste in all": ["w"] * 20,
    "filter as typed": ["/", *"file0012", *["\x7f"] * 8, *"*12.py"],
    "next match": ["\r", *"n" * 20],
    "filter, close": [*(["/", "0", ESCAPE] * 7)],
    "waste view": ["1", "2"] * 10,
    "row down in waste": ["j"] * 30,
    "to its files and back": ["\r", ESCAPE] * 10,
    "packages view": ["1", "3"] * 10,
    "row down in packages": ["j"] * 30,
    "filter packages": ["/", *"name12", *["\x7f"] * 6, *"me*9", ESCAPE],
    "treemap view": ["1", "4"] * 10,
    "steer in the treemap": ["l", "j", "h", "k"] * 8,
    "zoom in and out": ["\r", "\x7f"] * 10,
    "treemap by": ["m"] * 21,
    "to a tile's files and back": ["f", ESCAPE] * 10,
    "views in turn": ["1", "2", "3", "4"] * 6,
    "help": ["?", ESCAPE] * 10,
    "escape as a lone byte": ["1", *["/", "\x1b"] * 10],
}
"""Kind → keys. Each begins where the one before left the screen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a key caused: seconds until the first and the last output, and of all threads on the processor."""

    first: float
    rest: float
    processor: float


class Terminal:
    """A process and the pseudo-terminal it runs in."""

    def __init__(self, command: Sequence[str], env: dict[str, str] | None = None) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", **(env or {})}
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=follower, stdout=follower, stderr=follower, env=environment, start_new_session=True
        )
        os.close(follower)

    def press(self, key: str) -> Answer | None:
        """None where the key changes nothing."""
        before, begun = self.processor_time(), time.perf_counter()
        os.write(self.leader, key.encode())
        first = last = 0.0
        spent = before
        while True:
            if self.read(REST if first else NOTHING):
                last = time.perf_counter() - begun
                first = first or last
                continue
            now = self.processor_time()
            if now - spent < IDLE:
                return Answer(first, last, now - before) if first else None
            spent = now

    def until(self, text: str) -> float:
        """Seconds from the start until a text is on the screen."""
        seen = ""
        while text not in _plain(seen):
            piece = self.read(PATIENCE)
            if not piece:
                raise SystemExit(f"{text!r} never came; the end of what did: {seen[-500:]!r}")
            seen += piece
        return time.perf_counter() - self.started

    def until_rest(self) -> float:
        """Seconds from the start until the last output."""
        last, spent = time.perf_counter(), self.processor_time()
        while True:
            if self.read(REST):
                last = time.perf_counter()
            elif (now := self.processor_time()) - spent < IDLE:
                return last - self.started
            else:
                spent = now

    def read(self, patience: float) -> str:
        """What comes next; empty where nothing does."""
        if not select.select([self.leader], [], [], patience)[0]:
            return ""
        with suppress(OSError):  # the other side is closed
            return os.read(self.leader, 1 << 16).decode(errors="replace")
        return ""

    def processor_time(self) -> float:
        """Seconds that all threads of the process have run, those that ended too."""
        return time.clock_gettime((~self.process.pid << 3) | PROCESS_CLOCK)

    def peak(self) -> int:
        """The largest resident set so far, in bytes (proc(5))."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def quit(self) -> None:
        os.write(self.leader, b"\x11")
        while self.process.poll() is None:
            self.read(0.1)
        os.close(self.leader)


def _plain(output: str) -> str:
    """The text of a terminal's output, without its control sequences (ECMA-48)."""
    return re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)", "", output)


def percentile(values: Sequence[float]) -> float:
    """The 95th, by nearest rank: a value that was really measured."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def measure_keys(files: int, layers: int) -> dict[str, list[Answer]]:
    """Every kind of key, with a line on what each took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image")
        path.write_bytes(pickle.dumps(wide_image(files, layers, PACKAGES)))
        terminal = Terminal([sys.executable, "-c", CHILD, str(path)])
        terminal.until(MAIN_SCREEN)
        seconds = terminal.until_rest()
        print(f"{files} files, {layers} layers, {PACKAGES} packages; with the image in memory, at rest after", end=" ")
        print(f"{seconds * 1000:.0f} ms (imports, unpickling, first tree)")
        taken = {}
        for kind, keys in KEYS.items():
            taken[kind] = [answer for answer in map(terminal.press, keys) if answer is not None]
            print(_line(kind, taken[kind]), flush=True)
        print(f"peak memory {terminal.peak() / 1e6:.0f} MB")
        terminal.quit()
    return {kind: answers for kind, answers in taken.items() if answers}


def _line(kind: str, answers: Sequence[Answer]) -> str:
    if not answers:
        return f"{kind:<28} no key changed anything"
    first, rest, processor = _percentiles(answers)
    return (
        f"{kind:<28} {len(answers):>3} keys   "
        f"first output {first:6.1f}  at rest {rest:6.1f}  processor {processor:6.1f}"
    )


def _percentiles(answers: Sequence[Answer]) -> tuple[float, float, float]:
    """In milliseconds: first output, at rest, processor."""
    columns = zip(*((each.first, each.rest, each.processor) for each in answers), strict=True)
    first, rest, processor = (percentile(column) * 1000 for column in columns)
    return first, rest, processor


def markdown(taken: dict[str, list[Answer]]) -> str:
    """A table of the kinds of keys, and whether every one keeps to the target."""
    rows = [(kind, len(answers), *_percentiles(answers)) for kind, answers in taken.items()]
    lines = ["| keys, 95th percentiles | presses | first output | at rest | processor |", "|---|---|---|---|---|"]
    lines += [
        f"| {kind} | {n} | {first:.0f} ms | {rest:.0f} ms | {spent:.0f} ms |" for kind, n, first, rest, spent in rows
    ]
    slow = [kind for kind, _, first, _, _ in rows if first > TARGET * 1000]
    verdict = f"too slow: {', '.join(slow)}" if slow else "every kind of key"
    return "\n".join([*lines, "", f"First output within {TARGET * 1000:.0f} ms: {verdict}."])


def measure_start(archive: Path) -> None:
    """The real command on a real archive that no cache knows."""
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(
            [sys.executable, "-m", "inspector", str(archive)], {"LEANINSPECT_CACHE_DIR": str(Path(folder, "cache"))}
        )
        first = terminal.until(archive.stem[: COLUMNS // 2])
        terminal.until(MAIN_SCREEN)
        whole, peak = terminal.until_rest(), terminal.peak()
        terminal.quit()
    print(f"first screen   {first:6.2f} s   {_kept(first <= FIRST_TARGET)} (at most {FIRST_TARGET:.0f} s)")
    print(f"all there      {whole:6.2f} s   {_kept(whole <= WHOLE_TARGET)} (at most {WHOLE_TARGET:.0f} s)")
    print(f"peak memory    {peak / 1e6:6.0f} MB  {_kept(peak <= MEMORY_TARGET)} (at most {MEMORY_TARGET / 1e6:.0f} MB)")


def _kept(target: bool) -> str:
    return "kept" if target else "missed"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keys", description=__doc__)
    parser.add_argument("files", nargs="?", type=int, default=200_000, help="of the image made for it (200000)")
    parser.add_argument("layers", nargs="?", type=int, default=40, help="of that image (40)")
    parser.add_argument("--archive", type=Path, help="measure the start with this archive in place of keys")
    parser.add_argument("--markdown", action="store_true", help="end with a table in Markdown")
    asked = parser.parse_args()
    if asked.archive is not None:
        measure_start(asked.archive)
        return
    taken = measure_keys(asked.files, asked.layers)
    if asked.markdown:
        print(f"\n{markdown(taken)}")


if __name__ == "__main__":
    main()
