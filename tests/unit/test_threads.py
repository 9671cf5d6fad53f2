"""Two images are read at once, each in a thread: what both ask for first is safe to ask for at once."""

from __future__ import annotations

import subprocess
import sys

RUNS = 12
"""Fresh processes: where threads had a type described at once, one in three ended by a signal."""

AT_ONCE = """
import sys, threading
from inspector.findings.registry import rules

def ask():
    start.wait()
    rules()

sys.setswitchinterval(1e-6)
start = threading.Barrier(4)
threads = [threading.Thread(target=ask) for _ in range(4)]
for each in threads:
    each.start()
for each in threads:
    each.join()
"""


def test_threads_may_be_the_first_to_ask_for_the_rules_together() -> None:
    for _ in range(RUNS):
        done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
