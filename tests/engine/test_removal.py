"""What leaninspect says can go is what apt removes, the bytes are those that a purge frees, and programs still run."""

from __future__ import annotations

import re
import shlex
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from inspector.findings.registry import BROUGHT, DEVELOPMENT_ONLY, IN_BASE
from inspector.inspection import Inspection
from inspector.line import inspect_image
from inspector.packages.managers import REMOVALS
from inspector.packages.removal.leftovers import Answer, Leftovers

from .machine import DEBIAN_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .engine import Engine

pytestmark = pytest.mark.engine

INSTALL = "apt-get install -y --no-install-recommends"


@dataclass(frozen=True, slots=True)
class Set:
    """An image with build tooling: what it is built upon, what is installed, the program, and what that prints."""

    name: str
    base: str
    steps: str
    prints: str
    rescued: frozenset[str] = frozenset()
    files: Mapping[str, bytes] | None = None


START = Set(
    "start",
    DEBIAN_TAG,
    # without fsync, as in Debian's official images
    "RUN echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/quick && apt-get update",
    "",
)
COMPILER = Set("compiler", "start", f"RUN {INSTALL} g++ make", "")

SETS = (
    # the one that takes longest first
    Set(
        "nodejs npm with dev dependencies",
        "start",
        f'RUN {INSTALL} nodejs npm\nCOPY . /app/\nCMD ["node", "/app/main.js"]',
        "used",
        files={
            "package.json": b'{"dependencies": {"used": "1"}, "devDependencies": {"unused": "1"}}',
            "main.js": b'console.log(require("used"))\n',
            "node_modules/.package-lock.json": b'{"lockfileVersion": 3, "packages": {'
            b' "node_modules/used": {"version": "1.0.0"}, "node_modules/unused": {"version": "1.0.0", "dev": true}}}',
            "node_modules/used/package.json": b'{"name": "used", "version": "1.0.0"}',
            "node_modules/used/index.js": b'module.exports = "used"\n',
            "node_modules/unused/package.json": b'{"name": "unused", "version": "1.0.0"}',
            "node_modules/unused/index.js": bytes(1000),
        },
    ),
    Set(
        "g++ make",
        "compiler",
        'COPY main.cc /\nRUN g++ -o /usr/local/bin/app /main.cc\nCMD ["app"]',
        "hello",
        files={"main.cc": b'#include <iostream>\nint main() { std::cout << "hello\\n"; }\n'},
    ),
    Set(
        "cmake with OpenMP",
        "compiler",
        f"RUN {INSTALL} cmake\n"
        "COPY . /src/\n"
        "RUN cmake -S /src -B /build && cmake --build /build && cp /build/app /usr/local/bin/ && rm -r /build\n"
        'CMD ["app"]',
        "4",
        frozenset({"libgomp1"}),
        files={
            "CMakeLists.txt": b"cmake_minimum_required(VERSION 3.13)\nproject(app CXX)\nfind_package(OpenMP REQUIRED)\n"
            b"add_executable(app main.cc)\ntarget_link_libraries(app OpenMP::OpenMP_CXX)\n",
            "main.cc": b"#include <iostream>\nint main() { int n = 0;\n#pragma omp parallel for reduction(+:n)\n"
            b'for (int i = 0; i < 4; i++) n++;\nstd::cout << n << "\\n"; }\n',
        },
    ),
    Set(
        "python3-dev with a C extension",
        "compiler",
        f"RUN {INSTALL} python3-dev\n"
        "COPY answer.c app /\n"
        'RUN folder=$(python3 -c \'import sysconfig; print(sysconfig.get_path("platlib", "posix_local"))\')'
        " && mkdir -p $folder && gcc -shared -fPIC $(python3-config --includes) /answer.c"
        " -o $folder/answer$(python3-config --extension-suffix) "
        " && install /app /usr/local/bin/\n"
        'CMD ["app"]',
        "42",
        frozenset({"python3"}),
        files={
            "answer.c": b"#include <Python.h>\n"
            b"static PyObject *get(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }\n"
            b'static PyMethodDef methods[] = {{"get", get, METH_NOARGS, ""}, {0}};\n'
            b'static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "answer", "", -1, methods};\n'
            b"PyMODINIT_FUNC PyInit_answer(void) { return PyModule_Create(&module); }\n",
            "app": b"#!/usr/bin/env python3\nimport json, answer\nprint(json.dumps(answer.get()))\n",
        },
    ),
    Set(
        "libxml2-dev with a program linked to it",
        "compiler",
        f"RUN {INSTALL} libxml2-dev\n"
        "COPY main.c /\n"
        "RUN gcc -o /usr/local/bin/app /main.c $(xml2-config --cflags --libs)\nCMD exec app",
        "parsed",
        frozenset({"libxml2"}),
        files={
            "main.c": b"#include <libxml/parser.h>\n#include <stdio.h>\n"
            b'int main(void) { puts(xmlParseMemory("<a/>", 4) ? "parsed" : "failed"); return 0; }\n'
        },
    ),
    Set(
        "build-essential with git, without Suggests as in official images",
        "compiler",
        "RUN echo 'APT::AutoRemove::SuggestsImportant \"false\";' > /etc/apt/apt.conf.d/docker-autoremove-suggests\n"
        "RUN apt-get install -y build-essential git\n"
        'CMD ["echo", "nothing"]',
        "nothing",
    ),
    Set(
        "rustc cargo",
        "compiler",
        f'RUN {INSTALL} rustc cargo\nCOPY main.rs /\nRUN rustc -o /usr/local/bin/app /main.rs\nENTRYPOINT ["app"]',
        "rusty",
        files={"main.rs": b'fn main() { println!("rusty"); }\n'},
    ),
    Set(
        "golang-go",
        "start",
        f"RUN {INSTALL} golang-go\n"
        "COPY main.go /\n"
        "RUN HOME=/tmp go build -o /usr/local/bin/app /main.go && rm -r /tmp/.cache\n"
        'CMD ["app"]',
        "gone",
        files={"main.go": b'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("gone\\n") }\n'},
    ),
)

