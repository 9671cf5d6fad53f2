"""What is said of another base image is what comes of it: whether the program runs there, what it misses, the size."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.line import inspect_image
from tests.techniques import another_base, multi_stage

from .machine import DEBIAN_TAG, NoBaseError, distribution_sources, make_release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inspector.inspection import Inspection
    from inspector.lean.plan.model import Answer

    from .engine import Engine

pytestmark = pytest.mark.engine

INSTALL = "RUN apt-get update && apt-get install -y --no-install-recommends"

OLDER = {"trixie": "bookworm", "bookworm": "bullseye", "noble": "jammy", "jammy": "focal"}
"""The release before, whose libc is older."""

CANDIDATES: Mapping[str, tuple[bool, tuple[str, ...]]] = {
    "bare": (False, ()),
    "with-libgomp": (False, ("libgomp1", "libstdc++6")),
    "with-python": (False, ("python3",)),
    "older": (True, ()),
}
"""Whether a candidate is of the release before, and which packages debootstrap puts into it."""


@dataclass(frozen=True, slots=True)
class Program:
    """An image's own instructions, what its container prints, and the verdicts by candidate: `as it is`, the packages
    to add, or what it misses."""

    name: str
    steps: str
    files: Mapping[str, bytes]
    prints: str
    verdicts: Mapping[str, str]


PROGRAMS = (
    Program(
        "OpenMP",
        f'{INSTALL} g++\nCOPY main.cc /\nRUN g++ -fopenmp -o /usr/local/bin/app /main.cc\nCMD ["app"]\n',
        {
            "main.cc": b"#include <iostream>\nint main() { int n = 0;\n#pragma omp parallel for reduction(+:n)\n"
            b'for (int i = 0; i < 4; i++) n++;\nstd::cout << n << "\\n"; }\n'
        },
        "4",
        {
            "bare": "it runs there with libgomp1 added",
            "with-libgomp": "it runs there as it is",
            "with-python": "it runs there with libgomp1 added",
            "older": "it would not run there: it misses libgomp.so.1",
        },
    ),
    Program(
        "Python with an extension",
        f"{INSTALL} gcc libc6-dev python3-dev\n"
        "COPY answer.c main.py /app/\n"
        "RUN gcc -shared -fPIC $(python3-config --includes) -o /app/answer.so /app/answer.c && rm /app/answer.c\n"
        'CMD ["python3", "/app/main.py"]\n',
        {
            "answer.c": b"#include <Python.h>\n"
            b"static PyObject *get(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }\n"
            b'static PyMethodDef methods[] = {{"get", get, METH_NOARGS, ""}, {0}};\n'
            b'static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "answer", "", -1, methods};\n'
            b"PyMODINIT_FUNC PyInit_answer(void) { return PyModule_Create(&module); }\n",
            "main.py": b"import answer\nprint(answer.get())\n",
        },
        "42",
        {
            "bare": "it runs there with python3 added",
            "with-libgomp": "it runs there with python3 added",
            "with-python": "it runs there as it is",
            "older": "it would not run there as it is: it misses python3",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Fat:
    """A program's image, its Dockerfile, and the final stage proposed on its own base."""

    program: Program
    inspection: Inspection
    final: str


@pytest.fixture(scope="module")
def candidates(engine: Engine, debian: str) -> Iterator[Mapping[str, str]]:
    """Tags by name."""
    assert debian == DEBIAN_TAG
    os.environ["DOCKER_HOST"] = engine.host
    codename, _ = distribution_sources()
    if codename not in OLDER:
        pytest.skip(f"no release before {codename} is known")
    tags = {name: f"leaninspect/candidate-{name}" for name in CANDIDATES}
    try:
        for name, (is_older, include) in CANDIDATES.items():
            make_release(engine, tags[name], OLDER[codename] if is_older else codename, include)
    except NoBaseError as reason:
        pytest.skip(f"no candidate: {reason}")
    yield tags
    del os.environ["DOCKER_HOST"]


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: program.name)
def fat(engine: Engine, candidates: Mapping[str, str], request: pytest.FixtureRequest) -> Fat:
    """An image with the tools that built its program."""
    assert candidates
    program: Program = request.param
    dockerfile = f"FROM {DEBIAN_TAG}\n{program.steps}"
    engine.build("leaninspect/fat", dockerfile, program.files, buildkit=False)
    inspection = inspect_image("docker:leaninspect/fat", dockerfile=parse_dockerfile(dockerfile, "Dockerfile"))
    return Fat(program, inspection, multi_stage(inspection).dockerfile)


def as_it_is(final: str, candidate: str) -> str:
    """The proposed Dockerfile with its final stage on the candidate, and nothing installed there."""
    front, _, stage = final.rpartition("\n\n")
    stage = re.sub(r"^RUN apt-get update(?:.*\\\n)+.*\n", "", stage, flags=re.MULTILINE)
    return f"{front}\n\n{re.sub('^FROM .*', f'FROM {candidate}', stage)}"


def printed(engine: Engine, dockerfile: str, files: Mapping[str, bytes]) -> tuple[str, int]:
    """What the container of a Dockerfile prints, and what its image weighs."""
    engine.build("leaninspect/moved", dockerfile, files, buildkit=False)
    size = inspect_image("docker:leaninspect/moved").filesystem.ledger.total_bytes
    try:
        return engine.docker("run", "--rm", "--network", "none", "leaninspect/moved").strip(), size
    except AssertionError:
        return "", size


@pytest.mark.parametrize("name", CANDIDATES)
def test_the_verdict_is_what_running_shows(engine: Engine, fat: Fat, candidates: Mapping[str, str], name: str) -> None:
    program, tag = fat.program, candidates[name]
    answer: Answer = another_base(fat.inspection, inspect_image(f"docker:{tag}"))
    print(f"{program.name} on {name}: {answer.reason}, {answer.predicted_bytes}")
    assert answer.reason.startswith(program.verdicts[name])
    bare, bare_bytes = printed(engine, as_it_is(fat.final, tag), program.files)
    if answer.reason == "it runs there as it is":
        assert answer.dockerfile == as_it_is(fat.final, tag)
        assert (answer.applies, bare, bare_bytes) == (True, program.prints, answer.predicted_bytes)
        return
    assert bare != program.prints
    assert answer.applies == bool(answer.dockerfile)
    if answer.applies:
        output, size = printed(engine, answer.dockerfile, program.files)
        assert output == program.prints
        assert answer.predicted_bytes == pytest.approx(size, abs=200_000)
