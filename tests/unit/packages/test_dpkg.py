"""dpkg: what status, lists, diversions and marks say; and on Debian, that dpkg and apt say the same of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from inspector.packages.databases import dpkg
from inspector.packages.found import Found
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Relation

from .inventories import NOWHERE, by_name, dpkg_list, stanza

on_debian = pytest.mark.skipif(
    shutil.which("dpkg-query") is None or not Path("/var/lib/dpkg/status").exists(),
    reason="dpkg is not this machine's package manager",
)


def read(files: dict[str, str | bytes]) -> dict[str, Found]:
    data = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return {found.package.name: found for found in dpkg.read(data, Distribution("debian", "12"), Memo())}


def test_a_stanza_says_all_that_is_asked_of_a_package() -> None:
    text = stanza(
        "g++",
        "4:12.2.0-3",
        Source="gcc-defaults (1.203)",
        Section="devel",
        Priority="optional",
        Pre_Depends="libc6 (>= 2.34)",
        Depends="cpp (= 4:12.2.0-3), gcc:any | gcc-12:amd64 (>> 12~),\n g++-12",
        Recommends="make",
        Suggests="g++-multilib",
        Provides="c++-compiler, c++abi2-dev (= 1)",
        Description="a compiler\n Depends: not a field, a line of the description",
    )
    package = read({"var/lib/dpkg/status": text})["g++"].package
    assert (package.kind, package.version, package.architecture) == ("deb", "4:12.2.0-3", "amd64")
    assert package.purl == "pkg:deb/debian/g%2B%2B@4:12.2.0-3?arch=amd64&distro=debian-12"
    assert package.needs == (
        (Relation("libc6", ">=", "2.34"),),
        (Relation("cpp", "=", "4:12.2.0-3"),),
        (Relation("gcc", architecture="any"), Relation("gcc-12", ">>", "12~", "amd64")),
        (Relation("g++-12"),),
    )
    assert package.wants == ((Relation("make"),),)
    assert package.suggests == ((Relation("g++-multilib"),),)
    assert package.provides == (Relation("c++-compiler"), Relation("c++abi2-dev", "=", "1"))
    assert (package.section, package.priority, package.origin) == ("devel", "optional", "gcc-defaults")
    assert not (package.essential or package.protected or package.held)


@pytest.mark.parametrize(
    ("status", "there"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("install ok triggers-pending", True),
        ("deinstall ok config-files", False),
        ("install ok half-installed", False),
        ("unknown ok not-installed", False),
    ],
)
def test_a_package_is_there_when_its_status_says_so(status: str, there: bool) -> None:
    assert bool(read({"var/lib/dpkg/status": stanza("a", Status=status)})) is there


def test_flags_that_keep_a_package_installed() -> None:
    status = (
        stanza("dash", Essential="yes")
        + stanza("init", Protected="yes")
        + stanza("old", Important="yes")
        + stanza("kept", Status="hold ok installed")
    )
    packages = {name: found.package for name, found in read({"var/lib/dpkg/status": status}).items()}
    assert [name for name, package in packages.items() if package.essential] == ["dash"]
    assert [name for name, package in packages.items() if package.protected] == ["init", "old"]
    assert [name for name, package in packages.items() if package.held] == ["kept"]


def test_apt_marks_what_came_automatically_under_the_machines_architecture() -> None:
    status = stanza("a") + stanza("b") + stanza("tzdata").replace("amd64", "all") + stanza("apt")
    states = "".join(
        f"Package: {name}\nArchitecture: amd64\nAuto-Installed: {auto}\n\n"
        for name, auto in (("a", 1), ("b", 0), ("tzdata", 1))
    )
    found = read({"var/lib/dpkg/status": status, "var/lib/apt/extended_states": states})
    marks = {name: each.package.automatic for name, each in found.items()}
    assert marks == {"a": True, "b": False, "tzdata": True, "apt": False}


def test_without_apt_nobody_knows_what_came_automatically() -> None:
    assert read({"var/lib/dpkg/status": stanza("a")})["a"].package.automatic is None
    assert read({"var/lib/dpkg/status": stanza("a") + stanza("apt")})["a"].package.automatic is False


def test_lists_of_one_architecture_among_several() -> None:
    files: dict[str, str | bytes] = {
        "var/lib/dpkg/status": stanza("libc6"),
        "var/lib/dpkg/info/libc6:amd64.list": dpkg_list("lib/x86_64-linux-gnu/libc.so.6"),
        "var/lib/dpkg/info/libc6:i386.list": dpkg_list("lib/i386-linux-gnu/libc.so.6"),
    }
    listed = list(read(files)["libc6"].listed())
    assert listed[0] == "lib/x86_64-linux-gnu/libc.so.6"
    assert "var/lib/dpkg/info/libc6:amd64.md5sums" in listed
    assert not any("i386" in path for path in listed)


def test_a_diverted_file_lies_elsewhere_for_all_but_the_diverting_package() -> None:
    files: dict[str, str | bytes] = {
        "var/lib/dpkg/status": stanza("coreutils") + stanza("busybox"),
        "var/lib/dpkg/info/coreutils.list": dpkg_list("usr/bin/ls", "usr/bin/cat"),
        "var/lib/dpkg/info/busybox.list": dpkg_list("usr/bin/ls"),
        "var/lib/dpkg/diversions": "/usr/bin/ls\n/usr/bin/ls.real\nbusybox\n/usr/bin/cat\n/usr/bin/cat.mine\n:\n",
    }
    found = read(files)
    assert list(found["coreutils"].listed())[:2] == ["usr/bin/cat.mine", "usr/bin/ls.real"]
    assert next(iter(found["busybox"].listed())) == "usr/bin/ls"


def test_a_distroless_image_has_a_file_for_each_package() -> None:
    about = stanza("libc6", "2.36").replace("Status: install ok installed\n", "")
    found = read(
        {
            "var/lib/dpkg/status.d/libc6": about,
            "var/lib/dpkg/status.d/libc6.md5sums": "0123456789abcdef0123456789abcdef  lib/x86_64-linux-gnu/libc.so.6\n",
        }
    )
    assert found["libc6"].package.version == "2.36"
    assert list(found["libc6"].listed()) == [
        "lib/x86_64-linux-gnu/libc.so.6",
        "var/lib/dpkg/status.d/libc6",
        "var/lib/dpkg/status.d/libc6.md5sums",
    ]


@pytest.mark.parametrize("text", ["Status: install ok installed\nVersion: 1\n", stanza("a", Depends="(>= 1)")])
def test_a_stanza_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="dpkg's status"):
        read({"var/lib/dpkg/status": text})


def test_a_real_status_with_a_compiler(images: Path) -> None:
    found = read({"var/lib/dpkg/status": (images / "packages" / "texlive.status").read_bytes()})
    packages = by_name(each.package for each in found.values())
    assert len(packages) == 357
    assert [packages[name].version for name in ("g++", "g++-7", "make")] == [
        "4:7.4.0-1ubuntu2.3",
        "7.5.0-3ubuntu1~18.04",
        "4.1-9.1ubuntu1",
    ]
    assert packages["libquadmath0"].origin == "gcc-8"
    assert Counter(package.priority for package in packages.values())["required"] == 44
    assert sum(package.essential for package in packages.values()) == 24
    assert sum(len(package.needs) for package in packages.values()) == 1172


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="dpkg is not installed")
def test_dpkg_reads_the_same_from_that_status(images: Path, tmp_path: Path) -> None:
    data = (images / "packages" / "texlive.status").read_bytes()
    (tmp_path / "status").write_bytes(data)
    (tmp_path / "available").touch()
    (tmp_path / "info").mkdir()
    theirs = _query("--admindir", str(tmp_path))
    found = dpkg.read({"var/lib/dpkg/status": data}, NOWHERE, Memo())
    assert sorted(_facts(each) for each in found) == theirs


@on_debian
def test_the_packages_of_this_machine() -> None:
    assert sorted(_facts(found) for found in dpkg.read(_machine(), NOWHERE, Memo())) == _query()


@on_debian
def test_the_marks_of_this_machine() -> None:
    if shutil.which("apt-mark") is None:
        pytest.skip("apt is not installed")
    packages = [found.package for found in dpkg.read(_machine(), NOWHERE, Memo())]
    assert {package.name for package in packages if package.automatic} == set(_output("apt-mark", "showauto").split())
    manual = {package.name for package in packages if package.automatic is False}
    assert manual == set(_output("apt-mark", "showmanual").split())


@on_debian
def test_the_files_of_this_machine() -> None:
    """`dpkg -L` of many packages at once: their files in order, with a blank line between two packages."""
    found = [each for each in dpkg.read(_machine(), NOWHERE, Memo()) if each.package.architecture != "all"][:100]
    names = [f"{each.package.name}:{each.package.architecture}" for each in found]
    for each, told in zip(found, _output("dpkg", "-L", *names).split("\n\n"), strict=True):
        ours = {path for path in each.listed() if not path.startswith("var/lib/dpkg/info/")}
        theirs = _listed_by_dpkg(told)
        folders = {path.rpartition("/")[0] for path in theirs}
        assert ours == theirs - folders - {"."}, each.package.name


def _listed_by_dpkg(told: str) -> set[str]:
    paths: list[str] = []
    for line in told.splitlines():
        diverted = re.match(r"(?:diverted by \S+|locally diverted) to: /(.*)", line)
        if diverted:
            paths[-1] = diverted[1]
        elif line.startswith("/"):
            paths.append(line.strip("/"))
    return set(paths)


def _machine() -> dict[str, bytes]:
    root = Path("/")
    patterns = (
        "var/lib/dpkg/status",
        "var/lib/dpkg/diversions",
        "var/lib/dpkg/info/*.list",
        "var/lib/apt/extended_states",
    )
    return {str(path).lstrip("/"): path.read_bytes() for pattern in patterns for path in root.glob(pattern)}


def _facts(found: Found) -> tuple[str, ...]:
    package = found.package
    return (package.name, package.architecture, package.version, package.origin, package.section, package.priority)


def _query(*options: str) -> list[tuple[str, ...]]:
    fields = ("db:Status-Status", "Package", "Architecture", "Version", "source:Package", "Section", "Priority")
    shown = "\t".join(f"${{{field}}}" for field in fields) + "\n"
    rows = (line.split("\t") for line in _output("dpkg-query", *options, "-W", "-f", shown).splitlines())
    return sorted(tuple(row[1:]) for row in rows if row[0] == "installed")


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