DEV_BYTES = 1000 + len(b'{"name": "unused", "version": "1.0.0"}')


@dataclass(frozen=True, slots=True)
class Purged:
    """What a container of the image said: apt's two simulations, the bytes a purge freed, the program afterwards."""

    image: Set
    inspection: Inspection
    leftovers: Leftovers
    default: frozenset[str]
    strict: frozenset[str]
    freed_bytes: int
    printed: str

    @property
    def promised_bytes(self) -> int:
        """What the findings say, of the image's own instruction and of its base."""
        return sum(f.size_bytes for f in self.inspection.findings if f.rule in (BROUGHT, IN_BASE))


@pytest.fixture(scope="session")
def bases(engine: Engine, debian: str) -> dict[str, str]:
    """Tags of what the sets are built upon."""
    tags = {DEBIAN_TAG: debian}
    for image in (START, COMPILER):
        tags[image.name] = build(engine, image, tags)
    return tags


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, engine: Engine, bases: dict[str, str]) -> Iterator[dict[str, Future[Purged]]]:
    """The work on all sets that are asked for, two at a time, for apt and dpkg use one core each."""
    asked_for = {
        params["purged"].name
        for item in request.session.items
        if "purged" in (params := getattr(getattr(item, "callspec", None), "params", {}))
    }
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setenv("DOCKER_HOST", engine.host)
        patch.setenv("DOCKER_CONFIG", engine.env["DOCKER_CONFIG"])
        yield {image.name: pool.submit(purge, engine, image, bases) for image in SETS if image.name in asked_for}


@pytest.fixture(scope="session", params=SETS, ids=lambda image: image.name)
def purged(request: pytest.FixtureRequest, runs: dict[str, Future[Purged]]) -> Purged:
    """Each set, once it is built, inspected and purged."""
    return runs[request.param.name].result()


