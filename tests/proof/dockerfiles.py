"""Dockerfiles with typical mistakes, and what a container of each image prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

INSTALL = "apt-get install -y --no-install-recommends"

HELLO = {"hello.c": b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'}


@dataclass(frozen=True, slots=True)
class Sample:
    """`steps` follow a FROM of `base`."""

    name: str
    steps: str
    prints: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    base: str = "debian"


SAMPLES = (
    Sample(
        "tools purged in a later RUN",
        f"RUN apt-get update && {INSTALL} g++\n"
        "COPY hello.cc /src/hello.cc\n"
        "RUN g++ -o /usr/local/bin/hello /src/hello.cc\n"
        "RUN apt-get purge -y --auto-remove g++ && rm -rf /var/lib/apt/lists/*\n"
        'CMD ["hello"]\n',
        "hello",
        {"hello.cc": b'#include <cstdio>\nint main() { std::puts("hello"); }\n'},
    ),
    Sample(
        "g++ make cmake, OpenMP program",
        f"RUN apt-get update && {INSTALL} g++ make cmake\n"
        "COPY . /src/\n"
        "RUN cmake -S /src -B /build && cmake --build /build && cp /build/app /usr/local/bin/ && rm -r /build\n"
        'CMD ["app"]\n',
        "4",
        {
            "CMakeLists.txt": b"cmake_minimum_required(VERSION 3.13)\nproject(app CXX)\nfind_package(OpenMP REQUIRED)\n"
            b"add_executable(app main.cc)\ntarget_link_libraries(app OpenMP::OpenMP_CXX)\n",
            "main.cc": b"#include <iostream>\nint main() { int n = 0;\n#pragma omp parallel for reduction(+:n)\n"
            b'for (int i = 0; i < 4; i++) n++;\nstd::cout << n << "\\n"; }\n',
        },
    ),
    Sample(
        "C extension of Python",
        f"RUN apt-get update && {INSTALL} gcc libc6-dev python3-dev \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n"
        "COPY answer.c app /\n"
        'RUN folder=$(python3 -c \'import sysconfig; print(sysconfig.get_path("platlib", "posix_local"))\') \\\n'
        "    && mkdir -p $folder && gcc -shared -fPIC $(python3-config --includes) /answer.c \\\n"
        "    -o $folder/answer$(python3-config --extension-suffix) \\\n"
        "    && install /app /usr/local/bin/\n"
        'CMD ["app"]\n',
        "42",
        {
            "answer.c": b"#include <Python.h>\n"
            b"static PyObject *get(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }\n"
            b'static PyMethodDef methods[] = {{"get", get, METH_NOARGS, ""}, {0}};\n'
            b'static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "answer", "", -1, methods};\n'
            b"PyMODINIT_FUNC PyInit_answer(void) { return PyModule_Create(&module); }\n",
            "app": b"#!/usr/bin/env python3\nimport json, answer\nprint(json.dumps(answer.get()))\n",
        },
    ),
    Sample(
        "Go",
        f"RUN apt-get update && {INSTALL} golang-go\n"
        "WORKDIR /src\n"
        "COPY main.go .\n"
        "RUN HOME=/tmp go build -o /usr/local/bin/app main.go && rm -r /tmp/.cache\n"
        'CMD ["app"]\n',
        "gone",
        {"main.go": b'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("gone\\n") }\n'},
    ),
    Sample(
        "libxml2 program",
        f"RUN apt-get update\nRUN {INSTALL} gcc libc6-dev libxml2-dev\n"
        "COPY main.c /\n"
        "RUN gcc -o /usr/local/bin/app /main.c $(xml2-config --cflags --libs)\n"
        "CMD exec app\n",
        "parsed",
        {
            "main.c": b"#include <libxml/parser.h>\n#include <stdio.h>\n"
            b'int main(void) { puts(xmlParseMemory("<a/>", 4) ? "parsed" : "failed"); return 0; }\n'
        },
    ),
    Sample(
        "caches only",
        f"RUN apt-get update\nRUN {INSTALL} less\nCMD echo caches\n",
        "caches",
    ),
    Sample(
        "users, COPYs and ENV between install and purge",
        "ENV DEBIAN_FRONTEND=noninteractive\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev\n"
        "RUN groupadd --gid 1234 app && useradd --uid 1234 --gid app --no-log-init app\n"
        "COPY --chown=app:app hello.c /home/app/\n"
        'ENV GREETING=hello NAME="two words"\n'
        "WORKDIR /home/app\n"
        "RUN gcc -o /usr/local/bin/hello hello.c\n"
        "RUN apt-get purge -y --auto-remove gcc libc6-dev && rm -rf /var/lib/apt/lists/*\n"
        "USER app\n"
        "CMD hello && stat -c %U hello.c\n",
        "hello\napp",
        HELLO,
    ),
    Sample(
        "comments and odd continuation",
        "# what is needed\n"
        "run apt-get update && \\\n"
        "\t# for the build\n"
        f"\t{INSTALL} \\\n"
        "\n"
        "\t\tgcc \\\n"
        "\t\tlibc6-dev && \\\n"
        "\techo 'two  spaces' > /kept\n"
        "\n"
        "# the program\n"
        "copy hello.c /\n"
        "RUN set -ex; \\\n"
        "\tgcc -o /usr/local/bin/hello /hello.c; \\\n"
        "\trm /hello.c\n"
        "CMD hello && cat /kept\n",
        "hello\ntwo  spaces",
        HELLO,
    ),
    Sample(
        "a script in the style of the official images",
        "RUN set -eux; \\\n"
        "\tapt-get update; \\\n"
        f"\t{INSTALL} gcc libc6-dev; \\\n"
        "\tmkdir /work\n"
        "COPY hello.c /src/\n"
        "RUN set -eux; \\\n"
        "\tgcc -o /usr/local/bin/hello /src/hello.c; \\\n"
        "\thello\n"
        "CMD hello\n",
        "hello",
        HELLO,
    ),
    Sample(
        "chmod -R and chown -R after COPY",
        "COPY app /app/\nRUN chmod -R 755 /app\nRUN chown -R 7:7 /app\nCMD stat -c %u /app/data\n",
        "7",
        {"app/data": bytes(3_000_000)},
        base="busybox",
    ),
    Sample("nothing to gain", "COPY data /data\nCMD cat /data\n", "lean", {"data": b"lean\n"}, base="busybox"),
)
