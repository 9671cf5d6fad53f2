"""The layer scan: digests, content ids, captured files, markers and paths."""

from __future__ import annotations

import gzip
import hashlib
import posixpath
from pathlib import Path

import pytest
from builders import END, blob_of, file, header, padded, scan_of
from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from inspector.demo.archive import Member, directory, hardlink, opaque, symlink, tar_layer, whiteout
from inspector.errors import BadLayer
from inspector.layers import scan
from inspector.layers.entries import Kind
from inspector.layers.tar import clean_path

MEMBERS = [
    directory("etc", mode=0o1777),
    Member("etc/hosts", b"127.0.0.1 localhost\n", uid=5, gid=6, mtime=7),
    symlink("etc/link", "../usr//./share/"),
    hardlink("etc/alias", "./etc/hosts"),
    Member("dev/null", kind="char"),
    Member("run/pipe", kind="fifo"),
    Member("bin/sudo", b"\x7fELF", mode=0o4755, headers={"SCHILY.xattr.security.capability": "cap"}),
]


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@pytest.mark.parametrize("chunk", [1, 7, 511, 512, 513, 4096, 1 << 20])
def test_a_scan_is_the_same_however_the_bytes_come(chunk: int) -> None:
    tar = tar_layer([*MEMBERS, file("big", 70_000)])
    assert blob_of(tar, chunk) == blob_of(tar, len(tar))


@pytest.mark.parametrize("compressed", [False, True])
def test_digests_and_lengths_are_those_of_the_bytes(compressed: bool) -> None:
    tar = tar_layer(MEMBERS)
    data = gzip.compress(tar, mtime=0) if compressed else tar
    blob = blob_of(data, 1000)
    assert (blob.scan.diff_id, blob.scan.tar_bytes) == (sha256(tar), len(tar))
    assert (blob.digest, blob.blob_bytes) == (sha256(data), len(data))
    assert blob.compression == ("gzip" if compressed else None)


def test_digests_are_of_everything_also_behind_the_end_marker() -> None:
    tar = tar_layer(MEMBERS) + b"garbage"
    assert blob_of(tar, 100).scan.diff_id == sha256(tar)
    blob = gzip.compress(tar_layer(MEMBERS)) + b"garbage"
    assert blob_of(blob, 100).digest == sha256(blob)


def test_a_real_layer_has_the_digest_it_was_published_with(images: Path) -> None:
    blob = blob_of((images / "alpine/alpine-minirootfs-3.20.3-x86_64.tar.gz").read_bytes())
    assert blob.scan.diff_id.startswith("sha256:1bccf10afce5")
    assert len(blob.scan.entries) == 518
    assert blob.scan.size_bytes == sum(entry.size for entry in blob.scan.entries) == 7_792_915


@pytest.mark.parametrize("data", [b"", bytes(512), bytes(1024), bytes(10240)])
def test_an_empty_layer_has_no_entries(data: bytes) -> None:
    layer = scan_of(data)
    assert (len(layer.entries), layer.size_bytes, layer.diff_id) == (0, 0, sha256(data))


