"""The rescue: what files outside of packages need of packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from inspector.demo.archive import Member, symlink, whiteout
from inspector.image.run import parse_run
from inspector.packages.evidence import gather
from inspector.packages.removal.needs import Need, find_needs, needed_packages
from tests.elves import AARCH64, elf, library, program

from .inventories import dpkg_list, image_of, stanza

LIB = "usr/lib/x86_64-linux-gnu"
MERGED = [symlink("lib", "usr/lib"), symlink("bin", "usr/bin"), symlink("lib64", "usr/lib64")]


def needs_of(
    packages: Mapping[str, Sequence[Member]], *own: Member, run: Mapping[str, Any] | None = None, removed: str = ""
) -> dict[str, Need]:
    """By package, what is needed of it: `packages` own their members, nobody owns the others.

    A second layer removes the path `removed`.
    """
    members = [*MERGED, *own]
    members += [member for owned in packages.values() for member in owned]
    members.append(Member("var/lib/dpkg/status", "".join(stanza(name) for name in packages).encode()))
    for name, owned in packages.items():
        listed = dpkg_list(*(member.path for member in owned))
        members.append(Member(f"var/lib/dpkg/info/{name}.list", listed.encode()))
    filesystem, scans = image_of(members, [whiteout(removed)] if removed else [])
    found = needed_packages(gather(filesystem, scans, parse_run(run or {})))
    return {package.name: need for package, need in found.items()}


def lib(name: str, *needed: str, folder: str = LIB, soname: str = "") -> Member:
    return Member(f"{folder}/{name}", library(soname or name, *needed))


GOMP = {
    "libgomp1": [
        Member(f"{LIB}/libgomp.so.1.0.0", library("libgomp.so.1")),
        symlink(f"{LIB}/libgomp.so.1", "libgomp.so.1.0.0"),
    ]
}
APP = "usr/local/bin/app"


def test_libraries_of_a_program_are_needed() -> None:
    need = needs_of(GOMP, Member(APP, program("libgomp.so.1")))["libgomp1"]
    assert (need.what, need.who) == ("libgomp.so.1", f"/{APP}")


def test_what_nobody_needs_is_not() -> None:
    assert needs_of(GOMP, Member(APP, program("libc.so.6"))) == {}


def test_what_was_removed_needs_nothing() -> None:
    script = Member(APP, b"#!/usr/bin/gawk\n", mode=0o755)
    assert needs_of(GOMP, Member(APP, program("libgomp.so.1")), removed=APP) == {}
    assert needs_of(GAWK, script, removed=APP) == {}


def test_packages_do_not_rescue_each_other() -> None:
    assert needs_of({**GOMP, "gcc": [Member("usr/bin/gcc", program("libgomp.so.1"))]}) == {}


def test_object_files_need_nothing_at_run_time() -> None:
    data = bytearray(elf(("libgomp.so.1",)))
    data[16] = 1
    assert needs_of(GOMP, Member("app/main.o", bytes(data))) == {}


def test_a_library_of_another_machine_does_not_fit() -> None:
    other = {"libgomp1-arm64": [Member(f"{LIB}/libgomp.so.1", library("libgomp.so.1", machine=AARCH64))]}
    right = {"libgomp1": [lib("libgomp.so.1", folder="usr/lib64")]}
    assert needs_of({**other, **right}, Member(APP, program("libgomp.so.1"))).keys() == {"libgomp1"}


def versioned(*defines: str) -> list[Member]:
    """A program that asks for GLIBC_2.34, and a libc that has these versions."""
    asked = elf(("libc.so.6",), interpreter="/lib64/ld.so", requires=[("libc.so.6", "GLIBC_2.34")])
    return [
        Member(APP, asked),
        Member(f"{LIB}/libc.so.6", elf(soname="libc.so.6", defines=defines)),
        Member("usr/lib64/ld.so", library("ld.so")),
    ]


@pytest.mark.parametrize(
    ("defines", "missing"),
    [
        (("GLIBC_2.2.5", "GLIBC_2.34"), []),
        (("GLIBC_2.2.5", "GLIBC_2.31"), [("GLIBC_2.34 of libc.so.6", f"/{APP}")]),
        ((), []),
    ],
)
def test_versions_of_symbols_that_a_library_lacks_are_missing(
    defines: Sequence[str], missing: list[tuple[str, str]]
) -> None:
    filesystem, scans = image_of([*MERGED, *versioned(*defines)])
    found = find_needs(gather(filesystem, scans))
    assert [(each.what, each.who) for each in found.missing] == missing


def test_only_some_files_can_be_asked_about() -> None:
    filesystem, scans = image_of([Member("opt/a", program("liba.so")), Member("opt/b", program("libb.so"))])
    only = {each for each in filesystem.visible() if filesystem.entry(each).path == "opt/b"}
    missing = find_needs(gather(filesystem, scans), only).missing
    assert {(each.what, each.who) for each in missing} == {
        ("/lib64/ld-linux-x86-64.so.2", "/opt/b"),
        ("libb.so", "/opt/b"),
    }


def test_libraries_nobody_owns_pass_the_need_on() -> None:
    own = [Member(APP, program("libmid.so")), lib("libmid.so", "liblow.so"), lib("liblow.so", "libgomp.so.1")]
    need = needs_of(GOMP, *own)["libgomp1"]
    assert need.what == "libgomp.so.1"


def test_the_loader_is_needed() -> None:
    owned = {"libc6": [Member("usr/lib64/ld-linux-x86-64.so.2", library("ld-linux-x86-64.so.2"))]}
    assert needs_of(owned, Member(APP, program())).keys() == {"libc6"}


@pytest.mark.parametrize("kind", ["runpath", "rpath"])
@pytest.mark.parametrize("origin", ["$ORIGIN/../lib", "${ORIGIN}/../lib", "/usr/local/lib", "/nowhere:/usr/local/lib"])
def test_run_paths_lead_to_libraries(kind: str, origin: str) -> None:
    owned = {"right": [lib("libx.so", folder="usr/local/lib")], "wrong": [lib("libx.so")]}
    app = Member(APP, program("libx.so", **{kind: origin}))
    assert needs_of(owned, app).keys() == {"right"}


def test_rpath_counts_for_the_libraries_of_libraries_and_runpath_does_not() -> None:
    owned = {"low": [lib("liblow.so", folder="opt/lib")]}
    middle = Member("opt/lib/libmid.so", library("libmid.so", "liblow.so"))
    assert needs_of(owned, Member(APP, program("libmid.so", rpath="/opt/lib")), middle).keys() == {"low"}
    assert needs_of(owned, Member(APP, program("libmid.so", runpath="/opt/lib")), middle) == {}


def test_runpath_turns_inherited_rpaths_off() -> None:
    owned = {"low": [lib("liblow.so", folder="opt/lib")]}
    app = Member(APP, program("libmid.so", rpath="/opt/lib"))
    middle = Member("opt/lib/libmid.so", elf(("liblow.so",), soname="libmid.so", runpath="/nowhere"))
    assert needs_of(owned, app, middle) == {}


def test_ld_so_conf_and_what_it_includes_are_searched() -> None:
    owned = {"x": [lib("libx.so", folder="opt/x")]}
    app = Member(APP, program("libx.so"))
    conf = Member("etc/ld.so.conf", b"# where\ninclude /etc/ld.so.conf.d/*.conf\n")
    assert needs_of(owned, app, conf) == {}
    assert needs_of(owned, app, conf, Member("etc/ld.so.conf.d/x.conf", b"/opt/x\n")).keys() == {"x"}
    assert needs_of(owned, app, Member("etc/ld.so.conf", b"/opt/x\n")).keys() == {"x"}


def test_ld_library_path_of_the_image_is_searched() -> None:
    owned = {"x": [lib("libx.so", folder="opt/x")]}
    run = {"Env": ["LD_LIBRARY_PATH=/opt/y:/opt/x"]}
    assert needs_of(owned, Member(APP, program("libx.so")), run=run).keys() == {"x"}


@pytest.mark.parametrize("folder", [LIB, "usr/lib", "usr/lib64", "lib/x86_64-linux-gnu"])
def test_the_folders_of_glibc_are_searched_without_being_told(folder: str) -> None:
    assert needs_of({"x": [lib("libx.so", folder=folder)]}, Member(APP, program("libx.so"))).keys() == {"x"}


def test_usr_local_lib_is_searched_by_musl_and_not_by_glibc() -> None:
    owned = {"x": [lib("libx.so", folder="usr/local/lib")]}
    glibc, musl = program("libx.so"), program("libx.so", interpreter="/lib/ld-musl-x86_64.so.1")
    assert needs_of(owned, Member(APP, glibc)) == {}
    assert needs_of(owned, Member(APP, musl)).keys() == {"x"}


def test_libraries_built_for_musl_are_known_by_what_they_need() -> None:
    owned = {"x": [lib("libx.so", folder="usr/local/lib")]}
    plugin = Member("app/plugin.so", library("plugin.so", "libx.so", "libc.musl-x86_64.so.1"))
    assert needs_of(owned, plugin).keys() == {"x"}


def test_musl_is_told_its_folders_by_a_file() -> None:
    owned = {"x": [lib("libx.so", folder="opt/x")], "y": [lib("liby.so", folder="usr/lib")]}
    app = Member(APP, program("libx.so", "liby.so", interpreter="/lib/ld-musl-x86_64.so.1"))
    assert needs_of(owned, app, Member("etc/ld-musl-x86_64.path", b"/opt/x\n")).keys() == {"x"}
    assert needs_of(owned, app, Member("etc/ld-musl-x86_64.path", b"/opt/x:/usr/lib")).keys() == {"x", "y"}


def test_on_musl_run_paths_are_inherited() -> None:
    owned = {"low": [lib("liblow.so", folder="opt/lib")]}
    middle = Member("opt/lib/libmid.so", library("libmid.so", "liblow.so", "libc.musl-x86_64.so.1"))
    app = program("libmid.so", interpreter="/lib/ld-musl-x86_64.so.1", runpath="/opt/lib")
    assert needs_of(owned, Member(APP, app), middle).keys() == {"low"}


PERL = {"perl-base": [Member("usr/bin/perl", program())], "perl": [Member("usr/bin/prove", b"x")]}
GAWK = {"gawk": [Member("usr/bin/gawk", program())], "bash": [Member("usr/bin/bash", program())]}


@pytest.mark.parametrize(
    "first_line",
    [
        "#!/usr/bin/gawk -f",
        "#! /usr/bin/gawk",
        "#!/bin/gawk",
        "#!/usr/bin/env gawk",
        "#!/usr/bin/env -S gawk -f",
        "#!/usr/bin/env A=1 gawk",
    ],
)
def test_interpreters_of_scripts_are_needed(first_line: str) -> None:
    script = Member(APP, f"{first_line}\nx\n".encode(), mode=0o755)
    assert needs_of(GAWK, script)["gawk"].who == f"/{APP}"


def test_a_script_that_cannot_be_run_needs_nothing() -> None:
    assert needs_of(GAWK, Member(APP, b"#!/usr/bin/gawk\n", mode=0o644)) == {}


def test_links_on_the_way_belong_to_what_is_needed() -> None:
    owned = {
        "python3-minimal": [symlink("usr/bin/python3", "python3.11")],
        "python3.11-minimal": [Member("usr/bin/python3.11", program())],
    }
    script = Member(APP, b"#!/usr/bin/python3\n", mode=0o755)
    assert needs_of(owned, script).keys() == {"python3-minimal", "python3.11-minimal"}


def test_a_bare_interpreter_is_not_all_that_its_scripts_expect() -> None:
    script = Member(APP, b"#!/usr/bin/perl\n", mode=0o755)
    assert needs_of(PERL, script).keys() == {"perl-base", "perl"}


ALTERNATIVES = [symlink("usr/bin/awk", "/etc/alternatives/awk"), symlink("etc/alternatives/awk", "/usr/bin/gawk")]


def test_alternatives_are_followed() -> None:
    script = Member(APP, b"#!/usr/bin/awk -f\n", mode=0o755)
    assert needs_of(GAWK, script, *ALTERNATIVES).keys() == {"gawk"}


@pytest.mark.parametrize(
    ("run", "source"),
    [
        ({"Entrypoint": ["gawk", "-f", "x"]}, "ENTRYPOINT"),
        ({"Entrypoint": ["tini", "--", "/usr/bin/gawk"]}, "ENTRYPOINT"),
        ({"Cmd": ["gawk"]}, "CMD"),
        ({"Entrypoint": ["./start"], "Cmd": ["gawk"]}, "CMD"),
        ({"Cmd": ["/bin/sh", "-c", "test -e x && exec gawk -f x;"]}, "CMD"),
        ({"Cmd": ["./gawk"], "WorkingDir": "/usr/bin"}, "CMD"),
        ({"Healthcheck": {"Test": ["CMD", "gawk"]}}, "HEALTHCHECK"),
        ({"Healthcheck": {"Test": ["CMD-SHELL", "true || gawk"]}}, "HEALTHCHECK"),
    ],
)
def test_what_the_image_runs_is_needed(run: dict[str, Any], source: str) -> None:
    assert needs_of(GAWK, run=run)["gawk"].who == f"the image's {source}"


@pytest.mark.parametrize(
    "run", [{}, {"Cmd": ["mawk"]}, {"Cmd": ["gawk"], "Env": ["PATH=/bin2"]}, {"Cmd": None, "Healthcheck": None}]
)
def test_what_the_image_does_not_run_is_not(run: dict[str, Any]) -> None:
    assert needs_of(GAWK, run=run) == {}


def test_packages_of_python_need_the_python_they_lie_under() -> None:
    owned = {
        "python3.11": [Member("usr/bin/python3.11", program())],
        "python3.12": [Member("usr/bin/python3.12", program()), symlink("usr/bin/python3", "python3.12")],
    }
    info = Member(
        "usr/local/lib/python3.11/dist-packages/answer-1.dist-info/METADATA",
        b"Metadata-Version: 2.1\nName: answer\nVersion: 1\n",
    )
    assert needs_of(owned, info).keys() == {"python3.11"}
    extension = Member("usr/local/lib/python3.11/dist-packages/answer.so", library(""))
    assert needs_of(owned, extension).keys() == {"python3.11"}


def test_packages_of_node_need_node_unless_only_development_needs_them() -> None:
    owned = {"nodejs": [Member("usr/bin/node", program())]}
    lock = '{{"packages": {{"node_modules/jest": {{"dev": {}}}}}}}'
    package = Member("app/node_modules/jest/package.json", b'{"name": "jest", "version": "1"}')
    marks = [Member("app/node_modules/.package-lock.json", lock.format(word).encode()) for word in ("false", "true")]
    assert needs_of(owned, package, marks[0]).keys() == {"nodejs"}
    assert needs_of(owned, package, marks[1]) == {}


def test_scripts_inside_packages_of_a_language_count_only_where_path_leads() -> None:
    manifest = Member("app/node_modules/x/package.json", b'{"name": "x", "version": "1"}')
    script = Member("app/node_modules/x/build.awk", b"#!/usr/bin/gawk -f\n", mode=0o755)
    assert needs_of(GAWK, manifest, script) == {}
    assert needs_of(GAWK, manifest, script, run={"Env": ["PATH=/app/node_modules/x"]}).keys() == {"gawk"}


def test_links_in_a_circle_lead_nowhere() -> None:
    circle = [symlink("usr/bin/a", "b"), symlink("usr/bin/b", "a")]
    assert needs_of(GAWK, *circle, run={"Cmd": ["a"]}) == {}
