"""What readers keep of one layer for the next, and that the process keeps none of it."""

from __future__ import annotations

import sys

import pytest

from inspector.filesystem.captured import Lifetime
from inspector.filesystem.stack import VISIBLE
from inspector.packages.history import history
from inspector.packages.manager import Manager
from inspector.packages.managers import MANAGERS
from inspector.packages.memo import Memo

from .inventories import NOWHERE


def test_a_result_is_worked_out_once():
    asked: list[tuple[bytes, str]] = []

    def read(data: bytes, path: str) -> int:
        asked.append((data, path))
        return len(asked)

    memo = Memo()
    assert [memo(read, b"a", "x"), memo(read, b"a", "y"), memo(read, b"a", "x")] == [1, 2, 1]
    assert Memo()(read, b"a", "x") == 3


def test_what_is_raised_is_raised_again():
    memo = Memo()
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            memo(int, "x")


@pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.kind)
def test_no_reader_keeps_anything_for_the_process(manager: Manager):
    module = vars(sys.modules[manager.read.__module__])
    assert [name for name, value in module.items() if hasattr(value, "cache_info")] == []


def test_the_files_of_an_image_go_with_its_history():
    data = bytes(bytearray(b"# stub: rake 13.0 ruby lib\n"))
    before = sys.getrefcount(data)
    read = history([Lifetime("specifications/rake-13.0.gemspec", data, 0, VISIBLE)], 2, NOWHERE)
    assert [found.package.name for found in read.final] == ["rake"]
    del read
    assert sys.getrefcount(data) == before
