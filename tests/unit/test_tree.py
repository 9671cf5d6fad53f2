"""The file tree: what a layer did, and the image as it stands after a layer."""

from __future__ import annotations

from inspector.demo.archive import Member, directory, hardlink, opaque, symlink, tar_layer, whiteout
from inspector.filesystem.stack import VISIBLE, Filesystem, stack_layers
from inspector.filesystem.tree import ROOT, SEVERAL, Change, FileTree, layer_tree, stacked_tree
from inspector.layers.entries import Kind
from inspector.layers.scan import scan_layer


def stacked(*layers: list[Member]) -> Filesystem:
    return stack_layers([scan_layer([tar_layer(members)]).scan.entries for members in layers])


def file(path: str, size: int, fill: bytes = b"x", **more: object) -> Member:
    return Member(path, fill * size, **more)


def at(tree: FileTree, path: str) -> int:
    node = tree.find(path)
    assert node is not None, path
    return node


def changes(tree: FileTree) -> dict[str, str]:
    return {tree.path(node): Change(tree.changes[node]).name for node in range(1, len(tree))}


def test_a_layer_tree_has_the_layers_entries_and_the_folders_above_them():
    tree = layer_tree(stacked([file("usr/bin/tool", 5)]), 0)
    assert [tree.path(node) for node in range(len(tree))] == ["", "usr", "usr/bin", "usr/bin/tool"]
    assert [tree.kinds[node] for node in range(len(tree))] == [Kind.DIRECTORY] * 3 + [Kind.FILE]
    assert list(tree.depths) == [0, 1, 2, 3]


def test_bytes_of_a_subtree_are_summed_up_to_the_root():
    tree = layer_tree(stacked([file("a/b/c", 5), file("a/d", 7), file("e", 1)]), 0)
    assert [tree.sizes[at(tree, path)] for path in ("", "a", "a/b", "a/b/c", "a/d", "e")] == [13, 12, 5, 5, 7, 1]


def test_changes_are_told_by_what_was_there_before():
    filesystem = stacked(
        [directory("etc"), file("etc/kept", 1), file("etc/changed", 2), file("etc/gone", 4), directory("opt")],
        [
            directory("etc"),
            file("etc/changed", 3),
            file("etc/new", 5),
            whiteout("etc/gone"),
            directory("opt", mode=0o700),
        ],
    )
    assert changes(layer_tree(filesystem, 1)) == {
        "etc": "UNCHANGED",
        "etc/changed": "MODIFIED",
        "etc/new": "ADDED",
        "etc/gone": "REMOVED",
        "opt": "MODIFIED",
    }
    assert changes(stacked_tree(filesystem, 1)) == {**changes(layer_tree(filesystem, 1)), "etc/kept": "UNCHANGED"}


def test_a_stacked_tree_can_leave_out_marks_and_removed_paths():
    filesystem = stacked([file("a", 1), file("b", 2)], [whiteout("a"), file("c", 3)])
    assert changes(stacked_tree(filesystem, 1, removed=False)) == {"b": "UNCHANGED", "c": "ADDED"}
    assert changes(stacked_tree(filesystem, 1, marks=False)) == {"b": "UNCHANGED", "c": "UNCHANGED"}


def test_hidden_bytes_and_who_hides_them():
    filesystem = stacked(
        [file("lib/a", 10), file("lib/b", 20), file("lib/c", 40)], [whiteout("lib/a")], [file("lib/b", 1)]
    )
    tree = layer_tree(filesystem, 0)
    assert (tree.hidden[ROOT], tree.hiders[ROOT]) == (30, SEVERAL)
    assert [tree.hiders[at(tree, path)] for path in ("lib/a", "lib/b", "lib/c")] == [1, 2, VISIBLE]
    assert tree.wholly_hidden(at(tree, "lib/a"))
    assert not tree.wholly_hidden(at(tree, "lib"))


def test_a_stacked_tree_tells_what_later_layers_will_hide():
    filesystem = stacked([file("a", 10)], [file("b", 5)], [whiteout("a")])
    before, after = stacked_tree(filesystem, 1), stacked_tree(filesystem, 2, marks=False)
    assert (before.sizes[ROOT], before.hidden[ROOT], before.hiders[at(before, "a")]) == (15, 10, 2)
    assert (after.sizes[ROOT], after.hidden[ROOT]) == (5, 0)


def test_what_a_layer_hides_of_lower_layers_is_gone_at_the_path_that_left():
    filesystem = stacked(
        [file("cache/x", 10), file("cache/y", 20), file("app", 3)], [whiteout("cache"), file("app", 4)]
    )
    tree = layer_tree(filesystem, 1)
    assert {path: tree.gone[at(tree, path)] for path in ("", "cache", "cache/x", "app")} == {
        "": 33,
        "cache": 30,
        "cache/x": 10,
        "app": 3,
    }
    assert (tree.size(ROOT), tree.stored(ROOT), tree.stored_hidden(ROOT)) == (4, 37, 33)


