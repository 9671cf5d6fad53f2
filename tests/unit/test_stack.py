"""Layers applied (OCI image-spec layer.md): the final tree, the fate of every byte, and who hid it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from builders import file, paths_after, scan_of, stack_of, tree_of

from inspector.demo.archive import Member, directory, hardlink, opaque, symlink, whiteout
from inspector.filesystem.ledger import Fate, Ledger
from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind
from inspector.line import inspect_image

Layer = Sequence[Member]


def fates_of(filesystem: Filesystem, path: str) -> list[Fate]:
    """The fates of the entries at a path, lowest layer first."""
    return [Fate(filesystem.fates[i]) for i in range(len(filesystem)) if filesystem.entry(i).path == path]


def counts_of(filesystem: Filesystem, layer: int) -> tuple[int, int, int]:
    totals = filesystem.totals[layer]
    return totals.added, totals.modified, totals.deleted


class TestFates:
    def test_a_file_nobody_touches_is_live(self) -> None:
        filesystem = stack_of([file("a", 10)], [file("b", 5)])
        assert tree_of(filesystem) == {"a": 10, "b": 5}
        assert filesystem.ledger == Ledger(15, 0, 0, 0, 0)
        assert list(filesystem.hiders) == list(filesystem.leavers) == [VISIBLE, VISIBLE]

    def test_other_content_at_its_path_overwrites_a_file(self) -> None:
        filesystem = stack_of([file("a", 10)], [file("a", 10, "y")])
        assert filesystem.ledger == Ledger(10, 10, 0, 0, 0)
        assert (list(filesystem.hiders), list(filesystem.leavers)) == ([1, VISIBLE], [1, VISIBLE])

    def test_the_same_content_again_is_a_recopy_whatever_the_mode(self) -> None:
        filesystem = stack_of([file("a", 10)], [file("a", 10, mode=0o600)])
        assert filesystem.ledger == Ledger(10, 0, 10, 0, 0)

    def test_its_own_whiteout_deletes_a_file(self) -> None:
        filesystem = stack_of([file("d/a", 10), file("d/b", 3)], [whiteout("d/a")])
        assert (tree_of(filesystem), filesystem.ledger) == ({"d/b": 3}, Ledger(3, 0, 0, 10, 0))

    def test_a_whiteout_of_a_folder_deletes_the_tree_below(self) -> None:
        filesystem = stack_of([directory("d"), file("d/a", 10), file("d/e/f", 5), file("dd", 1)], [whiteout("d")])
        assert (tree_of(filesystem), filesystem.ledger) == ({"dd": 1}, Ledger(1, 0, 0, 0, 15))

    def test_a_file_over_a_folder_deletes_the_tree_below(self) -> None:
        filesystem = stack_of([directory("d"), file("d/e/a", 10)], [file("d", 2)])
        assert (tree_of(filesystem), filesystem.ledger) == ({"d": 2}, Ledger(2, 0, 0, 0, 10))

    def test_a_symlink_over_a_folder_deletes_the_tree_below(self) -> None:
        """As overlay2 shows it: layers are unpacked apart, so nothing is written through the link."""
        filesystem = stack_of([file("lib/a", 10)], [symlink("lib", "usr/lib")], [file("lib/b", 3)])
        assert (tree_of(filesystem), filesystem.ledger) == ({"lib/b": 3}, Ledger(3, 0, 0, 0, 10))

    @pytest.mark.parametrize("over", [[directory("a")], [file("a/b", 0)], [file("a/b/c", 0), directory("a")]])
    def test_a_folder_over_a_file_overwrites_it(self, over: Layer) -> None:
        filesystem = stack_of([file("a", 10)], over)
        assert filesystem.ledger == Ledger(0, 10, 0, 0, 0)
        assert "a" not in {path for path, entry in filesystem.final() if entry.kind is Kind.FILE}

    def test_a_folder_over_a_folder_keeps_what_is_in_it(self) -> None:
        filesystem = stack_of([directory("d"), file("d/a", 10)], [directory("d", mode=0o700)])
        assert filesystem.ledger == Ledger(10, 0, 0, 0, 0)
        assert [(path, entry.mode) for path, entry in filesystem.final()] == [("d/a", 0o644), ("d", 0o700)]

    def test_every_fate_at_once_adds_up_to_the_total(self) -> None:
        filesystem = stack_of(
            [file("live", 1), file("over", 20), file("again", 300), file("gone", 4000), file("tree/f", 50000)],
            [file("over", 600000, "y"), file("again", 300), whiteout("gone"), whiteout("tree")],
        )
        assert filesystem.ledger == Ledger(600301, 20, 300, 4000, 50000)
        assert filesystem.ledger.hidden_bytes == 54320
        assert filesystem.ledger.total_bytes == 654621 == sum(totals.size_bytes for totals in filesystem.totals)
        assert filesystem.ledger.efficiency == 600301 / 654621

    def test_no_layers_and_no_bytes_waste_nothing(self) -> None:
        assert stack_of().ledger == Ledger(0, 0, 0, 0, 0)
        assert stack_of([]).ledger.efficiency == 1.0


class TestMarkers:
    @pytest.mark.parametrize("first", [True, False])
    def test_an_opaque_marker_hides_lower_layers_only_wherever_it_stands(self, first: bool) -> None:
        own = [file("d/new", 5), file("d/e/new", 6)]
        layer = [opaque("d"), *own] if first else [*own, opaque("d")]
        filesystem = stack_of([directory("d"), file("d/old", 10), file("d/e/old", 20)], layer)
        assert tree_of(filesystem) == {"d": 0, "d/new": 5, "d/e/new": 6}
        assert filesystem.ledger == Ledger(11, 0, 0, 0, 30)

    @pytest.mark.parametrize("first", [True, False])
    def test_a_whiteout_and_its_path_in_one_layer_is_a_replacement(self, first: bool) -> None:
        layer = [whiteout("a"), file("a", 5)] if first else [file("a", 5), whiteout("a")]
        filesystem = stack_of([file("a", 10)], layer)
        assert (tree_of(filesystem), filesystem.ledger) == ({"a": 5}, Ledger(5, 0, 0, 10, 0))
        assert counts_of(filesystem, 1) == (0, 1, 0)

    def test_a_whiteout_and_a_folder_of_the_same_name_start_it_afresh(self) -> None:
        filesystem = stack_of([file("d/old", 10)], [file("d/new", 5), whiteout("d")])
        assert (tree_of(filesystem), filesystem.ledger) == ({"d/new": 5}, Ledger(5, 0, 0, 0, 10))

    def test_an_opaque_root_hides_everything_below(self) -> None:
        filesystem = stack_of([directory(""), file("a", 10), file("d/b", 5)], [opaque(""), file("c", 1)])
        assert (tree_of(filesystem), filesystem.ledger) == ({"": 0, "c": 1}, Ledger(1, 0, 0, 0, 15))

    @pytest.mark.parametrize(
        "marker", [whiteout("absent"), whiteout("no/such/path"), whiteout("a/b"), opaque("absent"), opaque("a")]
    )
    def test_a_marker_for_what_is_not_there_does_nothing(self, marker: Member) -> None:
        filesystem = stack_of([file("a", 10)], [marker, file("b", 1)])
        assert (tree_of(filesystem), filesystem.ledger) == ({"a": 10, "b": 1}, Ledger(11, 0, 0, 0, 0))
        assert counts_of(filesystem, 1) == (1, 0, 0)

    def test_a_whiteout_hides_a_folder_that_no_entry_made(self) -> None:
        assert stack_of([file("a/b/c", 10)], [whiteout("a/b")]).ledger == Ledger(0, 0, 0, 0, 10)

    def test_a_path_can_come_back(self) -> None:
        filesystem = stack_of([file("a", 1)], [whiteout("a")], [file("a", 2)], [whiteout("a")], [file("a", 3)])
        assert (tree_of(filesystem), filesystem.ledger) == ({"a": 3}, Ledger(3, 0, 0, 3, 0))
        assert [paths_after(filesystem, layer) for layer in range(5)] == [{"a"}, set(), {"a"}, set(), {"a"}]

    def test_markers_are_never_in_the_tree(self) -> None:
        filesystem = stack_of([whiteout("a"), opaque("d")])
        assert (tree_of(filesystem), counts_of(filesystem, 0)) == ({}, (0, 0, 0))


class TestOneLayer:
    def test_of_a_path_twice_in_a_layer_the_last_wins_and_the_layer_hid_its_own_bytes(self) -> None:
        filesystem = stack_of([file("a", 100), file("a", 7), file("./a", 9)])
        assert (tree_of(filesystem), filesystem.ledger) == ({"a": 9}, Ledger(9, 107, 0, 0, 0))
        assert filesystem.totals[0].hides == {0: 107}
        assert counts_of(filesystem, 0) == (1, 0, 0)

    def test_entries_may_contradict_each_other(self) -> None:
        assert tree_of(stack_of([file("a", 1), file("a/b", 2)])) == {"a/b": 2}
        assert tree_of(stack_of([file("a/b", 2), file("a", 1)])) == {"a": 1}
        assert stack_of([file("a/b", 2), file("a", 1)]).totals[0].deleted == 0  # nothing below is gone

    def test_a_folder_may_come_after_what_is_in_it(self) -> None:
        assert tree_of(stack_of([file("a/b/c", 1), directory("a/b"), directory("a")])) == {"a/b/c": 1, "a/b": 0, "a": 0}

    def test_2000_levels_deep_are_no_trouble(self, images: Path) -> None:
        deep = scan_of((images / "hostile/deep-2000.tar").read_bytes())
        (path,) = deep.entries.paths
        assert (path.count("/"), len(path), deep.size_bytes) == (2000, 4001, 1)
        filesystem = stack_of([file(path, 3)], [whiteout("d")])
        assert filesystem.ledger == Ledger(0, 0, 0, 0, 3)


class TestHardlinks:
    A_AND_LINK: Layer = (file("a", 10), hardlink("b", "a"))

    def test_links_share_the_bytes_which_count_once(self) -> None:
        filesystem = stack_of(self.A_AND_LINK)
        assert filesystem.ledger == Ledger(10, 0, 0, 0, 0)
        assert tree_of(filesystem) == {"a": 10, "b": 10}
        a, b = (entry for _, entry in filesystem.final())
        assert a.content == b.content
        assert filesystem.shares == {1: 0}

    @pytest.mark.parametrize("gone", ["a", "b"])
    def test_a_file_is_live_while_any_link_is(self, gone: str) -> None:
        filesystem = stack_of(self.A_AND_LINK, [whiteout(gone)])
        left = "b" if gone == "a" else "a"
        assert (tree_of(filesystem), filesystem.ledger) == ({left: 10}, Ledger(10, 0, 0, 0, 0))
        assert filesystem.totals[1].hides == {}
        assert counts_of(filesystem, 1) == (0, 0, 1)

    def test_who_takes_the_last_link_hides_the_bytes(self) -> None:
        filesystem = stack_of(self.A_AND_LINK, [whiteout("a")], [file("b", 4, "y")])
        assert filesystem.ledger == Ledger(4, 10, 0, 0, 0)
        assert (filesystem.hiders[0], filesystem.leavers[0]) == (2, 1)
        assert [totals.hides for totals in filesystem.totals] == [{}, {}, {0: 10}]

    def test_links_can_be_chained_and_cross_layers(self) -> None:
        filesystem = stack_of(
            [file("a", 10)], [hardlink("b", "a")], [hardlink("d/c", "./b")], [whiteout("a"), whiteout("b")]
        )
        assert (tree_of(filesystem), filesystem.ledger) == ({"d/c": 10}, Ledger(10, 0, 0, 0, 0))
        assert filesystem.shares == {1: 0, 2: 0}
        assert stack_of(
            [file("a", 10)], [hardlink("b", "a")], [hardlink("d/c", "b")], [whiteout("a"), whiteout("b"), whiteout("d")]
        ).ledger == Ledger(0, 0, 0, 0, 10)

    def test_overwriting_one_link_leaves_the_other(self) -> None:
        filesystem = stack_of(self.A_AND_LINK, [file("a", 3)])
        assert (tree_of(filesystem), filesystem.ledger) == ({"b": 10, "a": 3}, Ledger(13, 0, 0, 0, 0))

    def test_a_link_means_the_file_that_was_there_when_it_was_made(self) -> None:
        filesystem = stack_of([file("a", 10), hardlink("b", "a"), file("a", 3), hardlink("c", "a")])
        assert tree_of(filesystem) == {"b": 10, "a": 3, "c": 3}

    def test_a_dangling_link_has_no_bytes(self) -> None:
        filesystem = stack_of([hardlink("b", "absent"), hardlink("c", "b"), directory("d"), hardlink("e", "d")])
        assert tree_of(filesystem) == {"b": 0, "c": 0, "d": 0, "e": 0}
        assert filesystem.ledger == Ledger(0, 0, 0, 0, 0)

    def test_a_link_to_itself_keeps_the_file(self) -> None:
        filesystem = stack_of([file("a", 10)], [hardlink("a", "a")])
        assert (tree_of(filesystem), filesystem.ledger) == ({"a": 10}, Ledger(10, 0, 0, 0, 0))

    def test_a_copy_over_a_link_is_a_recopy(self) -> None:
        filesystem = stack_of([file("a", 10), hardlink("b", "a")], [whiteout("a"), file("b", 10)])
        assert filesystem.ledger == Ledger(10, 0, 10, 0, 0)

    def test_links_to_symlinks_are_symlinks_without_bytes(self) -> None:
        assert stack_of([symlink("a", "x"), hardlink("b", "a")], [whiteout("a")]).ledger == Ledger(0, 0, 0, 0, 0)


class TestTotals:
    def test_hidden_bytes_are_booked_by_who_added_and_who_hid_them(self) -> None:
        filesystem = stack_of(
            [file("a", 1), file("b", 20)], [file("c", 300)], [whiteout("a"), whiteout("c"), file("b", 4000, "y")]
        )
        assert [totals.hides for totals in filesystem.totals] == [{}, {}, {0: 21, 1: 300}]
        assert [(totals.size_bytes, totals.live_bytes) for totals in filesystem.totals] == [
            (21, 0),
            (300, 0),
            (4000, 4000),
        ]
        assert [totals.hidden_bytes for totals in filesystem.totals] == [21, 300, 0]

    def test_entries_are_counted_as_added_modified_and_deleted(self) -> None:
        filesystem = stack_of(
            [directory("d"), file("d/a", 1), file("d/b", 1), file("t/x", 1), file("t/y", 1)],
            [directory("d"), file("d/a", 2), whiteout("d/b"), file("d/c", 1), symlink("s", "d"), whiteout("t")],
        )
        assert counts_of(filesystem, 0) == (5, 0, 0)
        assert counts_of(filesystem, 1) == (2, 1, 3)  # d is only restated

    @pytest.mark.parametrize("change", [{"mode": 0o700}, {"uid": 1}, {"gid": 1}])
    def test_a_folder_with_another_mode_or_owner_is_modified(self, change: dict[str, int]) -> None:
        assert counts_of(stack_of([directory("d")], [directory("d", **change)]), 1) == (0, 1, 0)
        assert counts_of(stack_of([directory("d", mtime=1)], [directory("d", mtime=2)]), 1) == (0, 0, 0)

    def test_a_change_of_type_is_a_modification(self) -> None:
        assert counts_of(stack_of([file("a")], [directory("a")]), 1) == (0, 1, 0)
        assert counts_of(stack_of([directory("a"), file("a/b")], [file("a")]), 1) == (0, 1, 1)

    def test_a_folder_that_something_is_put_back_into_is_not_deleted(self) -> None:
        filesystem = stack_of([directory("d"), file("d/a")], [whiteout("d"), file("d/b")])
        assert counts_of(filesystem, 1) == (1, 0, 1)

    def test_each_layers_view_is_kept(self) -> None:
        filesystem = stack_of(
            [file("a"), file("b")], [whiteout("a"), file("c")], [file("b", 2), opaque("x")], [whiteout("c")]
        )
        assert [paths_after(filesystem, layer) for layer in range(4)] == [
            {"a", "b"},
            {"b", "c"},
            {"b", "c"},
            {"b"},
        ]
        assert list(filesystem.visible()) == list(filesystem.visible(3)) == [4]

    def test_an_entry_is_found_by_its_number(self) -> None:
        filesystem = stack_of([file("a"), file("b")], [], [file("c")])
        assert len(filesystem) == 3
        assert [filesystem.locate(entry_id) for entry_id in range(3)] == [(0, 0), (0, 1), (2, 0)]
        assert [filesystem.entry(entry_id).path for entry_id in range(3)] == ["a", "b", "c"]


ANOTHER: Layer = (file("z", 1, "z"),)
PEERS = [
    ("chmod of a file", [[file("a", 1000)], [file("a", 1000, mode=0o600)]], 1000),
    ("a file rewritten twice", [[file("a", 1000)], [file("a", 5000)], [file("a", 9000)]], 6000),
    ("a file removed", [[file("a", 1000)], [whiteout("a")]], 1000),
    ("a folder removed", [[file("d/a", 1000), file("d/b", 2000)], [whiteout("d")]], 3000),
    ("a folder moved", [[file("d/a", 5000)], [whiteout("d"), file("e/a", 5000)]], 5000),
    ("an opaque folder", [[file("d/a", 4000)], [directory("d"), opaque("d"), file("d/b", 10)]], 4000),
    ("removed, then added again", [[file("a", 1000)], [whiteout("a")], [file("a", 1000)]], 1000),
    ("a whiteout of nothing, then a duplicate", [[file("a", 1000)], [whiteout("absent"), file("a", 1000)]], 1000),
]


@pytest.mark.parametrize(("layers", "hidden"), [case[1:] for case in PEERS], ids=[case[0] for case in PEERS])
def test_hidden_bytes_are_right_where_dive_is_wrong(layers: list[Layer], hidden: int) -> None:
    filesystem = stack_of(ANOTHER, *layers)
    assert filesystem.ledger.hidden_bytes == hidden
    assert sum(sum(totals.hides.values()) for totals in filesystem.totals) == hidden


class TestRealLayers:
    """../shared/images/layers: what each file's name promises."""

    @pytest.mark.parametrize(
        ("name", "tree", "hides"),
        [
            ("whiteout_image", {"": 0, "bar.txt": 4}, [{}, {0: 4}, {}]),
            ("whiteout_dir", {"a": 0, "a/baz": 0, "b": 0, "b/bar": 0}, [{}, {}, {}, {}]),
            ("overwritten_file", {"": 0, "bar.txt": 4, "foo.txt": 0}, [{}, {0: 4}, {}]),
            ("source_image", {"": 0, "bar": 4, "foo": 4}, [{}]),
            ("source_image_with_empty_layer_history", {"": 0, "bar": 4, "foo": 4}, [{}]),
            ("scalibr/basic", {"sample.txt": 17, "larger-sample.txt": 6800}, [{}, {}]),
            ("scalibr/single-file", {"foo.txt": 4}, [{}]),
            ("scalibr/two-files", {"foo.txt": 3, "bar.txt": 3}, [{}, {}]),
            ("scalibr/multiple-files", {"foo.txt": 4, "dir1": 0, "dir1/bar.txt": 4, "dir1/baz.txt": 4}, [{}, {}]),
            ("scalibr/overwrite-file", {"sample.txt": 29}, [{}, {0: 17}]),
        ],
    )
    def test_an_image_has_the_tree_its_name_promises(
        self, images: Path, name: str, tree: dict[str, int], hides: list[dict[int, int]]
    ) -> None:
        filesystem = inspect_image(f"docker-archive:{images}/layers/{name}.tar").filesystem
        assert tree_of(filesystem) == tree
        assert [totals.hides for totals in filesystem.totals] == hides

    def test_an_overwritten_file_can_become_a_symlink(self, images: Path) -> None:
        final = dict(inspect_image(f"docker-archive:{images}/layers/overwritten_file.tar").filesystem.final())
        assert (final["foo.txt"].kind, final["foo.txt"].link) == (Kind.SYMLINK, "bar.txt")

    def test_a_layer_with_whiteouts_over_one_without(self, images: Path) -> None:
        lower = scan_of((images / "layers/layer.tar").read_bytes())
        upper = scan_of((images / "layers/layer-wh.tar").read_bytes())
        assert [(entry.path, entry.kind) for entry in upper.entries] == [
            ("layer1.txt", Kind.FILE),
            ("layer2.txt", Kind.WHITEOUT),
            ("layer3.txt", Kind.FILE),
            ("exdir", Kind.DIRECTORY),
            ("exdir", Kind.OPAQUE),
        ]
        assert [entry.path for entry in lower.entries] == ["layer1.txt", "layer2.txt", "layer3.txt"]

    @pytest.mark.parametrize(
        ("name", "links"),
        [
            (
                "symlink-cycle",
                {
                    "dir1/absolute-symlink.txt": "/dir1/sample.txt",
                    "dir1/chain-symlink.txt": "absolute-symlink.txt",
                    "dir1/sample.txt": "/dir1/chain-symlink.txt",
                },
            ),
            (
                "symlink-attack",
                {
                    "dir1/attack-symlink-absolute.txt": "/../secret.txt",
                    "dir1/attack-symlink.txt": "../../secret.txt",
                },
            ),
            ("symlink-depth-exceeded", {f"dir1/symlink{n}.txt": f"/dir1/symlink{n - 1}.txt" for n in range(2, 8)}),
        ],
    )
    def test_hostile_symlinks_are_listed_and_never_followed(
        self, images: Path, name: str, links: dict[str, str]
    ) -> None:
        final = dict(inspect_image(f"docker-archive:{images}/layers/scalibr/{name}.tar").filesystem.final())
        found = {path: entry.link for path, entry in final.items() if entry.kind is Kind.SYMLINK}
        assert found.items() >= links.items()
        assert len(found) - len(links) == (name == "symlink-depth-exceeded")  # which has one more, to the file itself

    def test_an_escaping_layer_stays_below_the_root(self, images: Path) -> None:
        """A folder made by a file in it, a link over that folder, and a link with a slash at its end."""
        layer = scan_of((images / "layers/scalibr/escape.tar").read_bytes())
        assert layer.entries.paths == [
            "escape/poc.txt",
            "usr/share/doc/a/copyright",
            "trampoline",
            "usr/share/doc/b/copyright",
            "escape",
            "usr/share/doc/c/copyright",
        ]