def test_an_entry_holds_what_its_member_says() -> None:
    entries = {entry.path: entry for entry in scan_of(MEMBERS).entries}
    hosts = entries["etc/hosts"]
    assert (hosts.kind, hosts.size, hosts.mode, hosts.uid, hosts.gid, hosts.mtime) == (Kind.FILE, 20, 0o644, 5, 6, 7)
    assert (entries["etc"].kind, entries["etc"].mode) == (Kind.DIRECTORY, 0o1777)
    assert (entries["etc/link"].kind, entries["etc/link"].link) == (Kind.SYMLINK, "../usr//./share/")
    assert (entries["etc/alias"].kind, entries["etc/alias"].link) == (Kind.HARDLINK, "etc/hosts")
    assert entries["etc/alias"].size == 0
    assert (entries["dev/null"].kind, entries["dev/null"].device) == (Kind.CHAR, (0, 0))
    assert (entries["run/pipe"].kind, entries["run/pipe"].device) == (Kind.FIFO, None)
    assert (entries["bin/sudo"].mode, entries["bin/sudo"].xattrs) == (0o4755, {"security.capability": b"cap"})


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 100_000])
def test_a_content_id_is_xxh3_of_the_bytes_whatever_the_path(size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    layer = scan_of([Member("a", content), Member("etc/os-release", content), Member("b", content[:-1] + b"!")])
    plain, captured, other = layer.entries
    expected = xxh3_64_intdigest(content) if content else 0
    assert (plain.content, captured.content) == (expected, expected)
    assert other.content != expected
    assert layer.entries.same_content(0, layer.entries, 1)
    assert not layer.entries.same_content(0, layer.entries, 2)


def test_small_files_that_matter_are_kept_whole() -> None:
    captured = {
        "etc/os-release": b"ID=debian\n",
        "var/lib/dpkg/status": b"Package: make\n" * 1000,
        "var/lib/dpkg/info/make.list": b"/usr/bin/make\n",
        "lib/apk/db/installed": b"P:make\n",
        "etc/apk/world": b"",
    }
    others = ["etc/os-releases", "var/lib/dpkg/status-old", "usr/etc/os-release", "etc/shadow"]
    members = [Member(f"./{path}", content) for path, content in captured.items()]
    assert scan_of([*members, *(file(path) for path in others)]).captured == captured


def test_of_a_file_twice_in_a_layer_the_last_is_kept() -> None:
    assert scan_of([Member("etc/apk/world", b"a"), Member("etc/apk/world", b"b")]).captured == {"etc/apk/world": b"b"}


def test_a_file_too_large_to_keep_is_only_identified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_CAPTURE", 10)
    layer = scan_of([Member("etc/apk/world", b"x" * 11), Member("lib/apk/db/installed", b"x" * 10)])
    assert layer.captured == {"lib/apk/db/installed": b"x" * 10}
    assert layer.entries[0].content == xxh3_64_intdigest(b"x" * 11)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".wh.gone", ("gone", Kind.WHITEOUT)),
        ("a/b/.wh.gone", ("a/b/gone", Kind.WHITEOUT)),
        ("./a/.wh..hidden", ("a/.hidden", Kind.WHITEOUT)),
        ("a/.wh..wh.odd", ("a/.wh.odd", Kind.WHITEOUT)),  # only the root has AUFS bookkeeping, as in Docker
        (".wh..wh..opq", ("", Kind.OPAQUE)),
        ("a/b/.wh..wh..opq", ("a/b", Kind.OPAQUE)),
        ("a/.wh.gone/inside", ("a/.wh.gone/inside", Kind.FILE)),
        ("a/x.wh.y", ("a/x.wh.y", Kind.FILE)),
        (".whiteout", (".whiteout", Kind.FILE)),
        (".wh..wh.aufs", None),
        (".wh..wh.plnk/12.34", None),
        (".wh..wh.orph/x", None),
        (".wh.", None),  # names no file
        ("a/.wh..", None),
        ("a/.wh...", None),
    ],
)
def test_markers_are_known_by_name(name: str, expected: tuple[str, Kind] | None) -> None:
    found = [(entry.path, entry.kind, entry.size) for entry in scan_of([Member(name, b"content")]).entries]
    assert found == ([] if expected is None else [(*expected, 7 if expected[1] is Kind.FILE else 0)])


def test_a_marker_of_any_type_is_a_marker() -> None:
    layer = scan_of([directory("d/.wh.a"), symlink(".wh.b", "b"), hardlink(".wh.c", "d")])
    assert [(entry.path, entry.kind) for entry in layer.entries] == [
        ("d/a", Kind.WHITEOUT),
        ("b", Kind.WHITEOUT),
        ("c", Kind.WHITEOUT),
    ]


def test_the_builders_markers_are_the_ones_of_the_specification() -> None:
    assert [whiteout("a/b").path, whiteout("b").path, opaque("a").path, opaque("").path] == [
        "a/.wh.b",
        ".wh.b",
        "a/.wh..wh..opq",
        ".wh..wh..opq",
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("etc/passwd", "etc/passwd"),
        ("./etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("//etc//passwd/", "etc/passwd"),
        ("etc/./passwd", "etc/passwd"),
        ("etc/passwd/.", "etc/passwd"),
        ("usr/lib/../bin/x", "usr/bin/x"),
        ("../../etc/passwd", "etc/passwd"),
        ("a/../../b", "b"),
        ("a/..b/...", "a/..b/..."),
        (".hidden", ".hidden"),
        (".", ""),
        ("./", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_paths_are_relative_to_the_root_and_never_leave_it(name: str, path: str) -> None:
    assert clean_path(name) == path


@given(st.text(alphabet="./ab", max_size=20))
def test_clean_paths_are_the_standard_librarys(name: str) -> None:
    assert clean_path(name) == posixpath.normpath("/" + name.lstrip("/")).strip("/")


def test_a_layer_cut_inside_a_file_is_refused() -> None:
    tar = header(b"etc/apk/world", size=600) + padded(b"x" * 600)
    assert scan_of(tar + END).size_bytes == 600
    for length in (513, 700, 1111):
        with pytest.raises(BadLayer, match=f"^the tar ends {512 + 600 - length} bytes too early$"):
            scan_of(tar[:length])
