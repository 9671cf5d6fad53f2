"""rpm: real databases in their three forms, as rpm itself reads them; headers made here; damage; marks."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
from pathlib import Path
from struct import pack

import pytest

from inspector.packages.databases.rpm import header
from inspector.packages.databases.rpm.reader import read
from inspector.packages.found import Found
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Relation

from .inventories import NOWHERE

FEDORA = Distribution("fedora", "40")
REAL = [
    pytest.param("cbl-mariner-2.0", "rpmdb.sqlite", "sqlite", id="sqlite"),
    pytest.param("libuuid", "Packages", "bdb_ro", id="Berkeley DB"),
]
"""Folder of a real database, its file, what rpm calls its form. Debian's rpm cannot read the third, ndb."""

INT16, INT32, STRING, STRINGS, I18N = 3, 4, 6, 8, 9


def blob(**values: object) -> bytes:
    """A header of tags by their names in header.py: a number, a text, numbers, or texts; FILE_STATES are bytes."""
    index, store = b"", b""
    for name, value in values.items():
        if isinstance(value, bytes):
            kind, count, data = 1, len(value), value
        elif isinstance(value, str):
            kind, count, data = (I18N if name == "GROUP" else STRING), 1, value.encode() + b"\0"
        else:
            items = value if isinstance(value, list) else [value]
            kind = STRINGS if isinstance(items[0], str) else INT32
            parts = [item.encode() + b"\0" if isinstance(item, str) else pack(">I", item) for item in items]
            count, data = len(items), b"".join(parts)
        tag = getattr(header, name) if hasattr(header, name) else TAGS[name]
        index += pack(">IIiI", tag, kind, len(store), count)
        store += data
    return pack(">II", len(index) // 16, len(store)) + index + store


TAGS = {
    **dict(zip(("PROVIDE", "PROVIDE_FLAGS", "PROVIDE_VERSIONS"), header.PROVIDES, strict=True)),
    **dict(zip(("REQUIRE", "REQUIRE_FLAGS", "REQUIRE_VERSIONS"), header.REQUIRES, strict=True)),
    **dict(zip(("RECOMMEND", "RECOMMEND_FLAGS", "RECOMMEND_VERSIONS"), header.RECOMMENDS, strict=True)),
}
BASH = {"NAME": "bash", "VERSION": "5.2", "RELEASE": "1.fc40", "ARCH": "x86_64"}
FILES = {
    "DIR_NAMES": ["/usr/bin/", "/etc/"],
    "DIR_INDEXES": [0, 0, 1, 0],
    "BASE_NAMES": ["bash", "sh", "bashrc", "bashbug"],
}


def database(*blobs: bytes) -> bytes:
    """rpmdb.sqlite of these headers."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(each,) for each in blobs])
    connection.commit()
    return connection.serialize()


def packages(*blobs: bytes, **others: bytes) -> dict[str, Found]:
    files = {"usr/lib/sysimage/rpm/rpmdb.sqlite": database(*blobs), **others}
    return {found.package.name: found for found in read(files, FEDORA, Memo())}


def test_a_header_says_all_that_is_asked_of_a_package() -> None:
    found = packages(
        blob(
            **BASH,
            EPOCH=1,
            GROUP="Shells",
            SOURCE_RPM="bash-5.2-1.fc40.src.rpm",
            REQUIRE=[
                "libc.so.6()(64bit)",
                "filesystem",
                "rpmlib(CompressedFileNames)",
                "(a or b)",
                "(c and d >= 2)",
                "(e if f)",
            ],
            REQUIRE_FLAGS=[0x4000, 12, 0x100000A, 0, 0, 0],
            REQUIRE_VERSIONS=["", "3", "3.0.4-1", "", "", ""],
            RECOMMEND=["bash-completion"],
            RECOMMEND_FLAGS=[0],
            RECOMMEND_VERSIONS=[""],
            PROVIDE=["bash", "/bin/sh"],
            PROVIDE_FLAGS=[8, 0],
            PROVIDE_VERSIONS=["1:5.2-1.fc40", ""],
        )
    )
    package = found["bash"].package
    assert (package.version, package.architecture, package.section) == ("1:5.2-1.fc40", "x86_64", "Shells")
    assert package.purl == "pkg:rpm/fedora/bash@5.2-1.fc40?arch=x86_64&distro=fedora-40&epoch=1"
    assert package.origin == "bash"
    assert package.needs == (
        (Relation("libc.so.6()(64bit)"),),
        (Relation("filesystem", ">=", "3"),),
        (Relation("a"), Relation("b")),
        (Relation("c"),),
        (Relation("d", ">=", "2"),),
    )
    assert package.wants == ((Relation("bash-completion"),),)
    assert package.provides == (Relation("bash", "=", "1:5.2-1.fc40"), Relation("/bin/sh"))


def test_ghosts_and_files_that_were_left_out_are_not_listed() -> None:
    found = packages(blob(**BASH, **FILES, FILE_FLAGS=[0, 0, 1 << 6, 0], FILE_STATES=bytes([0, 1, 0, 2])))
    assert list(found["bash"].listed()) == ["usr/bin/bash"]


def test_a_file_that_another_needs_by_its_path_is_provided() -> None:
    needing = blob(**{**BASH, "NAME": "git"}, REQUIRE=["/usr/bin/sh"], REQUIRE_FLAGS=[0], REQUIRE_VERSIONS=[""])
    assert packages(blob(**BASH, **FILES), needing)["bash"].package.provides == (Relation("/usr/bin/sh"),)


def test_trusted_keys_are_no_packages() -> None:
    assert list(packages(blob(**BASH), blob(**{**BASH, "NAME": "gpg-pubkey"}))) == ["bash"]


def test_marks_of_dnf_4_are_those_of_the_last_transaction() -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        """
        CREATE TABLE rpm (item_id INTEGER, name TEXT, arch TEXT);
        CREATE TABLE trans_item (id INTEGER, item_id INTEGER, reason INTEGER);
        INSERT INTO rpm VALUES (1, 'bash', 'x86_64'), (2, 'git', 'x86_64'), (3, 'perl', 'x86_64');
        INSERT INTO trans_item VALUES (1, 1, 1), (2, 2, 2), (3, 3, 4), (4, 1, 2);
        """
    )
    blobs = [blob(**{**BASH, "NAME": name}) for name in ("bash", "git", "perl", "old")]
    found = packages(*blobs, **{"var/lib/dnf/history.sqlite": connection.serialize()})
    marks = {name: each.package.automatic for name, each in found.items()}
    assert marks == {"bash": False, "git": False, "perl": True, "old": False}


def test_marks_of_dnf_5() -> None:
    state = b"""
        version = "1.0"
        [packages."bash.x86_64"]
        reason = "Dependency"
        [packages."git.x86_64"]
        reason = "External User"
        [packages."perl.x86_64"]
        reason = "Weak Dependency"
    """
    blobs = [blob(**{**BASH, "NAME": name}) for name in ("bash", "git", "perl")]
    found = packages(*blobs, **{"usr/lib/sysimage/libdnf5/packages.toml": state})
    assert {name: each.package.automatic for name, each in found.items()} == {"bash": True, "git": False, "perl": True}


def test_marks_of_zypper() -> None:
    found = packages(
        blob(**BASH), blob(**{**BASH, "NAME": "git"}), **{"var/lib/zypp/AutoInstalled": b"# names\nbash\n"}
    )
    assert {name: each.package.automatic for name, each in found.items()} == {"bash": True, "git": False}


def test_nobody_marks() -> None:
    assert packages(blob(**BASH))["bash"].package.automatic is None


def test_a_mariner_image_without_a_database_has_a_manifest() -> None:
    times, source = ["1653816591", "1653753130"], "bash-5.1.8-4.cm2.src.rpm"
    line = "\t".join(["bash", "5.1.8-4.cm2", *times, "Microsoft Corporation", "(none)", "7200", "x86_64", "0", source])
    (found,) = read({"var/lib/rpmmanifest/container-manifest-2": line.encode()}, Distribution("mariner", "2.0"), Memo())
    assert found.package.purl == "pkg:rpm/mariner/bash@5.1.8-4.cm2?arch=x86_64&distro=mariner-2.0"


@pytest.mark.parametrize(
    ("folder", "name", "count", "files"),
    [
        ("cbl-mariner-2.0", "rpmdb.sqlite", 129, 7251),
        ("sle15-bci", "Packages.db", 35, 2746),
        ("libuuid", "Packages", 1, 7),
    ],
)
def test_real_databases(images: Path, folder: str, name: str, count: int, files: int) -> None:
    found = _real(images, folder, name)
    assert len(found) == count
    assert sum(len(list(each.listed())) for each in found) == files


def test_a_package_of_the_ndb_database(images: Path) -> None:
    glibc = {found.package.name: found.package for found in _real(images, "sle15-bci", "Packages.db")}["glibc"]
    assert (glibc.version, glibc.architecture) == ("2.31-9.3.2", "x86_64")


@pytest.mark.skipif(shutil.which("rpm") is None, reason="rpm is not installed")
@pytest.mark.parametrize(("folder", "name", "form"), REAL)
def test_rpm_says_the_same(images: Path, tmp_path: Path, folder: str, name: str, form: str) -> None:
    shutil.copyfile(images / "packages" / folder / name, tmp_path / name)

    def query(shown: str) -> list[list[str]]:
        options = ("--dbpath", str(tmp_path), "--define", f"_db_backend {form}", "--qf", shown)
        done = subprocess.run(["rpm", "-qa", *options], capture_output=True, text=True, check=True)
        return [line.split("\t") for line in done.stdout.splitlines() if not line.startswith("gpg-pubkey\t")]

    found = _real(images, folder, name)
    ours = sorted([each.package.name, each.package.architecture, each.package.version] for each in found)
    assert ours == sorted(query("%{NAME}\t%{ARCH}\t%{EVR}\n"))
    files = query("[%{=NAME}\t%{FILENAMES}\t%{FILESTATES}\t%{FILEFLAGS}\n]")
    there = {
        (owner, path[1:]) for owner, path, state, flags in files if state not in ("1", "2") and not int(flags) & 64
    }
    assert {(each.package.name, path) for each in found for path in each.listed()} == there
    needs = query("[%{=NAME}\t%{REQUIRENAME} %{REQUIREFLAGS:depflags} %{REQUIREVERSION}\n]")
    theirs = {(owner, " ".join(need.split())) for owner, need in needs if not need.startswith("rpmlib(")}
    assert {
        (each.package.name, f"{need.name} {need.operator} {need.version}".strip())
        for each in found
        for group in each.package.needs
        for need in group
    } == theirs


@pytest.mark.parametrize(
    ("folder", "name"), [("cbl-mariner-2.0", "rpmdb.sqlite"), ("sle15-bci", "Packages.db"), ("libuuid", "Packages")]
)
def test_a_damaged_database_is_read_or_refused(images: Path, folder: str, name: str) -> None:
    data = (images / "packages" / folder / name).read_bytes()
    chance = random.Random(name)
    for _ in range(30):
        damaged = bytearray(data[: chance.choice((len(data), chance.randrange(len(data))))])
        for _ in range(chance.choice((0, 1, 30, 300))):
            damaged[chance.randrange(min(len(damaged), chance.choice((8192, len(data)))))] = chance.randrange(256)
        try:
            list(read({f"var/lib/rpm/{name}": bytes(damaged)}, NOWHERE, Memo()))
        except ValueError:
            continue


def test_a_view_without_end_is_given_up() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIEW Packages AS WITH RECURSIVE n(hnum) AS (SELECT 1 UNION ALL SELECT hnum + 1 FROM n) "
        "SELECT hnum, x'00' AS blob FROM n WHERE hnum < 0"
    )
    with pytest.raises(ValueError, match="SQLite says: interrupted"):
        list(read({"var/lib/rpm/rpmdb.sqlite": connection.serialize()}, NOWHERE, Memo()))


def _real(images: Path, folder: str, name: str) -> list[Found]:
    return list(read({f"var/lib/rpm/{name}": (images / "packages" / folder / name).read_bytes()}, NOWHERE, Memo()))
