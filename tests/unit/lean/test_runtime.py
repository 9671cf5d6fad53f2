"""What a running program needs: what is carried, what is left out, which packages, and what is static."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from inspector.demo.archive import Member, directory, symlink
from inspector.inspection import Inspection, subject_of
from inspector.lean.plan.runtime import Runtime, runtime_of
from tests.builders import file

from .images import GOMP, Own, dynamic, image, packaged, static, status

APP = {"Cmd": ["app"]}
BUILD: Own = ("RUN build", [static("usr/local/bin/app", 5000)])


def needed(*own: Own, run: Mapping[str, Any] | None = None) -> tuple[Inspection, Runtime]:
    inspection = image(*own, run=APP if run is None else run)
    return inspection, runtime_of(subject_of(inspection))


def kept(*own: Own, run: Mapping[str, Any] | None = None) -> set[str]:
    """Paths of what is carried."""
    inspection, runtime = needed(*own, run=run)
    return {inspection.filesystem.entry(each).path for each in runtime.application.kept}


def left_out(*own: Own, run: Mapping[str, Any] | None = None) -> dict[str, tuple[int, int, str]]:
    """Path → files, bytes and reason of what is not."""
    _, runtime = needed(*own, run=run)
    return {each.path: (each.files, each.size_bytes, each.reason) for each in runtime.left_out}


SOURCES = "source code that nothing is started from"


def test_a_program_is_found_in_path_and_is_static_without_libraries_and_loader() -> None:
    _, runtime = needed(BUILD)
    assert [(each.source, each.path) for each in runtime.programs] == [("CMD", "usr/local/bin/app")]
    assert runtime.is_static
    assert runtime.packages == {}


def test_a_linked_program_is_not_static_and_needs_the_packages_of_its_libraries() -> None:
    members = [dynamic("usr/local/bin/app", "libgomp.so.1"), status("libc6", "dash", "libgomp1")]
    _, runtime = needed(("RUN build", [*members, *packaged("libgomp1", GOMP)]))
    assert not runtime.is_static
    assert {package.name: reason for package, reason in runtime.packages.items()} == {
        "libc6": "/usr/local/bin/app needs /lib64/ld-linux-x86-64.so.2",
        "libgomp1": "/usr/local/bin/app needs libgomp.so.1",
    }


def test_the_shell_form_is_run_by_a_shell() -> None:
    _, runtime = needed(BUILD, run={"Cmd": ["/bin/sh", "-c", "exec app"]})
    assert [each.path for each in runtime.programs] == ["usr/bin/dash", "usr/local/bin/app"]
    assert runtime.is_shell
    assert not runtime.is_static


def test_a_program_that_is_not_there_is_missing() -> None:
    _, runtime = needed(BUILD, run={"Cmd": ["other"]})
    assert runtime.programs == ()


def test_what_a_library_lacks_is_missing() -> None:
    _, runtime = needed(("RUN build", [dynamic("usr/local/bin/app", "libnone.so.1")]))
    assert [(each.what, each.who) for each in runtime.missing] == [("libnone.so.1", "/usr/local/bin/app")]


def test_files_that_no_package_owns_are_carried_and_packages_are_not() -> None:
    members = [*packaged("libgomp1", GOMP), status("libc6", "dash", "libgomp1"), file("opt/data", 7)]
    assert kept(("RUN install", members), BUILD) == {"opt/data", "usr/local/bin/app"}


def test_a_packages_file_that_was_copied_over_is_the_applications() -> None:
    install: Own = ("RUN install", [*packaged("web", [file("etc/web.conf", 5)]), status("libc6", "dash", "web")])
    copied: Own = ("COPY web.conf /etc/web.conf", [file("etc/web.conf", 9, "y")])
    assert "etc/web.conf" in kept(install, copied, BUILD)
    assert "etc/web.conf" not in kept(install, BUILD)


def test_a_packages_file_that_a_later_run_changed_is_the_applications() -> None:
    install: Own = ("RUN install", [*packaged("web", [file("etc/web.conf", 5)]), status("libc6", "dash", "web")])
    assert "etc/web.conf" in kept(install, ("RUN sed -i web.conf", [file("etc/web.conf", 9, "y")]), BUILD)


def test_source_trees_from_which_nothing_is_started_are_left_out_and_told() -> None:
    copied: Own = ("COPY . /src/", [file("src/main.go", 70), file("src/go.mod", 30), file("src/docs/x.txt", 11)])
    assert kept(copied, BUILD) == {"usr/local/bin/app"}
    assert left_out(copied, BUILD) == {"src": (3, 111, SOURCES)}


def test_a_tree_that_something_is_started_from_is_carried() -> None:
    copied: Own = ("COPY . /app/", [file("app/main.go", 70), file("app/page.html", 30)])
    built: Own = ("RUN go build -o /app/server", [static("app/server", 5000)])
    run = {"Cmd": ["/app/server"]}
    assert kept(copied, built, run=run) == {"app/main.go", "app/page.html", "app/server"}


def test_in_the_working_folder_only_sources_are_left_out() -> None:
    folder: Own = ("WORKDIR /app", [directory("app")])
    copied: Own = ("COPY . .", [file("app/main.rs", 70), file("app/README.md", 5), file("app/page.html", 30)])
    run = APP | {"WorkingDir": "/app"}
    assert kept(folder, copied, BUILD, run=run) == {"app/page.html", "usr/local/bin/app"}
    assert left_out(folder, copied, BUILD, run=run) == {"app": (2, 75, SOURCES)}


def test_the_working_folder_of_a_script_is_carried_whole() -> None:
    folder: Own = ("WORKDIR /app", [directory("app")])
    copied: Own = ("COPY . .", [file("app/addon.cc", 70), Member("app/run", b"#!/bin/sh\n", mode=0o755)])
    run = {"Cmd": ["./run"], "WorkingDir": "/app"}
    assert kept(folder, copied, run=run) == {"app/addon.cc", "app/run"}


def test_a_single_source_file_is_left_out_but_not_one_that_is_named() -> None:
    copied: Own = ("COPY hello.c /", [file("hello.c", 70)])
    assert left_out(copied, BUILD) == {"hello.c": (1, 70, SOURCES)}
    assert "hello.c" in kept(copied, BUILD, run={"Cmd": ["app", "/hello.c"]})


def test_what_a_variable_names_is_carried() -> None:
    copied: Own = ("COPY . /src/", [file("src/main.go", 70), file("src/conf", 30)])
    assert "src/conf" in kept(copied, BUILD, run=APP | {"Env": ["CONF=/src/conf"]})


@pytest.mark.parametrize(
    ("path", "place", "reason"),
    [
        ("var/lib/apt/lists/x", "var/lib/apt", "records of package managers"),
        ("var/cache/apt/pkgcache.bin", "var/cache/apt", "caches"),
        ("var/log/apt/term.log", "var/log/apt", "logs and backups"),
        ("tmp/x", "tmp", "temporary files"),
        ("root/.cache/pip/http/x", "root/.cache/pip", "pip cache"),
        ("usr/local/include/x.h", "usr/local/include", "headers outside packages"),
    ],
)
def test_what_runs_leave_is_left_out(path: str, place: str, reason: str) -> None:
    assert left_out(("RUN work", [file(path, 321)]), BUILD) == {place: (1, 321, reason)}


def test_what_was_copied_is_no_leftover() -> None:
    assert "var/cache/app/x" in kept(("COPY x /var/cache/app/x", [file("var/cache/app/x")]), BUILD)


@pytest.mark.parametrize(
    "member",
    [
        symlink("usr/bin/cc", "/etc/alternatives/cc"),
        symlink("etc/alternatives/cc", "/usr/bin/gcc"),
        file("etc/ld.so.cache"),
        file("etc/ssl/certs/ca-certificates.crt"),
    ],
)
def test_what_installing_makes_again_is_not_carried_nor_told(member: Member) -> None:
    install: Own = ("RUN install", [member, *packaged("libgomp1", GOMP), status("libc6", "dash", "libgomp1")])
    assert kept(install, BUILD) == {"usr/local/bin/app"}
    assert member.path not in left_out(install, BUILD)


def test_packages_asked_for_stay_unless_they_are_build_tools() -> None:
    members = [status("libc6", "dash", "ffmpeg", "gcc", "apt")]
    for name in ("ffmpeg", "gcc", "apt"):
        members += packaged(name, [file(f"usr/bin/{name}", 9)])
    _, runtime = needed(("RUN install", members), BUILD)
    reasons = {each.name: why for each, why in runtime.packages.items()}
    assert reasons == dict.fromkeys(("ffmpeg", "apt"), "it was asked for, and is no build tooling")


def test_a_user_by_name_needs_accounts_and_a_number_does_not() -> None:
    users: Own = ("RUN useradd app", [file("etc/passwd", 40), file("etc/passwd-", 20)])
    _, by_name = needed(users, BUILD, run=APP | {"User": "app"})
    _, by_number = needed(users, BUILD, run=APP | {"User": "7:8"})
    assert (by_name.needs_accounts, by_number.needs_accounts) == (True, False)
    assert len(by_name.application.accounts) == 1


def test_files_with_more_rights_are_told() -> None:
    odd: Own = ("RUN make", [Member("opt/tool", b"x", mode=0o4755, uid=7), Member("opt/root", b"x", mode=0o4755)])
    _, runtime = needed(odd, BUILD)
    assert runtime.assumptions[-1].endswith("look at /opt/tool in the new image")
