"""Random stacks of layers against the plainest model of OCI image-spec layer.md, which looks at all paths each time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from builders import scan_of
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.demo.archive import Member, directory, hardlink, opaque, symlink, whiteout
from inspector.filesystem.ledger import Fate
from inspector.filesystem.path_history import Deed, histories
from inspector.filesystem.stack import VISIBLE, Filesystem, stack_layers
from inspector.layers.entries import Entries, Entry, Kind
from inspector.line import inspect_image


@dataclass
class Model:
    """Layers applied to a dictionary, path → the number of its entry; folders that only follow from paths have none."""

    entries: list[Entry] = field(default_factory=list)
    layer_of: list[int] = field(default_factory=list)
    tree: dict[str, int] = field(default_factory=dict)
    file_of: dict[int, int] = field(default_factory=dict)  # hardlink → whose bytes it shares
    fates: dict[int, Fate] = field(default_factory=dict)
    hiders: dict[int, int] = field(default_factory=dict)
    leavers: dict[int, int] = field(default_factory=dict)
    seen: list[set[int]] = field(default_factory=list)  # after each layer
    counts: list[tuple[int, int, int] | None] = field(default_factory=list)  # added, modified, deleted
    layer: int = 0

    def apply(self, layer: list[Entry]) -> None:
        before = dict(self.tree)
        first = len(self.entries)
        self.layer = len(self.seen)
        self.entries += layer
        self.layer_of += [self.layer] * len(layer)
        for entry in layer:
            if entry.kind is Kind.OPAQUE:
                self.hide_below(entry.path)
        for entry in layer:
            if entry.kind is Kind.WHITEOUT:
                self.hide_below(entry.path)
                self.hide(entry.path, Fate.DELETED)
        kept = set(self.tree)
        for number, entry in enumerate(layer, first):
            if entry.kind not in (Kind.OPAQUE, Kind.WHITEOUT):
                self.put(number, entry)
        self.seen.append(set(self.tree.values()))
        self.counts.append(self.count(before, kept, first))

    def count(self, before: dict[str, int], kept: set[str], first: int) -> tuple[int, int, int] | None:
        """What the layer whose entries begin at `first` did to the paths `before`, of which its markers `kept` some.

        None for a layer that contradicts itself: it has entries that it hides.
        """
        new = {path: number for path, number in self.tree.items() if number >= first}
        members = [e for e in self.entries[first:] if e.kind not in (Kind.OPAQUE, Kind.WHITEOUT)]
        if len(new) < len(members):
            return None
        restated = [path for path in new if path in kept and self.same_folder(before[path], new[path])]
        modified = len(new.keys() & before.keys()) - len(restated)
        return len(new.keys() - before.keys()), modified, sum(not self.exists(path) for path in before)

    def same_folder(self, old: int, new: int) -> bool:
        one, other = self.entries[old], self.entries[new]
        return one.kind is other.kind is Kind.DIRECTORY and one[3:6] == other[3:6]  # mode, owner, group

    def exists(self, path: str) -> bool:
        return path in self.tree or any(other.startswith(f"{path}/") for other in self.tree)

    def put(self, number: int, entry: Entry) -> None:
        for path in parents(entry.path):
            if path in self.tree and self.entries[self.tree[path]].kind is not Kind.DIRECTORY:
                self.hide(path, Fate.OVERWRITTEN)
        if entry.kind is Kind.HARDLINK:
            target = self.tree.get(entry.link)
            if target is not None and self.entries[target].kind is not Kind.DIRECTORY:
                self.file_of[number] = self.file_of.get(target, target)
        old = self.tree.get(entry.path)
        self.tree[entry.path] = number
        if entry.kind is not Kind.DIRECTORY:
            self.hide_below(entry.path)
        if old is not None:
            self.leave(old, self.replaced(old, number))

    def replaced(self, old: int, new: int) -> Fate:
        if self.entries[old].kind is Kind.DIRECTORY and self.entries[new].kind is not Kind.DIRECTORY:
            return Fate.DELETED_TREE
        one, other = (self.entries[self.file_of.get(number, number)] for number in (old, new))
        same = one.kind is other.kind is Kind.FILE and (one.size, one.content) == (other.size, other.content)
        return Fate.RECOPIED if same else Fate.OVERWRITTEN

    def hide_below(self, path: str) -> None:
        for other in list(self.tree):
            if other and (not path or other.startswith(f"{path}/")):
                self.hide(other, Fate.DELETED_TREE)

    def hide(self, path: str, fate: Fate) -> None:
        if path in self.tree:
            number = self.tree.pop(path)
            folder = self.entries[number].kind is Kind.DIRECTORY
            self.leave(number, Fate.DELETED_TREE if folder else fate)

    def leave(self, number: int, fate: Fate) -> None:
        self.leavers[number] = self.layer
        file = self.file_of.get(number, number)
        shared = any(self.file_of.get(other, other) == file for other in self.tree.values())
        for hidden in {number, file} if not shared else {number} - {file}:
            self.fates[hidden], self.hiders[hidden] = fate, self.layer


def parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def model_of(layers: list[Entries]) -> Model:
    model = Model()
    for layer in layers:
        model.apply(list(layer))
    return model


def assert_equal(filesystem: Filesystem, model: Model) -> None:
    """The same tree, the same view after each layer, the same books."""
    numbers = range(len(model.entries))
    assert [filesystem.entry(number) for number in numbers] == model.entries
    assert set(filesystem.visible()) == set(model.tree.values())
    assert [set(filesystem.visible(layer)) for layer in range(len(model.seen))] == model.seen
    assert list(filesystem.leavers) == [model.leavers.get(number, VISIBLE) for number in numbers]
    assert list(filesystem.hiders) == [model.hiders.get(number, VISIBLE) for number in numbers]
    assert list(filesystem.fates) == [model.fates.get(number, Fate.LIVE) for number in numbers]
    assert filesystem.shares == model.file_of
    for totals, counts in zip(filesystem.totals, model.counts, strict=True):
        assert counts is None or (totals.added, totals.modified, totals.deleted) == counts
    final = {}
    for path, number in model.tree.items():
        file = model.entries[model.file_of.get(number, number)]
        final[path] = model.entries[number]._replace(size=file.size, content=file.content)
    assert dict(filesystem.final()) == final


def assert_conserved(filesystem: Filesystem, layers: list[Entries]) -> None:
    """Every byte has one fate; every hidden byte has one who added it and one who, not earlier, hid it."""
    ledger = filesystem.ledger
    fates: Counter[int] = Counter()
    hides: dict[int, Counter[int]] = defaultdict(Counter)
    for number in range(len(filesystem)):
        size, fate, hider = filesystem.entry(number).size, filesystem.fates[number], filesystem.hiders[number]
        fates[fate] += size
        assert (fate == Fate.LIVE) == (hider == VISIBLE)
        if size and fate != Fate.LIVE:
            adder = filesystem.locate(number)[0]
            assert hider >= adder
            hides[hider][adder] += size
    books = (ledger.live_bytes, ledger.overwritten_bytes, ledger.recopied_bytes, ledger.deleted_bytes)
    assert (*books, ledger.deleted_tree_bytes) == tuple(fates[fate] for fate in Fate)
    assert ledger.total_bytes == sum(sum(layer.sizes) for layer in layers)
    assert [totals.size_bytes for totals in filesystem.totals] == [sum(layer.sizes) for layer in layers]
    assert sum(totals.live_bytes for totals in filesystem.totals) == ledger.live_bytes
    assert sum(totals.hidden_bytes for totals in filesystem.totals) == ledger.hidden_bytes
    assert [totals.hides for totals in filesystem.totals] == [hides[layer] for layer in range(len(layers))]


paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
files = st.builds(Member, paths, st.sampled_from([b"", b"x", b"y", b"zz" * 50]))
members = st.one_of(
    files,
    files,
    st.builds(directory, paths, mode=st.sampled_from([0o755, 0o700])),
    st.builds(symlink, paths, paths),
    st.builds(hardlink, paths, paths),
    st.builds(whiteout, paths),
    st.builds(opaque, st.one_of(paths, st.just(""))),
)
stacks = st.lists(st.lists(members, max_size=10), max_size=5)


@settings(max_examples=500, deadline=None)
@given(stacks)
def test_a_random_stack_has_the_tree_and_the_books_of_the_model(stack: list[list[Member]]) -> None:
    layers = [scan_of(layer).entries for layer in stack]
    filesystem = stack_layers(layers)
    assert_equal(filesystem, model_of(layers))
    assert_conserved(filesystem, layers)


@settings(max_examples=300, deadline=None)
@given(stacks)
def test_the_history_of_a_path_says_after_each_layer_whether_it_is_there(stack: list[list[Member]]) -> None:
    filesystem = stack_layers([scan_of(layer).entries for layer in stack])
    every = {path for layer in filesystem.layers for path in layer.paths} | {"a/b", "c"}
    told = histories(filesystem, every)
    for layer in range(len(stack)):
        seen = {filesystem.entry(entry_id).path for entry_id in filesystem.visible(layer)}
        there = {"", *seen, *(folder for path in seen for folder in parents(path))} if seen else set()
        last = {path: [event for event in events if event.layer <= layer][-1:] for path, events in told.items()}
        gone = (Deed.DELETED, Deed.DELETED_TREE)
        assert {path for path, events in last.items() if events and events[0].deed not in gone} == every & there


@pytest.mark.parametrize(
    "name",
    [
        "docker-archive/dive-test-docker-image.tar",
        "docker-archive/dive-test-kaniko-image.tar",
        "docker-archive/dockle-symbolic.tar",
        "layers/whiteout_dir.tar",
        "layers/overwritten_file.tar",
    ],
)
def test_a_real_image_has_the_tree_and_the_books_of_the_model(images: Path, name: str) -> None:
    layers = [scan.entries for scan in inspect_image(f"docker-archive:{images}/{name}").scans]
    filesystem = stack_layers(layers)
    assert_equal(filesystem, model_of(layers))
    assert_conserved(filesystem, layers)
