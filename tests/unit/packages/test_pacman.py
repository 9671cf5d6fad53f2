"""pacman: a folder a package."""

from __future__ import annotations

import pytest

from inspector.packages.databases import pacman
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Relation

DESC = """\
%NAME%
gcc

%VERSION%
14.1.1-1

%BASE%
gcc

%ARCH%
x86_64

%REASON%
1

%DEPENDS%
gcc-libs=14.1.1-1
binutils>=2.28
libmpc

%OPTDEPENDS%
lib32-gcc-libs: for generating code for 32-bit ABI

%PROVIDES%
gcc-multilib

"""
FILES = "%FILES%\nusr/\nusr/bin/\nusr/bin/gcc\nusr/bin/cc\n\n%BACKUP%\netc/gcc.conf\tabc\n"
FOLDER = "var/lib/pacman/local/gcc-14.1.1-1"


def test_a_package_with_its_files() -> None:
    files = {f"{FOLDER}/desc": DESC.encode(), f"{FOLDER}/files": FILES.encode()}
    (found,) = pacman.read(files, Distribution("arch"), Memo())
    package = found.package
    assert package.purl == "pkg:alpm/arch/gcc@14.1.1-1?arch=x86_64&distro=arch"
    assert package.automatic is True
    assert package.needs == (
        (Relation("gcc-libs", "=", "14.1.1-1"),),
        (Relation("binutils", ">=", "2.28"),),
        (Relation("libmpc"),),
    )
    assert package.suggests == ((Relation("lib32-gcc-libs"),),)
    assert package.provides == (Relation("gcc-multilib"),)
    own = [f"{FOLDER}/{name}" for name in ("desc", "files", "mtree", "install", "changelog")]
    assert list(found.listed()) == ["usr/bin/gcc", "usr/bin/cc", *own]


def test_a_package_without_a_reason_was_asked_for() -> None:
    (found,) = pacman.read({f"{FOLDER}/desc": b"%NAME%\ngcc\n\n%VERSION%\n1\n"}, Distribution(), Memo())
    assert found.package.automatic is False


def test_a_package_without_a_version() -> None:
    with pytest.raises(ValueError, match="no name or no version"):
        list(pacman.read({f"{FOLDER}/desc": b"%NAME%\ngcc\n"}, Distribution(), Memo()))
