"""What changed from one image to another, judged by two `docker export`s and two `dpkg-query`s."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from inspector.compare.comparison import Comparison, compare
from inspector.compare.side import Status, side_of
from inspector.line import inspect_image

from .machine import BUSYBOX_TAG, DEBIAN_TAG
from .oracles import ENGINE_PATHS

if TYPE_CHECKING:
    from .engine import Engine

pytestmark = pytest.mark.engine

OWN = {*ENGINE_PATHS, "dev", "etc"}
"""What an engine makes its own in every container."""


def deb(version: str, size: int) -> str:
    """Commands that build and install a package of this version with a program of so many bytes."""
    control = f"Package: tool\\nVersion: {version}\\nArchitecture: all\\nMaintainer: x <x@y.z>\\nDescription: x\\n"
    return (
        f"mkdir -p /p/DEBIAN /p/usr/bin && printf '{control}' > /p/DEBIAN/control && "
        f"head -c {size} /dev/zero > /p/usr/bin/tool && dpkg-deb -b /p /p.deb && dpkg -i /p.deb && rm -r /p /p.deb"
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two Dockerfiles; `rows` is how many rows of each status their layers must give."""

    name: str
    a: str
    b: str
    rows: dict[str, int]
    packages: bool = False


TREE = "mkdir -p /opt/app/sub && echo one > /opt/app/one && echo two > /opt/app/sub/two && ln -s one /opt/app/link"
APT = "apt-get install -y --no-install-recommends"

PAIRS = [
    Pair(
        "a package is installed",
        "FROM debian\nRUN true > /marker",
        f"FROM debian\nRUN true > /marker\nRUN apt-get update && {APT} make",
        {"added": 1},
        packages=True,
    ),
    Pair(
        "a package is upgraded",
        f"FROM debian\nRUN {deb('1.9', 3000)}",
        f"FROM debian\nRUN {deb('1.10', 5000)}",
        {"changed": 1},
        packages=True,
    ),
    Pair(
        "a RUN is inserted",
        "FROM busybox\nRUN echo 1 > /one\nRUN echo 2 > /two\nRUN echo 3 > /three",
        "FROM busybox\nRUN echo 1 > /one\nRUN head -c 70000 /dev/zero > /in\nRUN echo 2 > /two\nRUN echo 3 > /three",
        {"added": 1},
    ),
    Pair(
        "modes and owners are set",
        f"FROM busybox\nRUN {TREE}",
        f"FROM busybox\nRUN {TREE}\nRUN chmod -R 700 /opt/app && chown -h 7 /opt/app/link",
        {"added": 1},
    ),
    Pair(
        "a folder is moved",
        f"FROM busybox\nRUN {TREE}",
        f"FROM busybox\nRUN {TREE}\nRUN mv /opt/app /moved",
        {"added": 1},
    ),
    Pair(
        "another base",
        "FROM busybox\nRUN echo app > /app",
        "FROM debian\nRUN echo app > /app",
        {},
    ),
    Pair(
        "fat against lean",
        f"FROM debian\nRUN apt-get update\nRUN {APT} make\nRUN make --version > /built\n"
        "RUN apt-get purge -y --auto-remove make\nRUN rm -rf /var/lib/apt/lists/* /var/log/*",
        f"FROM debian\nRUN apt-get update && {APT} make && make --version > /built && "
        "apt-get purge -y --auto-remove make && rm -rf /var/lib/apt/lists/* /var/log/*",
        {},
        packages=True,
    ),
]


@dataclass(frozen=True, slots=True)
class Built:
    pair: Pair
    tags: tuple[str, str]
    comparison: Comparison


