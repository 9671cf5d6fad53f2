"""The cache's folder: whole files or none, private, capped, shared by processes; and never a reason to fail."""

from __future__ import annotations

import multiprocessing
import os
import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector.layers.cache.store import Store, Usage

ROOM = 1 << 20
posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions and limits")


def name(number: int) -> str:
    return f"sha256-{number:064x}.scan1"


def noise(seed: int, size: int = 1000) -> bytes:
    """Bytes that do not compress, the same for the same seed."""
    return random.Random(seed).randbytes(size)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache", ROOM)


def test_a_payload_comes_back_as_it_was_put(store: Store) -> None:
    for payload in (b"", b"layer", bytes(5_000_000), noise(1, 300_000)):
        store.put(name(1), payload)
        assert store.get(name(1)) == payload


def test_what_was_never_put_is_not_there(store: Store) -> None:
    assert store.get(name(1)) is None
    assert store.usage() == Usage(0, 0)


def test_another_store_of_the_same_folder_has_it_too(store: Store) -> None:
    store.put(name(1), b"layer")
    assert Store(store.folder, ROOM).get(name(1)) == b"layer"


@posix
def test_only_the_owner_may_read(store: Store) -> None:
    store.put(name(1), b"layer")
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((store.folder / name(1)).stat().st_mode) == 0o600


def test_no_unfinished_file_is_left(store: Store) -> None:
    for number in range(3):
        store.put(name(number), b"layer")
    assert sorted(path.name for path in store.folder.iterdir()) == [name(0), name(1), name(2)]


@pytest.mark.parametrize("position", [0, 25, 40, -1], ids=["magic", "checksum", "body", "end"])
def test_a_flipped_bit_is_noticed_and_the_file_replaced(store: Store, position: int) -> None:
    store.put(name(1), noise(1))
    file = store.folder / name(1)
    data = bytearray(file.read_bytes())
    data[position] ^= 1
    file.write_bytes(data)
    assert store.get(name(1)) is None
    store.put(name(1), b"again")
    assert store.get(name(1)) == b"again"


@pytest.mark.parametrize("length", [0, 1, 19, 20, 35, 36, 500])
def test_a_truncated_file_is_as_good_as_none(store: Store, length: int) -> None:
    store.put(name(1), noise(1))
    file = store.folder / name(1)
    file.write_bytes(file.read_bytes()[:length])
    assert store.get(name(1)) is None


def test_a_foreign_file_under_our_name_is_as_good_as_none(store: Store) -> None:
    store.put(name(1), b"layer")
    (store.folder / name(1)).write_bytes(b"#!/bin/sh\necho hello\n" * 10)
    assert store.get(name(1)) is None


def test_a_name_that_could_leave_the_folder_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match=r"\.\./\.\./etc/passwd is no name"):
        store.put("../../etc/passwd", b"layer")
    assert store.usage() == Usage(0, 0)


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    size = sealed_size(tmp_path)
    store = Store(tmp_path / "cache", 3 * size)
    for number in range(3):
        store.put(name(number), noise(number))
        os.utime(store.folder / name(number), (number, number))
    assert store.get(name(0)) == noise(0)  # used just now
    store.put(name(3), noise(3))
    assert [store.get(name(number)) is not None for number in range(4)] == [True, False, True, True]
    assert store.usage() == Usage(3, 3 * size)


def test_the_cap_holds_for_what_others_left_there(tmp_path: Path) -> None:
    size = sealed_size(tmp_path)
    for number in range(5):
        Store(tmp_path / "cache", ROOM).put(name(number), noise(number))
        os.utime(tmp_path / "cache" / name(number), (number, number))
    smaller = Store(tmp_path / "cache", 2 * size)
    smaller.put(name(9), noise(9))
    assert smaller.usage() == Usage(2, 2 * size)
    assert smaller.get(name(4)) == noise(4)


def test_what_is_larger_than_the_cap_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache", 500)
    store.put(name(1), noise(1))
    assert store.get(name(1)) is None


def test_other_files_in_the_folder_are_neither_counted_nor_removed(store: Store) -> None:
    store.put(name(1), b"layer")
    (store.folder / "thesis.txt").write_text("years of work")
    assert store.usage().files == 1
    assert store.clear().files == 1
    assert [path.name for path in store.folder.iterdir()] == ["thesis.txt"]


def test_what_a_killed_process_left_unfinished_is_counted_and_cleared(store: Store) -> None:
    store.put(name(1), b"layer")
    (store.folder / f"{name(2)}.ab_12xyz.tmp").write_bytes(bytes(1000))
    before = store.usage()
    assert before.files == 2
    assert store.clear() == before
    assert store.usage() == Usage(0, 0)


def test_clearing_nothing_is_fine(store: Store) -> None:
    assert store.clear() == Usage(0, 0)


def test_a_file_where_the_folder_should_be_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    store = Store(tmp_path / "cache", ROOM)
    store.put(name(1), b"layer")
    assert store.get(name(1)) is None
    assert store.usage() == store.clear() == Usage(0, 0)


@posix
def test_a_write_that_fails_half_way_keeps_what_was_there(store: Store) -> None:
    store.put(name(1), b"before")
    with file_size_limit(1000):
        store.put(name(1), noise(1, 50_000))
    assert store.get(name(1)) == b"before"
    assert [path.name for path in store.folder.iterdir()] == [name(1)]


def test_processes_that_write_and_read_at_once_see_whole_payloads(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        wrong = pool.map(write_and_read, [(str(tmp_path / "cache"), seed) for seed in range(4)])
    assert wrong == [0, 0, 0, 0]
    assert Store(tmp_path / "cache", ROOM).usage().files == 5


def write_and_read(task: tuple[str, int]) -> int:
    """How many payloads were torn. All processes write the same five names, each its own payloads."""
    folder, seed = task
    store = Store(Path(folder), ROOM)
    whole = {bytes([writer]) * 20_000 for writer in range(4)}
    torn = 0
    for turn in range(200):
        store.put(name(turn % 5), bytes([seed]) * 20_000)
        payload = store.get(name((turn + 1) % 5))
        torn += payload is not None and payload not in whole
    return torn


def sealed_size(folder: Path) -> int:
    """Bytes on disk of a file with 1000 bytes of noise."""
    store = Store(folder / "measure", ROOM)
    store.put(name(0), noise(0))
    return store.usage().bytes


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: writing more fails as on a full disk."""
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
