"""Measures the UI as a person meets it: `python -m tests.tui.measure [FILES] [LAYERS]`.

The real process in a pseudo-terminal with an image made in code. For each kind of key, over many presses: the time
until the first bytes come back, until the screen is at rest, and the processor time it took, which does not depend on
what else the machine is doing (Linux only). 95th percentiles in milliseconds.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import suppress
from pathlib import Path

from .images import wide_image

REST = 0.06
"""Seconds without output after which the screen counts as at rest; one frame of Textual is 0.017."""

PATIENCE = 10.0
"""Seconds for the process to start and to end."""

NOTHING = 0.4
"""Seconds after which a key counts as one that changes nothing, such as `j` in the last row."""

PACKAGES = 2_000
"""Installed in the image, so that the list of packages has its share."""

CHILD = """
import pickle, sys, time
from contextlib import suppress
from pathlib import Path
started = time.perf_counter()
from inspector.tui.app import run
image = pickle.loads(Path(sys.argv[1]).read_bytes())
sys.exit(run(lambda watch: image, "wide"))
"""

KEYS = {
    "layer up": ["k"] * 15,
    "layer down": ["j"] * 15,
    "up to layer / final / layer": ["a"] * 9,
    "to the files": ["\t"],
    "row down": ["j"] * 60,
    "page down": ["\x04"] * 40,
    "open": ["l"] * 40,
    "fold": [" "] * 30,
    "bottom, top": ["G", "g"] * 10,
    "waste": ["w"] * 6,
    "sort": ["s"] * 6,
    "attributes": ["b"] * 6,
    "open all": ["a", "Z"],
    "row down in all": ["j"] * 60,
    "page down in all": ["\x04"] * 40,
    "bottom, top in all": ["G", "g"] * 10,
    "filter as typed": ["/", *"file0012"],
    "next match": ["\r", *"n" * 20],
    "close": ["\x1b"],
    "waste view": ["2"],
    "row down in waste": ["j"] * 30,
    "to its files and back": ["\r", "\x1b"] * 4,
    "packages view": ["3"],
    "row down in packages": ["j"] * 30,
    "treemap": ["4"],
    "steer in the treemap": ["l", "j", "h", "k"] * 8,
    "zoom in and out": ["\r", "\x7f"] * 4,
    "treemap by": ["m"] * 4,
    "views in turn": ["1", "2", "3", "4"] * 4,
}


class Screen:
    """The process on the other side of a pseudo-terminal."""

    def __init__(self, image: Path) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(image)], stdin=follower, stdout=follower, stderr=follower, env=environment
        )
        os.close(follower)

    def until_rest(self, patience: float = PATIENCE) -> tuple[float, float, bytes]:
        """Seconds until the first and the last output, and what came."""
        begun, first, last, seen = time.perf_counter(), 0.0, 0.0, b""
        while select.select([self.leader], [], [], REST if seen else patience)[0]:
            last = time.perf_counter() - begun
            first = first or last
            seen += os.read(self.leader, 1 << 16)
        return first, last, seen

    def press(self, key: str) -> tuple[float, float, float]:
        before = self.processor_time()
        os.write(self.leader, key.encode())
        first, last, _ = self.until_rest(NOTHING)
        return first, last, self.processor_time() - before

    def processor_time(self) -> float:
        """Seconds that all threads of the process have run."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def quit(self) -> None:
        os.write(self.leader, b"q")
        while self.process.poll() is None:
            if select.select([self.leader], [], [], 0.1)[0]:
                with suppress(OSError):  # the other side is closed
                    os.read(self.leader, 1 << 16)


def percentile(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def report(name: str, taken: list[tuple[float, float, float]]) -> None:
    first, rest, processor = (percentile([times[which] for times in taken]) * 1000 for which in range(3))
    print(
        f"{name:<28} {len(taken):>3} keys   first output {first:6.1f}  at rest {rest:6.1f}  processor {processor:6.1f}"
    )


def main(files: int = 200_000, layers: int = 40) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image"
        path.write_bytes(pickle.dumps(wide_image(files, layers, PACKAGES)))
        screen = Screen(path)
        seen = b""
        while b"Files of layer" not in seen:
            seen += screen.until_rest()[2]
            if not seen[:1]:
                raise SystemExit("nothing came")
        print(
            f"{files} files, {layers} layers, {PACKAGES} packages; with the image in memory, screen at rest after ",
            end="",
        )
        print(f"{(time.perf_counter() - screen.started - REST) * 1000:.0f} ms (imports, unpickling, first tree)")
        every: list[tuple[float, float, float]] = []
        for name, keys in KEYS.items():
            taken = [pair for pair in map(screen.press, keys) if pair[0]]
            if not taken:
                continue
            every += taken
            report(name, taken)
        report("all keys", every)
        screen.quit()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