@pytest.fixture(scope="module", params=PAIRS, ids=lambda pair: pair.name)
def built(request: pytest.FixtureRequest, engine: Engine) -> Built:
    pair: Pair = request.param
    tags = (f"leaninspect/compare:a-{PAIRS.index(pair)}", f"leaninspect/compare:b-{PAIRS.index(pair)}")
    for tag, dockerfile in zip(tags, (pair.a, pair.b), strict=True):
        for base, base_tag in (("debian", DEBIAN_TAG), ("busybox", BUSYBOX_TAG)):
            if f"FROM {base}" in dockerfile:
                request.getfixturevalue(base)
                dockerfile = dockerfile.replace(f"FROM {base}", f"FROM {base_tag}")
        engine.build(tag, dockerfile, buildkit=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        patch.setenv("DOCKER_CONFIG", engine.env["DOCKER_CONFIG"])
        sides = [side_of(inspect_image(f"docker:{tag}")) for tag in tags]
    return Built(pair, tags, compare(*sides))


def test_files_differ_as_two_exports_do(engine: Engine, built: Built) -> None:
    files = built.comparison.files
    assert files is not None
    one, other = (exported(engine, tag) for tag in built.tags)
    moved = {change.a_path for change in files.changes if change.status is Status.MOVED}
    ours = {
        status: {change.path for change in files.changes if change.status is status and change.aspects != ("links",)}
        for status in Status
    }
    assert (ours[Status.ADDED] | ours[Status.MOVED]) - OWN == other.keys() - one.keys()
    assert (ours[Status.REMOVED] | moved) - OWN == one.keys() - other.keys()
    assert ours[Status.CHANGED] - OWN == {path for path in one.keys() & other.keys() if one[path] != other[path]}
    for change in files.changes:
        if change.status is Status.MOVED:
            assert change.a_path is not None
            assert one[change.a_path][:2] == other[change.path][:2]


def test_the_parts_add_up_to_the_whole(built: Built) -> None:
    comparison = built.comparison
    assert comparison.files is not None
    assert sum(row.delta_bytes for row in comparison.rows) == comparison.delta.size_bytes
    assert sum(change.delta_bytes for change in comparison.files.changes) == comparison.delta.live_bytes
    packages = sum(change.delta_bytes for change in comparison.packages)
    assert packages + comparison.delta.unpackaged_bytes == comparison.delta.live_bytes


def test_rows(built: Built) -> None:
    counts = Counter(row.status.value for row in built.comparison.rows if row.status is not Status.SAME)
    if built.pair.rows:
        assert counts.keys() - {"changed"} == built.pair.rows.keys() - {"changed"}
        assert counts.get("added", 0) == built.pair.rows.get("added", 0)
    assert counts["added"] - counts["removed"] == len(built.comparison.b.layers) - len(built.comparison.a.layers)


def test_packages_differ_as_two_dpkg_queries_do(engine: Engine, built: Built) -> None:
    if not built.pair.packages:
        pytest.skip("no packages in this pair")
    one, other = (queried(engine, tag) for tag in built.tags)
    theirs = {
        name: (one.get(name), other.get(name)) for name in one.keys() | other.keys() if one.get(name) != other.get(name)
    }
    ours = {
        change.name: (change.a.version if change.a else None, change.b.version if change.b else None)
        for change in built.comparison.packages
        if change.status is not Status.CHANGED
    }
    assert ours == theirs


def test_an_upgraded_package_is_the_work_of_its_run(engine: Engine, built: Built) -> None:
    for change in built.comparison.packages:
        if change.status is Status.UPGRADED:
            assert (change.name, change.a and change.a.version, change.b and change.b.version) == (
                "tool",
                "1.9",
                "1.10",
            )
            assert change.cause is not None
            assert "1.10" in built.comparison.b.layers[change.cause.layer].text


def exported(engine: Engine, tag: str) -> dict[str, tuple[object, ...]]:
    """Path → digest of the content, kind, mode, owner and target of what a container of `tag` has there."""
    tree: dict[str, tuple[object, ...]] = {}
    with engine.container(tag) as container:
        command = [engine.client, "export", container]
        with subprocess.Popen(command, env=engine.env, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
                for member in tar:
                    path = member.name.removeprefix("./").rstrip("/")
                    file = tar.extractfile(member) if member.isreg() else None
                    digest = hashlib.sha256(file.read()).hexdigest() if file else ""
                    target = member.linkname if member.issym() else ""
                    node = (digest, member.type, member.mode & 0o7777, member.uid, member.gid, target)
                    tree[path] = tree[member.linkname] if member.islnk() else node
            process.stdout.read()
        assert process.returncode == 0
    return {path: node for path, node in tree.items() if path and path not in OWN}


def queried(engine: Engine, tag: str) -> dict[str, str]:
    query = "dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\\n'"
    lines = engine.docker("run", "--rm", "--network", "none", tag, "sh", "-c", query).splitlines()
    return {name: version for status, name, version in map(str.split, lines) if status == "ii"}
