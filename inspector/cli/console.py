"""stdout, stderr and exit codes: the one place that decides what a process says when it ends.

Exit codes: 0 fine, 1 the gate failed, 2 the input or the environment is wrong, 130 interrupted. A reader that closes
the pipe early got what it wanted: no message, 0.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from inspector.cli.meant import answer
from inspector.errors import Cancelled, InspectorError
from inspector.safe_names import printable

if TYPE_CHECKING:
    from inspector.reports.colour import Paint

FINE = 0
FAILED = 1
WRONG = 2
INTERRUPTED = 130

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What writing fails with when there is no room left."""

OUTPUT_HINT = "check where the output leads to"

DEFAULT_WIDTH = 120
"""Columns of the text report where the output is no terminal."""

ASCII = str.maketrans({"█": "#", "▓": "%", "·": "-", "…": "~", "→": ">", "−": "-", "↑": "^", "↓": "v"})
"""What to print where the output's encoding has no such characters."""


def exit_with(command: Callable[[], int], *, debug: bool) -> NoReturn:
    """Run the command and end the process with the exit code it deserves.

    It ends at once: to take down all values of a large image takes a tenth of a second in which nothing happens.
    """
    code = _code(command, debug=debug)
    # interrupted, a thread may still write to a reader that takes no more: to flush would be to wait for it
    for stream in (sys.stderr,) if code == INTERRUPTED else (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # closed by whoever read it, or full and told already
            stream.flush()
    os._exit(code)


def text_width() -> int:
    """Columns for a text report: those of the terminal, or what COLUMNS says."""
    return shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns


def paint() -> Paint:
    """How text on stdout gets colour: on a terminal that has some, unless NO_COLOR (no-color.org) says not to."""
    from inspector.reports.colour import ansi, plain

    environment = os.environ
    if not sys.stdout.isatty() or environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return plain
    understood = os.name != "nt" or "WT_SESSION" in environment or "TERM" in environment
    return ansi if understood else plain


def write_out(text: str) -> None:
    """Data to stdout, whatever its encoding can show."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data = text.translate(ASCII).encode(encoding, "backslashreplace")
    write_bytes_out(data)


def write_bytes_out(data: bytes | memoryview) -> None:
    """Data to stdout as it stands."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def warn(message: str) -> None:
    """One line to stderr about what is not as the user thinks; the work goes on."""
    _say(f"note: {message}")


def _code(command: Callable[[], int], *, debug: bool) -> int:
    try:
        code = command()
        sys.stdout.flush()
        return code
    except (Cancelled, KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return INTERRUPTED
    except InspectorError as error:
        if debug:
            traceback.print_exc()
        _say(f"error: {error.message}", error.hint)
    except click.ClickException as error:
        told = answer(error)
        _say(f"error: {told.message}", told.hint)
    except BrokenPipeError:
        return FINE
    except Exception as error:
        if debug:
            traceback.print_exc()
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            _say(f"error: cannot write: {os.strerror(error.errno).lower()}", OUTPUT_HINT)
        else:
            _say(
                f"error: unexpected {type(error).__name__}: {error}",
                "run again with --debug and report what it prints",
            )
    return WRONG


def _say(message: str, hint: str = "") -> None:
    """One line and perhaps a hint; names from an image or an engine's words in them cannot command the terminal."""
    lines = [f"leaninspect: {message}", *([f"  hint: {hint}"] if hint else [])]
    sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))
