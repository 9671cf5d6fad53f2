"""Counts and shares as people read them."""

from __future__ import annotations

import pytest

from inspector.sizes import counted, percentage


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12_345, "12 345 files"), (10**6, "1 000 000 files")],
)
def test_one_is_not_several(count: int, told: str):
    assert counted(count, "file") == told


@pytest.mark.parametrize(
    ("share", "told"), [(0, "0%"), (0.36, "36%"), (0.994, "99%"), (0.997, "99.7%"), (0.99999, "99.9%"), (1, "100%")]
)
def test_nearly_all_is_not_all(share: float, told: str):
    assert percentage(share) == told
