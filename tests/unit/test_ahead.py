"""Chunks made ahead by a second thread: the same chunks and errors, never many at once, and no thread left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from inspector.errors import BadLayer, Cancelled
from inspector.layers.read_ahead import DEPTH, made_ahead


def numbered(count: int) -> Iterator[bytes]:
    return (b"%d" % number for number in range(count))


def makers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "ahead"]


def test_the_chunks_come_in_order() -> None:
    with made_ahead(numbered(1000)) as chunks:
        assert list(chunks) == list(numbered(1000))
    assert makers() == []


def test_no_chunks_are_no_chunks() -> None:
    with made_ahead(iter(())) as chunks:
        assert list(chunks) == []


def test_an_error_comes_where_its_chunk_would_have() -> None:
    def damaged() -> Iterator[bytes]:
        yield b"good"
        raise BadLayer("corrupt")

    taken = []
    with pytest.raises(BadLayer, match="corrupt"), made_ahead(damaged()) as chunks:
        taken.extend(chunks)
    assert taken == [b"good"]
    assert makers() == []


def test_only_a_few_chunks_wait() -> None:
    made = 0

    def counted() -> Iterator[bytes]:
        nonlocal made
        for chunk in numbered(1000):
            made += 1
            yield chunk

    with made_ahead(counted()) as chunks:
        for taken in range(1, 100):
            next(chunks)
            time.sleep(0.0005)
            assert made <= taken + DEPTH + 1


def test_whoever_leaves_early_may_go_on_with_the_chunks() -> None:
    source = numbered(1000)
    with made_ahead(source) as chunks:
        assert next(chunks) == b"0"
    assert makers() == []
    assert int(next(source)) <= DEPTH + 3


def test_leaving_with_an_error_ends_the_thread_too() -> None:
    with pytest.raises(KeyError), made_ahead(numbered(1000)):
        raise KeyError
    assert makers() == []


@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
def test_who_asks_to_stop_does_not_wait_for_a_silent_stream(stop: type[BaseException]) -> None:
    silence = threading.Event()

    def silent() -> Iterator[bytes]:
        yield b"first"
        silence.wait()
        yield b"second"

    try:
        with pytest.raises(stop), made_ahead(silent()) as chunks:
            assert next(chunks) == b"first"
            raise stop
        assert makers() == ["ahead"]
    finally:
        silence.set()
        for thread in threading.enumerate():
            if thread.name == "ahead":
                thread.join()
