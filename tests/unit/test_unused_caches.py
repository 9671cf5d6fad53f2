"""Caches of Go, cargo, Maven and Gradle: removed at the end of the last RUN that may use them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from inspector.demo.archive import Member, directory, symlink
from inspector.findings.finding import Finding
from inspector.findings.patch import finding_patch
from inspector.findings.remedy import RemedyKind
from inspector.inspection import Inspection
from tests.builders import file
from tests.unit.lean.images import Own, dynamic, image

MODULES = [directory("root/go/pkg/mod/x@v1", mode=0o555), file("root/go/pkg/mod/x@v1/x.go", 3_000_000)]
OBJECTS = file("root/.cache/go-build/00/a-d", 2_000_000)
PROGRAM = dynamic("usr/local/bin/app", "libc.so.6")
SOURCES: Own = ("COPY main.go /src/", [file("src/main.go", 10)])
BUILD: Own = ("RUN cd /src && go build -o /usr/local/bin/app", [*MODULES, OBJECTS, PROGRAM])
CMD: Own = ('CMD ["app"]', None)
APP = {"Cmd": ["app"]}


def of_cache(inspection: Inspection) -> Finding:
    (finding,) = (each for each in inspection.findings if each.rule in ("LI4008", "LI4009", "LI4010"))
    return finding


def written(inspection: Inspection) -> list[str]:
    """The lines that the finding's patch puts in place of the old ones."""
    patch = finding_patch(of_cache(inspection).remedy, inspection)
    return patch.new_text.splitlines() if patch else []


def test_the_run_that_alone_used_it_removes_it() -> None:
    inspection = image(SOURCES, BUILD, CMD, run=APP)
    finding = of_cache(inspection)
    assert (finding.remedy.kind, finding.size_bytes) == (RemedyKind.END_RUN_WITH, 5_000_000)
    assert finding.remedy.saves_bytes == 5_000_000
    assert finding.remedy.advice.startswith("or mount them: RUN --mount=type=cache")
    assert written(inspection) == [
        "RUN cd /src && go build -o /usr/local/bin/app \\",
        "    && rm -rf /root/.cache/go-build /root/go/pkg/mod",
    ]


def test_runs_that_used_it_become_one_over_what_is_copied_between() -> None:
    inspection = image(
        ("WORKDIR /src", [directory("src")]),
        ("COPY go.mod go.sum ./", [file("src/go.mod", 10), file("src/go.sum", 10)]),
        ("RUN go mod download -x", MODULES),
        ("COPY main.go ./", [file("src/main.go", 10)]),
        ("RUN go build -o /usr/local/bin/app", [OBJECTS, PROGRAM]),
        ("RUN mkdir /data", [directory("data")]),
        CMD,
        run=APP,
    )
    assert of_cache(inspection).remedy.saves_bytes == 5_000_000
    assert written(inspection) == [
        "COPY main.go ./",
        "RUN go mod download -x \\",
        "    && go build -o /usr/local/bin/app \\",
        "    && rm -rf /root/.cache/go-build /root/go/pkg/mod",
    ]


@pytest.mark.parametrize(
    ("command", "path", "removed"),
    [
        ("cargo install --path .", "usr/local/cargo/registry/src/x.rs", "/usr/local/cargo/registry"),
        ("mvn -q package", "root/.m2/repository/x/x.jar", "/root/.m2/repository"),
        ("./gradlew build", "root/.gradle/caches/x.jar", "/root/.gradle/caches"),
    ],
)
def test_those_of_cargo_maven_and_gradle_are_removed_alike(command: str, path: str, removed: str) -> None:
    inspection = image((f"RUN {command}", [file(path, 2_000_000), PROGRAM]), CMD, run=APP)
    assert written(inspection) == [f"RUN {command} \\", f"    && rm -rf {removed}"]


@pytest.mark.parametrize(
    ("own", "run"),
    [
        ([BUILD, ("COPY b.go /src/", [file("src/b.go", 1)]), ("RUN cd /src && ./make.sh", [file("b", 1)]), CMD], APP),
        ([BUILD, ('CMD ["go", "run", "."]', None)], {"Cmd": ["go", "run", "."]}),
        ([BUILD, ("CMD exec go run .", None)], {"Cmd": ["/bin/sh", "-c", "exec go run ."]}),
        (
            [BUILD, ("COPY run /run.sh", [Member("run.sh", b"#!/bin/sh\ngo run\n", mode=0o755)]), CMD],
            {"Cmd": ["/run.sh"]},
        ),
        ([BUILD, ("RUN ln -s", [symlink("srv/mod", "/root/go/pkg/mod/x@v1")]), CMD], APP),
        ([("USER 7", None), BUILD, CMD], APP | {"User": "7"}),
        ([("COPY go /root/go/", [*MODULES]), CMD], APP),
    ],
    ids=[
        "a later RUN may use it and cannot be joined",
        "the image runs go",
        "a shell runs go",
        "an own script may run go",
        "a link leads to it",
        "a user cannot empty read-only folders",
        "it was copied",
    ],
)
def test_what_may_need_it_leaves_words(own: Sequence[Own], run: dict[str, object]) -> None:
    inspection = image(SOURCES, *own, run=run)
    finding = of_cache(inspection)
    assert written(inspection) == []
    assert finding.remedy.command == ""
    assert finding.remedy.saves_bytes == finding.size_bytes


def test_a_user_removes_what_it_can_write() -> None:
    own: Own = ("RUN go install x", [file("home/go/go/pkg/mod/x/x.go", 2_000_000), PROGRAM])
    inspection = image(("USER 7", None), own, CMD, run=APP | {"User": "7"})
    assert written(inspection) == ["RUN go install x \\", "    && rm -rf /home/go/go/pkg/mod"]
