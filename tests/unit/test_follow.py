"""Paths followed as inside the image: links, `..`, and what is not there."""

from __future__ import annotations

import pytest
from builders import file, stack_of

from inspector.demo.archive import directory, symlink
from inspector.errors import NoSuchPath
from inspector.filesystem.follow import follow
from inspector.filesystem.tree import stacked_tree

FILESYSTEM = stack_of(
    [
        directory("usr/bin"),
        file("usr/bin/dash"),
        symlink("usr/bin/sh", "dash"),
        symlink("bin", "usr/bin"),
        symlink("etc/os-release", "../usr/lib/os-release"),
        file("usr/lib/os-release"),
        symlink("up", "../../../etc"),
        symlink("absolute", "/bin/sh"),
        symlink("dangling", "proc/mounts"),
        symlink("loop", "pool"),
        symlink("pool", "loop"),
        symlink("self", "self/x"),
        *(symlink(f"chain{number}", f"chain{number + 1}") for number in range(39)),
        symlink("chain39", "usr"),
    ]
)
TREE = stacked_tree(FILESYSTEM, 0, marks=False, removed=False)


def led_to(path: str, *, last: bool = True) -> str:
    return TREE.path(follow(FILESYSTEM, TREE, path, last=last))


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("", ""),
        ("/", ""),
        ("/usr/bin/dash", "usr/bin/dash"),
        ("usr//bin/./dash", "usr/bin/dash"),
        ("/bin/sh", "usr/bin/dash"),
        ("/absolute", "usr/bin/dash"),
        ("/etc/os-release", "usr/lib/os-release"),
        ("/up/os-release", "usr/lib/os-release"),
        ("/../../usr/lib/../bin/sh", "usr/bin/dash"),
        ("/bin/..", "usr"),
        ("/usr/", "usr"),
        ("/chain0/lib", "usr/lib"),
    ],
)
def test_a_path_leads_where_it_leads_inside_the_image(path: str, leads_to: str) -> None:
    assert led_to(path) == leads_to


@pytest.mark.parametrize(
    ("path", "leads_to"), [("/bin", "bin"), ("/bin/", "usr/bin"), ("/bin/sh", "usr/bin/sh"), ("/bin/.", "usr/bin")]
)
def test_a_link_at_the_end_may_be_meant_itself_but_not_before_a_slash(path: str, leads_to: str) -> None:
    assert led_to(path, last=False) == leads_to


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/usr/bin/bash", "there is no /usr/bin/bash"),
        ("/bin/bash", "/bin/bash leads to /usr/bin/bash, which is not there"),
        ("/dangling", "/dangling leads to /proc, which is not there"),
        ("/usr/bin/dash/x", "/usr/bin/dash/x: /usr/bin/dash is no folder"),
        ("/usr/bin/dash/..", "/usr/bin/dash/..: /usr/bin/dash is no folder"),
        ("/loop", "/loop leads round in a circle of links"),
        ("/self", "/self leads round in a circle of links"),
        ("/\x1b[31m", "there is no /\\x1b[31m"),
    ],
)
def test_what_is_not_there_is_told_in_a_line(path: str, told: str) -> None:
    with pytest.raises(NoSuchPath) as refused:
        led_to(path)
    assert refused.value.message == told
