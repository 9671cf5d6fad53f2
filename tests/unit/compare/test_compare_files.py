"""Files that differ, and the layer on either side that caused it."""

from __future__ import annotations

from msgspec.structs import replace

from inspector.compare.comparison import Comparison, compare
from inspector.compare.files import FileChange
from inspector.compare.side import Cause, Status
from inspector.demo.archive import Member, directory, hardlink, symlink, whiteout
from tests.builders import file

from .sides import compared, run, side


def files_of(comparison: Comparison) -> dict[str, FileChange]:
    assert comparison.files is not None
    return {change.path: change for change in comparison.files.changes}


BASE = run("base", file("etc/passwd", 40), file("usr/lib/old", 100), file("usr/bin/tool", 70, mode=0o755))


def test_an_added_file_is_the_work_of_the_layer_that_brought_it():
    change = files_of(compared([BASE], [BASE, run("touch new", file("new", 5))]))["new"]
    assert (change.status, change.a_bytes, change.b_bytes) == (Status.ADDED, None, 5)
    assert change.cause == Cause("b", 1)


def test_a_file_that_b_deletes_is_the_work_of_the_layer_of_b_that_deletes_it():
    after = [BASE, run("true"), run("rm tool", whiteout("usr/bin/tool"))]
    changes = files_of(compared([BASE], after))
    assert set(changes) == {"usr/bin/tool"}
    change = changes["usr/bin/tool"]
    assert (change.status, change.a_bytes, change.b_bytes) == (Status.REMOVED, 70, None)
    assert change.cause == Cause("b", 2)


def test_a_file_that_a_deleted_is_the_work_of_the_layer_of_a_that_deleted_it():
    before = [BASE, run("rm -r usr", whiteout("usr"))]
    change = files_of(compared(before, [BASE]))["usr/lib/old"]
    assert (change.status, change.cause) == (Status.ADDED, Cause("a", 1))


def test_a_file_of_a_layer_that_b_lacks_is_the_work_of_that_layer():
    change = files_of(compared([BASE, run("make", file("out", 9))], [BASE]))["out"]
    assert (change.status, change.cause) == (Status.REMOVED, Cause("a", 1))


def test_other_content_and_other_metadata():
    after = [BASE, run("edit", file("etc/passwd", 40, fill="y"), file("usr/bin/tool", 70, mode=0o700))]
    changes = files_of(compared([BASE], after))
    content, mode = changes["etc/passwd"], changes["usr/bin/tool"]
    assert (content.status, content.aspects, content.metadata_only) == (Status.CHANGED, ("content",), False)
    assert (mode.status, mode.aspects, mode.metadata_only) == (Status.CHANGED, ("mode",), True)
    assert mode.delta_bytes == 0


def test_a_change_that_only_a_made():
    before = [BASE, run("edit", file("etc/passwd", 50))]
    change = files_of(compared(before, [BASE]))["etc/passwd"]
    assert (change.delta_bytes, change.cause) == (-10, Cause("a", 1))


def test_times_are_no_difference():
    one, other = (run("x", Member("f", b"same", mtime=time)) for time in (1, 2))
    assert files_of(compared([one], [other])) == {}


def test_owner_target_attributes_kind_and_device():
    one = [
        Member("owned", b"1", uid=0),
        symlink("link", "here"),
        Member("noted", b"2"),
        Member("file", b"3"),
    ]
    other = [
        Member("owned", b"1", uid=7),
        symlink("link", "there"),
        Member("noted", b"2", headers={"SCHILY.xattr.user.note": "x"}),
        directory("file"),
    ]
    changes = files_of(compared([run("x", *one)], [run("x", *other)]))
    assert {path: change.aspects for path, change in changes.items()} == {
        "owned": ("owner",),
        "link": ("target",),
        "noted": ("attributes",),
        "file": ("kind",),
    }


def test_a_file_at_another_path_is_moved():
    before = [run("x", file("opt/a/one", 10, "1"), file("opt/a/two", 20, "2"))]
    after = [run("x", file("srv/a/one", 10, "1"), file("srv/a/two", 20, "2"))]
    changes = files_of(compared(before, after))
    assert {path: (change.status, change.a_path, change.delta_bytes) for path, change in changes.items()} == {
        "srv/a/one": (Status.MOVED, "opt/a/one", 0),
        "srv/a/two": (Status.MOVED, "opt/a/two", 0),
    }


def test_of_several_files_with_the_content_the_one_of_the_same_name_moved():
    before = [run("x", file("a/COPYING", 10), file("a/LICENSE", 10))]
    after = [run("x", file("b/LICENSE", 10), file("b/NOTICE", 10))]
    changes = files_of(compared(before, after))
    assert {path: change.a_path for path, change in changes.items()} == {
        "b/LICENSE": "a/LICENSE",
        "b/NOTICE": "a/COPYING",
    }


def test_empty_files_do_not_move():
    changes = files_of(compared([run("x", file("a", 0))], [run("x", file("b", 0))]))
    assert {path: change.status for path, change in changes.items()} == {"a": Status.REMOVED, "b": Status.ADDED}


def test_names_of_one_file_weigh_once_whichever_the_tar_has_first():
    before = [run("x", file("a", 100), hardlink("b", "a"))]
    after = [run("x", file("b", 100), hardlink("a", "b"))]
    assert files_of(compared(before, after)) == {}


def test_a_hardlink_that_becomes_a_copy_weighs_more():
    before = [run("x", file("a", 100), hardlink("b", "a"))]
    after = [run("x", file("a", 100), file("b", 100))]
    comparison = compared(before, after)
    change = files_of(comparison)["b"]
    assert (change.aspects, change.a_bytes, change.b_bytes) == (("links",), 0, 100)
    assert comparison.delta.live_bytes == 100


def test_files_are_unknown_where_a_side_does_not_tell_them():
    one = side([BASE])
    assert compare(one, replace(one, filesystem=None)).files is None