def purge(engine: Engine, image: Set, bases: Mapping[str, str]) -> Purged:
    """Build a set, inspect it, and let apt remove in a container what leaninspect says."""
    tag = build(engine, image, bases)
    inspection = inspect_image(f"docker:{tag}")
    leftovers = next(each for each in inspection.tooling.everything if each.kind == "deb")
    run = inspection.image.config.run
    script = [
        # without package lists apt goes by dpkg's database alone, as leaninspect does
        "rm -rf /var/lib/apt/lists/*",
        simulation(leftovers.default, strict=False),
        "echo =====",
        simulation(leftovers.strict, strict=True),
        "echo =====",
        f"before=$({BYTES})",
        f"{{ {command(leftovers.default, strict=False)}; }} > /dev/null 2>&1",
        f"after=$({BYTES})",
        "echo $((before - after))",
        "echo =====",
        shlex.join([*run.entrypoint, *run.command]),
    ]
    output = engine.docker("run", "--rm", "--network", "none", "--entrypoint", "sh", tag, "-ec", "\n".join(script))
    engine.docker("rmi", "--force", tag)
    default, strict, freed, printed = output.split("=====\n")
    return Purged(image, inspection, leftovers, names(default), names(strict), int(freed), printed.strip())


BYTES = "find / -xdev -type f -printf '%i %s\\n' | sort -u | awk '{ sum += $2 } END { printf \"%d\", sum }'"
"""Bytes of a container's files, of those with hardlinks once; /proc and the like are other file systems."""


def build(engine: Engine, image: Set, tags: Mapping[str, str]) -> str:
    tag = f"leaninspect/removal:{re.sub('[^a-z]+', '-', image.name)}"
    engine.build(tag, f"FROM {tags[image.base]}\n{image.steps}\n", image.files, buildkit=False)
    return tag


def command(answer: Answer, *, strict: bool) -> str:
    named, kept = (sorted(package.name for package in packages) for packages in (answer.named, answer.kept))
    return REMOVALS["deb"].command(named, kept, strict=strict)


def simulation(answer: Answer, *, strict: bool) -> str:
    """apt's own word: what is kept is marked for good, and nothing is removed."""
    return command(answer, strict=strict).replace("apt-get purge -y", "apt-get purge -s")


def names(simulated: str) -> frozenset[str]:
    return frozenset(re.findall(r"^Purg (\S+?)(?::\w+)? ", simulated, re.MULTILINE))


def test_apt_removes_the_same_packages(purged: Purged) -> None:
    expected = purged.leftovers.default.removed | purged.leftovers.orphaned
    assert purged.default == {package.name for package in expected}


def test_apt_removes_the_same_packages_when_only_hard_dependencies_count(purged: Purged) -> None:
    expected = purged.leftovers.strict.removed | purged.leftovers.orphaned
    assert purged.strict == {package.name for package in expected}


def test_a_purge_frees_the_bytes_that_were_promised(purged: Purged) -> None:
    print(f"{purged.image.name}: {purged.promised_bytes} promised, {purged.freed_bytes} freed")
    assert purged.freed_bytes == pytest.approx(purged.promised_bytes, rel=0.005)


def test_the_program_still_runs(purged: Purged) -> None:
    assert purged.printed == purged.image.prints
    assert {package.name for package in purged.leftovers.default.kept} == purged.image.rescued


def test_findings_tell_the_same_packages_and_the_command(purged: Purged) -> None:
    """What the set's own instruction brought and what came with its base are told apart, and are all there is."""
    found = {f.rule: f for f in purged.inspection.findings if f.rule in (BROUGHT, IN_BASE)}
    removed = {package.purl for package in purged.leftovers.default.removed}
    assert {purl for finding in found.values() for purl in finding.packages} == removed
    if purged.image.base == "start":
        assert found.keys() == {BROUGHT}
    else:
        assert IN_BASE in found
    if BROUGHT in found:
        assert "apt-get purge -y --auto-remove" in found[BROUGHT].remedy.command


def test_development_packages_of_node_are_told_to_the_byte(purged: Purged) -> None:
    found = [finding for finding in purged.inspection.findings if finding.rule == DEVELOPMENT_ONLY]
    assert [finding.size_bytes for finding in found] == ([DEV_BYTES] if "dev dependencies" in purged.image.name else [])
