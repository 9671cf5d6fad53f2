"""Several stages, static programs, and images from which nothing can be gained."""

from __future__ import annotations

from .sample import HELLO, INSTALL, Sample

STATIC = b'#include <iostream>\nint main() { std::cout << "static\\n"; }\n'

STAGES = (
    Sample(
        "static C++",
        f"FROM BASE\nRUN apt-get update && {INSTALL} g++ && rm -rf /var/lib/apt/lists/*\n"
        "COPY main.cc /src/\n"
        "RUN g++ -O2 -static -o /app /src/main.cc\n"
        'ENTRYPOINT ["/app"]\n',
        "static",
        {"main.cc": STATIC},
        base="slim",
    ),
    Sample(
        "stages that leak",
        "FROM BASE AS build\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev\n"
        "COPY hello.c /src/\n"
        "RUN gcc -o /src/hello /src/hello.c\n"
        "\n"
        "FROM BASE\n"
        "# only needed while it was tried out\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev make\n"
        "COPY --from=build /src /src\n"
        'CMD ["/src/hello"]\n',
        "hello",
        HELLO,
        base="slim",
    ),
    Sample(
        "the build stage is the final one",
        "FROM BASE AS tools\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev\n"
        "FROM tools\n"
        "COPY hello.c /src/\n"
        "RUN gcc -o /usr/local/bin/hello /src/hello.c\n"
        "CMD hello\n",
        "hello",
        HELLO,
        base="slim",
    ),
    Sample(
        "nothing to gain: busybox",
        "FROM BASE\nCOPY data /data\nCMD cat /data\n",
        "lean",
        {"data": b"lean\n"},
        base="busybox",
        gains=False,
    ),
    Sample(
        "nothing to gain: a static program on scratch",
        "FROM BASE AS build\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev\n"
        "COPY hello.c /src/\n"
        "RUN gcc -O2 -static -s -o /hello /src/hello.c\n"
        "FROM scratch\n"
        "COPY --from=build /hello /hello\n"
        'ENTRYPOINT ["/hello"]\n',
        "hello",
        HELLO,
        base="slim",
        gains=False,
    ),
    Sample(
        "nothing to gain: purged in its own RUN",
        "FROM BASE\n"
        "COPY hello.c /src/\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev \\\n"
        "    && gcc -s -o /usr/local/bin/hello /src/hello.c \\\n"
        "    && apt-get purge -y --auto-remove gcc libc6-dev && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old\n"
        "CMD hello\n",
        "hello",
        HELLO,
        base="slim",
        gains=False,
    ),
    Sample(
        "nothing to gain: no package manager, after distroless",
        "FROM BASE AS build\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev\n"
        "COPY hello.c /src/\n"
        "RUN gcc -s -o /hello /src/hello.c \\\n"
        " && mkdir -p /root-fs/var/lib/dpkg/status.d /root-fs/etc \\\n"
        " && cp --parents -L $(ldd /hello | grep -o '/lib[^ ]*') /root-fs \\\n"
        " && sed -n '/^Package: libc6$/,/^$/p' /var/lib/dpkg/status > /root-fs/var/lib/dpkg/status.d/libc6 \\\n"
        " && cp /etc/passwd /etc/group /etc/os-release /root-fs/etc \\\n"
        " && cp /hello /root-fs/\n"
        "FROM scratch\n"
        "COPY --from=build /root-fs/ /\n"
        'ENTRYPOINT ["/hello"]\n',
        "hello",
        HELLO,
        base="slim",
        gains=False,
    ),
)
