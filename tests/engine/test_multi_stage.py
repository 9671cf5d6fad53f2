"""A proposed final stage builds with both builders, weighs what was promised, and its container does the same."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.line import inspect_image
from tests.techniques import multi_stage

from .machine import BUSYBOX_TAG, DEBIAN_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inspector.lean.plan.model import Answer

    from .engine import Engine

pytestmark = pytest.mark.engine

INSTALL = "RUN apt-get update && apt-get install -y --no-install-recommends"

MOST_OFF_BYTES, MOST_OFF_SHARE = 200_000, 0.003
"""What a promise may be off: a rebuild writes other logs and dates."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An image to be made lean: what follows FROM, what its container prints, on what the final stage stands."""

    name: str
    steps: str
    prints: str
    final: str = DEBIAN_TAG
    files: Mapping[str, bytes] = field(default_factory=dict)
    base: str = DEBIAN_TAG
    builders: tuple[bool, ...] = (False, True)


SAMPLES = (
    Sample(
        "a static program with a user, certificates and data",
        f"{INSTALL} gcc libc6-dev ca-certificates\n"
        "RUN groupadd -g 77 app && useradd -u 77 -g app --no-log-init app\n"
        "WORKDIR /src\n"
        "COPY main.c .\n"
        "RUN gcc -static -o /usr/local/bin/app main.c\n"
        "RUN mkdir -p /app && echo data > /app/data && chown app /app/data\n"
        "ENV DATA=/app/data\n"
        "USER app\n"
        'ENTRYPOINT ["app"]\n',
        "77 app certificates data 77",
        final="scratch",
        files={
            "main.c": b"#include <pwd.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <sys/stat.h>\n"
            b"#include <unistd.h>\n"
            b'int main(void) { char text[9]; struct stat s; FILE *f = fopen(getenv("DATA"), "r");\n'
            b'FILE *p = fopen("/etc/passwd", "r"); struct passwd *who;\n'
            b"do who = fgetpwent(p); while (who && who->pw_uid != getuid());\n"
            b'stat(getenv("DATA"), &s); fgets(text, 5, f); printf("%d %s %s %s %d\\n", (int)getuid(), who->pw_name,\n'
            b'access("/etc/ssl/certs/ca-certificates.crt", R_OK) ? "nothing" : "certificates", text, (int)s.st_uid);\n'
            b"return 0; }\n"
        },
    ),
    Sample(
        "OpenMP with a library of its own",
        f'{INSTALL} g++ make\nCOPY Makefile main.cc half.cc /src/\nRUN make -C /src install\nCMD ["app"]\n',
        "2",
        files={
            "Makefile": b"install:\n"
            b"\tcd /src && g++ -shared -fPIC -Wl,-soname,libhalf.so.1 -o /usr/local/lib/libhalf.so.1 half.cc\n"
            b"\tln -s libhalf.so.1 /usr/local/lib/libhalf.so && ldconfig\n"
            b"\tcd /src && g++ -fopenmp -o /usr/local/bin/app main.cc -lhalf\n",
            "half.cc": b"int half(int n) { return n / 2; }\n",
            "main.cc": b"#include <iostream>\nint half(int);\nint main() { int n = 0;\n"
            b"#pragma omp parallel for reduction(+:n)\n"
            b'for (int i = 0; i < 4; i++) n++;\nstd::cout << half(n) << "\\n"; }\n',
        },
    ),
    Sample(
        "Python in a virtual environment, with an extension",
        f"{INSTALL} gcc libc6-dev python3-dev python3-venv && rm -rf /var/lib/apt/lists/*\n"
        "RUN python3 -m venv --without-pip /opt/venv\n"
        "ENV PATH=/opt/venv/bin:$PATH\n"
        "WORKDIR /app\n"
        "COPY . .\n"
        "RUN gcc -shared -fPIC $(python3-config --includes) -o \"$(python -c 'import sysconfig;"
        ' print(sysconfig.get_path("platlib"))\')/answer.so" answer.c\n'
        'CMD ["python", "main.py"]\n',
        "42 /opt/venv",
        files={
            "answer.c": b"#include <Python.h>\n"
            b"static PyObject *get(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }\n"
            b'static PyMethodDef methods[] = {{"get", get, METH_NOARGS, ""}, {0}};\n'
            b'static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "answer", "", -1, methods};\n'
            b"PyMODINIT_FUNC PyInit_answer(void) { return PyModule_Create(&module); }\n",
            "main.py": b"import sys, answer\nprint(answer.get(), sys.prefix)\n",
        },
        builders=(False,),
    ),
    Sample(
        "a user, files with other owners and modes, links and a volume",
        "RUN dd if=/dev/zero of=/cache bs=1000 count=5000 2>/dev/null\n"
        "RUN rm /cache && echo app:x:5:6::/app:/bin/sh >> /etc/passwd\n"
        "COPY run /srv/app/bin/run\n"
        "RUN mkdir -p /srv/app/state/deep /srv/app/none && echo kept > /srv/app/state/deep/file"
        " && chown -R 5:6 /srv/app/state && chmod 700 /srv/app/state && chmod 711 /srv/app/none"
        " && chmod 600 /srv/app/state/deep/file && ln -s state/deep/file /srv/app/link"
        " && ln -s /srv/app/bin/run /bin/start && chmod 755 /srv/app/bin/run && chown 5 /srv/app\n"
        "VOLUME /srv/app/state\n"
        "USER app\n"
        "WORKDIR /srv/app\n"
        'CMD ["start"]\n',
        "kept 5:6 755 5 | 5:6 700 | 5:6 600 | 0:0 711",
        final=BUSYBOX_TAG,
        base=BUSYBOX_TAG,
        files={
            "run": b"#!/bin/sh\n"
            b"echo $(cat link) $(id -u):$(stat -c %g state) $(stat -c '%a %u' .) '|' $(stat -c '%u:%g %a' state) '|'"
            b" $(stat -c '%u:%g %a' state/deep/file) '|' $(stat -c '%u:%g %a' none)\n"
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Made:
    """The answer for a sample and, by builder, what came of it: the size and what the container printed."""

    sample: Sample
    answer: Answer
    came: Mapping[bool, tuple[int, str]]


def make(engine: Engine, sample: Sample) -> Made:
    tag = f"leaninspect/stages:{re.sub('[^a-z]+', '-', sample.name.lower())}"
    dockerfile = f"FROM {sample.base}\n{sample.steps}"
    engine.build(tag, dockerfile, sample.files, buildkit=False)
    assert engine.docker("run", "--rm", "--network", "none", tag).strip() == sample.prints
    answer = multi_stage(inspect_image(f"docker:{tag}", dockerfile=parse_dockerfile(dockerfile, "Dockerfile")))
    came = {}
    for buildkit in sample.builders:
        engine.build(f"{tag}-lean", answer.dockerfile, sample.files, buildkit=buildkit)
        size = inspect_image(f"docker:{tag}-lean").filesystem.ledger.total_bytes
        came[buildkit] = size, engine.docker("run", "--rm", "--network", "none", f"{tag}-lean").strip()
    engine.docker("rmi", "--force", tag, f"{tag}-lean")
    return Made(sample, answer, came)


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda sample: sample.name)
def made(engine: Engine, debian: str, busybox: str, request: pytest.FixtureRequest) -> Iterator[Made]:
    """A sample's image, what is said of it, and what the proposal builds."""
    assert (debian, busybox) == (DEBIAN_TAG, BUSYBOX_TAG)
    os.environ["DOCKER_HOST"] = engine.host
    yield make(engine, request.param)
    del os.environ["DOCKER_HOST"]


def test_containers_print_the_same(made: Made) -> None:
    assert {printed for _, printed in made.came.values()} == {made.sample.prints}


def test_the_size_is_what_was_promised(made: Made) -> None:
    promised = made.answer.predicted_bytes
    assert promised is not None
    assert promised == sum(part.size_bytes for part in made.answer.parts)
    for size, _ in made.came.values():
        print(f"{made.sample.name}: {promised} promised, {size} came")
        if made.answer.base == "scratch":
            assert size == promised
        assert abs(size - promised) <= max(MOST_OFF_BYTES, promised * MOST_OFF_SHARE)


def test_the_final_stage_stands_on_what_fits(made: Made) -> None:
    assert made.answer.base == made.sample.final


def test_the_own_lines_stay(made: Made) -> None:
    own = f"FROM {made.sample.base} AS build\n{made.sample.steps}"
    assert made.answer.dockerfile.startswith(own)
