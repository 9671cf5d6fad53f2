"""Compilers and libraries of apt, left in the image or removed too late."""

from __future__ import annotations

from .sample import HELLO, INSTALL, Sample

COMPILERS = (
    Sample(
        "tools purged in a later RUN",
        "FROM BASE\n"
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
        "FROM BASE\n"
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
        base="slim",
    ),
    Sample(
        "C extension of Python",
        "FROM BASE\n"
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
        "libxml2 program",
        "FROM BASE\n"
        f"RUN apt-get update\nRUN {INSTALL} gcc libc6-dev libxml2-dev\n"
        "COPY main.c /\n"
        "RUN gcc -o /usr/local/bin/app /main.c $(xml2-config --cflags --libs)\n"
        "CMD exec app\n",
        "parsed",
        {
            "main.c": b"#include <libxml/parser.h>\n#include <stdio.h>\n"
            b'int main(void) { puts(xmlParseMemory("<a/>", 4) ? "parsed" : "failed"); return 0; }\n'
        },
        base="slim",
    ),
    Sample(
        "users, COPYs and ENV between install and purge",
        "FROM BASE\n"
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
        base="slim",
    ),
    Sample(
        "comments and odd continuation",
        "FROM BASE\n"
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
        "FROM BASE\n"
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
        base="slim",
    ),
)
