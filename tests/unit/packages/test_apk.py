"""apk: the database of Alpine and Wolfi, world, virtual packages, capabilities."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.line import inspect_image
from inspector.packages.databases import apk
from inspector.packages.found import Found
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package, Relation

DATABASE = """\
C:Q1abc=
P:musl
V:1.2.5-r0
A:x86_64
o:musl
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1abc=
R:libc.musl-x86_64.so.1
F:

P:g++
V:13.2.1-r0
A:x86_64
o:gcc
D:musl>=1.2 !gcc-old so:libc.musl-x86_64.so.1 libstdc++=13.2.1-r0 musl-dev@edge mpc1~1.3
p:cmd:g++=13.2.1-r0
F:usr/bin
R:g++

P:.build-deps
V:20240101.000000
A:noarch
T:virtual meta package
D:g++

P:bash-doc
V:1
i:docs bash=5.2
"""


def read(database: str, world: str | None = None, path: str = "lib/apk/db/installed") -> dict[str, Found]:
    files = {path: database.encode()} | ({} if world is None else {"etc/apk/world": world.encode()})
    return {found.package.name: found for found in apk.read(files, Distribution("alpine", "3.20.3"), Memo())}


def packages(database: str, world: str | None = None) -> dict[str, Package]:
    return {name: found.package for name, found in read(database, world).items()}


def test_a_stanza_says_all_that_is_asked_of_a_package() -> None:
    package = packages(DATABASE)["g++"]
    assert package.purl == "pkg:apk/alpine/g%2B%2B@13.2.1-r0?arch=x86_64&distro=alpine-3.20.3"
    assert (package.version, package.architecture, package.origin) == ("13.2.1-r0", "x86_64", "gcc")
    assert package.needs == (
        (Relation("musl", ">=", "1.2"),),
        (Relation("so:libc.musl-x86_64.so.1"),),
        (Relation("libstdc++", "=", "13.2.1-r0"),),
        (Relation("musl-dev"),),
        (Relation("mpc1", "~", "1.3"),),
    )
    assert package.provides == (Relation("cmd:g++", "=", "13.2.1-r0"),)


def test_files_lie_in_the_folder_named_before_them() -> None:
    found = read(DATABASE)
    assert list(found["musl"].listed()) == ["lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1"]
    assert list(found["g++"].listed()) == ["usr/bin/g++"]
    assert list(found[".build-deps"].listed()) == []


def test_a_virtual_package_is_told_by_its_description() -> None:
    assert [name for name, package in packages(DATABASE).items() if package.virtual] == [".build-deps"]


def test_install_if_names_what_it_waits_for() -> None:
    assert packages(DATABASE)["bash-doc"].install_if == (Relation("docs"), Relation("bash", "=", "5.2"))


def test_world_says_what_was_asked_for_by_name_or_by_what_it_provides() -> None:
    marks = {
        name: each.automatic for name, each in packages(DATABASE, ".build-deps=20240101.000000\ncmd:g++\n").items()
    }
    assert marks == {"musl": True, "g++": False, ".build-deps": False, "bash-doc": True}


def test_without_world_nobody_knows() -> None:
    assert {package.automatic for package in packages(DATABASE).values()} == {None}


def test_a_stanza_without_a_version() -> None:
    with pytest.raises(ValueError, match="apk's database has no field 'V'"):
        read("P:a\n")


def test_the_database_of_wolfi(images: Path) -> None:
    database = (images / "packages" / "wolfi-base.installed").read_text()
    found = read(database, path="usr/lib/apk/db/installed")
    assert {name: len(list(each.listed())) for name, each in found.items()} == {
        "wolfi-baselayout": 20,
        "ca-certificates-bundle": 5,
        "glibc-locale-posix": 13,
        "libgcc": 2,
        "glibc": 22,
        "ld-linux": 4,
        "libcrypto3": 3,
        "libssl3": 2,
        "zlib": 3,
        "apk-tools": 4,
        "libxcrypt": 3,
        "libcrypt1": 1,
        "busybox": 4,
        "wolfi-keys": 4,
        "wolfi-base": 1,
    }
    assert {found[name].package.install_if for name in found} == {()}  # apko writes `i:[]`
    assert Relation("so:libssl.so.3", "=", "3") in found["libssl3"].package.provides


def test_alpine(images: Path) -> None:
    """14 packages own every byte but apk's own files and those that name the release."""
    inspection = inspect_image(f"oci-dir:{images}/oci/alpine-3.20.3-oci")
    inventory = inspection.inventory
    assert str(inventory.distribution) == "alpine-3.20.3"
    assert {(each.package.name, each.package.version) for each in inventory.installed} == {
        ("alpine-baselayout", "3.6.5-r0"),
        ("alpine-baselayout-data", "3.6.5-r0"),
        ("alpine-keys", "2.4-r1"),
        ("apk-tools", "2.14.4-r0"),
        ("busybox", "1.36.1-r29"),
        ("busybox-binsh", "1.36.1-r29"),
        ("ca-certificates-bundle", "20240705-r0"),
        ("libcrypto3", "3.3.2-r0"),
        ("libssl3", "3.3.2-r0"),
        ("musl", "1.2.5-r0"),
        ("musl-utils", "1.2.5-r0"),
        ("scanelf", "1.3.7-r2"),
        ("ssl_client", "1.36.1-r29"),
        ("zlib", "1.3.1-r1"),
    }
    manual = {each.package.name for each in inventory.installed if not each.package.automatic}
    assert manual == {"alpine-baselayout", "alpine-keys", "apk-tools", "busybox", "musl-utils"}
    owned = {entry for each in inventory.installed for entry in each.entries}
    entries = {entry_id: inspection.filesystem.entry(entry_id) for entry_id in inspection.filesystem.visible()}
    assert {entry.path: entry.size for entry_id, entry in entries.items() if entry.size and entry_id not in owned} == {
        "etc/alpine-release": 7,
        "etc/apk/arch": 7,
        "etc/apk/repositories": 103,
        "etc/apk/world": 59,
        "etc/issue": 54,
        "etc/os-release": 188,
        "etc/secfixes.d/alpine": 97,
        "lib/apk/db/installed": 14206,
        "lib/apk/db/scripts.tar": 10240,
        "lib/apk/db/triggers": 76,
    }
    assert (
        sum(each.size_bytes for each in inventory.installed)
        == 7_767_878
        == inspection.filesystem.ledger.live_bytes - 25_037
    )
