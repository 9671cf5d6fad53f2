"""The cache of scans: what it knows equals a fresh scan, and what it cannot trust it does not know."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from builders import SavedImage, blob_of, file, header, pax, saved, scan_of

from inspector.demo.archive import (
    Member,
    Step,
    directory,
    hardlink,
    image_archive,
    opaque,
    symlink,
    tar_layer,
    whiteout,
)
from inspector.errors import BadLayer, BadSetting
from inspector.image.digest import sha256_digest
from inspector.layers.cache import scans as cache
from inspector.layers.cache.packing import pack, unpack
from inspector.layers.cache.scans import ScanCache, user_cache, user_store
from inspector.layers.cache.store import Store
from inspector.layers.entries import Entries
from inspector.layers.scan import LayerScan, ScannedBlob, scan_layer
from inspector.line import inspect_image
from inspector.sizes import parse_size
from tests.watching import Seen

LAYER = tar_layer(
    [
        directory("etc"),
        file("etc/os-release", 30),
        file("var/lib/dpkg/status", 3_000),
        file("bin/sh", 70_000, mode=0o4755),
        hardlink("bin/bash", "bin/sh"),
        symlink("bin/ünï", "../sh"),
        Member("dev/null", kind="char", mode=0o666),
        Member("run/pipe", kind="fifo", uid=2**40, gid=65534, mtime=-5),
        Member("bin/ping", b"ELF", headers={"SCHILY.xattr.security.capability": "\x01\x00v"}),
        whiteout("tmp/x"),
        opaque("srv"),
    ]
)
NOT_UTF8 = header(b"caf\xe9", flag=b"2", link=b"caf\xe8") + pax(("path", b"\xff\xfe")) + header() + bytes(1024)

TARS = {
    "of every kind": LAYER,
    "without entries": bytes(1024),
    "of no bytes": b"",
    "with the root alone": tar_layer([directory(".")]),
    "with names that are not UTF-8": NOT_UTF8,
}
every_tar = pytest.mark.parametrize("tar", TARS.values(), ids=TARS)


@pytest.fixture
def scans(tmp_path: Path) -> ScanCache:
    return ScanCache(Store(tmp_path / "cache", 1 << 20))


def read(scans: ScanCache, *chunks: bytes) -> ScannedBlob:
    """A layer read and kept."""
    blob = scan_layer(chunks)
    scans.put(blob.scan)
    return blob


def only_file(scans: ScanCache) -> Path:
    (path,) = scans._store.folder.iterdir()
    return path


@every_tar
def test_a_packed_scan_comes_back_equal_in_all_fields(tar: bytes) -> None:
    scan = scan_of(tar)
    again = unpack(pack(scan))
    for part in LayerScan.__struct_fields__:
        assert getattr(again, part) == getattr(scan, part), part
    for column in Entries.__struct_fields__:
        ours, theirs = getattr(again.entries, column), getattr(scan.entries, column)
        assert ours == theirs, column
        assert type(ours) is type(theirs), column


@every_tar
def test_what_was_scanned_is_known_by_its_diff_id(scans: ScanCache, tar: bytes) -> None:
    blob = read(scans, *([tar] if tar else []))
    assert blob == blob_of(tar)
    assert scans.scan(sha256_digest(tar)) == blob.scan


def test_it_is_known_whatever_the_blob_was_compressed_with(scans: ScanCache) -> None:
    read(scans, gzip.compress(LAYER))
    assert scans.scan(sha256_digest(LAYER)) == scan_of(LAYER)


def test_what_was_not_scanned_is_not_known(scans: ScanCache) -> None:
    assert scans.scan(sha256_digest(LAYER)) is None


def test_a_bad_layer_is_not_remembered(scans: ScanCache, tmp_path: Path) -> None:
    archive = tmp_path / "bad.tar"
    archive.write_bytes(saved(SavedImage([LAYER[:700]], diff_ids=[sha256_digest(LAYER)])))
    with pytest.raises(BadLayer):
        inspect_image(str(archive), cache=scans)
    assert not scans._store.folder.exists()


@pytest.mark.parametrize(
    "diff_id", ["", "sha256:", "sha256:../../etc/passwd", "sha512:" + "0" * 128, "sha256:" + "A" * 64]
)
def test_what_is_no_diff_id_is_not_known(scans: ScanCache, diff_id: str) -> None:
    assert scans.scan(diff_id) is None
    assert scans.document(diff_id) is None


def test_a_path_with_a_nul_is_not_remembered(scans: ScanCache) -> None:
    tar = pax(("GNU.sparse.name", b"a\0b")) + header() + bytes(1024)
    assert read(scans, tar).scan.entries.paths == ["a\0b"]
    assert scans.scan(sha256_digest(tar)) is None


def test_a_damaged_file_is_ignored_and_replaced(scans: ScanCache) -> None:
    read(scans, LAYER)
    path = only_file(scans)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert scans.scan(sha256_digest(LAYER)) is None
    read(scans, LAYER)
    assert only_file(scans).read_bytes() == whole


@pytest.mark.parametrize("payload", [b"", b"\x90", b"{}", pack(scan_of(tar_layer([file("other")])))])
def test_a_whole_file_with_something_else_in_it_is_ignored(scans: ScanCache, payload: bytes) -> None:
    read(scans, LAYER)
    scans._store.put(only_file(scans).name, payload)
    assert scans.scan(sha256_digest(LAYER)) is None


def test_a_scan_of_another_scanner_version_is_not_known(scans: ScanCache, monkeypatch: pytest.MonkeyPatch) -> None:
    read(scans, LAYER)
    monkeypatch.setattr(cache, "SCANNER_VERSION", cache.SCANNER_VERSION + 1)
    assert scans.scan(sha256_digest(LAYER)) is None


def test_documents_are_known_by_their_digest(scans: ScanCache) -> None:
    scans.keep(b'{"os": "linux"}')
    assert scans.document(sha256_digest(b'{"os": "linux"}')) == b'{"os": "linux"}'
    assert scans.document(sha256_digest(b"{}")) is None


def test_a_document_that_is_not_what_its_name_says_is_ignored(scans: ScanCache) -> None:
    scans.keep(b"{}")
    scans._store.put(only_file(scans).name, b"[]")
    assert scans.document(sha256_digest(b"{}")) is None


def test_a_second_look_reads_no_byte_of_a_layer(scans: ScanCache, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    archive.write_bytes(image_archive("app:1", [Step("COPY", LAYER)], created="2018-01-01T00:00:00Z"))
    first, second = Seen(), Seen()
    fresh = inspect_image(str(archive), cache=scans, watch=first)
    again = inspect_image(str(archive), cache=scans, watch=second)
    assert (first.bytes_read, second.bytes_read) == (len(LAYER), 0)
    assert (again.image, again.scans, again.instructions) == (fresh.image, fresh.scans, fresh.instructions)
    assert again.filesystem == fresh.filesystem


def test_the_environment_names_the_folder_and_the_cap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEANINSPECT_CACHE_DIR", str(tmp_path))
    assert (user_store().folder, user_store().limit) == (tmp_path, 1 << 30)
    monkeypatch.setenv("LEANINSPECT_CACHE_MAX", "500MB")
    assert user_store().limit == 500_000_000
    monkeypatch.setenv("LEANINSPECT_CACHE_MAX", "0")
    assert user_cache() is None
    monkeypatch.setenv("LEANINSPECT_CACHE_MAX", "plenty")
    with pytest.raises(BadSetting, match="LEANINSPECT_CACHE_MAX is no size: plenty"):
        user_cache()


def test_without_settings_it_is_where_caches_are_and_one_gibibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LEANINSPECT_CACHE_DIR", "LEANINSPECT_CACHE_MAX"):
        monkeypatch.delenv(variable, raising=False)
    store = user_store()
    assert store.folder.name in ("leaninspect", "Cache")
    assert store.folder.is_absolute()
    assert store.limit == 1 << 30


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("512", 512),
        ("12 B", 12),
        ("500MB", 500_000_000),
        ("500m", 500_000_000),
        ("2GiB", 2 << 30),
        ("1.5 kB", 1_500),
        ("0.1TiB", 109_951_162_777),
        (" 3 gib ", 3 << 30),
    ],
)
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "-1", "1 XB", "1e9", "one", "1 MB 2", "1,5GB", "nan", "٣MB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is no size"):
        parse_size(text)