def test_an_opaque_folder_stays_and_what_was_in_it_is_removed():
    filesystem = stacked([directory("d"), file("d/old", 9)], [directory("d"), opaque("d"), file("d/new", 2)])
    assert changes(stacked_tree(filesystem, 1)) == {"d": "UNCHANGED", "d/new": "ADDED", "d/old": "REMOVED"}


def test_a_folder_that_becomes_a_file_keeps_its_removed_content_below_it():
    tree = layer_tree(stacked([directory("x"), file("x/in", 9)], [file("x", 1)]), 1)
    assert changes(tree) == {"x": "MODIFIED", "x/in": "REMOVED"}
    assert tree.kinds[at(tree, "x")] == Kind.FILE
    assert tree.gone[at(tree, "x")] == 9


def test_a_file_that_becomes_a_folder_is_modified_even_without_an_entry_for_it():
    tree = layer_tree(stacked([file("x", 9)], [file("x/in", 1)]), 1)
    assert changes(tree) == {"x": "MODIFIED", "x/in": "ADDED"}
    assert tree.kinds[at(tree, "x")] == Kind.DIRECTORY


def test_hardlinks_count_their_bytes_once_at_the_file():
    tree = layer_tree(stacked([file("bin/a", 50), hardlink("bin/b", "bin/a")]), 0)
    assert (tree.sizes[at(tree, "bin/a")], tree.sizes[at(tree, "bin/b")], tree.sizes[ROOT]) == (50, 0, 50)


def test_bytes_that_live_on_through_a_hardlink_are_not_hidden():
    filesystem = stacked([file("a", 50), hardlink("b", "a"), hardlink("c", "a")], [whiteout("a")])
    first, final = layer_tree(filesystem, 0), stacked_tree(filesystem, 1)
    assert (first.hidden[ROOT], first.hiders[at(first, "a")]) == (0, VISIBLE)
    assert (final.sizes[ROOT], final.sizes[at(final, "b")], final.gone[ROOT]) == (50, 50, 0)


def test_bytes_of_a_hardlinked_file_are_gone_with_its_last_link():
    filesystem = stacked([file("a", 50), hardlink("b", "a")], [whiteout("a")], [whiteout("b")])
    between, end = stacked_tree(filesystem, 1), layer_tree(filesystem, 2)
    assert (between.sizes[at(between, "b")], between.hidden[ROOT], between.hiders[ROOT]) == (50, 50, 2)
    assert end.gone[at(end, "b")] == 50


def test_symlinks_and_empty_folders_are_hidden_with_their_path():
    filesystem = stacked([symlink("l", "x"), directory("d")], [whiteout("l"), whiteout("d")])
    tree = layer_tree(filesystem, 0)
    assert [tree.wholly_hidden(at(tree, path)) for path in "ld"] == [True, True]


def test_a_folder_stated_again_is_not_hidden():
    tree = layer_tree(stacked([directory("etc"), file("etc/a", 1)], [directory("etc"), file("etc/b", 1)]), 0)
    assert not tree.wholly_hidden(at(tree, "etc"))


def test_two_entries_at_one_path_count_both_and_hide_one():
    filesystem = stacked([file("a", 10, b"1"), file("a", 20, b"2")])
    tree = layer_tree(filesystem, 0)
    assert (tree.sizes[ROOT], tree.hidden[ROOT]) == (30, 10)
    assert filesystem.entry(tree.entry_ids[at(tree, "a")]).size == 20


def test_layer_trees_agree_with_the_books_of_the_filesystem():
    filesystem = stacked(
        [file("a", 1), file("b/c", 2), hardlink("b/d", "a"), file("e", 16)],
        [file("a", 4), whiteout("b"), file("f/g", 8)],
        [file("b/c", 32), whiteout("f"), file("e", 16)],
    )
    for layer, totals in enumerate(filesystem.totals):
        tree = layer_tree(filesystem, layer)
        assert tree.sizes[ROOT] == totals.size_bytes
        assert tree.hidden[ROOT] == totals.hidden_bytes
        assert tree.gone[ROOT] == sum(size for lower, size in totals.hides.items() if lower < layer)
        counts = [sum(change == wanted for change in tree.changes) for wanted in (1, 2, 3)]
        assert counts == [totals.added, totals.modified, totals.deleted]
    assert stacked_tree(filesystem, 2, marks=False).sizes[ROOT] == filesystem.ledger.live_bytes


def test_an_image_without_layers_is_an_empty_folder():
    tree = stacked_tree(stacked(), -1)
    assert (len(tree), tree.sizes[ROOT]) == (1, 0)


def test_a_path_that_is_not_there_is_not_found():
    tree = layer_tree(stacked([file("a/b", 1)]), 0)
    assert (tree.find(""), tree.find("a/c"), tree.find("a/b/c")) == (ROOT, None, None)
