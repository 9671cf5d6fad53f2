"""Which files a scan keeps for the readers of packages, and what they may take."""

from __future__ import annotations

import pytest

from inspector.demo.archive import Member
from inspector.layers import scan
from inspector.layers.capture import CAPTURED, reader_of
from inspector.packages.managers import MANAGERS
from tests.builders import scan_of

KEPT = {
    "deb": ["var/lib/dpkg/status", "var/lib/dpkg/status.d/base-files", "var/lib/dpkg/info/libc6:amd64.list"],
    "apk": ["lib/apk/db/installed", "usr/lib/apk/db/installed", "etc/apk/world"],
    "rpm": [
        "var/lib/rpm/Packages",
        "usr/lib/sysimage/rpm/Packages.db",
        "usr/share/rpm/rpmdb.sqlite",
        "var/lib/dnf/history.sqlite",
        "var/lib/zypp/AutoInstalled",
        "var/lib/rpmmanifest/container-manifest-2",
    ],
    "alpm": ["var/lib/pacman/local/gcc-14.1.1-1/desc", "var/lib/pacman/local/gcc-14.1.1-1/files"],
    "conda": ["opt/conda/conda-meta/numpy-1.0-py312_0.json"],
    "pypi": [
        "usr/lib/python3/dist-packages/six-1.dist-info/METADATA",
        "a/six-1.dist-info/RECORD",
        "a/six-1.dist-info/REQUESTED",
        "a/six-1.egg-info",
        "a/six-1.egg-info/PKG-INFO",
    ],
    "gem": ["usr/lib/ruby/gems/3.1.0/specifications/rake-13.gemspec", "specifications/default/json-2.gemspec"],
    "composer": ["app/vendor/composer/installed.json", "app/composer.json", "composer.json"],
    "npm": ["package.json", "app/node_modules/@a/b/package.json", "app/node_modules/.package-lock.json"],
}

NOT_KEPT = [
    "var/lib/dpkg/info/libc6.md5sums",
    "var/lib/dpkg/status-old",
    "home/status",
    "etc/world",
    "var/lib/rpm/Name",
    "x/Packages",
    "usr/share/doc/six/METADATA",
    "app/.package-lock.json",
    "app/gems/rake/rake.gemspec",
    "vendor/installed.json",
    "data/a.json",
]


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in KEPT.items() for path in paths])
def test_a_scan_keeps_what_a_reader_reads(kind: str, path: str) -> None:
    assert [manager.kind for manager in MANAGERS if manager.captured == reader_of(path)] == [kind]


def test_every_manager_has_its_part_of_the_table_of_captured_files() -> None:
    assert {manager.captured for manager in MANAGERS} - {""} == CAPTURED.keys() - {"system", "apt"}


@pytest.mark.parametrize(
    "path", ["etc/os-release", "etc/apt/apt.conf", "etc/apt/apt.conf.d/90x", "etc/ld-musl-x86_64.path"]
)
def test_a_scan_keeps_what_others_read(path: str) -> None:
    assert reader_of(path)


@pytest.mark.parametrize("path", NOT_KEPT)
def test_a_scan_keeps_no_other_path(path: str) -> None:
    assert not reader_of(path)


def test_all_files_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_CAPTURED", 10)
    kept = scan_of([Member(f"{name}/package.json", b"x" * 6) for name in "ab"] + [Member("c/package.json", b"xxxx")])
    assert list(kept.captured) == ["a/package.json", "c/package.json"]
