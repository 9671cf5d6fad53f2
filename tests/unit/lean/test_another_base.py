"""The application's files upon another base image: what they miss, whether it runs, what it weighs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from inspector.demo.archive import Member, Step, tar_layer
from inspector.inspection import Inspection
from inspector.line import inspect_source
from tests.builders import BuiltImage, file
from tests.elves import program
from tests.techniques import another_base

from .images import GOMP, Own, debian, dynamic, image, packaged, static, status

APP = {"Cmd": ["app"]}
CMD: Own = ('CMD ["app"]', None)
CACHE: Own = ("RUN fill", [file("var/cache/big", 9_000_000)])
BOOKWORM = Member("etc/os-release", b"ID=debian\nVERSION_ID=12\n")
TRIXIE = Member("etc/os-release", b"ID=debian\nVERSION_ID=13\n")
WITH_GOMP = [*packaged("libgomp1", GOMP), status("libc6", "dash", "libgomp1")]


def candidate(members: Sequence[Member], run: dict[str, Any] | None = None) -> Inspection:
    """Another base image."""
    return inspect_source(BuiltImage([Step("/bin/sh -c #(nop) ADD file:4567 in / ", tar_layer(members))], run), "other")


def openmp() -> Inspection:
    """An image with a program that needs libgomp, which its own instructions installed."""
    own: Own = ("RUN build", [*WITH_GOMP, dynamic("usr/local/bin/app", "libgomp.so.1")])
    return image(CACHE, own, CMD, base=[BOOKWORM, *debian()], run=APP)


def test_it_runs_where_its_libraries_are() -> None:
    other = candidate([*debian(), *WITH_GOMP])
    answer = another_base(openmp(), other)
    size = other.filesystem.ledger.total_bytes + len(program("libgomp.so.1"))
    assert (answer.applies, answer.reason, answer.base) == (True, "it runs there as it is", "other")
    assert answer.predicted_bytes == size == sum(part.size_bytes for part in answer.parts)


def test_packages_of_the_same_release_can_be_added() -> None:
    answer = another_base(openmp(), candidate([BOOKWORM, *debian()]))
    assert (answer.applies, answer.reason) == (True, "it runs there with libgomp1 added")
    assert answer.confidence < another_base(openmp(), candidate([*debian(), *WITH_GOMP])).confidence


def test_packages_of_another_release_are_others() -> None:
    answer = another_base(openmp(), candidate([TRIXIE, *debian()]))
    assert not answer.applies
    assert answer.reason == "it would not run there as it is: it misses libgomp.so.1 (/usr/local/bin/app needs it)"


def test_another_libc_is_missed_by_its_loader() -> None:
    musl = [Member("lib/ld-musl-x86_64.so.1", program(), mode=0o755)]
    answer = another_base(openmp(), candidate(musl))
    assert not answer.applies
    assert "/lib64/ld-linux-x86-64.so.2 (/usr/local/bin/app needs it)" in answer.reason


def test_a_static_program_runs_anywhere() -> None:
    inspection = image(CACHE, ("RUN build", [static("usr/local/bin/app", 500)]), CMD, run=APP)
    answer = another_base(inspection, candidate([file("etc/motd", 10)]))
    assert (answer.applies, answer.predicted_bytes) == (True, 510)


def test_an_interpreter_that_is_not_there_is_missed() -> None:
    own: Own = ("COPY app /usr/local/bin/app", [Member("usr/local/bin/app", b"#!/usr/bin/run\n", mode=0o755)])
    inspection = image(CACHE, own, CMD, base=[*debian(), dynamic("usr/bin/run", "libc.so.6")], run=APP)
    answer = another_base(inspection, candidate(debian()))
    assert answer.reason == "it would not run there: it misses /usr/bin/run (/usr/local/bin/app needs it)"


def test_a_command_of_the_own_base_is_missed() -> None:
    inspection = image(CACHE, CMD, base=[*debian(), dynamic("usr/bin/app", "libc.so.6")], run=APP)
    answer = another_base(inspection, candidate(debian()))
    assert answer.reason == "it would not run there: it misses app (the image's CMD needs it)"


@pytest.mark.parametrize(("line", "reason"), [(b"web:x:33:", "it runs"), (b"www:x:33:", "it would not run there")])
def test_a_user_by_name_must_be_there(line: bytes, reason: str) -> None:
    own: Own = ("RUN build", [static("usr/local/bin/app", 500)])
    inspection = image(CACHE, own, ("USER web", None), CMD, run=APP | {"User": "web"})
    answer = another_base(inspection, candidate([Member("etc/passwd", line + b"33::/:/bin/sh\n")]))
    assert answer.reason.startswith(reason)
    assert answer.applies or answer.reason.endswith("it misses the user web")


def test_paths_that_are_named_must_be_there() -> None:
    own: Own = ("RUN build", [static("usr/local/bin/app", 500)])
    run = {"Cmd": ["app", "/etc/app.conf"]}
    inspection = image(CACHE, own, ('CMD ["app", "/etc/app.conf"]', None), base=[file("etc/app.conf")], run=run)
    assert another_base(inspection, candidate([file("etc/app.conf")])).applies
    assert another_base(inspection, candidate([file("etc/motd")])).reason.endswith("the image's CMD needs it)")


def test_the_path_of_the_candidate_counts() -> None:
    inspection = image(CACHE, ("RUN build", [static("opt/bin/app", 500)]), CMD, run=APP | {"Env": ["PATH=/opt/bin"]})
    assert not another_base(inspection, candidate([file("etc/motd")])).applies
    assert another_base(inspection, candidate([file("etc/motd")], {"Env": ["PATH=/opt/bin"]})).applies


def test_a_larger_base_is_told_and_does_not_apply() -> None:
    inspection = image(("RUN build", [static("usr/local/bin/app", 500)]), CMD, run=APP)
    answer = another_base(inspection, candidate([file("usr/big", 1_000_000)]))
    assert not answer.applies
    assert answer.predicted_bytes == 1_000_500
    assert "larger" in answer.reason
