"""`docker-container:NAME`: what leaninspect sees is what `docker export` of the container has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.errors import ImageNotFound
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.line import inspect_image

from .machine import BUSYBOX_TAG
from .test_compare import OWN, exported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine

pytestmark = pytest.mark.engine

IMAGE = "leaninspect/container"
DOCKERFILE = f"""\
FROM {BUSYBOX_TAG}
RUN mkdir -p /d/sub /gone && echo old > /d/old && echo x > /d/sub/x && echo y > /gone/y && echo z > /z && ln /z /zz
ENV A=1
"""
COMMANDS = (
    "echo new > /new && ln /new /newer && ln -s new /link && chmod 600 /d/old && rm -r /gone && "
    "rm -r /d/sub && mkdir /d/sub && echo again > /d/sub/again && ln /z /another && mkfifo /pipe && "
    "head -c 300000 /dev/zero > /big && printf odd > \"$(printf '/a b\\n\\377')\" && mkdir /empty"
)
"""Files come, change, move and go; a folder is deleted and made again; links to what is old and to what is new."""


@pytest.fixture(scope="module")
def container(engine: Engine, busybox: str) -> Iterator[str]:
    engine.build(IMAGE, DOCKERFILE, buildkit=False)
    name = "leaninspect-container"
    engine.docker("run", "--name", name, "--network", "none", "--env", "B=2", IMAGE, "sh", "-ec", COMMANDS)
    yield name
    engine.docker("rm", "--force", name)


@pytest.fixture(scope="module")
def seen(engine: Engine, container: str) -> Inspection:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        patch.setenv("DOCKER_CONFIG", engine.env["DOCKER_CONFIG"])
        return inspect_image(f"docker-container:{container}")


def test_its_changes_are_one_more_layer(engine: Engine, container: str, seen: Inspection) -> None:
    assert len(seen.image.layers) == 3
    assert seen.image.source == "docker-container"
    step = seen.instruction_of(2)
    assert step is not None
    assert step.text == f"changes in container {container}"
    assert seen.totals_of(2).size_bytes >= 300_000


def test_what_it_runs_is_what_the_container_runs(seen: Inspection) -> None:
    assert {("A", "1"), ("B", "2")} <= set(seen.image.config.run.environment)
    assert seen.image.config.run.command == ("sh", "-ec", COMMANDS)


def test_its_files_are_those_of_an_image_committed_from_it(engine: Engine, container: str, seen: Inspection) -> None:
    tag = "leaninspect/committed"
    engine.docker("commit", container, tag)
    theirs = exported(engine, tag)
    ours = {
        path: (entry.kind, entry.mode, entry.uid, entry.gid, entry.link if entry.kind is Kind.SYMLINK else "")
        for path, entry in seen.filesystem.final()
        if path and path not in OWN
    }
    assert ours.keys() ^ theirs.keys() == set()
    for path, (_, _, mode, uid, gid, target) in theirs.items():
        assert ours[path][1:] == (mode, uid, gid, target), path
    assert "gone" not in ours
    assert "d/sub/x" not in ours


def test_a_container_that_changed_nothing_is_its_image(engine: Engine, container: str, seen: Inspection) -> None:
    name = engine.docker("create", IMAGE, "true").strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        patch.setenv("DOCKER_CONFIG", engine.env["DOCKER_CONFIG"])
        inspection = inspect_image(f"docker-container:{name}")
        with pytest.raises(ImageNotFound, match="has no container leaninspect-absent"):
            inspect_image("docker-container:leaninspect-absent")
    engine.docker("rm", name)
    assert [layer.diff_id for layer in inspection.image.layers] == [layer.diff_id for layer in seen.image.layers[:2]]
