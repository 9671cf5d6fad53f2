"""Facts of files, found while a layer is scanned and kept with the scan."""

from __future__ import annotations

import pytest

from inspector.demo.archive import Member, hardlink, tar_layer
from inspector.layers.cache.packing import pack, unpack
from tests.builders import blob_of, scan_of
from tests.elves import elf, program

PADDING = bytes(300_000)


def test_elf_files_scripts_and_nothing_else_have_facts() -> None:
    scan = scan_of(
        [
            Member("text", b"plain"),
            Member("bin/app", program("libc.so.6")),
            Member("bin/script", b"#! /bin/sh -e\necho\n"),
            Member("bin/comment", b"# no script\n"),
            Member("bin/short", b"#!"),
            Member("bin/binary", b"#!\0\0\n"),
            Member("broken", b"\x7fELF"),
            Member("empty"),
            hardlink("bin/again", "bin/app"),
        ]
    )
    assert list(scan.facts.elf) == [1]
    assert scan.facts.elf[1].needed == ("libc.so.6",)
    assert scan.facts.scripts == {2: "/bin/sh -e"}


@pytest.mark.parametrize("chunk", [512, 1000, 4096, 65_536, 1 << 20])
def test_the_size_of_the_chunks_does_not_matter(chunk: int) -> None:
    data = tar_layer(
        [
            Member("small", program("liba.so")),
            Member("large", elf(("liba.so", "libb.so"), soname="libl.so", runpath="/x", debug=500_000)),
            Member("script", b"#!/usr/bin/env python3\n" + PADDING),
            Member("key", b"-----BEGIN " + b"PRIVATE KEY-----\nx\n"),
        ]
    )
    facts = blob_of(data, chunk).scan.facts
    assert facts == blob_of(data, len(data)).scan.facts
    assert facts.elf[1].needed == ("liba.so", "libb.so")
    assert facts.elf[1].debug_bytes == 500_000
    assert facts.scripts == {2: "/usr/bin/env python3"}
    assert facts.secrets == {3: "private key"}


def test_facts_survive_the_cache_whatever_the_names_are_made_of() -> None:
    odd = "b\udcff.so"  # not UTF-8 in the file
    library = elf(("a.so",), soname="s.so", runpath="/r:/s", interpreter="/ld").replace(b"a.so", b"\xff.so")
    scan = scan_of([Member("lib", library), Member("script", b"#!/bin/\xfe\n")])
    assert unpack(pack(scan)).facts == scan.facts
    assert scan.facts.elf[0].needed == (odd.removeprefix("b"),)
    assert scan.facts.scripts == {1: "/bin/\udcfe"}
