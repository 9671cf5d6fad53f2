"""What became of a path, layer by layer."""

from __future__ import annotations

from builders import file, stack_of

from inspector.content.lookup import paths_like
from inspector.demo.archive import Member, directory, hardlink, opaque, symlink, whiteout
from inspector.filesystem.path_history import Deed, histories, living_links
from inspector.filesystem.stack import Filesystem

A, C, R, D, T = Deed.ADDED, Deed.CHANGED, Deed.RECOPIED, Deed.DELETED, Deed.DELETED_TREE


def history(path: str, *layers: list[Member]) -> list[tuple[int, Deed]]:
    return [(event.layer, event.deed) for event in histories(stack_of(*layers), [path]).get(path, ())]


def test_a_file_that_stays() -> None:
    assert history("a", [file("a")], [file("b")]) == [(0, A)]


def test_a_file_that_never_was_has_no_history() -> None:
    assert history("c", [file("a")]) == []


def test_other_content_the_same_content_and_another_kind() -> None:
    layers = [[file("a", 3)], [file("a", 3, "y")], [file("a", 3, "y", mode=0o755)], [symlink("a", "b")]]
    assert history("a", *layers) == [(0, A), (1, C), (2, R), (3, C)]


def test_a_link_with_the_same_target_is_recopied() -> None:
    assert history("a", [symlink("a", "b")], [symlink("a", "b")], [symlink("a", "c")]) == [(0, A), (1, R), (2, C)]


def test_deleted_and_brought_again() -> None:
    assert history("a", [file("a")], [whiteout("a")], [], [file("a")]) == [(0, A), (1, D), (3, A)]


def test_a_whiteout_beside_a_new_file_replaces() -> None:
    assert history("a", [file("a", 3)], [whiteout("a"), file("a", 4)]) == [(0, A), (1, C)]


def test_deleted_with_a_folder_by_its_whiteout_an_opaque_marker_or_a_file_in_its_place() -> None:
    below = [directory("d"), file("d/a")]
    assert history("d/a", below, [whiteout("d")]) == [(0, A), (1, T)]
    assert history("d/a", below, [directory("d"), opaque("d")]) == [(0, A), (1, T)]
    assert history("d/a", below, [file("d")]) == [(0, A), (1, T)]


def test_kept_by_an_opaque_marker_of_its_own_layer() -> None:
    assert history("d/a", [file("d/b")], [opaque("d"), file("d/a")]) == [(1, A)]


def test_a_folder_restated_is_not_changed_and_one_with_another_mode_is() -> None:
    layers = [[directory("d")], [directory("d"), file("d/a")], [directory("d", mode=0o700)], [whiteout("d")]]
    assert history("d", *layers) == [(0, A), (2, C), (3, D)]


def test_a_folder_that_exists_by_what_is_in_it() -> None:
    layers = [[file("x")], [file("d/a")], [file("d/b")], [whiteout("d/a")], [whiteout("d/b")], [file("d/c")]]
    assert history("d", *layers) == [(1, A), (4, T), (5, A)]


def test_a_hardlink_to_a_file_with_the_same_content_is_recopied() -> None:
    assert history("a", [file("a", 3), file("b", 3)], [hardlink("a", "b")]) == [(0, A), (1, R)]


def test_bytes_live_on_at_the_links_that_are_left() -> None:
    links = [file("a", 3), hardlink("b", "a"), hardlink("c", "a")]
    filesystem = stack_of(links, [whiteout("a")], [whiteout("c")], [hardlink("d", "b")], [whiteout("b"), whiteout("d")])
    entry = histories(filesystem, ["a"])["a"][1].before
    assert entry is not None
    assert [living_links(filesystem, entry, layer) for layer in range(5)] == [
        ["a", "b", "c"],
        ["b", "c"],
        ["b"],
        ["b", "d"],
        [],
    ]


def test_several_paths_at_once() -> None:
    told = histories(stack_of([file("a"), file("b")], [whiteout("b")]), ["a", "b", "c"])
    assert {path: len(events) for path, events in told.items()} == {"a": 1, "b": 2}


MERGED: Filesystem = stack_of(
    [file("usr/bin/sh"), symlink("bin", "usr/bin"), file("app/a.pyc"), file("app/pages/[id].js")],
    [whiteout("app/a.pyc"), file("app/lib/b.pyc"), file("*.pyc")],
)


def test_a_path_is_itself_also_when_it_looks_like_a_glob() -> None:
    assert paths_like(MERGED, "/app/pages/[id].js") == ["app/pages/[id].js"]
    assert paths_like(MERGED, "*.pyc") == ["*.pyc"]


def test_a_path_leads_through_folders_that_are_links() -> None:
    assert paths_like(MERGED, "/bin/sh") == ["usr/bin/sh"]
    assert paths_like(MERGED, "/bin") == ["bin"]


def test_a_glob_finds_what_is_gone_too() -> None:
    assert paths_like(MERGED, "/**/?.pyc") == ["*.pyc", "app/a.pyc", "app/lib/b.pyc"]
    assert paths_like(MERGED, "app/*.pyc") == ["app/a.pyc"]
    assert paths_like(MERGED, "nothing/*") == []
