"""Counts as people read them."""

from __future__ import annotations

import pytest

from inspector.sizes import counted


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12_345, "12 345 files"), (10**6, "1 000 000 files")],
)
def test_one_is_not_several(count: int, told: str):
    assert counted(count, "file") == told
