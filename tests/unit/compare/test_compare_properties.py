"""Whatever two images are: the differences of the parts add up to the whole, exactly, and the files are right."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.compare.align import align
from inspector.compare.comparison import Comparison
from inspector.compare.side import Side, Status
from inspector.demo.archive import Step, directory, hardlink, opaque, symlink, whiteout
from inspector.layers.entries import Entry, Kind
from tests.builders import file

from .sides import compared, run

PATHS = ["a", "b", "d/a", "d/b", "d/e/a", "d/e/b"]

members = st.one_of(
    st.builds(file, st.sampled_from(PATHS), st.integers(0, 5), st.sampled_from("xy"), st.sampled_from([0o644, 0o600])),
    st.builds(hardlink, st.sampled_from(PATHS), st.sampled_from(PATHS)),
    st.builds(symlink, st.sampled_from(PATHS), st.sampled_from(PATHS)),
    st.builds(directory, st.sampled_from(["d", "d/e", "a"]), mode=st.sampled_from([0o755, 0o700])),
    st.builds(whiteout, st.sampled_from([*PATHS, "d", "d/e"])),
    st.builds(opaque, st.sampled_from(["d", "d/e"])),
)
layers = st.lists(members, max_size=6, unique_by=lambda member: member.path)
commands = st.sampled_from(["make one", "make two", "make two again", "apt-get install g++", ""])
steps = st.lists(st.builds(lambda text, layer: run(text, *layer), commands, layers), max_size=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Step], list[Step]]:
    """Two images that have steps in common, at the bottom and elsewhere."""
    shared = draw(steps)
    a, b = draw(steps), draw(steps)
    cut = draw(st.integers(0, len(shared)))
    return [*shared[:cut], *a, *shared[cut:]], [*shared[:cut], *b, *shared[cut:]]


def parts_of(comparison: Comparison) -> None:
    delta = comparison.delta
    assert comparison.files is not None
    assert sum(row.delta_bytes for row in comparison.rows) == delta.size_bytes
    assert sum(change.delta_bytes for change in comparison.files.changes) == delta.live_bytes
    assert delta.live_bytes + delta.hidden_bytes == delta.size_bytes
    assert sum(change.delta_bytes for change in comparison.packages) + delta.unpackaged_bytes == delta.live_bytes
    cost = comparison.cost
    assert cost.storage_bytes <= comparison.a.size_bytes + comparison.b.size_bytes


@given(pairs())
@settings(max_examples=120, deadline=None)
def test_the_whole_is_the_sum_of_its_parts(images: tuple[list[Step], list[Step]]):
    comparison = compared(*images)
    parts_of(comparison)
    back = compared(*reversed(images))
    parts_of(back)
    assert back.delta.size_bytes == -comparison.delta.size_bytes


@given(pairs())
@settings(max_examples=120, deadline=None)
def test_every_layer_is_in_one_row_and_in_order(images: tuple[list[Step], list[Step]]):
    comparison = compared(*images)
    for which, side in (("a", comparison.a), ("b", comparison.b)):
        indexes = [layer.index for row in comparison.rows if (layer := getattr(row, which)) is not None]
        assert indexes == list(range(len(side.layers)))
    for row in comparison.rows:
        if row.status is Status.SAME:
            assert row.a is not None
            assert row.b is not None
            assert row.a.diff_id == row.b.diff_id
    assert align(comparison.a.layers, comparison.a.layers) == tuple(
        row for row in align(comparison.a.layers, comparison.a.layers) if row.status is Status.SAME
    )


@given(pairs())
@settings(max_examples=120, deadline=None)
def test_the_files_are_those_of_a_plain_comparison_of_two_trees(images: tuple[list[Step], list[Step]]):
    comparison = compared(*images)
    assert comparison.files is not None
    one, other = (seen(side) for side in (comparison.a, comparison.b))
    moved = {change.a_path for change in comparison.files.changes if change.status is Status.MOVED}
    by_status = {
        status: {change.path for change in comparison.files.changes if change.status is status} for status in Status
    }
    assert by_status[Status.ADDED] | by_status[Status.MOVED] == other.keys() - one.keys()
    assert by_status[Status.REMOVED] | moved == one.keys() - other.keys()
    linked = {change.path for change in comparison.files.changes if change.aspects == ("links",)}
    differ = {path for path in one.keys() & other.keys() if one[path] != other[path]}
    assert by_status[Status.CHANGED] - linked == differ


def seen(side: Side) -> dict[str, tuple[object, ...]]:
    """Path → what a comparison is about; a hardlink is its file."""
    filesystem = side.filesystem
    assert filesystem is not None
    tree = {}
    for entry_id in filesystem.visible():
        path = filesystem.entry(entry_id).path
        entry: Entry = filesystem.entry(filesystem.shares.get(entry_id, entry_id))
        kind = Kind.FILE if entry.kind is Kind.HARDLINK else entry.kind
        target = entry.link if kind is Kind.SYMLINK else ""
        tree[path] = (kind, entry.size, entry.content, entry.mode, entry.uid, entry.gid, target)
    return tree
