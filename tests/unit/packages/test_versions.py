"""Debian's order of versions, as dpkg itself has it."""

from __future__ import annotations

import shutil
import subprocess
from itertools import product

import pytest

from inspector.packages.versions import compare, satisfies

OLDEST_FIRST = (
    *("1.0~~", "1.0~~a", "1.0~", "1.0~rc1", "1.0-0~1", "1.0", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1", "1.0-1+deb12u1"),
    *("1.0-2", "1.0-10", "1.0a", "1.0+dfsg-1", "1.0.1", "1.9", "1.10", "1:0.1", "1:1.0", "2:0"),
)


def test_versions_are_in_order() -> None:
    for (i, one), (j, other) in product(enumerate(OLDEST_FIRST), repeat=2):
        assert (compare(one, other) > 0) - (compare(one, other) < 0) == (i > j) - (i < j), (one, other)


@pytest.mark.parametrize(("one", "other"), [("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.01", "1.1"), ("1.0", "1.00")])
def test_some_differences_are_none(one: str, other: str) -> None:
    assert compare(one, other) == 0


def test_an_epoch_is_written_in_plain_digits() -> None:
    assert compare("\u00b2:1", "1:1") < 0
    assert compare("\u0662:1", "1:1") < 0


def test_numbers_of_thousands_of_digits_are_compared_as_numbers() -> None:
    nines, zeros = "9" * 5000, "0" * 5000
    assert compare(f"1.{nines}", f"1.1{zeros}") < 0
    assert compare(f"1.{zeros}1", "1.1") == 0
    assert compare(f"{nines}:1", f"1{zeros}:0") < 0


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is missing")
@pytest.mark.parametrize("operator", ["<<", "<=", "=", ">=", ">>"])
def test_relations_hold_as_dpkg_says(operator: str) -> None:
    for one, other in list(product(OLDEST_FIRST, repeat=2))[::7]:
        says = subprocess.run(["dpkg", "--compare-versions", one, operator, other], check=False).returncode == 0
        assert satisfies(one, operator, other) == says, (one, operator, other)
