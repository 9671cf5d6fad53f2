"""What is installed upon a base that lacks packages, and what that weighs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from inspector.demo.archive import Member, symlink
from inspector.inspection import Inspection, subject_of
from inspector.lean.plan.installing import (
    APT_LOGS,
    LOGGED_BY_APT,
    LOGGED_BY_DPKG,
    Installation,
    base_of,
    base_packages,
    installation,
)
from inspector.packages.model import Installed
from tests.builders import file
from tests.unit.packages.made import package

from .images import GOMP, Own, debian, image, packaged, static, status

CMD: Own = ('CMD ["app"]', None)
BUILD: Own = ("RUN build", [static("usr/local/bin/app", 500)])
LOGGED = APT_LOGS + LOGGED_BY_DPKG + LOGGED_BY_APT


def installed(inspection: Inspection, *names: str) -> Installation:
    """What is installed of these packages upon the base."""
    subject = subject_of(inspection)
    wanted = [each.package for each in subject.inventory.installed if each.package.name in names]
    return installation(subject, wanted, base_of(subject))


def with_packages(
    *names: str, more: tuple[Member, ...] = (), base: tuple[Member, ...] = (), **needs: str
) -> Inspection:
    """An image whose own RUN installed packages of a file each, which need others."""
    members = [status("libc6", "dash", *names, **needs), *more]
    for name in names:
        members += packaged(name, [file(f"usr/share/{name}/file", 1000)])
    return image(("RUN install", members), BUILD, CMD, base=[*debian(), *base], run={"Cmd": ["app"]})


def test_the_base_has_what_its_own_layers_installed() -> None:
    assert base_packages(subject_of(with_packages("a"))) == {"libc6", "dash"}


def test_nothing_is_installed_where_nothing_is_lacking() -> None:
    assert installed(with_packages("a"), "libc6") == Installation()


def test_a_package_brings_what_it_needs_and_only_the_topmost_are_named() -> None:
    found = installed(with_packages("a", "b", "c", a="b, libc6", b="c"), "a", "b")
    assert [each.name for each in found.named] == ["a"]
    assert {each.name for each in found.added} == {"a", "b", "c"}
    assert found.command == (
        "apt-get update && apt-get install -y --no-install-recommends a && apt-get clean && rm -rf /var/lib/apt/lists/*"
    )


def test_it_weighs_the_packages_files_and_all_that_is_rewritten() -> None:
    base = (file("var/cache/debconf/templates.dat", 300), file("var/log/dpkg.log", 40), file("etc/ld.so.cache", 5))
    found = installed(with_packages("a", base=base), "a")
    lists = len("/.\n/usr\n/usr/share\n/usr/share/a\n/usr/share/a/file\n")
    databases = len(status("libc6", "dash", "a").content)
    record = len(status("a").content)
    assert found.size_bytes == 1000 + lists + databases + record + 300 + 40 + 5 + LOGGED


def test_certificates_weigh_what_their_package_makes() -> None:
    bundle = file("etc/ssl/certs/ca-certificates.crt", 777)
    plain, made = (
        installed(with_packages("ca-certificates", more=more), "ca-certificates") for more in ((), (bundle,))
    )
    assert made.size_bytes - plain.size_bytes == 777


def test_a_base_that_cleans_up_itself_is_not_told_to() -> None:
    clean = Member("etc/apt/apt.conf.d/docker-clean", b'Dir::Cache::pkgcache "";')
    assert "apt-get clean" not in installed(with_packages("a", base=(clean,)), "a").command


def test_folders_that_alternatives_lie_in_are_made_where_a_base_has_none() -> None:
    page = symlink("usr/share/man/man1/java.1.gz", "/etc/alternatives/java.1.gz")
    command = installed(with_packages("jre", more=(page,)), "jre").command
    assert command.startswith("mkdir -p /usr/share/man/man1 && apt-get update")


@pytest.mark.parametrize("script", ["dpkg -i x.deb", "apt-get install -y ./x.deb", "dpkg --install /tmp/x"])
def test_what_was_installed_from_files_cannot_be_again(script: str) -> None:
    members = [status("libc6", "dash", "a"), *packaged("a", GOMP)]
    found = installed(image((f"RUN {script}", members), BUILD, CMD, run={"Cmd": ["app"]}), "a")
    assert (found.is_known, found.command) == (False, "")


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("dnf", "dnf install -y --setopt=install_weak_deps=False curl && dnf clean all"),
        ("microdnf", "microdnf install -y --setopt=install_weak_deps=0 curl && microdnf clean all"),
        ("zypper", "zypper --non-interactive install --no-recommends curl && zypper clean --all"),
    ],
)
def test_of_several_managers_the_one_that_is_there_installs(manager: str, command: str) -> None:
    subject = subject_of(image(BUILD, CMD, base=[*debian(), file(f"usr/bin/{manager}")], run={"Cmd": ["app"]}))
    curl = package("curl", kind="rpm")
    installed = (*subject.inventory.installed, Installed(curl, 1000, 1, ()))
    subject = replace(
        subject, evidence=replace(subject.evidence, inventory=replace(subject.inventory, installed=installed))
    )
    assert installation(subject, [curl], base_of(subject)).command == command
