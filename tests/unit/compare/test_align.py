"""Layers beside each other: by what they are, then by what their instructions say."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.compare.align import LayerPair
from inspector.compare.comparison import compare
from inspector.compare.side import Status
from inspector.demo.archive import Step
from tests.builders import file

from .sides import compared, run, side


def picture(rows: Sequence[LayerPair]) -> list[tuple[str, int | None, int | None, int]]:
    return [
        (row.status.value, row.a.index if row.a else None, row.b.index if row.b else None, row.delta_bytes)
        for row in rows
    ]


def numbered(count: int) -> list[Step]:
    return [run(f"make target{number}", file(f"f{number}", 100 + number)) for number in range(count)]


def test_an_image_beside_itself_is_the_same_throughout():
    rows = compared(numbered(3), numbered(3)).rows
    assert picture(rows) == [("same", 0, 0, 0), ("same", 1, 1, 0), ("same", 2, 2, 0)]


def test_a_layer_inserted_in_the_middle_of_thirty_is_one_row():
    before = numbered(30)
    after = [*before[:15], run("apt-get install g++", file("g++", 5_000)), *before[15:]]
    rows = compared(before, after).rows
    assert [row.status for row in rows].count(Status.SAME) == 30
    assert picture(rows)[15] == ("added", None, 15, 5_000)
    assert len(rows) == 31


def test_thirty_rebuilt_layers_and_an_inserted_one_are_thirty_changed_and_one_added():
    before = numbered(30)
    rebuilt = [run(f"make target{number}", file(f"f{number}", 200 + number)) for number in range(30)]
    after = [*rebuilt[:7], run("apt-get install g++", file("g++", 5_000)), *rebuilt[7:]]
    rows = compared(before, after).rows
    assert [row.status for row in rows].count(Status.CHANGED) == 30
    assert [row for row in picture(rows) if row[0] == "added"] == [("added", None, 7, 5_000)]


def test_a_removed_layer_is_one_row():
    before = numbered(5)
    rows = compared(before, before[:2] + before[3:]).rows
    assert picture(rows)[2] == ("removed", 2, None, -102)
    assert [row.status for row in rows].count(Status.SAME) == 4


def test_an_instruction_with_another_package_is_the_same_instruction_changed():
    before = [run("apt-get update && apt-get install -y g++", file("g++", 100))]
    after = [run("apt-get update && apt-get install -y g++ make", file("g++", 100), file("make", 20))]
    assert picture(compared(before, after).rows) == [("changed", 0, 0, 20)]


def test_instructions_that_have_little_in_common_are_not_aligned():
    before = [run("npm ci", file("a"))]
    after = [run("pip install flask", file("b", 3))]
    assert picture(compared(before, after).rows) == [("removed", 0, None, -1), ("added", None, 0, 3)]


def test_verbs_must_be_the_same():
    before = [Step("COPY app /app # buildkit", run("x", file("app/a")).layer)]
    after = [Step("RUN /bin/sh -c app /app # buildkit", run("x", file("app/b")).layer)]
    assert [row.status for row in compared(before, after).rows] == [Status.REMOVED, Status.ADDED]


def test_checksums_of_the_classic_builder_do_not_keep_copies_apart():
    one, other = (
        Step(f"/bin/sh -c #(nop) COPY file:{digit * 64} in /app ", run("x", file("app", size)).layer)
        for digit, size in (("a", 5), ("b", 7))
    )
    assert picture(compared([one], [other]).rows) == [("changed", 0, 0, 2)]


def test_a_shared_layer_wins_over_a_text_that_is_alike():
    shared = file("lib", 1_000)
    before = [run("make install", shared)]
    after = [run("make install", file("other", 10)), run("make lib", shared)]
    assert picture(compared(before, after).rows) == [("added", None, 0, 10), ("same", 0, 1, 0)]


def test_two_bases_are_one_row_and_the_rest_is_aligned_nonetheless():
    app = Step("COPY app /app # buildkit", run("x", file("app", 9)).layer)
    debian, alpine = (
        [Step(f"ADD {name}-rootfs.tar.xz / # buildkit", run("x", file("os", size)).layer)]
        for name, size in (("debian", 700), ("alpine", 50))
    )
    rows = compared([*debian, app], [*alpine, app]).rows
    assert [(row.status, row.delta_bytes) for row in rows if row.a and row.a.index == 1] == [(Status.SAME, 0)]
    assert sum(row.delta_bytes for row in rows) == -650


def test_all_of_an_image_is_new_beside_one_without_layers():
    comparison = compare(side([]), side(numbered(2)))
    assert picture(comparison.rows) == [("added", None, 0, 100), ("added", None, 1, 101)]
    assert comparison.delta.size_bytes == 201
