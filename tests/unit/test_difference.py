"""One file of two images: what both have there, and the lines that differ."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from difflib import unified_diff

import pytest

from inspector.content.difference import LIMIT, Version, differing_lines, read_versions
from inspector.content.reading import Contents
from inspector.demo.archive import Member, Step, hardlink, symlink, tar_layer, whiteout
from inspector.errors import SourceUnavailable
from inspector.line import inspect_source
from tests.builders import BuiltImage


def contents_of(*layers: Sequence[Member], readable: bool = True) -> Contents:
    steps = [Step(f"RUN {number}", tar_layer(members)) for number, members in enumerate(layers)]
    inspection = inspect_source(BuiltImage(steps), "test")
    return Contents(inspection, (lambda: BuiltImage(steps)) if readable else None)


def versions(before: bytes, after: bytes) -> tuple[Version | None, Version | None]:
    one, other = (contents_of([Member("f", data)]) for data in (before, after))
    return read_versions((one, "f"), (other, "f"))


def differing(before: bytes, after: bytes) -> list[str] | str:
    return differing_lines(*versions(before, after))


def test_each_version_is_the_one_of_the_final_image_with_its_digest():
    one = contents_of([Member("etc/a", b"old\n", mode=0o600)], [Member("etc/a", b"new\n")], [Member("other", b"")])
    before, after = read_versions((one, "etc/a"), (one, "other"))
    assert before is not None
    assert (before.data, before.entry.mode) == (b"new\n", 0o644)
    assert before.digest == f"sha256:{hashlib.sha256(b'new' + bytes([10])).hexdigest()}"
    assert after is not None
    assert after.data == b""


def test_a_hardlink_has_the_file_that_it_shares():
    linked = contents_of([Member("a", b"shared\n"), hardlink("b", "a")])
    assert differing_lines(*read_versions((linked, "b"), (contents_of([Member("b", b"own\n")]), "b"))) == [
        "@@ -1 +1 @@",
        "-shared",
        "+own",
    ]


def test_what_is_on_one_side_only_differs_in_every_line():
    there, gone = contents_of([Member("f", b"1\n2\n")]), contents_of([Member("f", b"1\n2\n")], [whiteout("f")])
    assert differing_lines(*read_versions((gone, "f"), (there, "f"))) == ["@@ -0,0 +1,2 @@", "+1", "+2"]
    assert differing_lines(*read_versions((there, "f"), (gone, "f"))) == ["@@ -1,2 +0,0 @@", "-1", "-2"]


def test_the_same_content_is_not_read_again():
    one, other = (contents_of([Member("f", b"same", mode=mode)], readable=False) for mode in (0o600, 0o644))
    before, after = read_versions((one, "f"), (other, "f"))
    assert before is not None
    assert before.data is None
    assert differing_lines(before, after) == "The content is the same."


def test_another_content_is_read_or_it_is_said_why_it_cannot_be():
    one, other = contents_of([Member("f", b"1")]), contents_of([Member("f", b"2")], readable=False)
    with pytest.raises(SourceUnavailable, match="cannot be read twice"):
        read_versions((one, "f"), (other, "f"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b"text", b"\0\1\2", "Binary: not compared line by line."),
        (b"text", b"\xff\xfe", "Binary: not compared line by line."),
        (b"a\n" * LIMIT, b"b\n", "Larger than 1.0 MB: not compared line by line."),
        (b"1\n2\n3\n4\n" * 3000, b"5\n6\n7\n8\n" * 3000, "Too many lines differ to tell which."),
    ],
)
def test_why_there_are_no_lines(before: bytes, after: bytes, told: str):
    assert differing(before, after) == told


def test_of_a_large_file_only_the_beginning_is_kept():
    before, _ = versions(b"a" * (LIMIT + 5), b"b")
    assert before is not None
    assert before.data is not None
    assert (len(before.data), before.entry.size, before.complete) == (LIMIT, LIMIT + 5, False)


def test_a_link_has_no_lines():
    one, other = (contents_of([symlink("f", target)]) for target in ("a", "b"))
    assert differing_lines(*read_versions((one, "f"), (other, "f"))) == "Only files are compared line by line."


def test_a_missing_end_of_line_is_told_as_diff_does():
    assert differing(b"a\nb", b"a\nb\n") == [
        "@@ -1,2 +1,2 @@",
        " a",
        "-b",
        "\\ No newline at end of file",
        "+b",
    ]


def test_the_lines_are_those_of_a_diff_of_the_whole_files():
    chance = random.Random(4)
    for _ in range(60):
        one = [chance.choice("abc") for _ in range(chance.randrange(40))]
        other = [line for line in one if chance.random() > 0.1] + [chance.choice("abd")] * chance.randrange(2)
        told = differing(*("".join(f"{line}\n" for line in lines).encode() for lines in (one, other)))
        if one == other:
            assert told == "The content is the same."
            continue
        assert isinstance(told, list)
        assert _applied(one, told) == other
        assert len(told) <= len(list(unified_diff(one, other, lineterm=""))) + 8


def _applied(lines: list[str], diff: list[str]) -> list[str]:
    """What patch(1) makes of it."""
    made, at = [], 0
    for line in diff:
        if line.startswith("@@"):
            first, _, count = line.split()[1][1:].partition(",")
            start = int(first) - (count != "0")
            made += lines[at:start]
            at = start
        else:
            if line[0] in " -":
                assert lines[at] == line[1:]
                at += 1
            if line[0] in " +":
                made.append(line[1:])
    return [*made, *lines[at:]]
