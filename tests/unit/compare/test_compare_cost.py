"""100,000 files on both sides: time that grows with the files, and memory for one dictionary of each side."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterable

from msgspec.structs import replace

from inspector.compare.align import align
from inspector.compare.files import compare_files
from inspector.compare.side import Side, Status
from inspector.demo.archive import Member
from inspector.filesystem.stack import stack_layers
from inspector.layers.entries import Entries, Kind

from .sides import of_layers, run, side

FILES = 100_000

SECONDS = 20.0
"""Of the CPU. Half a second is usual, two while memory is traced; a quadratic comparison would take minutes."""

BYTES_PER_FILE = 600
"""Beyond the images themselves, for the dictionaries of both sides and the change that each file is; 370 are usual."""


EMPTY = side([run("x")])


def of_files(paths: Iterable[str], fill: int) -> Side:
    """An image of one layer whose files have nine contents, made without a tar: writing one takes longer than all."""
    entries = Entries.empty()
    for number, path in enumerate(paths):
        entries.paths.append(path)
        entries.kinds.append(Kind.FILE)
        for column, value in ((entries.sizes, 2), (entries.modes, 0o644), (entries.contents, fill + number % 9)):
            column.append(value)
        for column in (entries.uids, entries.gids, entries.mtimes):
            column.append(0)
    layer = replace(EMPTY.layers[0], diff_id=f"sha256:{fill}", size_bytes=2 * len(entries))
    return replace(EMPTY, layers=(layer,), filesystem=stack_layers([entries]))


def many(fill: int) -> Side:
    return of_files((f"usr/lib/{number % 500}/{number}" for number in range(FILES)), fill)


def test_a_hundred_thousand_files_of_which_all_differ():
    one, other = many(0), many(9)
    rows = align(one.layers, other.layers)
    tracemalloc.start()
    started = time.process_time()
    files = compare_files(one, other, rows)
    seconds = time.process_time() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert files is not None
    assert files.count(Status.CHANGED) == FILES
    assert seconds < SECONDS
    assert peak < FILES * BYTES_PER_FILE


def test_a_hundred_thousand_files_that_moved_and_have_nine_contents():
    one, other = (of_files((f"{folder}/{number}" for number in range(FILES)), 0) for folder in "ab")
    other = replace(other, layers=(replace(other.layers[0], diff_id="sha256:other"),))
    started = time.process_time()
    files = compare_files(one, other, align(one.layers, other.layers))
    assert time.process_time() - started < SECONDS
    assert files is not None
    assert files.count(Status.MOVED) == FILES


def test_two_hundred_layers_that_all_differ():
    one, other = (side(of_layers([[Member(f"{fill}{n}", fill.encode())] for n in range(200)])) for fill in "ab")
    started = time.process_time()
    rows = align(one.layers, other.layers)
    assert time.process_time() - started < SECONDS
    assert [row.status for row in rows] == [Status.CHANGED] * 200
