"""Several images read at once."""

from __future__ import annotations

from threading import Event

import pytest

from inspector.cli.parallel import load_together
from inspector.errors import BadImage, Cancelled
from inspector.sources.protocol import Progress, Watch, ignore_progress


def test_results_come_in_order():
    done = Event()

    def slow(_: Watch) -> str:
        done.wait(10)
        return "first"

    def quick(_: Watch) -> str:
        done.set()
        return "second"

    assert load_together([slow, quick], ignore_progress) == ["first", "second"]


def test_progress_adds_up_and_totals_are_unknown_until_all_are_known():
    told: list[Progress] = []
    first = Event()

    def one(watch: Watch) -> None:
        watch(Progress(10, 100, 0, 2))
        first.set()

    def other(watch: Watch) -> None:
        first.wait(10)
        watch(Progress(5, 50, 1, 3))
        watch(Progress(7, None, 1, 3))

    load_together([one, other], told.append)
    assert told == [Progress(10, None, 0, None), Progress(15, 150, 1, 5), Progress(17, None, 1, 5)]


def test_an_error_stops_the_others_and_does_not_wait_for_them():
    stopped = Event()

    def bad(_: Watch) -> None:
        raise BadImage("no image")

    def endless(watch: Watch) -> None:
        try:
            while True:
                watch(Progress(1, None, 0, None))
        except Cancelled:
            stopped.set()
            raise

    with pytest.raises(BadImage, match="no image"):
        load_together([endless, bad], ignore_progress)
    assert stopped.wait(10)


def test_a_watch_that_cancels_cancels_all():
    def cancel(_: Progress) -> None:
        raise Cancelled

    def endless(watch: Watch) -> None:
        while True:
            watch(Progress(1, None, 0, None))

    with pytest.raises(Cancelled):
        load_together([endless, endless], cancel)
