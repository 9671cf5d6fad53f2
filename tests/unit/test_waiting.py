"""What somebody waits for, in words."""

from __future__ import annotations

import pytest

from inspector.sources.protocol import Progress, Stage
from inspector.waiting import Waiting, describe, lasting

HALF = Progress(bytes_read=364_000_000, bytes_total=728_000_000, layers_done=1, layers_total=6)


class Clock:
    """Shows the time that it is set to, in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_stage_is_told_with_the_time_since_the_beginning_until_bytes_come_in():
    clock = Clock()
    waiting = Waiting(clock)
    waiting.take(Stage("asking Docker Engine for app:1"))
    assert waiting.text == "0 s · asking Docker Engine for app:1"
    clock.now += 31
    waiting.take(Progress(0, 728_000_000, 0, 6))
    assert waiting.text == "31 s · asking Docker Engine for app:1"
    waiting.take(HALF)
    clock.now += 4
    assert waiting.text == "35 s · 364.0 MB of 728.0 MB · layer 2 of 6 · 91.0 MB/s · 4 s left · nothing for 4 s"
    waiting.take(Stage("accounting for 7 entries"))
    assert waiting.text == "35 s · accounting for 7 entries"


def test_that_nothing_comes_in_any_more_is_told_after_two_seconds():
    clock = Clock()
    waiting = Waiting(clock)
    waiting.take(HALF)
    clock.now += 1.9
    waiting.take(HALF)
    assert "nothing" not in waiting.text
    clock.now += 0.1
    assert waiting.text.endswith(" · nothing for 2 s")
    waiting.take(Progress(364_000_001, 728_000_000, 1, 6))
    assert "nothing" not in waiting.text


def test_the_spinner_turns_with_the_clock_and_not_with_the_news():
    clock = Clock()
    waiting = Waiting(clock)
    seen = []
    for _ in range(11):
        seen.append(waiting.spinner)
        clock.now += 0.1001
    assert "".join(seen) == "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏⠋"


def test_names_in_a_stage_cannot_command_the_terminal():
    waiting = Waiting(Clock())
    waiting.take(Stage("opening \x1b[2J.tar"))
    assert waiting.text == "0 s · opening \\x1b[2J.tar"


@pytest.mark.parametrize(
    ("progress", "seconds", "text"),
    [
        (Progress(0, None, 0, None), 0.0, "0 B"),
        (Progress(5_000, None, 2, None), 0.1, "5.0 kB · 2 layers"),
        (HALF, 4.0, "364.0 MB of 728.0 MB · layer 2 of 6 · 91.0 MB/s · 4 s left"),
        (Progress(900, 800, 6, 6), 1.0, "900 B · layer 6 of 6 · 900 B/s"),
    ],
)
def test_progress_in_words(progress: Progress, seconds: float, text: str):
    assert describe(progress, seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.9, "0 s"), (59.9, "59 s"), (60, "1 min 0 s"), (125, "2 min 5 s")])
def test_times_in_words(seconds: float, text: str):
    assert lasting(seconds) == text
