"""Packages in the text and JSON reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.demo.archive import Member, Step, image_archive, tar_layer, whiteout
from inspector.inspection import Inspection
from inspector.line import inspect_image
from inspector.reports.json_report import to_report
from inspector.reports.text import text_report
from tests.builders import file

from .inventories import dpkg_list, files, stanza

STATES = "Package: libgcc\nArchitecture: amd64\nAuto-Installed: 1\n"


def layer(status: str, *names: str, states: str = "") -> list[Member]:
    """dpkg's database when it has this status, with the lists of these packages' files."""
    lists = {f"var/lib/dpkg/info/{name}.list": dpkg_list(f"usr/bin/{name}") for name in names}
    return files({"var/lib/dpkg/status": status, "var/lib/apt/extended_states": states, **lists})


@pytest.fixture(scope="module")
def inspection(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    base, both = stanza("base"), stanza("gcc", "12", Depends="libgcc") + stanza("libgcc", "12")
    steps = [
        Step("ADD rootfs /", tar_layer([*layer(base, "base"), file("usr/bin/base", 5_000)])),
        Step(
            "RUN apt-get install gcc",
            tar_layer(
                [
                    *layer(base + both, "gcc", "libgcc", states=STATES),
                    file("usr/bin/gcc", 9_000_000),
                    file("usr/bin/libgcc", 700_000),
                ]
            ),
        ),
        Step("RUN rm", tar_layer([*layer(both, states=STATES), whiteout("usr/bin/base")])),
    ]
    path: Path = tmp_path_factory.mktemp("image") / "image.tar"
    path.write_bytes(image_archive("test:1", steps, created="2020-02-02T02:02:02Z"))
    return inspect_image(str(path))


def test_the_text_report_lists_the_biggest_and_why_they_are_there(inspection: Inspection) -> None:
    section = text_report(inspection).partition("Packages, ")[2].partition("\n\n")[0]
    assert section.splitlines() == [
        "biggest first: 2 deb 9.7 MB",
        "      9.0 MB  gcc 12, layer 1",
        "    700.0 kB  libgcc 12, layer 1  ← gcc",
    ]


def test_the_text_report_says_for_each_layer_how_many_packages_came_and_went(inspection: Inspection) -> None:
    header, *rows = text_report(inspection).partition("\n\n")[2].splitlines()[:4]
    column = header.index("packages")
    assert [row[column:].split()[0] for row in rows] == ["+1", "+2", "−1"]


def test_the_text_report_names_the_build_tools_that_must_stay_and_why(tmp_path: Path) -> None:
    status = stanza("base") + stanza("app", Depends="make") + stanza("make", "4.3") + stanza("gcc", "12")
    brought = [file(f"usr/bin/{name}", size) for name, size in (("app", 10), ("make", 700_000), ("gcc", 9_000_000))]
    steps = [
        Step("ADD rootfs /", tar_layer(layer(stanza("base"), "base"))),
        Step("RUN apt-get install app gcc", tar_layer([*layer(status, "app", "make", "gcc"), *brought])),
    ]
    path = tmp_path / "image.tar"
    path.write_bytes(image_archive("test:1", steps, created="2020-02-02T02:02:02Z"))
    report = text_report(inspect_image(str(path)))
    section = report.partition("\nBuild tools that ")[2].partition("\n\n")[0]
    assert section.splitlines() == [
        "must stay: 700.0 kB",
        "    700.0 kB  make 4.3, layer 1: app needs it",
    ]


def test_the_json_report_has_all_packages(inspection: Inspection) -> None:
    (gcc, libgcc) = to_report(inspection).packages
    assert (gcc.purl, gcc.name, gcc.version, gcc.kind) == ("pkg:deb/gcc@12?arch=amd64", "gcc", "12", "deb")
    assert (gcc.size_bytes, gcc.layer, gcc.automatic) == (9_000_000 + len(dpkg_list("usr/bin/gcc")), 1, False)
    assert (libgcc.name, libgcc.automatic) == ("libgcc", True)


def test_the_json_report_names_the_owner_of_each_file(inspection: Inspection) -> None:
    report = to_report(inspection, files=True)
    assert isinstance(report.files, list)
    owners = {entry.path: entry.package for entry in report.files if entry.fate == "live"}
    assert owners["usr/bin/gcc"] == "pkg:deb/gcc@12?arch=amd64"
    assert owners["var/lib/dpkg/status"] is None
